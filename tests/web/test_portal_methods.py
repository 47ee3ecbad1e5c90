"""Payment methods in the portal of a sandbox: added, by the bank's page too, made the default, kept, paid with."""

import re

import pytest
from portal_browser import PortalBrowser
from portal_shop import API, Shop, open_shop
from sites import RunningSite

from frontdesk import keeping_methods, plan_changes, subscriptions
from frontdesk.book import Account
from frontdesk.commands import ChangePlan, CreateSubscription, ItemChange
from frontdesk.flows import AfterCompletion, Flow
from frontdesk.payment_method_commands import AttachPaymentMethod
from frontdesk.portal_configuration import PaymentMethodUpdate
from frontdesk.test_cards import CARDS, new_method
from frontdesk_tenants import book
from frontdesk_tenants.desks import open_desk
from frontdesk_tenants.tenancy import Tenancy
from frontdesk_web.formatting import date_time

ON = PaymentMethodUpdate(enabled=True)
ASKED_FOR_GOOD, ALWAYS_ASKED = "authenticationRequiredOnSetup", "authenticationRequired"


@pytest.fixture
async def shop(tenancy: Tenancy, running_site: RunningSite) -> Shop:
    opened = await open_shop(tenancy, in_sandbox=True)
    await opened.configure(payment_method_update=ON)
    return opened


async def account_of(shop: Shop, customer: str) -> Account:
    async with shop.tenancy.database.side(shop.door.tenant_id) as connection:
        account = await book.read_account(connection, customer)
    assert account is not None
    return account


async def charged(shop: Shop, customer: str, card: str, **fields: str) -> tuple[str, str]:
    """A card that the customer pays by and a plan that is charged to it; ids of both."""
    async with open_desk(shop.tenancy, shop.door, customer_id=customer, actor=API) as desk:
        method = new_method(desk.ids("pm"), CARDS[card], desk.now)
        await keeping_methods.change_methods(desk, AttachPaymentMethod(method=method, default=True))
        await subscriptions.create(desk, CreateSubscription(items=(shop.item("team", 2),), **fields))
        (plan,) = desk.account.subscriptions
    return method.id, plan.id


async def test_whoever_pays_by_card_is_not_told_to_transfer(shop: Shop, running_site: RunningSite) -> None:
    """Until an invoice is open, which can be paid that way too."""
    customer = await shop.add_customer()
    await charged(shop, customer, "visa")
    unpaid = await shop.add_customer(name="Unpaid")
    await charged(shop, unpaid, "chargeCustomerFail")
    async with PortalBrowser(running_site, shop, await shop.sign_in(customer)) as browser:
        await browser.get("/")
        assert "bank transfer" not in browser.text
        assert "Nothing is to be paid now." in browser.text
    async with PortalBrowser(running_site, shop, await shop.sign_in(unpaid)) as browser:
        await browser.get("/")
        assert "You can also pay this by bank transfer." in browser.text
        assert "within 14 days" not in browser.text


async def test_methods_are_added_made_the_default_and_removed(shop: Shop, running_site: RunningSite) -> None:
    customer = await shop.add_customer()
    async with PortalBrowser(running_site, shop, await shop.sign_in(customer)) as browser:
        await browser.get("/")
        assert "You have no payment method yet" in browser.text
        await browser.get("/payment-methods")
        await browser.get("/payment-methods/add")
        assert "Visa •••• 4242" in browser.text
        assert 'name="number"' not in browser.html
        assert (await browser.post("/payment-methods/add", card="visa")).headers["location"].endswith("saved=added")
        await browser.get("/payment-methods/add")
        await browser.post("/payment-methods/add", card="chargeDeclinedInsufficientFunds")
        assert "not enough money on this card" in browser.text
        await browser.post("/payment-methods/add", card=ASKED_FOR_GOOD)
        await browser.follow()
        assert "Confirm at your bank" in browser.text
        await browser.post("/payment-methods/confirm", card=ASKED_FOR_GOOD, answer="no")
        assert "nothing was added" in browser.text
        await browser.post("/payment-methods/confirm", card=ASKED_FOR_GOOD, answer="yes")
        await browser.follow()
        assert "Your card was added" in browser.text
        visa, asked = (await account_of(shop, customer)).customer.payment_methods
        assert (asked.set_up, visa.set_up) == (True, False)
        await browser.post(f"/payment-methods/{asked.id}/default")
        await browser.follow()
        assert "Your default payment method was changed" in browser.text
        await browser.post(f"/payment-methods/{visa.id}/remove")
        await browser.follow()
        assert "4242" not in browser.text
        await browser.post(f"/payment-methods/{visa.id}/remove", csrf=browser.csrf)
        assert browser.page.status_code == 404
    after = (await account_of(shop, customer)).customer
    assert (after.payment_methods, after.default_payment_method) == ((asked,), asked.id)


