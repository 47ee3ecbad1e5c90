"""All invoices of a customer: which are chosen, page by page, and as one file."""

import asyncio
import io
import zipfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from msgspec.structs import replace
from portal_browser import PortalBrowser
from portal_shop import API, Shop, open_shop
from pypdf import PdfReader
from sides import MASTER_KEY
from sites import RunningSite

from frontdesk import invoices
from frontdesk.book import Invoice
from frontdesk.invoice_commands import CreateCreditNote, CreateInvoice, CreateInvoiceItem, FinalizeInvoice, ItemCharge
from frontdesk.portal_configuration import InvoiceHistory
from frontdesk_tenants.desks import open_desk
from frontdesk_tenants.tenancy import Tenancy
from frontdesk_web.config import Config
from frontdesk_web.documents.bundle import bundle, papers_of
from frontdesk_web.site import Site

BASE = "https://pay.example.com"


@pytest.fixture(scope="module")
async def shop(tenancy: Tenancy, running_site: RunningSite) -> Shop:
    return await open_shop(tenancy)


async def issue(shop: Shop, customer: str, count: int, amount: int = 100) -> tuple[Invoice, ...]:
    """So many invoices over one thing each, oldest first."""
    made = []
    async with open_desk(shop.tenancy, shop.door, customer_id=customer, actor=API) as desk:
        for number in range(count):
            charge = ItemCharge(amount=amount)
            thing = CreateInvoiceItem(id=desk.ids("ii"), charge=charge, currency="eur", description=f"Thing {number}")
            await invoices.write(desk, thing)
            id_ = desk.ids("in")
            await invoices.write(desk, CreateInvoice(id=id_, pending="include"))
            await invoices.write(desk, FinalizeInvoice(invoice=id_))
            made.append(desk.account.invoice(id_))
    return tuple(each for each in made if each is not None)


async def test_the_list_goes_on_and_back_and_holds_each_invoice_once(shop: Shop, running_site: RunningSite) -> None:
    customer = await shop.add_customer()
    numbers = [each.number or "" for each in await issue(shop, customer, 45)][::-1]
    async with PortalBrowser(running_site, shop, await shop.sign_in(customer)) as browser:
        await browser.get("/invoices")
        assert "45 invoices" in browser.text
        assert "€45.00 is still to be paid." in browser.text
        pages = [shown(browser, numbers)]
        while (older := link(browser, "next")) is not None:
            await browser.get(older)
            pages.append(shown(browser, numbers))
        assert pages == [numbers[:20], numbers[20:40], numbers[40:]]
        await browser.get(link(browser, "prev") or "")
        assert shown(browser, numbers) == numbers[20:40]
        await browser.get(link(browser, "prev") or "")
        assert shown(browser, numbers) == numbers[:20]
        assert link(browser, "prev") is None


async def test_a_year_and_a_state_are_chosen(shop: Shop, running_site: RunningSite) -> None:
    customer = await shop.add_customer()
    first, second, third = await issue(shop, customer, 3)
    async with open_desk(shop.tenancy, shop.door, customer_id=customer, actor=API) as desk:
        await invoices.pay_out_of_band(desk, second.id)
    numbers = [each.number or "" for each in (third, second, first)]
    year = (first.finalized_at or first.created).year
    async with PortalBrowser(running_site, shop, await shop.sign_in(customer)) as browser:
        for query, expected in (
            ("?status=paid", [second.number]),
            (f"?status=open&year={year}", [third.number, first.number]),
            (f"?year={year}", numbers),
            ("?status=void", []),
            ("?status=nonsense&year=%00", numbers),
            (f"?year={year - 1}", []),
        ):
            await browser.get(f"/invoices{query}")
            assert browser.page.status_code == 200
            assert shown(browser, numbers) == expected, query
        assert "No invoice matches your choice." in browser.text
        assert (await browser.get("/invoices?status=void")).text.count("Show all invoices") == 1
        assert (await browser.get("/invoices.zip?status=void")).status_code == 400


