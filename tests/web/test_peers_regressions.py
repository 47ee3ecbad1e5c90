"""What users of other billing portals ran into, row by row of a list of their issues, and the tests that hold it here.

The list is of 25 requests and bugs in the open trackers of Polar, Lago, Kill Bill, Medusa, Cashier and others; `HELD`
has the rows that a portal, its billing and its sign-in can get wrong, each with one or more tests. What no other file
holds stands below. The other rows are of copies of another system's data, of signing in, and of registers.
"""

import ast
import asyncio
import re
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from babel.messages.pofile import read_po, write_po
from crowd import statements
from hypothesis import given, settings
from hypothesis import strategies as st
from portal_browser import PortalBrowser
from portal_shop import API, PLANS, SELLER, Shop, open_shop
from seat_shop import BY_API, CONFIGURATION, TERMS, subscription_of
from seat_shop import open_shop as open_seat_shop
from sites import RunningSite

from frontdesk import acts, cancellations, keeping_methods, subscriptions
from frontdesk.book import ACTIVE, Account, BillingSettings, Price, Product, Recurring, Terms
from frontdesk.changes import apply
from frontdesk.commands import (
    Advance,
    CancelSubscription,
    ChangePlan,
    CreateCustomer,
    CreateSubscription,
    ItemChange,
    NewItem,
)
from frontdesk.customer_permissions import Question, customer_permissions
from frontdesk.errors import Refused
from frontdesk.ids import CountingIds
from frontdesk.payment_method_commands import AttachPaymentMethod
from frontdesk.portal_configuration import CustomerUpdate
from frontdesk.quoting import next_due
from frontdesk.sign_in import Candidate, choose_customer
from frontdesk.test_cards import CARDS, new_method
from frontdesk.testing.desk import TENANT
from frontdesk_invoice_only.engine import bill
from frontdesk_tenants import book
from frontdesk_tenants.desks import open_desk
from frontdesk_tenants.embedded import PostgresAddresses
from frontdesk_tenants.tenancy import Tenancy
from frontdesk_web import messages

