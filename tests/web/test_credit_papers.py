"""Credit notes and receipts: written in the dashboard, on paper, in letters, and found in the portal."""

import io
import re

import pytest
from hired import Hired, StaffBrowser, hire
from portal_browser import PortalBrowser
from portal_shop import API, Shop, open_shop
from pypdf import PdfReader
from sites import RunningSite
from sqlalchemy import select

from frontdesk import invoices
from frontdesk.book import CreditNote, Invoice
from frontdesk.roles import Role
from frontdesk_tenants.desks import open_desk
from frontdesk_tenants.tables import audit, credit_notes, documents
from frontdesk_tenants.tables import invoices as invoice_rows
from frontdesk_tenants.tenancy import Tenancy


@pytest.fixture
async def shop(running_site: RunningSite, tenancy: Tenancy) -> Shop:
    return await open_shop(tenancy)


@pytest.fixture
async def robin(shop: Shop) -> Hired:
    return await hire(shop.tenancy, shop.door, Role.SUPPORT)


@pytest.fixture
async def staff(running_site: RunningSite, shop: Shop, robin: Hired) -> StaffBrowser:
    return StaffBrowser(running_site, shop.door, robin.secret)


async def only_invoice(shop: Shop, customer: str) -> Invoice:
    async with shop.tenancy.database.side(shop.door.tenant_id) as connection:
        found: Invoice = (
            await connection.execute(select(invoice_rows.c.body).where(invoice_rows.c.customer == customer))
        ).scalar_one()
    return found


async def notes_over(shop: Shop, invoice: str) -> list[CreditNote]:
    async with shop.tenancy.database.side(shop.door.tenant_id) as connection:
        question = select(credit_notes.c.body).where(credit_notes.c.invoice == invoice)
        return list(await connection.scalars(question.order_by(credit_notes.c.created, credit_notes.c.id)))


def words(pdf: bytes) -> str:
    pages = PdfReader(io.BytesIO(pdf)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).replace("\u200b", "").split())


def hidden(html: str) -> dict[str, str]:
    """The hidden fields of a confirmation."""
    found = re.findall(r'<input type="hidden" name="([\w-]+)" value="([^"]*)"', html)
    return dict(found)


async def test_a_credit_note_is_shown_issued_printed_and_taken_back(
    shop: Shop, running_site: RunningSite, robin: Hired, staff: StaffBrowser
) -> None:
    customer = await shop.add_customer(shop.item("team", 10))
    bill = await only_invoice(shop, customer)
    at = f"/customers/{customer}/invoices/{bill.id}"
    await staff.get(at)
    assert f"{at}/credit" in staff.html
    await staff.get(f"{at}/credit")
    assert "All that is left, €120.00" in staff.text
    wrong = await staff.post(f"{at}/credit", **{"what": "part", "line-0": "120.01"})
    assert wrong.status_code == 400
    assert "Enter an amount above zero, at most €120.00." in staff.text
    assert (await staff.post(f"{at}/credit", what="part")).status_code == 400
    asked = {"what": "part", "line-0": "24.00", "reason": "order_change", "memo": "Two seats less", "letter": "on"}
    shown = await staff.post(f"{at}/credit", **asked)
    assert shown.status_code == 200
    for part in ("€24.00", "What is due goes down by €24.00, to €96.00.", "The customer gets it by e-mail."):
        assert part in staff.text, part
    assert await notes_over(shop, bill.id) == [], "nothing was issued yet"
    fields = hidden(staff.html)
    again = await staff.post(f"{at}/credit", **fields, act="edit")
    assert again.status_code == 200
    assert 'value="24.00"' in staff.html
    assert (await staff.post(f"{at}/credit", **fields, act="issue")).status_code == 303
    (note,) = await notes_over(shop, bill.id)
    assert (note.total, note.pre_payment, note.reason, note.memo) == (2400, 2400, "order_change", "Two seats less")
    async with shop.tenancy.database.side(shop.door.tenant_id) as connection:
        question = select(audit.c.actor, audit.c.action).where(audit.c.object == note.id)
        assert [tuple(row) for row in await connection.execute(question)] == [(robin.member.id, "CreateCreditNote")]
    twice = await staff.post(f"{at}/credit", **fields, act="issue")
    assert twice.status_code == 200, "a second click shows the new numbers instead"
    assert "The invoice changed meanwhile" in staff.text
    assert len(await notes_over(shop, bill.id)) == 1
    await staff.get(at)
    assert (note.number or "") in staff.text
    document = (await staff.get(f"/customers/{customer}/credit-notes/{note.id}/pdf")).content
    said = words(document)
    for part in ("Credit note", note.number or "", bill.number or "", "€24.00", "The order changed", "Two seats less"):
        assert part in said, part
    async with PortalBrowser(running_site, shop, await shop.sign_in(customer)) as browser:
        await browser.get(f"/invoices/{bill.id}")
        assert f"Credit note {note.number}" in browser.text
        assert "Amount due €96.00" in browser.text
        answer = await browser.get(f"/credit-notes/{note.id}/pdf")
        assert answer.content == document, "the same bytes for everybody"
        assert answer.headers["content-disposition"] == f'attachment; filename="{note.number}.pdf"'
    await staff.get(f"/customers/{customer}/credit-notes/{note.id}/void")
    assert "€24.00" in staff.text
    assert (await staff.post(f"/customers/{customer}/credit-notes/{note.id}/void")).status_code == 303
    assert (await only_invoice(shop, customer)).amount_remaining == 12000
    void = (await staff.get(f"/customers/{customer}/credit-notes/{note.id}/pdf")).content
    assert "Credit note: Void" in words(void)
    async with shop.tenancy.database.side(shop.door.tenant_id) as connection:
        editions = set(await connection.scalars(select(documents.c.locale).where(documents.c.invoice == bill.id)))
    assert editions == {f"credit note {note.id} en", f"credit note {note.id} en void"}


