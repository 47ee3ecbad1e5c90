"""Signing up: open, by approval or by invitation; what is made, for whom, once; and what is refused."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import timedelta

import pytest
from catalog_findings import as_admin
from msgspec import json
from msgspec.structs import replace
from sides import MASTER_KEY, clock_of
from sqlalchemy import func, select, text

from frontdesk.desk import Actor
from frontdesk.errors import Refused
from frontdesk.house_settings import HouseSettings, SignUpMode
from frontdesk.plugins import PluginHost
from frontdesk.roles import Role
from frontdesk.signing_up import SignUp
from frontdesk.starting_points import StartingPoint
from frontdesk_tenants import configurations, house_records, people, sign_up_invitations, sign_ups, staff
from frontdesk_tenants.database import clock
from frontdesk_tenants.directory import Side
from frontdesk_tenants.embedded import PostgresAddresses
from frontdesk_tenants.house import HOUSE
from frontdesk_tenants.people import Person
from frontdesk_tenants.tables import api_keys, audit, firms, sides
from frontdesk_tenants.tenancy import Tenancy

OPERATOR = Actor(kind="staff", id="opr_1")
YOGA = SignUp(
    name="Brandt Yoga",
    slug="brandt-yoga",
    country="DE",
    currency="eur",
    locale="de",
    starting_point=StartingPoint.SEATS,
    backend="invoice_only",
)
House = tuple[Tenancy, PostgresAddresses]


@pytest.fixture
async def house(fresh_database: Callable[[], PostgresAddresses]) -> AsyncIterator[House]:
    """A Frontdesk of this test alone, without tenants."""
    addresses = fresh_database()
    tenancy = Tenancy(addresses.app_url, (MASTER_KEY,), PluginHost.load())
    await tenancy.open()
    yield tenancy, addresses
    await tenancy.aclose()


async def let(tenancy: Tenancy, mode: SignUpMode) -> None:
    async with tenancy.database.side(HOUSE) as connection:
        settings = HouseSettings(sign_up=mode, contact="house@example.com")
        await house_records.save_settings(connection, settings, OPERATOR, await clock(connection))


async def somebody(tenancy: Tenancy, address: str = "lena@example.com") -> Person:
    async with tenancy.database.side(HOUSE) as connection:
        return await people.get_or_create(connection, address, await clock(connection), name="Lena")


async def invite(tenancy: Tenancy, address: str = "lena@example.com") -> str:
    async with tenancy.database.side(HOUSE) as connection:
        return await sign_up_invitations.invite(
            connection,
            tenancy.vault,
            tenancy.jobs,
            address=address,
            locale="de",
            actor=OPERATOR,
            now=await clock(connection),
        )


async def side_of(tenancy: Tenancy, portal: str) -> Side | None:
    door = await tenancy.directory.by_portal(portal)
    if door is None:
        return None
    async with tenancy.at(door) as (_, side):
        return side


async def jobs(tenancy: Tenancy) -> dict[str, int]:
    async with tenancy.database.unscoped() as connection:
        rows = await connection.execute(text("SELECT task_name, count(*) FROM procrastinate_jobs GROUP BY 1"))
        return {row[0]: row[1] for row in rows}


async def test_an_open_house_gives_a_sandbox_at_once_and_a_live_side_to_set_up(house: House) -> None:
    tenancy, _ = house
    await let(tenancy, "open")
    lena = await somebody(tenancy)
    request = await sign_ups.ask(tenancy, lena, YOGA, suggested=False, request_id="req_1")
    assert (request.state, request.slug) == ("done", "brandt-yoga")
    live, sandbox = await side_of(tenancy, "brandt-yoga"), await side_of(tenancy, "test_brandt-yoga")
    assert live is not None
    assert sandbox is not None
    assert (live.name, live.country, live.locale, live.settings.currency) == ("Brandt Yoga", "DE", "de", "eur")
    assert (live.live_since, sandbox.live_since is not None) == (None, True)
    async with tenancy.database.side(live.tenant_id) as connection:
        (owner,) = await staff.members(connection)
        assert (owner.person, owner.role) == (lena.id, Role.OWNER)
        configuration = await configurations.read_default(connection)
        assert not configuration.login_page.enabled
        update = configuration.features.subscription_update
        assert (update.enabled, update.default_allowed_updates) == (False, ("price", "quantity"))
        assert await connection.scalar(select(func.count()).select_from(api_keys)) == 0, "nobody has seen one"
        assert await connection.scalar(select(sides.c.starting_point)) == "seats"
        made = (await connection.execute(select(audit).where(audit.c.action == "tenant_created"))).one()
    assert (made.actor, made.request_id) == (lena.id, "req_1")
    async with tenancy.database.unscoped() as connection:
        assert await staff.tenants_of(connection, lena.id) == (live.tenant_id,)
    assert await jobs(tenancy) == {"tell_applicant": 1}


async def test_a_suggested_slug_gives_way_and_a_chosen_one_does_not(house: House) -> None:
    tenancy, _ = house
    await let(tenancy, "open")
    lena, mira = await somebody(tenancy), await somebody(tenancy, "mira@example.com")
    await sign_ups.ask(tenancy, lena, YOGA, suggested=False)
    with pytest.raises(Refused, match="slug_taken"):
        await sign_ups.ask(tenancy, mira, YOGA, suggested=False)
    assert (await sign_ups.ask(tenancy, mira, YOGA, suggested=True)).slug == "brandt-yoga-2"
    assert (await sign_ups.ask(tenancy, mira, YOGA, suggested=True)).slug == "brandt-yoga-3"


async def test_by_approval_nothing_is_made_before_a_yes(house: House) -> None:
    tenancy, _ = house
    await let(tenancy, "approval")
    lena = await somebody(tenancy)
    request = await sign_ups.ask(tenancy, lena, YOGA, suggested=False)
    assert request.state == "waiting"
    assert await side_of(tenancy, "brandt-yoga") is None
    assert await jobs(tenancy) == {"tell_applicant": 1, "tell_operator": 1}
    mira = await somebody(tenancy, "mira@example.com")
    with pytest.raises(Refused, match="slug_taken"):
        await sign_ups.ask(tenancy, mira, YOGA, suggested=False)
    async with tenancy.database.side(HOUSE) as connection:
        assert await sign_ups.waiting(connection) == (request,)
        assert await sign_ups.waiting_for(connection, "brandt-yoga") == request
        assert await sign_ups.latest_of(connection, lena.id) == request
    approved = await sign_ups.approve(tenancy, request.id, OPERATOR, "req_2")
    assert approved.state == "approved"
    assert await side_of(tenancy, "brandt-yoga") is not None
    async with tenancy.database.unscoped() as connection:
        assert len(await staff.tenants_of(connection, lena.id)) == 1
    for again in (
        sign_ups.approve(tenancy, request.id, OPERATOR),
        sign_ups.refuse(tenancy, request.id, "no", OPERATOR),
    ):
        with pytest.raises(Refused, match="request_decided"):
            await again
    async with tenancy.database.side(HOUSE) as connection:
        entry = (await connection.execute(select(audit).where(audit.c.action == "sign_up_approved"))).one()
        assert (entry.actor, entry.object, entry.request_id) == ("opr_1", request.id, "req_2")
        assert await sign_ups.waiting(connection) == ()
    assert (await jobs(tenancy))["tell_applicant"] == 2


async def test_a_no_says_why_and_frees_the_slug(house: House) -> None:
    tenancy, _ = house
    await let(tenancy, "approval")
    lena = await somebody(tenancy)
    request = await sign_ups.ask(tenancy, lena, YOGA, suggested=False)
    with pytest.raises(Refused, match="reason_needed"):
        await sign_ups.refuse(tenancy, request.id, " ", OPERATOR)
    refused = await sign_ups.refuse(tenancy, request.id, "We  only host\nclubs.", OPERATOR)
    assert (refused.state, refused.reason) == ("refused", "We only host clubs.")
    assert (await sign_ups.ask(tenancy, lena, YOGA, suggested=False)).state == "waiting"
    with pytest.raises(Refused, match="no_such_sign-up"):
        await sign_ups.approve(tenancy, "sup_none", OPERATOR)


async def test_only_who_was_invited(house: House) -> None:
    tenancy, _ = house
    await let(tenancy, "invitation")
    lena, mira = await somebody(tenancy), await somebody(tenancy, "mira@example.com")
    await invite(tenancy)
    with pytest.raises(Refused, match="by_invitation_only"):
        await sign_ups.ask(tenancy, mira, YOGA, suggested=False)
    assert (await sign_ups.ask(tenancy, lena, YOGA, suggested=False)).state == "done"
    with pytest.raises(Refused, match="by_invitation_only"):
        await sign_ups.ask(tenancy, lena, replace(YOGA, slug="another"), suggested=False)


async def test_who_was_invited_needs_no_approval(house: House) -> None:
    tenancy, _ = house
    await let(tenancy, "approval")
    await invite(tenancy)
    assert (await sign_ups.ask(tenancy, await somebody(tenancy), YOGA, suggested=False)).state == "done"


async def test_an_invitation_counts_once_for_two_weeks_and_can_be_withdrawn(house: House) -> None:
    tenancy, addresses = house
    move = clock_of(addresses)
    first, second = await invite(tenancy), await invite(tenancy)
    async with tenancy.database.side(HOUSE) as connection:
        now = await clock(connection)
        token = await sign_up_invitations.read_token(connection, tenancy.vault, second)
        assert token is not None
        assert await sign_up_invitations.read_token(connection, tenancy.vault, first) is None, "replaced"
        found = await sign_up_invitations.by_token(connection, token)
        assert found is not None
        assert (found.id, found.open, found.delivery) == (second, True, "queued")
        replaced = await sign_up_invitations.by_id(connection, first)
        assert replaced is not None
        assert not replaced.open
        await sign_up_invitations.note_delivery(connection, second, "accepted")
        await sign_up_invitations.note_delivery(connection, second, "bounced")
        assert await sign_up_invitations.read_token(connection, tenancy.vault, second) is None
        for wrong in ("", token[:-1], token[:-1] + "!", token.swapcase(), "x" * len(token)):
            assert await sign_up_invitations.by_token(connection, wrong) is None
    move(timedelta(days=14) - timedelta(minutes=1))
    async with tenancy.database.side(HOUSE) as connection:
        assert await sign_up_invitations.open_for(connection, "lena@example.com", await clock(connection)) is not None
    move(timedelta(days=14, minutes=1))
    async with tenancy.database.side(HOUSE) as connection:
        now = await clock(connection)
        assert await sign_up_invitations.open_for(connection, "lena@example.com", now) is None
        assert not await sign_up_invitations.revoke(connection, second, OPERATOR, now)
    third = await invite(tenancy)
    async with tenancy.database.side(HOUSE) as connection:
        now = await clock(connection)
        assert await sign_up_invitations.revoke(connection, third, OPERATOR, now)
        assert await sign_up_invitations.open_for(connection, "lena@example.com", now) is None
        newest = await sign_up_invitations.read_all(connection, limit=2)
        assert [each.id for each in newest] == [third, second, first]
        place = (newest[0].created, newest[0].id)
        rest = await sign_up_invitations.read_all(connection, before=place)
        assert [each.id for each in rest] == [second, first]
        accepted = await sign_up_invitations.by_id(connection, second)
        assert accepted is not None
        assert accepted.delivery == "accepted"


async def test_no_token_lies_in_the_open(house: House) -> None:
    tenancy, addresses = house
    id_ = await invite(tenancy)
    async with tenancy.database.side(HOUSE) as connection:
        token = await sign_up_invitations.read_token(connection, tenancy.vault, id_)
    assert token is not None
    with as_admin(addresses) as admin:
        for table in ("sign_up_invitations", "audit", "procrastinate_jobs"):
            dump = str(admin.execute(f"SELECT {table}::text FROM {table}").fetchall())  # type: ignore[arg-type]
            assert token not in dump
            assert token.encode().hex() not in dump


async def test_five_portals_a_day(house: House) -> None:
    tenancy, addresses = house
    await let(tenancy, "open")
    lena = await somebody(tenancy)
    for _ in range(5):
        await sign_ups.ask(tenancy, lena, YOGA, suggested=True)
    with pytest.raises(Refused, match="signed_up_often"):
        await sign_ups.ask(tenancy, lena, YOGA, suggested=True)
    clock_of(addresses)(timedelta(hours=24, minutes=1))
    await sign_ups.ask(tenancy, lena, YOGA, suggested=True)


async def test_two_at_once_get_one_slug_once(house: House) -> None:
    tenancy, _ = house
    await let(tenancy, "open")
    crowd = [await somebody(tenancy, f"p{number}@example.com") for number in range(6)]
    answers = await asyncio.gather(
        *(sign_ups.ask(tenancy, each, YOGA, suggested=False) for each in crowd), return_exceptions=True
    )
    won = [each for each in answers if not isinstance(each, Exception)]
    lost = [each for each in answers if isinstance(each, Refused)]
    assert (len(won), len(lost)) == (1, 5)
    async with tenancy.database.unscoped() as connection:
        assert await connection.scalar(select(func.count()).select_from(firms)) == 2


async def test_settings_are_kept_and_in_the_audit(house: House) -> None:
    tenancy, _ = house
    async with tenancy.database.side(HOUSE) as connection:
        assert await house_records.read_settings(connection) == HouseSettings()
        now = await clock(connection)
        named = HouseSettings(service_name="Hafen Billing", prices={"invoice_only": {"de": "0,10 € je Rechnung"}})
        await house_records.save_settings(connection, named, OPERATOR, now, "req_1")
        assert await house_records.read_settings(connection) == named
        await house_records.save_settings(connection, replace(named, sign_up="open"), OPERATOR, now, "req_2")
        kept = await connection.execute(select(audit).where(audit.c.action == "house_settings_saved"))
        befores = {entry.request_id: entry.before for entry in kept}
    assert befores.keys() == {"req_1", "req_2"}
    assert json.decode(befores["req_2"])["service_name"] == "Hafen Billing"