ROOT = Path(__file__).parents[2]
LATIN = re.compile(r"[A-Za-zÀ-ž]{2,}")
HERE = "tests/web/test_peers_regressions.py"
HELD: dict[int, tuple[str, tuple[str, ...]]] = {
    5: (
        "two ways to finish one sale, both taken: one change, one invoice, no gap in the numbers",
        (
            f"{HERE}::test_row_5_a_change_that_two_finish_at_once_is_made_once",
            "tests/web/test_portal_plan_parts.py::test_fifty_confirmations_at_once_change_once",
            "tests/web/test_api_wrong_ways.py::test_of_two_at_once_one_comes_true",
        ),
    ),
    8: (
        "a second subscription that ended takes nothing from the one that is paid",
        (
            f"{HERE}::test_row_8_a_subscription_that_ended_takes_nothing_from_the_one_that_runs",
            "tests/core/test_sign_in.py::test_which_customer_is_opened",
        ),
    ),
    9: (
        "a form sent twice, a page opened again, a back button: one subscription",
        (
            "tests/web/test_portal_plan.py::test_a_double_click_changes_once",
            "tests/web/test_portal_start_again.py::test_what_ended_starts_again_once_and_at_the_price_shown",
        ),
    ),
    12: (
        "a dearer plan whose payment fails: the old plan stays, and nothing is owed",
        (
            f"{HERE}::test_row_12_a_plan_whose_payment_fails_stays_as_it_is",
            "plugins/invoice_only/tests/test_invoice_only_charging.py::test_a_dearer_plan_needs_its_payment_where_that_is_wanted",
        ),
    ),
    13: (
        "up now, down later, and no credit to play with",
        (
            "tests/web/test_plan_words.py::test_row_13_up_now_and_down_later_gives_no_credit_to_play_with",
            "tests/core/test_put_off.py::test_what_each_condition_catches",
        ),
    ),
    14: (
        "a change of seats says when money moves",
        (
            "tests/web/test_plan_words.py::test_row_14_it_is_said_when_money_moves",
            "tests/web/test_plan_words.py::test_row_14_a_year_ahead_it_is_said_too",
        ),
    ),
    15: (
        "proration: credit that is missing, meters that go on, too much back with discounts, a factor for decimals",
        (
            "plugins/invoice_only/tests/test_invoice_only_cases.py::test_every_change",
            "tests/web/test_api_proration_cases.py::test_every_change",
            "plugins/invoice_only/tests/test_invoice_only_lives.py::test_random_lives",
            "plugins/invoice_only/tests/test_invoice_only_use.py::test_another_price_bills_what_was_used_at_the_old_one",
        ),
    ),
    16: (
        "which plans and quantities a customer may choose",
        (
            "tests/web/test_plan_words.py::test_row_16_a_customer_gets_no_plan_or_quantity_that_is_not_offered",
            "tests/core/test_permissions.py::test_what_the_configuration_allows",
        ),
    ),
    17: (
        "who pays by invoice can do it all too",
        ("tests/web/test_plan_words.py::test_row_17_who_pays_by_invoice_changes_seats_too",),
    ),
    18: (
        "a session that is over, on every page: the way in, and nothing of the account",
        (
            "tests/web/test_route_matrix.py::test_a_session_that_is_over_leads_to_the_way_in",
            "tests/web/test_session_ends.py::test_back_to_the_page_with_what_was_typed",
            "e2e/test_expiry_story.py::test_what_was_typed_is_there_again",
        ),
    ),
    20: (
        "another e-mail address, and nobody learns whose it is: by the same answer, for the same work",
        (
            f"{HERE}::test_row_20_asking_for_another_address_is_the_same_work_whoever_has_it",
            "tests/web/test_portal_new_address.py::test_nobody_learns_who_has_an_address_and_nobody_floods_one",
        ),
    ),
    21: (
        "every feature has its switch; what ended can be started again",
        (
            "tests/web/test_every_switch.py::test_page_flow_and_api_agree_under_every_switch",
            "tests/web/test_portal_start_again.py::test_what_ended_starts_again_once_and_at_the_price_shown",
        ),
    ),
    22: (
        "every word of every page in the customer's language, in both directions",
        (
            f"{HERE}::test_row_22_no_page_has_a_word_of_its_own",
            "tests/web/test_words_and_directions.py::test_every_word_of_a_template_is_in_the_catalogue",
            "e2e/test_languages.py::test_every_page_fits_and_is_accessible_in_every_language",
        ),
    ),
    23: (
        "time zones and the hour that is missing or comes twice: no period is missed or billed twice",
        (
            f"{HERE}::test_row_23_no_zone_misses_a_period_or_bills_it_twice",
            "plugins/invoice_only/tests/test_invoice_only_cases.py::test_the_machine_s_time_zone_changes_nothing",
            "tests/tenants/test_clock_jumps.py::test_jumps_from_a_leap_day",
        ),
    ),
    24: (
        "currencies without decimals, and with three",
        (
            "tests/web/test_plan_words.py::test_row_24_each_currency_has_its_own_decimals",
            "tests/web/test_formatting.py::test_money",
            "tests/web/test_typed_money.py::test_every_currency_in_thirty_languages",
        ),
    ),
}
"""By row: what went wrong elsewhere, and the tests."""


def test_each_row_is_held_by_tests_that_there_are() -> None:
    missing = [name for _, names in HELD.values() for name in names if name.partition("::")[2] not in named_in(name)]
    assert missing == []
    ours = {name for _, names in HELD.values() for name in names if name.startswith(HERE)}
    assert {each for each in named_in(HERE) if each.startswith("test_row_")} == {
        each.partition("::")[2] for each in ours
    }


def named_in(name: str) -> frozenset[str]:
    return _tests_in(name.partition("::")[0])


@cache
def _tests_in(path: str) -> frozenset[str]:
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    return frozenset(each.name for each in tree.body if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef))


@pytest.fixture
async def shop(tenancy: Tenancy, running_site: RunningSite) -> Shop:
    return await open_shop(tenancy)


async def account_of(shop: Shop, customer: str) -> Account:
    async with shop.tenancy.database.side(shop.door.tenant_id) as connection:
        account = await book.read_account(connection, customer)
    assert account is not None
    return account


async def product_of(shop: Shop, plan: str) -> str:
    async with shop.tenancy.at(shop.door) as (connection, side):
        terms = await book.read_terms(connection, side, [shop.prices[plan]])
    return terms.prices[shop.prices[plan]].product


