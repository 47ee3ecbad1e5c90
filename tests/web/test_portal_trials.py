"""Trials that end without anything to charge: what becomes of them is said before, with the way to go on."""

from typing import Any

import pytest
from charged_life import DAY, START, Sandbox
from msgspec.structs import replace
from plan_letters import trial_letters
from portal_browser import PortalBrowser
from portal_shop import API, Shop, open_shop
from sites import RunningSite

from frontdesk import subscriptions
from frontdesk.book import Pause, Subscription
from frontdesk.commands import CreateSubscription, ResumeSubscription
from frontdesk.desk import Actor
from frontdesk.events import TrialWillEnd
from frontdesk.payment_method_commands import SetDefaultPaymentMethod
from frontdesk.permissions import permissions_of
from frontdesk.portal_configuration import PaymentMethodUpdate, PortalConfiguration
from frontdesk_invoice_only.backend import InvoiceOnly
from frontdesk_tenants.desks import open_desk
from frontdesk_tenants.tenancy import Tenancy
from frontdesk_web.formatting import date_long
from frontdesk_web.portal.trial_words import no_method_words

WAYS = [
    ("cancel", "Your plan ends on {date}, unless you add a payment method before that day."),
    ("pause", "Your plan is paused on {date}, unless you add a payment method before that day."),
]


@pytest.fixture
async def shop(tenancy: Tenancy, running_site: RunningSite) -> Shop:
    opened = await open_shop(tenancy, in_sandbox=True)
    await opened.configure(payment_method_update=PaymentMethodUpdate(enabled=True))
    return opened


async def on_trial(shop: Shop, without: Any, **fields: Any) -> Subscription:
    """A plan on a trial of five days that is charged afterwards, where there is something to charge."""
    customer = await shop.add_customer()
    asked = {"collection_method": "charge_automatically", "trial_days": 5} | fields
    async with open_desk(shop.tenancy, shop.door, customer_id=customer, actor=API) as desk:
        command = CreateSubscription(items=(shop.item("team", 2),), without_method=without, **asked)
        await subscriptions.create(desk, command)
        (plan,) = desk.account.subscriptions
    return plan


@pytest.mark.parametrize(("without", "words"), WAYS)
async def test_how_a_trial_without_a_method_ends_is_said_everywhere(
    shop: Shop, running_site: RunningSite, without: str, words: str
) -> None:
    plan = await on_trial(shop, without)
    ends = plan.trial_end
    assert ends is not None
    sentence = words.format(date=date_long(ends, "en"))
    letter = TrialWillEnd(customer=plan.customer, subscription=plan.id, at=plan.created, ends=ends)
    told = await trial_letters(shop, letter, "en")
    assert told == (sentence, "With a payment method it goes on: €24.00 per month.")
    async with PortalBrowser(running_site, shop, await shop.sign_in(plan.customer)) as browser:
        await browser.get("/")
        assert browser.text.count(sentence) == 1
        assert "Trial until" in browser.text
        assert "then €24.00" not in browser.text
        assert "next invoice comes" not in browser.text
        await browser.get("/upcoming")
        assert "No invoice is coming up." in browser.text
        await browser.get("/payment-methods/add")
        await browser.post("/payment-methods/add", card="visa")
        await browser.get("/")
        assert sentence not in browser.text
        assert f"{date_long(ends, 'en')}, then €24.00 per month" in browser.text
        assert "next invoice comes" in browser.text
    assert "Your first invoice comes" in (await trial_letters(shop, letter, "en"))[1]


async def test_a_changed_trial_says_how_it_ends(shop: Shop, running_site: RunningSite) -> None:
    plan = await on_trial(shop, "cancel")
    update = shop.configuration.features.subscription_update
    await shop.configure(subscription_update=replace(update, trial_update_behavior="continue_trial"))
    async with PortalBrowser(running_site, shop, await shop.sign_in(plan.customer)) as browser:
        await browser.get("/")
        await browser.get(f"/subscriptions/{plan.id}/change")
        assert "unless you add a payment method before that day" in browser.text
        await browser.post(browser.action, product=await product_of(shop, "scale"), interval="month-1", quantity="2")
        await browser.follow()
        assert "Without a payment method your plan ends then." in browser.text
        assert "Nothing is due before that" not in browser.text


async def product_of(shop: Shop, plan: str) -> str:
    async with open_desk(shop.tenancy, shop.door, customer_id=await shop.add_customer(), actor=API) as desk:
        return desk.terms.prices[shop.prices[plan]].product


def test_a_trial_that_ended_in_a_pause_goes_on_with_a_method() -> None:
    life = Sandbox(card=None)
    life.subscribe(
        collection_method="charge_automatically", trial_end=START + 7 * DAY, without_method="pause", trial_days=None
    )
    told = life.walk(START + 30 * DAY)
    assert told == [("TrialWillEnd", 4), ("SubscriptionPaused", 7)]
    plan, over = life.only, date_long(START + 7 * DAY, "en")
    assert (plan.status, plan.paused) == ("paused", Pause(since=START + 7 * DAY))
    assert _may_resume(life) == "payment_method_first"
    missing = no_method_words(life.account.customer, plan, "en", can_add=True)
    assert missing is not None
    assert (missing.path, missing.way) == ("/payment-methods/add", "Add a payment method")
    assert missing.sentence == (
        f"Your trial ended on {over} without a payment method, so your plan is paused. Add one to go on with it."
    )
    alone = no_method_words(life.account.customer, plan, "en", can_add=False)
    assert alone is not None
    assert (alone.path, alone.sentence) == (
        "",
        f"Your trial ended on {over} without a payment method, so your plan is paused.",
    )
    life.attach("visa", at=START + 31 * DAY)
    chosen = no_method_words(life.account.customer, plan, "en", can_add=True)
    assert chosen is not None
    assert (chosen.path, chosen.way) == ("/payment-methods", "Choose a payment method")
    (held,) = life.account.customer.payment_methods
    life.do(SetDefaultPaymentMethod(method=held.id), START + 31 * DAY)
    assert no_method_words(life.account.customer, plan, "en", can_add=True) is None
    assert _may_resume(life) == ""
    life.do(ResumeSubscription(subscription=plan.id), START + 31 * DAY)
    assert (life.only.status, life.last.status, life.last.total) == ("active", "paid", 1000)


def _may_resume(life: Sandbox) -> str:
    """Why a customer cannot resume the plan, where the configuration lets nobody pause."""
    allowed = permissions_of(
        Actor(kind="customer", id="sess_1", source="login_link"),
        life.account,
        life.only,
        PortalConfiguration(id="bpc_1", created=START, updated=START),
        InvoiceOnly.abilities(livemode=False),
        life.terms,
        suspended=False,
        now=START,
    )
    return "" if allowed.resume.refusal is None else allowed.resume.refusal.code
