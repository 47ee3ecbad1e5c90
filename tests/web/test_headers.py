"""What stands around every answer: headers, cookies, hosts, forged requests, errors (trust.md C1, C6, C10, A14, B10).

Generated from the route table, so that a new route is covered by being there.
"""

import html
import json
import re
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any

import httpx
import pytest
from digests import changed
from furnished import JENNY, customer_with_things
from hired import hire
from hurry import forgets_counts
from litestar import get
from matrix_world import World, caller, login_token, new_world, own_request, send
from msgspec.structs import replace
from sites import HOST, RunningSite, SignedIn, browser_headers, session_token, sign_in
from some_of_many import Choice
from spots import Ask, Spot, spots
from sqlalchemy import select
from walked import on_each

from frontdesk_tenants.embedded import PostgresAddresses
from frontdesk_tenants.tables import challenges, prices
from frontdesk_tenants.tenancy import Tenancy
from frontdesk_web.csrf import FIELD

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'"
)
GOLDEN = {
    "content-security-policy": POLICY + "; upgrade-insecure-requests",
    "strict-transport-security": "max-age=63072000; includeSubDomains",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=()",
}
GOLDEN_PLAIN = {name: value for name, value in GOLDEN.items() if name != "strict-transport-security"} | {
    "content-security-policy": POLICY
}
SHOWS_PREVIEWS = {
    "GET /dashboard/{portal}/portal",
    "GET /dashboard/{portal}/branding",
    "GET /dashboard/{portal}/branding/versions/{version}",
    "GET /dashboard/{portal}/reminders/{stage}",
    "GET /dashboard/{portal}/products/new",
    "GET /dashboard/{portal}/products/{product}",
    "GET /dashboard/{portal}/products/{product}/edit",
    "GET /dashboard/{portal}/products/{product}/prices/new",
}
"""Pages that show a preview in a frame."""
PREVIEWS = {
    "/dashboard/{portal}/portal/preview",
    "/dashboard/{portal}/branding/preview",
    "/dashboard/{portal}/reminders/{stage}/preview",
    "/dashboard/{portal}/products/new/preview",
    "/dashboard/{portal}/products/{product}/preview",
}
"""What may be shown in a frame of ours, by GET and by POST: nothing can be done in it."""
GOLDEN_SHOWS = {"content-security-policy": POLICY.replace("connect-src 'self'", "connect-src 'self'; frame-src 'self'")}
GOLDEN_PREVIEW = {
    "content-security-policy": POLICY.replace("script-src 'self'", "script-src 'none'")
    .replace("form-action 'self'", "form-action 'none'")
    .replace("frame-ancestors 'none'", "frame-ancestors 'self'"),
    "x-frame-options": "SAMEORIGIN",
}
ONE_STYLE = re.compile(r"style-src 'sha256-[A-Za-z0-9+/=]{44}'", re.ASCII)
FOR_EVER, NEVER = "public, max-age=31536000, immutable", "no-store, private"
TELLS_OF_US = re.compile(
    r"Traceback|File \"|line \d+, in|litestar|uvicorn|starlette|sqlalchemy|psycopg|asyncpg|python|site-packages|\.py\b",
    re.IGNORECASE,
)
READING_WRITES: Mapping[str, set[str]] = {
    # A quote fixes what is shown: without its row nothing could be confirmed. It binds nobody. That somebody thinks of
    # leaving is told to the tenant's programs.
    "GET /p/{portal}/subscriptions/{subscription}/cancel": {"quotes", "happenings"},
    "GET /p/{portal}/subscriptions/{subscription}/pause": {"quotes"},
    "GET /p/{portal}/subscriptions/{subscription}/resume": {"quotes"},
    # The document is kept, so that it is the same whenever it is fetched.
    **{
        each: {"documents", "files"}
        for each in (
            "GET /p/{portal}/invoices/{invoice}/pdf",
            "GET /p/{portal}/invoices.zip",
            "GET /dashboard/{portal}/customers/{customer}/invoices/{invoice}/pdf",
            "GET /dashboard/{portal}/customers/{customer}/invoices/{invoice}/payments/{payment}/receipt",
            "GET /dashboard/{portal}/customers/{customer}/credit-notes/{credit_note}/pdf",
        )
    },
    # A link by which the tenant's program signs its customer in: that is what it is for.
    "GET /p/session/{token}": {"sessions", "happenings"},
}
READS = [each for each in spots() if each.method in ("GET", "HEAD")]
FORMS = [
    each
    for each in spots()
    if (each.path.startswith("/p/") or each.is_dashboard) and each.method not in ("GET", "HEAD")
]
WITHOUT_TOKEN = ("POST /p/login/{token}", "POST /dashboard/sign-in", "POST /dashboard/sign-up")
"""Forms that begin something: there is nothing yet that a token could be bound to."""
FORMS_WITH_TOKEN = [each for each in FORMS if str(each) not in WITHOUT_TOKEN]


