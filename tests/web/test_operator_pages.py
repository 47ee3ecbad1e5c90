"""The operator's pages: tenants, requests, invitations, settings; and that they are there for operators alone."""

import asyncio
import re
from collections.abc import AsyncIterator

import httpx
import pytest
from click.testing import CliRunner
from hired import Operating, StaffBrowser, hire, operate, staff_cookie, staff_session
from sides import MASTER_KEY, Tenant, new_tenant, sell, subscribe
from sites import RunningSite, browser_headers
from spots import Ask, spots
from sqlalchemy import select

from frontdesk.desk import Actor
from frontdesk.house_settings import HouseSettings, SignUpMode
from frontdesk.ids import random_token
from frontdesk.signing_up import SignUp
from frontdesk.starting_points import StartingPoint
from frontdesk_tenants import house_records, people, sign_up_invitations, sign_ups, staff_sessions
from frontdesk_tenants.database import clock
from frontdesk_tenants.embedded import PostgresAddresses
from frontdesk_tenants.house import HOUSE
from frontdesk_tenants.tables import audit
from frontdesk_tenants.tables import sign_up_invitations as invitations
from frontdesk_tenants.tenancy import Tenancy
from frontdesk_web.command_line import cli

OPERATOR = Actor(kind="staff", id="opr_1")


@pytest.fixture
async def olga(tenancy: Tenancy) -> Operating:
    return await operate(tenancy)


@pytest.fixture(autouse=True)
async def as_it_was(tenancy: Tenancy, running_site: RunningSite) -> AsyncIterator[None]:
    """The house is shared with other tests, which know it as it is at first."""
    yield
    await let(tenancy, "invitation", contact=None)


async def let(tenancy: Tenancy, mode: SignUpMode, contact: str | None = "house@example.com") -> None:
    async with tenancy.database.side(HOUSE) as connection:
        settings = HouseSettings(sign_up=mode, contact=contact)
        await house_records.save_settings(connection, settings, OPERATOR, await clock(connection))


def at_work(running: RunningSite, tenant: Tenant, olga: Operating) -> StaffBrowser:
    return StaffBrowser(running, tenant.live.door, olga.secret)


async def ask_for(tenancy: Tenancy, name: str) -> sign_ups.Request:
    await let(tenancy, "approval")
    async with tenancy.database.side(HOUSE) as connection:
        address = f"{random_token(8).lower()}@example.com"
        person = await people.get_or_create(connection, address, await clock(connection))
    asked = SignUp(
        name=name,
        slug=f"r-{random_token(10).lower()}",
        country="AT",
        currency="eur",
        locale="de",
        starting_point=StartingPoint.SEATS,
        backend="invoice_only",
    )
    return await sign_ups.ask(tenancy, person, asked, suggested=False)


async def test_the_list_counts_and_finds(
    running_site: RunningSite, tenancy: Tenancy, tenant: Tenant, olga: Operating
) -> None:
    await subscribe(tenancy, tenant.live.door, await sell(tenancy, tenant.live.door))
    await hire(tenancy, tenant.live.door, address=f"mira-{tenant.slug}@example.com")
    async with at_work(running_site, tenant, olga) as browser:
        await browser.get(f"/operator?q=mira-{tenant.slug}")
        assert browser.page.status_code == 200
        assert tenant.slug in browser.text
        assert f"mira-{tenant.slug}@example.com" in browser.text
        assert "€120.00 1 invoice" in browser.text
        await browser.get(f"/operator?q={tenant.slug}&state=suspended")
        assert "Nothing found" in browser.text
        for odd in ("q=%00", "q=%ff", "state=odd", "after=%00", "after=" + "x" * 500, "q=" + "x" * 5000):
            assert (await browser.get(f"/operator?{odd}")).status_code == 200, odd


async def test_pages_follow_each_other(running_site: RunningSite, tenancy: Tenancy, olga: Operating) -> None:
    tenants = [await new_tenant(tenancy) for _ in range(27)]
    seen: list[str] = []
    async with at_work(running_site, tenants[0], olga) as browser:
        url = "/operator"
        for _ in range(40):
            await browser.get(url)
            seen += re.findall(r'class="table-link" href="/operator/tenants/([^"]+)"', browser.html)
            following = re.search(r'href="(/operator\?after=[^"]+)" rel="next"', browser.html)
            if following is None:
                break
            url = following[1]
    assert {each.slug for each in tenants} <= set(seen)
    assert len(seen) == len(set(seen))
    assert seen == sorted(seen)


