"""What others are told of a change: plain words for what became of each object, one by one.

A happening is of a kind ("invoice") and an act ("paid"). It is worked out from the snapshots before and after, so that
whatever a backend, a member of staff or a program does is told alike; only what leaves no mark in a snapshot is told
from an event. Faces give the happenings the names that outsiders know (portal_spec.md §F.1).
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from frontdesk.book import (
    ENDED,
    CreditNote,
    Customer,
    Invoice,
    InvoiceStatus,
    PendingItem,
    Price,
    Product,
    Subscription,
    SubscriptionItem,
)
from frontdesk.charges import Charge
from frontdesk.checkout_sessions import CheckoutSession
from frontdesk.clocks import TestClock
from frontdesk.coupons import Coupon, Discount, PromotionCode
from frontdesk.events import (
    CustomerSignedIn,
    Event,
    InvoiceFinalized,
    InvoiceOverdue,
    InvoiceReminded,
    InvoiceSent,
    InvoiceUpcoming,
    InvoiceWillBeDue,
    PaymentFailed,
)
from frontdesk.meters import Meter
from frontdesk.payment_intents import PaymentIntent, payment_id
from frontdesk.portal_configuration import PortalConfiguration
from frontdesk.refunds import Refund
from frontdesk.schedule_ends import how_over
from frontdesk.setup_intents import SetupIntent
from frontdesk.tax_rates import TaxRate
from frontdesk.uploaded_files import UploadedFile


class Happening(Struct, frozen=True):
    """Something happened to the object with this id. `part` is the id of a thing within it: a tax id or a payment
    method of the customer, a discount of the subscription."""

    kind: str
    act: str
    object: str
    part: str | None = None


ACTS: Mapping[str, tuple[str, ...]] = {
    "customer": ("created", "updated", "deleted", "signed_in"),
    "tax id": ("created", "updated", "deleted"),
    "payment method": ("attached", "updated", "detached"),
    "discount": ("created", "updated", "deleted"),
    "subscription": (
        *("created", "updated", "deleted", "paused", "resumed", "trial_will_end"),
        *("cancel_page_seen", "pending_update_applied", "pending_update_expired"),
    ),
    "schedule": ("created", "updated", "released", "completed", "canceled"),
    "invoice": (
        *("created", "updated", "deleted", "finalized", "sent", "reminded"),
        *("upcoming", "will_be_due", "overdue"),
        *("paid", "payment_succeeded", "payment_failed", "payment_action_required"),
        *("voided", "marked_uncollectible"),
    ),
    "invoiceitem": ("created", "deleted"),
    "setupintent": ("created", "requires_action", "setup_failed", "succeeded", "canceled"),
    "payment_intent": (
        *("created", "requires_action", "payment_failed", "amount_capturable_updated", "succeeded", "canceled"),
    ),
    "charge": ("succeeded", "failed", "captured", "refunded", "updated"),
    "refund": ("created", "updated", "failed"),
    "invoice_payment": ("paid",),
    "checkout.session": ("completed", "expired"),
    "credit note": ("created", "updated", "voided"),
    "product": ("created", "updated", "deleted"),
    "price": ("created", "updated"),
    "coupon": ("created", "updated", "deleted"),
    "promotion code": ("created", "updated"),
    "tax rate": ("created", "updated"),
    "billing meter": ("created", "updated", "deactivated", "reactivated"),
    "configuration": ("created", "updated"),
    "session": ("created", "used"),
    "file upload": ("created",),
    "test clock": ("created", "advancing", "ready", "internal_failure", "deleted"),
}
"""Everything that can be told, by kind."""
METHOD_ACTS = {"created": "attached", "updated": "updated", "deleted": "detached"}
"""What is said of a payment method that a customer has, has otherwise, or has no more."""
CLOCK_ACTS = {"advancing": "advancing", "ready": "ready", "internal_failure": "internal_failure"}
INVOICE_ACTS: Mapping[InvoiceStatus, tuple[str, ...]] = {
    "draft": (),
    "open": (),
    "paid": ("paid", "payment_succeeded"),
    "uncollectible": ("marked_uncollectible",),
    "void": ("voided",),
}
"""What is told of an invoice that comes to this status, besides that it was issued."""
SETUP_ACTS: Mapping[str, str] = {
    "requires_action": "requires_action",
    "succeeded": "succeeded",
    "canceled": "canceled",
}
PAYMENT_ACTS: Mapping[str, str] = {**SETUP_ACTS, "requires_capture": "amount_capturable_updated"}
"""What is told of an intent that comes to a status."""
PLAIN: Mapping[type, str] = {
    Product: "product",
    Price: "price",
    Coupon: "coupon",
    PromotionCode: "promotion code",
    TaxRate: "tax rate",
    PortalConfiguration: "configuration",
    UploadedFile: "file upload",
}
"""What is made, changed and perhaps deleted, and nothing else."""
SPEAKS_OF_DELETION = frozenset({"product", "coupon"})


def happenings_of(before: Any, after: Any) -> tuple[Happening, ...]:
    """What happened to an object that was `before` and is `after` now; None where there is no such thing.

    Nothing where outsiders are told nothing of objects of this type, or nothing of it has changed.
    """
    if before is not None and getattr(after, "version", 1) < getattr(before, "version", 1):
        # News that came late: nothing was replaced by it.
        return ()
    present = before if after is None else after
    match present:
        case Customer():
            found = _customer(before, after)
        case Subscription():
            found = _subscription(before, after)
        case Invoice():
            found = _invoice(before, after)
        case PendingItem():
            found = _item(before, after)
        case CreditNote():
            found = _credit_note(before, after)
        case TestClock():
            found = _clock(before, after)
        case Meter():
            found = _meter(before, after)
        case SetupIntent():
            found = _intent("setupintent", SETUP_ACTS, before, after)
        case PaymentIntent():
            found = _payment(before, after)
        case Charge():
            found = _charge(before, after)
        case Refund():
            found = _refund(before, after)
        case CheckoutSession():
            found = _checkout(before, after)
        case _:
            found = _plain(before, after)
    return tuple(found)


def happenings_told_by(event: Event, snapshots: Mapping[str, Any]) -> tuple[Happening, ...]:
    """What an event tells beyond the `snapshots` that came with it (by id): something was sent or is late, somebody
    came."""
    match event:
        case InvoiceSent():
            return (Happening("invoice", "sent", event.invoice),)
        case InvoiceFinalized(quiet=False):
            issued = snapshots.get(event.invoice)
            # Nobody is written to about what is due nothing.
            sent = isinstance(issued, Invoice) and issued.amount_due and issued.collection_method == "send_invoice"
            return (Happening("invoice", "sent", event.invoice),) if sent else ()
        case InvoiceUpcoming():
            return (Happening("invoice", "upcoming", event.invoice),)
        case InvoiceWillBeDue():
            return (Happening("invoice", "will_be_due", event.invoice),)
        case InvoiceOverdue():
            return (Happening("invoice", "overdue", event.invoice),)
        case PaymentFailed(decline_code="authentication_required"):
            acts = ("payment_failed", "payment_action_required")
            return tuple(Happening("invoice", each, event.invoice) for each in acts)
        case PaymentFailed():
            return (Happening("invoice", "payment_failed", event.invoice),)
        case InvoiceReminded():
            return (Happening("invoice", "reminded", event.invoice),)
        case CustomerSignedIn():
            return (Happening("customer", "signed_in", event.customer),)
    return ()


def _customer(before: Customer | None, after: Customer) -> Iterator[Happening]:
    if before is None:
        yield Happening("customer", "created", after.id)
    elif after.deleted:
        if not before.deleted:
            yield Happening("customer", "deleted", after.id)
        return
    elif _as_if(before, after, "tax_ids", "payment_methods") != after:
        yield Happening("customer", "updated", after.id)
    old = {} if before is None else {each.id: each for each in before.tax_ids}
    new = {each.id: each for each in after.tax_ids}
    yield from _parts("tax id", after.id, old, new)
    held = {} if before is None else {each.id: each for each in before.payment_methods}
    for each in _parts("payment method", after.id, held, {each.id: each for each in after.payment_methods}):
        yield replace(each, act=METHOD_ACTS[each.act])
    yield from _parts("discount", after.id, _by_id(None if before is None else before.discount), _by_id(after.discount))


def _subscription(before: Subscription | None, after: Subscription) -> Iterator[Happening]:
    id_ = after.id
    over = after.status in ENDED
    if before is None:
        yield Happening("subscription", "created", id_)
    elif over and before.status not in ENDED:
        yield Happening("subscription", "deleted", id_)
    elif _as_if(before, after, "told_of_renewal") != after:
        yield Happening("subscription", "updated", id_)
    was, now = before and before.paused, after.paused
    if now is not None and was is None:
        yield Happening("subscription", "paused", id_)
    elif was is not None and now is None and not over:
        yield Happening("subscription", "resumed", id_)
    if before is not None and before.pending is not None and after.pending is None:
        applied = _plan(after.items) == _plan(before.pending.items)
        yield Happening("subscription", f"pending_update_{'applied' if applied else 'expired'}", id_)
    if after.reminded_of is not None and (before is None or before.reminded_of != after.reminded_of):
        yield Happening("subscription", "trial_will_end", id_)
    yield from _schedule(before, after)
    old = {} if before is None else {each.id: each for each in before.discounts}
    yield from _parts("discount", id_, old, {each.id: each for each in after.discounts})


def _plan(items: Sequence[SubscriptionItem]) -> list[tuple[str, str, int]]:
    return [(each.id, each.price, each.quantity) for each in items]


def _schedule(before: Subscription | None, after: Subscription) -> Iterator[Happening]:
    """Changes of plan that wait for the end of the period, and phases that are over without one. The present plan is a
    schedule's first phase, and when it ends its subscription is said by it as well."""
    was = None if before is None else (before.put_off, before.scheduled)
    if (was or (None, None)) == (after.put_off, after.scheduled):
        if before is None or not after.has_schedule:
            return
        if (_plan(before.items), before.cancel_at) == (_plan(after.items), after.cancel_at):
            return
    act: str = "updated"
    if before is None or not before.has_schedule or after.schedules > max(before.schedules, 1):
        # Also where the one before it was over without anybody's seeing it.
        act = "created"
    elif not after.has_schedule:
        act = how_over(before, after)
    yield Happening("schedule", act, after.id)


