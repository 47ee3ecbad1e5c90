"""The book in PostgreSQL, as it is read: an account, and the terms that it is billed by."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from msgspec.structs import replace
from sqlalchemy import ColumnElement, Table, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk.book import ENDED, Account, PendingItem, Subscription, Terms
from frontdesk.commands import AccountCommand, ChangePlan, CreateSubscription, PlanAhead, TakeOffer
from frontdesk.invoice_commands import CreateInvoiceItem, ItemCharge, UpdateInvoiceItem
from frontdesk.reminders import Reminder
from frontdesk_tenants.directory import Side
from frontdesk_tenants.invoice_reads import items_on_drafts, reminders_of
from frontdesk_tenants.many_rows import among
from frontdesk_tenants.tables import customers, invoices, pending_items, prices, products, subscriptions


async def read_account(connection: AsyncConnection, customer_id: str, lock: bool = False) -> Account | None:
    """A customer's account, or None. `lock` keeps other writers waiting until the transaction ends."""
    return (await read_accounts(connection, (customer_id,), lock)).get(customer_id)


async def read_accounts(
    connection: AsyncConnection, customer_ids: Sequence[str], lock: bool = False
) -> dict[str, Account]:
    """The accounts of customers, by their ids; those that are closed or unknown are left out."""
    question = select(customers.c.body, customers.c.account_version).where(among(customers.c.id, customer_ids))
    rows = await connection.execute(question.with_for_update() if lock else question)
    found = {row.body.id: row for row in rows if not row.body.deleted}
    if not found:
        return {}
    ids = sorted(found)
    live = await _by_customer(connection, subscriptions, ids, subscriptions.c.status.not_in(ENDED))
    waiting = await _by_customer(connection, pending_items, ids, pending_items.c.invoice.is_(None))
    unpaid = await _by_customer(connection, invoices, ids, invoices.c.status.in_(("draft", "open")))
    all_unpaid = tuple(each for those in unpaid.values() for each in those)
    on_drafts: dict[str, list[PendingItem]] = defaultdict(list)
    for each in await items_on_drafts(connection, all_unpaid):
        on_drafts[each.customer].append(each)
    reminded: dict[str, list[Reminder]] = defaultdict(list)
    for sent in await reminders_of(connection, all_unpaid):
        reminded[sent.customer].append(sent)
    return {
        id_: Account(
            customer=row.body,
            version=row.account_version,
            subscriptions=tuple(live[id_]),
            pending_items=(*waiting[id_], *on_drafts[id_]),
            invoices=tuple(unpaid[id_]),
            reminders=tuple(reminded[id_]),
        )
        for id_, row in found.items()
    }


async def _by_customer(
    connection: AsyncConnection, table: Table, ids: Sequence[str], condition: ColumnElement[bool]
) -> dict[str, list[Any]]:
    """Snapshots of customers, each customer's in the order in which they came to be."""
    rows = await connection.scalars(
        select(table.c.body).where(among(table.c.customer, ids), condition).order_by(table.c.created, table.c.id)
    )
    found: dict[str, list[Any]] = defaultdict(list)
    for each in rows:
        found[each.customer].append(each)
    return found


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
        return _bare_terms(side)
    found = (
        await connection.execute(
            select(prices.c.body.label("price"), products.c.body.label("product"))
            .join(products, (products.c.tenant_id == prices.c.tenant_id) & (products.c.id == prices.c.product))
            .where(prices.c.id.in_(wanted))
        )
    ).all()
    return replace(
        _bare_terms(side),
        products={row.product.id: row.product for row in found},
        prices={row.price.id: row.price for row in found},
    )


def _bare_terms(side: Side) -> Terms:
    return Terms(
        settings=side.settings,
        statement_descriptor=side.brand.statement_descriptor,
        short_descriptor=side.brand.short_descriptor,
    )


def prices_of(command: AccountCommand, account: Account | None) -> set[str]:
    """The prices that a command can touch."""
    named: set[str] = set()
    if account is not None:
        named |= {price for each in account.subscriptions for price in each.prices}
    if isinstance(command, CreateSubscription):
        named |= {each.price for each in command.items}
    elif isinstance(command, PlanAhead):
        named |= {item.price for each in command.phases for item in each.items}
    elif isinstance(command, ChangePlan):
        named |= {each.price for each in command.items if each.price is not None}
    elif isinstance(command, TakeOffer) and isinstance(command.act, ChangePlan):
        named |= {each.price for each in command.act.items if each.price is not None}
    elif isinstance(command, CreateInvoiceItem | UpdateInvoiceItem) and isinstance(command.charge, ItemCharge):
        named |= set() if command.charge.price is None else {command.charge.price}
    return named


async def lock_catalogue(connection: AsyncConnection, tenant_id: UUID) -> None:
    """Make writers of the catalogue take turns, so that rules over several rows hold."""
    await connection.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"catalogue {tenant_id}"))))