async def test_row_5_a_change_that_two_finish_at_once_is_made_once(shop: Shop, running_site: RunningSite) -> None:
    """A customer confirms what they were shown while the tenant's program makes the same change."""
    customer = await shop.add_customer()
    subscription = await shop.subscribe(customer, shop.item("team", 10))
    (item,) = (await account_of(shop, customer)).subscriptions[0].items
    yearly = ItemChange(id=item.id, price=shop.prices["team_year"])

    async def by_program() -> str:
        try:
            async with open_desk(shop.tenancy, shop.door, customer_id=customer, actor=API) as desk:
                await acts.do(desk, ChangePlan(subscription=subscription, items=(yearly,)))
        except Refused as refused:
            return refused.refusal.code
        return "done"

    async with PortalBrowser(running_site, shop, await shop.sign_in(customer)) as browser:
        await browser.get(f"/subscriptions/{subscription}/change")
        await browser.post(browser.action, product=await product_of(shop, "team"), interval="year-1", quantity="10")
        confirm = browser.page.headers["location"]
        await browser.follow()
        fields = {"csrf": browser.csrf}
        *done, _, _, _ = await asyncio.gather(
            *(by_program() for _ in range(3)), *(browser.send(confirm, **fields) for _ in range(3))
        )
    account = await account_of(shop, customer)
    assert set(done) <= {"done", "no_changes"}
    assert [each.billing_reason for each in account.invoices] == ["subscription_create", "subscription_update"]
    assert [int((each.number or "").rpartition("-")[2]) for each in account.invoices] == [1, 2]
    assert account.subscriptions[0].items[0].price == shop.prices["team_year"]


async def test_row_8_a_subscription_that_ended_takes_nothing_from_the_one_that_runs() -> None:
    desk = await open_seat_shop()
    paid, desk.actor = subscription_of(desk), TENANT

    def seen() -> tuple[object, ...]:
        found = customer_permissions(
            Question(
                actor=BY_API,
                account=desk.account,
                configuration=CONFIGURATION,
                capabilities=desk.capabilities,
                terms=TERMS,
                suspended=False,
                now=desk.now,
            )
        )
        kept = desk.account.subscription(paid.id)
        assert kept is not None
        return kept, found.subscriptions[paid.id], next_due(desk.account, kept, TERMS)

    before = seen()
    for when in ("now", "period_end"):
        changes = await subscriptions.create(desk, CreateSubscription(items=(NewItem(price="company", quantity=5),)))
        (other,) = changes.subscriptions
        await cancellations.cancel(desk, CancelSubscription(subscription=other.id, when=when))
        if when == "period_end":
            desk.now = other.period_end
            assert seen() == before
            await acts.do(desk, Advance())
        assert [each.id for each in desk.account.subscriptions] == [paid.id]
        if when == "now":
            assert seen() == before
    renewed = subscription_of(desk)
    assert renewed.status in ACTIVE
    assert (renewed.items[0].price, renewed.items[0].quantity) == ("team", 10)
    mine = Candidate(customer="cus_1", created=paid.created, statuses=("canceled", "active", "canceled"))
    dead = Candidate(customer="cus_2", created=desk.now, statuses=("canceled",))
    assert choose_customer([dead, mine]) == mine


async def test_row_12_a_plan_whose_payment_fails_stays_as_it_is(tenancy: Tenancy, running_site: RunningSite) -> None:
    """The card that paid for the plan is followed by one that its bank declines, and then by another good one."""
    shop = await open_shop(tenancy, in_sandbox=True)
    customer = await shop.add_customer()

    async def pay_by(card: str) -> None:
        async with open_desk(shop.tenancy, shop.door, customer_id=customer, actor=API) as desk:
            method = new_method(desk.ids("pm"), CARDS[card], desk.now)
            await keeping_methods.change_methods(desk, AttachPaymentMethod(method=method, default=True))

    await pay_by("visa")
    subscription = await shop.subscribe(customer, shop.item("team", 10))
    await pay_by("chargeCustomerFail")
    before = await account_of(shop, customer)
    async with PortalBrowser(running_site, shop, await shop.sign_in(customer)) as browser:
        await browser.get(f"/subscriptions/{subscription}/change")
        await browser.post(browser.action, product=await product_of(shop, "scale"), interval="month-1", quantity="10")
        confirm = browser.page.headers["location"]
        await browser.follow()
        await browser.post(confirm)
        assert browser.page.status_code == 400
        assert "declined" in browser.text
        after = await account_of(shop, customer)
        assert (after.subscriptions, after.invoices) == (before.subscriptions, ())
        await pay_by("mastercard")
        await browser.get(f"/subscriptions/{subscription}/change")
        await browser.post(browser.action, product=await product_of(shop, "scale"), interval="month-1", quantity="10")
        await browser.follow()
        await browser.post(browser.action)
        await browser.follow()
        assert "Your plan is changed" in browser.text
    after = await account_of(shop, customer)
    assert (after.subscriptions[0].items[0].price, after.invoices) == (shop.prices["scale"], ())