@pytest.fixture(scope="module")
async def world(running_site: RunningSite, tenancy: Tenancy, postgres: PostgresAddresses) -> World:
    return await new_world(running_site, tenancy, postgres)


@pytest.fixture(scope="module")
def sessions_of_jenny() -> dict[str, tuple[float, SignedIn]]:
    """By name: when they began, and they themselves."""
    return {}


Lately = Callable[[str], Awaitable[SignedIn]]
"""Jenny's session of a name, which began a moment ago, so that no visit needs to be noted."""


@pytest.fixture
def lately(world: World, tenancy: Tenancy, sessions_of_jenny: dict[str, tuple[float, SignedIn]]) -> Lately:
    """The session of a name, or a new one where it is not of the last seconds: a visit is noted once a minute."""

    async def signed_in(name: str) -> SignedIn:
        begun, now = sessions_of_jenny, time.monotonic()
        if name not in begun or now - begun[name][0] > 30:
            begun[name] = now, await sign_in(tenancy, world.home.door, world.home.jenny.ids["customer"], JENNY)
        return begun[name][1]

    return signed_in


@pytest.fixture
async def session(lately: Lately) -> SignedIn:
    """The first of them."""
    return await lately("first")


@pytest.fixture
async def client(world: World) -> AsyncIterator[httpx.AsyncClient]:
    async with world.running.client() as opened:
        yield opened


def assert_golden(answer: httpx.Response, golden: Mapping[str, str] = GOLDEN, cache: str = NEVER) -> None:
    names = [name for name, _ in answer.headers.multi_items()]
    found = {name: answer.headers.get(name) for name in golden}
    # A letter has one style, which is named by what it says.
    found["content-security-policy"] = ONE_STYLE.sub("style-src 'self'", found["content-security-policy"] or "")
    assert found == dict(golden)
    assert answer.headers["cache-control"] == cache
    assert answer.headers["request-id"].startswith("req_")
    assert all(names.count(name) == 1 for name in (*golden, "cache-control", "request-id")), names
    assert not {"server", "x-powered-by", "via"} & set(names)
    assert {"strict-transport-security"} & set(names) <= golden.keys()


def golden_of(spot: Spot) -> Mapping[str, str]:
    """The headers of a route's answer to whoever may see it."""
    own: Mapping[str, str] = {}
    if spot.path == "/v1/files/{file}/contents":
        # What somebody uploaded does nothing, whatever it is.
        inert = {"content-security-policy": "sandbox; default-src 'none'"}
        return GOLDEN | inert | {"cross-origin-resource-policy": "cross-origin"}
    if str(spot) in SHOWS_PREVIEWS:
        own = GOLDEN_SHOWS
    elif spot.path in PREVIEWS:
        own = GOLDEN_PREVIEW
    end = "; upgrade-insecure-requests" + ("; sandbox allow-same-origin" if own is GOLDEN_PREVIEW else "")
    return GOLDEN | own | {"content-security-policy": own.get("content-security-policy", POLICY) + end}


# -- headers ----------------------------------------------------------------------------------------------------------


