"""Coupons in the dashboard: made, given to a customer, turned into a code, taken away, archived."""

import re

import pytest
from hired import Hired, StaffBrowser, hire
from sides import Tenant, sell, subscribe
from sites import RunningSite

from frontdesk.book import Account
from frontdesk_tenants import book
from frontdesk_tenants.tenancy import Tenancy


@pytest.fixture
async def owner(tenancy: Tenancy, tenant: Tenant) -> Hired:
    return await hire(tenancy, tenant.live.door)


@pytest.fixture
async def staff(running_site: RunningSite, tenant: Tenant, owner: Hired) -> StaffBrowser:
    return StaffBrowser(running_site, tenant.door, owner.secret)


async def account_of(tenancy: Tenancy, tenant: Tenant, customer: str) -> Account:
    async with tenancy.at(tenant.door) as (connection, _):
        account = await book.read_account(connection, customer)
    assert account is not None
    return account


async def test_from_a_coupon_to_a_customer_s_discount_and_back(
    tenancy: Tenancy, tenant: Tenant, staff: StaffBrowser
) -> None:
    customer = await subscribe(tenancy, tenant.door, await sell(tenancy, tenant.door))
    async with staff:
        await staff.get("/coupons")
        assert "Give somebody a discount" in staff.text
        await staff.get("/coupons/new")
        spring = {"name": "Spring", "kind": "percent", "worth": "25 %", "duration": "repeating", "months": "3"}
        await staff.post("/coupons/new", **spring, most="100", until="2099-12-31")
        await staff.follow()
        assert "The coupon is added." in staff.text
        for expected in ("25% off for 3 months", "0 of 100", "31 December 2099", "No code yet."):
            assert expected in staff.text
        coupon = re.findall(r"/coupons/([A-Za-z0-9]{8})/codes", staff.html)[0]
        await staff.post(f"/coupons/{coupon}/codes", code="SPRING 25")
        assert staff.page.status_code == 400
        assert "Use letters (a–z), digits and dashes only." in staff.text
        await staff.post(f"/coupons/{coupon}/codes", code="SPRING-25", first="on")
        await staff.follow()
        assert "SPRING-25 Active used 0 for first orders only" in staff.text
        code = re.findall(r"/codes/(promo_[A-Za-z0-9]+)/switch", staff.html)[0]
        await staff.post(f"/coupons/{coupon}/codes/{code}/switch", active="false")
        await staff.follow()
        assert "SPRING-25 Switched off" in staff.text

        await staff.get(f"/customers/{customer}/discounts")
        assert "Spring: 25% off for 3 months" in staff.text
        (held,) = (await account_of(tenancy, tenant, customer)).subscriptions
        await staff.post(f"/customers/{customer}/discounts", coupon=coupon, to=held.id)
        await staff.follow()
        assert "The coupon was applied." in staff.text
        assert "25% off until" in staff.text
        await staff.post(f"/customers/{customer}/discounts", coupon=coupon, to=held.id)
        assert "The customer has this discount already." in staff.text
        (given,) = (await account_of(tenancy, tenant, customer)).subscriptions[0].discounts
        await staff.get("/coupons")
        assert "1 of 100" in staff.text
        await staff.get(f"/customers/{customer}/discounts")
        await staff.post(f"/customers/{customer}/discounts/remove", of=held.id, discount=given.id)
        await staff.follow()
        assert "The discount was taken away." in staff.text
        await staff.post(f"/customers/{customer}/discounts", coupon=coupon, to="customer")
        assert (await account_of(tenancy, tenant, customer)).customer.discount is not None

        await staff.get(f"/coupons/{coupon}")
        await staff.post(f"/coupons/{coupon}/archive")
        await staff.follow()
        assert "The coupon is archived." in staff.text
        await staff.get("/coupons")
        assert "Spring" not in staff.text
    assert (await account_of(tenancy, tenant, customer)).customer.discount is not None


WRONG = (
    ({"worth": "many"}, "Enter a percentage, such as 25."),
    ({"worth": "0"}, "Enter a percentage above 0, at most 100."),
    ({"worth": "101"}, "Enter a percentage above 0, at most 100."),
    ({"worth": "25", "duration": "repeating"}, "Enter a whole number, such as 10."),
    ({"worth": "25", "until": "2001-01-01"}, "Choose a day that is still to come."),
    ({"worth": "25", "name": "x" * 41}, "Please use at most 40 characters."),
    ({"worth": "5,00", "kind": "amount", "currency": "xxx"}, "Choose a currency from the list."),
    ({"worth": "5,0001", "kind": "amount", "currency": "eur"}, "Please use no more decimals than the currency has."),
)


async def test_a_wrong_form_is_shown_again_with_the_reason(staff: StaffBrowser) -> None:
    async with staff:
        await staff.get("/coupons/new")
        for form, sentence in WRONG:
            await staff.post("/coupons/new", **form)
            assert staff.page.status_code == 400, form
            assert sentence in staff.text
            assert f'value="{form["worth"]}"' in staff.html
