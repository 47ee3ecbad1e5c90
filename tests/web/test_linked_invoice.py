"""An invoice's own page, by the link that the API, the dashboard and letters give away: nobody signs in for it."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from html import unescape

import httpx
import pytest
from api_server import ApiServer
from portal_browser import PortalBrowser
from portal_shop import API, Shop, open_shop
from sides import Tenant
from sites import RunningSite

from frontdesk import invoices, keeping_methods, plan_changes, subscriptions
from frontdesk.book import Invoice
from frontdesk.commands import ChangePlan, CreateSubscription, ItemChange
from frontdesk.customer_limits import INVOICE_LINKS
from frontdesk.desk import Actor
from frontdesk.invoice_commands import CreateCreditNote
from frontdesk.payment_method_commands import AttachPaymentMethod
from frontdesk.test_cards import CARDS, new_method
from frontdesk_tenants import book
from frontdesk_tenants.database import clock
from frontdesk_tenants.desks import open_desk
from frontdesk_tenants.invoice_reads import read_invoice
from frontdesk_tenants.suspending import suspend
from frontdesk_tenants.tenancy import Tenancy
from frontdesk_web.formatting import date_time
from frontdesk_web.invoice_links import invoice_path, invoice_token

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
ALWAYS_ASKED = "authenticationRequired"


@pytest.fixture
async def shop(tenancy: Tenancy) -> Shop:
    return await open_shop(tenancy, in_sandbox=True)


@pytest.fixture
async def reader(shop: Shop, running_site: RunningSite) -> AsyncIterator[PortalBrowser]:
    """A browser of somebody who is not signed in."""
    async with PortalBrowser(running_site, shop, "x") as browser:
        yield browser


async def billed(shop: Shop, **details: object) -> Invoice:
    """An open invoice of a customer."""
    return await invoice_of(shop, await shop.add_customer(shop.item("team", 2), **details))


async def invoice_of(shop: Shop, customer: str) -> Invoice:
    async with shop.tenancy.database.side(shop.door.tenant_id) as connection:
        account = await book.read_account(connection, customer)
    assert account is not None
    (invoice,) = account.invoices
    return invoice


async def link_to(shop: Shop, invoice: Invoice, now: datetime | None = None) -> str:
    """The path of the invoice's page, as it was given away at `now`."""
    async with shop.tenancy.database.side(shop.door.tenant_id) as connection:
        now = now or await clock(connection)
    return invoice_path(invoice_token(shop.tenancy.vault, shop.door, invoice, now))


async def test_whoever_has_the_link_sees_the_invoice_and_pays_it(shop: Shop, reader: PortalBrowser) -> None:
    invoice = await billed(shop)
    async with open_desk(shop.tenancy, shop.door, customer_id=invoice.customer, actor=API) as desk:
        kept = new_method(desk.ids("pm"), CARDS["amex"], desk.now)
        await keeping_methods.change_methods(desk, AttachPaymentMethod(method=kept, default=True))
    link = await link_to(shop, invoice)
    answer = await reader.get(link)
    assert (answer.status_code, answer.headers["referrer-policy"]) == (200, "no-referrer")
    assert '<meta name="robots" content="noindex">' in answer.text
    assert answer.headers["cache-control"] == "no-store, private"
    for shown in (invoice.number or "", "€24.00", "Please pay by", "Ashford & Lane", "Open"):
        assert shown in reader.text
    assert "•••• 0005" not in reader.text, "what the customer keeps is nobody's business here"
    (picture,) = re.findall(r'src="([^"]+/transfer-code[^"]+)"', reader.html)
    assert picture.startswith(f"{link}/transfer-code?of=")
    drawn = await reader.get(picture)
    assert (drawn.headers["content-type"], drawn.headers["cache-control"]) == ("image/png", "private, max-age=3600")
    assert (await reader.get(f"{link}/pdf")).content.startswith(b"%PDF-")
    await reader.get(f"{link}/pay")
    await reader.post(f"{link}/pay", card="chargeDeclined")
    assert (reader.page.status_code, "The bank declined this card" in reader.text) == (400, True)
    assert 'value="chargeDeclined" checked' in reader.html
    await reader.post(f"{link}/pay", card=ALWAYS_ASKED)
    await reader.follow()
    assert "€24.00 by Visa •••• 3184" in reader.text
    csrf = reader.csrf
    await reader.post(f"{link}/pay", card=ALWAYS_ASKED, answer="no")
    assert "nothing was paid" in reader.text
    for _ in range(2):
        await reader.post(f"{link}/pay", csrf=csrf, card=ALWAYS_ASKED, answer="yes")
        assert reader.page.status_code == 303
    await reader.get(f"{link}?paid=1")
    assert "Thank you. Your payment came in." in reader.text
    assert "Paid on" in reader.text
    assert (await reader.get(picture)).status_code == 404, "nothing is to be paid any more"
    await reader.get(f"{link}?paid=1")
    assert f"{link}/pay" not in re.findall(r'href="([^"]+)"', reader.html)
    (receipt,) = re.findall(r'href="([^"]+/receipt)"', reader.html)
    assert (await reader.get(receipt)).content.startswith(b"%PDF-")
    assert (await reader.get(f"{link}/pay")).headers["location"] == link
    async with shop.tenancy.database.side(shop.door.tenant_id) as connection:
        after = await book.read_account(connection, invoice.customer)
    assert after is not None
    assert [each.id for each in after.customer.payment_methods] == [kept.id], "the card that paid is not kept"