@on_each(spots())
async def test_every_route_answers_with_the_golden_headers(
    world: World, lately: Lately, client: httpx.AsyncClient, spot: Spot
) -> None:
    """To a stranger. What its caller reads: test_reading_changes_nothing."""
    # What is posted stays harmless: nobody is signed in, or the key is missing.
    assert_golden(await send(client, own_request(world, spot, await lately("first")), {}))


@on_each({spot.path: spot for spot in spots()}.values())
async def test_a_method_that_a_route_does_not_have_is_refused_with_the_golden_headers(
    world: World, lately: Lately, client: httpx.AsyncClient, spot: Spot
) -> None:
    """OPTIONS too, which scripts of other origins would ask: none may."""
    url = own_request(world, spot, await lately("first")).url
    for method in ("PATCH", "OPTIONS"):
        refused = await client.request(method, url)
        assert refused.status_code in (404, 405)
        assert_golden(refused)


@on_each([each for each in spots() if each.is_staffed and each.method == "POST"])
async def test_what_acts_is_never_framed(world: World, client: httpx.AsyncClient, spot: Spot) -> None:
    """Of all that staff can post to, previews alone may be shown in a frame, and they save nothing that counts."""
    ask = own_request(world, spot)
    answer = await send(client, ask.with_values({("form", FIELD): ""}), caller(world, spot))
    assert (answer.status_code, answer.headers["x-frame-options"]) == (403, "DENY")
    if spot.path not in PREVIEWS:
        return
    before = world.digests()
    assert_golden(await send(client, ask, caller(world, spot)), golden_of(spot))
    assert changed(before, world.digests()) <= {"staff_sessions"}


async def test_every_class_of_answer_has_the_golden_headers(world: World, session: SignedIn) -> None:
    running, jenny = world.running, world.home.jenny
    portal = f"/p/{world.home.door.portal}"
    as_jenny = {"Cookie": running.cookie(world.home.door, session.secret), **browser_headers(running.config)}
    big = "name=" + "x" * (1024 * 1024 + 1)
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    api = {"Authorization": f"Bearer {world.home.secret_key}"}
    async with running.client() as client:
        expected = {
            "page": (200, await client.get(portal, headers=as_jenny)),
            "pdf": (200, await client.get(f"{portal}/invoices/{jenny.ids['invoice']}/pdf", headers=as_jenny)),
            "redirect": (303, await client.get(portal)),
            "json": (200, await client.get("/v1/products", headers=api)),
            "not found": (404, await client.get("/nothing/here")),
            "not found in the API": (404, await client.get("/v1/nothing", headers=api)),
            "method": (405, await client.put(portal)),
            "too large": (413, await client.post(f"{portal}/details", content=big, headers=as_jenny | form)),
            "too large for the API": (413, await client.post("/v1/products", content=big, headers=api | form)),
            "forged": (403, await client.post(f"{portal}/details", headers=as_jenny)),
            "no key": (401, await client.get("/v1/products")),
            "other host": (421, await client.get("/livez/", headers={"Host": "evil.example"})),
        }
        for name, (status, answer) in expected.items():
            assert answer.status_code == status, (name, answer.text[:300])
            assert_golden(answer)
        assert expected["pdf"][1].headers["content-type"] == "application/pdf"
        assert expected["pdf"][1].headers["content-disposition"].startswith("attachment; ")


async def test_files_that_never_change_are_kept_for_ever_and_are_as_safe(world: World) -> None:
    running = world.running
    async with running.client() as client:
        page = await client.get(f"/p/login/{world.home.door.public_id}{login_token(world)}")
        files = re.findall(r'(?:href|src)="(/(?:static|brand)/[^"]+)"', html.unescape(page.text))
        assert any(each.startswith("/brand/") for each in files), page.text
        assert any(each.startswith("/static/") for each in files)
        for path in {*files, *(running.site.static_files.url(each) for each in ("portal.css",))}:
            answer = await client.get(path)
            assert answer.status_code == 200
            assert_golden(answer, cache=FOR_EVER)
        assert_golden(await client.get("/static/none.css"))
        assert_golden(await client.get(f"/brand/{world.home.door.public_id}/none.css"))


