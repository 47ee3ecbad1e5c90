"""All that a remote backend knows of one customer, applied to the book as a whole.

The version of the answer is the instant of asking, and the customer's row keeps that of the last answer applied: an
older answer changes nothing. Of a newer one only what differs is written; what the book has as alive and the answer
does not name is over. What happened is noticed here, in the customer's turn, so that each step is told once.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Table, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk.book import ENDED, Account, CreditNote, Customer, Invoice, PendingItem, Subscription
from frontdesk.changes import Changes
from frontdesk.desk import Actor
from frontdesk.events import Event
from frontdesk.noticing import NOTICED, noticed
from frontdesk_tenants import book
from frontdesk_tenants.database import clock
from frontdesk_tenants.directory import Side
from frontdesk_tenants.invoice_seal import MAY_CHANGE
from frontdesk_tenants.jobs import Jobs
from frontdesk_tenants.many_rows import among
from frontdesk_tenants.mirrored_catalogue import apply_catalogue
from frontdesk_tenants.news import take_turn, unrecorded
from frontdesk_tenants.tables import credit_notes, customers, invoices, pending_items, subscriptions

OWNED: tuple[tuple[str, Table], ...] = (
    ("subscriptions", subscriptions),
    ("invoices", invoices),
    ("pending_items", pending_items),
    ("credit_notes", credit_notes),
)
_SOLD = ("products", "prices", "coupons", "promotion_codes", "tax_rates")


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


async def apply_account(
    connection: AsyncConnection,
    side: Side,
    changes: Changes,
    *,
    actor: Actor,
    action: str,
    jobs: Jobs,
    request_id: str | None = None,
    quiet: bool = False,
) -> Changes:
    """Apply everything that a backend knows of one customer; returns what was new, with what was noticed.

    `quiet` is for what is no news to anybody, as in a first import. An answer without a customer is of nobody.
    """
    if changes.customer is None:
        return Changes()
    owner = changes.customer.id
    await take_turn(connection, side.tenant_id, owner)
    sold = Changes(**{name: getattr(changes, name) for name in _SOLD})
    await apply_catalogue(connection, side, sold, actor=actor, jobs=jobs, quiet=quiet)
    known = await _read_known(connection, changes)
    asked = changes.customer.version
    if known.customer is not None and asked <= known.version:
        return Changes()
    if known.customer is None and changes.customer.deleted:
        return Changes()
    now = await clock(connection)
    whole = _whole(known, changes, actor, now)
    events = () if quiet else await _events(connection, known, whole, changes.events, now)
    new = replace(_differences(known, whole), events=events)
    written = Changes()
    if new != Changes():
        written = await book.commit_changes(
            connection,
            side,
            new,
            before=known.account,
            actor=actor,
            action=action,
            now=now,
            jobs=jobs,
            request_id=request_id,
            remote=True,
            quiet=quiet,
        )
    await connection.execute(update(customers).where(customers.c.id == owner).values(version=asked))
    return written


async def _read_known(connection: AsyncConnection, changes: Changes) -> Known:
    assert changes.customer is not None
    owner = changes.customer.id
    row = (
        await connection.execute(
            select(customers.c.body, customers.c.version).where(customers.c.id == owner).with_for_update()
        )
    ).one_or_none()
    if row is None:
        return Known(customer=None)
    alive = {
        "subscriptions": subscriptions.c.status.not_in(ENDED),
        "invoices": invoices.c.status == "draft",
        "pending_items": pending_items.c.invoice.is_(None),
    }
    found: dict[str, Any] = {}
    for name, table in OWNED:
        named = among(table.c.id, [each.id for each in getattr(changes, name)])
        wanted = named | alive[name] if name in alive else named
        question = select(table.c.body).where(table.c.customer == owner, wanted).order_by(table.c.created, table.c.id)
        found[name] = tuple(await connection.scalars(question))
    return Known(customer=row.body, version=row.version, **found)


def _whole(known: Known, changes: Changes, actor: Actor, now: datetime) -> Changes:
    """The answer as the book is to have it: with what it says nothing of any more, and what never changes kept."""
    assert changes.customer is not None
    version = changes.customer.version
    bills = {each.id: each for each in known.invoices}
    notes = {each.id: each for each in known.credit_notes}
    return replace(
        changes,
        customer=_holder(known.customer, changes.customer, actor),
        subscriptions=(
            *changes.subscriptions,
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
        **dict.fromkeys(_SOLD, ()),
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


def _differences(known: Known, whole: Changes) -> Changes:
    fresh: dict[str, Any] = {}
    for name, _ in OWNED:
        before: Mapping[str, Any] = {each.id: each for each in getattr(known, name)}
        fresh[name] = tuple(each for each in getattr(whole, name) if not _same(before.get(each.id), each))
    customer = None if _same(known.customer, whole.customer) else whole.customer
    return Changes(customer=customer, **fresh)


def _same(known: Any, told: Any) -> bool:
    """Whether a snapshot says what is known already; one that is gone and was never known is no news either."""
    if known is None:
        return bool(getattr(told, "deleted", False))
    return bool(replace(told, version=known.version) == known)


async def _events(
    connection: AsyncConnection, known: Known, whole: Changes, told: Sequence[Event], now: datetime
) -> tuple[Event, ...]:
    """What a comparison shows, and what was told that no comparison can."""
    others = tuple(each for each in told if not isinstance(each, NOTICED))
    return await unrecorded(connection, (*others, *noticed(known.account, whole, now)))
