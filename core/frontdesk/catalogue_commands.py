"""What is asked of the catalogue: commands about what a side sells, and by what it prices, discounts and taxes it."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from msgspec import UNSET, Struct, UnsetType

from frontdesk.book import (
    BillingScheme,
    CurrencyOption,
    MarketingFeature,
    MetadataChange,
    Recurring,
    TaxBehavior,
    Tier,
    TiersMode,
    TransformQuantity,
)
from frontdesk.coupons import Duration
from frontdesk.tax_rates import TaxType


class ProductFields(Struct, frozen=True, kw_only=True):
    """The part of a product that can be written."""

    name: str | UnsetType = UNSET
    active: bool | UnsetType = UNSET
    description: str | UnsetType | None = UNSET
    images: tuple[str, ...] | UnsetType = UNSET
    tax_code: str | UnsetType | None = UNSET
    statement_descriptor: str | UnsetType | None = UNSET
    unit_label: str | UnsetType | None = UNSET
    marketing_features: tuple[MarketingFeature, ...] | UnsetType = UNSET
    default_price: str | UnsetType | None = UNSET
    url: str | UnsetType | None = UNSET
    shippable: bool | UnsetType | None = UNSET
    metadata: MetadataChange | UnsetType = UNSET


class CreateProduct(Struct, frozen=True, tag=True, kw_only=True):
    """Add a product. `id` is given by the caller (Stripe lets callers choose it)."""

    id: str
    fields: ProductFields


class UpdateProduct(Struct, frozen=True, tag=True, kw_only=True):
    """Change a product. Prices and invoices that name it stay as they are."""

    id: str
    fields: ProductFields


class DeleteProduct(Struct, frozen=True, tag=True):
    """Remove a product that never had a price."""

    id: str


class CreatePrice(Struct, frozen=True, tag=True, kw_only=True):
    """Add a price to a product."""

    id: str
    product: str
    currency: str
    unit_amount: Decimal | None = None
    recurring: Recurring | None = None
    active: bool = True
    nickname: str | None = None
    lookup_key: str | None = None
    transfer_lookup_key: bool = False
    tax_behavior: TaxBehavior = "unspecified"
    billing_scheme: BillingScheme = "per_unit"
    tiers: tuple[Tier, ...] = ()
    tiers_mode: TiersMode | None = None
    transform_quantity: TransformQuantity | None = None
    currency_options: Mapping[str, CurrencyOption] = {}
    metadata: Mapping[str, str] = {}


class UpdatePrice(Struct, frozen=True, tag=True, kw_only=True):
    """Change what may change of a price: not its amounts, currency or interval.

    `currency_options` adds currencies; of one that is there already, only an unspecified tax behavior changes.
    """

    id: str
    active: bool | UnsetType = UNSET
    nickname: str | UnsetType | None = UNSET
    lookup_key: str | UnsetType | None = UNSET
    transfer_lookup_key: bool = False
    tax_behavior: TaxBehavior | UnsetType = UNSET
    currency_options: Mapping[str, CurrencyOption] = {}
    metadata: MetadataChange | UnsetType = UNSET


class CreateCoupon(Struct, frozen=True, tag=True, kw_only=True):
    """Add a coupon. `id` is given by the caller (Stripe lets callers choose it)."""

    id: str
    name: str | None = None
    percent_off: Decimal | None = None
    currency: str | None = None
    amounts_off: Mapping[str, int] = {}
    duration: Duration = "once"
    duration_in_months: int | None = None
    max_redemptions: int | None = None
    redeem_by: datetime | None = None
    products: tuple[str, ...] = ()
    metadata: Mapping[str, str] = {}


class UpdateCoupon(Struct, frozen=True, tag=True, kw_only=True):
    """Change what may change of a coupon. `amounts_off` adds currencies; those that are there stay as they are."""

    id: str
    name: str | UnsetType | None = UNSET
    amounts_off: Mapping[str, int] = {}
    metadata: MetadataChange | UnsetType = UNSET


class DeleteCoupon(Struct, frozen=True, tag=True):
    """Give a coupon to nobody any more. Who has it keeps it."""

    id: str


class CreatePromotionCode(Struct, frozen=True, tag=True, kw_only=True):
    """Add a code that gives a coupon."""

    id: str
    code: str
    coupon: str
    active: bool = True
    customer: str | None = None
    expires_at: datetime | None = None
    max_redemptions: int | None = None
    first_time_transaction: bool = False
    currency: str | None = None
    minimum_amounts: Mapping[str, int] = {}
    metadata: Mapping[str, str] = {}


class UpdatePromotionCode(Struct, frozen=True, tag=True, kw_only=True):
    """Change what may change of a promotion code."""

    id: str
    active: bool | UnsetType = UNSET
    minimum_amounts: Mapping[str, int] = {}
    metadata: MetadataChange | UnsetType = UNSET


class CreateTaxRate(Struct, frozen=True, tag=True, kw_only=True):
    """Add a tax rate. `id` is given by the caller, so that a retry makes the same one."""

    id: str
    display_name: str
    percentage: Decimal
    inclusive: bool
    active: bool = True
    country: str | None = None
    state: str | None = None
    jurisdiction: str | None = None
    description: str | None = None
    tax_type: TaxType | None = None
    metadata: Mapping[str, str] = {}


class UpdateTaxRate(Struct, frozen=True, tag=True, kw_only=True):
    """Change what may change of a tax rate: neither its percentage nor whether prices include it."""

    id: str
    display_name: str | UnsetType = UNSET
    active: bool | UnsetType = UNSET
    country: str | UnsetType | None = UNSET
    state: str | UnsetType | None = UNSET
    jurisdiction: str | UnsetType | None = UNSET
    description: str | UnsetType | None = UNSET
    tax_type: TaxType | UnsetType | None = UNSET
    metadata: MetadataChange | UnsetType = UNSET


CatalogueCommand = (
    CreateProduct
    | UpdateProduct
    | DeleteProduct
    | CreatePrice
    | UpdatePrice
    | CreateCoupon
    | UpdateCoupon
    | DeleteCoupon
    | CreatePromotionCode
    | UpdatePromotionCode
    | CreateTaxRate
    | UpdateTaxRate
)
