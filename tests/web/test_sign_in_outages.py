"""Signing in while something is away: Valkey, the mail server, a worker; and with several processes at once."""

import asyncio
import itertools
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from sides import new_tenant
from sign_in_world import JENNY, Mailbox, Visitor, World, open_site
from sqlalchemy import text

from frontdesk.errors import Unavailable
from frontdesk.limits import Visitor as Caller
from frontdesk.limits import checks
from frontdesk_tenants.database import clock as real_time
from frontdesk_tenants.embedded import PostgresAddresses, start_valkey, stop_servers
from frontdesk_web.letters.passcode import send_passcode

_numbers = itertools.count()


async def ask_often(world: World, peer: str, times: int, app: object = None) -> None:
    """Ask for codes for addresses that nobody has."""
    for _ in range(times):
        client = world.client(peer, app)
        answer = await client.post(world.link, data={"email": f"a{next(_numbers)}@example.com"})
        assert answer.status_code == 303


async def sent(world: World) -> list[bool]:
    """For each challenge whether the limits let a letter go."""
    return [row.send for row in await world.rows(text("SELECT send FROM challenges ORDER BY created, id"))]


async def test_a19_limits_hold_and_sign_in_works_when_valkey_stops(
    postgres: PostgresAddresses, mailbox: Mailbox, world: World, tmp_path: Path
) -> None:
    await world.customer()
    url = start_valkey(tmp_path)
    async with open_site(postgres, url, mailbox.port) as (site, app):
        there = World(site, app, mailbox, world.tenant)
        attacker = there.stranger_networks(1)[0]
        await ask_often(there, attacker, 10)
        stop_servers(tmp_path)
        await ask_often(there, attacker, 12)
        # Counted anew, since nobody remembers: but counted.
        assert await sent(there) == [True] * 20 + [False] * 2
        assert await site.cache.ask(lambda valkey: valkey.ping()) is None
        assert (await there.visitor().sign_in()).status_code == 303


async def test_without_valkey_the_same_limits_hold(postgres: PostgresAddresses, mailbox: Mailbox, world: World) -> None:
    async with open_site(postgres, None, mailbox.port) as (site, app):
        there = World(site, app, mailbox, world.tenant)
        await ask_often(there, there.stranger_networks(1)[0], 12)
        assert await sent(there) == [True] * 10 + [False] * 2


@pytest.mark.parametrize("shared", ["valkey", "postgres"])
async def test_two_processes_share_their_limits(
    postgres: PostgresAddresses, valkey_url: str, mailbox: Mailbox, world: World, shared: str
) -> None:
    url = valkey_url if shared == "valkey" else None
    async with open_site(postgres, url, mailbox.port) as (one, first):
        async with open_site(postgres, url, mailbox.port) as (_, second):
            there = World(one, first, mailbox, world.tenant)
            peer = there.stranger_networks(1)[0]
            await ask_often(there, peer, 6, first)
            await ask_often(there, peer, 6, second)
            assert await sent(there) == [True] * 10 + [False] * 2


@pytest.mark.parametrize("shared", ["valkey", "postgres"])
async def test_counting_at_once_counts_each_once(
    postgres: PostgresAddresses, valkey_url: str, mailbox: Mailbox, world: World, shared: str
) -> None:
    url = valkey_url if shared == "valkey" else None
    async with open_site(postgres, url, mailbox.port) as (site, _):
        async with site.tenancy.database.unscoped() as connection:
            now = await real_time(connection)
        caller = Caller(tenant=world.portal, address=JENNY, peer=world.stranger_networks(1)[0])
        asked = checks("failure", caller)
        counted = await asyncio.gather(*(site.limiter.count(asked, now) for _ in range(12)))
        passed = [each for each in counted if each.exceeded() is None]
        assert len(passed) == 3
        await site.limiter.take_back(passed[0])
        await site.limiter.take_back(next(each for each in counted if each.exceeded() is not None))
        again = [await site.limiter.count(asked, now) for _ in range(2)]
        assert [each.exceeded() is None for each in again] == [True, False]


async def test_a_network_that_ran_dry_does_not_fill_the_pool_of_an_address(world: World) -> None:
    async with world.site.tenancy.database.unscoped() as connection:
        now = await real_time(connection)
    stranger, owner = world.stranger_networks(2)
    for _ in range(50):
        await world.site.limiter.count(
            checks("failure", Caller(tenant=world.portal, address=JENNY, peer=stranger)), now
        )
    asked = checks("failure", Caller(tenant=world.portal, address=JENNY, peer=owner))
    assert (await world.site.limiter.count(asked, now)).exceeded() is None


