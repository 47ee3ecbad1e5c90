"""Pausing in the portal: dates and amounts are shown, and that is what happens."""

import re

import pytest
from plan_letters import plan_letters
from portal_browser import PortalBrowser
from portal_shop import API, Shop, open_shop
from sites import RunningSite

from frontdesk import cancellations, pausing, plan_changes
from frontdesk.book import Account
from frontdesk.commands import CancelSubscription, ChangePlan, ItemChange, PauseSubscription
from frontdesk.portal_configuration import PauseDuration, PauseInterval, SubscriptionPause
from frontdesk_tenants import book
from frontdesk_tenants.desks import open_desk
from frontdesk_tenants.tenancy import Tenancy

TWO = (PauseInterval(interval="month"), PauseInterval(interval="month", interval_count=3))


@pytest.fixture
async def shop(tenancy: Tenancy, running_site: RunningSite) -> Shop:
    opened = await open_shop(tenancy)
    await opened.configure(
        subscription_pause=SubscriptionPause(enabled=True, duration=PauseDuration(interval_options=TWO))
    )
    return opened


async def with_team(shop: Shop) -> tuple[str, str, str]:
    customer = await shop.add_customer()
    subscription = await shop.subscribe(customer, shop.item("team", 10))
    return customer, f"/subscriptions/{subscription}", await shop.sign_in(customer)


async def account_of(shop: Shop, customer: str) -> Account:
    async with shop.tenancy.database.side(shop.door.tenant_id) as connection:
        account = await book.read_account(connection, customer)
    assert account is not None
    return account


async def test_pause_and_resume(shop: Shop, running_site: RunningSite) -> None:
    customer, plan, secret = await with_team(shop)
    async with PortalBrowser(running_site, shop, secret) as browser:
        await browser.get("/")
        assert f"{plan}/pause" in browser.html
        assert f"{plan}/resume" not in browser.html
        await browser.get(f"{plan}/pause")
        assert "How long do you want to pause Team?" in browser.text
        assert re.search(r"Invoice \S+ over €120.00 is still to be paid", browser.text)
        assert browser.text.count("Goes on by itself on") == 2
        (credit,) = re.findall(r"€(\S+) for the time that you do not use", browser.text)
        shown = re.findall(r"The invoice of that day is €([\d.]+?)\.? ", browser.text)
        month, quarter = re.findall(r'name="quote" value="([^"]+)"', browser.html)
        csrf, path = browser.csrf, f"{plan}/pause"
        places = {(await browser.post(path, csrf=csrf, quote=quarter)).headers["location"] for _ in range(3)}
        assert places == {f"{browser.base}{plan}/paused"}
        await browser.follow()
        assert "Your plan is paused" in browser.text
        paused = (await account_of(shop, customer)).subscriptions[0]
        assert paused.paused is not None
        assert paused.paused.resumes_at is not None
        assert (paused.paused.resumes_at - paused.paused.since).days in range(89, 93)
        assert (await browser.get(path)).headers["location"] in places
        await browser.post(path, csrf=csrf, quote=month)
        assert browser.page.headers["location"] in places, "the other one that was shown does not pause it again"

        await browser.get("/")
        assert "Paused until" in browser.text
        assert f'{plan}/pause"' not in browser.html
        assert f"{plan}/change" not in browser.html
        await browser.get(f"{plan}/resume")
        assert "goes on by itself on" in browser.text
        (due,) = re.findall(r"Due today €(\S+)", browser.text)
        (quote,) = re.findall(r'name="quote" value="([^"]+)"', browser.html)
        csrf = browser.csrf
        for _ in range(2):
            await browser.post(f"{plan}/resume", csrf=csrf, quote=quote)
            await browser.follow()
            assert "Your plan goes on." in browser.text
    account = await account_of(shop, customer)
    assert account.subscriptions[0].paused is None
    # No second of the period was used when it was paused: the credit pays for the one that begins.
    assert (credit, shown, due) == ("120.00", ["0.00", "0.00"], "0.00")
    assert (len(account.invoices), account.pending_items) == (1, ())


