"""Coupons in the book: counted where they are given, never more often than they may be."""

import asyncio
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Any

import pytest
from sides import API, Tenant, sell, subscribe
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk import subscriptions
from frontdesk.catalogue_commands import (
    CatalogueCommand,
    CreateCoupon,
    CreatePromotionCode,
    DeleteCoupon,
    UpdateCoupon,
    UpdatePromotionCode,
)
from frontdesk.commands import ChangePlan, CreateSubscription, ItemChange, NewItem
from frontdesk.coupons import DiscountChoice
from frontdesk.errors import Refused
from frontdesk_tenants import book, catalogues, listings
from frontdesk_tenants.desks import open_desk
from frontdesk_tenants.paging import Cursor
from frontdesk_tenants.tables import coupons
from frontdesk_tenants.tenancy import Tenancy


async def write(tenancy: Tenancy, tenant: Tenant, *commands: CatalogueCommand) -> None:
    async with tenancy.at(tenant.door) as (connection, side):

        @asynccontextmanager
        async def begin() -> Any:
            yield connection

        for command in commands:
            await catalogues.carry_out(begin, tenancy, side, command, actor=API, idempotency_key="key")


async def given(tenancy: Tenancy, tenant: Tenant, kind: Any, id_: str) -> int:
    async with tenancy.at(tenant.door) as (connection, _):
        found = await listings.find(connection, kind, id_)
        return int(found.times_redeemed)


async def start(tenancy: Tenancy, tenant: Tenant, price: str, customer: str, **choice: str) -> str:
    command = CreateSubscription(items=(NewItem(price=price),), discounts=(DiscountChoice(**choice),))
    try:
        async with open_desk(tenancy, tenant.door, customer_id=customer, actor=API) as desk:
            await subscriptions.create(desk, command)
    except Refused as refused:
        return refused.refusal.code
    return "given"


@pytest.mark.parametrize("limited", ["coupon", "promotion_code"])
async def test_of_many_at_once_no_more_get_it_than_may(tenancy: Tenancy, tenant: Tenant, limited: str) -> None:
    price = await sell(tenancy, tenant.door)
    most = {limited: 2}
    coupon = CreateCoupon(id="WELCOME", percent_off=Decimal(25), max_redemptions=most.get("coupon"))
    code = CreatePromotionCode(
        id="promo_1", code="Welcome", coupon="WELCOME", max_redemptions=most.get("promotion_code")
    )
    await write(tenancy, tenant, coupon, code)
    people = [await subscribe(tenancy, tenant.door, None, f"person{n}@example.com") for n in range(5)]

    said = await asyncio.gather(*(start(tenancy, tenant, price, each, promotion_code="promo_1") for each in people))

    assert sorted(said) == sorted(["given"] * 2 + [f"{limited}_used_up"] * 3)
    assert await given(tenancy, tenant, "coupon", "WELCOME") == 2
    assert await given(tenancy, tenant, "promotion code", "promo_1") == 2
    async with tenancy.at(tenant.door) as (connection, _):
        accounts = [await book.read_account(connection, each) for each in people]
    assert sorted(len(each.subscriptions) for each in accounts if each is not None) == [0, 0, 0, 1, 1]
    await write(tenancy, tenant, UpdateCoupon(id="WELCOME", name="Welcome"))
    assert await given(tenancy, tenant, "coupon", "WELCOME") == 2


async def test_a_deleted_coupon_stays_with_who_has_it(tenancy: Tenancy, tenant: Tenant) -> None:
    price = await sell(tenancy, tenant.door)
    await write(tenancy, tenant, CreateCoupon(id="ALWAYS", percent_off=Decimal(25), duration="forever"))
    customer = await subscribe(tenancy, tenant.door, None)
    assert await start(tenancy, tenant, price, customer, coupon="ALWAYS") == "given"
    await write(tenancy, tenant, DeleteCoupon("ALWAYS"))
    assert await start(tenancy, tenant, price, customer, coupon="ALWAYS") == "no_such_coupon"
    async with open_desk(tenancy, tenant.door, customer_id=customer, actor=API) as desk:
        (held,) = desk.account.subscriptions
        assert [each.coupon for each in held.discounts] == ["ALWAYS"]
        change = ChangePlan(subscription=held.id, items=(ItemChange(id=held.items[0].id, quantity=2),))
        quote = await desk.preview(change)
    assert quote.renewal is not None
    assert quote.renewal.lines[-1].amount == 1800


async def test_a_code_is_unique_among_active_ones_and_taken_over_from_those_that_nobody_can_use(
    tenancy: Tenancy, tenant: Tenant
) -> None:
    first = CreatePromotionCode(id="promo_1", code="SPRING", coupon="C")
    await write(tenancy, tenant, CreateCoupon(id="C", percent_off=Decimal(25)), first)
    customer = await subscribe(tenancy, tenant.door, None)
    for again in (
        CreatePromotionCode(id="promo_2", code="spring", coupon="C"),
        CreatePromotionCode(id="promo_2", code="Spring", coupon="C", customer=customer),
    ):
        with pytest.raises(Refused) as refused:
            await write(tenancy, tenant, again)
        assert refused.value.refusal.code == "code_taken"
    await write(tenancy, tenant, UpdatePromotionCode(id="promo_1", active=False))
    await write(tenancy, tenant, CreatePromotionCode(id="promo_2", code="Spring", coupon="C"))
    with pytest.raises(Refused):
        await write(tenancy, tenant, UpdatePromotionCode(id="promo_1", active=True))
    async with tenancy.at(tenant.door) as (connection, _):
        assert await typed(connection, tenancy, tenant) == ["promo_2"]


async def typed(connection: AsyncConnection, tenancy: Tenancy, tenant: Tenant) -> list[str]:
    assert len(list(await connection.scalars(select(coupons.c.id)))) == 1
    page = await listings.promotion_codes(connection, Cursor(), code="SPRING", active=True)
    return [each.id for each in page.items]


async def test_first_orders_are_known_from_bills_that_were_paid(tenancy: Tenancy, tenant: Tenant) -> None:
    price = await sell(tenancy, tenant.door, amount=0)
    code = CreatePromotionCode(id="promo_1", code="FIRST", coupon="C", first_time_transaction=True)
    await write(tenancy, tenant, CreateCoupon(id="C", percent_off=Decimal(25)), code)
    new = await subscribe(tenancy, tenant.door, None, "new@example.com")
    known = await subscribe(tenancy, tenant.door, price, "known@example.com")
    assert await start(tenancy, tenant, price, known, promotion_code="promo_1") == "promotion_code_not_first_time"
    assert await start(tenancy, tenant, price, new, promotion_code="promo_1") == "given"
