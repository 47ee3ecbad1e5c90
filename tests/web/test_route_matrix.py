"""Every route × every id of another tenant, of the other side and of another customer (trust.md B2, B3).

Generated from Litestar's route table. What is somebody else's is answered exactly as what never existed, and nothing of
anybody changes. A route or field that the table of `route_table` does not know fails here.
"""

import re
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from html import unescape
from pathlib import Path

import httpx
import pytest
from digests import changed, digests
from furnished import Things
from matrix_world import World, caller, new_world, own_request, send, told, with_its_token
from msgspec.structs import replace
from route_table import (
    BEARER,
    INSTEAD,
    INVOICE_LINKS,
    NEEDED,
    NO_IDS,
    OWN_CHOICE,
    PORTAL_FIELDS,
    PUBLIC,
    TEAM,
    Slot,
    along,
    slots,
)
from sides import new_tenant, sell
from sites import RunningSite, browser_headers
from some_of_many import Choice
from spots import Ask, Spot, litestar_routes, spots
from walked import on_each

import frontdesk_web.portal
from frontdesk.ids import random_token
from frontdesk_tenants import configurations, files, sessions
from frontdesk_tenants.database import clock
from frontdesk_tenants.directory import PUBLIC_ID_LENGTH
from frontdesk_tenants.embedded import PostgresAddresses
from frontdesk_tenants.files import File
from frontdesk_tenants.provisioning import brand_side
from frontdesk_tenants.tenancy import Tenancy
from frontdesk_web.cookies import cookie_name
from frontdesk_web.csrf import FIELD
from frontdesk_web.portal.plan_choices import PartForm, PlanForm

PNG = File(media_type="image/png", content=b"their picture")
COMMON_FIELDS = {FIELD, "lang", "next"}
TELLS_NOTHING = {"HEAD /p/session/{token}"}
"""Answers the same to every link of a side that exists, good or not."""


@pytest.fixture(scope="module")
async def world(running_site: RunningSite, tenancy: Tenancy, postgres: PostgresAddresses) -> World:
    return await new_world(running_site, tenancy, postgres)


@pytest.fixture
async def client(world: World) -> AsyncIterator[httpx.AsyncClient]:
    async with world.running.client() as opened:
        yield opened


def foreign_value(world: World, kind: str, things: Things) -> str:
    """What names somebody else's thing. Of a secret: the foreign random part behind the caller's public id."""
    if kind not in BEARER:
        return things.ids[kind]
    own, foreign = world.home.door, things.session.door
    if kind == "session link":
        token = things.ids[kind]
        return "live_" + own.public_id + token[len("live_") + PUBLIC_ID_LENGTH :]
    if kind in ("invitation link", *INVOICE_LINKS):
        return own.public_id + things.ids[kind][PUBLIC_ID_LENGTH:]
    return own.public_id + world.keys_of(foreign).login_token


def probes(world: World, spot: Spot, choose: Choice) -> Iterator[tuple[str, Slot | None, Ask, Ask, list[str]]]:
    """Who is named, where, the request that names it, the one that names nobody, and the names in both."""
    own = own_request(world, spot)
    groups = [[each] for each in tried_slots(spot, choose)]
    in_path = [each for each in named_slots(spot) if each.where == "path"]
    if len(in_path) > 1:
        # All of them at once fit each other, as those of somebody else's page would.
        groups.append(in_path)
    for group in groups:
        names = " ".join(each.name for each in group)
        whose = [each for each in world.foreign(spot).items() if not is_shared(each[0], group)]
        for who, things in choose(whose, f"{spot} {names}", 1):
            foreign = {(each.where, each.name): foreign_value(world, each.kind, things) for each in group}
            unknown = {
                (each.where, each.name): never_existed(each.kind, foreign[each.where, each.name]) for each in group
            }
            asked = without_rivals(world, own, group)
            yield (
                who,
                group[0] if len(group) == 1 else None,
                with_its_token(world, asked.with_values(foreign)),
                with_its_token(world, asked.with_values(unknown)),
                [*foreign.values(), *unknown.values()],
            )


def is_shared(who: str, group: list[Slot]) -> bool:
    """Whether what is named is not somebody else's, but theirs too."""
    if who == "another customer":
        # What is offered is offered to both, and a link is good for whoever has it, with all that it leads to.
        return any(each.kind in INVOICE_LINKS for each in group) or all(
            each.kind in ("product", *BEARER) for each in group
        )
    # One team works on both sides.
    return who == "the other side" and all(each.kind in (*TEAM, "invitation link") for each in group)


def named_slots(spot: Spot) -> list[Slot]:
    """The places that the matrix fills with what is somebody else's."""
    return [each for each in slots(spot) if each.kind not in NO_IDS and (str(spot), each.name) not in OWN_CHOICE]