async def test_over_plain_http_nothing_asks_for_https(plain_site: RunningSite) -> None:
    async with plain_site.client() as client:
        for path in ("/livez", "/nothing", "/v1/products", plain_site.site.static_files.url("portal.css")):
            answer = await client.get(path)
            assert_golden(answer, GOLDEN_PLAIN, FOR_EVER if path.startswith("/static") else NEVER)


@get("/v1/broken")
async def broken_endpoint() -> None:
    """A bug."""
    raise RuntimeError("secret detail of /srv/app/file.py")


@get("/broken")
async def broken_page() -> None:
    """A bug."""
    raise RuntimeError("secret detail of /srv/app/file.py")


@pytest.mark.parametrize(("path", "kind"), [("/broken", "text/html"), ("/v1/broken", "application/json")])
async def test_a_bug_answers_with_a_request_id_and_nothing_else(
    postgres: PostgresAddresses, site_at: Callable[..., RunningSite], path: str, kind: str
) -> None:
    running = site_at(postgres, extra_routes=(broken_page, broken_endpoint))
    async with running.client() as client:
        answer = await client.get(path)
    assert answer.status_code == 500
    assert answer.headers["content-type"].startswith(kind)
    assert_golden(answer)
    assert "secret detail" not in answer.text
    assert not TELLS_OF_US.search(answer.text), answer.text
    assert kind == "application/json" or answer.headers["request-id"] in answer.text


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "TRACE", "PROPFIND"])
@pytest.mark.parametrize(
    "path", ["/p/", "/nothing", "/p/nobody/", "/v1/nothing", "/v1/products/", "/static/", "/p/login/x"]
)
async def test_error_pages_tell_nothing_of_us(running_site: RunningSite, method: str, path: str) -> None:
    async with running_site.client() as client:
        answer = await client.request(method, path)
    assert 400 <= answer.status_code < 500
    assert not TELLS_OF_US.search(answer.text + str(answer.headers)), answer.text
    assert_golden(answer)


# -- forged requests --------------------------------------------------------------------------------------------------


async def signed_in_form(world: World, spot: Spot, session: SignedIn) -> tuple[Ask, dict[str, str]]:
    """The form that a browser would post, with its cookies and the right token."""
    ask, headers = own_request(world, spot, session), caller(world, spot, session)
    if spot.path.startswith(("/p/login/{token}/code", "/dashboard/sign-in/code")):
        link = f"/p/login/{world.home.door.public_id}{login_token(world)}"
        link = "/dashboard/sign-in" if spot.is_dashboard else link
        async with world.running.client() as client:
            asked = await client.post(link, data={"email": JENNY}, headers=browser_headers(world.running.config))
            cookie = asked.headers["set-cookie"].partition(";")[0]
            page = (await client.get(link + "/code", headers={"Cookie": cookie})).text
        token = re.search(rf'name="{FIELD}" value="([^"]+)"', page)
        assert token is not None
        headers["Cookie"] = cookie
        ask = ask.with_values({("form", FIELD): token[1]})
    return ask, headers


def without(headers: Mapping[str, str], *names: str) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name not in names}


