"""Staff decide what somebody who cancels is offered, and which reasons they can give."""

import re

import pytest
from hired import Hired, StaffBrowser, hire
from portal_browser import PortalBrowser
from portal_shop import Shop, open_shop
from sites import RunningSite

from frontdesk.portal_configuration import PortalConfiguration
from frontdesk.retention import OfferRule, StayOffer
from frontdesk.roles import Role
from frontdesk_tenants import configurations
from frontdesk_tenants.tenancy import Tenancy


@pytest.fixture
async def shop(tenancy: Tenancy) -> Shop:
    return await open_shop(tenancy)


async def configuration_of(shop: Shop) -> PortalConfiguration:
    async with shop.tenancy.database.side(shop.door.tenant_id) as connection:
        return await configurations.read_default(connection)


async def test_from_the_first_reason_to_an_offer_on_the_portal(running_site: RunningSite, shop: Shop) -> None:
    robin = await hire(shop.tenancy, shop.door)
    async with StaffBrowser(running_site, shop.door, robin.secret) as staff:
        await staff.get("/portal")
        assert "/portal/offers" in staff.html
        await staff.get("/portal/offers")
        assert staff.text.count("No offer is made here yet.") == 2
        await staff.post("/portal/offers", act="reason", description="  ")
        assert staff.page.status_code == 400
        assert "Write what your customers can choose." in staff.text
        await staff.post("/portal/offers", act="reason", description="We have\x00 moved ☃")
        await staff.follow()
        assert "We have moved ☃" in staff.text
        (option,) = re.findall(r'name="option" value="([^"]+)"', staff.html)
        for months, wrong in (("two", "Enter a whole number"), ("99", "A pause lasts from 1 to 36 months.")):
            await staff.post("/portal/offers", act="offer", when="after", type="pause", months=months)
            assert staff.page.status_code == 400
            assert wrong in staff.text
        await staff.post(
            "/portal/offers", act="offer", when="after", type="pause", months="2", **{f"reason_{option}": "on"}
        )
        await staff.follow()
        assert "A pause of 2 months All plans · who say: We have moved ☃" in staff.text
        plans = dict.fromkeys(re.findall(r'name="(product_[^"]+)"', staff.html)[:2], "on")
        reasons = {f"reason_{each}": "on" for each in ("unused", option, "mood")}
        wrong = {"act": "offer", "when": "after", "type": "pause", "months": "x"}
        await staff.post("/portal/offers", **wrong, **plans, **reasons)
        assert staff.html.count(' value="on" checked') == 4, "what was ticked stays ticked"
        await staff.post("/portal/offers", **{**wrong, "months": "3"}, **plans, **reasons)
        await staff.follow()
        assert "who say: I no longer need it, We have moved ☃" in staff.text
        several = (await configuration_of(shop)).frontdesk.retention.after[1]
        assert [f"product_{each}" for each in several.products] == [*plans]
        assert several.reasons == ("unused", option)
        await staff.post("/portal/offers", act="remove_offer", rule="after-1")
        await staff.follow()
        small = {"type": "plan", "price": shop.prices["starter"], "from_months": "0", "to_months": "12"}
        await staff.post("/portal/offers", act="offer", when="before", **small, reason_unused="on")
        await staff.follow()
        assert "Starter, €6.00 per seat, per month All plans · customers for 0 to 12 months" in staff.text
        await staff.post("/portal/offers", act="save", enabled="on", again_after_months="6")
        await staff.follow()
        held = (await configuration_of(shop)).frontdesk.retention
        assert (held.enabled, held.again_after_months) == (True, 6)
        assert held.after == (OfferRule(offer=StayOffer(type="pause", months=2), reasons=(option,)),)

        customer = await shop.add_customer(shop.item("team", 2))
        async with PortalBrowser(running_site, shop, await shop.sign_in(customer)) as browser:
            await browser.get("/")
            (cancel,) = re.findall(r'href="([^"]+/cancel)"', browser.html)
            await browser.get(cancel)
            assert "Stay with Starter" in browser.text

        await staff.get("/portal/offers")
        csrf = staff.csrf
        await staff.post("/portal/offers", csrf=csrf, act="remove_offer", rule="before-0")
        assert (await staff.post("/portal/offers", csrf=csrf, act="remove_offer", rule="before-0")).status_code == 404
        await staff.post("/portal/offers", csrf=csrf, act="remove_reason", option=option)
        assert (await staff.post("/portal/offers", csrf=csrf, act="remove_reason", option=option)).status_code == 404
        for wrong_form in ({"type": "coupon", "coupon": "no\x00ne"}, {"type": "plan"}):
            assert (await staff.post("/portal/offers", csrf=csrf, act="offer", **wrong_form)).status_code == 404
    left = await configuration_of(shop)
    assert left.frontdesk.retention.before == ()
    assert left.features.subscription_cancel.cancellation_reason.feedback_options == ()


async def test_who_only_looks_sees_the_offers(running_site: RunningSite, shop: Shop) -> None:
    reader: Hired = await hire(shop.tenancy, shop.door, Role.SUPPORT)
    async with StaffBrowser(running_site, shop.door, reader.secret) as staff:
        await staff.get("/portal/offers")
        assert "Add an offer" not in staff.text