def tried_slots(spot: Spot, choose: Choice) -> list[Slot]:
    """Those of them that are filled.

    What is to be expanded is a path and no id, and one function reads it for the whole API: in `make test` a sixth of
    the routes are asked to expand somebody else's thing.
    """
    expands = choose((True, *[False] * 5), f"{spot} expands", 1)[0]
    return [each for each in named_slots(spot) if expands or each.name != "expand[0]"]


def never_existed(kind: str, id_: str) -> str:
    """What looks the same and names nothing."""
    if kind in BEARER:
        public = len("live_" if kind == "session link" else "") + PUBLIC_ID_LENGTH
        return id_[:public] + random_token(len(id_) - public)
    return f"{id_.partition('_')[0]}_{random_token(22)}"


def without_rivals(world: World, own: Ask, group: list[Slot]) -> Ask:
    """Without the parameters in whose place the slot's stand, and with those that these need."""
    rivals = {INSTEAD[each.name] for each in group if each.name in INSTEAD}
    beside = {name: value for each in group if own.spot.is_api for name, value in along(own.spot, each.name).items()}
    form = None if own.form is None else {name: value for name, value in own.form.items() if name not in rivals}
    beside = {name: world.home.jenny.ids[each[1:]] if each.startswith("@") else each for name, each in beside.items()}
    form = None if form is None else form | beside
    query = {name: value for name, value in own.query.items() if name not in rivals}
    return Ask(spot=own.spot, path=own.path, query=query, form=form)


@on_each(spots())
async def test_what_is_somebody_elses_is_as_what_never_existed(
    world: World, client: httpx.AsyncClient, spot: Spot, choose: Choice
) -> None:
    before = world.digests()
    probed = set()
    for who, slot, foreign, unknown, names in probes(world, spot, choose):
        json = slot is not None and slot.where == "json"
        answer = await send(client, foreign, caller(world, spot), json)
        nobody = await send(client, unknown, caller(world, spot), json)
        at = f"{spot} naming {slot and slot.name} of {who}: {answer.status_code} {answer.text[:300]}"
        assert answer.status_code < 500, at
        assert told(answer, *names) == told(nobody, *names), at
        if spot.is_api and slot is not None:
            assert_refused_as_stripe_does(spot, slot, answer, at)
        elif (slot is None or slot.where == "path") and str(spot) not in TELLS_NOTHING:
            assert answer.status_code == 404, at
        probed.add(slot)
    assert probed - {None} == set(tried_slots(spot, choose)), "a place was not tried"
    after = world.digests()
    # The caller's own visit may be noted.
    assert changed(before, after) - {"sessions", "staff_sessions"} == set()
    for things in (world.theirs.live, world.theirs.sandbox, world.ours.sandbox):
        assert changed(before, after, things.door.tenant_id) == set()


def assert_refused_as_stripe_does(spot: Spot, slot: Slot, answer: httpx.Response, at: str) -> None:
    """404 for what the path names, 400 `resource_missing` for what a parameter names; filters may find nothing."""
    if spot.path == "/v1/accounts/{account}":
        # Whose key it is not is not asked for in any other way.
        assert answer.json()["error"]["code"] == "account_invalid", at
    elif slot.where == "path":
        assert answer.status_code == 404, at
        assert answer.json()["error"]["code"] == "resource_missing", at
    elif spot.method != "GET" and slot.name != "expand[0]":
        assert answer.status_code == 400, at
        assert answer.json()["error"]["code"] == "resource_missing", at
    elif answer.status_code == 200:
        assert answer.json()["data"] == [], at
    else:
        # Live sides have no payment methods or intents, so that the one in the path is never there.
        ours = ("{charge}", "{refund}", "{invoice_payment}")
        never = ("{payment_method}", "{intent}", "/checkout/sessions/{session}", *ours)
        assert answer.status_code == (404 if any(each in spot.path for each in never) else 400), at


def test_the_table_is_about_the_routes_there_are() -> None:
    known = {str(each) for each in spots()}
    for table in (PORTAL_FIELDS, NEEDED, PUBLIC, TELLS_NOTHING, dict(OWN_CHOICE)):
        assert set(table) <= known, "a route that is gone"
    assert len(known) == sum(len(set(each.methods)) for each in litestar_routes())


def test_every_field_that_pages_read_is_in_the_table() -> None:
    """A field that could name something of somebody else is never forgotten."""
    folder = Path(frontdesk_web.portal.__file__).parent
    read = {
        name
        for path in (
            *folder.glob("*.py"),
            *folder.parent.glob("*.py"),
            *folder.parent.glob("[do]*/**/*.py"),
        )
        for name in re.findall(r"(?:form|fields|query|query_params|\))\.get(?:all)?\(\s*\"(\w+)\"", path.read_text())
    }
    assert {"customer", "quote", "saved", "lang"} <= read
    known = {name for fields in PORTAL_FIELDS.values() for _, name in fields} | COMMON_FIELDS
    assert read <= known
    assert {*PlanForm.__struct_fields__, *PartForm.__struct_fields__} - {"parts"} <= known


