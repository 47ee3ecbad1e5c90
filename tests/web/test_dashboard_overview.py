"""The overview says what is set up and how a side stands; every number leads to its list, which shows just those."""

import re
from html import unescape

import pytest
from hired import Hired, StaffBrowser, hire
from msgspec import Struct
from sides import API, Tenant, new_tenant, sell, subscribe
from sites import RunningSite, sign_in
from sqlalchemy import text

from frontdesk import cancellations, events
from frontdesk.commands import CancelSubscription
from frontdesk_tenants import side_lists
from frontdesk_tenants.desks import open_desk
from frontdesk_tenants.directory import Door
from frontdesk_tenants.keyset import Which
from frontdesk_tenants.lately import read_lately
from frontdesk_tenants.tenancy import Tenancy
from frontdesk_web.dashboard.overview import HAPPENED


@pytest.fixture
async def robin(tenancy: Tenancy, tenant: Tenant) -> Hired:
    """The owner."""
    return await hire(tenancy, tenant.live.door)


def figures(page: str) -> dict[str, tuple[str, str]]:
    """The numbers of an overview and where they lead, by name."""
    found = re.findall(
        r'class="figure-link" href="([^"]*)"><span class="figure-name">([^<]*)</span>'
        r'<span class="figure-value">([^<]*)<',
        page,
    )
    return {name: (value, unescape(url)) for url, name, value in found}


def steps_done(page: str) -> list[bool]:
    """Which steps of the checklist are ticked, in order."""
    return ["checklist-done" in each for each in re.findall(r'<li class="(checklist-step[^"]*)"', page)]


def rows(page: str) -> int:
    """How many rows the table of a page has."""
    return page.count('class="table-link"')


async def make_late(tenancy: Tenancy, door: Door, customer: str) -> None:
    """The customer's invoices were due long ago."""
    async with tenancy.database.side(door.tenant_id) as connection:
        await connection.execute(
            text(
                'UPDATE invoices SET body = (body::jsonb || \'{"due_date": "2020-01-01T00:00:00Z"}\')::json'
                " WHERE customer = :customer"
            ),
            {"customer": customer},
        )


async def test_a_new_side_is_told_what_to_set_up_and_that_nothing_is_there_yet(
    plain_site: RunningSite, tenant: Tenant, robin: Hired
) -> None:
    async with StaffBrowser(plain_site, tenant.live.door, robin.secret) as browser:
        page = (await browser.get()).text
        assert steps_done(page) == [False] * 5 + [True], "all but the link, which is active"
        assert {value for value, _ in figures(page).values()} == {"0"}
        for _, url in figures(page).values():
            answer = await browser.get(url)
            assert answer.status_code == 200
            assert 'class="empty-state"' in answer.text
        for way in re.findall(r'class="checklist-link" href="([^"]*)"', page):
            assert (await browser.get(unescape(way))).status_code == 200, way


async def test_every_number_is_what_its_list_shows(
    plain_site: RunningSite, tenancy: Tenancy, tenant: Tenant, robin: Hired
) -> None:
    door = tenant.live.door
    price = await sell(tenancy, door)
    jenny, late = await subscribe(tenancy, door, price), await subscribe(tenancy, door, price, email="late@example.com")
    await subscribe(tenancy, door, None, email="nobody@example.com")
    await make_late(tenancy, door, late)
    await sign_in(tenancy, door, jenny, "jenny@example.com")
    async with StaffBrowser(plain_site, door, robin.secret) as browser:
        page = (await browser.get()).text
        found = figures(page)
        assert [value for value, _ in found.values()] == ["1", "2", "2", "1"]
        assert "€240.00" in page, "what is open of two invoices"
        for value, url in found.values():
            assert rows((await browser.get(url)).text) == int(value), url
        assert "late@example.com" in browser.page.text
        assert "jenny@example.com" not in browser.page.text
        assert f"/customers/{late}" in unescape(browser.page.text), "a row leads to its customer"


