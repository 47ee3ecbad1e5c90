"""Remembered home pages: right at the next request on every process, and nobody else's; with Valkey and without."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from portal_browser import PortalBrowser
from portal_shop import API, Shop, open_shop, open_tenancy
from sides import clock_of
from sites import RunningSite, serve_site

from frontdesk import billing_details
from frontdesk.branding import Brand
from frontdesk.catalogue_commands import ProductFields, UpdateProduct
from frontdesk.commands import BillingDetails
from frontdesk_tenants import listings, provisioning
from frontdesk_tenants.desks import open_desk
from frontdesk_tenants.embedded import PostgresAddresses, start_valkey, stop_servers
from frontdesk_tenants.page_cache import FinishedPage, PageCache
from frontdesk_tenants.shared_cache import SharedCache
from frontdesk_tenants.tenancy import Tenancy

Changed = Callable[[Shop, str], object]


@pytest.fixture(scope="module")
def two_processes(postgres: PostgresAddresses, valkey_url: str) -> Iterator[tuple[RunningSite, RunningSite]]:
    """Two sites on one database and one Valkey, as two web processes are."""
    with ExitStack() as stack:
        first, second = (stack.enter_context(serve_site(postgres, valkey_url)) for _ in range(2))
        yield first, second


@pytest.fixture
async def shop(tenancy: Tenancy, two_processes: object) -> Shop:
    return await open_shop(tenancy)


def made(site: RunningSite, pages: list[str]) -> Callable[[], int]:
    """Counts how many pages a site renders from now on."""
    rendered: list[str] = []
    render = site.site.shells.page

    def counting(locale: str, frame: object, page: object) -> bytes:
        rendered.append(page.template)  # type: ignore[attr-defined]
        return render(locale, frame, page)  # type: ignore[arg-type]

    site.site.shells.page = counting  # type: ignore[method-assign]
    return lambda: sum(each in pages for each in rendered)


async def rename(shop: Shop, customer: str) -> None:
    async with open_desk(shop.tenancy, shop.door, customer_id=customer, actor=API) as desk:
        await billing_details.update(desk, BillingDetails(name="Renamed"))


async def rebrand(shop: Shop, _: str) -> None:
    await provisioning.brand_side(shop.tenancy, shop.door, Brand(business_name="Southbeam", headline="Renamed"))


async def subscribe(shop: Shop, customer: str) -> None:
    await shop.subscribe(customer, shop.item("scale"))


@pytest.mark.parametrize(
    ("change", "shown"), [(rename, "Renamed"), (rebrand, "Southbeam"), (subscribe, "With an audit log.")]
)
async def test_what_one_process_changes_the_other_shows_at_the_next_request(
    shop: Shop, two_processes: tuple[RunningSite, RunningSite], change: Changed, shown: str
) -> None:
    customer = await shop.add_customer(shop.item("team"))
    secret = await shop.sign_in(customer)
    for site in two_processes * 2:
        async with PortalBrowser(site, shop, secret) as browser:
            assert shown not in (await browser.get("/")).text
    await change(shop, customer)  # type: ignore[misc]
    for site in two_processes * 2:
        async with PortalBrowser(site, shop, secret) as browser:
            assert shown in (await browser.get("/")).text


async def test_words_of_a_plan_are_those_of_its_price_quantity_and_language_and_of_now(
    shop: Shop, two_processes: tuple[RunningSite, RunningSite]
) -> None:
    """A process keeps what its cards said of a side's plans: for whoever has the same, as long as they are so."""
    site, other = two_processes[0], await open_shop(shop.tenancy)

    async def shown(where: Shop, quantity: int, locale: str = "en") -> str:
        customer = await where.add_customer(where.item("team", quantity))
        async with PortalBrowser(site, where, await where.sign_in(customer, locale=locale)) as browser:
            # The first page of all brings what the side offers, the second has its words from here.
            await browser.get("/")
            return (await browser.get("/?lang=" + locale)).text

    for quantity in (3, 7, 3):
        page = await shown(shop, quantity)
        assert f"{quantity}\N{NO-BREAK SPACE}×\N{NO-BREAK SPACE}" in page
        assert "per month" in page
    assert "pro Monat" in await shown(shop, 3, "de")
    async with shop.tenancy.at(shop.door) as (connection, _):
        product = (await listings.find(connection, "price", shop.prices["team"])).product
    await shop.add_to_catalogue(UpdateProduct(id=product, fields=ProductFields(name="Crew", description="New words.")))
    renamed, others = await shown(shop, 3), await shown(other, 3)
    assert "Crew" in renamed
    assert "New words." in renamed
    assert "Crew" not in others


