"""The book: our own record of a side's billing world.

Amounts are integers in the currency's ISO 4217 minor units; currencies are lower-case ISO codes; times are aware UTC.
Every snapshot carries a `version`: an older one never replaces a newer one, so that any order of news ends in the
same book. The words are Stripe's where Stripe has one (docs.stripe.com/api), because they are the field's.

A chapter is a module here; all of them are imported from `frontdesk.book`.
"""

from frontdesk.book.account import Account
from frontdesk.book.catalogue import (
    BillingScheme,
    CurrencyOption,
    Interval,
    MarketingFeature,
    Price,
    Product,
    Recurring,
    TaxBehavior,
    Tier,
    TiersMode,
    TransformQuantity,
)
from frontdesk.book.customer import Address, Customer, CustomField, Shipping
from frontdesk.book.invoice import (
    BillingReason,
    CollectionMethod,
    CreditNote,
    Invoice,
    InvoiceStatus,
    Line,
    LineKind,
    Party,
    Payment,
    PendingItem,
    SetOff,
)
from frontdesk.book.metadata import Metadata, MetadataChange
from frontdesk.book.subscription import (
    ACTIVE,
    ENDED,
    AnchorConfig,
    Billed,
    BillingMode,
    CancellationDetails,
    Pause,
    PendingUpdate,
    PlannedItem,
    ProrationBehavior,
    PutOffChange,
    Scheduled,
    Subscription,
    SubscriptionItem,
    SubscriptionStatus,
    Usage,
    WithoutMethod,
)
from frontdesk.book.terms import BillingSettings, SellerDetails, Terms

__all__ = [
    "ACTIVE",
    "ENDED",
    "Account",
    "Address",
    "AnchorConfig",
    "Billed",
    "BillingMode",
    "BillingReason",
    "BillingScheme",
    "BillingSettings",
    "CancellationDetails",
    "CollectionMethod",
    "CreditNote",
    "CurrencyOption",
    "CustomField",
    "Customer",
    "Interval",
    "Invoice",
    "InvoiceStatus",
    "Line",
    "LineKind",
    "MarketingFeature",
    "Metadata",
    "MetadataChange",
    "Party",
    "Pause",
    "Payment",
    "PendingItem",
    "PendingUpdate",
    "PlannedItem",
    "Price",
    "Product",
    "ProrationBehavior",
    "PutOffChange",
    "Recurring",
    "Scheduled",
    "SellerDetails",
    "SetOff",
    "Shipping",
    "Subscription",
    "SubscriptionItem",
    "SubscriptionStatus",
    "TaxBehavior",
    "Terms",
    "Tier",
    "TiersMode",
    "TransformQuantity",
    "Usage",
    "WithoutMethod",
]
