"""No code came: a wrong address and a bounced e-mail, lived through in two browsers, the customer's and the staff's."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from email.message import EmailMessage

import pytest
from hired import hire
from msgspec import Struct
from playwright.async_api import Browser, BrowserContext, Page, expect
from portal_shop import Shop, open_shop, open_tenancy
from posts import Mailbox, mailbox, plain, site_of
from sides import clock_of
from sites import RunningSite, serve_site

from frontdesk.branding import Brand
from frontdesk.roles import Role
from frontdesk_tenants import configurations, provisioning
from frontdesk_tenants.embedded import PostgresAddresses
from frontdesk_web.config import Smtp
from frontdesk_web.cookies import cookie_name
from frontdesk_web.dashboard.house_face import JAR
from frontdesk_web.links import login_link
from frontdesk_web.worker import run_worker

pytestmark = pytest.mark.browser

RIGHT, WRONG = "jenny@ashfordlane.example", "jenny@ashfrodlane.example"
CODE = re.compile(r"\b[0-9]{6}\b")
DESKTOP, PHONE = (1280, True), (390, False)
WAYS = {DESKTOP: "desktop", PHONE: "phone without scripts"}
"""In `make test` each story is told in one of them."""


class Desk(Struct, frozen=True, kw_only=True):
    """A tenant's portal and dashboard with a mail server behind them, and a member of the support team."""

    running: RunningSite
    shop: Shop
    post: Mailbox
    link: str
    cookie: str
    move_clock: Callable[[timedelta], None]

    async def letter(self, number: int) -> EmailMessage:
        """The letter with this number, counted from one, once it has arrived."""
        return (await self.post.arrived(number, seconds=100))[number - 1]

    async def quiet(self) -> None:
        """Once nothing waits to be done: a code that was asked for has gone, or never will."""
        async with asyncio.timeout(60):
            while await self.shop.tenancy.jobs.waiting():  # noqa: ASYNC110 - the database sets no event of ours
                await asyncio.sleep(0.1)

    @property
    def customers(self) -> str:
        """The address of the list of customers."""
        return f"{self.running.url}/dashboard/{self.shop.door.portal}/customers"


@pytest.fixture
async def desk(fresh_database: Callable[[], PostgresAddresses]) -> AsyncIterator[Desk]:
    addresses = fresh_database()
    async with mailbox() as post:
        tenancy = await open_tenancy(addresses)
        shop = await open_shop(tenancy)
        brand = Brand(business_name="Northbeam", support_email="help@northbeam.example")
        await provisioning.brand_side(tenancy, shop.door, brand)
        robin = await hire(tenancy, shop.door, Role.SUPPORT)
        async with tenancy.database.side(shop.door.tenant_id) as connection:
            token = await configurations.login_token(connection, shop.configuration.id)
        assert token is not None
        smtp = Smtp(host="127.0.0.1", port=post.port, tls="none", sender="billing@frontdesk.example")
        # No Valkey, which other tests share: all of them come from 127.0.0.1, and would use up the codes that one
        # network may ask for.
        with serve_site(addresses, plain_http=True, smtp=smtp) as running:
            letters = site_of(addresses.app_url, post.port, base_url=running.url)
            working = asyncio.create_task(run_worker(letters))
            yield Desk(
                running=running,
                shop=shop,
                post=post,
                link=login_link(running.config, shop.door, token),
                cookie=robin.secret,
                move_clock=clock_of(addresses),
            )
            working.cancel()
            with pytest.raises(asyncio.CancelledError):
                await working
        await tenancy.aclose()


async def browser_of(browser: Browser, look: tuple[int, bool]) -> BrowserContext:
    width, javascript = look
    context = await browser.new_context(
        viewport={"width": width, "height": 844}, java_script_enabled=javascript, locale="en"
    )
    context.set_default_timeout(60_000)
    return context


async def staff_page(browser: Browser, desk: Desk, look: tuple[int, bool]) -> Page:
    context = await browser_of(browser, look)
    cookie = {"name": cookie_name(desk.running.config, JAR), "value": desk.cookie, "url": desk.running.url}
    await context.add_cookies([cookie])  # type: ignore[list-item]
    return await context.new_page()


async def ask(page: Page, link: str, address: str) -> None:
    """Open the login page and ask for a code."""
    await page.goto(link)
    await page.get_by_label("E-mail address").fill(address)
    await page.get_by_role("button", name="Send code").click()
    await expect(page.get_by_role("heading", name="Check your e-mail")).to_be_visible()


async def look_up(page: Page, desk: Desk, address: str) -> None:
    """What support sees of an address."""
    await page.goto(desk.customers)
    await page.get_by_role("link", name="No code came?").first.click()
    await page.get_by_label("The customer's e-mail address").fill(address)
    await page.get_by_role("button", name="Look it up").click()


async def correct(page: Page, address: str) -> None:
    """Follow the one best step, and save the address that is filled in or typed."""
    await page.get_by_role("link", name="Correct the address").click()
    field = page.get_by_label("E-mail address")
    await field.fill(address)
    await expect(page.get_by_text("Changing it changes how they sign in")).to_be_visible()
    await page.get_by_role("button", name="Save details").click()
    await expect(page.get_by_text("The address was changed.")).to_be_visible()


