"""A tenant whose every text field holds a token of its own, and all that can be read of it."""

import html
import io
import re
from collections.abc import AsyncIterator, Sequence
from typing import Any, ClassVar

import httpx
from furnished import FurnishedSide, FurnishedTenant, customer_with_things, furnish, furnish_team, offer, shared_things
from hired import hire, operate, stay_proven
from matrix_world import World, caller, own_request, send
from msgspec import Struct
from msgspec.structs import replace
from pypdf import PdfReader
from sides import sell
from sites import RunningSite, browser_headers
from spots import Spot, endpoint_of, spots, text_parameters

from frontdesk.ids import random_token
from frontdesk_tenants import provisioning
from frontdesk_tenants.embedded import PostgresAddresses
from frontdesk_tenants.provisioning import NewTenant, brand_side
from frontdesk_tenants.tenancy import Tenancy
from frontdesk_web.site import Site
from frontdesk_web.worker import implement_jobs

TOKEN = re.compile(r"zq[a-z0-9]{6}x[0-9]{1,3}", re.IGNORECASE)
WRITTEN_BY_API = {
    "products": "POST /v1/products",
    "customers": "POST /v1/customers",
    "accounts": "POST /v2/core/accounts",
}
FIXED = {
    # Live sides have no payment methods.
    "payment_method": None,
    "default_payment_method": None,
    "country": "DE",
    "currency": "eur",
    "tax_code": "txcd_10000000",
    "preferred_locales": "en",
    "expand": None,
    "test_clock": None,
    "coupon": None,
    "promotion_code": None,
}


class Marks:
    """Tokens of one tenant, of twelve letters at most. All of them begin alike and are told apart by their number.

    What only looks like a token, as one in some thousand random ids does, is nobody's.
    """

    _all: ClassVar[set[str]] = set()

    def __init__(self) -> None:
        self.prefix = "zq" + random_token(6).lower()
        self._all.add(self.prefix)
        self.count = 0

    def new(self) -> str:
        """One more token."""
        self.count += 1
        return f"{self.prefix}x{self.count}"

    def foreign_in(self, text: str) -> set[str]:
        """Tokens in a text that are another tenant's."""
        found = {each for each in TOKEN.findall(text) if each[: len(self.prefix)].lower() in self._all}
        return {each for each in found if not each.lower().startswith(self.prefix)}

    def own_in(self, text: str) -> set[str]:
        """Its own tokens in a text."""
        return {each.lower() for each in TOKEN.findall(text) if each.lower().startswith(self.prefix)}


class Marked(Struct, frozen=True, kw_only=True):
    """A tenant whose live side is full of tokens. `written` are those that the API took."""

    marks: Marks
    world: World
    written: set[str]


def value_for(name: str, marks: Marks) -> str | None:
    """A token in the form that a parameter asks for; None where it takes none."""
    last = [each for each in name.replace("]", "").split("[") if not each.isdigit()][-1]
    if last in FIXED:
        return FIXED[last]
    token = marks.new()
    if last in ("email", "contact_email"):
        return f"{token}@example.com"
    if last.endswith("url") or last == "images":
        return f"https://{token}.example.com/"
    return token


async def write_by_api(running: RunningSite, side: FurnishedSide, marks: Marks) -> set[str]:
    """An object of each kind with a token in every text that the API takes; returns the tokens that it shows again."""
    shown: set[str] = set()
    headers = {"Authorization": f"Bearer {side.secret_key}"}
    async with running.client(**headers) as client:
        for name in WRITTEN_BY_API.values():
            (spot,) = [each for each in spots() if str(each) == name]
            endpoint = endpoint_of(spot)
            form = {
                parameter: value
                for parameter, _ in text_parameters(endpoint.takes)
                if not parameter.startswith(("default_price_data", "tax_id_data"))
                and (value := value_for(parameter, marks)) is not None
            }
            form["metadata[note]"] = marks.new()
            if endpoint.body == "json":
                answer = await client.post(spot.path, json=_nested(form))
            else:
                answer = await client.post(spot.path, data=form)
            assert answer.status_code == 200, answer.text
            given = {each for value in form.values() for each in marks.own_in(value)}
            assert given, spot
            if endpoint.body == "form":
                missing = given - marks.own_in(answer.text)
                assert missing == set(), f"{spot} does not give back what it took: {missing}"
            shown |= marks.own_in(answer.text)
    return shown


def _nested(form: dict[str, str]) -> dict[str, Any]:
    """`a[b][0][c]` as JSON."""
    tree: dict[str, Any] = {}
    for name, value in form.items():
        node: Any = tree
        steps = name.replace("]", "").split("[")
        for step, following in zip(steps, [*steps[1:], None], strict=True):
            empty: Any = value if following is None else [] if following.isdigit() else {}
            if isinstance(node, list):
                if len(node) <= int(step):
                    node.append(empty)
                node = node[int(step)]
            else:
                node = node.setdefault(step, empty)
    return tree


