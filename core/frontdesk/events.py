"""Things that happened: frozen structs, committed with the changes that they tell of, announced after the commit.

All of them can be had from here; those of subscriptions and of invoices are in modules of their own. `at` is when it
happened, aware UTC.
"""

from datetime import datetime
from typing import Literal

from msgspec import Struct

from frontdesk.invoice_events import (
    CreditNoteEdited,
    CreditNoteIssued,
    CreditNoteVoided,
    InvoiceDrafted,
    InvoiceDropped,
    InvoiceEdited,
    InvoiceFinalized,
    InvoiceItemChanged,
    InvoiceMarkedUncollectible,
    InvoiceOverdue,
    InvoicePaid,
    InvoiceReminded,
    InvoiceSent,
    InvoiceUpcoming,
    InvoiceVoided,
    InvoiceWillBeDue,
    PaymentFailed,
    PaymentRecorded,
    PaymentReversed,
    RefundFailed,
    RefundMade,
)
from frontdesk.subscription_events import (
    CancellationScheduled,
    CancellationTakenBack,
    OfferTaken,
    PlanChanged,
    PlanChangePutOff,
    PlanChangeTakenBack,
    ResumptionMoved,
    SubscriptionCanceled,
    SubscriptionCaughtUp,
    SubscriptionCreated,
    SubscriptionExpired,
    SubscriptionPastDue,
    SubscriptionPaused,
    SubscriptionRenewed,
    SubscriptionResumed,
    SubscriptionUnpaid,
    SubscriptionUpdated,
    TrialWillEnd,
)

__all__ = [
    "CancellationScheduled",
    "CancellationTakenBack",
    "CreditNoteEdited",
    "CreditNoteIssued",
    "CreditNoteVoided",
    "CustomerCreated",
    "CustomerDeleted",
    "CustomerSignedIn",
    "CustomerUpdated",
    "Event",
    "InvoiceDrafted",
    "InvoiceDropped",
    "InvoiceEdited",
    "InvoiceFinalized",
    "InvoiceItemChanged",
    "InvoiceLinkAsked",
    "InvoiceMarkedUncollectible",
    "InvoiceOverdue",
    "InvoicePaid",
    "InvoiceReminded",
    "InvoiceSent",
    "InvoiceUpcoming",
    "InvoiceVoided",
    "InvoiceWillBeDue",
    "LinkSent",
    "OfferTaken",
    "PaymentFailed",
    "PaymentMethodChanged",
    "PaymentRecorded",
    "PaymentReversed",
    "PlanChangePutOff",
    "PlanChangeTakenBack",
    "PlanChanged",
    "RefundFailed",
    "RefundMade",
    "ResumptionMoved",
    "SubscriptionCanceled",
    "SubscriptionCaughtUp",
    "SubscriptionCreated",
    "SubscriptionExpired",
    "SubscriptionPastDue",
    "SubscriptionPaused",
    "SubscriptionRenewed",
    "SubscriptionResumed",
    "SubscriptionUnpaid",
    "SubscriptionUpdated",
    "TrialWillEnd",
    "WaitingActRefused",
]


class CustomerCreated(Struct, frozen=True, tag="customer_created", kw_only=True):
    """An account was opened."""

    customer: str
    at: datetime


class CustomerUpdated(Struct, frozen=True, tag="customer_updated", kw_only=True):
    """Billing details changed. `fields` names what changed."""

    customer: str
    at: datetime
    fields: tuple[str, ...]


class CustomerDeleted(Struct, frozen=True, tag="customer_deleted", kw_only=True):
    """An account was closed."""

    customer: str
    at: datetime


class PaymentMethodChanged(Struct, frozen=True, tag="payment_method_changed", kw_only=True):
    """A payment method was attached to a customer, changed, or let go."""

    customer: str
    method: str
    at: datetime
    what: Literal["attached", "changed", "detached"]


class CustomerSignedIn(Struct, frozen=True, tag="customer_signed_in", kw_only=True):
    """Somebody proved the address of this customer."""

    customer: str
    at: datetime


class LinkSent(Struct, frozen=True, tag="link_sent", kw_only=True):
    """The tenant's staff sent this customer the link to the portal."""

    customer: str
    at: datetime


class InvoiceLinkAsked(Struct, frozen=True, tag="invoice_link_asked", kw_only=True):
    """Somebody whose link to an invoice has run out asked for a fresh one, which goes to the customer's address."""

    customer: str
    invoice: str
    at: datetime


class WaitingActRefused(Struct, frozen=True, tag="waiting_act_refused", kw_only=True):
    """What a customer asked for while the remote backend did not answer was refused in the end. `intent` is its id."""

    customer: str
    intent: str
    at: datetime


Event = (
    CustomerCreated
    | CustomerUpdated
    | CustomerDeleted
    | SubscriptionCreated
    | PlanChanged
    | PlanChangePutOff
    | PlanChangeTakenBack
    | SubscriptionUpdated
    | CancellationScheduled
    | CancellationTakenBack
    | OfferTaken
    | SubscriptionCanceled
    | SubscriptionRenewed
    | TrialWillEnd
    | SubscriptionPastDue
    | SubscriptionUnpaid
    | SubscriptionCaughtUp
    | SubscriptionPaused
    | ResumptionMoved
    | SubscriptionResumed
    | InvoiceFinalized
    | InvoicePaid
    | InvoiceDrafted
    | InvoiceEdited
    | InvoiceDropped
    | InvoiceSent
    | InvoiceReminded
    | InvoiceUpcoming
    | InvoiceWillBeDue
    | InvoiceOverdue
    | InvoiceItemChanged
    | PaymentRecorded
    | PaymentReversed
    | RefundMade
    | RefundFailed
    | PaymentMethodChanged
    | PaymentFailed
    | SubscriptionExpired
    | CreditNoteIssued
    | CreditNoteEdited
    | CreditNoteVoided
    | InvoiceVoided
    | InvoiceMarkedUncollectible
    | CustomerSignedIn
    | LinkSent
    | InvoiceLinkAsked
    | WaitingActRefused
)
