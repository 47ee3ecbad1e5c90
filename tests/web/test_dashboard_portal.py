"""Staff decide what customers can do, see it before it is saved, and share the link."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from hired import Hired, StaffBrowser, hire
from portal_browser import PortalBrowser
from portal_shop import Shop, open_shop
from sites import RunningSite
from sqlalchemy import select

from frontdesk.roles import Role
from frontdesk_tenants import configurations
from frontdesk_tenants.embedded import PostgresAddresses
from frontdesk_tenants.tables import audit
from frontdesk_tenants.tenancy import Tenancy


@pytest.fixture
async def shop(postgres: PostgresAddresses, tenancy: Tenancy) -> Shop:
    """A live side with plans by the seat."""
    return await open_shop(tenancy)


@pytest.fixture
async def robin(shop: Shop) -> Hired:
    """The owner."""
    return await hire(shop.tenancy, shop.door)


def ticked(page: str) -> dict[str, str]:
    """The form as a browser would post it unchanged."""
    form = {}
    for tag in re.findall(r"<input\b[^>]*>", page):
        attributes = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        kind = attributes.get("type")
        if kind in ("checkbox", "radio") and " checked" not in tag:
            continue
        if "name" in attributes and kind != "search":
            form[attributes["name"]] = attributes.get("value", "")
    return form


async def audited(shop: Shop, action: str) -> list[tuple[str, str]]:
    async with shop.tenancy.database.side(shop.door.tenant_id) as connection:
        rows = await connection.execute(select(audit.c.actor_kind, audit.c.actor).where(audit.c.action == action))
        return [(row.actor_kind, row.actor) for row in rows]


async def test_saving_the_form_as_it_is_changes_nothing_for_customers(
    plain_site: RunningSite, shop: Shop, robin: Hired
) -> None:
    async with shop.tenancy.database.side(shop.door.tenant_id) as connection:
        before = await configurations.read_default(connection)
    async with StaffBrowser(plain_site, shop.door, robin.secret) as staff:
        page = await staff.get("/portal")
        assert page.status_code == 200
        await staff.post("/portal", **ticked(page.text))
        assert "settings are saved" in (await staff.follow()).text
    async with shop.tenancy.database.side(shop.door.tenant_id) as connection:
        after = await configurations.read_default(connection)
    assert after.features == before.features
    assert after.business_profile == before.business_profile
    assert after.version == before.version + 1
    assert await audited(shop, "portal_settings_saved") == [("staff", robin.member.id)]


async def test_what_is_switched_off_is_gone_for_customers_at_once(
    plain_site: RunningSite, shop: Shop, robin: Hired
) -> None:
    customer = await shop.add_customer(shop.item("team", 3))
    secret = await shop.sign_in(customer)
    async with (
        PortalBrowser(plain_site, shop, secret) as jenny,
        StaffBrowser(plain_site, shop.door, robin.secret) as staff,
    ):
        assert "Change plan" in (await jenny.get("/")).text
        form = ticked((await staff.get("/portal")).text)
        del form["switch_plan"], form["change_quantity"], form["cancel"], form["invoice_history"]
        draft = await staff.post("/portal/preview", **form)
        assert draft.headers["x-frame-options"] == "SAMEORIGIN"
        assert "Change plan" not in draft.text
        assert "<body inert>" in draft.text
        assert "Change plan" in (await jenny.get("/")).text, "a preview saves nothing"
        await staff.post("/portal", **form)
        home = (await jenny.get("/")).text
        assert "Change plan" not in home
        assert "Cancel plan" not in home
        assert "Invoices" not in jenny.text
        assert "Customers cannot cancel by themselves" in (await staff.get("/portal")).text


async def test_products_and_limits_are_chosen_in_the_form(plain_site: RunningSite, shop: Shop, robin: Hired) -> None:
    async with StaffBrowser(plain_site, shop.door, robin.secret) as staff:
        form = ticked((await staff.get("/portal")).text)
        del form[f"offer_{shop.prices['starter']}"]
        form |= {name: "7" for name in form if name.startswith("maximum_")}
        await staff.post("/portal", **form)
        assert staff.page.status_code == 303, staff.text
    async with shop.tenancy.database.side(shop.door.tenant_id) as connection:
        update = (await configurations.read_default(connection)).features.subscription_update
    offered = {price for each in update.products for price in each.prices}
    assert offered == {shop.prices[plan] for plan in ("team", "team_year", "scale")}
    assert {each.adjustable_quantity.maximum for each in update.products} == {7}


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("headline", "x" * 61, "at most 60 characters"),
        ("terms_url", "javascript:alert(1)", "Not a valid URL"),
        ("return_url", "example", "Not a valid URL"),
    ],
)
async def test_what_cannot_be_saved_is_said_at_its_field_and_nothing_is_lost(
    plain_site: RunningSite, shop: Shop, robin: Hired, field: str, value: str, sentence: str
) -> None:
    async with StaffBrowser(plain_site, shop.door, robin.secret) as staff:
        form = ticked((await staff.get("/portal")).text) | {field: value, "privacy_url": "https://kept.example/x"}
        refused = await staff.post("/portal", **form)
        assert refused.status_code == 400
        assert sentence in staff.text
        assert 'value="https://kept.example/x"' in staff.html
        assert "settings are saved" not in (await staff.get("/portal")).text


async def test_a_limit_that_is_no_number_is_said_at_its_field(
    plain_site: RunningSite, shop: Shop, robin: Hired
) -> None:
    async with StaffBrowser(plain_site, shop.door, robin.secret) as staff:
        form = ticked((await staff.get("/portal")).text)
        form[next(name for name in form if name.startswith("minimum_"))] = "a few"
        assert (await staff.post("/portal", **form)).status_code == 400
        assert "Enter a whole number" in staff.text


async def test_a_role_that_may_only_look_is_shown_the_settings_and_no_way_to_save(
    plain_site: RunningSite, shop: Shop, robin: Hired
) -> None:
    support = await hire(shop.tenancy, shop.door, Role.SUPPORT)
    async with StaffBrowser(plain_site, shop.door, support.secret) as staff:
        page = await staff.get("/portal")
        assert page.status_code == 200
        assert "Save settings" not in page.text
        refused = await staff.post("/portal", cancel="on")
        assert refused.status_code == 403
        assert "Your role here is Support. This is open to: Owner, Admin, Developer." in staff.text


async def test_a_link_that_is_off_leads_to_the_support_contact_and_on_again_works_as_before(
    plain_site: RunningSite, shop: Shop, robin: Hired
) -> None:
    async with StaffBrowser(plain_site, shop.door, robin.secret) as staff, plain_site.client() as visitor:
        page = (await staff.get("/portal/link")).text
        link = urlsplit(re.search(r'id="link"[^>]*value="([^"]+)"', staff.html)[1]).path  # type: ignore[index]
        assert (await visitor.get(link)).status_code == 200
        assert "Deactivate link" in page
        await staff.post("/portal/link", act="deactivate")
        assert "The link is off" in (await staff.follow()).text
        closed = await visitor.get(link)
        assert closed.status_code == 404
        assert "Northbeam" in closed.text
        assert 'name="email"' not in closed.text
        await staff.post("/portal/link", act="activate")
        await staff.follow()
        assert (await visitor.get(link)).status_code == 200
        await staff.post("/portal/link/replace")
        await staff.follow()
        assert (await visitor.get(link)).status_code == 404
        new = urlsplit(re.search(r'id="link"[^>]*value="([^"]+)"', staff.html)[1]).path  # type: ignore[index]
        assert new != link
        assert (await visitor.get(new)).status_code == 200
    assert len(await audited(shop, "link_replaced")) == 1


@pytest.mark.parametrize("address", ["j+vip@example.com", "jürgen@example.com", "o'neil@example.com"])
async def test_a_link_for_one_customer_fills_their_address_in(
    plain_site: RunningSite, shop: Shop, robin: Hired, address: str
) -> None:
    async with StaffBrowser(plain_site, shop.door, robin.secret) as staff, plain_site.client() as visitor:
        await staff.get(f"/portal/link?customer={address.replace('+', '%2B')}")
        found = re.search(r'id="customer-link"[^>]*value="([^"]+)"', staff.html)
        assert found is not None, staff.text
        parts = urlsplit(found[1])
        assert parse_qs(parts.query) == {"prefilled_email": [address]}
        assert "+" not in parts.query
        page = await visitor.get(f"{parts.path}?{parts.query}")
        assert f'value="{address}"'.replace("'", "&#x27;") in page.text or address in page.text.replace("&#x27;", "'")
        await staff.get("/portal/link?customer=nobody")
        assert staff.page.status_code == 400
        assert "customer-link" not in staff.html


async def test_the_qr_code_can_be_printed(plain_site: RunningSite, shop: Shop, robin: Hired) -> None:
    async with StaffBrowser(plain_site, shop.door, robin.secret) as staff:
        png = await staff.get("/portal/link/qr/png")
        assert png.content.startswith(b"\x89PNG")
        assert png.headers["content-disposition"].startswith("attachment")
        svg = await staff.get("/portal/link/qr/svg")
        assert svg.headers["content-type"].startswith("image/svg+xml")
        assert b"<script" not in svg.content
        assert (await staff.get("/portal/link/qr/exe")).status_code == 404


async def test_another_configuration_is_added_edited_made_the_default_and_its_predecessor_deleted(
    plain_site: RunningSite, shop: Shop, robin: Hired
) -> None:
    async with StaffBrowser(plain_site, shop.door, robin.secret) as staff:
        assert "All configurations" in (await staff.get("/portal")).text
        await staff.get("/portal/configurations")
        first = re.search(r"bpc_\w+", staff.html)[0]  # type: ignore[index]
        refused = await staff.post("/portal/configurations", name="", like=first)
        assert refused.status_code == 400
        assert "Enter a name" in staff.text
        await staff.post("/portal/configurations", name="Resellers", like=first)
        address = staff.page.headers["location"]
        assert "configuration is added" in (await staff.follow()).text
        other = parse_qs(urlsplit(address).query)["configuration"][0]
        page = f"/portal?configuration={other}"
        form = ticked((await staff.get(page)).text) | {"metadata": "segment: resellers", "login_link": "on"}
        form |= {"pause": "on", "pause_month_3": "on"}
        del form["cancel"]
        assert "Cancel plan" not in (await staff.post(f"/portal/preview?configuration={other}", **form)).text
        wrong = await staff.post(page, **(form | {"metadata": "no colon"}))
        assert wrong.status_code == 400
        assert "Write each line as a key" in staff.text
        await staff.post(page, **form)
        saved = (await staff.follow()).text
        assert "settings are saved" in saved
        link = re.search(r'id="link"[^>]*value="([^"]+)"', staff.html)[1]  # type: ignore[index]
        async with plain_site.client() as visitor:
            assert (await visitor.get(urlsplit(link).path)).status_code == 200
            act = f"/portal/configurations/{other}"
            await staff.post(act, act="deactivate")
            assert "is inactive" in (await staff.follow()).text
            assert (await visitor.get(urlsplit(link).path)).status_code == 404
            assert (await staff.post(act, act="default")).status_code == 400
            assert "Activate it" in staff.text
            await staff.get("/portal/configurations")
            await staff.post(act, act="activate")
            await staff.follow()
            await staff.post(act, act="default")
            assert "default configuration now" in (await staff.follow()).text
            assert (await staff.post(act, act="delete")).status_code == 400
            await staff.get("/portal/configurations")
            await staff.post(f"/portal/configurations/{first}", act="delete")
            assert "is deleted" in (await staff.follow()).text
            assert first not in staff.html
        assert (await staff.get(f"/portal?configuration={first}")).status_code == 404
    async with shop.tenancy.database.side(shop.door.tenant_id) as connection:
        left = await configurations.read_default(connection)
    assert (left.id, left.name, dict(left.metadata)) == (other, "Resellers", {"segment": "resellers"})
    assert not left.features.subscription_cancel.enabled
    lengths = {each.interval_count for each in left.features.subscription_pause.duration.interval_options}
    assert (left.features.subscription_pause.enabled, lengths) == (True, {1, 3})
    for action in ("portal_configuration_added", "ConfigurationMadeDefault", "DeleteConfiguration"):
        assert await audited(shop, action) == [("staff", robin.member.id)]


async def test_whoever_may_only_look_sees_the_configurations_and_changes_none(
    plain_site: RunningSite, shop: Shop, robin: Hired
) -> None:
    support = await hire(shop.tenancy, shop.door, Role.SUPPORT)
    async with StaffBrowser(plain_site, shop.door, support.secret) as staff:
        page = (await staff.get("/portal/configurations")).text
        assert "Default configuration" in page
        assert "Add configuration" not in page
        assert (await staff.post("/portal/configurations", name="x", like="y")).status_code == 403
