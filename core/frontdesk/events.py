"""Things that happened: frozen structs, committed with the changes that they tell of, announced after the commit."""

from datetime import datetime
from typing import Literal

from msgspec import Struct

from frontdesk.reminders import Stage
from frontdesk.retention import StayOffer


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


class SubscriptionCreated(Struct, frozen=True, tag="subscription_created", kw_only=True):
    """A subscription began."""

    customer: str
    subscription: str
    at: datetime


class PlanChanged(Struct, frozen=True, tag="plan_changed", kw_only=True):
    """Prices, quantities or items of a subscription changed. `before` and `after` are (price, quantity) by item."""

    customer: str
    subscription: str
    at: datetime
    before: tuple[tuple[str, int], ...]
    after: tuple[tuple[str, int], ...]


class PlanChangePutOff(Struct, frozen=True, tag="plan_change_put_off", kw_only=True):
    """A change of plan was put off to `effective`, the end of the period."""

    customer: str
    subscription: str
    at: datetime
    effective: datetime


class PlanChangeTakenBack(Struct, frozen=True, tag="plan_change_taken_back", kw_only=True):
    """A change of plan that was put off will not come."""

    customer: str
    subscription: str
    at: datetime


class SubscriptionUpdated(Struct, frozen=True, tag="subscription_updated", kw_only=True):
    """Something that moves no money changed: metadata, description, terms, the reason of a cancellation."""

    customer: str
    subscription: str
    at: datetime
    fields: tuple[str, ...]


class CancellationScheduled(Struct, frozen=True, tag="cancellation_scheduled", kw_only=True):
    """A subscription was set to end at `ends`."""

    customer: str
    subscription: str
    at: datetime
    ends: datetime


class CancellationTakenBack(Struct, frozen=True, tag="cancellation_taken_back", kw_only=True):
    """A subscription that was set to end goes on."""

    customer: str
    subscription: str
    at: datetime


class OfferTaken(Struct, frozen=True, tag="offer_taken", kw_only=True):
    """Somebody who was leaving stays, for an offer. `took_back` says that the cancellation was confirmed before."""

    customer: str
    subscription: str
    at: datetime
    offer: StayOffer
    took_back: bool


class SubscriptionCanceled(Struct, frozen=True, tag="subscription_canceled", kw_only=True):
    """A subscription ended and will never be billed again."""

    customer: str
    subscription: str
    at: datetime


class SubscriptionRenewed(Struct, frozen=True, tag="subscription_renewed", kw_only=True):
    """A new period began."""

    customer: str
    subscription: str
    at: datetime
    period_start: datetime
    period_end: datetime


class SubscriptionExpired(Struct, frozen=True, tag="subscription_expired", kw_only=True):
    """A subscription never began, because its first invoice was not paid."""

    customer: str
    subscription: str
    at: datetime


class TrialWillEnd(Struct, frozen=True, tag="trial_will_end", kw_only=True):
    """A trial ends soon, at `ends`: three days before, or when it begins if it is shorter."""

    customer: str
    subscription: str
    at: datetime
    ends: datetime


class SubscriptionPastDue(Struct, frozen=True, tag="subscription_past_due", kw_only=True):
    """An invoice of a subscription was not paid by the day on which it was due."""

    customer: str
    subscription: str
    invoice: str
    at: datetime


class SubscriptionUnpaid(Struct, frozen=True, tag="subscription_unpaid", kw_only=True):
    """An invoice of a subscription could not be charged for the last time. Further ones are drafts."""

    customer: str
    subscription: str
    invoice: str
    at: datetime


class SubscriptionCaughtUp(Struct, frozen=True, tag="subscription_caught_up", kw_only=True):
    """Nothing of a subscription is past due any more."""

    customer: str
    subscription: str
    at: datetime


class SubscriptionPaused(Struct, frozen=True, tag="subscription_paused", kw_only=True):
    """A subscription rests, until `resumes_at` if that is known."""

    customer: str
    subscription: str
    at: datetime
    resumes_at: datetime | None = None


class ResumptionMoved(Struct, frozen=True, tag="resumption_moved", kw_only=True):
    """A subscription that rests goes on at another time: at `resumes_at`, or not before it is resumed."""

    customer: str
    subscription: str
    at: datetime
    resumes_at: datetime | None


class SubscriptionResumed(Struct, frozen=True, tag="subscription_resumed", kw_only=True):
    """A subscription that rested goes on."""

    customer: str
    subscription: str
    at: datetime


class InvoiceFinalized(Struct, frozen=True, tag="invoice_finalized", kw_only=True):
    """An invoice was issued. `quiet`: whoever issued it did not want a letter written."""

    customer: str
    invoice: str
    at: datetime
    quiet: bool = False


class InvoicePaid(Struct, frozen=True, tag="invoice_paid", kw_only=True):
    """An invoice was paid in full, or was due nothing."""

    customer: str
    invoice: str
    at: datetime


