"""Whatever Stripe's OpenAPI document allows can be read: nulls, fields that are not there, words that are newer."""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from stripe_eras import older
from stripe_objects import objects

from frontdesk.book import Invoice
from frontdesk.coupons import Coupon
from frontdesk.payment_methods import PaymentMethod
from frontdesk.tax_rates import TaxRate
from frontdesk_stripe.connecting import name_of
from frontdesk_stripe.reading.attempts import read_attempt
from frontdesk_stripe.reading.catalogue import PRICE_EXPANSIONS, read_price, read_product
from frontdesk_stripe.reading.credit_notes import read_credit_note
from frontdesk_stripe.reading.customers import CUSTOMER_EXPANSIONS, read_customer
from frontdesk_stripe.reading.discounts import COUPON_EXPANSIONS, read_coupon, read_promotion_code
from frontdesk_stripe.reading.invoice_items import ITEM_EXPANSIONS as ITEM_OF_INVOICE
from frontdesk_stripe.reading.invoice_items import read_invoice_item
from frontdesk_stripe.reading.invoices import INVOICE_EXPANSIONS, read_invoice
from frontdesk_stripe.reading.movements import read_movement
from frontdesk_stripe.reading.payment_methods import read_payment_method
from frontdesk_stripe.reading.subscriptions import ITEM_EXPANSIONS, SUBSCRIPTION_EXPANSIONS, read_subscription
from frontdesk_stripe.reading.tax_rates import read_tax_rate
from frontdesk_stripe.reading.wire import NotKnown, Unreadable

BORN = datetime(2026, 1, 1, tzinfo=UTC)
Shown = dict[str, Any]


class Coupons(dict[str, Coupon]):
    """Every coupon there could be."""

    def get(self, id: str, _: Any = None) -> Coupon:  # type: ignore[override]
        return Coupon(id=id, created=BORN, percent_off=Decimal(10))


class Rates(dict[str, TaxRate]):
    """Every tax rate there could be."""

    def get(self, id: str, _: Any = None) -> TaxRate:  # type: ignore[override]
        return TaxRate(id=id, display_name="VAT", percentage=Decimal(19), inclusive=False, created=BORN)


def subscription(shown: Shown) -> Any:
    return read_subscription(shown, 1, Coupons())


def invoice_item(shown: Shown) -> Any:
    return read_invoice_item(shown, 1, products={}, coupons=Coupons())


class Versioned:
    """What has no version of its own, but its customer's."""

    def __init__(self, read: PaymentMethod) -> None:
        self.id, self.version = read.id, 1


def invoice(shown: Shown) -> Any:
    return read_invoice(shown, 1, products={}, coupons=Coupons(), rates=Rates())


IN_ITEMS = tuple(f"items.data.{each}" for each in ITEM_EXPANSIONS)
KINDS: dict[str, tuple[tuple[str, ...], Callable[[Shown], Any]]] = {
    "product": ((), lambda shown: read_product(shown, 1)),
    "price": (PRICE_EXPANSIONS, lambda shown: read_price(shown, 1)),
    "coupon": (COUPON_EXPANSIONS, lambda shown: read_coupon(shown, 1)),
    "promotion_code": (("promotion.coupon",), lambda shown: read_promotion_code(shown, 1)),
    "tax_rate": ((), lambda shown: read_tax_rate(shown, 1)),
    "customer": (CUSTOMER_EXPANSIONS, lambda shown: read_customer(shown, 1, Coupons())),
    "invoiceitem": (ITEM_OF_INVOICE, invoice_item),
    "credit_note": ((), lambda shown: read_credit_note(shown, 1, Rates())),
    "customer_balance_transaction": ((), lambda shown: read_movement(shown)),
    "payment_method": (("card",), lambda shown: Versioned(read_payment_method(shown))),
    "subscription": ((*SUBSCRIPTION_EXPANSIONS, *IN_ITEMS), subscription),
    "invoice": (INVOICE_EXPANSIONS, invoice),
}
QUIET = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)


@pytest.mark.parametrize("kind", KINDS)
@QUIET
@given(data=st.data())
def test_what_the_document_allows_is_read(kind: str, data: st.DataObject) -> None:
    """Where the objects that we ask for with it are there."""
    expanded, read = KINDS[kind]
    shown = data.draw(objects(kind, expanded))
    found = read(shown)
    assert found.id == shown["id"]
    assert found.version == 1


@QUIET
@given(data=st.data())
def test_why_a_payment_failed_and_whose_an_account_is_can_be_read(data: st.DataObject) -> None:
    intent = data.draw(objects("payment_intent", ("latest_charge",)))
    attempt = read_attempt(intent, 3, 500)
    assert attempt is None or attempt.id == f"{intent['id']}_3"
    assert name_of(data.draw(objects("account"))) != ""


@pytest.mark.parametrize("kind", ["subscription", "invoice"])
@QUIET
@given(data=st.data())
def test_the_older_era_reads_alike(kind: str, data: st.DataObject) -> None:
    expanded, read = KINDS[kind]
    shown = data.draw(objects(kind, expanded))
    if kind == "subscription":
        # All items shared one period then.
        for each in shown["items"]["data"]:
            first = shown["items"]["data"][0]
            each |= {name: first[name] for name in ("current_period_start", "current_period_end")}
    assert told_by_both(read(older(shown))) == told_by_both(read(shown))


@pytest.mark.parametrize("kind", KINDS)
@QUIET
@given(data=st.data())
def test_what_nobody_asked_for_is_said_to_be_unreadable(kind: str, data: st.DataObject) -> None:
    """Nothing expanded, and now and then a field of another type or none at all: never another error."""
    _, read = KINDS[kind]
    shown = data.draw(objects(kind))
    name = data.draw(st.sampled_from(sorted(shown)))
    spoilt = data.draw(st.sampled_from((None, "", 7, -1.5, [], {}, {"id": 3}, [None], 10**20, "\0")))
    with suppress(Unreadable, NotKnown):
        assert read({**shown, name: spoilt}).version == 1


def told_by_both(snapshot: Any) -> Any:
    """A snapshot without what only one era tells: single payments, and what a unit cost that is of no price."""
    if not isinstance(snapshot, Invoice):
        return snapshot
    lines = (each if each.price else replace(each, unit_amount=None) for each in snapshot.lines)
    return replace(snapshot, payments=(), lines=tuple(lines))