async def test_an_invoice_that_a_change_of_plan_waits_for_says_so_to_whoever_has_the_link(
    shop: Shop, reader: PortalBrowser, running_site: RunningSite
) -> None:
    customer = await shop.add_customer()
    async with open_desk(shop.tenancy, shop.door, customer_id=customer, actor=API) as desk:
        for card in ("visa", ALWAYS_ASKED):
            kept = new_method(desk.ids("pm"), CARDS[card], desk.now)
            await keeping_methods.change_methods(desk, AttachPaymentMethod(method=kept, default=True))
            if card == "visa":
                await subscriptions.create(desk, CreateSubscription(items=(shop.item("team", 2),)))
        (plan,) = desk.account.subscriptions
        more = ChangePlan(
            subscription=plan.id,
            items=(ItemChange(id=plan.items[0].id, quantity=5),),
            proration_behavior="always_invoice",
            payment="pending_if_incomplete",
        )
        await plan_changes.change(desk, more)
        pending = desk.account.subscriptions[0].pending
    assert pending is not None
    until = date_time(pending.expires_at, "en").replace("\xa0", " ")
    told = (
        f"A change of Team waits for its payment until {until}.",
        "Your plan changes once this is paid. Until then it stays as it is.",
        "the change is dropped: your plan stays as it is, and this invoice is taken back.",
    )
    async with shop.tenancy.database.side(shop.door.tenant_id) as connection:
        invoice = await read_invoice(connection, customer, pending.invoice)
    assert invoice is not None
    link = await link_to(shop, invoice)
    async with PortalBrowser(running_site, shop, await shop.sign_in(customer)) as signed_in:
        for browser, path in ((reader, link), (reader, f"{link}/pay"), (signed_in, f"/invoices/{invoice.id}")):
            await browser.get(path)
            for sentence in told:
                assert sentence in browser.text, path
            assert "undo-change" not in browser.html, "who has the link cannot take it back"
    await reader.get(f"{link}/pay")
    await reader.post(f"{link}/pay", card="visa")
    await reader.follow()
    assert "Thank you. Your payment came in." in reader.text
    assert "waits for its payment" not in reader.text


async def test_a_link_leads_to_this_invoice_alone(
    shop: Shop, reader: PortalBrowser, tenancy: Tenancy, running_site: RunningSite
) -> None:
    """Neither another one's of the same customer, nor another tenant's; nor does it sign anybody in."""
    mine = await billed(shop)
    other = await billed(shop)
    async with open_desk(shop.tenancy, shop.door, customer_id=other.customer, actor=API) as desk:
        await invoices.credit(desk, CreateCreditNote(id="cn_other", invoice=other.id, amount=100))
        await invoices.pay_out_of_band(desk, other.id)
    async with shop.tenancy.database.side(shop.door.tenant_id) as connection:
        paid = await read_invoice(connection, other.customer, other.id)
    assert paid is not None
    payment = paid.payments[0].id
    link, theirs = await link_to(shop, mine), await link_to(shop, other)
    assert (await reader.get(f"{theirs}/credit-notes/cn_other/pdf")).content.startswith(b"%PDF-")
    for path in ("credit-notes/cn_other/pdf", f"payments/{payment}/receipt", "credit-notes/%00/pdf"):
        assert (await reader.get(f"{link}/{path}")).status_code == 404
    assert (await reader.get("/")).status_code in (303, 401, 404), "nobody is signed in"
    neighbour = await open_shop(tenancy, in_sandbox=True)
    token, start = link.removeprefix("/p/invoice/"), len(shop.door.public_id)
    swapped = neighbour.door.public_id + token[start:]
    named, day, proof = token.split(".")
    wrong = [
        swapped,
        token[:-1],
        f"{token}x",
        f"{named}.{int(day) + 1}.{proof}",
        f"{shop.door.public_id}{other.id}.{day}.{proof}",
        f"{shop.door.public_id}{other.id}",
        "x",
        "%00",
        "é",
        shop.other_door.public_id + token[start:],
    ]
    for forged in wrong:
        for rest in ("", "/pdf", "/pay"):
            assert (await reader.get(f"/p/invoice/{forged}{rest}")).status_code == 404, forged
    assert mine.number not in reader.page.text
    await reader.get(link)
    await reader.get(f"{link}/pay")
    csrf = reader.csrf
    assert (await reader.post(f"{theirs}/pay", csrf=csrf, card="visa")).status_code == 403


