"""Items of a subscription, one at a time, through Stripe's official SDK; and prices described along with them."""

from decimal import Decimal
from typing import Any

import pytest
import stripe
from api_server import Shop, made
from stripe_openapi import CheckedClient


@pytest.fixture
def v1(shop: Shop) -> Any:
    """The SDK, every answer held to Stripe's document."""
    return stripe.StripeClient(shop.key, base_addresses={"api": shop.server.url}, http_client=CheckedClient()).v1


def test_items_are_added_changed_and_taken_out(shop: Shop, v1: Any) -> None:
    subscription = shop.subscription(shop.customer(), quantity=2)
    with shop.http() as http:
        other = {"product": shop.product, "currency": "eur", "unit_amount": "300", "recurring[interval]": "month"}
        support = made(http.post("/v1/prices", data=other))
    (seats,) = v1.subscription_items.list({"subscription": subscription}).data
    assert (seats.quantity, seats.price.id, seats.subscription) == (2, shop.monthly, subscription)
    assert v1.subscription_items.retrieve(seats.id, {"expand": ["price.product"]}).price.product.name == "Team"
    added = v1.subscription_items.create(
        {
            "subscription": subscription,
            "price": support,
            "quantity": 3,
            "metadata": {"for": "support"},
            "proration_behavior": "always_invoice",
        }
    )
    assert (added.quantity, added.metadata.to_dict()) == (3, {"for": "support"})
    invoice = v1.invoices.retrieve(v1.subscriptions.retrieve(subscription).latest_invoice)
    assert (invoice.billing_reason, [each.quantity for each in invoice.lines.data]) == ("subscription_update", [3])
    found = v1.subscription_items.list({"subscription": subscription, "limit": 1})
    assert ([each.id for each in found.data], found.has_more) == ([seats.id], True)
    words = v1.subscription_items.update(added.id, {"metadata": {"for": "", "by": "Jenny"}})
    assert words.metadata.to_dict() == {"by": "Jenny"}
    assert v1.subscription_items.update(added.id, {"quantity": 1}).quantity == 1
    assert v1.subscription_items.update(added.id, {}).quantity == 1
    assert v1.subscription_items.delete(added.id, {"proration_behavior": "none"}).deleted
    with pytest.raises(stripe.InvalidRequestError) as gone:
        v1.subscription_items.retrieve(added.id)
    assert (gone.value.http_status, gone.value.code, gone.value.user_message) == (
        404,
        "resource_missing",
        f"No such subscription item: '{added.id}'",
    )
    with pytest.raises(stripe.InvalidRequestError, match="at least one active item"):
        v1.subscription_items.delete(seats.id)


def test_what_is_wrong_with_one_item_names_its_own_parameters(shop: Shop) -> None:
    subscription = shop.subscription(shop.customer())
    with shop.http() as http:
        (item,) = http.get("/v1/subscription_items", params={"subscription": subscription}).json()["data"]
        new, present = "/v1/subscription_items", f"/v1/subscription_items/{item['id']}"
        in_it = {"subscription": subscription}
        for path, given, code, param in (
            (new, in_it, "parameter_missing", "price"),
            (new, in_it | {"price": "price_none"}, "resource_missing", "price"),
            (new, in_it | {"price": shop.monthly}, None, "items"),
            (new, {"subscription": "sub_none", "price": shop.monthly}, "resource_missing", "subscription"),
            (new, in_it | {"price": shop.yearly, "price_data[currency]": "eur"}, "parameter_missing", None),
            (present, {"quantity": "-1"}, "parameter_invalid_integer", "quantity"),
            (present, {"price": "price_none"}, "resource_missing", "price"),
            (present, {"quantity": "10"}, None, None),
            (present, {"quantity": "2", "proration_date": "1000000000"}, None, "proration_date"),
        ):
            answer = http.post(path, data=given)
            error = answer.json()["error"]
            assert (answer.status_code, error.get("code")) == (400, code), error
            assert param is None or error["param"] == param, error


def test_a_price_is_described_where_it_is_used(shop: Shop, v1: Any) -> None:
    customer = shop.customer()
    described = {"currency": "eur", "product": shop.product, "recurring": {"interval": "month"}, "unit_amount": 700}
    started = v1.subscriptions.create({"customer": customer, "items": [{"price_data": described, "quantity": 2}]})
    (item,) = started["items"].data
    assert (item.price.unit_amount, item.price.active) == (700, False)
    assert v1.prices.retrieve(item.price.id).active is False, "nobody else can buy at it"
    assert v1.invoices.retrieve(started.latest_invoice).total == 1400
    decimals = described | {"unit_amount_decimal": "0.5"}
    del decimals["unit_amount"]
    changed = v1.subscriptions.update(started.id, {"items": [{"id": item.id, "price_data": decimals}]})
    assert changed["items"].data[0].price.unit_amount_decimal == Decimal("0.5")
    added = v1.subscription_items.create({"subscription": started.id, "price_data": described | {"unit_amount": 100}})
    assert added.price.unit_amount == 100
    with shop.http() as http:
        ids = {each["id"] for each in http.get("/v1/prices", params={"limit": "100"}).json()["data"]}
        by_year = {"items[0][price_data][recurring][interval]": "year", "items[0][price_data][currency]": "eur"}
        rest = {"items[0][price_data][product]": shop.product, "items[0][price_data][unit_amount]": "-1"}
        refused = http.post("/v1/subscriptions", data={"customer": customer, **by_year, **rest}).json()["error"]
        assert refused["param"] == "items[0][price_data][unit_amount]"
        both = {"customer": customer, "items[0][price]": shop.monthly, **by_year, **rest}
        both["items[0][price_data][unit_amount]"] = "1"
        assert http.post("/v1/subscriptions", data=both).json()["error"]["code"] == "parameters_exclusive"
        assert {each["id"] for each in http.get("/v1/prices", params={"limit": "100"}).json()["data"]} == ids
