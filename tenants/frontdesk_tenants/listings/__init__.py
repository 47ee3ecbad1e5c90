"""Lists of a side's objects, newest first by (created, id), a page at a time from any object on; and objects by id.

A family of objects is a module here; all of its lists are asked for as `listings.invoices(…)`.
"""

from frontdesk_tenants.listings.accounts import (
    NOT_CANCELED,
    ClockRule,
    customers,
    subscriptions,
)
from frontdesk_tenants.listings.by_id import (
    Kind,
    find,
    find_all,
)
from frontdesk_tenants.listings.catalogue import (
    coupons,
    meters,
    prices,
    products,
    promotion_codes,
    tax_rates,
)
from frontdesk_tenants.listings.invoicing import (
    balance_transactions,
    credit_notes,
    invoice_items,
    invoices,
    moved_by_notes,
)
from frontdesk_tenants.listings.payments import (
    charges,
    checkout_sessions,
    invoice_payments,
    payment_intents,
    payment_methods,
    refunds,
    setup_intents,
)
from frontdesk_tenants.listings.side import (
    configurations,
    feedback_options,
    file_links,
    file_uploads,
    test_clocks,
)

__all__ = [
    "NOT_CANCELED",
    "ClockRule",
    "Kind",
    "balance_transactions",
    "charges",
    "checkout_sessions",
    "configurations",
    "coupons",
    "credit_notes",
    "customers",
    "feedback_options",
    "file_links",
    "file_uploads",
    "find",
    "find_all",
    "invoice_items",
    "invoice_payments",
    "invoices",
    "meters",
    "moved_by_notes",
    "payment_intents",
    "payment_methods",
    "prices",
    "products",
    "promotion_codes",
    "refunds",
    "setup_intents",
    "subscriptions",
    "tax_rates",
    "test_clocks",
]
