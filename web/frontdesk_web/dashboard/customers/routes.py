"""Every route about customers."""

from typing import Any

from litestar import Router

from frontdesk.errors import Queued, Refused
from frontdesk_web.dashboard.customers import (
    backend_section,
    cancelling,
    changing,
    closing,
    closing_invoices,
    creating,
    crediting,
    details,
    discounts,
    draft_discounts,
    invoice,
    listing,
    metadata,
    no_code,
    page,
    pausing,
    paying,
    recording_payments,
    refunding,
    reminding,
    sign_in_help,
    starting,
    statement,
    tax_ids,
    writing_invoices,
)
from frontdesk_web.dashboard.customers.acting import tell_refusal
from frontdesk_web.dashboard.customers.backend_section import tell_queued

_ABOUT_CUSTOMERS: list[Any] = [
    *listing.routes,
    *creating.routes,
    *no_code.routes,
    *page.routes,
    *details.routes,
    *metadata.routes,
    *sign_in_help.routes,
    *backend_section.routes,
    *closing.routes,
    *starting.routes,
    *changing.routes,
    *cancelling.routes,
    *pausing.routes,
    *paying.routes,
    *writing_invoices.routes,
    *draft_discounts.routes,
    *invoice.routes,
    *closing_invoices.routes,
    *recording_payments.routes,
    *refunding.routes,
    *crediting.routes,
    *statement.routes,
    *reminding.routes,
    *discounts.routes,
    *tax_ids.routes,
]
routes = [
    Router(path="/", route_handlers=_ABOUT_CUSTOMERS, exception_handlers={Refused: tell_refusal, Queued: tell_queued})
]
