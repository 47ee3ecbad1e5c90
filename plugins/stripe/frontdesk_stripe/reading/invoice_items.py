"""Invoice items: lines that wait for an invoice, or are on a draft."""

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct

from frontdesk.book import Line, PendingItem, Product
from frontdesk.coupons import Coupon
from frontdesk_stripe.reading.discounts import WireDiscount, discounts_of
from frontdesk_stripe.reading.invoice_lines import WireOldPrice, WirePeriod, WirePricing, kind_of, priced
from frontdesk_stripe.reading.tax_rates import WireTaxRate, applied
from frontdesk_stripe.reading.wire import (
    Expandable,
    NotKnown,
    currency_of,
    decoded,
    id_of,
    id_or_none,
    instant,
    minor,
    own_metadata,
    unit_amount,
)

ITEM_EXPANSIONS = ("discounts.source.coupon", "discounts.promotion_code")
"""What must be asked for with an invoice item."""


class WireItemDetails(Struct, frozen=True, kw_only=True):
    """The subscription that it is of."""

    subscription: Expandable | None = None
    subscription_item: Expandable | None = None


class WireItemParent(Struct, frozen=True, kw_only=True):
    """Where it comes from."""

    subscription_details: WireItemDetails | None = None


class WireInvoiceItem(Struct, frozen=True, kw_only=True):
    """An invoice item. `parent` and `pricing` are of the newer era, `subscription` and `price` of the older."""

    id: str
    amount: int
    currency: str
    customer: Expandable
    date: int
    period: WirePeriod
    quantity: int | None = None
    description: str | None = None
    discountable: bool = True
    discounts: Sequence[str | WireDiscount] | None = None
    invoice: Expandable | None = None
    parent: WireItemParent | None = None
    pricing: WirePricing | None = None
    proration: bool = False
    subscription: Expandable | None = None
    subscription_item: Expandable | None = None
    price: WireOldPrice | None = None
    tax_rates: Sequence[WireTaxRate] | None = None
    metadata: Mapping[str, str] | None = None


def read_invoice_item(
    given: Mapping[str, Any],
    version: int,
    *,
    products: Mapping[str, Product],
    coupons: Mapping[str, Coupon],
) -> PendingItem:
    """An invoice item, asked for with `ITEM_EXPANSIONS`. `products` give it a name.

    Raises:
        NotKnown: coupons.
        Unreadable: it is none, or its discounts were not asked for.
    """
    wire = decoded(given, WireInvoiceItem)
    missing: set[str] = set()
    discounts = discounts_of(f"invoice item {wire.id}", wire.discounts, coupons, missing)
    if missing:
        raise NotKnown("coupon", missing)
    details = None if wire.parent is None else wire.parent.subscription_details
    of = WireItemDetails(subscription=wire.subscription, subscription_item=wire.subscription_item)
    subscription = id_or_none((details or of).subscription)
    return PendingItem(
        id=wire.id,
        version=version,
        customer=id_of(wire.customer),
        line=_line(wire, subscription, id_or_none((details or of).subscription_item), products),
        created=instant(wire.date),
        subscription=subscription,
        invoice=id_or_none(wire.invoice),
        discounts=discounts,
    )


def _line(
    wire: WireInvoiceItem, subscription: str | None, subscription_item: str | None, products: Mapping[str, Product]
) -> Line:
    currency = currency_of(wire.currency)
    price, product, unit = priced(wire.pricing, wire.price)
    known = products.get(product or "")
    return Line(
        id=wire.id,
        kind=kind_of(wire.amount, wire.proration),
        amount=minor(wire.amount, currency),
        currency=currency,
        quantity=1 if wire.quantity is None else wire.quantity,
        start=instant(wire.period.start),
        end=instant(wire.period.end),
        price=price,
        product=product,
        product_name="" if known is None else known.name,
        unit_label=None if known is None else known.unit_label,
        unit_amount=unit_amount(None, unit, currency),
        subscription=subscription,
        subscription_item=subscription_item,
        pending_item=wire.id,
        proration=wire.proration,
        tax_rates=applied(wire.tax_rates or ()),
        discountable=wire.discountable,
        description=wire.description if known is None or subscription_item is None else None,
        metadata=own_metadata(wire.metadata),
    )