SIGNED_IN = [each for each in spots() if each.is_signed_in]
API = [each for each in spots() if each.is_api]
ENTRANCES = [each for each in spots() if each.path.startswith("/p/login/")]


@on_each(SIGNED_IN)
async def test_a_foreign_cookie_counts_as_none(
    world: World, client: httpx.AsyncClient, spot: Spot, choose: Choice
) -> None:
    config, home = world.running.config, world.home
    foreign = (world.theirs.live.jenny, world.theirs.sandbox.jenny, world.ours.sandbox.jenny)
    ours = own_request(world, spot)
    tried = [(ours, cookie_name(config, home.door.portal), each.session.secret) for each in foreign]
    for side in (world.theirs.live, world.ours.sandbox):
        there = ours.with_values({("path", "portal"): side.door.portal})
        tried.append((there, cookie_name(config, side.door.portal), home.jenny.session.secret))
        tried.append((there, cookie_name(config, home.door.portal), home.jenny.session.secret))
    before = world.digests()
    headers = dict(browser_headers(config))
    for ask, name, secret in choose(tried, str(spot), 2):
        nobody = await send(client, ask, headers)
        assert nobody.status_code in (303, 401), nobody.text
        assert told(await send(client, ask, headers | {"Cookie": f"{name}={secret}"})) == told(nobody), name
    assert changed(before, world.digests()) == set()


async def test_a_session_that_is_over_leads_to_the_way_in(world: World, tenancy: Tenancy) -> None:
    """On every page and for every form, whatever was asked: no error, nothing of the account, and nothing is done."""
    config, home = world.running.config, world.home
    async with tenancy.database.side(home.door.tenant_id) as connection:
        _, secret = await sessions.open_session(
            connection,
            home.door,
            address="jenny@example.com",
            customer=home.jenny.session.customer,
            configuration=(await configurations.read_default(connection)).id,
            locale=None,
            now=await clock(connection) - timedelta(hours=13),
        )
    before, faults = world.digests(), []
    headers = {"Cookie": world.running.cookie(home.door, secret), **browser_headers(config)}
    ids = [each for each in home.jenny.ids.values() if len(each) > 10]
    async with world.running.client(**headers) as client:
        for spot in SIGNED_IN:
            ask = own_request(world, spot)
            answer = await send(client, ask, {})
            is_page = answer.headers.get("content-type", "").startswith("text/html")
            if answer.status_code != 401 or (is_page and "/p/login/" not in unescape(answer.text)):
                faults.append(f"{spot}: {answer.status_code} {answer.text[:200]}")
            asked = f"{ask.url} {ask.form}"
            faults += [f"{spot} tells of {each}" for each in ids if each in answer.text and each not in asked]
    assert faults == []
    assert changed(before, world.digests(), home.door.tenant_id) <= {"sessions"}


@on_each(ENTRANCES)
async def test_a_foreign_challenge_counts_as_none(world: World, spot: Spot) -> None:
    config, theirs, home = world.running.config, world.theirs.live, world.home
    link = f"/p/login/{theirs.door.public_id}{theirs.keys.login_token}"
    async with world.running.client(**browser_headers(config)) as client:
        asked = await client.post(link, data={"email": "somebody@example.com"})
        challenge = asked.headers["set-cookie"].partition("=")[2].partition(";")[0]
        assert (await client.get(link + "/code", headers={"Cookie": asked.headers["set-cookie"]})).status_code == 200
        ask = own_request(world, spot)
        headers = {"Cookie": f"{cookie_name(config, home.door.portal, 'challenge')}={challenge}"}
        before = world.digests()
        with_it, without = await send(client, ask, headers), await send(client, ask, {})
        assert masked_cookies(told(with_it)) == masked_cookies(told(without))
        assert changed(before, world.digests(), theirs.door.tenant_id) == set()


def masked_cookies(answer: tuple[int, dict[str, str], str]) -> tuple[int, dict[str, str], str]:
    status, headers, body = answer
    return status, {name: re.sub(r"=[0-9A-Za-z]{20,}", "=<new>", value) for name, value in headers.items()}, body


