"""Invoices as PDF: everything on them, nothing executed, the same bytes for ever."""

import asyncio
import hashlib
import io
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from catalog_findings import as_admin
from msgspec.structs import replace
from PIL import Image
from posts import site_of
from pypdf import PdfReader
from sides import Tenant, new_tenant, sell, subscribe
from sqlalchemy import select, text

from frontdesk import billing_details, subscriptions
from frontdesk import invoices as invoice_acts
from frontdesk.book import Address, BillingSettings, SellerDetails
from frontdesk.branding import Brand, Font
from frontdesk.commands import BillingDetails, CreateSubscription, NewItem
from frontdesk.desk import Actor
from frontdesk.errors import Refused
from frontdesk.tax_ids import TaxId, Verification
from frontdesk.tax_registrations import register
from frontdesk.tax_settings import Registration, TaxSettings
from frontdesk_tenants import files, provisioning
from frontdesk_tenants.database import clock
from frontdesk_tenants.desks import open_desk
from frontdesk_tenants.embedded import PostgresAddresses
from frontdesk_tenants.files import File
from frontdesk_tenants.tables import documents, invoices, sides
from frontdesk_tenants.tax_settings import change_tax
from frontdesk_web.documents import setting as module
from frontdesk_web.documents.invoice_pdf import invoice_pdf
from frontdesk_web.documents.paper import FONTS
from frontdesk_web.documents.setting import typeset
from frontdesk_web.site import Site

SELLER = SellerDetails(
    name="Northbeam GmbH",
    email="billing@northbeam.example",
    address=Address(line1="Lange Straße 1", postal_code="10115", city="Berlin", country="DE"),
    tax_number="DE123456789",
    bank_account_holder="Northbeam GmbH",
    iban="DE02120300000000202051",
    bic="BYLADEM1001",
)
EVIL = '#read("/etc/passwd") *bold* $x^2$ [a] \\ #{1+1} @ref <l> `raw` // no /* no */ "q"'
STAFF = Actor(kind="api", id="key_1")


@pytest.fixture
async def site(postgres: PostgresAddresses) -> AsyncIterator[Site]:
    made = site_of(postgres.app_url, None)
    await made.open()
    yield made
    await made.aclose()


async def with_seller(site: Site, tenant: Tenant, **brand: Any) -> None:
    async with site.tenancy.at(tenant.door) as (connection, side):
        settings: BillingSettings = replace(side.settings, seller=SELLER, invoice_footer="Thank you.")
        await connection.execute(sides.update().values(settings=settings))
    if brand:
        await provisioning.brand_side(site.tenancy, tenant.door, Brand(**{"business_name": "Northbeam", **brand}))


async def with_details(site: Site, tenant: Tenant, customer: str, details: BillingDetails) -> None:
    async with open_desk(site.tenancy, tenant.door, customer_id=customer, actor=STAFF) as desk:
        await billing_details.update(desk, details)


async def billed(site: Site, tenant: Tenant, details: BillingDetails | None = None, name: str = "Team") -> str:
    """A customer with a plan; returns the id of the invoice."""
    customer = await subscribe(site.tenancy, tenant.door, None)
    if details is not None:
        await with_details(site, tenant, customer, details)
    await again(site, tenant, customer, name)
    async with site.tenancy.at(tenant.door) as (connection, _):
        return str(await connection.scalar(select(invoices.c.id).where(invoices.c.customer == customer)))


async def again(site: Site, tenant: Tenant, customer: str, name: str) -> None:
    price = await sell(site.tenancy, tenant.door, name=name)
    async with open_desk(site.tenancy, tenant.door, customer_id=customer, actor=STAFF) as desk:
        await subscriptions.create(desk, CreateSubscription(items=(NewItem(price=price, quantity=10),)))


def words(pdf: bytes) -> str:
    """The text of all pages, its spaces as one."""
    pages = PdfReader(io.BytesIO(pdf)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).replace("\u200b", "").split())


