"""Who is billed."""

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct

from frontdesk.book.metadata import Metadata
from frontdesk.coupons import Discount
from frontdesk.payment_methods import PaymentMethod
from frontdesk.tax_ids import TaxId
from frontdesk.tax_rates import TaxExempt


class Address(Struct, frozen=True, kw_only=True):
    """A postal address. `country` is an ISO 3166-1 alpha-2 code in capitals."""

    line1: str | None = None
    line2: str | None = None
    city: str | None = None
    state: str | None = None
    postal_code: str | None = None
    country: str | None = None


class Shipping(Struct, frozen=True, kw_only=True):
    """Where goods go: an address with the name and phone of who receives them."""

    address: Address
    name: str
    phone: str | None = None


class CustomField(Struct, frozen=True):
    """A line that a business prints on its invoices: `name` up to 40 characters, `value` up to 140."""

    name: str
    value: str


class Customer(Struct, frozen=True, kw_only=True):
    """Who is billed. `email` is billing data and the sign-in address; several customers may share one.

    `balances` holds, by currency, what is carried to the next invoice: negative is credit, positive is owed.
    `trusted_phone` is the number that codes may be texted to: `phone`, as the tenant set it. One that the customer
    changed is not trusted (`frontdesk.trusted_phones`).
    """

    id: str
    created: datetime
    version: int = 1
    email: str | None = None
    name: str | None = None
    phone: str | None = None
    trusted_phone: str | None = None
    description: str | None = None
    address: Address | None = None
    shipping: Shipping | None = None
    preferred_locales: tuple[str, ...] = ()
    currency: str | None = None
    balances: Mapping[str, int] = {}
    invoice_fields: tuple[CustomField, ...] = ()
    invoice_footer: str | None = None
    tax_exempt: TaxExempt = "none"
    tax_ids: tuple[TaxId, ...] = ()
    discount: Discount | None = None
    """For all subscriptions that have none of their own."""
    payment_methods: tuple[PaymentMethod, ...] = ()
    """Those that are attached, oldest first."""
    default_payment_method: str | None = None
    """Pays for all subscriptions that have none of their own."""
    metadata: Metadata = {}
    deleted: bool = False