async def marked_tenant(tenancy: Tenancy, running: RunningSite, addresses: PostgresAddresses, locale: str) -> Marked:
    """A tenant with tokens in its name, brand, portal settings, catalogue and customers."""
    marks = Marks()
    live, sandbox = await provisioning.create_tenant(
        tenancy,
        NewTenant(slug=f"a{random_token(8).lower()}", name=f"Firm {marks.new()}", currency="eur", locale=locale),
    )
    door = live.door
    async with tenancy.at(door) as (_, side):
        brand = replace(
            side.brand,
            business_name=f"Brand {marks.new()}",
            headline=f"Hello {marks.new()}",
            privacy_url=f"https://{marks.new()}.example.com/privacy",
            terms_url=f"https://{marks.new()}.example.com/terms",
            support_email=f"{marks.new()}@example.com",
        )
    await brand_side(tenancy, door, brand)
    prices = [await sell(tenancy, door, amount=amount, name=f"Plan {marks.new()}") for amount in (1200, 3000)]
    await offer(tenancy, door, *prices)
    owner = await hire(tenancy, door, address=f"{marks.new()}@example.com")
    team = await furnish_team(tenancy, door, owner)
    jenny, other = [
        await customer_with_things(tenancy, door, prices[0], prices[1], f"{marks.new()}@example.com", shared)
        for shared in [await shared_things(tenancy, door, team)] * 2
    ]
    home = FurnishedSide(keys=live, jenny=jenny, other=other)
    tenant = FurnishedTenant(slug=door.portal, owner=owner, live=home, sandbox=await furnish(tenancy, sandbox, team))
    operator = await operate(tenancy)
    await stay_proven(tenancy, owner.person, operator.person)
    world = World(running, tenant, tenant, addresses, operator)
    written = await write_by_api(running, home, marks)
    async with running.client(Authorization=f"Bearer {home.secret_key}") as client:
        for thing in (jenny, other):
            answer = await client.post(
                f"/v1/customers/{thing.ids['customer']}",
                data={
                    "name": f"Customer {marks.new()}",
                    "phone": f"Phone {marks.new()}",
                    "address[line1]": f"Street {marks.new()}",
                    "address[city]": f"City {marks.new()}",
                    "invoice_settings[footer]": f"Footer {marks.new()}",
                },
            )
            assert answer.status_code == 200, answer.text
            invoice = await client.post(
                f"/v1/subscriptions/{thing.ids['subscription']}", data=_dearer(thing, prices[1])
            )
            assert invoice.status_code == 200, invoice.text
    return Marked(marks=marks, world=world, written=written)


def _dearer(thing: Any, price: str) -> dict[str, str]:
    """A change that is billed at once, so that there is an invoice over what the tokens name."""
    return {
        "items[0][id]": thing.ids["item"],
        "items[0][price]": price,
        "proration_behavior": "always_invoice",
    }


READS = [each for each in spots() if each.method == "GET" and not each.is_operators]
"""What a tenant and its customers can read. Operators see what all their tenants are called."""


async def everything_that_can_be_read(
    marked: Marked, among: Sequence[Spot] = READS
) -> AsyncIterator[tuple[str, httpx.Response]]:
    """Every route that reads, as API, customer and staff, and every page that is linked from one of those."""
    world = marked.world
    seen: set[str] = set()
    async with world.running.client() as client:
        queue: list[tuple[str, dict[str, str]]] = []
        for spot in among:
            ask, headers = own_request(world, spot), caller(world, spot)
            answer = await send(client, ask, headers)
            yield str(spot), answer
            if "text/html" in answer.headers.get("content-type", ""):
                queue += [(each, headers) for each in _links(answer.text)]
        cookie = world.running.cookie(world.home.door, world.home.jenny.session.secret)
        headers = {"Cookie": cookie, **browser_headers(world.running.config)}
        while queue:
            path, asked_with = queue.pop()
            if path in seen or len(seen) > 100:
                continue
            seen.add(path)
            answer = await client.get(path, headers=asked_with)
            yield path, answer
            if "text/html" in answer.headers.get("content-type", ""):
                queue += [(each, headers) for each in _links(answer.text)]


def _links(page: str) -> list[str]:
    found = re.findall(r'(?:href|src)="(/[^"#]*)', html.unescape(page))
    # What signs somebody in is no page, and our own files are the same for everybody.
    return [each for each in found if "/p/session/" not in each and not each.startswith("/static/")]


def words_of(answer: httpx.Response) -> str:
    """All that an answer tells, its headers included; a document is read as a person would."""
    told = answer.text
    if answer.headers.get("content-type") == "application/pdf":
        reader = PdfReader(io.BytesIO(answer.content))
        told = "\n".join(page.extract_text() for page in reader.pages) + str(reader.metadata)
    return html.unescape(told) + str(answer.headers)


async def letters_of_all(addresses: PostgresAddresses, running: RunningSite) -> None:
    """Do all waiting jobs, as the worker does."""
    site = Site(running.config)
    implement_jobs(site)
    await site.open()
    try:
        await site.tenancy.jobs.app.run_worker_async(wait=False, install_signal_handlers=False, concurrency=4)
    finally:
        await site.aclose()