@on_each(FORMS)
async def test_a_form_from_elsewhere_is_refused_and_changes_nothing(
    world: World, lately: Lately, client: httpx.AsyncClient, spot: Spot, choose: Choice
) -> None:
    ask, headers = await signed_in_form(world, spot, await lately("first"))
    bare = without(headers, "Origin", "Sec-Fetch-Site")
    origin = world.running.config.base_url
    elsewhere = [
        bare | {"Sec-Fetch-Site": "cross-site"},
        bare | {"Sec-Fetch-Site": "same-site"},
        bare | {"Sec-Fetch-Site": "cross-site", "Origin": origin},
        bare | {"Origin": "https://evil.example"},
        bare | {"Origin": "null"},
        bare | {"Origin": origin.replace("https:", "http:")},
        bare | {"Origin": origin + ":444"},
        bare | {"Origin": origin + ".evil.example"},
        bare | {"Origin": f"https://other.{HOST}"},
        bare | {"Origin": "https://\u00e9vil.example".encode("latin-1").decode("latin-1")},
        headers | {"Sec-Fetch-Site": "none\u00e9"},
    ]
    before = world.digests()
    for each in choose(elsewhere, str(spot), 1):
        encoded = [(name, value.encode("latin-1")) for name, value in each.items()]
        answer = await client.request(spot.method, ask.url, data=dict(ask.form or {}), headers=encoded)
        assert answer.status_code == 403, (each, answer.text[:200])
        assert_golden(answer)
    assert changed(before, world.digests()) == set()


@on_each(FORMS_WITH_TOKEN)
async def test_a_form_without_its_token_is_refused_and_changes_nothing(
    world: World, lately: Lately, client: httpx.AsyncClient, spot: Spot, choose: Choice
) -> None:
    ask, headers = await signed_in_form(world, spot, await lately("first"))
    other_session = await lately("second")
    assert ask.form is not None
    right = ask.form[FIELD]
    tokens = [world.running.csrf(other_session.id), right[:-1], right + "x", "", "\u00fcml\u00e4ut", "\x00", "x" * 5000]
    typed = httpx.QueryParams(dict(ask.form))
    plain = {name: value for name, value in ask.form.items() if name != FIELD}
    ways: list[dict[str, Any]] = [
        {"data": plain},
        {"data": plain, "params": {**ask.query, FIELD: right}},
        *({"data": plain | {FIELD: each}} for each in tokens),
        _bytes_of("application/x-www-form-urlencoded", str(typed.add(FIELD, right))),
        _bytes_of("text/plain", "&".join(f"{name}={value}" for name, value in ask.form.items())),
        _bytes_of("application/json", json.dumps(dict(ask.form))),
        {"method": "GET", "headers": {"X-HTTP-Method-Override": "POST"}},
    ]
    before = world.digests()
    for way in choose(ways, str(spot), 2):
        sent = {"method": spot.method, "url": ask.url} | way | {"headers": headers | way.get("headers", {})}
        answer = await client.request(**sent)
        if sent["method"] == "GET":
            assert answer.status_code < 500, answer.text[:200]
        else:
            assert answer.status_code == 403, (way, answer.text[:200])
    # That staff were there may be noted, once a minute. A GET is one, whatever its header says.
    read = READING_WRITES.get(f"GET {spot.path}", set())
    assert changed(before, world.digests()) - {"quotes", "staff_sessions"} <= read


def _bytes_of(kind: str, body: str) -> dict[str, Any]:
    return {"content": body, "headers": {"Content-Type": kind}}


@on_each([each for each in FORMS if not each.is_deed_of_staff])
async def test_our_own_form_is_let_through(
    world: World, tenancy: Tenancy, client: httpx.AsyncClient, spot: Spot
) -> None:
    """The positive control: with token and origin the same request is not refused.

    What staff and operators change is posted so by test_staff_audit.
    """
    # Sessions that the form may end. Whatever the customer has become by other forms, her form is hers.
    session = await sign_in(tenancy, world.home.door, world.home.jenny.ids["customer"], JENNY)
    ours = replace(world.ours, owner=await hire(tenancy, world.home.door))
    fresh = World(world.running, ours, world.theirs, world.addresses, world.operator)
    ask, headers = await signed_in_form(fresh, spot, session)
    answer = await send(client, ask, headers)
    assert answer.status_code != 403, answer.text[:300]


async def _dear_price(tenancy: Tenancy, world: World) -> str:
    """Whatever the portal offers by now: a form among those that are posted here says what it offers."""
    async with tenancy.database.side(world.home.door.tenant_id) as connection:
        found = await connection.scalars(
            select(prices.c.id).where(prices.c.product == world.home.jenny.ids["dear product"])
        )
        return str(found.first())


