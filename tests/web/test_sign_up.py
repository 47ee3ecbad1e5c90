"""Signing up, from an address that nobody knows to a portal: open, by approval, by invitation."""

import re
from collections.abc import AsyncIterator
from html import unescape

import httpx
import pyotp
import pytest
from bare_browser import words
from sign_in_world import CODE, World
from sqlalchemy import select

from frontdesk.desk import Actor
from frontdesk.house_settings import HouseSettings, SignUpMode
from frontdesk.ids import random_token
from frontdesk_tenants import house_records, sign_up_invitations, sign_ups
from frontdesk_tenants.database import clock
from frontdesk_tenants.house import HOUSE
from frontdesk_tenants.tables import challenges, people
from frontdesk_tenants.tables import sign_ups as requests
from frontdesk_web.letters import house_letters
from frontdesk_web.letters.staff_passcode import send_sign_up_code, send_staff_code

OPERATOR = Actor(kind="staff", id="opr_1")
SIGN_UP = "/dashboard/sign-up"
_TOKEN = re.compile(r'name="csrf" value="([^"]+)"')
_JOBS = {"send_staff_code": send_staff_code, "send_sign_up_code": send_sign_up_code}


class Newcomer:
    """Somebody with an address, a phone and a browser that keeps cookies."""

    def __init__(self, world: World, address: str | None = None) -> None:
        self.world = world
        self.address = address or f"lena-{random_token(8).lower()}@example.com"
        self.http: httpx.AsyncClient = world.visitor().http
        self.page: httpx.Response

    async def get(self, path: str, **headers: str) -> str:
        self.page = await self.http.get(path, headers=headers, follow_redirects=True)
        return words(self.page.text)

    async def post(self, path: str, **fields: str) -> httpx.Response:
        found = _TOKEN.search(self.page.text)
        token = {"csrf": unescape(found[1])} if found else {}
        self.page = await self.http.post(path, data=token | fields)
        return self.page

    async def follow(self) -> str:
        assert self.page.status_code == 303, self.page.text
        return await self.get(self.page.headers["location"])

    async def letters(self, task: str) -> int:
        """Do what the worker does with the code that waits for this address; returns how many letters came of it."""
        before = len(self.world.mailbox.to(self.address))
        async with self.world.site.tenancy.database.side(HOUSE) as connection:
            question = select(challenges.c.id).where(
                challenges.c.address == self.address, challenges.c.delivery == "queued"
            )
            ids = (await connection.scalars(question)).all()
        for each in ids:
            await _JOBS[task](self.world.site, HOUSE, each)
        return len(self.world.mailbox.to(self.address)) - before

    async def prove(self) -> str:
        """From the code page to the page after the second factor."""
        assert await self.letters("send_sign_up_code") == 1
        code = CODE.search(self.world.mailbox.to(self.address)[-1]["subject"])
        assert code is not None
        path = self.page.url.raw_path.decode()
        await self.post(path, code=code[0])
        await self.follow()
        secret = re.search(r'<code class="key">([A-Z2-7 ]+)</code>', self.page.text)
        assert secret is not None, self.page.text
        await self.post(self.page.url.raw_path.decode(), code=pyotp.TOTP(secret[1].replace(" ", "")).now())
        assert self.page.status_code == 200
        on = re.search(r'href="(/dashboard[^"]*)"><span>', unescape(self.page.text))
        assert on is not None
        return await self.get(on[1])

    async def arrive(self) -> str:
        """All of it up to the page that asks for the portal's details."""
        await self.get(SIGN_UP)
        await self.post(SIGN_UP, email=self.address)
        await self.follow()
        return await self.prove()


@pytest.fixture
def lena(world: World) -> Newcomer:
    return Newcomer(world)


@pytest.fixture(autouse=True)
async def as_it_was(world: World) -> AsyncIterator[None]:
    """The house is shared with other tests, which know it as it is at first."""
    yield
    async with world.site.tenancy.database.side(HOUSE) as connection:
        await house_records.save_settings(connection, HouseSettings(), OPERATOR, await clock(connection))
    await world.site.house.refresh()


async def let(world: World, mode: SignUpMode, **settings: object) -> None:
    async with world.site.tenancy.database.side(HOUSE) as connection:
        changed = HouseSettings(sign_up=mode, contact="house@example.com", **settings)  # type: ignore[arg-type]
        await house_records.save_settings(connection, changed, OPERATOR, await clock(connection))


def details(name: str, **changed: str) -> dict[str, str]:
    form = {"name": name, "slug": "", "country": "DE", "currency": "eur", "starting_point": "membership"}
    return form | {"backend": "invoice_only"} | changed


