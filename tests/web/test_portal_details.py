"""Editing billing details: what may be edited, what is kept, and what a forged form changes: nothing."""

import re
from collections.abc import Mapping

import pytest
from portal_browser import PortalBrowser
from portal_shop import Shop, open_shop
from sites import RunningSite

from frontdesk.book import Address, Customer, Shipping
from frontdesk.portal_configuration import CustomerUpdate
from frontdesk_tenants import book
from frontdesk_tenants.tenancy import Tenancy

ALL = {
    "name": "Ashford GmbH",
    "phone": "+49 30 123",
    "address_line1": "Weidenweg 18",
    "address_line2": "",
    "postal_code": "10249",
    "city": "Köln",
    "state": "",
    "country": "DE",
}


@pytest.fixture
async def shop(tenancy: Tenancy, running_site: RunningSite) -> Shop:
    return await open_shop(tenancy)


async def customer_of(shop: Shop, customer: str) -> Customer:
    async with shop.tenancy.database.side(shop.door.tenant_id) as connection:
        account = await book.read_account(connection, customer)
    assert account is not None
    return account.customer


async def test_details_are_saved_and_shown(shop: Shop, running_site: RunningSite) -> None:
    customer = await shop.add_customer()
    async with PortalBrowser(running_site, shop, await shop.sign_in(customer)) as browser:
        page = await browser.get("/details")
        assert 'name="email"' not in page.text
        assert "jenny@ashfordlane.example" in browser.text
        assert "Germany" in browser.text
        await browser.post("/details", **ALL)
        await browser.follow()
        assert "Your details are saved." in browser.text
        assert "10249 Köln" in browser.text
        await browser.get("/details")
        assert 'value="Weidenweg 18"' in browser.page.text
        assert '<option value="DE" selected>' in browser.page.text
    saved = await customer_of(shop, customer)
    assert saved.name == "Ashford GmbH"
    assert saved.address == Address(line1="Weidenweg 18", postal_code="10249", city="Köln", country="DE")


@pytest.mark.parametrize("email", ["other@example.com", "jenny@ashfordlane.example", "", "\x00", "nobody"])
async def test_an_address_that_somebody_signed_in_with_stays(shop: Shop, running_site: RunningSite, email: str) -> None:
    """Whatever the configuration says, and with everything else in the form as well."""
    customer = await shop.add_customer()
    await shop.configure(customer_update=CustomerUpdate(enabled=True, allowed_updates=("email", "name", "address")))
    before = await customer_of(shop, customer)
    async with PortalBrowser(running_site, shop, await shop.sign_in(customer)) as browser:
        await browser.get("/details")
        for fields in ({"email": email}, {"email": email, "name": "Eve"}):
            await browser.post("/details", **fields)
            assert browser.page.status_code == 400
            assert "so it cannot be changed here" in browser.text
    assert await customer_of(shop, customer) == before


async def test_in_a_session_by_api_the_address_can_be_edited_if_the_tenant_says_so(
    shop: Shop, running_site: RunningSite
) -> None:
    customer = await shop.add_customer()
    async with PortalBrowser(running_site, shop, await shop.open_by_api(customer)) as browser:
        page = await browser.get("/details")
        assert 'name="email"' in page.text
        await browser.post("/details", email="nobody")
        assert browser.page.status_code == 400
        assert "complete e-mail address" in browser.text
        assert 'value="nobody"' in browser.page.text
        await browser.post("/details", email="JENNY@ashfordlane.example", name="Jenny")
        assert browser.page.status_code == 303
        await browser.follow()
        assert "Your details are saved." in browser.text
    assert (await customer_of(shop, customer)).email == "jenny@ashfordlane.example"


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"name": "x" * 257}, "at most 256 characters"),
        ({"phone": "1" * 21}, "at most 20 characters"),
        ({"city": "Ber\x00lin"}, "letters, digits and punctuation"),
        ({"country": "XX"}, "choose a country from the list"),
        ({"name": "a\nb"}, "letters, digits and punctuation"),
    ],
)
async def test_what_cannot_be_saved_is_shown_again_with_all_that_was_typed(
    shop: Shop, running_site: RunningSite, changed: Mapping[str, str], sentence: str
) -> None:
    customer = await shop.add_customer()
    before = await customer_of(shop, customer)
    async with PortalBrowser(running_site, shop, await shop.sign_in(customer)) as browser:
        await browser.get("/details")
        await browser.post("/details", **(ALL | dict(changed)))
        assert browser.page.status_code == 400
        assert sentence in browser.text
        assert 'value="Weidenweg 18"' in browser.page.text
    assert await customer_of(shop, customer) == before


async def test_only_what_the_tenant_allows(shop: Shop, running_site: RunningSite) -> None:
    customer = await shop.add_customer()
    await shop.configure(customer_update=CustomerUpdate(enabled=True, allowed_updates=("name",)))
    async with PortalBrowser(running_site, shop, await shop.sign_in(customer)) as browser:
        page = await browser.get("/details")
        assert 'name="name"' in page.text
        assert 'name="phone"' not in page.text
        assert 'name="address_line1"' not in page.text
        assert "What has no field here cannot be changed on this page. Northbeam can change it for you." in browser.text
        await browser.post("/details", name="New", phone="123")
        assert browser.page.status_code == 400
        assert (await customer_of(shop, customer)).phone is None
        await browser.post("/details", name="New")
        assert browser.page.status_code == 303
        csrf = (await browser.follow()) and browser.csrf
        await shop.configure(customer_update=CustomerUpdate())
        assert (await browser.get("/details")).status_code == 400
        await browser.post("/details", csrf=csrf, name="Newer")
        assert browser.page.status_code == 400
    assert (await customer_of(shop, customer)).name == "New"


