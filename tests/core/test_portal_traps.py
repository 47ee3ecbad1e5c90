"""Traps of a portal configuration are told before customers find them (portal_spec.md §H)."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from msgspec.structs import replace

from frontdesk.book import BillingSettings, Price, Product, Recurring, Terms
from frontdesk.portal_configuration import (
    CustomerUpdate,
    Features,
    InvoiceHistory,
    OfferedProduct,
    PortalConfiguration,
    SubscriptionCancel,
    SubscriptionUpdate,
)
from frontdesk.portal_traps import Topic, traps

NOW = datetime(2026, 11, 1, tzinfo=UTC)
PRODUCT = Product(id="prod_1", name="Team", created=NOW, updated=NOW)
MONTHLY = Price(
    id="price_m",
    product="prod_1",
    currency="eur",
    unit_amount=Decimal(1200),
    created=NOW,
    recurring=Recurring(interval="month"),
    tax_behavior="inclusive",
)
YEARLY = replace(MONTHLY, id="price_y", recurring=Recurring(interval="year"))
TERMS = Terms(
    settings=BillingSettings(currency="eur"),
    products={"prod_1": PRODUCT},
    prices={"price_m": MONTHLY, "price_y": YEARLY},
)
GOOD = SubscriptionUpdate(
    enabled=True,
    default_allowed_updates=("price",),
    products=(OfferedProduct(product="prod_1", prices=("price_m", "price_y")),),
    proration_behavior="always_invoice",
)


def told(update: SubscriptionUpdate, terms: Terms = TERMS) -> list[str]:
    features = Features(
        subscription_update=update,
        subscription_cancel=SubscriptionCancel(enabled=True),
        invoice_history=InvoiceHistory(enabled=True),
    )
    configuration = PortalConfiguration(id="bpc_1", created=NOW, updated=NOW, features=features)
    return [each.sentence for each in traps(configuration, terms)]


def with_price(price: Price) -> Terms:
    return replace(TERMS, prices={**TERMS.prices, price.id: price})


def test_good_settings_are_not_warned_about() -> None:
    assert told(GOOD) == []
    assert told(SubscriptionUpdate()) == []


@pytest.mark.parametrize(
    ("update", "terms", "part"),
    [
        (replace(GOOD, products=()), TERMS, "No product is chosen"),
        (replace(GOOD, products=(OfferedProduct(product="prod_1", prices=("price_m",)),)), TERMS, "Only one price"),
        (replace(GOOD, proration_behavior="create_prorations"), TERMS, "wait for the next invoice"),
        (GOOD, with_price(replace(YEARLY, tax_behavior="exclusive")), "treat tax alike"),
        (GOOD, with_price(replace(YEARLY, currency="usd")), "several currencies"),
    ],
)
def test_each_trap_is_told(update: SubscriptionUpdate, terms: Terms, part: str) -> None:
    (sentence,) = told(update, terms)
    assert part in sentence


def test_what_stripe_switches_off_in_silence_is_said_where_it_is_set() -> None:
    features = Features(
        invoice_history=InvoiceHistory(enabled=True),
        customer_update=CustomerUpdate(enabled=True, allowed_updates=("email",)),
    )
    found = traps(PortalConfiguration(id="bpc_1", created=NOW, updated=NOW, features=features), TERMS)
    assert [each.topic for each in found] == [Topic.CANCELLATIONS, Topic.DETAILS]


def test_what_leaving_costs_and_hidden_invoices_are_warned_about() -> None:
    seen = InvoiceHistory(enabled=True)
    for cancel, warned in (
        (SubscriptionCancel(enabled=True, mode="immediately"), True),
        (SubscriptionCancel(enabled=True, mode="immediately", proration_behavior="create_prorations"), False),
        (SubscriptionCancel(enabled=True), False),
    ):
        features = Features(subscription_cancel=cancel, invoice_history=seen)
        found = traps(PortalConfiguration(id="bpc_1", created=NOW, updated=NOW, features=features), TERMS)
        assert [each.topic for each in found] == [Topic.CANCELLATIONS] * warned
    hidden = Features(subscription_cancel=SubscriptionCancel(enabled=True))
    (trap,) = traps(PortalConfiguration(id="bpc_1", created=NOW, updated=NOW, features=hidden), TERMS)
    assert trap.topic is Topic.INVOICES