async def test_what_was_paid_is_paid_back_or_kept_and_receipts_say_what_came_in(
    shop: Shop, running_site: RunningSite, staff: StaffBrowser
) -> None:
    customer = await shop.add_customer(shop.item("team", 10))
    bill = await only_invoice(shop, customer)
    at = f"/customers/{customer}/invoices/{bill.id}"
    async with open_desk(shop.tenancy, shop.door, customer_id=customer, actor=API) as desk:
        first = await invoices.record_payment(desk, bill.id, 5000, desk.now.date(), "OUR OWN NOTE")
    async with open_desk(shop.tenancy, shop.door, customer_id=customer, actor=API) as desk:
        await invoices.pay_out_of_band(desk, bill.id)
    paid = await only_invoice(shop, customer)
    early, late = paid.payments
    assert early.id == first.invoices[0].payments[0].id
    await staff.get(at)
    assert f"{at}/payments/{early.id}/receipt" in staff.html
    async with PortalBrowser(running_site, shop, await shop.sign_in(customer, locale="de")) as browser:
        await browser.get(f"/invoices/{bill.id}")
        assert "Zahlungsbeleg" in browser.text
        said = words((await browser.get(f"/invoices/{bill.id}/payments/{early.id}/receipt")).content)
        for part in ("Zahlungsbeleg", bill.number or "", "10 × 12,00 € pro seat", "50,00 €", "Noch zu zahlen 70,00 €"):
            assert part in said, part
        assert "OUR OWN NOTE" not in said, "what staff note of a payment is theirs"
        document = (await browser.get(f"/invoices/{bill.id}/payments/{late.id}/receipt")).content
        assert "Vorher gezahlt −50,00 €" in words(document)
        assert (await browser.get(f"/invoices/{bill.id}/payments/{late.id}/receipt")).content == document
        assert (await browser.get(f"/invoices/{bill.id}/payments/pay_none/receipt")).status_code == 404
    await staff.get(f"{at}/credit")
    assert "What was paid already" in staff.text
    await staff.post(f"{at}/credit", **{"what": "part", "line-0": "30.00", "rest": "outside"})
    assert "You pay €30.00 back yourself." in staff.text
    assert "The customer gets no e-mail." in staff.text
    assert (await staff.post(f"{at}/credit", **hidden(staff.html), act="issue")).status_code == 303
    (note,) = await notes_over(shop, bill.id)
    assert (note.pre_payment, note.credited, note.out_of_band) == (0, 0, 3000)
    async with open_desk(shop.tenancy, shop.door, customer_id=customer, actor=API) as desk:
        await invoices.reverse_payment(desk, bill.id, late.id)
    async with PortalBrowser(running_site, shop, await shop.sign_in(customer)) as browser:
        gone = await browser.get(f"/invoices/{bill.id}/payments/{late.id}/receipt")
        assert gone.status_code == 404, "a payment that was none has no receipt"