async def test_a_forged_form_changes_nothing(shop: Shop, running_site: RunningSite) -> None:
    customer = await shop.add_customer()
    other = await shop.sign_in(await shop.add_customer(email="other@example.com"), address="other@example.com")
    async with PortalBrowser(running_site, shop, other) as browser:
        await browser.get("/details")
        foreign = browser.csrf
    async with PortalBrowser(running_site, shop, await shop.sign_in(customer)) as browser:
        for token in ("", foreign, "\x00", "ü"):
            assert (await browser.post("/details", csrf=token, name="Eve")).status_code == 403
    assert (await customer_of(shop, customer)).name == "Ashford & Lane"


async def test_tax_ids_are_shown_and_edited_where_that_is_open(shop: Shop, running_site: RunningSite) -> None:
    customer = await shop.add_customer()
    async with PortalBrowser(running_site, shop, await shop.sign_in(customer)) as browser:
        page = await browser.get("/details")
        assert "tax-ids" not in page.text
        await browser.post("/details/tax-ids", type="eu_vat", value="DE123456789")
        assert browser.page.status_code == 400
        assert (await customer_of(shop, customer)).tax_ids == ()
        await shop.configure(customer_update=CustomerUpdate(enabled=True, allowed_updates=("name", "tax_id")))
        await browser.get("/details")
        await browser.post("/details/tax-ids", type="eu_vat", value="DE 1")
        assert browser.page.status_code == 400
        assert "This is no number of that kind." in browser.text
        await browser.post("/details/tax-ids", type="eu_vat", value="de 123 456 789")
        await browser.follow()
        assert "The tax id is added." in browser.text
        assert "DE123456789 Not checked yet" in browser.text
        (known,) = (await customer_of(shop, customer)).tax_ids
        other = await shop.add_customer(email="other@example.com")
        async with PortalBrowser(running_site, shop, await shop.sign_in(other, "other@example.com")) as stranger:
            await stranger.get("/details")
            await stranger.post(f"/details/tax-ids/{known.id}/remove")
            assert stranger.page.status_code == 404
        await browser.post(f"/details/tax-ids/{known.id}/remove")
        await browser.follow()
        assert "The tax id is removed." in browser.text
        assert "DE123456789" not in browser.text
    assert (await customer_of(shop, customer)).tax_ids == ()


async def test_what_may_not_be_edited_is_shown_as_text(shop: Shop, running_site: RunningSite) -> None:
    home = Address(line1="Weidenweg 18", postal_code="10249", city="Berlin", country="DE")
    goods = Shipping(name="Back door", address=Address(city="Bremen", country="DE"))
    customer = await shop.add_customer(phone="+49 30 1", address=home, shipping=goods)
    await shop.configure(customer_update=CustomerUpdate(enabled=True, allowed_updates=("tax_id",)))
    async with PortalBrowser(running_site, shop, await shop.open_by_api(customer)) as browser:
        page = await browser.get("/details")
        for text in ("Ashford & Lane", "+49 30 1", "Weidenweg 18, 10249 Berlin, Germany", "Back door, Bremen, Germany"):
            assert text in browser.text
        assert "It cannot be changed here. Northbeam can change it for you." in browser.text
        assert not re.findall(r'name="(?:email|name|phone|city|shipping_city)"', page.text)


async def test_where_goods_go_is_saved_changed_and_removed(shop: Shop, running_site: RunningSite) -> None:
    customer = await shop.add_customer()
    await shop.configure(customer_update=CustomerUpdate(enabled=True, allowed_updates=("shipping",)))
    typed = {"shipping_name": "Back door", "shipping_city": "Bremen", "shipping_country": "DE"}
    async with PortalBrowser(running_site, shop, await shop.sign_in(customer)) as browser:
        await browser.get("/details")
        await browser.post("/details", **(typed | {"shipping_country": "ZZ"}))
        assert browser.page.status_code == 400
        assert 'id="shipping_country-error"' in browser.page.text
        assert 'value="Back door"' in browser.page.text
        await browser.post("/details", **typed)
        expected = Shipping(name="Back door", address=Address(city="Bremen", country="DE"))
        assert (await customer_of(shop, customer)).shipping == expected
        await browser.get("/details")
        await browser.post("/details", shipping_name="", shipping_city="", shipping_country="DE")
        assert browser.page.status_code == 303
        assert (await customer_of(shop, customer)).shipping is None
        await shop.configure(customer_update=CustomerUpdate(enabled=True, allowed_updates=("name",)))
        await browser.get("/details")
        await browser.post("/details", **typed)
        assert browser.page.status_code == 400
    assert (await customer_of(shop, customer)).shipping is None


async def test_an_address_is_asked_for_as_its_country_writes_it(shop: Shop, running_site: RunningSite) -> None:
    customer = await shop.add_customer()
    async with PortalBrowser(running_site, shop, await shop.sign_in(customer)) as browser:
        await browser.get("/details")
        await browser.post("/details", adapt="1", name="Typed", country="US", city="Austin", postal_code="", state="TX")
        assert browser.page.status_code == 200
        order = re.findall(r'name="(city|state|postal_code)"', browser.page.text)
        assert order == ["city", "state", "postal_code"]
        assert "ZIP code" in browser.text
        assert 'value="Typed"' in browser.page.text
        assert (await customer_of(shop, customer)).name == "Ashford & Lane"
        await browser.post("/details", adapt="1", country="DE", city="Berlin", state="BE")
        order = re.findall(r'name="(city|state|postal_code)"', browser.page.text)
        assert order == ["postal_code", "city", "state"], "what is there is never left out"
