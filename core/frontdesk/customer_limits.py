"""How often one customer may ask for what costs us or others something, beside signing in (`frontdesk.limits`)."""

from datetime import timedelta

from frontdesk.limits import HOUR, Act, Check, Limit, key_of

BUNDLES: tuple[Limit, ...] = (
    Limit(name="bundle:customer:600", act="bundle", scope="customer", count=5, window=timedelta(minutes=10)),
    Limit(name="bundle:customer:3600", act="bundle", scope="customer", count=20, window=HOUR),
)
"""Downloads of many documents in one: each may set a hundred of them."""
NEW_ADDRESSES: tuple[Limit, ...] = (
    Limit(name="new_address:customer:3600", act="new_address", scope="customer", count=5, window=HOUR),
    Limit(name="new_address:customer:86400", act="new_address", scope="customer", count=10, window=24 * HOUR),
)
"""Codes to addresses that a customer wants to have: so no more strangers get a letter than that."""
INVOICE_LINKS: tuple[Limit, ...] = (
    Limit(name="invoice_link:letter:3600", act="invoice_link", scope="letter", count=3, window=HOUR),
    Limit(name="invoice_link:letter:86400", act="invoice_link", scope="letter", count=5, window=24 * HOUR),
)
"""Fresh links to one invoice, asked for by whoever has a link that has run out."""
BACKEND: tuple[Limit, ...] = (
    Limit(name="backend:customer:600", act="backend", scope="customer", count=20, window=timedelta(minutes=10)),
)
"""Questions to a remote backend that a customer's own clicks make: it allows a tenant so many a second."""


def invoice_link_checks(tenant: str, invoice: str) -> tuple[Check, ...]:
    """The counters that a fresh link to an invoice adds to."""
    key = key_of("invoice_link", tenant, invoice)
    return tuple(Check(limit=limit, key=f"{limit.name}:{key}") for limit in INVOICE_LINKS)


def customer_checks(act: Act, tenant: str, customer: str) -> tuple[Check, ...]:
    """The counters that an act of a customer adds to."""
    key = key_of("customer", tenant, customer)
    return tuple(
        Check(limit=limit, key=f"{limit.name}:{key}")
        for limit in (*BUNDLES, *NEW_ADDRESSES, *BACKEND)
        if limit.act == act
    )
