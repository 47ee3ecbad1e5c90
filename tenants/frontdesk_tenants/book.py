"""The book in PostgreSQL: read an account with its terms, and commit changes once."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec.structs import replace
from sqlalchemy import Table, delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk.addresses import fold
from frontdesk.book import (
    ENDED,
    Account,
    CreditNote,
    Customer,
    Invoice,
    PendingItem,
    Price,
    Product,
    Subscription,
    Terms,
)
from frontdesk.changes import Changes
from frontdesk.commands import AccountCommand, ChangePlan, CreateSubscription
from frontdesk.coupons import Coupon, PromotionCode, folded_code
from frontdesk.desk import Actor
from frontdesk.events import Event
from frontdesk.ids import IdSource
from frontdesk.invoice_commands import CreateInvoiceItem, ItemCharge, UpdateInvoiceItem
from frontdesk.tax_rates import TaxRate
from frontdesk_tenants import audit, ledger
from frontdesk_tenants.active_items import keep_active_items
from frontdesk_tenants.coupons import count_redemptions
from frontdesk_tenants.customer_words import keep_words
from frontdesk_tenants.directory import Side
from frontdesk_tenants.invoice_reads import items_on_drafts
from frontdesk_tenants.invoice_seal import kept_body, kept_note, refuse_resealed
from frontdesk_tenants.jobs import Jobs
from frontdesk_tenants.ledger import refuse_unledgered
from frontdesk_tenants.meters import keep_reports
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
    invoice_counters,
    invoices,
    pending_items,
    prices,
    products,
    promotion_codes,
    sides,
    subscriptions,
    tax_rates,
)

AFTER_COMMIT = "after_event"
"""The job that letters and announcements of an event hang on."""


async def read_account(connection: AsyncConnection, customer_id: str, lock: bool = False) -> Account | None:
    """A customer's account, or None. `lock` keeps other writers waiting until the transaction ends."""
    question = select(customers.c.body, customers.c.account_version).where(customers.c.id == customer_id)
    row = (await connection.execute(question.with_for_update() if lock else question)).one_or_none()
    if row is None or row.body.deleted:
        return None
    live = await connection.scalars(
        select(subscriptions.c.body)
        .where(subscriptions.c.customer == customer_id, subscriptions.c.status.not_in(ENDED))
        .order_by(subscriptions.c.created, subscriptions.c.id)
    )
    waiting = await connection.scalars(
        select(pending_items.c.body)
        .where(pending_items.c.customer == customer_id, pending_items.c.invoice.is_(None))
        .order_by(pending_items.c.created, pending_items.c.id)
    )
    unpaid = tuple(
        await connection.scalars(
            select(invoices.c.body)
            .where(invoices.c.customer == customer_id, invoices.c.status.in_(("draft", "open")))
            .order_by(invoices.c.created, invoices.c.id)
        )
    )
    return Account(
        customer=row.body,
        version=row.account_version,
        subscriptions=tuple(live),
        pending_items=(*waiting, *await items_on_drafts(connection, unpaid)),
        invoices=unpaid,
    )


async def read_subscription(connection: AsyncConnection, customer_id: str, id_: str) -> Subscription | None:
    """One subscription of a customer, ended or not, or None."""
    found = await connection.execute(
        select(subscriptions.c.body).where(subscriptions.c.customer == customer_id, subscriptions.c.id == id_)
    )
    return found.scalar_one_or_none()


async def read_terms(connection: AsyncConnection, side: Side, price_ids: Iterable[str]) -> Terms:
    """The side's settings, with these prices and their products."""
    wanted = sorted(set(price_ids))
    if not wanted:
        return Terms(settings=side.settings)
    found = (
        await connection.execute(
            select(prices.c.body.label("price"), products.c.body.label("product"))
            .join(products, (products.c.tenant_id == prices.c.tenant_id) & (products.c.id == prices.c.product))
            .where(prices.c.id.in_(wanted))
        )
    ).all()
    return Terms(
        settings=side.settings,
        products={row.product.id: row.product for row in found},
        prices={row.price.id: row.price for row in found},
    )