async def type_code(page: Page, code: str, look: tuple[int, bool]) -> None:
    """Where scripts run, the form goes off with the last digit."""
    await page.get_by_label("Code").fill(code)
    if not look[1]:
        await page.get_by_role("button", name="Sign in").click()


def code_in(letter: EmailMessage) -> str:
    found = CODE.search(str(letter["subject"]))
    assert found is not None
    return found[0]


@pytest.mark.parametrize("look", [DESKTOP, pytest.param(PHONE, marks=pytest.mark.long)], ids=WAYS.get)
async def test_a_wrong_address_is_seen_and_mended_and_the_customer_signs_in(
    browser: Browser, desk: Desk, look: tuple[int, bool]
) -> None:
    await desk.shop.add_customer(desk.shop.item("team", 3), email=WRONG, name="Ashford & Lane")
    invoice = await desk.letter(1)
    assert invoice["to"] == WRONG
    jenny, support = await (await browser_of(browser, look)).new_page(), await staff_page(browser, desk, look)

    await ask(jenny, desk.link, RIGHT)
    await expect(jenny.get_by_text("help@northbeam.example").first).to_be_visible()
    # Else the address might be theirs by the time that its code is sent.
    await desk.quiet()

    await look_up(support, desk, RIGHT)
    await expect(support.get_by_role("heading", level=2).first).to_have_text(
        "Nobody has this address, but somebody has nearly the same"
    )
    await expect(support.get_by_text(f"{WRONG}: differs behind the @")).to_be_visible()
    await expect(support.get_by_text("Ashford & Lane")).to_be_visible()
    await correct(support, RIGHT)
    await support.get_by_role("button", name="Send the link by e-mail").click()
    await expect(support.get_by_text("The link is on its way.")).to_be_visible()

    letter = await desk.letter(2)
    assert letter["to"] == RIGHT
    link = re.search(r"http://\S+", plain(letter))
    assert link is not None
    # Codes go out a minute apart, whether or not the first one went anywhere.
    desk.move_clock(timedelta(minutes=3))
    await jenny.goto(link[0])
    await expect(jenny.get_by_label("E-mail address")).to_have_value(RIGHT)
    await jenny.get_by_role("button", name="Send code").click()
    code = code_in(await desk.letter(3))
    await type_code(jenny, code, look)
    await expect(jenny.get_by_role("heading", name="Team")).to_be_visible()

    await look_up(support, desk, RIGHT)
    await expect(support.get_by_role("heading", level=2).first).to_have_text("The last code was used: they signed in")
    await expect(support.get_by_text("Sign-in opens Ashford & Lane.")).to_be_visible()
    assert code not in await support.content()
    await jenny.context.close()
    await support.context.close()


@pytest.mark.parametrize("look", [pytest.param(DESKTOP, marks=pytest.mark.long), PHONE], ids=WAYS.get)
async def test_a_bounced_code_tells_the_customer_nothing_and_support_everything(
    browser: Browser, desk: Desk, look: tuple[int, bool]
) -> None:
    gone = "jenny@gone.example"
    desk.post.unknown.add(gone)
    customer = await desk.shop.add_customer(email=gone, name="Ashford & Lane")
    jenny, support = await (await browser_of(browser, look)).new_page(), await staff_page(browser, desk, look)

    await ask(jenny, desk.link, gone)
    told = await jenny.get_by_role("main").inner_text()
    await desk.post.refusals(1)
    await jenny.reload()
    assert await jenny.get_by_role("main").inner_text() == told, "a bounce would tell whose address is known"
    await expect(jenny.get_by_text("make sure that this is the address on your invoices")).to_be_visible()

    await support.goto(f"{desk.customers}?q={gone}")
    await support.get_by_role("link", name="Ashford & Lane").click()
    bounce = support.get_by_role("alert").filter(has_text=f"E-mails to {gone} bounce")
    await expect(bounce).to_contain_text(f"550 5.1.1 {gone} is unknown here")
    await look_up(support, desk, gone)
    await expect(support.get_by_role("heading", level=2).first).to_have_text("E-mails to this address bounce")
    await expect(support.get_by_role("cell", name="Bounced")).to_contain_text("550 5.1.1")
    await correct(support, RIGHT)
    await expect(bounce).to_be_hidden()
    await desk.quiet()

    await ask(jenny, desk.link, RIGHT)
    await type_code(jenny, code_in(await desk.letter(1)), look)
    await expect(jenny.get_by_text(RIGHT).first).to_be_visible()
    await support.goto(f"{desk.customers}/{customer}")
    await expect(support.get_by_text(f"{gone} → {RIGHT}")).to_be_visible()
    await expect(support.get_by_role("listitem").filter(has_text=RIGHT).filter(has_text="Robin Staff")).to_be_visible()
    await jenny.context.close()
    await support.context.close()
