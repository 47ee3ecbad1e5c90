"""Ways into another tenant's house that are no ids: cookies, caches, hosts in letters, fields nobody asked for.

Trust.md B10, B12, B13, B23, B24.
"""

import asyncio
import re
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from catalog_findings import as_admin
from certificates import certificate
from digests import changed
from dumps import dumped
from furnished import customer_with_things, furnish_terms
from furnished_database import Furnished
from hired import hire
from marked_tenants import letters_of_all
from matrix_world import World, caller, new_world, own_request, send
from msgspec.structs import replace
from posts import mailbox
from route_table import PORTAL_FIELDS, PUBLIC
from servers import chromium
from sides import MASTER_KEY, sell
from sites import HOST, RunningSite
from some_of_many import Choice
from spots import Spot, endpoint_of, spots
from walked import on_each

from frontdesk.plugins import PluginHost
from frontdesk_tenants.embedded import PostgresAddresses
from frontdesk_tenants.tenancy import Tenancy
from frontdesk_web.config import Smtp
from frontdesk_web.cookies import cookie_name
from frontdesk_web.csrf import FIELD
from frontdesk_web.dashboard.house_face import JAR


@pytest.fixture(scope="module")
async def world(running_site: RunningSite, tenancy: Tenancy, postgres: PostgresAddresses) -> World:
    return await new_world(running_site, tenancy, postgres)


@pytest.fixture
async def client(world: World) -> AsyncIterator[httpx.AsyncClient]:
    async with world.running.client() as opened:
        yield opened


@asynccontextmanager
async def opened(addresses: PostgresAddresses) -> AsyncIterator[Tenancy]:
    tenancy = Tenancy(addresses.app_url, (MASTER_KEY,), PluginHost.load())
    await tenancy.open()
    try:
        yield tenancy
    finally:
        await tenancy.aclose()


# -- hosts in letters (B10) -------------------------------------------------------------------------------------------


async def test_links_in_letters_lead_to_the_stored_host_whatever_the_request_said(
    furnished_database: Furnished, site_at: Callable[..., RunningSite]
) -> None:
    addresses, pair = furnished_database
    async with mailbox() as post, opened(addresses) as tenancy:
        smtp = Smtp(host="127.0.0.1", port=post.port, tls="none", sender="billing@frontdesk.example.com")
        running = site_at(addresses, smtp=smtp)
        world = await new_world(running, tenancy, addresses, pair)
        home = world.home
        link = f"/p/login/{home.door.public_id}{home.keys.login_token}"
        claims = {"X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example", "X-Forwarded-Proto": "http"}
        async with running.client(**claims) as client:
            for host in (HOST, HOST.upper(), f"{home.door.portal}.{HOST}"):
                headers = {"Host": host, "Origin": f"https://{host.lower()}", "Sec-Fetch-Site": "same-origin"}
                asked = await client.post(link, data={"email": "jenny@example.com"}, headers=headers)
                assert asked.status_code == 303
                asked = await client.post(
                    "/dashboard/sign-in", data={"email": world.ours.owner.address}, headers=headers
                )
                assert asked.status_code == 303
        await letters_of_all(addresses, running)
        assert len(post.letters) >= 4
        led_to = set()
        for letter in post.letters:
            told = "".join(str(part.get_content()) for part in letter.walk() if part.get_content_maintype() == "text")
            assert "evil.example" not in told + str(letter.items())
            led_to |= set(re.findall(r"https?://([^/\s\"<>]+)", told))
        assert led_to == {HOST}


# -- cookies (B12) ----------------------------------------------------------------------------------------------------


async def test_a_cookie_under_another_name_counts_as_none(world: World) -> None:
    """What a sibling domain can set is called otherwise: `__Host-` is kept for a host's own."""
    home, config = world.home, world.running.config
    doors = {
        f"/p/{home.door.portal}": (cookie_name(config, home.door.portal), home.jenny.session.secret),
        f"/dashboard/{home.door.portal}": (cookie_name(config, JAR), world.ours.owner.secret),
    }
    async with world.running.client() as client:
        for path, (name, secret) in doors.items():
            bare = name.removeprefix("__Host-")
            assert (await client.get(path, headers={"Cookie": f"{name}={secret}"})).status_code == 200
            nobody = await client.get(path)
            for tossed in (
                bare,
                f"__Secure-{bare}",
                f"__host-{bare}",
                name.upper(),
                f"{name}x",
                f"_Host-{bare}",
                f"%5F_Host-{bare}",
            ):
                answer = await client.get(path, headers={"Cookie": f"{tossed}={secret}"})
                assert answer.status_code == nobody.status_code == 303, tossed
            # A tossed one beside the real one changes nothing.
            both = f"{bare}=x; {name}={secret}; __Secure-{bare}=y"
            assert (await client.get(path, headers={"Cookie": both})).status_code == 200