async def test_while_the_mail_server_is_away_nothing_is_lost_and_everybody_is_told(
    world: World, mailbox: Mailbox, caplog: pytest.LogCaptureFixture
) -> None:
    await world.customer()
    owner, stranger = world.visitor(), world.visitor()
    mailbox.stop()
    try:
        assert "E-mail is slow" not in (await owner.ask(JENNY)).text
        (row,) = await world.rows(text("SELECT id FROM challenges"))
        with pytest.raises(Unavailable):
            await send_passcode(world.site, world.door.tenant_id, row.id)
        # Whoever looks after the mail server reads why in the log of the worker, and not of whom.
        (line,) = [each for each in caplog.records if each.name == "frontdesk.letters"]
        assert line.getMessage() == "a letter waits: The mail server does not answer now."
        assert vars(line)["tenant"] == str(world.door.tenant_id)
        assert JENNY not in repr(vars(line))
        assert "E-mail is slow" in (await owner.http.get(world.link + "/code")).text
        assert "E-mail is slow" in (await stranger.ask("nobody@example.com")).text
    finally:
        await mailbox.start()
    code = await world.code_for(JENNY)
    assert len(mailbox.to(JENNY)) == 1
    assert "E-mail is slow" not in (await owner.http.get(world.link + "/code")).text
    assert (await owner.type(code)).status_code == 303


async def test_an_outage_shows_for_an_address_that_nobody_has_too(world: World, mailbox: Mailbox) -> None:
    visitor = world.visitor()
    await visitor.ask("nobody@example.com")
    (row,) = await world.rows(text("SELECT id FROM challenges"))
    mailbox.stop()
    try:
        await send_passcode(world.site, world.door.tenant_id, row.id)
        assert "E-mail is slow" in (await visitor.http.get(world.link + "/code")).text
    finally:
        await mailbox.start()


async def test_a_second_copy_of_a_letter_is_known_by_its_message_id(world: World, mailbox: Mailbox) -> None:
    """A worker that dies after the mail server took the letter, and before it could note that."""
    await world.customer()
    visitor = world.visitor()
    await visitor.ask(JENNY)
    (row,) = await world.rows(text("SELECT id, code_sealed FROM challenges"))
    await send_passcode(world.site, world.door.tenant_id, row.id)
    await send_passcode(world.site, world.door.tenant_id, row.id)
    assert len(mailbox.to(JENNY)) == 1
    async with world.site.tenancy.database.side(world.door.tenant_id) as connection:
        await connection.execute(
            text("UPDATE challenges SET code_sealed = :sealed, delivery = 'queued'"), {"sealed": row.code_sealed}
        )
    await send_passcode(world.site, world.door.tenant_id, row.id)
    first, second = mailbox.to(JENNY)
    assert first["message-id"] == second["message-id"]
    assert (await visitor.type(await world.code_for(JENNY))).status_code == 303


async def test_the_worker_finds_a_job_for_each_code_whoever_asks(world: World) -> None:
    await world.customer()
    for email in (JENNY, "nobody@example.com"):
        await world.visitor().ask(email)
    assert await world.waiting_jobs() == 2


async def test_a_trusted_proxy_is_believed_as_far_as_it_can_be(
    postgres: PostgresAddresses, valkey_url: str, mailbox: Mailbox, world: World
) -> None:
    """The proxy names its peer at the end of the header; what stands before that came from the peer."""
    proxies = ("192.0.2.0/24",)
    async with open_site(postgres, valkey_url, mailbox.port, trusted_proxies=proxies) as (site, app):
        there = World(site, app, mailbox, world.tenant)
        real = there.stranger_networks(1)[0]
        for number in range(12):
            visitor = Visitor(there, "192.0.2.9")
            chain = f"198.51.100.{number}, {real}, 192.0.2.7"
            headers = {"x-forwarded-for": chain}
            await visitor.http.post(there.link, data={"email": f"b{number}@example.com"}, headers=headers)
        assert await sent(there) == [True] * 10 + [False] * 2


async def test_a_dead_database_is_said_to_be_unreachable(
    fresh_database: Callable[[], PostgresAddresses], mailbox: Mailbox
) -> None:
    addresses = fresh_database()
    async with open_site(addresses, None, mailbox.port) as (site, app):
        world = World(site, app, mailbox, await new_tenant(site.tenancy))
        visitor = world.visitor()
        assert (await visitor.ask(JENNY)).status_code == 200
        token = await visitor.token()
        name = urlsplit(addresses.app_url).path.removeprefix("/")
        with psycopg.connect(addresses.admin_url, autocommit=True) as connection:
            connection.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
            connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
        for _ in range(2):
            for answer in (
                await visitor.http.get(world.link),
                await visitor.http.post(world.link, data={"email": JENNY}),
                await visitor.type("123456", token=token),
                await visitor.http.get(f"/p/{world.portal}/whoami"),
            ):
                assert answer.status_code == 503
                assert int(answer.headers["retry-after"]) > 0
