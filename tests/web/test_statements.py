"""Statements of account in portal and dashboard: the same as the ledger, for the span that was asked for."""

import io

import pytest
from hired import StaffBrowser, hire
from portal_browser import PortalBrowser
from portal_shop import API, Shop, open_shop
from pypdf import PdfReader
from sites import RunningSite
from sqlalchemy import func, select

from frontdesk import invoices
from frontdesk.invoice_commands import AdjustBalance, CreateCreditNote
from frontdesk.roles import Role
from frontdesk_tenants.desks import open_desk
from frontdesk_tenants.tables import ledger_entries
from frontdesk_tenants.tenancy import Tenancy


@pytest.fixture
async def shop(running_site: RunningSite, tenancy: Tenancy) -> Shop:
    return await open_shop(tenancy)


async def owed(shop: Shop, customer: str, currency: str) -> int:
    """What the ledger says."""
    async with shop.tenancy.database.side(shop.door.tenant_id) as connection:
        question = select(func.sum(ledger_entries.c.amount)).where(
            ledger_entries.c.customer == customer,
            ledger_entries.c.currency == currency,
            ledger_entries.c.account.in_(("receivable", "balance")),
        )
        return int(await connection.scalar(question) or 0)


async def test_it_says_what_the_ledger_says(shop: Shop, running_site: RunningSite) -> None:
    customer = await shop.add_customer(shop.item("team", 10))
    other = await shop.add_customer(shop.item("team", 3), email="other@example.com")
    async with open_desk(shop.tenancy, shop.door, customer_id=customer, actor=API) as desk:
        (bill,) = desk.account.invoices
        await invoices.record_payment(desk, bill.id, 13000, desk.now.date())
        note = CreateCreditNote(id=desk.ids("cn"), invoice=bill.id, amount=3000, credit=1000, out_of_band=2000)
        await invoices.credit(desk, note)
        await invoices.adjust_balance(desk, AdjustBalance(amount=700, currency="sek", description="OUR OWN NOTE"))
        today = desk.now.date()
    assert (await owed(shop, customer, "eur"), await owed(shop, customer, "sek")) == (-2000, 700)
    async with PortalBrowser(running_site, shop, await shop.sign_in(customer)) as browser:
        await browser.get("/")
        assert f"{browser.base}/statement" in browser.html
        await browser.get("/statement")
        said = browser.text.replace("\u00a0", " ")
        for part in (
            f"Invoice {bill.number} €120.00 €120.00",
            f"Payment for invoice {bill.number} −€130.00 −€10.00",
            "−€30.00 −€40.00",
            "€20.00 −€20.00",
            "There was a credit of €20.00",
            "Adjustment SEK 7.00 SEK 7.00",
            "SEK 7.00 was to be paid on",
        ):
            assert part in said, part
        assert "OUR OWN NOTE" not in said
        await browser.get("/statement?from=2001-01-01&to=2001-12-31")
        assert "Nothing happened in this time" in browser.text
        later = f"{today.year + 1}-01-01"
        await browser.get(f"/statement?from={later}&to={later}")
        assert "Opening balance −€20.00" in browser.text
        for wrong in ("from=2026-02-30", "from=2026-03-02&to=2026-03-01", "to=x", "from=0001-01-01", "to=9999-12-31"):
            assert (await browser.get(f"/statement?{wrong}")).status_code == 400
            assert (await browser.get(f"/statement/pdf?{wrong}")).status_code == 400
        answer = await browser.get(f"/statement/pdf?from={today.year}-01-01&to={today}")
        text = " ".join(PdfReader(io.BytesIO(answer.content)).pages[0].extract_text().split())
        for part in ("Statement of account", "Ashford & Lane", bill.number or "", "−€130.00", "SEK 7.00"):
            assert part in text.replace("\u00a0", " "), part
    robin = await hire(shop.tenancy, shop.door, Role.READ_ONLY)
    staff = StaffBrowser(running_site, shop.door, robin.secret)
    await staff.get(f"/customers/{customer}/statement")
    assert "There was a credit of €20.00" in staff.text
    assert (await staff.get(f"/customers/{customer}/statement/pdf")).content.startswith(b"%PDF")
    await staff.get(f"/customers/{other}/statement")
    assert "€36.00 was to be paid on" in staff.text
    assert "€20.00" not in staff.text
