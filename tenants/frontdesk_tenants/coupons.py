"""Coupons and promotion codes in PostgreSQL: what a command names of them, and counting how often they were given.

The count is part of the stored snapshot. It is raised in the transaction that gives the discount, in one statement that
looks at the limit: of two that want the last one, the second waits for the first and is then refused.
"""

from collections.abc import Iterable, Sequence

from msgspec.structs import replace
from sqlalchemy import and_, or_, select, text, true
from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk import discount_refusals as refusals
from frontdesk.book import Account, Terms
from frontdesk.catalogue_commands import CreatePromotionCode, UpdatePromotionCode
from frontdesk.commands import AccountCommand
from frontdesk.coupons import Coupon, PromotionCode, Redemption, folded_code
from frontdesk.errors import Refused
from frontdesk.redemptions import choices_of
from frontdesk_tenants.tables import coupons, invoices, promotion_codes

_COUNT = """
UPDATE {table} SET body = jsonb_set(body::jsonb, '{{times_redeemed}}',
         to_jsonb(coalesce((body ->> 'times_redeemed')::int, 0) + 1))::json
 WHERE tenant_id = nullif(current_setting('frontdesk.tenant_id', true), '')::uuid AND id = :id
   AND (body ->> 'max_redemptions' IS NULL
        OR coalesce((body ->> 'times_redeemed')::int, 0) < (body ->> 'max_redemptions')::int)
"""


async def with_discounts(
    connection: AsyncConnection, terms: Terms, account: Account | None, command: AccountCommand
) -> tuple[Terms, Account | None]:
    """Terms with the coupons and codes that a command names, and the account as far as those ask about it."""
    choices = choices_of(command)
    if not choices:
        return terms, account
    by_id = {each.promotion_code for each in choices if each.promotion_code is not None}
    typed = {folded_code(each.code) for each in choices if each.code is not None}
    codes = await _codes(connection, by_id, typed)
    named = {each.coupon for each in choices if each.coupon is not None} | {each.coupon for each in codes}
    found = await _coupons(connection, named)
    if account is not None and any(each.first_time_transaction for each in codes):
        account = replace(account, invoiced_before=await _invoiced(connection, account.customer.id))
    return (
        replace(
            terms,
            coupons={**terms.coupons, **{each.id: each for each in found}},
            promotion_codes={**terms.promotion_codes, **{each.id: each for each in codes}},
        ),
        account,
    )


async def read_for_code(
    connection: AsyncConnection, terms: Terms, command: CreatePromotionCode | UpdatePromotionCode
) -> Terms:
    """Terms with what a change of a promotion code can touch: it, those of the same name, and their coupons."""
    if isinstance(command, CreatePromotionCode):
        ids, name = {command.id}, folded_code(command.code)
        named = {command.coupon}
    else:
        own = await _codes(connection, {command.id}, set(), lock=True)
        ids, name = {command.id}, folded_code(own[0].code) if own else ""
        named = set()
    codes = await _codes(connection, ids, {name} if name else set(), lock=True)
    found = await _coupons(connection, named | {each.coupon for each in codes})
    return replace(terms, coupons={each.id: each for each in found}, promotion_codes={each.id: each for each in codes})


async def read_coupons(connection: AsyncConnection, ids: Iterable[str]) -> dict[str, Coupon]:
    """The coupons with these ids that exist, by id."""
    return {each.id: each for each in await _coupons(connection, set(ids))}


async def read_coupon(connection: AsyncConnection, terms: Terms, id_: str) -> Terms:
    """Terms with one coupon, which nobody is given until the transaction ends."""
    found = await connection.scalars(select(coupons.c.body).where(coupons.c.id == id_).with_for_update())
    return replace(terms, coupons={each.id: each for each in found})


async def count_redemptions(connection: AsyncConnection, redemptions: Sequence[Redemption]) -> None:
    """Count what was given.

    Raises:
        Refused: a coupon or code was used up meanwhile. The transaction must then be undone.
    """
    # In one order, so that two transactions cannot wait for each other.
    for each in sorted(redemptions, key=lambda each: (each.coupon, each.promotion_code or "")):
        if not await _counted(connection, "coupons", each.coupon):
            raise Refused(refusals.coupon_used_up(each.coupon))
        if each.promotion_code is not None and not await _counted(connection, "promotion_codes", each.promotion_code):
            raise Refused(refusals.code_used_up())


async def _counted(connection: AsyncConnection, table: str, id_: str) -> bool:
    return (await connection.execute(text(_COUNT.format(table=table)), {"id": id_})).rowcount == 1


async def _codes(
    connection: AsyncConnection, ids: Iterable[str], typed: Iterable[str], lock: bool = False
) -> list[PromotionCode]:
    of_name = and_(promotion_codes.c.code.in_(sorted(typed)), promotion_codes.c.active.is_(true()))
    question = select(promotion_codes.c.body).where(or_(promotion_codes.c.id.in_(sorted(ids)), of_name))
    return list(await connection.scalars(question.with_for_update() if lock else question))


async def _coupons(connection: AsyncConnection, ids: Iterable[str]) -> list[Coupon]:
    wanted = sorted(ids)
    if not wanted:
        return []
    return list(await connection.scalars(select(coupons.c.body).where(coupons.c.id.in_(wanted))))


async def _invoiced(connection: AsyncConnection, customer_id: str) -> bool:
    """Whether the customer was ever billed. Drafts and void invoices do not count."""
    found = select(invoices.c.id).where(invoices.c.customer == customer_id, invoices.c.status.not_in(("draft", "void")))
    return await connection.scalar(found.limit(1)) is not None
