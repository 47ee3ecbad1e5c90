"""Lines of invoices: `parent` and `pricing` say where one comes from in the newer era, its own fields in the older."""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from frontdesk.book import Line, LineKind, Product
from frontdesk.coupons import Discount, LineDiscount
from frontdesk.tax_rates import TaxRate
from frontdesk_stripe.reading.tax_rates import WireTax, taxes
from frontdesk_stripe.reading.wire import Expandable, id_of, id_or_none, instant, minor, own_metadata, unit_amount


class WirePeriod(Struct, frozen=True):
    """What a line is for."""

    start: int
    end: int


class WireTaken(Struct, frozen=True):
    """What one discount took off."""

    amount: int
    discount: Expandable


class WireLineDetails(Struct, frozen=True, kw_only=True):
    """Which item it bills."""

    invoice_item: Expandable | None = None
    proration: bool = False
    subscription: Expandable | None = None
    subscription_item: Expandable | None = None


class WireLineParent(Struct, frozen=True, kw_only=True):
    """Where it comes from."""

    subscription_item_details: WireLineDetails | None = None
    invoice_item_details: WireLineDetails | None = None


class WirePriceDetails(Struct, frozen=True, kw_only=True):
    """By which price it was billed."""

    price: Expandable | None = None
    product: Expandable | None = None


class WirePricing(Struct, frozen=True, kw_only=True):
    """What one unit cost."""

    price_details: WirePriceDetails | None = None
    unit_amount_decimal: str | None = None


class WireOldPrice(Struct, frozen=True, kw_only=True):
    """A price, or a plan, as it lies in a line of the older era."""

    id: str
    product: Expandable | None = None
    unit_amount: int | None = None
    unit_amount_decimal: str | None = None
    amount: int | None = None
    amount_decimal: str | None = None


class WireLine(Struct, frozen=True, kw_only=True):
    """A line of an invoice."""

    id: str
    amount: int
    period: WirePeriod
    quantity: int | None = None
    description: str | None = None
    discountable: bool = True
    discount_amounts: Sequence[WireTaken] | None = None
    parent: WireLineParent | None = None
    pricing: WirePricing | None = None
    subscription: Expandable | None = None
    subscription_item: Expandable | None = None
    invoice_item: Expandable | None = None
    proration: bool = False
    price: WireOldPrice | None = None
    plan: WireOldPrice | None = None
    taxes: Sequence[WireTax] | None = None
    tax_amounts: Sequence[WireTax] | None = None
    metadata: Mapping[str, str] | None = None


def line(
    wire: WireLine,
    currency: str,
    products: Mapping[str, Product],
    discounts: Mapping[str, Discount],
    rates: Mapping[str, TaxRate],
    unknown_rates: set[str],
) -> Line:
    """A line in the book's words. Stripe's own words are kept where we know no product to put into ours."""
    details = _details(wire)
    price, product, unit = priced(wire.pricing, wire.price or wire.plan)
    known = products.get(product or "")
    taken = tuple(_taken(each, currency, discounts) for each in wire.discount_amounts or ())
    amount = minor(wire.amount, currency) - sum(each.amount for each in taken)
    return Line(
        id=wire.id,
        kind=kind_of(wire.amount, details.proration),
        amount=amount,
        currency=currency,
        quantity=1 if wire.quantity is None else wire.quantity,
        start=instant(wire.period.start),
        end=instant(wire.period.end),
        price=price,
        product=product,
        product_name="" if known is None else known.name,
        unit_label=None if known is None else known.unit_label,
        unit_amount=unit_amount(None, unit, currency),
        subscription=id_or_none(details.subscription or wire.subscription),
        subscription_item=id_or_none(details.subscription_item),
        pending_item=id_or_none(details.invoice_item),
        proration=details.proration,
        discounts=taken,
        taxes=taxes(wire.taxes or wire.tax_amounts or (), rates, currency, unknown_rates),
        discountable=wire.discountable,
        description=wire.description if known is None or details.subscription_item is None else None,
        metadata=own_metadata(wire.metadata),
    )


def priced(pricing: WirePricing | None, old: WireOldPrice | None) -> tuple[str | None, str | None, str | None]:
    """The price, its product, and what one unit cost as Stripe writes it. `old` is what the older era says of it."""
    if pricing is not None:
        named = pricing.price_details or WirePriceDetails()
        return id_or_none(named.price), id_or_none(named.product), pricing.unit_amount_decimal
    if old is None:
        return None, None, None
    whole = old.unit_amount if old.unit_amount is not None else old.amount
    exact = old.unit_amount_decimal or old.amount_decimal
    return old.id, id_or_none(old.product), exact or (None if whole is None else str(whole))


def kind_of(amount: int, proration: bool) -> LineKind:
    """What sort of line it is. Stripe only says so of prorations, by their sign."""
    if proration:
        return "unused_time" if amount < 0 else "remaining_time"
    return "charge"


def _details(wire: WireLine) -> WireLineDetails:
    if wire.parent is not None:
        found = wire.parent.subscription_item_details or wire.parent.invoice_item_details
        return found or WireLineDetails()
    return WireLineDetails(
        invoice_item=wire.invoice_item,
        proration=wire.proration,
        subscription=wire.subscription,
        subscription_item=wire.subscription_item,
    )


def _taken(wire: WireTaken, currency: str, discounts: Mapping[str, Discount]) -> LineDiscount:
    named = id_of(wire.discount)
    held = discounts.get(named)
    if held is None:
        return LineDiscount(discount=named, coupon="", amount=minor(wire.amount, currency))
    return LineDiscount(
        discount=named,
        coupon=held.coupon,
        amount=minor(wire.amount, currency),
        name=held.name,
        code=held.code,
        percent_off=held.percent_off,
        duration=held.duration,
    )