async def test_all_as_one_file_with_receipts_and_credit_notes(shop: Shop, running_site: RunningSite) -> None:
    customer = await shop.add_customer()
    paid, credited = await issue(shop, customer, 2)
    async with open_desk(shop.tenancy, shop.door, customer_id=customer, actor=API) as desk:
        await invoices.pay_out_of_band(desk, paid.id)
        await invoices.write(desk, CreateCreditNote(id=desk.ids("cn"), invoice=credited.id, amount=40))
    day = (paid.finalized_at or paid.created).date().isoformat()
    async with PortalBrowser(running_site, shop, await shop.sign_in(customer)) as browser:
        answer = await browser.get("/invoices.zip")
        assert answer.headers["content-type"] == "application/zip"
        assert answer.headers["content-disposition"] == 'attachment; filename="Northbeam-Invoices.zip"'
        file = zipfile.ZipFile(io.BytesIO(answer.content))
        assert file.testzip() is None
        names = file.namelist()
        assert names == sorted(names)
        invoice, receipt, other, note = names
        assert (invoice, receipt) == (f"{day}_{paid.number}.pdf", f"{day}_{paid.number}_Receipt.pdf")
        assert other == f"{day}_{credited.number}.pdf"
        assert note.startswith(f"{day}_{credited.number}_Credit-note-")
        assert paid.number in PdfReader(io.BytesIO(file.read(invoice))).pages[0].extract_text()
        await browser.get("/invoices.zip?status=paid")
        assert len(zipfile.ZipFile(io.BytesIO(browser.page.content)).namelist()) == 2
        answers = [(await browser.get("/invoices.zip?status=void")).status_code for _ in range(6)]
        assert set(answers) == {400}, "what gives no file is not counted"
        # Where a piece of the clock ends meanwhile, a little less of what was before counts.
        statuses = [await asked(browser) for _ in range(5)]
        assert statuses in ([200, 200, 200, 429, 429], [200, 200, 200, 200, 429])
        assert browser.page.headers["retry-after"] == "600"
        assert "Please try again in an hour." in browser.text


async def test_what_a_backend_keeps_is_in_the_file_and_nothing_of_ours_beside_it(shop: Shop) -> None:
    """There is one document of an invoice: two under one number would be two invoices."""
    made = await issue(shop, await shop.add_customer(), 3)
    url = shop.tenancy.database.url
    site = Site(Config(database_url=url, base_url=BASE, master_keys=(MASTER_KEY,), loopback_servers=True))
    async with documents({"/1": b"%PDF-1.7 theirs", "/2": b"<p>Try again"}) as there:
        kept = [replace(each, invoice_pdf=f"{there}/{place}") for place, each in enumerate(made, 1)]
        async with shop.tenancy.at(shop.door) as (_, side):
            papers = papers_of(site, side, kept, {}, "en")
        file = zipfile.ZipFile(io.BytesIO(b"".join([each async for each in bundle(papers, "en")])))
    await site.outside.aclose()
    first, missing = file.namelist()
    assert file.read(first) == b"%PDF-1.7 theirs"
    assert missing == "Missing.txt"
    assert all((each.number or "") in file.read(missing).decode() for each in made[1:])


@asynccontextmanager
async def documents(kept: dict[str, bytes]) -> AsyncIterator[str]:
    """Somebody's server that gives these, and "not found" for the rest, until the end of the block."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        path = (await reader.readuntil(b"\r\n\r\n")).split()[1].decode()
        status, body = ("200 OK", kept[path]) if path in kept else ("404 Not Found", b"%PDF-1.7 of an error")
        writer.write(f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def test_nobody_elses_and_none_where_none_are_shown(shop: Shop, running_site: RunningSite) -> None:
    mine, theirs = await shop.add_customer(), await shop.add_customer(email="other@example.com")
    own, (foreign,) = await issue(shop, mine, 2), await issue(shop, theirs, 1)
    numbers = [each.number or "" for each in (*own, foreign)]
    async with PortalBrowser(running_site, shop, await shop.sign_in(mine)) as browser:
        for place in ("before", "after"):
            await browser.get(f"/invoices?{place}={foreign.id}")
            assert sorted(shown(browser, numbers)) == numbers[:2]
        held = await shop_features(shop, InvoiceHistory())
        assert (await browser.get("/invoices")).status_code == 404
        assert (await browser.get("/invoices.zip")).status_code == 404
        await shop_features(shop, held)


async def shop_features(shop: Shop, history: InvoiceHistory) -> InvoiceHistory:
    await shop.configure(invoice_history=history)
    return InvoiceHistory(enabled=True)


async def asked(browser: PortalBrowser) -> int:
    return (await browser.get("/invoices.zip?status=paid")).status_code


def shown(browser: PortalBrowser, numbers: list[str]) -> list[str]:
    """Which of the numbers the list shows, in its order."""
    found = sorted((browser.html.index(f">{each}<"), each) for each in numbers if f">{each}<" in browser.html)
    return [each for _, each in found]


def link(browser: PortalBrowser, rel: str) -> str | None:
    """The way to an older or a newer page."""
    before, found, _ = browser.html.partition(f'" rel="{rel}"')
    return before.rpartition('href="')[2] if found else None