def _invoice(before: Invoice | None, after: Invoice) -> Iterator[Happening]:
    if before is None:
        yield Happening("invoice", "created", after.id)
    elif after.deleted:
        yield Happening("invoice", "deleted", after.id)
        return
    elif _as_if(before, after, "told_of_due", "told_overdue") != after:
        yield Happening("invoice", "updated", after.id)
    status = "draft" if before is None else before.status
    if status == after.status:
        return
    if status == "draft":
        yield Happening("invoice", "finalized", after.id)
    for act in INVOICE_ACTS[after.status]:
        yield Happening("invoice", act, after.id)


def _item(before: PendingItem | None, after: PendingItem) -> Iterator[Happening]:
    if after.deleted:
        yield Happening("invoiceitem", "deleted", after.id)
    elif before is None:
        yield Happening("invoiceitem", "created", after.id)


def _credit_note(before: CreditNote | None, after: CreditNote) -> Iterator[Happening]:
    if before is None:
        yield Happening("credit note", "created", after.id)
    elif after.status == "void" and before.status != "void":
        yield Happening("credit note", "voided", after.id)
    elif _as_if(before, after) != after:
        yield Happening("credit note", "updated", after.id)


def _clock(before: TestClock | None, after: TestClock | None) -> Iterator[Happening]:
    if after is None:
        if before is not None:
            yield Happening("test clock", "deleted", before.id)
    elif before is None:
        yield Happening("test clock", "created", after.id)
    elif before.status != after.status:
        yield Happening("test clock", CLOCK_ACTS[after.status], after.id)