async def test_it_says_all_that_an_invoice_must(site: Site, tenant: Tenant) -> None:
    await with_seller(site, tenant)
    address = Address(line1="2 High Street", postal_code="EC1A 1BB", city="London", country="GB")
    invoice = await billed(site, tenant, BillingDetails(name="Ashford & Lane", address=address))
    said = words(await invoice_pdf(site, tenant.door, invoice, "en"))
    for part in (
        "Invoice", "Northbeam GmbH", "Lange Straße 1", "10115 Berlin", "Germany", "DE123456789",
        "Ashford & Lane", "2 High Street", "London EC1A 1BB", "United Kingdom",
        "-0001", "Team", "10 × €12.00 per seat", "€120.00", "Amount due",
        "DE02 1203 0000 0000 2020 51", "BYLADEM1001", "Thank you.", "Page 1 of 1", "Please transfer the amount by",
    ):  # fmt: skip
        assert part in said, part


async def test_the_foot_says_the_public_details_that_belong_on_paper(site: Site, tenant: Tenant) -> None:
    public = {
        "support_email": "help@northbeam.example",
        "support_phone": "+49 30 5550 142",
        "website": "https://northbeam.example",
        "support_address": Address(line1="Postfach 7", postal_code="80331", city="München", country="DE"),
    }
    await with_seller(site, tenant, **public)
    said = words(await invoice_pdf(site, tenant.door, await billed(site, tenant), "en"))
    assert "Northbeam · help@northbeam.example · +49 30 5550 142 · https://northbeam.example" in said
    assert "Postfach 7, 80331 München, Germany" in said
    await with_seller(site, tenant, **public | {"phone_on_documents": False, "support_address": SELLER.address})
    said = words(await invoice_pdf(site, tenant.door, await billed(site, tenant), "en"))
    assert "help@northbeam.example · https://northbeam.example" in said
    assert "+49 30 5550 142" not in said
    assert said.count("Lange Straße 1") == 1


async def test_it_speaks_the_reader_language(site: Site, tenant: Tenant) -> None:
    await with_seller(site, tenant)
    invoice = await billed(site, tenant)
    german = words(await invoice_pdf(site, tenant.door, invoice, "de"))
    for part in ("Rechnung", "120,00 €", "Seite 1 von 1", "Deutschland", "Zu zahlen"):
        assert part in german, part
    assert "Amount" not in german
    assert "Page" not in german


async def test_it_is_a4_with_a_title_and_a_language(site: Site, tenant: Tenant) -> None:
    invoice = await billed(site, tenant)
    reader = PdfReader(io.BytesIO(await invoice_pdf(site, tenant.door, invoice, "de")))
    box = reader.pages[0].mediabox
    assert (round(float(box.width)), round(float(box.height))) == (595, 842)
    assert reader.metadata is not None
    assert (reader.metadata.title or "").startswith("Rechnung ")
    assert reader.trailer["/Root"]["/Lang"] == "de"