async def test_a_tenant_is_suspended_and_lifted(
    running_site: RunningSite, tenancy: Tenancy, tenant: Tenant, olga: Operating
) -> None:
    page = f"/operator/tenants/{tenant.slug}"
    async with at_work(running_site, tenant, olga) as browser:
        await browser.get(page)
        assert "Live" in browser.text
        assert "Active subscriptions" in browser.text
        await browser.post(f"{page}/suspend", reason=" ")
        assert browser.page.status_code == 400
        assert "Please enter a reason." in browser.text
        await browser.post(f"{page}/suspend", reason="The bill of October is open.")
        await browser.follow()
        assert "Suspended, with its sandbox." in browser.text
        assert "The bill of October is open." in browser.text
        csrf = browser.csrf
        await browser.post(f"{page}/suspend", reason="again", csrf=csrf)
        assert browser.page.status_code == 400
        assert "This tenant is suspended already." in browser.text
        await browser.get(page)
        await browser.post(f"{page}/lift", reason="Paid.")
        await browser.follow()
        assert "The suspension is lifted." in browser.text
        await browser.post(f"{page}/lift", reason="", csrf=csrf)
        assert "This tenant is not suspended." in browser.text
    async with tenancy.at(tenant.live.door) as (connection, _):
        entries = (await connection.execute(select(audit).where(audit.c.action.like("%suspen%")))).all()
    assert {each.actor[:4] for each in entries} == {"opr_"}
    assert all(each.request_id for each in entries)


async def test_a_request_is_approved(
    running_site: RunningSite, tenancy: Tenancy, tenant: Tenant, olga: Operating
) -> None:
    request = await ask_for(tenancy, "Brandt Yoga")
    async with at_work(running_site, tenant, olga) as browser:
        await browser.get("/operator")
        assert "Waiting for your answer" in browser.text
        assert f"/operator/tenants/{request.slug}" in browser.html
        await browser.get(f"/operator/tenants/{request.slug}")
        for fact in ("Brandt Yoga", request.address, "Austria", "EUR", "Deutsch"):
            assert fact in browser.text
        await browser.post(f"/operator/requests/{request.id}/approve")
        await browser.follow()
        assert "Approved. Its owner is being told." in browser.text
        assert "Being set up" in browser.text
        assert request.address in browser.text
        await browser.post(f"/operator/requests/{request.id}/approve")
        assert browser.page.status_code == 400
        assert "This request was answered already." in browser.text


async def test_a_request_is_declined_with_a_reason(
    running_site: RunningSite, tenancy: Tenancy, tenant: Tenant, olga: Operating
) -> None:
    request = await ask_for(tenancy, "Brandt Yoga")
    async with at_work(running_site, tenant, olga) as browser:
        await browser.get(f"/operator/tenants/{request.slug}")
        await browser.post(f"/operator/requests/{request.id}/refuse", reason="")
        assert browser.page.status_code == 400
        assert "Please enter a reason." in browser.text
        await browser.post(f"/operator/requests/{request.id}/refuse", reason="We host clubs only.")
        assert browser.page.headers["location"] == "/operator"
        await browser.get(f"/operator/tenants/{request.slug}")
        assert browser.page.status_code == 404


async def test_invitations_are_sent_and_withdrawn(
    running_site: RunningSite, tenancy: Tenancy, tenant: Tenant, olga: Operating
) -> None:
    address = f"guest-{random_token(6).lower()}@example.com"
    async with at_work(running_site, tenant, olga) as browser:
        await browser.get("/operator/invitations")
        await browser.post("/operator/invitations", email="nobody")
        assert browser.page.status_code == 400
        assert "complete e-mail address" in browser.text
        await browser.post("/operator/invitations", email=address.upper(), locale="de")
        await browser.follow()
        assert "The invitation is on its way." in browser.text
        assert address in browser.text
        action = re.search(r'action="(/operator/invitations/siv_\w+/revoke)"', browser.html)
        assert action is not None
        await browser.post(action[1])
        await browser.follow()
        assert "Withdrawn" in browser.text
        assert (await browser.post(action[1])).status_code == 303, "a second click does no harm"
        await browser.get("/operator/invitations")
        assert (await browser.post("/operator/invitations/siv_none/revoke")).status_code == 404
    async with tenancy.database.side(HOUSE) as connection:
        row = (await connection.execute(select(invitations).where(invitations.c.address == address))).one()
        assert (row.locale, row.token_sealed, row.invited_by[:4]) == ("de", None, "opr_")


async def test_older_invitations_are_a_page_away(
    running_site: RunningSite, tenancy: Tenancy, tenant: Tenant, olga: Operating
) -> None:
    async with tenancy.database.side(HOUSE) as connection:
        now = await clock(connection)
        for number in range(30):
            await sign_up_invitations.invite(
                connection,
                tenancy.vault,
                tenancy.jobs,
                address=f"g{number}-{tenant.slug}@example.com",
                locale="en",
                actor=OPERATOR,
                now=now,
            )
    async with at_work(running_site, tenant, olga) as browser:
        await browser.get("/operator/invitations")
        first = set(re.findall(r"g\d+-" + tenant.slug, browser.text))
        older = re.search(r'href="(/operator/invitations\?before=\w+)"', browser.html)
        assert older is not None
        await browser.get(older[1])
        second = set(re.findall(r"g\d+-" + tenant.slug, browser.text))
        assert len(first) == 25
        assert not first & second
        assert len(first | second) == 30
        assert (await browser.get("/operator/invitations?before=siv_none")).status_code == 200