def lately(page: str) -> list[tuple[str, str, str]]:
    """What the overview says has happened: where each row leads, who it is, and what it was."""
    _, _, told = page.partition('<section class="lately"')
    row = r'<a class="table-link" href="([^"]*)">([^<]*)</a></td><td>([^<]*)<'
    found = re.findall(row, told.partition("</section>")[0])
    return [(unescape(url), unescape(who), unescape(what)) for url, who, what in found]


async def test_what_happened_lately_leads_to_whom_it_happened(
    plain_site: RunningSite, tenancy: Tenancy, tenant: Tenant, robin: Hired
) -> None:
    door = tenant.live.door
    async with StaffBrowser(plain_site, door, robin.secret) as browser:
        assert lately((await browser.get()).text) == []
        price = await sell(tenancy, door)
        jenny = await subscribe(tenancy, door, price, email="jenny@example.com")
        await subscribe(tenancy, door, price, email="sam@example.com")
        await sign_in(tenancy, door, jenny, "jenny@example.com")
        async with open_desk(tenancy, door, customer_id=jenny, actor=API) as desk:
            await cancellations.cancel(desk, CancelSubscription(subscription=desk.account.subscriptions[0].id))
        told = lately((await browser.get()).text)
        assert sorted(what for _url, _who, what in told) == ["Cancelled the plan", "Started a plan", "Started a plan"]
        (cancelled,) = [each for each in told if each[2] == "Cancelled the plan"]
        assert cancelled[0] == f"{browser.base}/customers/{jenny}"
        assert (await browser.get(cancelled[0])).status_code == 200
    async with tenancy.database.side(door.tenant_id) as connection:
        assert len(await read_lately(connection, HAPPENED, limit=2)) == 2, "no more than fit"


def test_what_may_have_happened_are_events() -> None:
    structs = [each for each in vars(events).values() if isinstance(each, type) and issubclass(each, Struct)]
    tags = {each.__struct_config__.tag for each in structs}
    assert set(HAPPENED) <= tags


async def test_lists_hold_nothing_of_another_tenant_or_of_the_sandbox(
    plain_site: RunningSite, tenancy: Tenancy, tenant: Tenant, robin: Hired
) -> None:
    stranger = await new_tenant(tenancy)
    for door in (stranger.live.door, tenant.sandbox.door):
        customer = await subscribe(tenancy, door, await sell(tenancy, door), email="secret@example.com")
        await sign_in(tenancy, door, customer, "secret@example.com")
    async with StaffBrowser(plain_site, tenant.live.door, robin.secret) as browser:
        for path in ("", "/invoices", "/subscriptions?show=all", "/sign-ins"):
            assert "secret@example.com" not in (await browser.get(path)).text
        assert {value for value, _ in figures((await browser.get()).text).values()} == {"0"}


async def test_pages_of_a_list_meet_without_a_gap_in_both_directions(tenancy: Tenancy, tenant: Tenant) -> None:
    door = tenant.live.door
    price = await sell(tenancy, door)
    for number in range(5):
        await subscribe(tenancy, door, price, email=f"c{number}@example.com")
    async with tenancy.database.side(door.tenant_id) as connection:
        first = await side_lists.invoices(connection, "all", Which(), limit=2)
        second = await side_lists.invoices(connection, "all", Which(older_than=first.older), limit=2)
        last = await side_lists.invoices(connection, "all", Which(older_than=second.older), limit=2)
        back = await side_lists.invoices(connection, "all", Which(newer_than=last.newer), limit=2)
    ids = [row.id for page in (first, second, last) for row in page.rows]
    assert len(set(ids)) == len(ids) == 5
    assert (first.newer, last.older) == (None, None)
    assert back.rows == second.rows


async def test_an_address_that_names_no_place_shows_the_first_page(
    plain_site: RunningSite, tenancy: Tenancy, tenant: Tenant, robin: Hired
) -> None:
    door = tenant.live.door
    await subscribe(tenancy, door, await sell(tenancy, door))
    async with StaffBrowser(plain_site, door, robin.secret) as browser:
        for query in (
            "older=x",
            "newer=9999999999999999-in_1",
            "older=1-%00",
            "show=nothing",
            "older=0-in_1&newer=1-a",
        ):
            assert (await browser.get(f"/invoices?{query}")).status_code == 200, query
