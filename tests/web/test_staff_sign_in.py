"""Staff sign in: address, code from the mailbox, second factor; and what a half-way, used or foreign session opens."""

import re
from html import unescape

import httpx
import pyotp
import pytest
from hired import Hired, hire, staff_session
from sign_in_world import CODE, World
from sqlalchemy import select

from frontdesk.roles import Role
from frontdesk_tenants import operators, second_factors, staff, staff_sessions
from frontdesk_tenants.database import clock
from frontdesk_tenants.directory import Door
from frontdesk_tenants.house import HOUSE
from frontdesk_tenants.tables import challenges
from frontdesk_web.letters.staff_passcode import send_staff_code

SIGN_IN, FACTOR = "/dashboard/sign-in", "/dashboard/sign-in/second-factor"
COOKIE = "__Host-fd-staff"
_TOKEN = re.compile(r'name="csrf" value="([^"]+)"')


class StaffVisitor:
    """A person with a browser that keeps cookies."""

    def __init__(self, world: World, http: httpx.AsyncClient) -> None:
        self.world, self.http = world, http

    async def ask(self, email: str, query: str = "") -> httpx.Response:
        """Post the address and look at the code page."""
        return await self.http.post(SIGN_IN + query, data={"email": email}, follow_redirects=True)

    async def submit(self, path: str, page: httpx.Response | None = None, **fields: str) -> httpx.Response:
        """Post a form with the token of a page, by default of the one at `path`."""
        page = page or await self.http.get(path)
        token = _TOKEN.search(page.text)
        assert token is not None, page.text
        return await self.http.post(path, data={"csrf": unescape(token[1]), **fields})

    async def code(self, email: str) -> str:
        """The newest code that was mailed to an address, once the worker has done its work."""
        await send_letters(self.world)
        found = CODE.search(self.world.mailbox.to(email)[-1]["subject"])
        assert found is not None
        return found[0]

    async def prove(self, email: str, query: str = "") -> httpx.Response:
        """Address and code."""
        await self.ask(email, query)
        return await self.submit(f"{SIGN_IN}/code{query}", code=await self.code(email))

    @property
    def cookie(self) -> str | None:
        """The session's secret."""
        return self.http.cookies.get(COOKIE)

    @cookie.setter
    def cookie(self, secret: str) -> None:
        self.http.cookies.set(COOKIE, secret, domain="billing.example.com", path="/")


async def send_letters(world: World) -> None:
    """Do what the worker does with the waiting codes of the house."""
    async with world.site.tenancy.database.side(HOUSE) as connection:
        waiting = await connection.scalars(select(challenges.c.id).where(challenges.c.delivery == "queued"))
        ids = waiting.all()
    for each in ids:
        await send_staff_code(world.site, HOUSE, each)


@pytest.fixture
def visitor(world: World) -> StaffVisitor:
    """Somebody at a network of their own."""
    return StaffVisitor(world, world.visitor().http)


@pytest.fixture
async def robin(world: World) -> Hired:
    """The owner of the tenant."""
    return await hire(world.site.tenancy, world.tenant.live.door)


async def test_an_owner_signs_in_with_both_factors(world: World, visitor: StaffVisitor, robin: Hired) -> None:
    asked = await visitor.ask(robin.address)
    assert "Check your e-mail" in asked.text
    wrong = await visitor.submit(f"{SIGN_IN}/code", asked, code="000000")
    assert wrong.status_code == 400
    proven = await visitor.submit(f"{SIGN_IN}/code", code=await visitor.code(robin.address))
    assert proven.headers["location"] == FACTOR
    half = visitor.cookie
    overview = f"/dashboard/{world.portal}"
    assert (await visitor.http.get(overview)).headers["location"] == f"{FACTOR}?next=%2Fdashboard%2F{world.portal}"
    assert (await visitor.submit(FACTOR, code="123456")).status_code == 400
    whole = await visitor.submit(FACTOR, code=robin.totp())
    assert whole.headers["location"] == "/dashboard"
    assert visitor.cookie != half
    there = await visitor.http.get("/dashboard", follow_redirects=True)
    assert there.url.path == f"/dashboard/{world.tenant.slug}"
    assert "Overview" in there.text
    assert "Sandbox: test data only" not in there.text
    sandbox = await visitor.http.get(overview)
    assert "Sandbox: test data only" in sandbox.text
    out = await visitor.submit("/dashboard/sign-out", sandbox)
    assert out.status_code == 303
    assert (await visitor.http.get(overview)).headers["location"].startswith(SIGN_IN)


async def test_who_wanted_a_page_gets_there_after_signing_in(world: World, visitor: StaffVisitor, robin: Hired) -> None:
    deep = f"/dashboard/{world.portal}"
    sent_away = await visitor.http.get(deep)
    query = sent_away.headers["location"].removeprefix(SIGN_IN)
    proven = await visitor.prove(robin.address, query)
    whole = await visitor.submit(proven.headers["location"], code=robin.totp())
    assert whole.headers["location"] == deep


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example",
        "/\\evil.example",
        "https://evil.example",
        "/p/acme",
        "/dashboard//evil.example",
        "javascript:1",
    ],
)
async def test_next_leads_nowhere_else(visitor: StaffVisitor, target: str) -> None:
    answer = await visitor.http.get(SIGN_IN, params={"next": target})
    assert answer.status_code == 200
    assert f'action="{SIGN_IN}"' in unescape(answer.text)