async def test_what_pays_for_a_plan_stays(shop: Shop, running_site: RunningSite) -> None:
    customer = await shop.add_customer()
    visa, plan = await charged(shop, customer, "visa")
    async with PortalBrowser(running_site, shop, await shop.sign_in(customer)) as browser:
        await browser.get("/payment-methods")
        assert "Add another one before you remove it" in browser.text
        csrf, remove = browser_csrf(await browser.get("/payment-methods/add")), f"/payment-methods/{visa}/remove"
        await browser.post(remove, csrf=csrf)
        assert browser.page.status_code == 400
        await browser.post("/payment-methods/add", csrf=csrf, card="amex")
        await browser.follow()
        assert "Make another one the default before you remove it" in browser.text
        amex = (await account_of(shop, customer)).customer.payment_methods[1].id
        await browser.post(f"/subscriptions/{plan}/payment-method", method=amex)
        await browser.follow()
        assert "paid by the payment method that you chose" in browser.text
        assert f"{amex}/remove" in browser.html, "the default one is there for the plan"
        await browser.post(remove)
        assert (await account_of(shop, customer)).subscriptions[0].default_payment_method == amex
        await browser.get("/payment-methods")
        assert f"{amex}/remove" not in browser.html
        await browser.post("/subscriptions/sub_none/payment-method", csrf=csrf, method=amex)
        assert browser.page.status_code == 404


async def test_a_plan_changes_once_the_bank_was_answered(shop: Shop, running_site: RunningSite) -> None:
    customer = await shop.add_customer()
    _, plan = await charged(shop, customer, "visa")
    async with open_desk(shop.tenancy, shop.door, customer_id=customer, actor=API) as desk:
        method = new_method(desk.ids("pm"), CARDS[ALWAYS_ASKED], desk.now)
        await keeping_methods.change_methods(desk, AttachPaymentMethod(method=method, default=True))
    async with PortalBrowser(running_site, shop, await shop.sign_in(customer)) as browser:
        await browser.get(f"/subscriptions/{plan}/change")
        product = re.findall(r'name="product" value="([^"]+)"[^>]* checked', browser.html)[0]
        await browser.post(browser.action, product=product, interval="month-1", quantity="5")
        await browser.follow()
        confirm, csrf = browser.action, browser.csrf
        due = re.findall(r"Due today (\S+)", browser.text)[0]
        await browser.post(confirm)
        await browser.follow()
        assert f"{due} by Visa •••• 3184" in browser.text
        await browser.post(confirm, answer="no")
        assert "so your plan stays as it is" in browser.text
        assert f"Due today {due}" in browser.text
        assert (await account_of(shop, customer)).subscriptions[0].items[0].quantity == 2
        places = [
            (await browser.post(confirm, csrf=csrf, answer="yes")).headers["location"].rpartition("/")[0]
            for _ in range(2)
        ]
        assert places == [f"{browser.base}/subscriptions/{plan}/changed"] * 2
    after = await account_of(shop, customer)
    assert (after.subscriptions[0].items[0].quantity, after.subscriptions[0].status) == (5, "active")
    assert after.invoices == (), "it is paid"


async def test_a_failed_payment_is_made_good(shop: Shop, running_site: RunningSite) -> None:
    customer = await shop.add_customer()
    await charged(shop, customer, "chargeCustomerFail")
    (invoice,) = (await account_of(shop, customer)).invoices
    pay = f"/invoices/{invoice.id}/pay"
    async with PortalBrowser(running_site, shop, await shop.sign_in(customer)) as browser:
        await browser.get("/")
        assert pay in browser.html
        await browser.get(f"/invoices/{invoice.id}")
        assert pay in browser.html
        await browser.get(pay)
        assert "Pay €24.00" in browser.text
        (bad,) = re.findall(r'name="method" value="([^"]+)"', browser.html)
        await browser.post(pay, method=bad)
        assert "The bank declined this card" in browser.text
        csrf = browser.csrf
        await browser.post("/payment-methods/confirm", csrf=csrf, card=ALWAYS_ASKED, answer="yes")
        asked = (await account_of(shop, customer)).customer.payment_methods[1].id
        await browser.post(pay, csrf=csrf, method=asked)
        await browser.follow()
        assert "€24.00 by Visa •••• 3184" in browser.text
        await browser.post(f"{pay}/confirm", method=asked, answer="no")
        assert "nothing was paid" in browser.text
        places = [
            (await browser.post(f"{pay}/confirm", csrf=csrf, method=asked, answer="yes")).headers["location"]
            for _ in range(2)
        ]
        assert places == [f"{browser.base}/payment-methods?saved=paid"] * 2
        assert (await browser.get(pay)).headers["location"] == places[0]
    after = await account_of(shop, customer)
    assert (after.subscriptions[0].status, after.invoices) == ("active", ())