def _meter(before: Meter | None, after: Meter) -> Iterator[Happening]:
    if before is None:
        yield Happening("billing meter", "created", after.id)
        return
    if before.display_name != after.display_name:
        yield Happening("billing meter", "updated", after.id)
    if before.active != after.active:
        yield Happening("billing meter", "reactivated" if after.active else "deactivated", after.id)


def _intent(kind: str, acts: Mapping[str, str], before: Any, after: Any) -> Iterator[Happening]:
    if before is None:
        yield Happening(kind, "created", after.id)
    # The same card can be declined twice: each attempt is told.
    if after.fault is not None and (before is None or _tried(before) != _tried(after)):
        yield Happening(kind, "setup_failed" if kind == "setupintent" else "payment_failed", after.id)
    elif (before is None or before.status != after.status) and after.status in acts:
        yield Happening(kind, acts[after.status], after.id)


def _payment(before: PaymentIntent | None, after: PaymentIntent) -> Iterator[Happening]:
    yield from _intent("payment_intent", PAYMENT_ACTS, before, after)
    paid = after.status == "succeeded" and (before is None or before.status != "succeeded")
    if paid and after.invoice is not None:
        yield Happening("invoice_payment", "paid", payment_id(after.id))


def _charge(before: Charge | None, after: Charge) -> Iterator[Happening]:
    if before is None:
        yield Happening("charge", after.status, after.id)
    elif after.refunded > before.refunded:
        yield Happening("charge", "refunded", after.id)
    elif after.captured > before.captured:
        yield Happening("charge", "captured", after.id)
    elif after != before:
        yield Happening("charge", "updated", after.id)