async def test_a_change_made_on_a_page_of_one_process_is_seen_on_the_other(
    shop: Shop, two_processes: tuple[RunningSite, RunningSite]
) -> None:
    first, second = two_processes
    secret = await shop.sign_in(await shop.add_customer(shop.item("team")))
    async with PortalBrowser(first, shop, secret) as here, PortalBrowser(second, shop, secret) as there:
        for number in range(5):
            assert f"Name {number}" not in (await there.get("/")).text
            await here.get("/details")
            await here.post("/details", name=f"Name {number}")
            assert f"Name {number}" in (await there.get("/")).text
            assert f"Name {number}" in (await here.get("/")).text


async def test_a_page_is_made_once_for_all_processes_and_sessions(
    shop: Shop, two_processes: tuple[RunningSite, RunningSite]
) -> None:
    first, second = two_processes
    customer = await shop.add_customer(shop.item("team"))
    counts = [made(each, ["portal/home.html"]) for each in two_processes]
    bodies, tokens = set(), set()
    for _ in range(2):
        secret = await shop.sign_in(customer)
        for site in (first, second, second, first):
            async with PortalBrowser(site, shop, secret) as browser:
                await browser.get("/")
                bodies.add(browser.page.text.replace(browser.csrf, ""))
                tokens.add(browser.csrf)
    assert [each() for each in counts] == [1, 0]
    assert len(bodies) == 1
    assert len(tokens) == 2, "each session has its own form token"


def asked(site: RunningSite) -> Callable[[], int]:
    """Counts how often a site asks PostgreSQL for a home page from now on."""
    questions: list[object] = []
    read = site.site.home_reads.read

    async def counting(*arguments: object, **named: object) -> object:
        questions.append(arguments)
        return await read(*arguments, **named)  # type: ignore[arg-type]

    site.site.home_reads.read = counting  # type: ignore[assignment, method-assign]
    return lambda: len(questions)


async def test_a_finished_page_is_the_same_answer_and_answers_nothing_else(
    shop: Shop, two_processes: tuple[RunningSite, RunningSite]
) -> None:
    site, other = two_processes[0], await open_shop(shop.tenancy)
    secret = await shop.sign_in(await shop.add_customer(shop.item("team")))
    count, questions = made(site, ["portal/home.html"]), asked(site)
    async with PortalBrowser(site, shop, secret) as browser:
        fresh, finished = await browser.get("/"), await browser.get("/")
        assert questions() == 2, "one for each page"
        assert fresh.content == finished.content
        # Every answer has an id and a second of its own.
        assert [each for each in fresh.headers.raw if each[0] not in (b"request-id", b"date")] == [
            each for each in finished.headers.raw if each[0] not in (b"request-id", b"date")
        ]
        assert count() == 1
        posted = await browser.post("/")
        assert posted.status_code == 405
    async with PortalBrowser(site, other, secret) as stranger:
        elsewhere = await stranger.get("/")
        assert elsewhere.status_code in (303, 401)
        assert shop.door.portal not in elsewhere.text


