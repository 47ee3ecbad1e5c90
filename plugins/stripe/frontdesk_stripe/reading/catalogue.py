"""Products and prices."""

from collections.abc import Mapping, Sequence
from typing import Any, get_args

from msgspec import Struct

from frontdesk.book import (
    CurrencyOption,
    Interval,
    MarketingFeature,
    Price,
    Product,
    Recurring,
    TaxBehavior,
    Tier,
    TransformQuantity,
)
from frontdesk_stripe.reading.wire import (
    Expandable,
    Unreadable,
    currency_of,
    decoded,
    id_of,
    id_or_none,
    instant,
    one_of,
    own_metadata,
    unit_amount,
)

PRICE_EXPANSIONS = ("tiers", "currency_options")
"""What must be asked for with a price."""


class WireFeature(Struct, frozen=True):
    """A selling point."""

    name: str | None = None


class WireProduct(Struct, frozen=True, kw_only=True):
    """A product; of a deleted one only the id is left."""

    id: str
    name: str = ""
    created: int = 0
    updated: int = 0
    active: bool = False
    description: str | None = None
    images: Sequence[str] | None = None
    tax_code: Expandable | None = None
    statement_descriptor: str | None = None
    unit_label: str | None = None
    marketing_features: Sequence[WireFeature] | None = None
    default_price: Expandable | None = None
    url: str | None = None
    shippable: bool | None = None
    metadata: Mapping[str, str] | None = None
    deleted: bool = False


class WireTier(Struct, frozen=True, kw_only=True):
    """A range of quantities; the last has no end."""

    up_to: int | None = None
    unit_amount: int | None = None
    unit_amount_decimal: str | None = None
    flat_amount: int | None = None
    flat_amount_decimal: str | None = None


class WireRecurring(Struct, frozen=True, kw_only=True):
    """How often a price is billed."""

    interval: str
    interval_count: int = 1
    usage_type: str | None = None
    meter: str | None = None


class WireTransform(Struct, frozen=True, kw_only=True):
    """Selling in packages."""

    divide_by: int
    round: str


class WireCurrencyOption(Struct, frozen=True, kw_only=True):
    """What a price is in one more currency."""

    unit_amount: int | None = None
    unit_amount_decimal: str | None = None
    tiers: Sequence[WireTier] | None = None
    tax_behavior: str | None = None


class WirePrice(Struct, frozen=True, kw_only=True):
    """A price."""

    id: str
    product: Expandable
    currency: str
    created: int
    active: bool = True
    billing_scheme: str | None = None
    unit_amount: int | None = None
    unit_amount_decimal: str | None = None
    recurring: WireRecurring | None = None
    nickname: str | None = None
    lookup_key: str | None = None
    tax_behavior: str | None = None
    tiers: Sequence[WireTier] | None = None
    tiers_mode: str | None = None
    transform_quantity: WireTransform | None = None
    currency_options: Mapping[str, WireCurrencyOption] | None = None
    metadata: Mapping[str, str] | None = None


def read_product(given: Mapping[str, Any], version: int) -> Product:
    """A product. One that was deleted at Stripe has no name there; the book keeps the one that it had.

    Raises:
        Unreadable: it is none.
    """
    wire = decoded(given, WireProduct)
    return Product(
        id=wire.id,
        version=version,
        name=wire.name,
        created=instant(wire.created),
        updated=instant(wire.updated),
        active=wire.active and not wire.deleted,
        description=wire.description,
        images=tuple(wire.images or ()),
        tax_code=id_or_none(wire.tax_code),
        statement_descriptor=wire.statement_descriptor,
        unit_label=wire.unit_label,
        marketing_features=tuple(MarketingFeature(each.name) for each in wire.marketing_features or () if each.name),
        default_price=id_or_none(wire.default_price),
        url=wire.url,
        shippable=wire.shippable,
        metadata=own_metadata(wire.metadata),
        deleted=wire.deleted,
    )


def read_price(given: Mapping[str, Any], version: int) -> Price:
    """A price, asked for with `PRICE_EXPANSIONS`.

    Raises:
        Unreadable: its currency or interval is none that we know, or its tiers were not asked for.
    """
    wire = decoded(given, WirePrice)
    currency = currency_of(wire.currency)
    tiered = wire.billing_scheme == "tiered"
    if tiered and not wire.tiers:
        raise Unreadable(f"price {wire.id}: it has tiers that were not asked for")
    options = {currency_of(code): option for code, option in (wire.currency_options or {}).items()}
    return Price(
        id=wire.id,
        version=version,
        product=id_of(wire.product),
        currency=currency,
        created=instant(wire.created),
        active=wire.active,
        unit_amount=None if tiered else unit_amount(wire.unit_amount, wire.unit_amount_decimal, currency),
        recurring=None if wire.recurring is None else _recurring(wire.id, wire.recurring),
        nickname=wire.nickname,
        lookup_key=wire.lookup_key,
        tax_behavior=one_of(wire.tax_behavior, get_args(TaxBehavior), "unspecified"),
        billing_scheme="tiered" if tiered else "per_unit",
        tiers=_tiers(wire.tiers or (), currency) if tiered else (),
        tiers_mode=one_of(wire.tiers_mode, ("graduated", "volume"), "volume") if tiered else None,
        transform_quantity=_transform(wire.id, wire.transform_quantity),
        currency_options={
            code: CurrencyOption(
                unit_amount=None if tiered else unit_amount(option.unit_amount, option.unit_amount_decimal, code),
                tiers=_tiers(option.tiers or (), code) if tiered else (),
                tax_behavior=one_of(option.tax_behavior, get_args(TaxBehavior), "unspecified"),
            )
            for code, option in options.items()
            if code != currency
        },
        metadata=own_metadata(wire.metadata),
    )


def _recurring(price: str, wire: WireRecurring) -> Recurring:
    if wire.interval not in get_args(Interval) or wire.interval_count < 1:
        raise Unreadable(f"price {price}: we do not bill every {wire.interval_count} {wire.interval!r}")
    return Recurring(
        interval=one_of(wire.interval, get_args(Interval), "month"),
        interval_count=wire.interval_count,
        usage_type="metered" if wire.usage_type == "metered" else "licensed",
        meter=wire.meter,
    )


def _transform(price: str, wire: WireTransform | None) -> TransformQuantity | None:
    if wire is None:
        return None
    if wire.divide_by < 1:
        raise Unreadable(f"price {price}: a quantity cannot be divided by {wire.divide_by}")
    return TransformQuantity(divide_by=wire.divide_by, round="up" if wire.round == "up" else "down")


def _tiers(wire: Sequence[WireTier], currency: str) -> tuple[Tier, ...]:
    return tuple(
        Tier(
            up_to=each.up_to,
            unit_amount=unit_amount(each.unit_amount, each.unit_amount_decimal, currency),
            flat_amount=unit_amount(each.flat_amount, each.flat_amount_decimal, currency),
        )
        for each in wire
    )