async def test_row_20_asking_for_another_address_is_the_same_work_whoever_has_it(
    shop: Shop, running_site: RunningSite
) -> None:
    """No timer: what is asked of the database does not depend on it, and what tells the two apart is a letter's job."""
    await shop.configure(customer_update=CustomerUpdate(enabled=True, allowed_updates=("name", "email")))
    customer = await shop.add_customer()
    await shop.add_customer(email="known@new.example")
    work = []
    async with PortalBrowser(running_site, shop, await shop.open_by_api(customer)) as browser:
        for email in ("first@new.example", "known@new.example", "other@new.example"):
            await browser.get("/details")
            with statements(running_site.tenancy) as seen:
                await browser.post("/details", email=email, name="Ashford & Lane")
                await browser.follow()
            assert "Confirm your new address" in browser.text
            work.append(seen)
    assert len(work[1]) > 5
    assert work[1] == work[2]


async def test_row_22_no_page_has_a_word_of_its_own(
    tenancy: Tenancy,
    postgres: PostgresAddresses,
    site_at: Callable[..., RunningSite],
    bracketed: None,
) -> None:
    """Every sentence of a catalogue is put in brackets: what is left outside is data, or was never translated.

    Dates, amounts and countries are written as the language does, in which no Latin letter is.
    """
    running, shop = site_at(postgres), await open_shop(tenancy)
    customer = await shop.add_customer(shop.item("starter"))
    subscription = await shop.subscribe(customer, shop.item("team", 10))
    secret = await shop.sign_in(customer, locale="ja")
    async with PortalBrowser(running, shop, secret) as browser:
        pages = await every_page(browser)
        await browser.get(f"/subscriptions/{subscription}/change")
        fields = {"product": await product_of(shop, "scale"), "interval": "month-1"}
        await browser.post(browser.action, quantity="0", **fields)
        pages["refused"] = browser.page.text
        await browser.post(browser.action, quantity="12", **fields)
        await browser.follow()
        pages["confirm"] = browser.page.text
        await browser.post(browser.action)
        await browser.follow()
        pages["done"] = browser.page.text
    assert {path for path, page in pages.items() if "⟦" not in page} == set()
    data = {word.lower() for each in data_of_the_shop() for word in LATIN.findall(each)}
    found = {path: {each for each in words_outside(page) if each.lower() not in data} for path, page in pages.items()}
    assert {path: words for path, words in found.items() if words} == {}


@pytest.fixture
def bracketed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Another catalogue in the place of the Japanese one, and no words remembered from before, nor after."""
    path, real = tmp_path / "frontdesk.po", messages.catalogue_path
    with real("ja").open("rb") as file:
        catalogue = read_po(file, locale="ja")
    for message in catalogue:
        if message.id and isinstance(message.string, str):
            message.string = f"⟦{message.string}⟧"
        elif message.id:
            message.string = tuple(f"⟦{each}⟧" for each in message.string)
    with path.open("wb") as written:
        write_po(written, catalogue)
    monkeypatch.setattr(messages, "catalogue_path", lambda locale: path if locale == "ja" else real(locale))
    forget_words()
    yield
    monkeypatch.undo()
    forget_words()


def forget_words() -> None:
    """Empty what the pages' modules remember: catalogues, and what was said in their words."""
    for name, module in list(sys.modules.items()):
        if name.startswith("frontdesk_web."):
            for each in list(vars(module).values()):
                if hasattr(each, "cache_clear"):
                    each.cache_clear()