COOKIES = {
    "among others": "theme=dark; {name}={secret}; {name}-browser=x",
    "quoted": '{name}="{secret}"',
    "escaped": "{name}=%{first:x}{rest}",
    "with spaces": "{name} = {secret} ;x",
    "last": "{name}=nobody; {name}={secret}",
    "not last": "{name}={secret}; {name}=nobody",
    "of another name": "x{name}={secret}",
    "in the value of another": "other={name}={secret}",
    "none": "{name}=",
}
"""How a session's cookie may be sent, by what there is to say of it."""
NOBODYS = {"not last", "of another name", "in the value of another", "none"}


@pytest.mark.parametrize("kind", COOKIES)
async def test_a_session_is_known_however_its_cookie_is_written(
    shop: Shop, two_processes: tuple[RunningSite, RunningSite], kind: str
) -> None:
    """The home page reads the header by itself, and must come to what every other page does."""
    site = two_processes[0]
    secret = await shop.sign_in(await shop.add_customer(shop.item("team")))
    name = site.cookie(shop.door, secret).partition("=")[0]
    cookie = COOKIES[kind].format(name=name, secret=secret, first=ord(secret[0]), rest=secret[1:])
    async with site.client(Cookie=cookie) as client:
        for _ in range(2):
            answers = [await client.get(f"/p/{shop.door.portal}{path}") for path in ("/", "/invoices")]
            assert {each.status_code for each in answers} == {303 if kind in NOBODYS else 200}, kind


async def test_a_page_that_cannot_be_made_is_an_error_like_any_other(
    shop: Shop, two_processes: tuple[RunningSite, RunningSite], monkeypatch: pytest.MonkeyPatch
) -> None:
    site = two_processes[0]
    secret = await shop.sign_in(await shop.add_customer(shop.item("team")))

    def failing(*_: object) -> bytes:
        raise RuntimeError("a bug of ours")

    monkeypatch.setattr(site.site.shells, "page", failing)
    async with PortalBrowser(site, shop, secret) as browser:
        for _ in range(2):
            failed = await browser.get("/")
            assert failed.status_code == 500
            assert failed.headers["request-id"] in failed.text
            assert "a bug of ours" not in failed.text
    monkeypatch.undo()
    async with PortalBrowser(site, shop, secret) as browser:
        assert (await browser.get("/")).status_code == 200


async def test_what_is_not_finished_is_asked_for_once_more_and_not_twice(
    shop: Shop, two_processes: tuple[RunningSite, RunningSite]
) -> None:
    site = two_processes[0]
    secret = await shop.sign_in(await shop.add_customer(shop.item("team")))
    async with PortalBrowser(site, shop, secret) as browser:
        await browser.get("/")
    questions = asked(site)
    async with PortalBrowser(site, shop, secret, **{"Accept-Language": "de"}) as browser:
        assert '<html lang="de">' in (await browser.get("/")).text
        assert questions() == 2, "whether anything changed, and then for all that is shown"


async def test_sessions_that_see_different_things_do_not_share_a_page(
    shop: Shop, two_processes: tuple[RunningSite, RunningSite]
) -> None:
    first = await shop.add_customer(shop.item("team"), name="First")
    await shop.add_customer(name="Second")
    by_link, by_api = await shop.sign_in(first), await shop.open_by_api(first, "https://app.example/return")
    german = await shop.sign_in(first, locale="de")
    for site in two_processes * 2:
        async with PortalBrowser(site, shop, by_link) as browser:
            await browser.get("/")
            assert "Second" in browser.text
            assert "app.example" not in browser.html
        async with PortalBrowser(site, shop, by_api) as browser:
            await browser.get("/")
            assert "Second" not in browser.text
            assert "https://app.example/return" in browser.html
        async with PortalBrowser(site, shop, german) as browser:
            assert '<html lang="de">' in (await browser.get("/")).text
        async with PortalBrowser(site, shop, by_link) as browser:
            assert "Your details are saved." in (await browser.get("/?saved=details")).text
            assert "Your details are saved." not in (await browser.get("/")).text
            assert "utm=1" in (await browser.get("/?utm=1")).text
            assert "utm=1" not in (await browser.get("/")).text