def prices_of(command: AccountCommand, account: Account | None) -> set[str]:
    """The prices that a command can touch."""
    named: set[str] = set()
    if account is not None:
        named |= {price for each in account.subscriptions for price in each.prices}
    if isinstance(command, CreateSubscription):
        named |= {each.price for each in command.items}
    elif isinstance(command, ChangePlan):
        named |= {each.price for each in command.items if each.price is not None}
    elif isinstance(command, CreateInvoiceItem | UpdateInvoiceItem) and isinstance(command.charge, ItemCharge):
        named |= set() if command.charge.price is None else {command.charge.price}
    return named


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
) -> Changes:
    """Write changes: numbers drawn, snapshots by version, events, audit, jobs. Returns them as written.

    Everything happens in `connection`'s transaction, so that all of it comes true or none. `remote` says that a remote
    backend tells what it did: it has a clock of its own, and sees to it itself that no period is billed twice.
    `test_clock` is the one that the customer is on; `now` is real time all the same.
    """
    tenant_id = side.tenant_id
    numbered = tuple([await _numbered(connection, side, each) for each in changes.invoices])
    notes = tuple([await _numbered_note(connection, side, each) for each in changes.credit_notes])
    changes = replace(changes, invoices=numbered, credit_notes=notes)
    known = await _known(connection, changes, before)
    if changes.customer is not None:
        await _put(connection, customers, tenant_id, (changes.customer,))
    await _put(connection, products, tenant_id, changes.products)
    await _put(connection, prices, tenant_id, changes.prices)
    await _put(connection, coupons, tenant_id, changes.coupons)
    await _put(connection, promotion_codes, tenant_id, changes.promotion_codes)
    await _put(connection, tax_rates, tenant_id, changes.tax_rates)
    await count_redemptions(connection, changes.redemptions)
    await keep_reports(connection, tenant_id, changes.reports)
    await _put(connection, subscriptions, tenant_id, changes.subscriptions)
    await _put(connection, invoices, tenant_id, changes.invoices)
    await _put(connection, pending_items, tenant_id, changes.pending_items)
    await _put(connection, credit_notes, tenant_id, changes.credit_notes)
    await _drop(connection, pending_items, changes.pending_items)
    await _drop(connection, invoices, changes.invoices)
    if not remote:
        refuse_unledgered(None if before is None else before.customer, changes)
        refuse_resealed(known, changes.invoices)
        await ledger.write(connection, tenant_id, changes)
    await keep_words(connection, tenant_id, changes, known, locked=not remote)
    await keep_product_words(connection, tenant_id, changes.products)
    await keep_active_items(connection, tenant_id, changes.subscriptions, known, locked=not remote)
    await keep_items(connection, tenant_id, changes.subscriptions, known)
    if not remote:
        await _note_billed_periods(connection, tenant_id, changes.invoices)
    customer_id = _customer_of(changes, before)
    if customer_id is not None:
        await connection.execute(
            update(customers)
            .where(customers.c.id == customer_id)
            .values(account_version=customers.c.account_version + 1)
        )
        if not remote:
            await _set_due(connection, tenant_id, customer_id, changes.wake_at, test_clock)
    if changes.products or changes.prices:
        await connection.execute(update(sides).values(page_version=sides.c.page_version + 1))
    objects = tuple((each.id, known.get(each.id), each) for each in _objects(changes))
    await audit.record_all(connection, tenant_id, actor, action, objects, now, request_id)
    await _put_events(connection, tenant_id, changes.events, now, jobs)
    return changes


async def record_event(connection: AsyncConnection, tenant_id: UUID, event: Event, now: datetime, jobs: Jobs) -> None:
    """Add one event that moved nothing in the book, such as a sign-in."""
    await _put_events(connection, tenant_id, (event,), now, jobs)


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
    await connection.execute(insert(events), rows)
    await jobs.enqueue_all(connection, AFTER_COMMIT, tenant_id, tuple(str(row["id"]) for row in rows))


async def _numbered(connection: AsyncConnection, side: Side, invoice: Invoice) -> Invoice:
    if invoice.status == "draft" or invoice.number is not None or invoice.deleted:
        return invoice
    return replace(invoice, number=await _drawn(connection, side, side.settings.invoice_prefix))


async def _numbered_note(connection: AsyncConnection, side: Side, note: CreditNote) -> CreditNote:
    """Credit notes have a series of their own."""
    if note.number is not None:
        return note
    return replace(note, number=await _drawn(connection, side, f"{side.settings.invoice_prefix}-CN"))


async def _drawn(connection: AsyncConnection, side: Side, series: str) -> str:
    """The next number of a series. Who asks after us waits until we have committed, or takes ours."""
    draw = (
        upsert(invoice_counters)
        .values(tenant_id=side.tenant_id, series=series, next=2)
        .on_conflict_do_update(index_elements=["tenant_id", "series"], set_={"next": invoice_counters.c.next + 1})
        .returning(invoice_counters.c.next)
    )
    return f"{series}-{(await connection.execute(draw)).scalar_one() - 1:04d}"