def data_of_the_shop() -> list[str]:
    """What is nobody's to translate: names and addresses of tenant and customer, formats, languages in their own."""
    seller = SELLER.address
    assert seller is not None
    of_seller = (
        SELLER.name,
        SELLER.email,
        SELLER.bic,
        SELLER.iban,
        SELLER.bank_account_holder,
        seller.line1,
        seller.city,
    )
    others = ("Ashford & Lane", "jenny@ashfordlane.example", "PDF ZIP IBAN BIC", "Deutsch English Español Français")
    return [*(each or "" for each in of_seller), *others, *(each for plan in PLANS.values() for each in plan[:2])]


async def every_page(browser: PortalBrowser) -> dict[str, str]:
    """What can be reached by links from the home page, by path."""
    found: dict[str, str] = {}
    waiting = [f"{browser.base}/"]
    while waiting:
        path = waiting.pop(0)
        await browser.get(path)
        if browser.page.status_code != 200 or "text/html" not in browser.page.headers["content-type"]:
            continue
        found[path] = browser.page.text
        links = (each.partition("#")[0] for each in re.findall(r'href="([^"]+)"', browser.html))
        waiting += {
            each
            for each in links
            if each.startswith(browser.base) and not re.search(r"lang=|/sign|\.pdf|\.zip|/pdf|/zip", each)
        } - {*found, *waiting}
    assert len(found) > 9
    return found


def words_outside(html: str) -> Iterator[str]:
    """The words of a page in Latin letters that no bracket is around: text, and what is read out."""
    body = re.sub(r"(?s)<(script|style)\b.*?</\1>|<!--.*?-->|<head\b.*?</head>", " ", html)
    read_out = re.findall(r'(?:aria-label|title|alt|placeholder)="([^"]*)"', body)
    text = " ".join([re.sub(r"<[^>]+>", " ", body), *read_out])
    text = re.sub(r"&\w+;|&#\w+;", " ", text)
    while (fewer := re.sub(r"⟦[^⟦⟧]*⟧", " ", text)) != text:
        text = fewer
    # Numbers of documents and the like have digits in them.
    parts = (each for each in re.findall(r"[^\s⟦⟧]+", text) if not re.search(r"\d", each))
    return (word for each in parts for word in LATIN.findall(each))


ZONES = (
    "Australia/Lord_Howe",
    "America/New_York",
    "Europe/Berlin",
    "Pacific/Apia",
    "Africa/Casablanca",
    "Asia/Kathmandu",
)
STARTS = st.integers(0, 86_400 * 1096).map(
    lambda seconds: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)


@settings(max_examples=60, deadline=None)
@given(
    start=STARTS,
    zone=st.sampled_from(ZONES),
    interval=st.sampled_from(["week", "month", "year"]),
    hours=st.lists(st.integers(1, 2000), min_size=2, max_size=8),
    fold=st.integers(0, 1),
)
def test_row_23_no_zone_misses_a_period_or_bills_it_twice(
    start: datetime, zone: str, interval: str, hours: list[int], fold: int
) -> None:
    """A program's clock may tell any zone's time, in the hour that comes twice too: bills are as by UTC."""
    began = start.replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC)

    def life(place: ZoneInfo) -> list[tuple[datetime, datetime, int]]:
        now = began
        price = Price(
            id="plan",
            product="prod",
            currency="eur",
            created=now,
            recurring=Recurring(interval=interval),  # type: ignore[arg-type]
            unit_amount=TERMS.prices["team"].unit_amount,
        )
        product = Product(id="prod", name="Plan", created=now, updated=now)
        terms = Terms(settings=BillingSettings(currency="eur"), products={"prod": product}, prices={"plan": price})
        ids = CountingIds()
        account = apply(None, bill(None, terms, CreateCustomer(id="cus_1"), now.astimezone(place), ids))
        creation = CreateSubscription(items=(NewItem(price="plan"),))
        account = apply(account, bill(account, terms, creation, now.astimezone(place), ids))
        for each in hours:
            now += timedelta(hours=each)
            account = apply(account, bill(account, terms, Advance(), now.astimezone(place), ids))
        return [(line.start, line.end, line.amount) for bills in account.invoices for line in bills.lines]

    lines = life(ZoneInfo(zone))
    assert lines == life(ZoneInfo("UTC"))
    assert all(one[1] == following[0] for one, following in pairwise(lines))
    assert len({each[0] for each in lines}) == len(lines)
