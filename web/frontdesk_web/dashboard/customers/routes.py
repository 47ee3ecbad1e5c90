"""Every route about customers."""

from typing import Any

from frontdesk_web.dashboard.customers import (
    cancelling,
    changing,
    closing,
    closing_invoices,
    creating,
    details,
    invoice,
    listing,
    metadata,
    no_code,
    page,
    pausing,
    paying,
    sign_in_help,
    starting,
)

routes: list[Any] = [
    *listing.routes,
    *creating.routes,
    *no_code.routes,
    *page.routes,
    *details.routes,
    *metadata.routes,
    *sign_in_help.routes,
    *closing.routes,
    *starting.routes,
    *changing.routes,
    *cancelling.routes,
    *pausing.routes,
    *paying.routes,
    *invoice.routes,
    *closing_invoices.routes,
]
