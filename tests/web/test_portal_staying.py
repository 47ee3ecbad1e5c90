"""Offers to stay, and the tenant's own reasons, on the pages of the portal."""

import re
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace
from plan_letters import plan_letters
from portal_browser import PortalBrowser
from portal_shop import API, Shop, open_shop
from sites import RunningSite

from frontdesk.book import Subscription
from frontdesk.catalogue import change_catalogue
from frontdesk.catalogue_commands import CreateCoupon
from frontdesk.feedback_options import FeedbackOption
from frontdesk.frontdesk_settings import FrontdeskSettings
from frontdesk.portal_configuration import CancellationReasons, SubscriptionCancel
from frontdesk.retention import OfferRule, RetentionSettings, StayOffer
from frontdesk_tenants import book, configurations, configuring, feedback_options
from frontdesk_tenants.committing import commit_changes
from frontdesk_tenants.database import clock
from frontdesk_tenants.tenancy import Tenancy

QUARTER = StayOffer(type="coupon", coupon="quarter")
REST = StayOffer(type="pause", months=2)


@pytest.fixture
async def shop(tenancy: Tenancy, running_site: RunningSite) -> Shop:
    shop = await open_shop(tenancy)
    command = CreateCoupon(id="quarter", percent_off=Decimal(25), duration="repeating", duration_in_months=3)
    async with tenancy.at(shop.door) as (connection, side):
        now = await clock(connection)
        terms = await book.read_terms(connection, side, ())
        await commit_changes(
            connection,
            side,
            change_catalogue(terms, command, now),
            before=None,
            actor=API,
            action="CreateCoupon",
            now=now,
            jobs=tenancy.jobs,
        )
        option = FeedbackOption(id="fo_move", description="We <moved> office", created=now)
        await feedback_options.create(connection, shop.door.tenant_id, option, actor=API)
    return shop


async def offering(shop: Shop, **rules: Any) -> None:
    """Store the offers as the API does, checked by the rules."""
    reasons = CancellationReasons(enabled=True, options=("too_expensive", "other"), feedback_options=("fo_move",))
    async with shop.tenancy.at(shop.door) as (connection, side):
        before = await configurations.read_default(connection)
        cancel = SubscriptionCancel(enabled=True, cancellation_reason=reasons)
        changed = replace(
            before,
            version=before.version + 1,
            features=replace(before.features, subscription_cancel=cancel),
            frontdesk=FrontdeskSettings(retention=RetentionSettings(enabled=True, **rules)),
        )
        now = await clock(connection)
        await configuring.store(connection, shop.tenancy, side, changed, before, actor=API, action="test", now=now)


async def subscription_of(shop: Shop, customer: str) -> Subscription:
    async with shop.tenancy.database.side(shop.door.tenant_id) as connection:
        account = await book.read_account(connection, customer)
    assert account is not None
    return account.subscriptions[0]


async def with_team(shop: Shop) -> tuple[str, str, str]:
    customer = await shop.add_customer()
    subscription = await shop.subscribe(customer, shop.item("team", 10))
    return customer, f"/subscriptions/{subscription}", await shop.sign_in(customer)


async def test_an_offer_stands_beside_the_cancellation_with_a_button_like_its(
    shop: Shop, running_site: RunningSite
) -> None:
    await offering(shop, before=(OfferRule(offer=QUARTER),))
    customer, plan, secret = await with_team(shop)
    async with PortalBrowser(running_site, shop, secret) as browser:
        await browser.get(f"{plan}/cancel")
        assert "25% off for 3 months" in browser.text
        assert re.search(r"Your next invoice on .* is €90.00 instead of €120.00\.", browser.text)
        assert re.search(r"The discount ends on .*\. From then on it is €120.00 per month again\.", browser.text)
        buttons = re.findall(r'<button class="([^"]+)"[^>]*><span>((?:Cancel|Keep)[^<]+)</span>', browser.html)
        assert {words for _, words in buttons} == {"Cancel plan", "Keep my plan with 25% off"}
        assert len({look for look, _ in buttons}) == 1
        (stay,) = re.findall(r'formaction="([^"]+)"', browser.html)
        csrf = browser.csrf
        places = {(await browser.post(stay, csrf=csrf)).headers["location"] for _ in range(3)}
        assert len(places) == 1
        await browser.follow()
        assert "You keep your plan" in browser.text
        assert "€90.00" in browser.text
        await browser.get("/")
        assert "25% off until" in browser.text
        await browser.get(f"{plan}/cancel")
        assert "stay with this offer" not in browser.text, "once in twelve months"
        assert (await browser.get(f"{plan}/stayed/{stay.partition('=')[2]}")).status_code == 200
    held = await subscription_of(shop, customer)
    assert ([each.coupon for each in held.discounts], held.cancel_at) == (["quarter"], None)
    assert held.offer_taken_at is not None
    (letter,) = await plan_letters(shop, "en")
    assert (letter.title, letter.sentences[0]) == ("You keep Team", "What we agreed: 25% off for 3 months.")
    assert "From then on it is €120.00 per month again." in letter.sentences[1]
    assert letter.sentences[2].endswith("for €90.00.")