async def _known(connection: AsyncConnection, changes: Changes, before: Account | None) -> dict[str, Any]:
    known: dict[str, Any] = {}
    if before is not None:
        known[before.customer.id] = before.customer
        lists: tuple[tuple[Any, ...], ...] = (before.subscriptions, before.invoices, before.pending_items)
        known |= {each.id: each for snapshots in lists for each in snapshots}
    for table, rows in _snapshots(changes):
        missing = [each.id for each in rows if each.version > 1 and each.id not in known]
        if missing:
            found = await connection.execute(select(table.c.id, table.c.body).where(table.c.id.in_(missing)))
            known.update({row.id: row.body for row in found})
    return known


def _snapshots(changes: Changes) -> tuple[tuple[Table, tuple[Any, ...]], ...]:
    return (
        (customers, () if changes.customer is None else (changes.customer,)),
        (products, changes.products),
        (prices, changes.prices),
        (coupons, changes.coupons),
        (promotion_codes, changes.promotion_codes),
        (tax_rates, changes.tax_rates),
        (subscriptions, changes.subscriptions),
        (invoices, changes.invoices),
        (pending_items, changes.pending_items),
        (credit_notes, changes.credit_notes),
    )


def _objects(changes: Changes) -> tuple[Any, ...]:
    return tuple(each for _, rows in _snapshots(changes) for each in rows)


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
    if not snapshots:
        return
    rows = [{"tenant_id": tenant_id, **_columns(each)} for each in snapshots]
    statement = upsert(table)
    replaced: dict[str, Any] = {
        name: statement.excluded[name] for name in rows[0] if name not in ("tenant_id", "id", "created")
    }
    if table is invoices:
        replaced["body"] = kept_body(statement.excluded.body)
    elif table is credit_notes:
        replaced["body"] = kept_note(statement.excluded.body)
    await connection.execute(
        statement.on_conflict_do_update(
            index_elements=["tenant_id", "id"],
            set_=replaced,
            where=table.c.version < statement.excluded.version,
        ),
        rows,
    )


async def _drop(connection: AsyncConnection, table: Table, snapshots: Sequence[Any]) -> None:
    """Take out what was deleted: drafts and items that nobody was billed for. The audit keeps what they were."""
    gone = [each.id for each in snapshots if each.deleted]
    if gone:
        await connection.execute(delete(table).where(table.c.id.in_(gone)))


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
        case PendingItem():
            columns |= {name: getattr(snapshot, name) for name in ("customer", "subscription", "invoice")}
    return columns


async def _note_billed_periods(connection: AsyncConnection, tenant_id: UUID, written: Sequence[Invoice]) -> None:
    """One row for each period that a regular invoice bills: its key is what makes a second renewal impossible."""
    rows = [
        {"tenant_id": tenant_id, "subscription": each.subscription, "period_start": line.start, "invoice": each.id}
        for each in written
        if each.version == 1 and each.billing_reason == "subscription_cycle"
        for line in each.lines
        if line.kind == "charge" and line.pending_item is None
    ]
    unique = {(row["subscription"], row["period_start"]): row for row in rows}
    if unique:
        await connection.execute(insert(billed_periods), list(unique.values()))


async def _set_due(
    connection: AsyncConnection, tenant_id: UUID, customer_id: str, wake_at: datetime | None, test_clock: str | None
) -> None:
    if test_clock is not None:
        # Whoever lives on a test clock is looked at when it is moved on, and never by real time.
        await connection.execute(
            upsert(clock_accounts)
            .values(tenant_id=tenant_id, customer=customer_id, clock=test_clock, wake_at=wake_at)
            .on_conflict_do_update(index_elements=["tenant_id", "customer"], set_={"wake_at": wake_at})
        )
        return
    if wake_at is None:
        await connection.execute(delete(due).where(due.c.tenant_id == tenant_id, due.c.account_id == customer_id))
        return
    await connection.execute(
        upsert(due)
        .values(tenant_id=tenant_id, account_id=customer_id, wake_at=wake_at)
        .on_conflict_do_update(index_elements=["tenant_id", "account_id"], set_={"wake_at": wake_at})
    )


async def lock_catalogue(connection: AsyncConnection, tenant_id: UUID) -> None:
    """Make writers of the catalogue take turns, so that rules over several rows hold."""
    await connection.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"catalogue {tenant_id}"))))
