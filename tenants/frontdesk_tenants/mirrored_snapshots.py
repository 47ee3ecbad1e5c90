"""An answer about one customer against what the book has: what the book is to have, and what of it is new.

Plain functions, so that any order of answers can be tried in memory.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from frontdesk.book import ENDED, Account, CreditNote, Customer, Invoice, PendingItem, Subscription
from frontdesk.changes import Changes
from frontdesk.desk import Actor
from frontdesk.schedule_ends import with_schedules_counted
from frontdesk_tenants.invoice_seal import MAY_CHANGE

OWNED = ("subscriptions", "invoices", "pending_items", "credit_notes")
SOLD = ("products", "prices", "coupons", "promotion_codes", "tax_rates")


class Known(Struct, frozen=True, kw_only=True):
    """What the book has of a customer, as far as an answer speaks of it or has to."""

    customer: Customer | None
    subscriptions: tuple[Subscription, ...] = ()
    invoices: tuple[Invoice, ...] = ()
    pending_items: tuple[PendingItem, ...] = ()
    credit_notes: tuple[CreditNote, ...] = ()
    version: int = 0

    @property
    def account(self) -> Account | None:
        """The same as an account, what is over among it."""
        if self.customer is None:
            return None
        return Account(
            customer=self.customer,
            subscriptions=self.subscriptions,
            invoices=self.invoices,
            pending_items=self.pending_items,
            credit_notes=self.credit_notes,
        )


def whole_of(known: Known, changes: Changes, actor: Actor, now: datetime) -> Changes:
    """The answer as the book is to have it: with what it says nothing of any more, and what never changes kept."""
    assert changes.customer is not None
    version = changes.customer.version
    plans = {each.id: each for each in known.subscriptions}
    bills = {each.id: each for each in known.invoices}
    notes = {each.id: each for each in known.credit_notes}
    return replace(
        changes,
        customer=_holder(known.customer, changes.customer, actor),
        subscriptions=(
            *(with_schedules_counted(plans.get(each.id), each) for each in changes.subscriptions),
            *(
                replace(each, status="canceled", ended_at=now, canceled_at=each.canceled_at or now, version=version)
                for each in _unnamed(known.subscriptions, changes.subscriptions)
                if each.status not in ENDED
            ),
        ),
        invoices=(
            *(_as_sealed(bills.get(each.id), each) for each in changes.invoices),
            *(
                replace(each, deleted=True, version=version)
                for each in _unnamed(known.invoices, changes.invoices)
                if each.status == "draft"
            ),
        ),
        pending_items=(
            *changes.pending_items,
            *(
                replace(each, deleted=True, version=version)
                for each in _unnamed(known.pending_items, changes.pending_items)
                if each.invoice is None
            ),
        ),
        credit_notes=tuple(_note(notes.get(each.id), each) for each in changes.credit_notes),
        **dict.fromkeys(SOLD, ()),
    )


def _holder(known: Customer | None, told: Customer, actor: Actor) -> Customer:
    """The customer as told. One that was deleted is told of by its id alone; and whether a phone number is trusted is
    the book's to know (`frontdesk.trusted_phones`)."""
    if known is None:
        return told
    if told.deleted:
        return replace(known, deleted=True, version=told.version)
    if told.phone == known.phone:
        return replace(told, trusted_phone=known.trusted_phone)
    return replace(told, trusted_phone=told.phone if actor.kind in ("api", "staff") else None)


def _as_sealed(known: Invoice | None, told: Invoice) -> Invoice:
    """An invoice that was issued stays what it was, but for how it stands with being paid."""
    if known is None or known.status == "draft":
        return told
    if told.deleted or told.status == "draft" or (known.status == "void" and told.status != "void"):
        return replace(known, version=told.version)
    return replace(known, **{name: getattr(told, name) for name in MAY_CHANGE})


def _note(known: CreditNote | None, told: CreditNote) -> CreditNote:
    if known is None:
        return told
    if known.status == "void":
        return replace(known, version=told.version)
    kept = (name for name in MAY_CHANGE if name in told.__struct_fields__)
    return replace(known, **{name: getattr(told, name) for name in kept})


def _unnamed(known: Sequence[Any], told: Sequence[Any]) -> list[Any]:
    named = {each.id for each in told}
    return [each for each in known if each.id not in named]


def differences(known: Known, whole: Changes) -> Changes:
    fresh: dict[str, Any] = {}
    for name in OWNED:
        before: Mapping[str, Any] = {each.id: each for each in getattr(known, name)}
        fresh[name] = tuple(each for each in getattr(whole, name) if not _same(before.get(each.id), each))
    customer = None if _same(known.customer, whole.customer) else whole.customer
    return Changes(customer=customer, **fresh)


def _same(known: Any, told: Any) -> bool:
    """Whether a snapshot says what is known already; one that is gone and was never known is no news either."""
    if known is None:
        return bool(getattr(told, "deleted", False))
    return bool(replace(told, version=known.version) == known)
