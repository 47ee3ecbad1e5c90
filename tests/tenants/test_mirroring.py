"""A side that mirrors a remote backend: connecting, the first import, news in any order, repair, dead letters."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from mirrored_world import (
    BASE,
    STAFF,
    Mirrored,
    leave,
    mirrored_on,
    new_customer,
    rename,
    replace_price_of,
    seats,
)

from frontdesk.commands import DeleteCustomer
from frontdesk.errors import Misconfigured, Unavailable
from frontdesk.mirroring import Walk
from frontdesk.reasons import Reason
from frontdesk_tenants import mirror_inbox, mirrors
from frontdesk_tenants.embedded import PostgresAddresses


@pytest.fixture
async def world(postgres: PostgresAddresses) -> AsyncIterator[Mirrored]:
    async with mirrored_on(postgres, customers_at_first=3) as made:
        yield made


async def test_a_side_imports_all_and_then_follows(world: Mirrored) -> None:
    assert (await world.connect()).state == "importing"
    await world.work()
    mirror = await world.mirror()
    assert (mirror.state, mirror.imported.done, mirror.imported.seen) == ("mirroring", 3, 3)
    await world.same()
    assert await world.told() == [], "what was imported is no news"
    customer = await new_customer(world, at=await world.now())
    for heard in world.teller.told[-4:]:
        await world.deliver(heard)
    await world.work()
    await world.same()
    kinds = await world.told()
    assert kinds == ["customer_created", "invoice_finalized", "subscription_created"]
    await world.far.act(customer, seats(world, customer, 5), await world.now())
    assert await world.deliver(world.teller.told[-1])
    assert not await world.deliver(world.teller.told[-1])
    await world.work()
    await world.same()
    assert "plan_changed" in await world.told()
    assert set((await world.inbox()).values()) == {"done"}


async def imported(world: Mirrored) -> str:
    """A side that follows; returns one of its customers."""
    await world.connect()
    await world.work()
    return next(iter(world.far.accounts))


async def test_the_account_is_pinned_and_the_mode_has_to_fit(world: Mirrored) -> None:
    world.teller.missing = ("webhook_endpoint_write",)
    assert (await world.connect()).missing == ("webhook_endpoint_write",)
    world.teller.account = "acct_other"
    with pytest.raises(Misconfigured, match="belongs to another account"):
        await world.connect()
    world.teller.account, world.teller.livemode = "acct_far", True
    with pytest.raises(Misconfigured, match="This is a live key"):
        await world.connect()
    world.teller.livemode, world.teller.key_works = False, False
    with pytest.raises(Misconfigured, match="revoked"):
        await world.connect()
    world.teller.key_works, world.far.down = True, True
    with pytest.raises(Unavailable):
        await world.connect()


async def test_an_import_goes_on_where_it_stopped(world: Mirrored) -> None:
    for _ in range(30):
        await new_customer(world)
    await world.connect()
    await world.due_now("import")
    await world.work(most=7)
    world.far.down = True
    await world.due_now("import")
    await world.work(most=2)
    half = await world.mirror()
    assert 0 < half.imported.done < 33
    assert half.imported.total == 33, "those that are not copied yet are counted already"
    assert half.imported.marks[-1].done <= half.imported.done
    assert half.state == "failing"
    world.far.down = False
    asked = len(world.teller.asked)
    await world.due_now()
    await world.work()
    mirror = await world.mirror()
    assert (mirror.imported.stage, mirror.imported.done, mirror.failing_since) == ("done", 33, None)
    assert world.teller.asked[asked:].count("refresh") <= 33 - half.imported.done + 10
    await world.same()


async def test_a_lost_message_is_found_by_the_repair(world: Mirrored) -> None:
    customer = await imported(world)
    long_ago = await world.now() - timedelta(minutes=10)
    await world.far.act(customer, leave(world, customer), long_ago)
    await world.due_now("repair")
    await world.work()
    await world.same()
    mirror = await world.mirror()
    assert mirror.repairs >= 1
    assert mirror.repaired_at is not None
    assert "cancellation_scheduled" in await world.told()


async def test_what_was_never_told_at_all_is_found_by_the_walk(world: Mirrored) -> None:
    customer = await imported(world)
    world.far.on_commit = None
    await world.far.act(customer, rename("Jenny Rosen"), await world.now())
    world.far.sell(replace_price_of(world))
    for _ in range(12):
        await world.due_now("walk")
        await world.work()
    await world.same()
    mirror = await world.mirror()
    assert mirror.repairs == 2
    assert mirror.walked == Walk()
    assert mirror.walked_at is not None


async def test_many_messages_about_one_customer_are_one_question(world: Mirrored) -> None:
    customer = await imported(world)
    for quantity in range(4, 14):
        await world.far.act(customer, seats(world, customer, quantity), await world.now())
    asked = world.teller.asked.count("refresh")
    for heard in world.teller.told[-20:]:
        await world.deliver(heard)
    await world.work()
    assert world.teller.asked.count("refresh") == asked + 1
    await world.same()


async def test_what_cannot_be_applied_is_kept_until_staff_replay_it(world: Mirrored) -> None:
    customer = await imported(world)
    await world.far.act(customer, rename("Jenny Rosen"), await world.now())
    world.teller.key_works = False
    await world.deliver(world.teller.told[-1])
    await world.work()
    mirror = await world.mirror()
    assert (mirror.waiting, mirror.dead, mirror.state) == (1, 0, "failing")
    assert mirror.failing_with == Reason(sentence="This key was revoked. Put in another one.")
    await world.give_up()
    async with world.tenancy.at(world.door) as (connection, side):
        (letter,) = await mirror_inbox.dead_letters(connection)
        assert letter.last_error == Reason(sentence="This key was revoked. Put in another one.")
        world.teller.key_works = True
        assert await mirror_inbox.replay(connection, side, [letter.id], actor=STAFF) == 1
        assert await mirror_inbox.replay(connection, side, actor=STAFF) == 0
    await world.work()
    mirror = await world.mirror()
    assert (mirror.waiting, mirror.dead, mirror.state) == (0, 0, "mirroring")
    await world.same()


async def test_who_was_deleted_is_closed_and_subscribes_to_nothing(world: Mirrored) -> None:
    customer = await imported(world)
    await world.far.act(customer, DeleteCustomer(), await world.now())
    await world.deliver(world.teller.told[-1])
    await world.work()
    book = await world.book()
    assert book["customers"][customer].deleted
    statuses = {each.status for each in book["subscriptions"].values() if each.customer == customer}
    assert statuses == {"canceled"}
    kinds = await world.told()
    assert kinds == ["customer_deleted", "subscription_canceled"]


async def test_an_endpoint_is_rolled_and_let_go(world: Mirrored) -> None:
    customer = await imported(world)
    await world.far.act(customer, rename("Jenny Rosen"), await world.now())
    first = world.teller.told[-1]
    _, old = world.teller.endpoints["we_1"]
    await mirrors.roll_endpoint(world.tenancy, world.door, actor=STAFF)
    assert list(world.teller.endpoints) == ["we_2"]
    assert await world.deliver(first, secret=old), "what the old one signed is on its way still"
    await world.far.act(customer, rename("Jenny"), await world.now())
    assert await world.deliver(world.teller.told[-1])
    await mirrors.stop_mirroring(world.tenancy, world.door, actor=STAFF)
    assert world.teller.endpoints == {}
    assert (await world.mirror()).state == "stopped"
    await world.far.act(customer, leave(world, customer), await world.now())
    await world.connect()
    await world.work()
    await world.same()


async def test_a_side_that_connects_again_is_told_of_everything_again(world: Mirrored) -> None:
    customer = await imported(world)
    for base_url in (None, "https://other.example.com", BASE):
        if base_url is None:
            await mirrors.stop_mirroring(world.tenancy, world.door, actor=STAFF)
        await mirrors.connect_side(world.tenancy, world.door, base_url=base_url or BASE, actor=STAFF)
        assert len(world.teller.endpoints) == 1, "the endpoint of before is gone, whatever its key is answered with"
        await world.far.act(customer, rename(f"Jenny at {base_url}"), await world.now())
        assert await world.deliver(world.teller.told[-1])
    await world.work()
    await world.same()
