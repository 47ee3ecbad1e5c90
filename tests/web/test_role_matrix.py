"""Every role × every route of the dashboard, and everybody who has no business there × every route (issue 3, 3).

Generated from Litestar's route table: each route says in its `opt` which right it needs, and `frontdesk.roles` which
roles hold it. A route that says nothing, or that nobody has thought about, fails here.
"""

from html import unescape

import httpx
import pytest
from digests import changed
from hired import hire, staff_cookie, staff_session
from litestar.handlers import HTTPRouteHandler
from matrix_world import World, caller, new_world, own_request, send, told
from msgspec.structs import replace
from sites import RunningSite, browser_headers
from some_of_many import Choice
from spots import Ask, Spot, litestar_routes, spots
from sqlalchemy import update

from frontdesk.roles import RIGHTS, Right, Role, roles_with
from frontdesk_tenants import staff, staff_sessions
from frontdesk_tenants.database import clock
from frontdesk_tenants.embedded import PostgresAddresses
from frontdesk_tenants.house import HOUSE
from frontdesk_tenants.tables import staff_sessions as sessions_table
from frontdesk_tenants.tenancy import Tenancy
from frontdesk_web.csrf import FIELD
from frontdesk_web.dashboard.needs import FRESH, RIGHT
from frontdesk_web.dashboard.role_words import role_name

DOORS = (
    "/dashboard",
    "/dashboard/sign-in",
    "/dashboard/sign-up",
    "/dashboard/confirm",
    "/dashboard/sign-out",
    "/dashboard/session",
    "/dashboard/account",
    "/dashboard/invitation",
    "/dashboard/sso",
    "/dashboard/sso-callback",
)
"""Pages of nobody's role: the way in, and what belongs to a person and to no tenant."""
STAFFED = [each for each in spots() if each.is_staffed]
OPERATORS = [each for each in spots() if each.is_operators]
SAFE = ("GET", "HEAD")
NOT_YOURS = "This is not open to your role"
VISITED = {"staff_sessions", "documents", "files"}
"""What a visit may write: when it was, and a document that is kept once it was set."""


@pytest.fixture(scope="module")
async def world(running_site: RunningSite, tenancy: Tenancy, postgres: PostgresAddresses) -> World:
    return await new_world(running_site, tenancy, postgres)


def handler_of(spot: Spot) -> HTTPRouteHandler:
    """What answers a route."""
    (found,) = [
        handler
        for route in litestar_routes()
        if route.path_format == spot.path
        for handler in route.route_handlers
        if spot.method in handler.http_methods
    ]
    return found


def right_of(spot: Spot) -> Right:
    """The right that a route says it needs."""
    right = handler_of(spot).opt.get(RIGHT)
    assert isinstance(right, Right), f"{spot} does not say which right it needs"
    return right


def headers_of(world: World, secret: str) -> dict[str, str]:
    return {"Cookie": staff_cookie(world.running, secret), **browser_headers(world.running.config)}


def with_wrong_token(ask: Ask) -> Ask:
    """A form that gets as far as its token, and no further."""
    return ask if ask.spot.method in SAFE else ask.with_values({("form", FIELD): "wrong"})


def test_every_route_of_the_dashboard_is_of_a_known_kind() -> None:
    unknown = []
    for spot in spots():
        if spot.is_dashboard and not spot.is_staffed and not spot.is_operators:
            below = [door for door in DOORS if spot.path == door or spot.path.startswith(door + "/")]
            if not below or (below == ["/dashboard"] and spot.path != "/dashboard"):
                unknown.append(str(spot))
    assert unknown == []
    assert len(STAFFED) > 50
    assert {right_of(each) for each in STAFFED} <= set(Right)


def test_looking_needs_the_right_to_see_and_changing_needs_another() -> None:
    for spot in STAFFED:
        if spot.method not in SAFE and not spot.path.endswith("/preview"):
            assert right_of(spot) is not Right.SEE, f"{spot} changes something that everybody may see"