async def test_somebody_without_a_website_signs_up(world: World, lena: Newcomer) -> None:
    await let(world, "open")
    name = f"Brandt Yoga {random_token(5)}"
    await lena.get(SIGN_UP)
    assert "website" not in lena.page.text.lower().replace("no website needed", "")
    await lena.post(SIGN_UP, email="nobody")
    assert lena.page.status_code == 400
    await lena.get(SIGN_UP)
    await lena.post(SIGN_UP, email=lena.address.upper())
    page = await lena.follow()
    assert f"A code is on its way to {lena.address}." in page
    page = await lena.prove()
    assert "What do your customers call you?" in page
    assert re.search(r'name="(url|website)"', lena.page.text) is None
    await lena.post(f"{SIGN_UP}/details", **details(""))
    assert lena.page.status_code == 400
    assert "Please fill this in." in words(lena.page.text)
    await lena.post(f"{SIGN_UP}/details", **details(name))
    page = await lena.follow()
    slug = lena.page.url.path.removeprefix("/dashboard/")
    assert slug == name.lower().replace(" ", "-")
    assert "Overview" in page
    assert name in lena.page.text
    door = await world.site.tenancy.directory.by_portal(slug)
    assert door is not None
    sandbox = await world.site.tenancy.directory.both(door)
    assert (await lena.http.get(f"/dashboard/{sandbox[1].portal}")).status_code == 200
    # Nobody signs in before the portal is live: a first customer's page says what helps until then.
    await lena.get(f"/dashboard/{slug}/customers/new")
    await lena.post(f"/dashboard/{slug}/customers/new", name="Ann", email="ann@example.com")
    page = await lena.follow()
    assert "Customers can sign in once you are live." in page
    for way in (f"/dashboard/{slug}/go-live", f"/dashboard/{sandbox[1].portal}/customers"):
        assert f'href="{way}"' in unescape(lena.page.text)
    request = await latest(world, lena)
    await house_letters.tell_applicant(world.site, HOUSE, request)
    letter = world.mailbox.to(lena.address)[-1]
    assert letter["subject"] == f"The portal of {name} is ready to set up"
    assert f"/dashboard/{slug}" in letter.get_body(("plain",)).get_content()
    # The next one is a choice away, since there is a portal now.
    assert "Set up another portal" in await lena.get("/dashboard?all=1")


async def latest(world: World, newcomer: Newcomer) -> str:
    async with world.site.tenancy.database.side(HOUSE) as connection:
        question = select(requests.c.id).where(requests.c.address == newcomer.address).order_by(requests.c.id.desc())
        return str((await connection.scalars(question)).first())


async def test_what_can_be_guessed_is_filled_in(world: World, lena: Newcomer) -> None:
    await let(world, "open")
    await lena.arrive()
    for language, country, currency in (
        ("de-CH,de;q=0.9", "CH", "chf"),
        ("en-GB", "GB", "gbp"),
        ("de", "DE", "eur"),
        ("fr-CA", "CA", "cad"),
    ):
        await lena.get(f"{SIGN_UP}/details", **{"Accept-Language": language})
        assert re.search(rf'<option value="{country}"[^>]* selected', lena.page.text), language
        assert re.search(rf'<option value="{currency}"[^>]* selected', lena.page.text), language
    assert re.search(r'<option value="JP" data-currency="jpy"', lena.page.text)


async def test_the_price_is_told_beside_each_way_to_bill(world: World, lena: Newcomer) -> None:
    await let(world, "open", prices={"invoice_only": {"en": "10 cents an invoice", "de": "10 Cent je Rechnung"}})
    page = await lena.arrive()
    assert "10 cents an invoice" in page
    assert "How are bills made?" in page
    assert re.search(r'<input[^>]*value="invoice_only"[^>]* checked', lena.page.text), "nobody needs Stripe"
    assert re.search(r'<input[^>]*value="stripe"', lena.page.text)
    assert "10 Cent je Rechnung" in await lena.get(f"{SIGN_UP}/details?lang=de")


async def test_an_address_that_is_taken_is_said_beside_its_field(world: World, lena: Newcomer) -> None:
    await let(world, "open")
    await lena.arrive()
    for slug, sentence in ((world.tenant.slug, "This address is taken."), ("a b", "Please use 3 to 40 small letters")):
        await lena.post(f"{SIGN_UP}/details", **details("Brandt Yoga", slug=slug))
        assert lena.page.status_code == 400
        assert sentence in words(lena.page.text)
        assert f'value="{slug}"' in lena.page.text
        assert 'value="Brandt Yoga"' in lena.page.text


async def test_by_approval_one_waits_and_hears_the_answer(world: World, lena: Newcomer) -> None:
    await let(world, "approval")
    page = await lena.arrive()
    assert "Ask for the portal" in page
    name = f"Brandt Yoga {random_token(5)}"
    await lena.post(f"{SIGN_UP}/details", **details(name))
    page = await lena.follow()
    assert "Your request is on its way" in page
    assert name in page
    assert "Your request is on its way" in await lena.get("/dashboard")
    request = await latest(world, lena)
    await house_letters.tell_operator(world.site, HOUSE, request)
    to_operator = world.mailbox.to("house@example.com")[-1]
    assert to_operator["subject"] == f"{name} asks for a portal"
    await house_letters.tell_applicant(world.site, HOUSE, request)
    assert world.mailbox.to(lena.address)[-1]["subject"] == f"We have your request for {name}"
    await sign_ups.refuse(world.site.tenancy, request, "We host clubs only.", OPERATOR)
    await house_letters.tell_applicant(world.site, HOUSE, request)
    letter = world.mailbox.to(lena.address)[-1]
    assert letter["subject"] == f"We cannot set up {name}"
    assert "We host clubs only." in letter.get_body(("plain",)).get_content()
    page = await lena.get(f"{SIGN_UP}/waiting")
    assert "We host clubs only." in page
    assert "Ask again" in page
    await lena.get(f"{SIGN_UP}/details")
    await lena.post(f"{SIGN_UP}/details", **details(name))
    await sign_ups.approve(world.site.tenancy, await latest(world, lena), OPERATOR)
    page = await lena.get(f"{SIGN_UP}/waiting")
    assert lena.page.url.path == f"/dashboard/{name.lower().replace(' ', '-')}"