@on_each(API)
async def test_a_foreign_key_counts_as_none(
    world: World, client: httpx.AsyncClient, spot: Spot, choose: Choice
) -> None:
    """Half of a key, the other side's prefix, a session, nothing: all are as keys that never existed."""
    ours, theirs = world.home.secret_key, world.theirs.live.secret_key
    sandbox = world.ours.sandbox.secret_key
    half = len("sk_live_") + PUBLIC_ID_LENGTH
    wrong = [
        ours[:half] + theirs[half:],
        theirs[:half] + ours[half:],
        "sk_live_" + sandbox[len("sk_test_") :],
        "sk_test_" + ours[len("sk_live_") :],
        ours[:half] + random_token(32),
        "sk_live_" + random_token(len(ours) - len("sk_live_")),
        "sk_live_" + world.home.jenny.session.secret,
    ]
    asked: list[tuple[dict[str, str], int]] = [({"Authorization": f"Bearer {key}"}, 401) for key in wrong]
    asked.append(({"Cookie": world.running.cookie(world.home.door, world.home.jenny.session.secret)}, 401))
    asked.append(({"Authorization": f"Bearer {world.home.keys.publishable_key}"}, 403))
    ask = own_request(world, spot)
    before = world.digests()
    nobody = await send(client, ask, {"Authorization": f"Bearer {wrong[4]}"})
    for headers, status in choose(asked, str(spot), 2):
        answer = await send(client, ask, headers)
        assert answer.status_code == status, headers
        if status == 401 and "Authorization" in headers:
            assert _without_key(answer) == _without_key(nobody)
    assert changed(before, world.digests()) == set()


def _without_key(answer: httpx.Response) -> str:
    return re.sub(r"sk_\w+_\*+\w*", "<key>", told(answer)[2])


@on_each([each for each in spots() if each.path.startswith("/p/")])
async def test_another_portals_host_serves_nothing_of_ours(
    world: World, client: httpx.AsyncClient, spot: Spot, choose: Choice
) -> None:
    """`{portal}.` in front of the public host serves that portal alone."""
    ask, headers = own_request(world, spot), caller(world, spot)
    host = world.running.config.host
    expected = 421 if "{portal}" in spot.path else 404
    before = world.digests()
    portals = (world.theirs.live.door.portal, world.ours.sandbox.door.portal, "never-existed")
    for portal in choose(portals, str(spot), 1):
        there = f"{portal}.{host}"
        at_theirs = {**headers, "Host": there, "Origin": f"https://{there}"}
        answer = await send(client, ask, at_theirs)
        assert answer.status_code == expected, (portal, answer.text[:300])
    assert changed(before, world.digests()) == set()


async def test_ids_of_ones_own_choice_are_free_on_every_side(
    running_site: RunningSite, tenancy: Tenancy, postgres: PostgresAddresses
) -> None:
    """A product may be called as another tenant's is; only the second one of the same side is refused."""
    ours, theirs = await new_tenant(tenancy), (await new_tenant(tenancy)).live.door
    taken, also_taken = [(await sell(tenancy, theirs)).replace("price", "prod") for _ in range(2)]
    before = digests(postgres)
    headers = {"Authorization": f"Bearer {ours.live.secret_key.reveal()}"}
    async with running_site.client(**headers) as client:
        for form in (
            {"id": taken, "name": "Ours"},
            {"product_data[id]": also_taken, "product_data[name]": "Ours", "currency": "eur"},
        ):
            path = "/v1/products" if "id" in form else "/v1/prices"
            made = await client.post(path, data=form | ({} if "id" in form else {"unit_amount": "5"}))
            assert made.status_code == 200, made.text
        again = await client.post("/v1/products", data={"id": taken, "name": "Again"})
        assert again.json()["error"]["code"] == "resource_already_exists"
        shown = await client.get(f"/v1/products/{taken}")
        assert shown.json()["name"] == "Ours"
    assert changed(before, digests(postgres), theirs.tenant_id) == set()


async def test_an_idempotency_key_is_of_one_side(world: World) -> None:
    key = "same-for-everybody"
    made = []
    async with world.running.client() as client:
        for side in (world.theirs.live, world.theirs.sandbox, world.ours.sandbox, world.home):
            answer = await client.post(
                "/v1/customers",
                data={"name": side.door.portal},
                headers={"Authorization": f"Bearer {side.secret_key}", "Idempotency-Key": key},
            )
            assert answer.status_code == 200, answer.text
            assert "idempotent-replayed" not in answer.headers
            assert answer.json()["name"] == side.door.portal
            made.append(answer.json()["id"])
    assert len(set(made)) == 4


async def test_an_image_is_served_for_its_own_side_alone(world: World, tenancy: Tenancy) -> None:
    theirs = world.theirs.live.door
    async with tenancy.at(theirs) as (connection, side):
        name = await files.keep(connection, theirs.tenant_id, PNG, await clock(connection))
        brand = replace(side.brand, icon_file=name)
    await brand_side(tenancy, theirs, brand)
    async with world.running.client() as client:
        assert (await client.get(f"/brand/{theirs.public_id}/{name}")).content == PNG.content
        for door in (world.home.door, world.theirs.sandbox.door):
            assert (await client.get(f"/brand/{door.public_id}/{name}")).status_code == 404