async def test_strangers_and_staff_get_the_same_answer_and_strangers_no_mail(
    world: World, visitor: StaffVisitor, robin: Hired
) -> None:
    known, unknown = (
        await visitor.ask(robin.address),
        await StaffVisitor(world, world.visitor().http).ask("nobody@example.net"),
    )

    def masked(answer: httpx.Response) -> str:
        text = answer.text.replace(robin.address, "<address>").replace("nobody@example.net", "<address>")
        return _TOKEN.sub("<token>", text)

    assert masked(known) == masked(unknown)
    assert {name for name, _ in known.headers.items()} == {name for name, _ in unknown.headers.items()}
    await send_letters(world)
    assert len(world.mailbox.to(robin.address)) == 1
    assert world.mailbox.to("nobody@example.net") == []
    assert "Frontdesk" in world.mailbox.to(robin.address)[0]["from"]


async def test_an_operator_sets_up_the_second_factor_at_the_first_sign_in(world: World, visitor: StaffVisitor) -> None:
    address = f"operator-{world.tenant.slug}@example.com"
    await operators.add_operator(world.site.tenancy, address)
    proven = await visitor.prove(address)
    enrol = await visitor.http.get(proven.headers["location"], follow_redirects=True)
    assert enrol.url.path == f"{FACTOR}/set-up"
    secret = re.search(r'<code class="key">([A-Z2-7 ]+)</code>', enrol.text)
    assert secret is not None
    again = await visitor.http.get(enrol.url.path)
    assert secret[1] in again.text, "loading the page again must not change what was scanned"
    totp = pyotp.TOTP(secret[1].replace(" ", ""))
    assert (await visitor.submit(enrol.url.path, enrol, code="000000")).status_code == 400
    done = await visitor.submit(enrol.url.path, code=totp.now())
    codes = re.findall(r"<li><code>([a-z2-9]{5}-[a-z2-9]{5})</code></li>", done.text)
    assert len(set(codes)) == 10
    assert (await visitor.http.get("/dashboard")).status_code == 303
    later = StaffVisitor(world, world.visitor().http)
    await later.prove(address)
    assert (await later.submit(FACTOR, code=codes[3])).status_code == 303
    third = StaffVisitor(world, world.visitor().http)
    await third.prove(address)
    assert (await third.submit(FACTOR, code=codes[3])).status_code == 400, "a recovery code counts once"


async def test_a_code_of_the_app_counts_once(world: World, robin: Hired) -> None:
    tenancy = world.site.tenancy
    async with tenancy.database.side(HOUSE) as connection:
        now = await clock(connection)
        code = robin.totp()
        assert await second_factors.check(connection, tenancy.vault, robin.person, code, now)
        assert not await second_factors.check(connection, tenancy.vault, robin.person, code, now)
        old = pyotp.TOTP(robin.totp_secret).generate_otp(int(now.timestamp()) // 30 - 1)
        assert not await second_factors.check(connection, tenancy.vault, robin.person, old, now)


async def test_guesses_at_the_second_factor_are_limited(world: World, visitor: StaffVisitor, robin: Hired) -> None:
    _, half = await staff_session(world.site.tenancy, robin.person, whole=False)
    visitor.cookie = half
    page = await visitor.http.get(FACTOR)
    for guess in range(5):
        assert (await visitor.submit(FACTOR, page, code=f"00000{guess}")).status_code == 400
    assert (await visitor.submit(FACTOR, page, code=robin.totp())).status_code == 400


async def test_a_session_opens_the_tenants_that_its_person_works_for_and_no_other(
    world: World, visitor: StaffVisitor, robin: Hired
) -> None:
    tenancy, live = world.site.tenancy, world.tenant.live.door
    other = await hire(tenancy, live)
    async with tenancy.database.side(live.tenant_id) as connection:
        await staff.remove_member(connection, live.tenant_id, other.member, await clock(connection))
    guessed = robin.secret[:-1] + ("y" if robin.secret.endswith("x") else "x")
    for secret, expected in ((robin.secret, 200), (other.secret, 404), (guessed, 303), ("", 303)):
        visitor.cookie = secret
        assert (await visitor.http.get(f"/dashboard/{live.portal}")).status_code == expected
    visitor.cookie = robin.secret
    foreign = await visitor.http.get("/dashboard/never-existed")
    assert foreign.status_code == 404


async def test_a_session_of_one_tenants_provider_is_good_for_that_tenant_alone(
    world: World, visitor: StaffVisitor, robin: Hired
) -> None:
    tenancy, live = world.site.tenancy, world.tenant.live.door

    async def scoped(door: Door) -> str:
        async with tenancy.database.side(HOUSE) as connection:
            _, secret = await staff_sessions.open_session(
                connection,
                person=robin.person.id,
                method="oidc",
                agent="",
                network="",
                locale=None,
                now=await clock(connection),
                whole=True,
                scope=door.tenant_id,
            )
        return secret

    visitor.cookie = await scoped(live)
    assert (await visitor.http.get(f"/dashboard/{live.portal}")).status_code == 200
    visitor.cookie = await scoped(world.tenant.sandbox.door)
    assert (await visitor.http.get(f"/dashboard/{live.portal}")).status_code == 404


async def test_an_ended_session_opens_nothing(world: World, visitor: StaffVisitor, robin: Hired) -> None:
    async with world.site.tenancy.database.side(HOUSE) as connection:
        assert await staff_sessions.end_all(connection, robin.person.id, await clock(connection)) == 1
    visitor.cookie = robin.secret
    answer = await visitor.http.get(f"/dashboard/{world.portal}")
    assert answer.headers["location"].startswith(SIGN_IN)


@pytest.mark.parametrize("role", Role)
async def test_every_role_sees_the_overview(world: World, visitor: StaffVisitor, role: Role) -> None:
    hired = await hire(world.site.tenancy, world.tenant.live.door, role)
    visitor.cookie = hired.secret
    assert (await visitor.http.get(f"/dashboard/{world.portal}")).status_code == 200
