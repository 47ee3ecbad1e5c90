"""Schedules of a backend that does not count them, such as Stripe: each has a number of its own all the same."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from mirrored_world import STAFF, Mirrored, mirrored_on, seats, subscription_of
from msgspec.structs import replace

from frontdesk.book import Subscription
from frontdesk.changes import Changes
from frontdesk.commands import ChangePlan, UndoPlanChange
from frontdesk_tenants import listings, past_schedules
from frontdesk_tenants.embedded import PostgresAddresses
from frontdesk_tenants.mirrored_accounts import apply_account


@pytest.fixture
async def world(postgres: PostgresAddresses) -> AsyncIterator[Mirrored]:
    async with mirrored_on(postgres, customers_at_first=1) as made:
        yield made


async def test_schedules_are_counted_where_the_backend_does_not(world: Mirrored) -> None:
    await world.connect()
    await world.work()
    (customer,) = world.far.accounts
    plan, minute, answers = subscription_of(world, customer).id, await world.now(), 0

    async def happens(*commands: ChangePlan | UndoPlanChange) -> Subscription:
        """One act a minute there, and then an answer, as Stripe gives it: without a count. The book's plan after it."""
        nonlocal minute, answers
        for command in commands:
            minute, answers = minute + timedelta(minutes=1), answers + 1
            await world.far.act(customer, command, minute)
        there, version = world.far.accounts[customer], 2**40 + answers
        told = Changes(
            customer=replace(there.customer, version=version),
            subscriptions=tuple(replace(each, schedules=0, version=version) for each in there.subscriptions),
        )
        async with world.tenancy.at(world.door) as (connection, side):
            await apply_account(connection, side, told, actor=STAFF, action="refresh", jobs=world.tenancy.jobs)
            found: Subscription = await listings.find(connection, "subscription", plan)
        return found

    later = seats(world, customer, 2)
    assert isinstance(later, ChangePlan)
    later = replace(later, when="period_end")
    first = await happens(later)
    assert (first.schedules, (await happens()).version) == (1, first.version), "nothing was new"
    assert (await happens(UndoPlanChange(plan))).schedules == 1
    second = await happens(later)
    # One that gave way to another between two answers is over as well.
    third = await happens(UndoPlanChange(plan), later)
    assert (second.schedules, third.schedules) == (2, 3)
    async with world.tenancy.at(world.door) as (connection, _):
        over = [await past_schedules.find(connection, plan, number) for number in (1, 2, 3)]
    assert [each and (each.status, each.before.put_off) for each in over] == [
        ("released", first.put_off),
        ("released", second.put_off),
        None,
    ]