@asynccontextmanager
async def in_front(server: ssl.SSLContext, answer: Callable[[], int] | bytes) -> AsyncIterator[int]:
    """TLS on a port of this machine: in front of the server at a port, or of a few bytes that everybody gets."""

    async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while piece := await reader.read(65536):
                writer.write(piece)
                await writer.drain()
        except OSError:
            pass
        finally:
            writer.close()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if isinstance(answer, bytes):
            await reader.readuntil(b"\r\n\r\n")
            writer.write(answer)
            await writer.drain()
            writer.close()
            return
        inner, outer = await asyncio.open_connection("127.0.0.1", answer())
        await asyncio.gather(pump(reader, outer), pump(inner, writer))

    listening = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=server)
    try:
        yield int(listening.sockets[0].getsockname()[1])
    finally:
        listening.close()


@pytest.mark.browser
async def test_a_sibling_domain_signs_nobody_in_to_its_own_session(
    world: World, postgres: PostgresAddresses, site_at: Callable[..., RunningSite], tmp_path: Path
) -> None:
    """Cookie tossing in a real browser: evil.example.com hands out its session for billing.example.com."""
    server, _ = certificate(tmp_path, "billing.example.com", "evil.example.com")
    port_of_site: list[int] = []
    async with in_front(server, lambda: port_of_site[0]) as port:
        running = site_at(postgres, base_url=f"https://{HOST}:{port}")
        port_of_site.append(running.port)
        name, secret = cookie_name(running.config, world.home.door.portal), world.home.jenny.session.secret
        tossed = [
            f"{prefix}={secret}; Domain=example.com; Path=/; Secure" for prefix in (name, "fd-tossed", "__Host-a")
        ]
        evil = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n"
        evil += "".join(f"Set-Cookie: {each}\r\n" for each in tossed) + "\r\n"
        async with (
            in_front(server, evil.encode()) as port_of_evil,
            chromium("--host-resolver-rules=MAP *.example.com 127.0.0.1") as browser,
        ):
            context = await browser.new_context(ignore_https_errors=True)
            page = await context.new_page()
            home = f"https://{HOST}:{port}/p/{world.home.door.portal}"
            await page.goto(f"https://evil.example.com:{port_of_evil}/")
            kept = {each["name"] for each in await context.cookies()}
            assert kept == {"fd-tossed"}, "the control: the browser takes what is not kept for hosts"
            await page.goto(home)
            assert page.url != home
            # The control: the same session is good when the host itself has set it.
            await context.add_cookies(
                [{"name": name, "value": secret, "url": f"https://{HOST}:{port}/", "secure": True}]
            )
            await page.goto(home)
            assert page.url == home


# -- caches (B13) -----------------------------------------------------------------------------------------------------

READS = [each for each in spots() if each.method == "GET"]


@on_each(READS)
async def test_what_a_cache_may_keep_is_the_same_for_everybody(
    world: World, client: httpx.AsyncClient, spot: Spot, choose: Choice
) -> None:
    """Asked by customers, keys and staff of two tenants and by nobody, under one address.

    One place says it for all answers of the API: in `make test` a third of its routes are asked.
    """
    if spot.is_api and not choose((True, False, False), f"{spot} kept", 1)[0]:
        return
    ask = own_request(world, spot)
    turned = replace(world, ours=world.theirs, theirs=world.ours)
    others = (caller(turned, spot), {})
    answers = [await send(client, ask, headers) for headers in (caller(world, spot), *choose(others, str(spot), 1))]
    for answer in answers:
        rules = {each.strip() for each in answer.headers["cache-control"].split(",")}
        if {"no-store", "private"} <= rules:
            continue
        assert answer.status_code == 200
        assert "set-cookie" not in answer.headers
        assert "public" in rules
        assert {each.content for each in answers} == {answer.content}
        assert str(spot) in PUBLIC


# -- ids (B23) --------------------------------------------------------------------------------------------------------


# Test clocks are of sandboxes, and refused here whatever they are called: `test_api_clocks` guesses at them there.
GUESSED = [
    each for each in spots() if (each.is_signed_in or each.is_api) and not each.path.startswith("/v1/test_helpers/")
]


@on_each(GUESSED)
async def test_ids_are_neither_counted_nor_guessed(
    world: World, client: httpx.AsyncClient, spot: Spot, choose: Choice
) -> None:
    """Numbers, places in a list and neighbours of a known id name nothing."""
    ask, headers = own_request(world, spot), caller(world, spot)
    opaque = [name for name in spot.parameters if name not in ("portal", "kind", "token")]
    for name in opaque:
        own = ask.path[name]
        prefix, _, rest = own.rpartition("_")
        if prefix == "txcd":
            continue  # a number that all the world knows
        guesses = ["1", "0", f"{prefix}_{'0' * len(rest)}", own[:-1] + "-", own + "0", own.swapcase()]
        if len(rest) == 22:
            # Of our own making: the product and price of the tests are called by their tenants.
            guesses += [f"{prefix}_1", own[:-1], *(own[:-1] + each for each in "aZ5" if each != own[-1])]
        # The API finds everything in one way.
        for guess in choose(guesses, f"{spot} {name}", 1 if spot.is_api else 2):
            answer = await send(client, ask.with_values({("path", name): guess}), headers)
            # Stripe refuses each account that is not the caller's own alike, whether or not there is one.
            missing = 403 if spot.path == "/v1/accounts/{account}" else 404
            assert answer.status_code == missing, f"{spot} with {guess}: {answer.status_code}"


