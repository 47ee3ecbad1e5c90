"""What a customer's details may be."""

import pytest
from msgspec import UNSET
from seat_shop import BY_API, NOW, TERMS, open_shop

from frontdesk import billing_details, customers, subscriptions
from frontdesk.billing_details import checked
from frontdesk.book import Address, Shipping
from frontdesk.commands import BillingDetails, CreateCustomer, DescribeSubscription
from frontdesk.countries import COUNTRIES
from frontdesk.errors import Refused
from frontdesk.testing.desk import TENANT, MemoryDesk
from frontdesk_invoice_only.backend import InvoiceOnly, InvoiceOnlySettings


async def test_a_customer_edits_name_phone_and_address() -> None:
    desk = await open_shop()
    address = Address(line1=" Domkloster 4 ", city="Köln", postal_code="50667", country="de")
    await billing_details.update(desk, BillingDetails(name=" Jenny Rosen ", phone="", address=address))
    customer = desk.account.customer
    assert customer.name == "Jenny Rosen"
    assert customer.phone is None
    assert customer.address == Address(line1="Domkloster 4", city="Köln", postal_code="50667", country="DE")
    assert customer.email == "jenny@example.com"


async def test_a_forged_email_is_refused_and_changes_nothing() -> None:
    desk = await open_shop()
    before = desk.account
    for email in ("evil@example.com", "jenny@example.com", "not an address", None):
        with pytest.raises(Refused, match="email_fixed"):
            await billing_details.update(desk, BillingDetails(name="Evil", email=email))
    assert desk.account == before
    desk.actor = BY_API
    await billing_details.update(desk, BillingDetails(email="new@example.com"), proven=True)
    assert desk.account.customer.email == "new@example.com"


@pytest.mark.parametrize(
    ("details", "code", "param"),
    [
        (BillingDetails(email="nobody"), "email_invalid", "email"),
        (BillingDetails(name="x" * 257), "text_too_long", "name"),
        (BillingDetails(name="a\nb"), "text_unprintable", "name"),
        (BillingDetails(name="a\u2028b"), "text_unprintable", "name"),
        (BillingDetails(name="\udc80"), "text_unprintable", "name"),
        (BillingDetails(phone="0" * 21), "text_too_long", "phone"),
        (BillingDetails(address=Address(city="x" * 5001)), "text_too_long", "address[city]"),
        (BillingDetails(address=Address(line1="a\0")), "text_unprintable", "address[line1]"),
        (BillingDetails(address=Address(country="Germany")), "country_unknown", "address[country]"),
        (BillingDetails(address=Address(country="UK")), "country_unknown", "address[country]"),
        (
            BillingDetails(shipping=Shipping(name="J", address=Address(country="ZZ"))),
            "country_unknown",
            "shipping[address][country]",
        ),
    ],
)
def test_what_cannot_be_stored(details: BillingDetails, code: str, param: str) -> None:
    with pytest.raises(Refused) as refused:
        checked(details)
    assert (refused.value.refusal.code, refused.value.refusal.param) == (code, param)


def test_what_is_stored() -> None:
    assert checked(BillingDetails()) == BillingDetails()
    assert checked(BillingDetails(name="x" * 256)).name == "x" * 256
    assert checked(BillingDetails(email="")).email is None
    assert checked(BillingDetails(name="  ")).name is None
    assert checked(BillingDetails(address=Address(line1=" "))).address is None
    assert checked(BillingDetails(address=None)).address is None
    assert checked(BillingDetails(description="kept")).description == "kept"
    assert checked(BillingDetails(description="kept")).name is UNSET
    shipping = checked(BillingDetails(shipping=Shipping(name=" J ", address=Address(country="at")))).shipping
    assert shipping == Shipping(name="J", address=Address(country="AT"))


def test_countries() -> None:
    assert len(COUNTRIES) == 250
    assert {"DE", "US", "GB", "XK"} <= COUNTRIES
    assert all(len(each) == 2 and each.isupper() for each in COUNTRIES)


async def test_opening_and_closing_an_account() -> None:
    desk = MemoryDesk(backend=InvoiceOnly(InvoiceOnlySettings()), terms=TERMS, now=NOW, actor=BY_API)
    command = CreateCustomer(id="cus_1", details=BillingDetails(name=" J ", email="j@example.com"))
    with pytest.raises(Refused, match="not_for_customers"):
        await customers.create(desk, command)
    desk.actor = TENANT
    with pytest.raises(Refused, match="email_invalid"):
        await customers.create(desk, CreateCustomer(id="cus_1", details=BillingDetails(email="j@")))
    await customers.create(desk, command)
    assert desk.account.customer.name == "J"
    await customers.delete(desk)
    assert desk.account.customer.deleted
    with pytest.raises(Refused, match="no_such_customer"):
        await customers.delete(desk)


async def test_describing_a_subscription() -> None:
    desk = await open_shop()
    (subscription,) = desk.account.subscriptions
    command = DescribeSubscription(subscription=subscription.id, metadata={"crm": "7"}, days_until_due=30)
    with pytest.raises(Refused, match="not_for_customers"):
        await subscriptions.describe(desk, command)
    desk.actor = TENANT
    await subscriptions.describe(desk, command)
    (described,) = desk.account.subscriptions
    assert (described.metadata, described.days_until_due) == ({"crm": "7"}, 30)
