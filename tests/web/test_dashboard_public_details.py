"""Staff say who they are; portal, letters and the next invoice say so too, and what is empty is shown nowhere."""

import io
import re
from html import unescape

import pytest
from hired import Hired, StaffBrowser, hire
from portal_browser import PortalBrowser
from portal_shop import Shop, open_shop
from pypdf import PdfReader
from sites import RunningSite
from sqlalchemy import select

from frontdesk.book import Address
from frontdesk.branding import Brand
from frontdesk_tenants.embedded import PostgresAddresses
from frontdesk_tenants.tables import audit, invoices
from frontdesk_tenants.tenancy import Tenancy

FILLED = {
    "business_name": "Northbeam Tools",
    "headline": "Your desks and invoices",
    "support_email": "help@northbeam.example",
    "support_phone": "+49 30 5550 142",
    "phone_on_documents": "on",
    "support_url": "https://northbeam.example/help",
    "line1": "Postfach 7",
    "postal_code": "80331",
    "city": "München",
    "country": "DE",
    "website": "https://northbeam.example",
    "terms_url": "https://northbeam.example/terms",
    "privacy_url": "https://northbeam.example/privacy",
    "refund_url": "https://northbeam.example/refunds",
    "statement_descriptor": "Northbeam Tools",
    "short_descriptor": "NB",
}
SHOWN = (
    *("Northbeam Tools", "help@northbeam.example", "+49 30 5550 142", "https://northbeam.example/help"),
    *("Postfach 7", "80331 München", "https://northbeam.example/terms", "https://northbeam.example/refunds"),
)


@pytest.fixture
async def shop(postgres: PostgresAddresses, tenancy: Tenancy) -> Shop:
    """A live side with plans by the seat."""
    return await open_shop(tenancy)


@pytest.fixture
async def robin(shop: Shop) -> Hired:
    """The owner."""
    return await hire(shop.tenancy, shop.door)


async def brand_of(shop: Shop) -> Brand:
    async with shop.tenancy.at(shop.door) as (_, side):
        return side.brand


async def test_what_is_said_here_is_shown_where_it_belongs(plain_site: RunningSite, shop: Shop, robin: Hired) -> None:
    look = (await brand_of(shop)).look
    customer = await shop.add_customer(shop.item("team", 3))
    async with (
        PortalBrowser(plain_site, shop, await shop.sign_in(customer)) as jenny,
        StaffBrowser(plain_site, shop.door, robin.secret) as staff,
    ):
        assert "shown nowhere" in (await staff.get("/public-details")).text
        await staff.post("/public-details", **FILLED)
        assert "Saved." in (await staff.follow()).text
        assert "NORTHBEAM TOOLS" in staff.text
        assert "NB* YOUR PRODUCT" in staff.text
        brand = await brand_of(shop)
        assert brand.look == look
        assert brand.support_address == Address(line1="Postfach 7", postal_code="80331", city="München", country="DE")
        home = unescape((await jenny.get("/")).text).replace("&#x2f;", "/")
        for each in SHOWN:
            assert each in home, each
        letter = unescape((await staff.get("/branding/preview?what=letter")).text)
        for each in SHOWN:
            assert each in letter, each
        assert 'content="' not in letter or "tel:+49305550142" in letter
        async with shop.tenancy.at(shop.door) as (connection, _):
            invoice = await connection.scalar(select(invoices.c.id).where(invoices.c.customer == customer))
        pdf = PdfReader(io.BytesIO((await jenny.get(f"/invoices/{invoice}/pdf")).content))
        printed = " ".join(pdf.pages[0].extract_text().replace("\u200b", "").split())
        assert "help@northbeam.example · +49 30 5550 142 · https://northbeam.example" in printed
        assert "Postfach 7, 80331 München, Germany" in printed


async def test_what_is_emptied_is_hidden(plain_site: RunningSite, shop: Shop, robin: Hired) -> None:
    customer = await shop.add_customer()
    async with (
        PortalBrowser(plain_site, shop, await shop.sign_in(customer)) as jenny,
        StaffBrowser(plain_site, shop.door, robin.secret) as staff,
    ):
        await staff.get("/public-details")
        await staff.post("/public-details", **FILLED)
        await staff.follow()
        # A browser sends the country that is chosen, even where no other line of the address is filled in.
        await staff.post("/public-details", business_name=" Northbeam \n Tools ", country="DE")
        await staff.follow()
        assert await brand_of(shop) == Brand(business_name="Northbeam Tools", phone_on_documents=False)
        home = (await jenny.get("/")).text
        assert "foot-help" not in home
        assert "foot-address" not in home
        assert "Refunds" not in home


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("business_name", "   ", "Enter the name that your customers know you by"),
        ("headline", "x" * 61, "at most 60 characters"),
        ("support_email", "help", "Enter one e-mail address"),
        ("support_phone", "call us", "Enter 3 to 20 digits"),
        ("website", "northbeam.example", "begins with https://"),
        ("refund_url", "javascript:alert(1)", "begins with https://"),
        ("line1", "x" * 201, "at most 200 characters each"),
        ("country", "XX", "Choose a country from the list."),
        ("statement_descriptor", "NB", "Enter 5 to 22 characters."),
        ("statement_descriptor", "NORTH*BEAM", "Leave out quotation marks"),
        ("short_descriptor", "Ünicode", "Latin letters without accents"),
        ("short_descriptor", "1234", "Use at least one letter."),
    ],
)
async def test_what_cannot_be_used_is_said_at_its_field_and_the_rest_is_kept(
    plain_site: RunningSite, shop: Shop, robin: Hired, field: str, value: str, sentence: str
) -> None:
    before = await brand_of(shop)
    async with StaffBrowser(plain_site, shop.door, robin.secret) as staff:
        await staff.get("/public-details")
        refused = await staff.post("/public-details", **FILLED | {field: value})
        assert refused.status_code == 400
        assert sentence in staff.text
        assert len(re.findall('class="field-error"', staff.html)) == 1
        assert 'value="https://northbeam.example/terms"' in staff.html
    assert await brand_of(shop) == before


async def test_details_are_filled_in_from_the_other_side_and_saved_here(
    plain_site: RunningSite, shop: Shop, robin: Hired
) -> None:
    before = await brand_of(shop)
    async with (
        StaffBrowser(plain_site, shop.other_door, robin.secret) as sandbox,
        StaffBrowser(plain_site, shop.door, robin.secret) as live,
    ):
        await sandbox.get("/public-details")
        await sandbox.post("/public-details", **FILLED)
        assert "Fill in from the sandbox" in (await live.get("/public-details")).text
        assert "not saved yet" in (await live.get("/public-details?from=other")).text
        assert 'value="Postfach 7"' in live.html
        assert await brand_of(shop) == before


async def test_who_changed_what_is_in_the_audit(plain_site: RunningSite, shop: Shop, robin: Hired) -> None:
    async with StaffBrowser(plain_site, shop.door, robin.secret) as staff:
        await staff.get("/public-details")
        await staff.post("/public-details", **FILLED)
    async with shop.tenancy.database.side(shop.door.tenant_id) as connection:
        (row,) = await connection.execute(
            select(audit.c.actor, audit.c.after).where(
                audit.c.action == "public_details_saved", audit.c.actor_kind == "staff"
            )
        )
    assert row.actor == robin.member.id
    assert "Postfach 7" in str(row.after)