# -- roles ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", Role)
async def test_each_role_has_what_the_table_says_and_nothing_else(
    world: World, tenancy: Tenancy, role: Role, choose: Choice
) -> None:
    """Both sides. Forms come with a wrong token: whoever lacks the right does not get as far as that.

    In `make test` whoever lacks the right asks everywhere, and of those who hold it each asks at some of the places.
    """
    hired = await hire(tenancy, world.home.door, role)
    headers = headers_of(world, hired.secret)
    before = world.digests()
    asked = open_to = 0
    async with world.running.client() as client:
        for side in (world.ours.live, world.ours.sandbox):
            there = replace(world, ours=replace(world.ours, live=side))
            for spot in STAFFED:
                # Of the sandbox's, which ask the same right, a fifth.
                if side is world.ours.sandbox and not choose((True, *[False] * 4), f"{role} {spot}", 1)[0]:
                    continue
                holders = roles_with(right_of(spot))
                if role in holders and role not in choose(holders, str(spot), 1):
                    continue
                asked += 1
                answer = await send(client, with_wrong_token(own_request(there, spot)), headers)
                at = f"{role}: {spot} at {side.door.portal}: {answer.status_code} {answer.text[:300]}"
                if right_of(spot) in RIGHTS[role]:
                    open_to += 1
                    assert_let_in(spot, answer, at)
                else:
                    assert answer.status_code == 403, at
                    page = unescape(answer.text)
                    assert NOT_YOURS in page, at
                    assert all(role_name(each, "en") in page for each in roles_with(right_of(spot))), at
    assert asked > 30
    assert open_to >= (asked if role in (Role.OWNER, Role.ADMIN) else 5)
    assert changed(before, world.digests()) - VISITED == set()


def assert_let_in(spot: Spot, answer: httpx.Response, at: str) -> None:
    assert NOT_YOURS not in unescape(answer.text), at
    if spot.method in SAFE:
        assert answer.status_code in (200, 303), at
        assert answer.status_code == 200 or not answer.headers["location"].startswith("/dashboard/sign-in"), at
    else:
        assert answer.status_code == 403, at


# -- everybody else ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
async def strangers(world: World, tenancy: Tenancy) -> dict[str, dict[str, str]]:
    """Sessions that are good, and not here."""
    removed = await hire(tenancy, world.home.door)
    async with tenancy.database.side(world.home.door.tenant_id) as connection:
        await staff.remove_member(connection, world.home.door.tenant_id, removed.member, await clock(connection))
    scoped = await hire(tenancy, world.home.door)
    async with tenancy.database.side(HOUSE) as connection:
        _, vouched = await staff_sessions.open_session(
            connection,
            person=scoped.person.id,
            method="openid",
            agent="Firefox",
            network="192.0.2.7",
            locale="en",
            now=await clock(connection),
            whole=True,
            scope=world.theirs.live.door.tenant_id,
        )
    return {
        "the owner of another tenant": headers_of(world, world.theirs.owner.secret),
        "somebody who was removed": headers_of(world, removed.secret),
        "a member for whom another tenant's provider vouched": headers_of(world, vouched),
        "an operator": headers_of(world, world.operator.secret),
    }


async def test_whoever_does_not_work_here_finds_nothing(
    world: World, strangers: dict[str, dict[str, str]], choose: Choice
) -> None:
    """404, as if there were no such tenant, on every route of both sides; and no row changes."""
    before = world.digests()
    async with world.running.client() as client:
        for side in (world.ours.live, world.ours.sandbox):
            there = replace(world, ours=replace(world.ours, live=side))
            for spot in STAFFED:
                if side is world.ours.sandbox and not choose((True, *[False] * 4), f"nobody {spot}", 1)[0]:
                    continue
                ask = own_request(there, spot)
                nowhere = ask.with_values({("path", "portal"): "never-existed"})
                # Whoever works for a tenant works on both of its sides.
                for who, headers in choose(list(strangers.items()), f"{spot} {side is world.ours.live}", 1):
                    answer = await send(client, ask, headers)
                    nobody = await send(client, nowhere, headers)
                    assert answer.status_code == 404, f"{who}: {spot}: {answer.status_code}"
                    assert told(answer, side.door.portal) == told(nobody, "never-existed"), f"{who}: {spot}"
    assert changed(before, world.digests()) - VISITED == set()