async def test_an_invoice_is_not_found_by_its_number(world: World) -> None:
    jenny = world.home.jenny
    async with world.running.client() as client:
        headers = {"Authorization": f"Bearer {world.home.secret_key}"}
        path = f"/v1/invoices/{jenny.ids['invoice']}"
        number = (await client.get(path, headers=headers)).json()["number"]
        assert number
        assert (await client.get(f"/v1/invoices/{number}", headers=headers)).status_code == 404
        cookie = {"Cookie": world.running.cookie(world.home.door, jenny.session.secret)}
        page = f"/p/{world.home.door.portal}/invoices"
        assert (await client.get(f"{page}/{jenny.ids['invoice']}", headers=cookie)).status_code == 200
        assert (await client.get(f"{page}/{number}", headers=cookie)).status_code == 404


# -- fields that nobody asked for (B24) -------------------------------------------------------------------------------

EXTRAS = (
    *("tenant_id", "side", "portal", "firm_id", "livemode", "live", "id", "object", "created", "version"),
    *("role", "right", "rights", "admin", "is_admin", "operator", "permissions", "person", "staff", "member"),
    *("amount", "amount_due", "amount_paid", "total", "unit_amount", "balance", "paid", "number", "due_date"),
    *("customer", "address_verified", "status", "configuration", "actor", "hash", "expires_at", "source", "deleted"),
    *("__proto__", "constructor", "_method", "self", "body", "settings_sealed"),
)
CANARY = "zz9nobodyasked"


@on_each([each for each in spots() if each.is_api])
async def test_the_api_refuses_parameters_that_it_does_not_know(
    world: World, client: httpx.AsyncClient, spot: Spot, choose: Choice
) -> None:
    ask, headers = own_request(world, spot), caller(world, spot)
    endpoint = endpoint_of(spot)
    where = "query" if spot.method in ("GET", "DELETE") else "form"
    before = world.digests()
    for name in choose([each for each in EXTRAS if each not in endpoint.takes], str(spot), 1):
        asked = ask.with_values({(where, name): CANARY})
        answer = await send(client, asked, headers, json=endpoint.body == "json")
        assert answer.status_code == 400, f"{name}: {answer.text[:200]}"
        error = answer.json()["error"]
        assert (error["code"], error["param"]) == ("parameter_unknown", name)
    assert changed(before, world.digests()) == set()


async def test_forms_bind_no_field_that_they_do_not_show(world: World, tenancy: Tenancy, choose: Choice) -> None:
    """Each form is posted as its page would, with more fields than it has; nothing of those is written anywhere."""
    home, jenny = world.home, world.home.jenny
    tried = set()
    shared = {name: value for name, value in jenny.ids.items() if name not in OF_A_CUSTOMER}
    async with world.running.client() as client:
        forms = [each for each in spots() if not each.is_api and each.method == "POST"]
        # A sixth of the forms: each is tried if the first thing that is chosen for it says so.
        for number, spot in enumerate(each for each in forms if choose((True, *[False] * 5), str(each), 1)[0]):
            owner = await hire(tenancy, home.door)
            price, dear = await sell(tenancy, home.door), await sell(tenancy, home.door, amount=3000)
            address = f"extra-{number}@example.com"
            # Forms archive what everybody shares.
            terms = await furnish_terms(tenancy, home.door)
            things = await customer_with_things(tenancy, home.door, price, dear, address, shared | terms)
            fresh = replace(world, ours=replace(world.ours, owner=owner))
            ask, headers = own_request(fresh, spot, things.session), caller(fresh, spot, things.session)
            own = {("path", name): things.ids[name] for name in ask.path if name in OF_A_CUSTOMER}
            known = {name for where, name in PORTAL_FIELDS[str(spot)] if where == "form"} | {FIELD}
            extra = {("form", name): CANARY for name in EXTRAS if name not in known}
            if "quote" in ask.query:
                own[("query", "quote")] = things.ids["cancellation"]
            answer = await send(client, ask.with_values(own | extra), headers)
            assert answer.status_code < 500, spot
            if answer.status_code < 400:
                tried.add(str(spot))
    assert len(tried) > 10, "hardly any form was taken"
    written = {table for table, text in dumped(world.addresses).items() if CANARY in text}
    assert written <= {"request_log"}
    with as_admin(world.addresses) as admin:
        # What programs asked for, and were refused, is noted for their developers: theirs, and no form's.
        noted = admin.execute("SELECT path FROM request_log t WHERE strpos(t::text, %s) > 0", [CANARY]).fetchall()
        assert [path for (path,) in noted if not path.startswith(("/v1/", "/v2/"))] == []
        roles = admin.execute("SELECT DISTINCT role FROM staff WHERE tenant_id = %s", [home.door.tenant_id]).fetchall()
    assert {role for (role,) in roles} <= {"owner", "admin", "developer", "support", "read_only"}


OF_A_CUSTOMER = ("customer", "account", "subscription", "item", "invoice", "line", "payment", "quote", "cancellation")
