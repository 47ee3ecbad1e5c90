"""Customers with their tax ids."""

from collections.abc import Mapping, Sequence
from typing import Any, get_args

from msgspec import Struct

from frontdesk.book import Customer, CustomField, Shipping
from frontdesk.coupons import Coupon
from frontdesk.tax_ids import TaxId, TaxIdStatus, Verification
from frontdesk.tax_rates import TaxExempt
from frontdesk_stripe.reading.discounts import WireDiscount, discount
from frontdesk_stripe.reading.wire import (
    Expandable,
    ListOf,
    NotKnown,
    Unreadable,
    WireAddress,
    WireField,
    address,
    currency_of,
    decoded,
    id_or_none,
    instant,
    minor,
    one_of,
    own_metadata,
)

CUSTOMER_EXPANSIONS = ("tax_ids", "invoice_credit_balance", "discount.promotion_code", "discount.source.coupon")
"""What must be asked for with a customer. A coupon is better asked for apart, once it is not deleted: the one that lies
in a discount does not say which products it is for."""


class WireShipping(Struct, frozen=True, kw_only=True):
    """Where goods go."""

    address: WireAddress | None = None
    name: str | None = None
    phone: str | None = None


class WireInvoiceSettings(Struct, frozen=True, kw_only=True):
    """How a customer's invoices are."""

    custom_fields: Sequence[WireField] | None = None
    default_payment_method: Expandable | None = None
    footer: str | None = None


class WireVerification(Struct, frozen=True, kw_only=True):
    """What a register said of a tax id."""

    status: str | None = None
    verified_name: str | None = None
    verified_address: str | None = None


class WireTaxId(Struct, frozen=True, kw_only=True):
    """A tax id."""

    id: str
    type: str
    value: str
    created: int
    country: str | None = None
    verification: WireVerification | None = None


class WireCustomer(Struct, frozen=True, kw_only=True):
    """A customer; of a deleted one only the id is left."""

    id: str
    created: int = 0
    email: str | None = None
    name: str | None = None
    phone: str | None = None
    description: str | None = None
    address: WireAddress | None = None
    shipping: WireShipping | None = None
    preferred_locales: Sequence[str] | None = None
    currency: str | None = None
    balance: int = 0
    invoice_credit_balance: Mapping[str, int] | None = None
    invoice_settings: WireInvoiceSettings = WireInvoiceSettings()
    tax_exempt: str | None = None
    tax_ids: ListOf[WireTaxId] | None = None
    discount: WireDiscount | None = None
    default_source: Expandable | None = None
    metadata: Mapping[str, str] | None = None
    deleted: bool = False


def read_customer(given: Mapping[str, Any], version: int, coupons: Mapping[str, Coupon]) -> Customer:
    """A customer, asked for with `CUSTOMER_EXPANSIONS`. Payment methods are asked for apart.

    The phone is trusted: it is as the business set it, or let Stripe's own pages set it.

    Raises:
        NotKnown: the coupon of a discount.
        Unreadable: it is none.
    """
    wire = decoded(given, WireCustomer)
    if wire.tax_ids is not None and wire.tax_ids.has_more:
        raise Unreadable(f"customer {wire.id}: not all tax ids were asked for")
    missing: set[str] = set()
    held = None if wire.discount is None else discount(wire.discount, coupons, missing)
    if missing:
        raise NotKnown("coupon", missing)
    settings = wire.invoice_settings
    return Customer(
        id=wire.id,
        version=version,
        created=instant(wire.created),
        email=wire.email,
        name=wire.name,
        phone=wire.phone,
        trusted_phone=wire.phone,
        description=wire.description,
        address=address(wire.address),
        shipping=_shipping(wire.shipping),
        preferred_locales=tuple(wire.preferred_locales or ()),
        currency=None if wire.currency is None else currency_of(wire.currency),
        balances=_balances(wire),
        invoice_fields=tuple(CustomField(each.name, each.value) for each in settings.custom_fields or ()),
        invoice_footer=settings.footer,
        tax_exempt=one_of(wire.tax_exempt, get_args(TaxExempt), "none"),
        tax_ids=() if wire.tax_ids is None else tuple(_tax_id(each) for each in wire.tax_ids.data),
        discount=held,
        # What pays where nothing newer was said (portal_spec.md §C.1).
        default_payment_method=id_or_none(settings.default_payment_method or wire.default_source),
        metadata=own_metadata(wire.metadata),
        deleted=wire.deleted,
    )


def _balances(wire: WireCustomer) -> Mapping[str, int]:
    """By currency. Negative is credit, at Stripe as with us."""
    if wire.invoice_credit_balance is not None:
        found = wire.invoice_credit_balance
    else:
        found = {} if wire.currency is None else {wire.currency: wire.balance}
    return {currency_of(code): minor(amount, currency_of(code)) for code, amount in found.items() if amount}


def _shipping(wire: WireShipping | None) -> Shipping | None:
    place = None if wire is None else address(wire.address)
    if wire is None or place is None:
        return None
    return Shipping(address=place, name=wire.name or "", phone=wire.phone)


def _tax_id(wire: WireTaxId) -> TaxId:
    said = wire.verification
    return TaxId(
        id=wire.id,
        type=wire.type,
        value=wire.value,
        created=instant(wire.created),
        country=wire.country,
        verification=None
        if said is None
        else Verification(
            status=one_of(said.status, get_args(TaxIdStatus), "unavailable"),
            name=said.verified_name,
            address=said.verified_address,
            by="stripe",
        ),
    )