@pytest.fixture(scope="module")
async def unproven(world: World, tenancy: Tenancy) -> dict[str, dict[str, str]]:
    """What is no session, or none any more, or not yet."""
    owners = [await hire(tenancy, world.home.door) for _ in range(3)]
    async with tenancy.database.side(HOUSE) as connection:
        now = await clock(connection)
        await staff_sessions.end_all(connection, owners[0].person.id, now)
        of_second = sessions_table.c.person == owners[1].person.id
        await connection.execute(update(sessions_table).where(of_second).values(expires_at=now))
    _, half = await staff_session(tenancy, owners[2].person, whole=False)
    jenny, key = world.home.jenny.session.secret, world.home.secret_key
    return {
        "nobody": browser_headers(world.running.config),  # type: ignore[dict-item]
        "a session that was ended": headers_of(world, owners[0].secret),
        "a session that is over": headers_of(world, owners[1].secret),
        "one factor": headers_of(world, half),
        "a customer's session": headers_of(world, jenny),
        "a customer": {"Cookie": world.running.cookie(world.home.door, jenny)},
        "an API key": {"Authorization": f"Bearer {key}"},
        "an API key as a session": headers_of(world, key),
        "half a session": headers_of(world, owners[2].secret[:-1]),
        "a session's public id": headers_of(world, owners[2].session),
    }


async def test_without_a_proven_session_everybody_is_led_to_the_door(
    world: World, unproven: dict[str, dict[str, str]], choose: Choice
) -> None:
    before = world.digests()
    async with world.running.client() as client:
        for spot in (*STAFFED, *OPERATORS):
            for who, headers in choose(list(unproven.items()), str(spot), 2):
                answer = await send(client, own_request(world, spot), headers)
                at = f"{who}: {spot}: {answer.status_code} {answer.text[:200]}"
                assert answer.status_code == 303, at
                assert answer.headers["location"].startswith("/dashboard/sign-in"), at
    assert changed(before, world.digests()) - VISITED == set()


@pytest.mark.parametrize("role", Role)
async def test_no_role_of_a_tenant_is_an_operators(world: World, tenancy: Tenancy, role: Role) -> None:
    hired = await hire(tenancy, world.home.door, role)
    before = world.digests()
    async with world.running.client() as client:
        for spot in OPERATORS:
            answer = await send(client, own_request(world, spot), headers_of(world, hired.secret))
            assert answer.status_code == 404, f"{role}: {spot}: {answer.status_code}"
            let_in = await send(client, with_wrong_token(own_request(world, spot)), caller(world, spot))
            assert let_in.status_code in ((200, 404) if spot.method in SAFE else (403,)), (
                f"{spot}: {let_in.status_code}"
            )
    assert changed(before, world.digests()) - VISITED == set()


async def test_what_needs_a_fresh_proof_asks_for_one(world: World, tenancy: Tenancy) -> None:
    """Six minutes after the last factor (trust.md A17): the form is not done, and where it was comes afterwards."""
    hired = await hire(tenancy, world.home.door)
    async with tenancy.database.side(HOUSE) as connection:
        stale = await clock(connection) - staff_sessions.FRESH
        mine = sessions_table.c.person == hired.person.id
        await connection.execute(update(sessions_table).where(mine).values(fresh_at=stale))
    asked = [each for each in STAFFED if handler_of(each).opt[FRESH]]
    assert {right_of(each) for each in asked} >= {Right.MANAGE_KEYS, Right.MANAGE_TEAM}
    before = world.digests()
    async with world.running.client() as client:
        for spot in asked:
            own = own_request(replace(world, ours=replace(world.ours, owner=hired)), spot)
            answer = await send(client, own, headers_of(world, hired.secret))
            assert answer.status_code == 303, spot
            assert answer.headers["location"].startswith("/dashboard/confirm"), spot
    assert changed(before, world.digests()) - VISITED == set()


async def test_a_role_that_was_taken_away_is_gone_at_the_next_request(world: World, tenancy: Tenancy) -> None:
    hired = await hire(tenancy, world.home.door, Role.ADMIN)
    (spot,) = [each for each in STAFFED if str(each) == "GET /dashboard/{portal}/keys"]
    async with world.running.client() as client:
        assert (await send(client, own_request(world, spot), headers_of(world, hired.secret))).status_code == 200
        async with tenancy.database.side(world.home.door.tenant_id) as connection:
            await staff.change_role(connection, hired.member.id, Role.READ_ONLY)
        assert (await send(client, own_request(world, spot), headers_of(world, hired.secret))).status_code == 403