async def test_an_invoice_that_a_change_of_plan_waits_for_says_so(shop: Shop, running_site: RunningSite) -> None:
    customer = await shop.add_customer()
    _, plan = await charged(shop, customer, "visa")
    async with open_desk(shop.tenancy, shop.door, customer_id=customer, actor=API) as desk:
        good, asking = (
            desk.account.customer.payment_methods[0],
            new_method(desk.ids("pm"), CARDS[ALWAYS_ASKED], desk.now),
        )
        await keeping_methods.change_methods(desk, AttachPaymentMethod(method=asking, default=True))

    async def waits() -> str:
        async with open_desk(shop.tenancy, shop.door, customer_id=customer, actor=API) as desk:
            (present,) = desk.account.subscriptions
            await plan_changes.change(
                desk,
                ChangePlan(
                    subscription=plan,
                    items=(ItemChange(id=present.items[0].id, quantity=5),),
                    proration_behavior="always_invoice",
                    payment="pending_if_incomplete",
                ),
            )
        (present,) = (await account_of(shop, customer)).subscriptions
        assert present.pending is not None
        return f"/invoices/{present.pending.invoice}/pay"

    async with PortalBrowser(running_site, shop, await shop.sign_in(customer)) as browser:
        await browser.get(await waits())
        (present,) = (await account_of(shop, customer)).subscriptions
        assert present.pending is not None
        until = date_time(present.pending.expires_at, "en").replace("\xa0", " ")
        assert f"A change of Team waits for its payment until {until}." in browser.text
        assert "Your plan changes once this is paid. Until then it stays as it is." in browser.text
        assert "the change is dropped: your plan stays as it is, and this invoice is taken back." in browser.text
        await browser.post(f"/subscriptions/{plan}/undo-change")
        await browser.follow()
        assert "Your plan stays as it is." in browser.text
        pay = await waits()
        await browser.get(pay)
        await browser.post(pay, method=good.id)
        await browser.follow()
        assert "Your plan is changed." in browser.text
    (after,) = (await account_of(shop, customer)).subscriptions
    assert (after.pending, after.items[0].quantity) == (None, 5)


async def test_the_flow_adds_a_method_and_makes_it_the_default(shop: Shop, running_site: RunningSite) -> None:
    customer = await shop.add_customer()
    await charged(shop, customer, "visa")
    flow = Flow(type="payment_method_update", after=AfterCompletion(type="hosted_confirmation"))
    secret = await shop.open_by_api(customer, flow=flow)
    async with PortalBrowser(running_site, shop, secret) as browser:
        await browser.get("/flow")
        await browser.follow()
        assert "Which card do you want to add?" in browser.text
        await browser.post("/payment-methods/add", card="mastercard")
        for _ in range(3):
            if browser.page.status_code == 303:
                await browser.follow()
        assert "Your payment method is saved" in browser.text
    after = (await account_of(shop, customer)).customer
    assert after.default_payment_method == after.payment_methods[1].id


async def test_where_methods_are_not_to_be_changed(shop: Shop, running_site: RunningSite) -> None:
    await shop.configure(payment_method_update=PaymentMethodUpdate(enabled=False))
    customer = await shop.add_customer()
    visa, _ = await charged(shop, customer, "visa")
    async with PortalBrowser(running_site, shop, await shop.sign_in(customer)) as browser:
        await browser.get("/payment-methods")
        assert "Visa •••• 4242" in browser.text
        assert "/payment-methods/add" not in browser.html
        assert (await browser.get("/payment-methods/add")).status_code == 400
        assert "cannot be changed online" in browser.text
        csrf = browser_csrf(await browser.get("/details"))
        assert (await browser.post(f"/payment-methods/{visa}/default", csrf=csrf)).status_code == 400


def browser_csrf(page: object) -> str:
    (found,) = set(re.findall(r'name="csrf" value="([^"]+)"', page.text))  # type: ignore[attr-defined]
    return str(found)