async def test_the_end_of_a_pause_is_moved_and_both_are_written_about(shop: Shop, running_site: RunningSite) -> None:
    customer, plan, secret = await with_team(shop)
    path = f"{plan}/pause-end"
    async with PortalBrowser(running_site, shop, secret) as browser:
        await browser.get("/")
        assert path not in browser.html
        assert (await browser.get(path)).status_code == 303
        await browser.get(f"{plan}/pause")
        month, _ = re.findall(r'name="quote" value="([^"]+)"', browser.html)
        await browser.post(f"{plan}/pause", quote=month)
        assert (await plan_letters(shop, "en"))[-1].title == "Team is paused"
        await browser.get("/")
        assert path in browser.html
        await browser.get(path)
        assert (await browser.send(path, quote=month, csrf=browser.csrf)).status_code == 404, (
            "a quote of something else"
        )
        for expected in ("When should the pause of Team end?", "Nothing is due today.", "Goes on by itself on"):
            assert expected in browser.text
        (quote,) = re.findall(r'name="quote" value="([^"]+)"', browser.html)
        csrf = browser.csrf
        places = {(await browser.post(path, csrf=csrf, quote=quote)).headers["location"] for _ in range(2)}
        assert places == {f"{browser.base}{plan}/paused"}
        await browser.follow()
        assert re.search(r"Next invoice .*€", browser.text)
        paused = (await account_of(shop, customer)).subscriptions[0].paused
        assert paused is not None
        assert paused.resumes_at is not None
        assert (paused.resumes_at - paused.since).days in range(89, 93)
        await browser.get(path)
        assert browser.text.count("Goes on by itself on") == 1, "the shorter one can be chosen again"
        # They wait in no order.
        moved, began = sorted(await plan_letters(shop, "de"), key=lambda letter: letter.title)
        assert began.title == "Team ist pausiert"
        assert "120,00" in " ".join(began.sentences)
        assert moved.title.startswith("Die Pause von Team endet jetzt am")
        assert len(moved.sentences) == 5
        await browser.get(f"{plan}/resume")
        (quote,) = re.findall(r'name="quote" value="([^"]+)"', browser.html)
        await browser.post(f"{plan}/resume", quote=quote)
        assert await plan_letters(shop, "de") == [], "what is not so any more is not written"


async def test_what_moved_on_is_shown_afresh(shop: Shop, running_site: RunningSite) -> None:
    customer, plan, secret = await with_team(shop)
    async with PortalBrowser(running_site, shop, secret) as browser:
        await browser.get(f"{plan}/pause")
        quote, _ = re.findall(r'name="quote" value="([^"]+)"', browser.html)
        async with open_desk(shop.tenancy, shop.door, customer_id=customer, actor=API) as desk:
            item = ItemChange(id=desk.account.subscriptions[0].items[0].id, quantity=20)
            await plan_changes.change(desk, ChangePlan(subscription=plan.rpartition("/")[2], items=(item,)))
        await browser.post(f"{plan}/pause", quote=quote)
        assert browser.page.status_code == 409
        assert "Something changed since" in browser.text
        assert (await account_of(shop, customer)).subscriptions[0].paused is None
        fresh, _ = re.findall(r'name="quote" value="([^"]+)"', browser.html)
        await browser.post(f"{plan}/pause", quote=fresh)
        assert browser.page.status_code == 303
        for wrong in ("", "q_unknown", "no id\x00"):
            await browser.get(f"{plan}/resume")
            assert (await browser.post(f"{plan}/resume", quote=wrong)).status_code == 404
        await browser.get(f"{plan}/resume")
        assert (await browser.post(f"{plan}/resume", quote=fresh)).status_code == 404, "a quote of something else"


async def test_where_there_is_no_pause_the_page_says_why(shop: Shop, running_site: RunningSite) -> None:
    customer, plan, secret = await with_team(shop)
    id_ = plan.rpartition("/")[2]
    async with PortalBrowser(running_site, shop, secret) as browser:
        assert (await browser.get(f"{plan}/paused")).status_code == 303
        assert (await browser.get(f"{plan}/resume")).status_code == 303
        async with open_desk(shop.tenancy, shop.door, customer_id=customer, actor=API) as desk:
            await cancellations.cancel(desk, CancelSubscription(subscription=id_))
        await browser.get(f"{plan}/pause")
        assert browser.page.status_code == 400
        assert "already cancelled" in browser.text
        async with open_desk(shop.tenancy, shop.door, customer_id=customer, actor=API) as desk:
            await cancellations.keep(desk, id_)
        await shop.configure(subscription_pause=SubscriptionPause())
        await browser.get("/")
        assert "ause plan" not in browser.text
        assert (await browser.get(f"{plan}/pause")).status_code == 400
        async with open_desk(shop.tenancy, shop.door, customer_id=customer, actor=API) as desk:
            await pausing.pause(desk, PauseSubscription(subscription=id_))
        await browser.get("/")
        assert "Paused since" in browser.text
        assert f"{plan}/resume" not in browser.html, "whoever paused it resumes it"
        assert (await browser.get(f"{plan}/resume")).status_code == 400


async def test_a_single_pause_is_asked_for_once(shop: Shop, running_site: RunningSite) -> None:
    _, plan, secret = await with_team(shop)
    await shop.configure(
        subscription_pause=SubscriptionPause(
            enabled=True, duration=PauseDuration(type="indefinite", interval_options=())
        )
    )
    async with PortalBrowser(running_site, shop, secret) as browser:
        await browser.get(f"{plan}/pause")
        assert "Pause Team?" in browser.text
        assert "Until you resume it" in browser.text
        (quote,) = re.findall(r'name="quote" value="([^"]+)"', browser.html)
        await browser.post(f"{plan}/pause", quote=quote)
        await browser.follow()
        assert "stays paused until you resume it" in browser.text
