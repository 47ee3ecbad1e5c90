"""Changes are committed once: numbers drawn, snapshots by version, events, audit and jobs, in one transaction."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Table, delete, select, update
from sqlalchemy.dialects.postgresql import Insert
from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk.addresses import fold
from frontdesk.book import Account, CreditNote, Customer, Invoice, PendingItem, Price, Product, Subscription
from frontdesk.changes import Changes
from frontdesk.coupons import Coupon, PromotionCode, folded_code
from frontdesk.desk import Actor
from frontdesk.events import Event
from frontdesk.happenings import happenings_told_by
from frontdesk.ids import IdSource
from frontdesk.reminders import Reminder
from frontdesk.tax_rates import TaxRate
from frontdesk_tenants import audit, charge_record, ledger
from frontdesk_tenants.active_items import keep_active_items
from frontdesk_tenants.coupons import count_redemptions
from frontdesk_tenants.customer_words import keep_words
from frontdesk_tenants.directory import Side
from frontdesk_tenants.happenings import Telling, tell
from frontdesk_tenants.intent_record import follow_invoices
from frontdesk_tenants.invoice_numbers import numbered
from frontdesk_tenants.invoice_seal import kept_body, kept_note, refuse_resealed
from frontdesk_tenants.jobs import Jobs
from frontdesk_tenants.ledger import refuse_unledgered
from frontdesk_tenants.many_rows import among, insert_rows, inserting, send_rows
from frontdesk_tenants.meters import cancel_reports, keep_reports
from frontdesk_tenants.page_versions import renew_pages
from frontdesk_tenants.payment_methods import keep_methods
from frontdesk_tenants.product_words import keep_product_words
from frontdesk_tenants.subscription_items import keep_items
from frontdesk_tenants.tables import (
    billed_periods,
    clock_accounts,
    coupons,
    credit_notes,
    customers,
    due,
    events,
    invoices,
    pending_items,
    prices,
    products,
    promotion_codes,
    reminders,
    subscriptions,
    tax_rates,
)

Snapshots = Sequence[tuple[Table, Sequence[Any]]]
AFTER_COMMIT = "after_event"
"""The job that letters and announcements of an event hang on."""


async def commit_changes(
    connection: AsyncConnection,
    side: Side,
    changes: Changes,
    *,
    before: Account | None,
    actor: Actor,
    action: str,
    now: datetime,
    jobs: Jobs,
    request_id: str | None = None,
    remote: bool = False,
    test_clock: str | None = None,
    quiet: bool = False,
) -> Changes:
    """Write changes: numbers drawn, snapshots by version, events, audit, jobs. Returns them as written.

    Everything happens in `connection`'s transaction, so that all of it comes true or none. `remote` says that a remote
    backend tells what it did: it has a clock of its own, and sees to it itself that no period is billed twice.
    `test_clock` is the one that the customer is on; `now` is real time all the same. `quiet` changes are no news to
    anybody, such as those of a first import: they leave no entry in the audit, and nobody is told.
    """
    (written,) = await commit_all(
        connection,
        side,
        (ToCommit(before, changes),),
        actor=actor,
        action=action,
        now=now,
        jobs=jobs,
        request_id=request_id,
        remote=remote,
        test_clock=test_clock,
        quiet=quiet,
    )
    return written


class ToCommit(Struct, frozen=True):
    """What is to be written of one account, which was `before` (None where it is new, or of no account)."""

    before: Account | None
    changes: Changes


async def commit_all(
    connection: AsyncConnection,
    side: Side,
    accounts: Sequence[ToCommit],
    *,
    actor: Actor,
    action: str,
    now: datetime,
    jobs: Jobs,
    request_id: str | None = None,
    remote: bool = False,
    test_clock: str | None = None,
    quiet: bool = False,
) -> tuple[Changes, ...]:
    """Write the changes of several accounts, each as `commit_changes` does, in as few statements as for one."""
    tenant_id = side.tenant_id
    changes = together([each.changes for each in accounts])
    holders = tuple(each.changes.customer for each in accounts if each.changes.customer is not None)
    known = await _known(connection, _snapshots(holders, changes), [each.before for each in accounts])
    if not remote:
        for each in accounts:
            refuse_unledgered(None if each.before is None else each.before.customer, each.changes)
        refuse_resealed(known, changes.invoices)
    await _put(connection, customers, tenant_id, holders)
    await keep_methods(connection, tenant_id, holders, known)
    await _put(connection, products, tenant_id, changes.products)
    await _put(connection, prices, tenant_id, changes.prices)
    await _put(connection, coupons, tenant_id, changes.coupons)
    await _put(connection, promotion_codes, tenant_id, changes.promotion_codes)
    await _put(connection, tax_rates, tenant_id, changes.tax_rates)
    await _put(connection, subscriptions, tenant_id, changes.subscriptions)
    if not remote:
        await ledger.write(connection, tenant_id, changes)
        await _note_billed_periods(connection, tenant_id, changes.invoices)
    await keep_active_items(connection, tenant_id, changes.subscriptions, known, locked=not remote)
    await keep_items(connection, tenant_id, changes.subscriptions, known)
    owners = {owner: each for each in accounts if (owner := _customer_of(each.changes, each.before)) is not None}
    if owners:
        await connection.execute(
            update(customers)
            .where(among(customers.c.id, sorted(owners)))
            .values(account_version=customers.c.account_version + 1)
        )
        if not remote:
            wakes = {owner: each.changes.wake_at for owner, each in owners.items()}
            await _set_due(connection, tenant_id, wakes, test_clock)
    # From here on whoever bills for the same side waits for us: as late as may be.
    written = await numbered(connection, side, [each.changes for each in accounts])
    changes = together(written)
    await count_redemptions(connection, changes.redemptions)
    await keep_reports(connection, tenant_id, changes.reports)
    await cancel_reports(connection, changes.canceled_reports)
    await _put(connection, invoices, tenant_id, changes.invoices)
    await _put(connection, pending_items, tenant_id, changes.pending_items)
    await _put(connection, credit_notes, tenant_id, changes.credit_notes)
    await _put(connection, reminders, tenant_id, changes.reminders)
    await _drop(connection, pending_items, changes.pending_items)
    await _drop(connection, invoices, changes.invoices)
    await keep_words(connection, tenant_id, changes.invoices, holders, known, locked=not remote)
    await keep_product_words(connection, tenant_id, changes.products)
    if changes.products or changes.prices:
        await renew_pages(connection)
    if quiet:
        return tuple(written)
    snapshots = (each for _, rows in _snapshots(holders, changes) for each in rows)
    objects = tuple((each.id, known.get(each.id), each) for each in snapshots)
    told = changes.events, changes.foreseen
    await audit.record_all(connection, tenant_id, actor, action, objects, now, request_id, *told)
    asked = request_id if actor.kind == "api" else None
    await follow_invoices(connection, tenant_id, changes.invoices, known, now, asked)
    if not remote:
        await charge_record.follow_invoices(connection, tenant_id, changes.invoices, known, now, asked, jobs)
    await _put_events(connection, tenant_id, changes.events, now, jobs)
    return tuple(written)


def together(each: Sequence[Changes]) -> Changes:
    """The snapshots, movements and events of changes to different accounts, one after the other.

    Not the customers and when accounts fall due: those are one an account.
    """
    if len(each) == 1:
        return replace(each[0], customer=None)
    gathered: dict[str, Any] = {
        name: tuple(one for changes in each for one in getattr(changes, name))
        for name in Changes.__struct_fields__
        if name not in ("customer", "wake_at")
    }
    return Changes(**gathered)


async def record_event(connection: AsyncConnection, tenant_id: UUID, event: Event, now: datetime, jobs: Jobs) -> None:
    """Add one event that moved nothing in the book, such as a sign-in, and tell of it."""
    await _put_events(connection, tenant_id, (event,), now, jobs)
    await tell(connection, tenant_id, [Telling(what=each) for each in happenings_told_by(event, {})], now)


async def _put_events(
    connection: AsyncConnection, tenant_id: UUID, happened: Sequence[Event], now: datetime, jobs: Jobs
) -> None:
    if not happened:
        return
    ids = IdSource(now)
    rows = [
        {
            "tenant_id": tenant_id,
            "id": ids("evt"),
            "kind": each.__struct_config__.tag,
            "customer": each.customer,
            "created": now,
            "body": each,
        }
        for each in happened
    ]
    await insert_rows(connection, events, rows)
    await jobs.enqueue_all(connection, AFTER_COMMIT, tenant_id, tuple(str(row["id"]) for row in rows))


async def _known(connection: AsyncConnection, written: Snapshots, accounts: Sequence[Account | None]) -> dict[str, Any]:
    """The snapshots as they were before, by id, as far as there were any."""
    known: dict[str, Any] = {}
    for before in accounts:
        if before is not None:
            known[before.customer.id] = before.customer
            lists: tuple[tuple[Any, ...], ...] = (before.subscriptions, before.invoices, before.pending_items)
            known |= {each.id: each for snapshots in lists for each in snapshots}
    for table, rows in written:
        missing = [each.id for each in rows if each.version > 1 and each.id not in known]
        if missing:
            found = await connection.execute(select(table.c.id, table.c.body).where(among(table.c.id, missing)))
            known.update({row.id: row.body for row in found})
    return known


def _snapshots(holders: Sequence[Customer], changes: Changes) -> Snapshots:
    return (
        (customers, holders),
        (products, changes.products),
        (prices, changes.prices),
        (coupons, changes.coupons),
        (promotion_codes, changes.promotion_codes),
        (tax_rates, changes.tax_rates),
        (subscriptions, changes.subscriptions),
        (invoices, changes.invoices),
        (pending_items, changes.pending_items),
        (credit_notes, changes.credit_notes),
        (reminders, changes.reminders),
    )


def _customer_of(changes: Changes, before: Account | None) -> str | None:
    if changes.customer is not None:
        return changes.customer.id
    if before is not None:
        return before.customer.id
    owned: list[Subscription | Invoice | PendingItem]
    owned = [*changes.subscriptions, *changes.invoices, *changes.pending_items]
    return owned[0].customer if owned else None


async def _put(connection: AsyncConnection, table: Table, tenant_id: UUID, snapshots: Sequence[Any]) -> None:
    """Insert or replace snapshots; one that is not newer than the stored one changes nothing."""
    newest: dict[str, Any] = {}
    for each in snapshots:
        if each.id not in newest or each.version > newest[each.id].version:
            newest[each.id] = each
    if newest:
        rows = [{"tenant_id": tenant_id, **_columns(each)} for each in newest.values()]
        await send_rows(connection, _putting(table, tuple(rows[0])), rows)


@cache
def _putting(table: Table, names: tuple[str, ...]) -> Insert:
    statement = inserting(table, names)
    replaced: dict[str, Any] = {
        name: statement.excluded[name] for name in names if name not in ("tenant_id", "id", "created")
    }
    if table is invoices:
        replaced["body"] = kept_body(statement.excluded.body)
    elif table is credit_notes:
        replaced["body"] = kept_note(statement.excluded.body)
    return statement.on_conflict_do_update(
        index_elements=["tenant_id", "id"], set_=replaced, where=table.c.version < statement.excluded.version
    )


async def _drop(connection: AsyncConnection, table: Table, snapshots: Sequence[Any]) -> None:
    """Take out what was deleted: drafts and items that nobody was billed for. The audit keeps what they were."""
    gone = [each.id for each in snapshots if each.deleted]
    if gone:
        await connection.execute(delete(table).where(among(table.c.id, gone)))


def _columns(snapshot: Any) -> dict[str, Any]:
    columns = {"id": snapshot.id, "version": snapshot.version, "created": snapshot.created, "body": snapshot}
    match snapshot:
        case Customer():
            columns |= {
                "address": None if snapshot.email is None else fold(snapshot.email),
                "deleted": snapshot.deleted,
            }
        case Product():
            columns |= {"active": snapshot.active, "deleted": snapshot.deleted}
        case Price():
            columns |= {name: getattr(snapshot, name) for name in ("product", "currency", "lookup_key", "active")}
        case Coupon():
            columns |= {"deleted": snapshot.deleted}
        case PromotionCode():
            columns |= {name: getattr(snapshot, name) for name in ("coupon", "customer", "active")}
            columns |= {"code": folded_code(snapshot.code)}
        case TaxRate():
            columns |= {"active": snapshot.active, "inclusive": snapshot.inclusive}
        case Subscription():
            columns |= {"customer": snapshot.customer, "status": snapshot.status}
        case Invoice():
            names = ("customer", "subscription", "status", "number", "currency", "total", "amount_due", "amount_paid")
            columns |= {name: getattr(snapshot, name) for name in names}
            # What is open is told from the columns: what was credited is as good as paid.
            columns["amount_paid"] += snapshot.amount_credited
        case CreditNote():
            columns |= {name: getattr(snapshot, name) for name in ("customer", "invoice", "status", "number")}
        case Reminder():
            columns |= {name: getattr(snapshot, name) for name in ("customer", "invoice")}
        case PendingItem():
            columns |= {name: getattr(snapshot, name) for name in ("customer", "subscription", "invoice")}
    return columns


async def _note_billed_periods(connection: AsyncConnection, tenant_id: UUID, written: Sequence[Invoice]) -> None:
    """One row for each period that a regular invoice begins: its key is what makes a second renewal impossible.

    It is the invoice's period and not its lines': what is billed by use has the period before.
    """
    rows = [
        {
            "tenant_id": tenant_id,
            "subscription": each.subscription,
            "period_start": each.period_start,
            "invoice": each.id,
        }
        for each in written
        if each.version == 1 and each.billing_reason == "subscription_cycle"
    ]
    unique = {(row["subscription"], row["period_start"]): row for row in rows}
    await insert_rows(connection, billed_periods, list(unique.values()))


async def _set_due(
    connection: AsyncConnection, tenant_id: UUID, wakes: Mapping[str, datetime | None], test_clock: str | None
) -> None:
    """Say when accounts are to be looked at next, None being never."""
    if test_clock is not None:
        # Whoever lives on a test clock is looked at when it is moved on, and never by real time.
        rows: list[dict[str, Any]] = [
            {"tenant_id": tenant_id, "customer": each, "clock": test_clock, "wake_at": at} for each, at in wakes.items()
        ]
        await send_rows(connection, _waking(clock_accounts, "customer", tuple(rows[0])), rows)
        return
    never = [each for each, at in wakes.items() if at is None]
    if never:
        await connection.execute(delete(due).where(due.c.tenant_id == tenant_id, among(due.c.account_id, never)))
    rows = [{"tenant_id": tenant_id, "account_id": each, "wake_at": at} for each, at in wakes.items() if at is not None]
    if rows:
        await send_rows(connection, _waking(due, "account_id", tuple(rows[0])), rows)


@cache
def _waking(table: Table, account: str, names: tuple[str, ...]) -> Insert:
    statement = inserting(table, names)
    return statement.on_conflict_do_update(
        index_elements=["tenant_id", account], set_={"wake_at": statement.excluded.wake_at}
    )
