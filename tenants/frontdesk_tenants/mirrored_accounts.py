"""All that a remote backend knows of one customer, applied to the book as a whole.

The version of the answer is the instant of asking, and the customer's row keeps that of the last answer applied: an
older answer changes nothing. Of a newer one only what differs is written; what the book has as alive and the answer
does not name is over. What happened is noticed here, in the customer's turn, so that each step is told once.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from msgspec.structs import replace
from sqlalchemy import Table, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk.book import ENDED
from frontdesk.changes import Changes
from frontdesk.desk import Actor
from frontdesk.events import Event
from frontdesk.noticing import NOTICED, noticed
from frontdesk_tenants.committing import commit_changes
from frontdesk_tenants.database import clock
from frontdesk_tenants.directory import Side
from frontdesk_tenants.jobs import Jobs
from frontdesk_tenants.ledger import keep_told
from frontdesk_tenants.many_rows import among
from frontdesk_tenants.mirrored_catalogue import apply_catalogue
from frontdesk_tenants.mirrored_snapshots import SOLD, Known, differences, whole_of
from frontdesk_tenants.news import take_turn, unrecorded
from frontdesk_tenants.tables import credit_notes, customers, invoices, pending_items, subscriptions

TABLES: tuple[tuple[str, Table], ...] = (
    ("subscriptions", subscriptions),
    ("invoices", invoices),
    ("pending_items", pending_items),
    ("credit_notes", credit_notes),
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
    sold = Changes(**{name: getattr(changes, name) for name in SOLD})
    await apply_catalogue(connection, side, sold, actor=actor, jobs=jobs, quiet=quiet)
    known = await _read_known(connection, changes)
    asked = changes.customer.version
    if known.customer is not None and asked <= known.version:
        return Changes()
    if known.customer is None and changes.customer.deleted:
        return Changes()
    now = await clock(connection)
    whole = whole_of(known, changes, actor, now)
    events = () if quiet else await _events(connection, known, whole, changes.events, now)
    new = replace(differences(known, whole), events=events)
    written = Changes()
    if new != Changes():
        written = await commit_changes(
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
    await keep_told(connection, side.tenant_id, changes.ledger)
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
    for name, table in TABLES:
        named = among(table.c.id, [each.id for each in getattr(changes, name)])
        wanted = named | alive[name] if name in alive else named
        question = select(table.c.body).where(table.c.customer == owner, wanted).order_by(table.c.created, table.c.id)
        found[name] = tuple(await connection.scalars(question))
    return Known(customer=row.body, version=row.version, **found)


async def _events(
    connection: AsyncConnection, known: Known, whole: Changes, told: Sequence[Event], now: datetime
) -> tuple[Event, ...]:
    """What a comparison shows, and what was told that no comparison can."""
    others = tuple(each for each in told if not isinstance(each, NOTICED))
    return await unrecorded(connection, (*others, *noticed(known.account, whole, now)))
