"""What is sold, and what it costs."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Literal

from msgspec import Struct

from frontdesk.book.metadata import Metadata

Interval = Literal["day", "week", "month", "year"]
TaxBehavior = Literal["inclusive", "exclusive", "unspecified"]
BillingScheme = Literal["per_unit", "tiered"]
TiersMode = Literal["graduated", "volume"]


class MarketingFeature(Struct, frozen=True):
    """One selling point of a product, up to 80 characters."""

    name: str


class Product(Struct, frozen=True, kw_only=True):
    """What is sold. `unit_label` ("seat") is printed as "per seat"."""

    id: str
    name: str
    created: datetime
    updated: datetime
    version: int = 1
    active: bool = True
    description: str | None = None
    images: tuple[str, ...] = ()
    tax_code: str | None = None
    statement_descriptor: str | None = None
    unit_label: str | None = None
    marketing_features: tuple[MarketingFeature, ...] = ()
    default_price: str | None = None
    url: str | None = None
    shippable: bool | None = None
    metadata: Metadata = {}
    deleted: bool = False


class Recurring(Struct, frozen=True, kw_only=True):
    """How often a price is billed: every `interval_count` intervals, at most three years.

    A `metered` price is billed for what its `meter` counted, when the period is over.
    """

    interval: Interval
    interval_count: int = 1
    usage_type: Literal["licensed", "metered"] = "licensed"
    meter: str | None = None


class Tier(Struct, frozen=True, kw_only=True):
    """A range of quantities up to and including `up_to`; None is the last, without an end.

    It begins with the unit after the tier before it. Amounts are in minor units and may have decimals; at least one of
    the two is there: `unit_amount` for each unit, `flat_amount` once for the tier.
    """

    up_to: int | None
    unit_amount: Decimal | None = None
    flat_amount: Decimal | None = None


class TransformQuantity(Struct, frozen=True, kw_only=True):
    """Selling in packages: the quantity is divided by `divide_by` and rounded before it is multiplied."""

    divide_by: int
    round: Literal["up", "down"]


class CurrencyOption(Struct, frozen=True, kw_only=True):
    """What a price is in one more currency: `unit_amount`, or `tiers` where the price has tiers."""

    unit_amount: Decimal | None = None
    tiers: tuple[Tier, ...] = ()
    tax_behavior: TaxBehavior = "unspecified"


class Price(Struct, frozen=True, kw_only=True):
    """What a product costs. `unit_amount` is in minor units and may have decimals (at most 12 places).

    A `tiered` price has tiers in its place: `graduated` counts each unit at its own tier, `volume` all units at the
    tier of the whole quantity. `frontdesk.pricing` says what a quantity costs. Amounts, currency and interval never
    change after creation, so a quote that names a price stays true; only a further currency can be added.
    """

    id: str
    product: str
    currency: str
    created: datetime
    unit_amount: Decimal | None = None
    version: int = 1
    recurring: Recurring | None = None
    active: bool = True
    nickname: str | None = None
    lookup_key: str | None = None
    tax_behavior: TaxBehavior = "unspecified"
    billing_scheme: BillingScheme = "per_unit"
    tiers: tuple[Tier, ...] = ()
    tiers_mode: TiersMode | None = None
    transform_quantity: TransformQuantity | None = None
    currency_options: Mapping[str, CurrencyOption] = {}
    metadata: Metadata = {}
