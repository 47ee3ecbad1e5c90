"""Who may take a changed address back, and until when; and that a customer proves a new one first."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace
from seat_shop import open_shop

from frontdesk import billing_details
from frontdesk.address_changes import OBJECTION, AddressChange, is_new, masked, objection_fault
from frontdesk.book import Customer
from frontdesk.commands import BillingDetails
from frontdesk.errors import Refused
from frontdesk.portal_configuration import CustomerUpdate

NOW = datetime(2026, 3, 1, tzinfo=UTC)
CHANGE = AddressChange(
    id="ach_1",
    customer="cus_1",
    session="bps_1",
    email="New@example.com",
    former="old@example.com",
    challenge="chl_1",
    locale="en",
    created=NOW,
    expires_at=NOW + timedelta(minutes=10),
    confirmed_at=NOW,
)
SECOND = replace(CHANGE, id="ach_2", email="third@example.com", former="new@example.com")


def customer(email: str | None) -> Customer:
    return Customer(id="cus_1", created=NOW, email=email)


@pytest.mark.parametrize(
    ("change", "later", "email", "after", "code"),
    [
        (CHANGE, (), "new@example.com", timedelta(), None),
        (CHANGE, (), "NEW@example.com", OBJECTION - timedelta(seconds=1), None),
        (CHANGE, (), "new@example.com", OBJECTION, "objection_late"),
        (CHANGE, (SECOND,), "third@example.com", timedelta(days=1), None),
        (CHANGE, (), "third@example.com", timedelta(days=1), "address_moved_on"),
        (CHANGE, (), None, timedelta(days=1), "address_moved_on"),
        (replace(CHANGE, objected_at=NOW), (), "new@example.com", timedelta(), "address_change_undone"),
        (replace(CHANGE, confirmed_at=None), (), "new@example.com", timedelta(), "objection_late"),
        (replace(CHANGE, former=None), (), "new@example.com", timedelta(), "objection_late"),
    ],
)
def test_who_may_take_it_back(
    change: AddressChange, later: tuple[AddressChange, ...], email: str | None, after: timedelta, code: str | None
) -> None:
    fault = objection_fault(change, later, customer(email), NOW + after)
    assert (None if fault is None else fault.code) == code


def test_the_same_mailbox_is_no_new_address() -> None:
    assert not is_new(customer("Jenny@Example.com"), "jenny@example.COM")
    assert is_new(customer("jenny@example.com"), "jenny+x@example.com")
    assert is_new(customer(None), "jenny@example.com")
    assert masked("robin@example.com") == "r…@example.com"


async def test_without_a_code_no_customer_has_another_address() -> None:
    desk = await open_shop()
    update = CustomerUpdate(enabled=True, allowed_updates=("email", "name"))
    desk.configuration = replace(
        desk.configuration, features=replace(desk.configuration.features, customer_update=update)
    )
    desk.actor = replace(desk.actor, kind="customer", source="api_session")
    with pytest.raises(Refused) as refused:
        await billing_details.update(desk, BillingDetails(email="new@example.com", name="Eve"))
    assert refused.value.refusal.code == "email_unproven"
    await billing_details.update(desk, BillingDetails(email="new@example.com"), proven=True)
    assert desk.account.customer.email == "new@example.com"
    assert await billing_details.new_address(desk, "NEW@example.com") is None
    assert await billing_details.new_address(desk, " other@example.com") == "other@example.com"
    for typed in ("", "nobody"):
        with pytest.raises(Refused):
            await billing_details.new_address(desk, typed)
    desk.actor = replace(desk.actor, source="login_link")
    with pytest.raises(Refused) as refused:
        await billing_details.new_address(desk, "other@example.com")
    assert refused.value.refusal.code == "email_fixed"
