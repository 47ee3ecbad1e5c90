"""Two furnished tenants before a running site, and the requests that one of them can make of it."""

import asyncio
import re
from uuid import UUID

import httpx
import psycopg
from catalog_findings import as_admin
from digests import Digests, digests, known_sides
from furnished import FurnishedSide, FurnishedTenant, Things, furnished_tenant
from furnished_database import Pair
from hired import Operating, operate, staff_cookie, stay_proven
from hurry import asks_again
from msgspec import Struct
from route_table import GLOBAL, GLOBAL_VALUES, NEEDED, path_kind
from sites import RunningSite, SignedIn, browser_headers
from spots import Ask, Spot

from frontdesk_tenants.directory import Door
from frontdesk_tenants.embedded import PostgresAddresses
from frontdesk_tenants.house import HOUSE
from frontdesk_tenants.provisioning import Keys
from frontdesk_tenants.tenancy import Tenancy
from frontdesk_web.csrf import FIELD

_VOLATILE = re.compile(r"req_[0-9A-Za-z]+")


class World(Struct, frozen=True):
    """Ours and theirs. Calls are made as the live side of ours."""

    running: RunningSite
    ours: FurnishedTenant
    theirs: FurnishedTenant
    addresses: PostgresAddresses
    operator: Operating
    strangers: frozenset[UUID] = frozenset()
    """Sides that were there before and that nobody here knows."""

    @property
    def home(self) -> FurnishedSide:
        """Who calls."""
        return self.ours.live

    def foreign(self, spot: Spot) -> dict[str, Things]:
        """Whose ids are none of the caller's business. Staff and API see all customers of their own side."""
        others = {
            "another tenant": self.theirs.live.jenny,
            "another tenant's sandbox": self.theirs.sandbox.jenny,
            "the other side": self.ours.sandbox.jenny,
        }
        return others if spot.is_api or spot.is_dashboard else others | {"another customer": self.home.other}

    def digests(self) -> Digests:
        """What all sides hold by now but those that were there before."""
        return digests(self.addresses, strangers=self.strangers)

    def keys_of(self, door: Door) -> Keys:
        """The keys of one of the four sides."""
        sides = (self.ours.live, self.ours.sandbox, self.theirs.live, self.theirs.sandbox)
        return next(each.keys for each in sides if each.door == door)


async def new_world(
    running: RunningSite, tenancy: Tenancy, addresses: PostgresAddresses, pair: Pair | None = None
) -> World:
    """Two tenants that no other test knows: new ones, or those who live in a database of the test's own."""
    strangers = known_sides(addresses) - {HOUSE} if pair is None else frozenset()
    ours, theirs = pair or (await furnished_tenant(tenancy), await furnished_tenant(tenancy))
    operator = await operate(tenancy)
    await stay_proven(tenancy, ours.owner.person, theirs.owner.person, operator.person)
    return World(running, ours, theirs, addresses, operator, strangers)


def own_request(world: World, spot: Spot, session: SignedIn | None = None) -> Ask:
    """The request that would succeed, with the caller's own ids."""
    jenny = world.home.jenny
    path = {name: own_value(world, path_kind(spot, name), name) for name in spot.parameters}
    given = {
        name: jenny.ids[value[1:]] if value.startswith("@") else value
        for name, value in NEEDED.get(str(spot), {}).items()
    }
    if spot.is_signed_in and spot.method == "POST":
        given[FIELD] = world.running.csrf((session or jenny.session).id)
    if spot.is_dashboard and spot.method == "POST":
        given[FIELD] = world.running.csrf((world.operator if spot.is_operators else world.ours.owner).session)
    if spot.method in ("GET", "HEAD", "DELETE"):
        return Ask(spot=spot, path=path, query=given)
    query = {name[1:]: value for name, value in given.items() if name.startswith("?")}
    form = {name: value for name, value in given.items() if not name.startswith("?")}
    return with_its_token(world, Ask(spot=spot, path=path, query=query, form=form))


def with_its_token(world: World, ask: Ask) -> Ask:
    """The request with the token of the form that it posts, where that belongs to what the path names and not to who
    is signed in."""
    bound = {
        "POST /dashboard/invitation/{token}": "invitation",
        "POST /p/address/{token}": "objection",
        "POST /p/wrong-codes/{token}": "wrong codes",
        "POST /p/invoice/{token}/pay": "invoice link",
        "POST /p/invoice/{token}/again": "invoice link",
        "POST /p/checkout/{token}": "intent",
        "POST /p/authenticate/{token}": "intent",
    }
    if str(ask.spot) not in bound:
        return ask
    return ask.with_values({("form", FIELD): world.running.csrf(f"{bound[str(ask.spot)]} {ask.path['token']}")})


def own_value(world: World, kind: str, name: str) -> str:
    """What a name in the path stands for, of the caller's own."""
    match kind:
        case "portal":
            return world.home.door.portal
        case "login link":
            return world.home.door.public_id + login_token(world)
        case _ if kind == GLOBAL:
            return GLOBAL_VALUES[name]
    return world.home.jenny.ids[kind]


def login_token(world: World) -> str:
    """The token of the caller's login link as it is by now: a form replaces it."""
    try:
        with as_admin(world.addresses) as admin:
            row = admin.execute(
                "SELECT login_token FROM configurations WHERE tenant_id = %s AND is_default",
                (world.home.door.tenant_id,),
            ).fetchone()
    except psycopg.OperationalError:
        # A database that takes no connections, as one test wants it.
        return world.home.keys.login_token
    assert row is not None
    return str(row[0])


async def send(client: httpx.AsyncClient, ask: Ask, headers: dict[str, str], json: bool = False) -> httpx.Response:
    """Send a request; one that came too early for its rate limit is sent again."""
    body = {"json": dict(ask.form)} if json and ask.form is not None else {"data": ask.form}
    while True:
        answer = await client.request(ask.spot.method, ask.url, headers=headers, **body)  # type: ignore[arg-type]
        seconds = asks_again(answer)
        if seconds is None:
            return answer
        await asyncio.sleep(seconds)


def told(answer: httpx.Response, *names: str) -> tuple[int, dict[str, str], str]:
    """An answer without the ids that were asked for, and without what differs between any two answers."""

    def masked(text: str) -> str:
        for name in sorted(filter(None, names), key=len, reverse=True):
            for form in {name, name.replace("acct_", "cus_")}:
                text = text.replace(form, "<named>")
        return _VOLATILE.sub("<request>", text)

    headers = {
        name: masked(value)
        for name, value in answer.headers.items()
        if name not in ("date", "request-id", "content-length")
    }
    return answer.status_code, headers, masked(answer.text)


def caller(world: World, spot: Spot, session: SignedIn | None = None) -> dict[str, str]:
    """The headers of a request by the home side: its key, or Jenny's cookie in a browser."""
    if spot.is_api:
        return {"Authorization": f"Bearer {world.home.secret_key}"}
    if spot.path.startswith("/p/"):
        cookie = world.running.cookie(world.home.door, (session or world.home.jenny.session).secret)
        return {"Cookie": cookie, **browser_headers(world.running.config)}
    if spot.is_dashboard:
        cookie = staff_cookie(world.running, (world.operator if spot.is_operators else world.ours.owner).secret)
        return {"Cookie": cookie, **browser_headers(world.running.config)}
    return {}
