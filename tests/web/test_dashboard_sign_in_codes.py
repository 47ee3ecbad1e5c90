"""Staff order the ways of sign-in codes, each side its own, and say whose a phone number is."""

from collections.abc import AsyncIterator

import pytest
from hired import Hired, StaffBrowser, hire
from portal_shop import Shop, open_shop
from sides import API
from sites import RunningSite
from sqlalchemy import select

from frontdesk import billing_details
from frontdesk.commands import BillingDetails
from frontdesk.desk import Actor
from frontdesk_tenants import enabling
from frontdesk_tenants.desks import open_desk
from frontdesk_tenants.embedded import PostgresAddresses
from frontdesk_tenants.provisioning import OPERATOR
from frontdesk_tenants.tables import audit, customers
from frontdesk_tenants.tenancy import Tenancy

GATEWAY = {
    "kind": "kannel",
    "url": "http://127.0.0.1:1/cgi-bin/sendsms",
    "account": "shop",
    "secret": "correct-horse",
    "countries": "DE",
}
MAIL = {"host": "127.0.0.1", "port": "1", "tls": "none", "sender": "billing@example.com"}
VISITOR = Actor(kind="customer", id="ses_1", source="api_session")


@pytest.fixture
async def shop(postgres: PostgresAddresses, tenancy: Tenancy) -> Shop:
    """A live side that texts codes."""
    shop = await open_shop(tenancy)
    await enabling.enable(tenancy, shop.door, "otp_email", MAIL, OPERATOR)
    await enabling.enable(tenancy, shop.door, "otp_sms", GATEWAY, OPERATOR)
    return shop


@pytest.fixture
async def staff(shop: Shop, plain_site: RunningSite) -> AsyncIterator[StaffBrowser]:
    """The owner's browser."""
    robin: Hired = await hire(shop.tenancy, shop.door)
    async with StaffBrowser(plain_site, shop.door, robin.secret) as browser:
        yield browser


def in_order(page: str) -> list[str]:
    places = {name: page.index(f'value="{name}"') for name in ("otp_email", "otp_sms") if f'value="{name}"' in page}
    return sorted(places, key=lambda each: places[each])


async def test_staff_put_texts_first_and_see_that_a_gateway_is_down(shop: Shop, staff: StaffBrowser) -> None:
    page = (await staff.get("/portal/codes")).text
    assert in_order(page) == ["otp_email", "otp_sms"]
    assert "At most 5 a day to one number; 50 an hour and 500 a day to all." in page
    assert "correct-horse" not in page
    tried = await staff.post("/portal/codes", act="check", channel="otp_sms")
    assert "Not now: The gateway does not answer now." in tried.text
    for act, channel in (("first", "otp_pigeon"), ("burn", "otp_sms"), ("first", "\0")):
        assert (await staff.post("/portal/codes", act=act, channel=channel)).status_code == 303
        assert in_order((await staff.get("/portal/codes")).text) == ["otp_email", "otp_sms"]
    await staff.post("/portal/codes", act="first", channel="otp_sms")
    assert in_order((await staff.get("/portal/codes")).text) == ["otp_sms", "otp_email"]
    async with shop.tenancy.database.side(shop.door.tenant_id) as connection:
        recorded = await connection.scalars(select(audit.c.object).where(audit.c.action == "channels_ordered"))
        assert recorded.all() == ["otp_sms otp_email"]


async def test_a_number_that_the_customer_set_gets_codes_once_staff_say_so(shop: Shop, staff: StaffBrowser) -> None:
    customer = await shop.add_customer()

    async def trusted() -> tuple[str | None, str | None]:
        async with shop.tenancy.database.side(shop.door.tenant_id) as connection:
            body = (await connection.scalars(select(customers.c.body).where(customers.c.id == customer))).one()
        return body.phone, body.trusted_phone

    async def set_phone(actor: Actor, phone: str) -> None:
        async with open_desk(shop.tenancy, shop.door, customer_id=customer, actor=actor) as desk:
            await billing_details.update(desk, BillingDetails(phone=phone))

    path = f"/customers/{customer}"
    await set_phone(API, "+49 171 3920012")
    assert "Text codes to this number" not in (await staff.get(f"{path}/details")).text
    await set_phone(VISITOR, "+49 171 3920013")
    assert await trusted() == ("+49 171 3920013", None)
    assert "Text codes to this number" in (await staff.get(f"{path}/details")).text
    token = staff.csrf
    # Support is told, where somebody misses a text.
    assert "No texts go to this customer" in (await staff.get("/customers/no-code?q=jenny@ashfordlane.example")).text
    await staff.get(f"{path}/details")
    # Another edit does not say that the number is theirs, and what was not seen is not meant.
    await staff.post(f"{path}/details", name="Jenny", email="jenny@example.com", phone="+49 171 3920013")
    await staff.post(f"{path}/trust-phone", phone="+49 171 3920012", csrf=token)
    assert await trusted() == ("+49 171 3920013", None)
    await staff.post(f"{path}/trust-phone", phone="+49 171 3920013", csrf=token)
    assert await trusted() == ("+49 171 3920013", "+49 171 3920013")
    assert "No texts go" not in (await staff.get("/customers/no-code?q=jenny@example.com")).text
    async with shop.tenancy.database.side(shop.door.tenant_id) as connection:
        # By their number: two acts of one second stand in the order in which they were done.
        acts = select(audit.c.action, audit.c.actor_kind).where(audit.c.object == customer)
        newest = acts.order_by(audit.c.number.desc())
        assert tuple((await connection.execute(newest.limit(1))).one()) == ("UpdateBillingDetails", "staff")
    assert "Text codes to this number" not in (await staff.get(f"{path}/details")).text