async def test_it_is_set_once_and_then_kept(site: Site, tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    await with_seller(site, tenant)
    invoice = await billed(site, tenant)
    first = await invoice_pdf(site, tenant.door, invoice, "en")
    await with_seller(site, tenant, background="#ff0000", accent="#00ff00")
    calls = 0

    async def count(*_: Any, **__: Any) -> bytes:
        nonlocal calls
        calls += 1
        return b""

    monkeypatch.setattr(module, "typeset", count)
    assert await invoice_pdf(site, tenant.door, invoice, "en") == first
    assert calls == 0
    async with site.tenancy.at(tenant.door) as (connection, _):
        rows = (await connection.execute(select(documents.c.file, documents.c.locale))).all()
    assert [tuple(row) for row in rows] == [(hashlib.sha256(first).hexdigest(), "en")]


async def test_what_became_of_it_is_a_document_more(site: Site, tenant: Tenant) -> None:
    await with_seller(site, tenant)
    invoice = await billed(site, tenant)
    first = await invoice_pdf(site, tenant.door, invoice, "en")
    async with site.tenancy.at(tenant.door) as (connection, _):
        customer = await connection.scalar(select(invoices.c.customer).where(invoices.c.id == invoice))
    async with open_desk(site.tenancy, tenant.door, customer_id=customer, actor=STAFF) as desk:
        changes = await invoice_acts.record_payment(desk, invoice, 9000, desk.now.date())
    said = words(await invoice_pdf(site, tenant.door, invoice, "en"))
    assert "Paid on " in said
    assert "€30.00" in said
    payment = changes.invoices[0].payments[0].id
    async with open_desk(site.tenancy, tenant.door, customer_id=customer, actor=STAFF) as desk:
        await invoice_acts.reverse_payment(desk, invoice, payment)
    assert await invoice_pdf(site, tenant.door, invoice, "en") == first, "it stands again as it was issued"
    async with open_desk(site.tenancy, tenant.door, customer_id=customer, actor=STAFF) as desk:
        await invoice_acts.void(desk, invoice)
    void = await invoice_pdf(site, tenant.door, invoice, "en")
    assert "Invoice: Void" in words(void)
    assert "IBAN" not in words(void)
    assert await invoice_pdf(site, tenant.door, invoice, "en") == void


async def test_two_at_once_get_one_document(site: Site, tenant: Tenant) -> None:
    invoice = await billed(site, tenant)
    first, second = await asyncio.gather(
        invoice_pdf(site, tenant.door, invoice, "en"), invoice_pdf(site, tenant.door, invoice, "en")
    )
    assert first == second
    async with site.tenancy.at(tenant.door) as (connection, _):
        assert await connection.scalar(text("SELECT count(*) FROM documents")) == 1


async def test_the_same_words_give_the_same_bytes(site: Site, tenant: Tenant, postgres: PostgresAddresses) -> None:
    await with_seller(site, tenant)
    invoice = await billed(site, tenant)
    first = await invoice_pdf(site, tenant.door, invoice, "en")
    with as_admin(postgres) as admin:
        # What is kept is never made anew, and the application may not delete it.
        admin.execute("DELETE FROM documents WHERE tenant_id = %s", (tenant.door.tenant_id,))
    assert await invoice_pdf(site, tenant.door, invoice, "en") == first


async def test_nothing_that_people_write_is_markup(site: Site, tenant: Tenant) -> None:
    await with_seller(site, tenant)
    address = Address(line1=EVIL, city="#panic()", country="DE")
    invoice = await billed(site, tenant, BillingDetails(name=EVIL, address=address), name=EVIL)
    said = words(await invoice_pdf(site, tenant.door, invoice, "en"))
    assert said.replace(" ", "").count(EVIL.replace(" ", "")) >= 3
    assert "#panic()" in said
    assert "root:" not in said


async def test_long_words_stay_off_the_amounts(site: Site, tenant: Tenant) -> None:
    await with_seller(site, tenant)
    invoice = await billed(site, tenant, BillingDetails(name="W" * 200), name="M" * 250)
    pdf = await invoice_pdf(site, tenant.door, invoice, "en")
    assert words(pdf).replace(" ", "").count("M" * 250) == 1
    assert "€120.00" in words(pdf)


async def test_names_in_other_scripts_do_not_stop_it(site: Site, tenant: Tenant) -> None:
    invoice = await billed(site, tenant, BillingDetails(name="Łódź Ελλάδα Київ 株式会社 שלום 🦊"))
    said = words(await invoice_pdf(site, tenant.door, invoice, "en"))
    assert "Łódź Ελλάδα Київ" in said


async def test_many_lines_go_over_pages_that_are_counted() -> None:
    line = {"description": "Team", "period": "", "unit": "", "amount": "€1.00"}
    pdf = await typeset({**SHORT, "lines": [line] * 120}, None, 1767225600)
    pages = PdfReader(io.BytesIO(pdf)).pages
    assert len(pages) > 2
    assert f"Page {len(pages)} of {len(pages)}" in pages[-1].extract_text()


async def test_a_logo_stands_on_it(site: Site, tenant: Tenant) -> None:
    drawn = io.BytesIO()
    Image.new("RGBA", (400, 200), "#2e5fd8").save(drawn, "PNG")
    async with site.tenancy.at(tenant.door) as (connection, _):
        file = File(media_type="image/png", content=drawn.getvalue())
        name = await files.keep(connection, tenant.door.tenant_id, file, await clock(connection))
    await with_seller(site, tenant, logo_file=name)
    invoice = await billed(site, tenant)
    reader = PdfReader(io.BytesIO(await invoice_pdf(site, tenant.door, invoice, "en")))
    assert len(reader.pages[0].images) == 1


@pytest.mark.parametrize("font", list(Font))
async def test_every_font_of_a_brand_is_there(font: Font) -> None:
    pdf = await typeset({**SHORT, "fonts": [FONTS[font]]}, None, 1767225600)
    resources: Any = PdfReader(io.BytesIO(pdf)).pages[0]["/Resources"]
    used = {str(each.get_object()["/BaseFont"]) for each in resources["/Font"].values()}
    assert all(FONTS[font].replace(" ", "") in name for name in used), used


async def test_unknown_and_foreign_invoices_are_refused(site: Site, tenant: Tenant) -> None:
    invoice = await billed(site, tenant)
    other = await new_tenant(site.tenancy)
    for door, wanted in ((other.door, invoice), (tenant.live.door, invoice), (tenant.door, "in_nothing")):
        with pytest.raises(Refused):
            await invoice_pdf(site, door, wanted, "en")


async def test_the_web_process_does_not_load_the_typesetter(site: Site, tenant: Tenant) -> None:
    await invoice_pdf(site, tenant.door, await billed(site, tenant), "en")
    mapped = await asyncio.to_thread(Path("/proc/self/maps").read_text)
    assert "typst" not in mapped


SHORT: dict[str, Any] = {
    "title": "Invoice 1",
    "name": "Northbeam",
    "language": "en",
    "heading": "Invoice",
    "foot": ["Northbeam"],
    "page_of": "Page {page} of {pages}",
    "fonts": ["Inter"],
    "colours": {
        "panel": "#14213d",
        "accent": "#2e5fd8",
        "ground": "#f4f4f5",
        "line": "#dddddd",
        "quiet": "#5c5c63",
        "text": "#1c1c1e",
    },
    "labels": {"seller": "From", "buyer": "Billed to", "line": "Description", "unit": "Price", "amount": "Amount"},
    "seller": ["Northbeam"],
    "buyer": ["Jenny"],
    "facts": [["Number", "1"]],
    "lines": [],
    "totals": [["Amount due", "€1.00", True]],
    "sentence": "Please transfer.",
    "payment": [],
    "notes": [],
}


async def test_automatic_tax_is_on_it_with_the_buyers_number(site: Site, tenant: Tenant) -> None:
    await with_seller(site, tenant)
    async with site.tenancy.at(tenant.door) as (connection, side):
        now = await clock(connection)
        germany = Registration(id="taxreg_1", country="DE", created=now, active_from=now - timedelta(days=1))

        def automatic(tax: TaxSettings) -> TaxSettings:
            return replace(register(tax, germany), automatic=True)

        await change_tax(connection, site.tenancy.plugins, side, automatic, actor=STAFF, now=now)
    verified = Verification(status="verified")
    number = TaxId(id="txi_1", type="eu_vat", value="ATU12345678", created=now, verification=verified)
    business = BillingDetails(address=Address(country="AT"), tax_ids=(number,))
    said = words(await invoice_pdf(site, tenant.door, await billed(site, tenant, business), "en"))
    for part in ("VAT number: ATU12345678", "Tax to be paid on reverse charge basis", "Amount due", "€120.00"):
        assert part in said, part
    at_home = await billed(site, tenant, BillingDetails(address=Address(country="DE")))
    said = words(await invoice_pdf(site, tenant.door, at_home, "de"))
    for part in ("USt. 19 %", "22,80 €", "142,80 €"):
        assert part in said.replace("\xa0", " "), part