async def test_a_reason_brings_an_offer_that_takes_the_cancellation_back(shop: Shop, running_site: RunningSite) -> None:
    smaller = StayOffer(type="plan", price=shop.prices["starter"])
    rules = (OfferRule(offer=REST, reasons=("fo_move",)), OfferRule(offer=smaller, reasons=("too_expensive",)))
    await offering(shop, after=rules)
    customer, plan, secret = await with_team(shop)
    async with PortalBrowser(running_site, shop, secret) as browser:
        await browser.get(f"{plan}/cancel")
        await browser.post(browser.action)
        await browser.follow()
        options = re.findall(r'name="feedback" value="([^"]+)"', browser.html)
        assert options == ["too_expensive", "fo_move", "other"]
        assert "We <moved> office" in browser.html
        assert "stay with this offer" not in browser.text
        reason = re.findall(r'action="([^"]+/reason[^"]*)"', browser.html)[0]
        await browser.post(reason, feedback="fo_move")
        await browser.follow()
        assert "Thank you" in browser.text
        assert "A pause of 2 months" in browser.text
        assert (await subscription_of(shop, customer)).cancellation.feedback_option == "fo_move"
        await browser.post(f"{plan}/reason", feedback="too_expensive")
        await browser.follow()
        assert re.search(r"Starter for €60.00 per month", browser.text)
        assert re.search(r"You keep Team until .*\. Then Starter begins, for €60.00 per month\.", browser.text)
        told = (await subscription_of(shop, customer)).cancellation
        assert (told.feedback, told.feedback_option) == ("too_expensive", None)
        (stay,) = re.findall(r'action="([^"]+/stay[^"]+)"', browser.html)
        await browser.post(stay)
        await browser.follow()
        assert "You keep your plan" in browser.text
        await browser.get("/")
        assert "it changes to Starter, €60.00 per month." in browser.text
        assert (await browser.post(f"{plan}/stay?quote=quote_none", csrf=browser.csrf)).status_code == 404
    held = await subscription_of(shop, customer)
    assert (held.cancel_at, held.status) == (None, "active")
    assert held.put_off is not None
    (letter,) = await plan_letters(shop, "de")
    assert letter.sentences[0] == "Vereinbart ist: Starter für 60,00\xa0€ pro Monat."


async def test_a_pause_that_was_taken_as_an_offer_can_be_ended_by_the_customer(
    shop: Shop, running_site: RunningSite
) -> None:
    await offering(shop, before=(OfferRule(offer=REST),))
    _, plan, secret = await with_team(shop)
    async with PortalBrowser(running_site, shop, secret) as browser:
        await browser.get(f"{plan}/cancel")
        assert "Keep my plan with a pause of 2 months" in browser.text
        (stay,) = re.findall(r'formaction="([^"]+)"', browser.html)
        await browser.post(stay)
        await browser.follow()
        assert "Goes on by itself on" in browser.text
        (letter,) = await plan_letters(shop, "en")
        assert letter.sentences[0] == "What we agreed: A pause of 2 months."
        assert any("It goes on by itself on" in each for each in letter.sentences), "and no letter about the pause"
        await browser.get("/")
        assert f"{plan}/pause-end" not in browser.html
        await browser.get(f"{plan}/resume")
        assert "Resume Team now?" in browser.text
        assert (await browser.get(f"{plan}/pause")).status_code == 400, "pausing itself is not offered"
