"""A customer as Frontdesk's own API shows one reads back as the book holds them."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from frontdesk.book import Address, Customer, CustomField, Shipping
from frontdesk.coupons import Coupon, Discount, PromotionCode
from frontdesk.tax_ids import TaxId, Verification
from frontdesk_stripe.reading.customers import read_customer
from frontdesk_stripe.reading.discounts import read_promotion_code
from frontdesk_stripe.reading.wire import NotKnown, Unreadable
from frontdesk_web.api.shapes import customers, discounts, tax_ids

BORN = datetime(2026, 1, 1, tzinfo=UTC)
ASKED = 1_800_000_000_000_000
WELCOME = Coupon(id="WELCOME", created=BORN, percent_off=Decimal("12.5"), duration="repeating", duration_in_months=3)
ALDER = Customer(
    id="cus_Alder",
    created=BORN,
    email="jenny@ashfordlane.example",
    name="Ashford & Lane",
    phone="+49 30 901820",
    trusted_phone="+49 30 901820",
    description="Since the fair",
    address=Address(line1="Gormannstraße 14", city="Berlin", postal_code="10119", country="DE"),
    shipping=Shipping(address=Address(line1="Hafen 2", city="Kiel", country="DE"), name="Lager"),
    preferred_locales=("de", "en"),
    currency="jpy",
    balances={"jpy": -1200},
    invoice_fields=(CustomField("Kostenstelle", "K-77"),),
    invoice_footer="Danke.",
    tax_exempt="reverse",
    tax_ids=(
        TaxId(
            id="txi_1",
            type="eu_vat",
            value="DE123456789",
            created=BORN,
            country="DE",
            verification=Verification(status="verified", name="Ashford & Lane", address="Berlin", by="stripe"),
        ),
    ),
    discount=Discount(
        id="di_1",
        coupon="WELCOME",
        start=BORN,
        end=datetime(2026, 4, 1, tzinfo=UTC),
        duration="repeating",
        percent_off=Decimal("12.5"),
        promotion_code="promo_1",
    ),
    default_payment_method="pm_1",
    metadata={"crm": "77"},
)


def shown(customer: Customer) -> dict[str, Any]:
    """As it is asked for: with its tax ids."""
    held = [tax_ids.tax_id(each, customer.id, False) for each in customer.tax_ids]
    return customers.customer(customer, False) | {"tax_ids": {"object": "list", "data": held, "has_more": False}}


def test_a_customer_reads_back() -> None:
    found = read_customer(shown(ALDER), ASKED, {"WELCOME": WELCOME})
    assert found == replace(ALDER, version=ASKED)


def test_balances_in_several_currencies_are_read_where_they_were_asked_for() -> None:
    given = shown(ALDER) | {"invoice_credit_balance": {"jpy": -1200, "eur": 500, "usd": 0}}
    assert read_customer(given, ASKED, {"WELCOME": WELCOME}).balances == {"jpy": -1200, "eur": 500}


def test_a_deleted_customer_stays_known() -> None:
    found = read_customer({"id": "cus_Alder", "object": "customer", "deleted": True}, ASKED, {})
    assert (found.id, found.deleted, found.version) == ("cus_Alder", True, ASKED)


def test_a_coupon_that_nobody_has_read_is_asked_for() -> None:
    with pytest.raises(NotKnown) as unknown:
        read_customer(shown(ALDER), ASKED, {})
    assert (unknown.value.kind, unknown.value.ids) == ("coupon", {"WELCOME"})


def test_a_page_of_tax_ids_is_not_taken_for_all() -> None:
    given = shown(ALDER)
    given["tax_ids"]["has_more"] = True
    with pytest.raises(Unreadable, match="not all tax ids"):
        read_customer(given, ASKED, {"WELCOME": WELCOME})


@pytest.mark.parametrize("older", [False, True])
def test_a_promotion_code_reads_back(older: bool) -> None:
    code = PromotionCode(
        id="promo_1",
        code="WELCOME10",
        coupon="WELCOME",
        created=BORN,
        customer="cus_Alder",
        expires_at=datetime(2027, 1, 1, tzinfo=UTC),
        max_redemptions=5,
        first_time_transaction=True,
        currency="eur",
        minimum_amounts={"eur": 2000, "jpy": 3000},
        times_redeemed=2,
    )
    given = discounts.promotion_code(code, WELCOME, False, BORN)
    if older:
        given["coupon"] = discounts.coupon(WELCOME, False, BORN)
        del given["promotion"]
    assert read_promotion_code(given, ASKED) == replace(code, version=ASKED)