async def test_settings_are_seen_by_who_signs_up(
    running_site: RunningSite, tenancy: Tenancy, tenant: Tenant, olga: Operating
) -> None:
    async with at_work(running_site, tenant, olga) as browser:
        await browser.get("/operator/settings")
        wrong = {"service_name": " ", "contact": "nobody", "price-invoice_only-en": "x" * 301, "sign_up": "open"}
        await browser.post("/operator/settings", **wrong)
        assert browser.page.status_code == 400
        for sentence in ("Please fill this in.", "complete e-mail address", "Please use at most 300 characters."):
            assert sentence in browser.text
        good = {
            "service_name": "Hafen Billing",
            "contact": "house@example.com",
            "sign_up": "open",
            "locale": "de",
            "price-invoice_only-en": "10 cents an invoice",
            "price-invoice_only-de": "10 Cent je Rechnung",
        }
        await browser.post("/operator/settings", **good)
        await browser.follow()
        assert "Saved." in browser.text
        assert 'value="Hafen Billing"' in browser.html
        sign_in = await browser.get("/dashboard/sign-in")
        assert "Hafen Billing" in sign_in.text
        assert "/dashboard/sign-up" in browser.html
    async with tenancy.database.side(HOUSE) as connection:
        settings = await house_records.read_settings(connection)
        assert settings.price("invoice_only", "de") == "10 Cent je Rechnung"
        assert (settings.sign_up, settings.locale) == ("open", "de")


async def test_for_everybody_else_nothing_is_there(
    running_site: RunningSite, tenancy: Tenancy, tenant: Tenant, olga: Operating
) -> None:
    """An owner, an operator with half a session, one whom a tenant's provider vouched for, nobody."""
    owner = await hire(tenancy, tenant.live.door)
    _, half = await staff_session(tenancy, olga.person, whole=False)
    async with tenancy.database.side(HOUSE) as connection:
        scoped_id, scoped = await staff_sessions.open_session(
            connection,
            person=olga.person.id,
            method="oidc",
            agent="",
            network="",
            locale=None,
            now=await clock(connection),
            whole=True,
            scope=tenant.live.door.tenant_id,
        )
    routes = [each for each in spots() if each.path.startswith("/operator")]
    assert len(routes) >= 10
    names = {"tenant": tenant.slug, "asked": "sup_1", "guest": "siv_1"}
    async with running_site.client(**browser_headers(running_site.config)) as client:
        for spot in routes:
            url = Ask(spot=spot, path={name: names[name] for name in spot.parameters}).url
            for secret, session, expected in (
                (owner.secret, owner.session, 404),
                (scoped, scoped_id, 404),
                (half, "", 303),
                ("", "", 303),
            ):
                answer = await ask(client, running_site, spot.method, url, secret, session)
                assert answer.status_code == expected, (str(spot), expected)
                if expected == 303:
                    assert answer.headers["location"].startswith("/dashboard/sign-in")
    async with tenancy.at(tenant.live.door) as (_, side):
        assert not side.suspended


async def ask(
    client: httpx.AsyncClient, running: RunningSite, method: str, url: str, secret: str, session: str
) -> httpx.Response:
    form = {"csrf": running.csrf(session), "reason": "Fraud", "email": "a@example.com"}
    body = {"data": form} if method == "POST" else {}
    return await client.request(method, url, headers={"Cookie": staff_cookie(running, secret)}, **body)  # type: ignore[arg-type]


async def test_a_sandbox_and_what_never_existed_have_no_page(
    running_site: RunningSite, tenant: Tenant, olga: Operating
) -> None:
    async with at_work(running_site, tenant, olga) as browser:
        for name in (tenant.sandbox.door.portal, "never-existed", "%00", "A", "x" * 300):
            assert (await browser.get(f"/operator/tenants/{name}")).status_code == 404, name


async def test_the_command_line_lets_people_back_in_who_lost_their_phone(
    running_site: RunningSite, tenancy: Tenancy, tenant: Tenant, postgres: PostgresAddresses
) -> None:
    robin = await hire(tenancy, tenant.live.door)
    environment = {
        "DATABASE_URL": postgres.app_url,
        "FRONTDESK_BASE_URL": "https://billing.example.com",
        "FRONTDESK_MASTER_KEY": MASTER_KEY.reveal(),
    }

    async def run(address: str) -> int:
        words = ["operators", "reset-second-factor", address]
        return (await asyncio.to_thread(CliRunner(env=environment).invoke, cli, words)).exit_code

    assert await run("nobody@example.com") != 0
    assert await run("no address") != 0
    async with StaffBrowser(running_site, tenant.live.door, robin.secret) as browser:
        assert (await browser.get()).status_code == 200
        assert await run(robin.address.upper()) == 0
        assert (await browser.get()).status_code == 303
    async with tenancy.database.side(HOUSE) as connection:
        person = await people.read(connection, robin.person.id)
        assert person is not None
        assert not person.has_factor
        entry = (await connection.execute(select(audit).where(audit.c.object == person.id))).one()
    assert (entry.action, entry.actor) == ("second_factor_reset", "operator")
