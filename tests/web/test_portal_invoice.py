"""An invoice on its page and as a document: what is on it, and that nobody else's is there."""

import io

import pytest
from portal_browser import PortalBrowser
from portal_shop import API, Shop, open_shop
from pypdf import PdfReader
from sites import RunningSite

from frontdesk import invoices
from frontdesk.invoice_commands import CreateInvoice
from frontdesk.portal_configuration import InvoiceHistory
from frontdesk_tenants import book
from frontdesk_tenants.desks import open_desk
from frontdesk_tenants.tenancy import Tenancy


@pytest.fixture
async def shop(tenancy: Tenancy, running_site: RunningSite) -> Shop:
    return await open_shop(tenancy)


async def invoice_of(shop: Shop, customer: str) -> tuple[str, str]:
    async with shop.tenancy.database.side(shop.door.tenant_id) as connection:
        account = await book.read_account(connection, customer)
    assert account is not None
    (invoice,) = account.invoices
    assert invoice.number is not None
    return invoice.id, invoice.number


async def test_the_page_of_an_invoice(shop: Shop, running_site: RunningSite) -> None:
    customer = await shop.add_customer(shop.item("team", 10))
    id_, number = await invoice_of(shop, customer)
    async with PortalBrowser(running_site, shop, await shop.sign_in(customer)) as browser:
        await browser.get(f"/invoices/{id_}")
        assert browser.page.status_code == 200
        for expected in (number, "Open", "Please pay by", "10 × €12.00 per seat", "Northbeam Ltd", "Ashford & Lane"):
            assert expected in browser.text
        assert f"Reference {number}" in browser.text
        assert f"{browser.base}/invoices/{id_}/pdf" in browser.html
        async with open_desk(shop.tenancy, shop.door, customer_id=customer, actor=API) as desk:
            await invoices.pay_out_of_band(desk, id_)
        await browser.get(f"/invoices/{id_}")
        assert "Paid on" in browser.text
        assert "Amount due €0.00" in browser.text
        assert "How to pay" not in browser.text


async def test_the_document(shop: Shop, running_site: RunningSite) -> None:
    customer = await shop.add_customer(shop.item("team", 10))
    id_, number = await invoice_of(shop, customer)
    async with PortalBrowser(running_site, shop, await shop.sign_in(customer, locale="de")) as browser:
        answer = await browser.get(f"/invoices/{id_}/pdf")
        assert answer.headers["content-type"] == "application/pdf"
        assert answer.headers["content-disposition"] == f'attachment; filename="{number}.pdf"'
        text = PdfReader(io.BytesIO(answer.content)).pages[0].extract_text()
        assert number in text
        assert "120,00" in text


async def test_drafts_and_what_is_anothers_were_never_there(
    shop: Shop, running_site: RunningSite, tenancy: Tenancy
) -> None:
    mine = await shop.add_customer(shop.item("team"))
    async with open_desk(shop.tenancy, shop.door, customer_id=mine, actor=API) as desk:
        draft = desk.ids("in")
        await invoices.write(desk, CreateInvoice(id=draft))
    theirs, _ = await invoice_of(shop, await shop.add_customer(shop.item("team"), email="other@example.com"))
    elsewhere = await open_shop(tenancy)
    far, _ = await invoice_of(elsewhere, await elsewhere.add_customer(elsewhere.item("team")))
    async with PortalBrowser(running_site, shop, await shop.sign_in(mine)) as browser:
        await browser.get("/")
        assert draft not in browser.html
        for id_ in (draft, theirs, far, "in_0000000000000000000000", "%00", "é", "x" * 400):
            for place in ("", "/pdf"):
                assert (await browser.get(f"/invoices/{id_}{place}")).status_code == 404


async def test_no_history_no_invoices(shop: Shop, running_site: RunningSite) -> None:
    customer = await shop.add_customer(shop.item("team"))
    id_, _ = await invoice_of(shop, customer)
    await shop.configure(invoice_history=InvoiceHistory())
    async with PortalBrowser(running_site, shop, await shop.sign_in(customer)) as browser:
        assert (await browser.get(f"/invoices/{id_}")).status_code == 404
        assert (await browser.get(f"/invoices/{id_}/pdf")).status_code == 404