async def test_by_invitation_strangers_are_told_so_and_get_no_mail(world: World, lena: Newcomer) -> None:
    await let(world, "invitation")
    page = await lena.get(SIGN_UP)
    assert "A portal is set up by invitation here" in page
    assert "house@example.com" in lena.page.text
    assert 'name="email"' not in lena.page.text
    await lena.post(SIGN_UP, email=lena.address)
    page = await lena.follow()
    assert f"If {lena.address} belongs to somebody here" in page
    assert await lena.letters("send_sign_up_code") == 0
    assert "Set up a portal" not in await lena.get("/dashboard/sign-in")


async def test_the_link_of_an_invitation_leads_to_a_portal_once(world: World, lena: Newcomer) -> None:
    await let(world, "invitation")
    tenancy = world.site.tenancy
    async with tenancy.database.side(HOUSE) as connection:
        id_ = await sign_up_invitations.invite(
            connection,
            tenancy.vault,
            tenancy.jobs,
            address=lena.address,
            locale="de",
            actor=OPERATOR,
            now=await clock(connection),
        )
    await house_letters.send_sign_up_invitation(world.site, HOUSE, id_)
    await house_letters.send_sign_up_invitation(world.site, HOUSE, id_)
    (letter,) = world.mailbox.to(lena.address)
    assert "eingeladen" in letter["subject"]
    text = str(letter.get_body(("plain",)).get_content())
    link = re.search(r"https://billing\.example\.com(/dashboard/sign-up/invitation/\w+)", text)
    assert link is not None
    page = await lena.get(link[1] + "?lang=en")
    assert "You are invited to Frontdesk" in page
    await lena.post(SIGN_UP, email=lena.address)
    await lena.follow()
    assert "What do your customers call you?" in await lena.prove()
    await lena.post(f"{SIGN_UP}/details", **details(f"Brandt {random_token(6)}"))
    assert "Overview" in await lena.follow()
    assert (await lena.http.get(link[1])).status_code == 404
    assert "A portal is set up by invitation here" in await lena.get(f"{SIGN_UP}/details")


@pytest.mark.parametrize("token", ["x", "house0000000" + "0" * 32, "a" * 200, "%00"])
async def test_what_is_no_invitation_is_not_there(world: World, lena: Newcomer, token: str) -> None:
    answer = await lena.http.get(f"{SIGN_UP}/invitation/{token}")
    assert answer.status_code == 404


async def test_known_and_unknown_addresses_are_answered_alike(world: World, lena: Newcomer) -> None:
    await let(world, "open")
    await lena.arrive()

    def masked(newcomer: Newcomer) -> str:
        return _TOKEN.sub("<token>", newcomer.page.text.replace(newcomer.address, "<address>"))

    answers = []
    for address in (lena.address, f"new-{random_token(8).lower()}@example.com"):
        again = Newcomer(world, address)
        await again.get(SIGN_UP)
        await again.post(SIGN_UP, email=address)
        await again.follow()
        answers.append(masked(again))
    assert answers[0] == answers[1]


async def test_half_a_session_asks_for_the_other_half_first(world: World, lena: Newcomer) -> None:
    await let(world, "open")
    nobody = Newcomer(world)
    assert "/dashboard/sign-in" in (await nobody.http.get(f"{SIGN_UP}/details")).headers["location"]
    await lena.get(SIGN_UP)
    await lena.post(SIGN_UP, email=lena.address)
    await lena.follow()
    assert await lena.letters("send_sign_up_code") == 1
    code = CODE.search(world.mailbox.to(lena.address)[-1]["subject"])
    assert code is not None
    await lena.post(lena.page.url.raw_path.decode(), code=code[0])
    answer = await lena.http.get(f"{SIGN_UP}/details")
    assert answer.headers["location"].startswith("/dashboard/sign-in/second-factor")
    forged = await lena.http.post(f"{SIGN_UP}/details", data=details("Brandt"))
    assert forged.status_code in (303, 403)
    async with world.site.tenancy.database.side(HOUSE) as connection:
        person = (await connection.scalars(select(people.c.id).where(people.c.address == lena.address))).one()
        assert (await connection.scalars(select(requests.c.id).where(requests.c.person == person))).all() == []