async def test_a_link_that_has_run_out_sends_a_fresh_one(shop: Shop, reader: PortalBrowser) -> None:
    seen = []
    for email in ("jenny@ashfordlane.example", None):
        invoice = await billed(shop, email=email)
        link = await link_to(shop, invoice, LONG_AGO)
        for path in (link, f"{link}/pdf", f"{link}/pay"):
            assert (await reader.get(path)).status_code == 410
        assert invoice.number not in reader.page.text
        assert "ashfordlane" not in reader.page.text
        csrf = reader.csrf
        assert (await reader.post(f"{link}/again", csrf="forged")).status_code == 403
        for _ in range(INVOICE_LINKS[0].count):
            await reader.post(f"{link}/again", csrf=csrf)
            assert reader.page.status_code == 200
        seen.append(reader.text)
        await reader.post(f"{link}/again", csrf=csrf)
        assert (reader.page.status_code, "several times already" in reader.text) == (429, True)
        fresh = await link_to(shop, invoice)
        await reader.get(fresh)
        assert reader.page.status_code == 200
    assert seen[0] == seen[1], "nobody learns whether there is an address"


async def test_where_no_card_is_taken_the_page_says_how_else_it_is_paid(
    tenancy: Tenancy, running_site: RunningSite, shop: Shop, reader: PortalBrowser
) -> None:
    live = await open_shop(tenancy)
    link = await link_to(live, await billed(live))
    async with PortalBrowser(running_site, live, "x") as browser:
        await browser.get(link)
        assert "DE02 1203 0000 0000 2020 51" in browser.text
        assert "Pay now" not in browser.text
        assert (await browser.get(f"{link}/pay")).headers["location"] == link
    link = await link_to(shop, await billed(shop))
    await suspend(tenancy, (shop.other_door, shop.door), "Unpaid.", Actor(kind="staff", id="opr_1"))
    await reader.get(link)
    assert (reader.page.status_code, "Pay now" in reader.text) == (200, False)
    assert (await reader.get(f"{link}/pay")).headers["location"] == link


def test_programs_are_given_the_link_once_the_invoice_is_issued(api_server: ApiServer, tenant: Tenant) -> None:
    client = api_server.sdk(tenant.sandbox.secret_key.reveal())
    customer = client.v1.customers.create({"email": "jenny@example.com", "preferred_locales": ["de"]})
    draft = client.v1.invoices.create({"customer": customer.id, "collection_method": "send_invoice"})
    assert (draft.hosted_invoice_url, draft.invoice_pdf) == (None, None)
    line = {"customer": customer.id, "invoice": draft.id, "amount": 4200, "currency": "eur", "description": "Workshop"}
    client.v1.invoice_items.create(line)
    issued = client.v1.invoices.finalize_invoice(draft.id)
    url = issued.hosted_invoice_url or ""
    assert url.startswith(f"{api_server.url}/p/invoice/")
    assert issued.invoice_pdf == f"{url}/pdf"
    listed = client.v1.invoices.list({"customer": customer.id}).data[0]
    assert listed.hosted_invoice_url == url, "the same address all day"
    with httpx.Client(trust_env=False, verify=False) as browser:
        page = browser.get(url)
        assert page.status_code == 200
        assert '<html lang="de">' in page.text, "in the customer's language"
        assert "Workshop" in page.text
        french = browser.get(url, params={"lang": "fr"}).text
        assert f"{url.removeprefix(api_server.url)}/pdf?lang=fr" in unescape(french)
        assert browser.get(issued.invoice_pdf or "").content.startswith(b"%PDF-")
        client.v1.invoices.void_invoice(draft.id)
        assert "Storniert" in browser.get(url).text
