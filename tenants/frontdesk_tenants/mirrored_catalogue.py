"""What a remote backend sells, applied to the book by version: an answer that was asked for earlier changes nothing.

A snapshot that says what the book says already moves the row's version alone, so that pages which show what is sold are
not made anew, and nobody is told of it.
"""

from collections.abc import Sequence
from typing import Any

from msgspec.structs import replace
from sqlalchemy import Table, bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk.book import Price
from frontdesk.changes import Changes
from frontdesk.coupons import PromotionCode, folded_code
from frontdesk.desk import Actor
from frontdesk.mirroring import Subject
from frontdesk_tenants import book
from frontdesk_tenants.committing import commit_changes
from frontdesk_tenants.database import clock
from frontdesk_tenants.directory import Side
from frontdesk_tenants.jobs import Jobs
from frontdesk_tenants.many_rows import among
from frontdesk_tenants.tables import coupons, customers, prices, products, promotion_codes, tax_rates

KINDS: tuple[tuple[str, Table], ...] = (
    ("products", products),
    ("prices", prices),
    ("coupons", coupons),
    ("promotion_codes", promotion_codes),
    ("tax_rates", tax_rates),
)
"""The kinds of things that are sold, in the order in which one needs another."""
_TABLES = {"product": products, "price": prices, "coupon": coupons, "promotion_code": promotion_codes}


async def apply_catalogue(
    connection: AsyncConnection, side: Side, changes: Changes, *, actor: Actor, jobs: Jobs, quiet: bool = False
) -> Changes:
    """Apply the products, prices, coupons, promotion codes and tax rates among the changes; returns what was new.

    What needs something that is neither there nor among them is left out: whoever asks brings it along. `quiet` is for
    what is no news to anybody, as in a first import.
    """
    if not any(getattr(changes, name) for name, _ in KINDS):
        return Changes()
    await book.lock_catalogue(connection, side.tenant_id)
    changes = await _with_what_they_need(connection, changes)
    news: dict[str, Any] = {}
    for name, table in KINDS:
        news[name] = await newer(connection, table, getattr(changes, name))
    new = Changes(**news)
    if new == Changes():
        return new
    await _give_up_names(connection, new)
    return await commit_changes(
        connection,
        side,
        new,
        before=None,
        actor=actor,
        action="mirrored",
        now=await clock(connection),
        jobs=jobs,
        remote=True,
        quiet=quiet,
    )


async def gone(connection: AsyncConnection, subject: Subject) -> Changes:
    """What becomes of something that the backend no longer has: it is deleted, or no longer active."""
    table = _TABLES.get(subject.kind, tax_rates)
    row = (
        await connection.execute(select(table.c.body, table.c.version).where(table.c.id == subject.id))
    ).one_or_none()
    if row is None:
        return Changes()
    past = {"deleted": True} if subject.kind in ("product", "coupon") else {"active": False}
    if subject.kind == "product":
        past["active"] = False
    lost = replace(row.body, **past, version=row.version + 1)
    name = next(each for each, those in KINDS if those is table)
    return Changes(**{name: (lost,)})  # type: ignore[arg-type]


async def newer(connection: AsyncConnection, table: Table, snapshots: Sequence[Any]) -> tuple[Any, ...]:
    """The snapshots that are newer than the book's and say something else. Of the others the row becomes as new."""
    if not snapshots:
        return ()
    ids = [each.id for each in snapshots]
    rows = await connection.execute(
        select(table.c.id, table.c.version, table.c.body).where(among(table.c.id, ids)).with_for_update()
    )
    known = {row.id: row for row in rows}
    found, same = [], []
    for each in snapshots:
        row = known.get(each.id)
        if row is not None and each.version <= row.version:
            continue
        if row is not None and replace(each, version=row.body.version) == row.body:
            same.append({"row": each.id, "to": each.version})
        else:
            found.append(each)
    if same:
        statement = update(table).where(table.c.id == bindparam("row")).values(version=bindparam("to"))
        await connection.execute(statement, same)
    return tuple(found)


async def _with_what_they_need(connection: AsyncConnection, changes: Changes) -> Changes:
    there = {each.id for each in changes.products} | await _known(
        connection, products, [each.product for each in changes.prices]
    )
    coupons_there = {each.id for each in changes.coupons} | await _known(
        connection, coupons, [each.coupon for each in changes.promotion_codes]
    )
    whose = [each.customer for each in changes.promotion_codes if each.customer is not None]
    holders = await _known(connection, customers, whose)
    return replace(
        changes,
        prices=tuple(each for each in changes.prices if each.product in there),
        promotion_codes=tuple(
            each
            for each in changes.promotion_codes
            if each.coupon in coupons_there and (each.customer is None or each.customer in holders)
        ),
    )


async def _known(connection: AsyncConnection, table: Table, ids: Sequence[str]) -> set[str]:
    if not ids:
        return set()
    return set(await connection.scalars(select(table.c.id).where(among(table.c.id, sorted(set(ids))))))


async def _give_up_names(connection: AsyncConnection, new: Changes) -> None:
    """Take a lookup key or a code from whoever has it in the book: at the backend somebody else has it by now.

    What becomes of the one that lost it is told by an answer about that one.
    """
    keys = {each.lookup_key: each.id for each in new.prices if each.lookup_key is not None}
    if keys:
        taken = await connection.scalars(select(prices.c.body).where(among(prices.c.lookup_key, sorted(keys))))
        for each in taken.all():
            if keys[each.lookup_key] != each.id:
                lost: Price = replace(each, lookup_key=None)
                await connection.execute(
                    update(prices).where(prices.c.id == each.id).values(lookup_key=None, body=lost)
                )
    codes = {(folded_code(each.code), each.customer): each.id for each in new.promotion_codes if each.active}
    if codes:
        wanted = among(promotion_codes.c.code, sorted({code for code, _ in codes}))
        active = await connection.scalars(select(promotion_codes.c.body).where(wanted, promotion_codes.c.active))
        for held in active.all():
            winner = codes.get((folded_code(held.code), held.customer))
            if winner not in (None, held.id):
                over: PromotionCode = replace(held, active=False)
                await connection.execute(
                    update(promotion_codes).where(promotion_codes.c.id == held.id).values(active=False, body=over)
                )
