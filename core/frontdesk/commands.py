"""Commands: every act is one small frozen struct given to one use case.

All that touch one customer can be had from here; those about subscriptions, invoices, payment methods and use are in
modules of their own. What a side sells is touched by `catalogue_commands`. A field left `UNSET` stays as it is; `None`
clears it.
"""

from msgspec import UNSET, Struct, UnsetType

from frontdesk.book import Address, CustomField, MetadataChange, Shipping
from frontdesk.coupons import DiscountChoice
from frontdesk.invoice_commands import (
    AdjustBalance,
    CreateCreditNote,
    InvoiceCommand,
    MarkUncollectible,
    PayInvoice,
    RecordPayment,
    ReversePayment,
    UpdateCreditNote,
    VoidCreditNote,
    VoidInvoice,
)
from frontdesk.payment_method_commands import ChargeInvoice, PaymentMethodCommand, RefundCharge, SettleRefund
from frontdesk.subscription_commands import (
    CancelSubscription,
    ChangeDiscounts,
    ChangePayment,
    ChangePlan,
    CreateSubscription,
    DescribeSubscription,
    ExplainCancellation,
    FirstPayment,
    ItemChange,
    KeepSubscription,
    MoveResumption,
    NewItem,
    PauseSubscription,
    PlanAhead,
    PlannedPhase,
    ResumeSubscription,
    SetTrialEnd,
    StartAgain,
    SubscriptionCommand,
    TakeOffer,
    UndoPlanChange,
)
from frontdesk.tax_ids import TaxId
from frontdesk.tax_rates import TaxExempt
from frontdesk.usage_commands import CancelUsage, ReportUsage

__all__ = [
    "AccountCommand",
    "Advance",
    "BillingDetails",
    "CancelSubscription",
    "CancelUsage",
    "ChangeDiscounts",
    "ChangePayment",
    "ChangePlan",
    "CreateCustomer",
    "CreateSubscription",
    "DeleteCustomer",
    "DescribeSubscription",
    "ExplainCancellation",
    "FirstPayment",
    "ItemChange",
    "KeepSubscription",
    "MarkUncollectible",
    "MoveResumption",
    "NewItem",
    "PauseSubscription",
    "PayInvoice",
    "PlanAhead",
    "PlannedPhase",
    "ReportUsage",
    "ResumeSubscription",
    "SetCustomerDiscount",
    "SetTrialEnd",
    "StartAgain",
    "SubscriptionCommand",
    "TakeOffer",
    "UndoPlanChange",
    "UpdateBillingDetails",
    "VoidInvoice",
]


class BillingDetails(Struct, frozen=True, kw_only=True):
    """The part of a customer that can be edited."""

    email: str | UnsetType | None = UNSET
    name: str | UnsetType | None = UNSET
    phone: str | UnsetType | None = UNSET
    trusted_phone: str | UnsetType | None = UNSET
    """Decided by who acts (`frontdesk.trusted_phones`), never by what was typed."""
    description: str | UnsetType | None = UNSET
    address: Address | UnsetType | None = UNSET
    shipping: Shipping | UnsetType | None = UNSET
    preferred_locales: tuple[str, ...] | UnsetType = UNSET
    invoice_fields: tuple[CustomField, ...] | UnsetType = UNSET
    invoice_footer: str | UnsetType | None = UNSET
    tax_exempt: TaxExempt | UnsetType = UNSET
    tax_ids: tuple[TaxId, ...] | UnsetType = UNSET
    """All of them (`frontdesk.customer_tax_ids`)."""
    metadata: MetadataChange | UnsetType = UNSET
    """`{}` with every key deleted is spelled by naming each key with None."""


class CreateCustomer(Struct, frozen=True, tag=True, kw_only=True):
    """Open an account. `id` is given by the caller, so that a retry makes the same customer."""

    id: str
    details: BillingDetails = BillingDetails()


class UpdateBillingDetails(Struct, frozen=True, tag=True, kw_only=True):
    """Change a customer's details."""

    details: BillingDetails


class DeleteCustomer(Struct, frozen=True, tag=True):
    """Close an account: subscriptions end now without proration; issued invoices stay."""


class SetCustomerDiscount(Struct, frozen=True, tag=True, kw_only=True):
    """Give a customer a discount for all subscriptions that have none of their own; None takes it away."""

    discount: DiscountChoice | None


class Advance(Struct, frozen=True, tag=True):
    """Do everything that has fallen due by `now`, in order: renewals and ends of subscriptions."""


AccountCommand = (
    CreateCustomer
    | UpdateBillingDetails
    | DeleteCustomer
    | CreateSubscription
    | SubscriptionCommand
    | SetCustomerDiscount
    | StartAgain
    | PayInvoice
    | ChargeInvoice
    | RefundCharge
    | SettleRefund
    | VoidInvoice
    | MarkUncollectible
    | InvoiceCommand
    | PaymentMethodCommand
    | RecordPayment
    | ReversePayment
    | AdjustBalance
    | CreateCreditNote
    | UpdateCreditNote
    | VoidCreditNote
    | ReportUsage
    | CancelUsage
    | Advance
)