def _refund(before: Refund | None, after: Refund) -> Iterator[Happening]:
    if before is None:
        yield Happening("refund", "created", after.id)
    elif after != before:
        yield Happening("refund", "updated", after.id)
        if after.status == "failed" != before.status:
            yield Happening("refund", "failed", after.id)


def _tried(intent: SetupIntent | PaymentIntent) -> tuple[Any, ...]:
    return intent.fault, intent.attempt if isinstance(intent, SetupIntent) else intent.charge


def _checkout(before: CheckoutSession | None, after: CheckoutSession) -> Iterator[Happening]:
    acts = {"complete": "completed", "expired": "expired"}
    if before is not None and before.status != after.status:
        yield Happening("checkout.session", acts[after.status], after.id)


def _plain(before: Any, after: Any) -> Iterator[Happening]:
    kind = PLAIN.get(type(before if after is None else after))
    if kind is None or after is None:
        return
    if before is None:
        yield Happening(kind, "created", after.id)
    elif getattr(after, "deleted", False):
        if kind in SPEAKS_OF_DELETION and not before.deleted:
            yield Happening(kind, "deleted", after.id)
    elif _as_if(before, after) != after:
        yield Happening(kind, "updated", after.id)


def _parts(kind: str, owner: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Happening]:
    if old == new:
        return
    for id_, part in new.items():
        if id_ not in old:
            yield Happening(kind, "created", owner, id_)
        elif old[id_] != part:
            yield Happening(kind, "updated", owner, id_)
    for id_ in old:
        if id_ not in new:
            yield Happening(kind, "deleted", owner, id_)


def _by_id(discount: Discount | None) -> dict[str, Discount]:
    return {} if discount is None else {discount.id: discount}


def _as_if(before: Any, after: Any, *passed_over: str) -> Any:
    """What was, with the version of what is: a version alone is nothing to tell."""
    return replace(before, **{name: getattr(after, name) for name in ("version", *passed_over)})
