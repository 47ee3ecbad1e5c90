"""No route sends anybody to a stranger, whatever address it is handed (trust.md B20)."""

import re
from collections.abc import AsyncIterator, Iterator
from html import unescape
from urllib.parse import quote, urljoin, urlsplit

import httpx
import pytest
from foreign_addresses import FOREIGN_ADDRESSES
from hired import hire, staff_cookie
from matrix_world import World, caller, new_world, own_request, send
from sites import RunningSite, browser_headers
from some_of_many import Choice, some
from spots import Spot, spots
from walked import on_each

from frontdesk.portal_configuration_rules import is_web_address
from frontdesk_tenants.embedded import PostgresAddresses
from frontdesk_tenants.tenancy import Tenancy

NAMES = (
    "next return_url return_to return redirect redirect_uri redirect_url url continue back to lang locale saved done"
)
"""What programs call the address that they go on to, and what ours read beside it."""
EACH = 3
"""How many of the addresses each route is tried with, in `make test` one of them; those that go on somewhere are tried
with more."""
GOES_ON = [
    each for each in spots() if each.method == "GET" and each.path.startswith("/dashboard") and not each.is_staffed
]
_ADDRESS = re.compile(r'(?:href|src|action|formaction|content|data-[a-z-]+)="([^"]*)"')


@pytest.fixture(scope="module")
async def world(running_site: RunningSite, tenancy: Tenancy, postgres: PostgresAddresses) -> World:
    return await new_world(running_site, tenancy, postgres)


@pytest.fixture
async def client(world: World) -> AsyncIterator[httpx.AsyncClient]:
    async with world.running.client() as opened:
        yield opened


def as_browsers_read(address: str) -> str:
    """An address as the URL standard reads it: controls around it go, tabs and line ends too, a backslash is a slash.

    https://url.spec.whatwg.org/#concept-basic-url-parser
    """
    bare = address.strip("".join(map(chr, range(0x21))))
    return re.sub(r"[\t\r\n]", "", bare).replace("\\", "/")


def leaves(running: RunningSite, address: str) -> bool:
    """Whether a browser on one of our pages would go to a stranger."""
    whole = urljoin(running.config.base_url + "/dashboard/x", as_browsers_read(address))
    parts = urlsplit(whole)
    return f"{parts.scheme}://{parts.netloc}" != running.config.base_url


def addresses_in(answer: httpx.Response) -> Iterator[str]:
    """Where an answer leads: its headers, and each address in its page."""
    for name in ("location", "refresh", "content-location", "link"):
        yield from answer.headers.get_list(name)
    if "text/html" in answer.headers.get("content-type", ""):
        yield from map(unescape, _ADDRESS.findall(answer.text))


def assert_stays(running: RunningSite, answer: httpx.Response, at: str) -> None:
    for where in addresses_in(answer):
        assert "evil" not in where.split("?")[0].lower(), f"{at}: {where}"
        assert not where.lower().replace("\t", "").strip().startswith(("javascript:", "data:text", "vbscript:")), at
    location = answer.headers.get("location")
    if location is not None:
        assert not leaves(running, location), f"{at}: {location}"


def test_the_table_is_long_enough_and_none_of_it_is_ours(running_site: RunningSite) -> None:
    assert len(set(FOREIGN_ADDRESSES)) >= 80
    away = [each for each in FOREIGN_ADDRESSES if leaves(running_site, each)]
    assert len(away) >= 40, "a browser would follow most of them"


@on_each(spots())
async def test_no_route_goes_where_it_is_told(
    world: World, client: httpx.AsyncClient, spot: Spot, choose: Choice
) -> None:
    # Nothing of the API leads anywhere: in `make test` a third of its routes are asked.
    if spot.is_api and not choose((True, False, False), f"{spot} leads", 1)[0]:
        return
    own, headers = own_request(world, spot), caller(world, spot)
    for handed in choose(some(FOREIGN_ADDRESSES, str(spot), EACH), str(spot), 1):
        values = {("query", name): handed for name in NAMES.split()}
        if spot.method not in ("GET", "HEAD", "DELETE"):
            # Without its token a form changes nothing; the way to sign in is where it leads then.
            values |= {("form", name): handed for name in NAMES.split()}
            values[("form", "csrf")] = "wrong"
        answer = await send(client, own.with_values(values), headers)
        assert answer.status_code < 500, f"{spot} with {handed!r}"
        assert_stays(world.running, answer, f"{spot} with {handed!r}")


@on_each(GOES_ON)
async def test_where_staff_go_on_to_is_a_page_of_ours(
    world: World, tenancy: Tenancy, client: httpx.AsyncClient, spot: Spot, choose: Choice
) -> None:
    """With nobody signed in, and with somebody who is, and so is sent on at once."""
    hired = await hire(tenancy, world.home.door)
    cookie = {"Cookie": staff_cookie(world.running, hired.secret), **browser_headers(world.running.config)}
    path = own_request(world, spot).url.partition("?")[0]
    for handed in choose(FOREIGN_ADDRESSES, str(spot), 8):
        for headers in ({}, cookie):
            answer = await client.get(f"{path}?next={quote(handed, safe='')}", headers=headers)
            assert answer.status_code < 500
            assert_stays(world.running, answer, f"{spot} with {handed!r}")
    good = f"/dashboard/{world.home.door.portal}?x=1"
    answer = await client.get(f"/dashboard/sign-in/second-factor?next={quote(good, safe='')}", headers=cookie)
    assert answer.headers.get("location") == good, "the control: a page of ours is gone on to"


@pytest.mark.parametrize("handed", FOREIGN_ADDRESSES)
def test_an_address_that_a_tenant_gives_is_one_that_everybody_reads_alike(handed: str) -> None:
    """A tenant may lead its customers back to any site of the web, and to nothing else."""
    if is_web_address(handed):
        assert as_browsers_read(handed) == handed
        parts = urlsplit(handed)
        assert parts.scheme in ("http", "https")
        assert not set("@%") & set(parts.netloc)
        assert handed.lower().startswith(f"{parts.scheme}://")