class InvoiceDrafted(Struct, frozen=True, tag="invoice_drafted", kw_only=True):
    """A draft was begun. Nothing is asked of the customer yet."""

    customer: str
    invoice: str
    at: datetime


class InvoiceEdited(Struct, frozen=True, tag="invoice_edited", kw_only=True):
    """A draft changed, or the metadata of an issued invoice. `fields` names what."""

    customer: str
    invoice: str
    at: datetime
    fields: tuple[str, ...]


class InvoiceDropped(Struct, frozen=True, tag="invoice_dropped", kw_only=True):
    """A draft was deleted."""

    customer: str
    invoice: str
    at: datetime


class InvoiceSent(Struct, frozen=True, tag="invoice_sent", kw_only=True):
    """Somebody asked for an issued invoice to be sent."""

    customer: str
    invoice: str
    at: datetime


class InvoiceReminded(Struct, frozen=True, tag="invoice_reminded", kw_only=True):
    """The customer is reminded of an invoice that is past due. `reminder` is the record of it."""

    customer: str
    invoice: str
    reminder: str
    stage: Stage
    at: datetime


class InvoiceUpcoming(Struct, frozen=True, tag="invoice_upcoming", kw_only=True):
    """A subscription renews at `renews`. `invoice` is the id of what is to come, among the changes' `foreseen`."""

    customer: str
    subscription: str
    invoice: str
    renews: datetime
    at: datetime


class InvoiceWillBeDue(Struct, frozen=True, tag="invoice_will_be_due", kw_only=True):
    """An invoice that is not paid will be due in some days."""

    customer: str
    invoice: str
    at: datetime


class InvoiceOverdue(Struct, frozen=True, tag="invoice_overdue", kw_only=True):
    """An invoice was not paid by the day on which it was due, or some days after it."""

    customer: str
    invoice: str
    at: datetime


class InvoiceItemChanged(Struct, frozen=True, tag="invoice_item_changed", kw_only=True):
    """An invoice item was made, changed or dropped."""

    customer: str
    item: str
    at: datetime
    what: Literal["made", "changed", "dropped"]


class PaymentRecorded(Struct, frozen=True, tag="payment_recorded", kw_only=True):
    """Something came in for an invoice. `amount` in minor units."""

    customer: str
    invoice: str
    payment: str
    amount: int
    at: datetime


class PaymentReversed(Struct, frozen=True, tag="payment_reversed", kw_only=True):
    """A payment was undone by the record `payment`; `amount` in minor units is what is missing again."""

    customer: str
    invoice: str
    payment: str
    amount: int
    at: datetime


class PaymentFailed(Struct, frozen=True, tag="payment_failed", kw_only=True):
    """An invoice could not be charged. It is tried again at `next_attempt`, None being never by itself."""

    customer: str
    invoice: str
    at: datetime
    decline_code: str
    next_attempt: datetime | None = None


class RefundMade(Struct, frozen=True, tag="refund_made", kw_only=True):
    """A charge goes back to its card, or a part of it. `amount` in minor units; `invoice` None where none was paid."""

    customer: str
    invoice: str | None = None
    refund: str
    amount: int
    at: datetime


class RefundFailed(Struct, frozen=True, tag="refund_failed", kw_only=True):
    """The bank sent a refund back: its `amount` did not reach the card. `invoice` None where none was paid."""

    customer: str
    invoice: str | None = None
    refund: str
    amount: int
    at: datetime


class PaymentMethodChanged(Struct, frozen=True, tag="payment_method_changed", kw_only=True):
    """A payment method was attached to a customer, changed, or let go."""

    customer: str
    method: str
    at: datetime
    what: Literal["attached", "changed", "detached"]


class CreditNoteIssued(Struct, frozen=True, tag="credit_note_issued", kw_only=True):
    """Part of an invoice was taken back. `quiet`: whoever did it did not want a letter written."""

    customer: str
    invoice: str
    credit_note: str
    at: datetime
    quiet: bool = False


class CreditNoteVoided(Struct, frozen=True, tag="credit_note_voided", kw_only=True):
    """A credit note was taken back."""

    customer: str
    invoice: str
    credit_note: str
    at: datetime


class InvoiceVoided(Struct, frozen=True, tag="invoice_voided", kw_only=True):
    """An invoice was taken back: nothing is to be paid for it."""

    customer: str
    invoice: str
    at: datetime


class InvoiceMarkedUncollectible(Struct, frozen=True, tag="invoice_marked_uncollectible", kw_only=True):
    """Nobody expects an invoice to be paid any more."""

    customer: str
    invoice: str
    at: datetime


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
    | CreditNoteVoided
    | InvoiceVoided
    | InvoiceMarkedUncollectible
    | CustomerSignedIn
    | LinkSent
    | InvoiceLinkAsked
    | WaitingActRefused
)
