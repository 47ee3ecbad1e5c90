"""Garbage, on every route of the table: each time a clear answer, never a 500 (issue: bad input; trust.md C9)."""

import asyncio
import base64
from collections.abc import AsyncIterator, Callable, Iterator

import httpx
import psycopg
import pytest
from furnished_database import Furnished
from hired import operate
from hurry import asks_again
from matrix_world import World, caller, new_world, own_request, send
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict
from route_table import PORTAL_FIELDS
from sides import opened_at
from sites import RunningSite
from some_of_many import Choice
from spots import Ask, Spot, all_parameters, endpoint_of, spots, takes_files
from walked import on_each

from frontdesk_tenants.embedded import PostgresAddresses
from frontdesk_tenants.tenancy import Tenancy

GARBAGE = (
    "%00",
    "a%00b",
    "%FF%FE",
    "%ED%A0%80",
    "%C3%A9",
    "%F0%9F%92%B8",
    "%EF%BF%BF",
    "%0D%0AX-Evil:%201",
    "..%2F..%2Fetc%2Fpasswd",
    "%27%20OR%201=1--",
    "%25s%25s%25n",
    "%E2%80%AE",
    "%20",
    "-1",
    "1e999",
    "99999999999999999999999999",
    "null",
    "[]",
    "x" * 6000,
)
"""Percent-encoded, as it stands in a path, a query or a form."""
WORST = ("a%00b", "%ED%A0%80", "%FF", "99999999999999999999999999", "x" * 6000)
"""For the API, which has many parameters and reads them all in one way."""
SOME_PARAMETERS = 2
"""How many of the API's parameters each of its routes is tried with in `make test`."""
A_THIRD = (True, False, False)
"""Routes that share what reads a thing take turns in `make test`: one of them if the first that is chosen says so."""
FORM, JSON = "application/x-www-form-urlencoded", "application/json"
BODIES: tuple[tuple[str | None, bytes], ...] = (
    (FORM, b"\x00\xff\xfe%%%&&==[[]]"),
    (FORM, b"&".join(b"f%d=1" % number for number in range(2000))),
    (FORM, b"a" + b"[b]" * 500 + b"=1"),
    (FORM, b"a[0]=1&a[b]=2&a=3"),
    (FORM, b"a=%ED%A0%80&b=%00&c=%F"),
    (JSON, b"{"),
    (JSON, b"[" * 100_000),
    (JSON, b'{"a":' * 5000),
    (JSON, b'{"a": "\\ud800", "b": NaN, "c": 1e999}'),
    (JSON, b'"text"'),
    (JSON, b"[]"),
    (JSON, b"null"),
    (JSON, b"\xff\xfe"),
    ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--x--\r\n'),
    ("multipart/form-data", b"--"),
    ("application/xml", b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'),
    ("text/plain; charset=utf-7", b"+ADw-"),
    ("x" * 3000, b"a=1"),
    ("\u00e9/\u00e9;;=".encode("latin-1").decode("latin-1"), b"a=1"),
    (None, b"a=1"),
)
HEADERS: tuple[dict[str, bytes], ...] = (
    {"Cookie": b"=;;;\xff\xfe; \x01=\x02; a=b=c; $Version=1; __Host-fd-=x"},
    {"Cookie": b"x" * 6000},
    {"Authorization": b"Bearer \xff\xfe"},
    {"Authorization": b"Bearer sk_live_" + "\u00e9".encode() * 30},
    {"Authorization": b"Bearer " + b"x" * 6000},
    {"Authorization": b"Basic !!!"},
    {"Authorization": b"Basic " + base64.b64encode(b"\xff\xfe:\x00")},
    {"Authorization": b"Digest x"},
    {"Authorization": b""},
    {"Accept-Language": b"\xff, *;q=nan, de;q=1e999, " + b"x-" * 500},
    {"Accept": b"\xff/\xff;q=x"},
    {"Idempotency-Key": b"\xff" * 255},
    {"Idempotency-Key": b"x" * 256},
    {"Stripe-Version": b"\xff"},
    {"X-Forwarded-For": b"\xff, 999.1.1.1, ::::, " + b"1," * 500},
    {"Content-Encoding": b"gzip"},
    {"Range": b"bytes=9999999999-0"},
    {"If-None-Match": b"\xff", "If-Modified-Since": b"never"},
    {"Expect": b"200-nothing"},
)


@pytest.fixture(scope="module")
async def world(running_site: RunningSite, tenancy: Tenancy, postgres: PostgresAddresses) -> World:
    return await new_world(running_site, tenancy, postgres)


@pytest.fixture
async def client(world: World) -> AsyncIterator[httpx.AsyncClient]:
    async with world.running.client() as opened:
        yield opened


async def raw(
    client: httpx.AsyncClient, method: str, target: str, headers: dict[str, bytes], body: bytes | None = None
) -> httpx.Response:
    """Send a request as it is written: httpx neither encodes nor corrects its target."""
    base = client.base_url
    url = httpx.URL(scheme=base.scheme, host=base.host, port=base.port, raw_path=target.encode("ascii"))
    sent = [(name.encode(), value) for name, value in headers.items()]
    while True:
        answer = await client.request(method, url, headers=sent, content=body)
        seconds = asks_again(answer)
        if seconds is None:
            return answer
        await asyncio.sleep(seconds)


def encoded(headers: dict[str, str]) -> dict[str, bytes]:
    return {name: value.encode("latin-1") for name, value in headers.items()}


def harmless(world: World, spot: Spot) -> Ask:
    """A request that removes nothing whatever else is wrong with it."""
    own = own_request(world, spot)
    if spot.method == "DELETE":
        return own.with_values({("path", name): "none" for name in spot.parameters})
    return own


def is_read_apart(spot: Spot, what: str, choose: Choice) -> bool:
    """Whether a route is tried with it: pages read for themselves, the API's routes in one way, so that a third do."""
    return not spot.is_api or choose(A_THIRD, f"{spot} {what}", 1)[0]


def assert_clear(answer: httpx.Response, at: str) -> None:
    assert answer.status_code < 500, f"{at}: {answer.status_code} {answer.text[:400]}"


@on_each([each for each in spots() if each.parameters])
async def test_garbage_in_the_path(world: World, client: httpx.AsyncClient, spot: Spot, choose: Choice) -> None:
    headers = encoded(caller(world, spot))
    for name in spot.parameters:
        for garbage in choose((*GARBAGE, "", ".", "%2F", "*"), f"{spot} {name}", 1):
            path = spot.path.replace("{" + name + "}", garbage)
            rest = Ask(spot=Spot(method=spot.method, path=path), path=harmless(world, spot).path)
            assert_clear(await raw(client, spot.method, rest.url, headers), f"{spot} with {name}={garbage[:40]}")


@on_each(spots())
async def test_garbage_in_the_query(world: World, client: httpx.AsyncClient, spot: Spot, choose: Choice) -> None:
    headers, ask = encoded(caller(world, spot)), harmless(world, spot)
    path = ask.url.partition("?")[0]
    known = query_names(spot)
    unknown = choose(("lang", "a%00", "%FF", "expand[]", "expand[0][a]"), str(spot), 1)
    names = [*known, *unknown]
    # All parameters of the API are read in one way.
    tried = choose(known, str(spot), SOME_PARAMETERS) if spot.is_api else known
    queries = [
        f"{name}={garbage}"
        for name in tried
        for garbage in choose(WORST if spot.is_api else GARBAGE, f"{spot} {name}", 1)
    ]
    wild = ("&" * 500, "=" * 500, "a[" * 200, "&".join(f"q{number}" for number in range(3000)), "?" * 50, "%")
    strange = [f"{name}={garbage}" for name in unknown for garbage in choose(WORST, f"{spot} {name}", 1)]
    strange += [f"{name}=1&{name}=2&{name}[]=3&{name}[a]=4" for name in names]
    if is_read_apart(spot, "strange", choose):
        queries += choose([*wild, *strange], f"{spot} strange", 1)
    for query in queries:
        assert_clear(await raw(client, spot.method, f"{path}?{query}", headers), f"{spot} with {query[:60]}")


@on_each([each for each in spots() if each.method not in ("GET", "HEAD")])
async def test_garbage_in_the_body(world: World, client: httpx.AsyncClient, spot: Spot, choose: Choice) -> None:
    headers, ask = encoded(caller(world, spot)), harmless(world, spot)
    for kind, body in choose(BODIES, str(spot), 1) if is_read_apart(spot, "body", choose) else ():
        typed = headers if kind is None else headers | {"Content-Type": kind.encode("latin-1")}
        assert_clear(
            await raw(client, spot.method, ask.url, typed, body), f"{spot} with {kind and kind[:40]} {body[:40]!r}"
        )
    # One limit is for all routes but those that take files.
    if not (takes_files(spot) or choose(A_THIRD, f"{spot} big", 1)[0]):
        return
    for kind in choose((FORM, JSON), str(spot), 1):
        big = b"name=" + b"x" * (1024 * 1024)
        answer = await raw(client, spot.method, ask.url, headers | {"Content-Type": kind.encode()}, big)
        # What takes files does not read a body that is no form at all, however large, so there is no token in it.
        expected = 403 if kind == JSON and takes_files(spot) else 413
        assert answer.status_code == expected, f"{spot}: {answer.status_code}"


@on_each([each for each in spots() if each.method not in ("GET", "HEAD")])
async def test_garbage_in_every_field(world: World, client: httpx.AsyncClient, spot: Spot, choose: Choice) -> None:
    """The rest of the request is as it should be, so that the garbage gets as far as it can."""
    headers, ask = encoded(caller(world, spot)), harmless(world, spot)
    if spot.is_api and endpoint_of(spot).body == "json":
        for body in json_bodies(spot, choose):
            answer = await raw(client, spot.method, ask.url, headers | {"Content-Type": JSON.encode()}, body)
            assert_clear(answer, f"{spot} with {body[:80]!r}")
        return
    form, names = dict(ask.form or {}), form_names(spot)
    for name in choose(names, str(spot), SOME_PARAMETERS) if spot.is_api else names:
        for garbage in choose(WORST if spot.is_api else GARBAGE, f"{spot} {name}", 1):
            rest = {other: value for other, value in form.items() if not (other + "[").startswith(name + "[")}
            body = f"{httpx.QueryParams(rest)}&{name}={garbage}".encode()
            answer = await raw(client, spot.method, ask.url, headers | {"Content-Type": FORM.encode()}, body)
            assert_clear(answer, f"{spot} with {name}={garbage[:40]}")


def form_names(spot: Spot) -> list[str]:
    if spot.is_api:
        return [*all_parameters(endpoint_of(spot).takes), "metadata[a]", "metadata[%00]", "expand[]"]
    return [name for (where, name) in PORTAL_FIELDS[str(spot)] if where == "form"] + ["csrf"]


def query_names(spot: Spot) -> list[str]:
    if spot.is_api:
        return list(all_parameters(endpoint_of(spot).takes)) if spot.method == "GET" else []
    return [name for (where, name) in PORTAL_FIELDS.get(str(spot), {}) if where == "query"]


def json_bodies(spot: Spot, choose: Choice) -> Iterator[bytes]:
    """Each parameter with a value of each type."""
    values = (
        "null",
        "true",
        "-1",
        "1e400",
        '""',
        '"\\u0000"',
        '"\\ud800"',
        '"\\uffff"',
        "[]",
        "[[]]",
        "{}",
        '{"a":{}}',
    )
    for name in choose(list(all_parameters(endpoint_of(spot).takes)), str(spot), SOME_PARAMETERS):
        steps = name.replace("]", "").split("[")
        for value in choose((*values, '"' + "x" * 6000 + '"'), f"{spot} {name}", 2):
            body = value
            for step in reversed(steps):
                body = f"[{body}]" if step.isdigit() else f'{{"{step}": {body}}}'
            yield body.encode()


@on_each(spots())
async def test_garbage_in_the_headers(world: World, client: httpx.AsyncClient, spot: Spot, choose: Choice) -> None:
    # What stands before the routes reads them, or what all routes of a face share.
    if not choose(A_THIRD, f"{spot} headers", 1)[0]:
        return
    headers, ask = encoded(caller(world, spot)), harmless(world, spot)
    body = None if ask.form is None else str(httpx.QueryParams(dict(ask.form))).encode()
    for wrong in choose(HEADERS, str(spot), 1):
        answer = await raw(client, spot.method, ask.url, headers | {"Content-Type": FORM.encode()} | wrong, body)
        assert_clear(answer, f"{spot} with {wrong}"[:300])


async def test_a_dead_database_is_said_on_every_route_and_forgotten_when_it_is_back(
    furnished_database: Furnished, site_at: Callable[..., RunningSite], choose: Choice
) -> None:
    addresses, (ours, theirs) = furnished_database
    async with opened_at(addresses) as tenancy:
        operator = await operate(tenancy)
    world = World(site_at(addresses), ours, theirs, addresses, operator)
    # The last tells nothing of a session, so that it need not ask for one.
    needless = {"GET /livez", "GET /static/{path}", "GET /docs/error-codes/{name}", "HEAD /p/session/{token}"}
    needless |= {"GET /openapi.json", "GET /", "HEAD /"}
    unreadable = ("/p/checkout/{token}", "/p/authenticate/{token}")
    needless |= {f"{method} {path}" for method in ("GET", "HEAD", "POST") for path in unreadable}
    # An empty form; and what can be no image's name; before that, addresses of what can be no token.
    needless |= {"GET /dashboard/sign-in", "GET /images/{public_id}/small/{name}", "GET /images/{public_id}/{name}"}
    without_cookie = "GET /dashboard/sso-callback"
    image = f"/images/{ours.live.door.public_id}/{'0' * 64}.png"
    home = Spot(method="GET", path="/p/{portal}")
    async with world.running.client() as client:
        assert (await send(client, own_request(world, home), caller(world, home))).status_code == 200
        allow_connections(addresses, False)
        # What says so is the same for all of the API; of pages and forms each is asked.
        asked = [each for each in spots() if not each.is_api or choose((True, False, False), f"{each} away", 1)[0]]
        for spot in asked:
            answer = await send(client, own_request(world, spot), caller(world, spot))
            if str(spot) in needless:
                assert answer.status_code in (200, 404)
                continue
            if str(spot) == without_cookie:
                assert answer.status_code == 400
                continue
            assert answer.status_code == 503, f"{spot}: {answer.status_code} {answer.text[:300]}"
            assert 1 <= int(answer.headers["retry-after"]) <= 60, spot
            if spot.is_api:
                assert answer.json()["error"]["type"] == "api_error"
        assert (await client.get(image)).status_code == 503
        allow_connections(addresses, True)
        assert (await client.get(image)).status_code == 404
        reads = [each for each in spots() if each.method == "GET"]
        # What opens connections again is the same for all of them.
        for spot in (each for each in reads if choose((True, *[False] * 5), str(each), 1)[0]):
            answer = await send(client, own_request(world, spot), caller(world, spot))
            assert answer.status_code < 500, f"{spot}: {answer.status_code} {answer.text[:300]}"


def allow_connections(addresses: PostgresAddresses, allowed: bool) -> None:
    """Take the database away, with every connection to it, or give it back."""
    name = str(conninfo_to_dict(addresses.app_url)["dbname"])
    with psycopg.connect(addresses.admin_url, autocommit=True) as admin:
        admin.execute(
            sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS {}").format(sql.Identifier(name), sql.Literal(allowed))
        )
        if not allowed:
            admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