async def test_another_tenants_pages_do_not_change_by_a_byte(
    shop: Shop, tenancy: Tenancy, two_processes: tuple[RunningSite, RunningSite]
) -> None:
    other = await open_shop(tenancy)
    secret = await other.sign_in(await other.add_customer(other.item("team")))

    async def bytes_of(site: RunningSite) -> str:
        async with PortalBrowser(site, other, secret) as browser:
            return (await browser.get("/")).text

    before = [await bytes_of(each) for each in two_processes]
    await rebrand(shop, "")
    await shop.configure()
    assert [await bytes_of(each) for each in two_processes] == before


async def test_an_invoice_becomes_past_due_without_anybody_touching_it(
    fresh_database: Callable[[], PostgresAddresses], site_at: Callable[..., RunningSite], valkey_url: str
) -> None:
    postgres = fresh_database()
    tenancy = await open_tenancy(postgres)
    running, move = site_at(postgres, valkey_url), clock_of(postgres)
    shop = await open_shop(tenancy)
    customer = await shop.add_customer(shop.item("team"))
    for days, status in ((0, "Open"), (13, "Open"), (15, "Past due")):
        move(timedelta(days=days))
        async with PortalBrowser(running, shop, await shop.sign_in(customer)) as browser:
            await browser.get("/")
        assert status in browser.text
        assert browser.text.count("Past due") == (days > 14)
    await tenancy.aclose()


@pytest.fixture
def valkey_to_stop(tmp_path: Path) -> Iterator[tuple[str, Callable[[], None]]]:
    """A Valkey of one test, and what stops it."""
    tmp_path.chmod(0o711)
    yield start_valkey(tmp_path), lambda: stop_servers(tmp_path)
    stop_servers(tmp_path)


async def test_without_valkey_everything_works(
    shop: Shop, postgres: PostgresAddresses, valkey_to_stop: tuple[str, Callable[[], None]]
) -> None:
    url, stop = valkey_to_stop
    with serve_site(postgres, url) as site:
        customer = await shop.add_customer(shop.item("team"))
        async with PortalBrowser(site, shop, await shop.sign_in(customer)) as browser:
            assert (await browser.get("/")).status_code == 200
            stop()
            for _ in range(3):
                await rename(shop, customer)
                assert "Renamed" in (await browser.get("/")).text
                await browser.get("/details")
                await browser.post("/details", name="Again")
                assert "Again" in (await browser.follow()).text


async def test_what_lies_in_valkey_is_not_believed_if_it_is_no_page(
    shop: Shop, valkey_url: str, two_processes: tuple[RunningSite, RunningSite]
) -> None:
    customer = await shop.add_customer(shop.item("team"))
    first, second = two_processes
    async with PortalBrowser(first, shop, await shop.sign_in(customer)) as browser:
        body = (await browser.get("/")).text.replace(browser.csrf, "")
    shared = SharedCache(valkey_url)
    keys = await shared.ask(lambda redis: redis.keys("page:*"))
    assert keys
    for key in keys:
        await shared.ask(lambda redis, key=key: redis.set(key, b"\x93nonsense"))
    await shared.aclose()
    async with PortalBrowser(second, shop, await shop.sign_in(customer)) as browser:
        assert (await browser.get("/")).text.replace(browser.csrf, "") == body


async def test_a_process_remembers_no_more_than_it_has_room_for() -> None:
    now = datetime(2026, 11, 1, tzinfo=UTC)
    cache = PageCache(SharedCache(None), room=2500)
    for name in "abc":
        await cache.keep(name, FinishedPage((name.encode() * 500, b"x" * 500), None))
    assert [await cache.find(name, now) is not None for name in "abc"] == [False, True, True]
    await cache.find("b", now)
    await cache.keep("d", FinishedPage((b"d" * 1000,), now + timedelta(seconds=1)))
    assert [await cache.find(name, now) is not None for name in "bcd"] == [True, False, True]
    assert await cache.find("d", now + timedelta(seconds=1)) is None
    await cache.keep("huge", FinishedPage((b"x" * 5000,), None))
    assert await cache.find("huge", now) is None