@on_each(READS)
async def test_reading_changes_nothing(world: World, lately: Lately, client: httpx.AsyncClient, spot: Spot) -> None:
    session = await lately("first")
    before = world.digests()
    answer = await send(client, own_request(world, spot, session), caller(world, spot, session))
    assert answer.status_code < 500
    assert_golden(answer, golden_of(spot))
    noted = {"staff_sessions"} if spot.is_dashboard else set()
    assert changed(before, world.digests()) - noted <= READING_WRITES.get(str(spot), set())


# -- cookies ----------------------------------------------------------------------------------------------------------


@pytest.fixture(params=["running_site", "plain_site"])
async def any_site(request: pytest.FixtureRequest) -> RunningSite:
    """Both as production is and as the demo is."""
    return request.getfixturevalue(request.param)


async def test_every_cookie_is_as_tight_as_it_can_be(any_site: RunningSite, world: World, tenancy: Tenancy) -> None:
    """All of a visit: code asked for, typed, signed in, switched, signed out, sent away; and the tenant's own link."""
    door, jenny = world.home.door, world.home.jenny
    link, portal = f"/p/login/{door.public_id}{login_token(world)}", f"/p/{door.portal}"
    set_cookies: list[str] = []
    jar: dict[str, str] = {}
    # One network may ask for so many codes, and all tests of a worker are one.
    forgets_counts(any_site.port)
    headers = dict(browser_headers(any_site.config))

    async with any_site.client() as client:

        async def visit(method: str, path: str, **form: str) -> httpx.Response:
            cookie = "; ".join(f"{name}={value}" for name, value in jar.items())
            sent = headers | ({"Cookie": cookie} if cookie else {})
            answer = await client.request(method, path, data=form or None, headers=sent)
            for each in answer.headers.get_list("set-cookie"):
                set_cookies.append(each)
                name, _, value = each.partition(";")[0].partition("=")
                jar[name] = value
            return answer

        address = f"cookie-{any_site.port}@example.com"
        await customer_with_things(tenancy, door, jenny.ids["price"], await _dear_price(tenancy, world), address)
        await visit("POST", link, email=address)
        token = _token((await visit("GET", link + "/code")).text)
        signed_in = await visit("POST", link + "/code", code=await _code(tenancy, world, address), csrf=token)
        assert signed_in.status_code == 303, signed_in.text[:500]
        home = await visit("GET", portal)
        assert home.status_code == 200
        assert (await visit("POST", f"{portal}/sign-out", csrf=_token(home.text))).status_code == 303
        await visit("GET", portal)
        await visit("GET", f"/p/session/{await session_token(tenancy, door, jenny.ids['customer'])}")
        assert (await visit("GET", portal)).status_code == 200
        one = await sign_in(tenancy, door, jenny.ids["customer"], JENNY)
        jar.update(dict([any_site.cookie(door, one.secret).split("=")]))
        page = (await visit("GET", portal)).text
        other = re.search(r'name="customer" value="([^"]+)"', page)
        assert other is not None
        assert (await visit("POST", f"{portal}/switch", customer=other[1], csrf=_token(page))).status_code == 303
        jar.update(dict([any_site.cookie(door, one.secret).split("=")]))
        assert (await visit("POST", f"{portal}/sign-out", csrf="x")).status_code == 401

    prefix = "" if any_site.config.plain_http else "__Host-"
    names = {each.partition("=")[0] for each in set_cookies}
    assert names == {f"{prefix}fd-{door.portal}{suffix}" for suffix in ("", "-challenge", "-browser", "-page")}
    for each in set_cookies:
        assert len(each) < 4096
        attributes = {part.strip().partition("=")[0].lower(): part.strip() for part in each.split(";")[1:]}
        assert "httponly" in attributes
        assert attributes["samesite"].lower() == "samesite=lax"
        assert attributes["path"].lower() == "path=/"
        assert "domain" not in attributes
        assert ("secure" in attributes) is not any_site.config.plain_http


def _token(page: str) -> str:
    found = re.search(rf'name="{FIELD}" value="([^"]+)"', page)
    assert found is not None
    return found[1]


async def _code(tenancy: Tenancy, world: World, address: str) -> str:
    """The passcode that waits for the worker."""
    side = world.home.door.tenant_id
    async with tenancy.database.side(side) as connection:
        row = (
            await connection.execute(
                select(challenges.c.id, challenges.c.code_sealed).where(challenges.c.address == address)
            )
        ).one()
    return tenancy.vault.open(bytes(row.code_sealed), side, f"challenges.code_sealed.{row.id}").decode()


# -- hosts ------------------------------------------------------------------------------------------------------------


def asked_raw(running: RunningSite, request: bytes) -> tuple[int, bytes]:
    """The answer to bytes as they are: its status and all of it."""
    with socket.create_connection(("127.0.0.1", running.port), timeout=10) as connection:
        connection.sendall(request)
        answer = b""
        while piece := connection.recv(65536):
            answer += piece
    return int(answer.split(b" ", 2)[1]), answer


FOREIGN_HOSTS = [
    "evil.example",
    f"{HOST}.evil.example",
    f"evil.example.{HOST}",
    f"{HOST}:8443",
    f"{HOST}:443:443",
    f"{HOST}.",
    f"user@{HOST}",
    f"{HOST}/",
    f".{HOST}",
    f"{HOST}, evil.example",
    "127.0.0.1",
    "[::1]",
    "b\u00fcro.example",
    "xn--bro-hoa.example",
    "",
    " ",
    "a" * 5000,
]


@pytest.mark.parametrize("host", FOREIGN_HOSTS, ids=lambda each: each[:40] or "none")
def test_a_host_that_is_not_ours_is_not_served(running_site: RunningSite, host: str) -> None:
    head = b"GET /nothing HTTP/1.1\r\nHost: " + host.encode() + b"\r\nConnection: close\r\n\r\n"
    status, _ = asked_raw(running_site, head)
    assert status in (400, 421)


@pytest.mark.parametrize(
    "head",
    [
        b"GET /nothing HTTP/1.1\r\n",
        b"GET /nothing HTTP/1.1\r\nHost: billing.example.com\r\nHost: evil.example\r\n",
        b"GET /nothing HTTP/1.1\r\nHost: evil.example\r\nHost: billing.example.com\r\n",
        b"GET /nothing HTTP/1.1\r\nHost: evil.example\r\nX-Forwarded-Host: billing.example.com\r\n",
        b"GET /nothing HTTP/1.0\r\n",
        b"GET http://billing.example.com/nothing HTTP/1.1\r\nHost: evil.example\r\n",
    ],
)
def test_no_host_or_two_or_a_forwarded_one_are_not_served(running_site: RunningSite, head: bytes) -> None:
    status, _ = asked_raw(running_site, head + b"Connection: close\r\n\r\n")
    assert status in (400, 421)


async def test_links_are_never_built_from_a_header(world: World) -> None:
    """A known host in whatever case is served, and what else a request claims of hosts shows nowhere."""
    door = world.home.door
    link = f"/p/login/{door.public_id}{login_token(world)}"
    claims = {
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "gopher",
        "X-Original-URL": "/evil",
        "X-Rewrite-URL": "/evil",
        "Forwarded": "host=evil.example",
    }
    async with world.running.client(Host=HOST.upper(), **claims) as client:
        answers = [
            await client.get(link),
            await client.get(f"/p/{door.portal}"),
            await client.get("/nothing"),
            await client.get("/v1/products"),
            await client.post(
                "/v1/billing_portal/sessions",
                data={"customer": world.home.jenny.ids["customer"]},
                headers={"Authorization": f"Bearer {world.home.secret_key}"},
            ),
        ]
    assert [each.status_code for each in answers] == [200, 303, 404, 401, 200]
    assert all("evil" not in each.text + str(each.headers) for each in answers)
    assert answers[-1].json()["url"].startswith(f"https://{HOST}/p/session/live_")
