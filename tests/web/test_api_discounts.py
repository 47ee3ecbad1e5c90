"""Coupons, promotion codes and discounts through Stripe's API, each answer held to Stripe's document."""

from typing import Any

import httpx
import pytest
import stripe
from api_server import Shop, made
from stripe_openapi import CheckedClient, faults


@pytest.fixture
def http(shop: Shop) -> httpx.Client:
    return shop.http()


def asked(http: httpx.Client, method: str, path: str, **data: Any) -> dict[str, Any]:
    """The answer, after Stripe's document has judged it."""
    answer = http.request(method, path, **{"data" if method == "POST" else "params": data})  # type: ignore[arg-type]
    assert answer.status_code == 200, answer.text
    assert faults(method, path, 200, answer.json()) == []
    return answer.json()  # type: ignore[no-any-return]


def error(answer: httpx.Response, status: int = 400) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    return answer.json()["error"]  # type: ignore[no-any-return]


def test_a_campaign_through_the_official_sdk(shop: Shop) -> None:
    client = stripe.StripeClient(shop.key, base_addresses={"api": shop.server.url}, http_client=CheckedClient())
    v1: Any = client.v1
    coupon = v1.coupons.create({"percent_off": 25, "duration": "repeating", "duration_in_months": 3, "name": "Spring"})
    code = v1.promotion_codes.create({"promotion": {"type": "coupon", "coupon": coupon.id}, "code": "SPRING-25"})
    assert (code.code, code.active, code.promotion.coupon) == ("SPRING-25", True, coupon.id)
    customer = v1.customers.create({"email": "jenny@example.com"})
    found = v1.promotion_codes.list({"code": "spring-25", "active": True, "expand": ["data.promotion.coupon"]}).data
    assert [each.promotion.coupon.name for each in found] == ["Spring"]
    subscription = v1.subscriptions.create(
        {
            "customer": customer.id,
            "items": [{"price": shop.monthly, "quantity": 10}],
            "discounts": [{"promotion_code": code.id}],
            "expand": ["latest_invoice.total_discount_amounts.discount", "discounts.source.coupon"],
        }
    )
    (discount,) = subscription.discounts
    assert (discount.source.coupon.percent_off, discount.promotion_code) == (25, code.id)
    assert discount.subscription == subscription.id
    invoice = subscription.latest_invoice
    assert (invoice.subtotal, invoice.total, invoice.amount_due) == (12000, 9000, 9000)
    (taken,) = invoice.total_discount_amounts
    assert (taken.amount, taken.discount.id) == (3000, discount.id)
    line = invoice.lines.data[0]
    assert (line.amount, line.discount_amounts[0].amount, line.discounts) == (12000, 3000, [discount.id])
    assert (v1.coupons.retrieve(coupon.id).times_redeemed, v1.promotion_codes.retrieve(code.id).times_redeemed) == (
        1,
        1,
    )

    item = subscription["items"].data[0]
    change = {
        "items": [{"id": item.id, "quantity": 20}],
        "proration_behavior": "always_invoice",
        "expand": ["latest_invoice.lines.data.discounts"],
    }
    changed = v1.subscriptions.update(subscription.id, change)
    credit, debit = changed.latest_invoice.lines.data
    assert (credit.amount, debit.amount) == (-9000, 18000)
    assert (credit.discountable, debit.discountable, debit.discount_amounts) == (False, False, [])

    gone = v1.coupons.delete(coupon.id)
    assert gone.deleted
    assert v1.subscriptions.retrieve(subscription.id).discounts == [discount.id]
    v1.subscriptions.delete_discount(subscription.id)
    assert v1.subscriptions.retrieve(subscription.id).discounts == []


def test_coupons_and_codes_are_written_within_their_rules(http: httpx.Client, shop: Shop) -> None:
    off = {"amount_off": "500", "currency": "EUR", "currency_options[usd][amount_off]": "600"}
    coupon = asked(http, "POST", "/v1/coupons", id="FIVE", **off, **{"applies_to[products][]": shop.product})
    assert (coupon["amount_off"], coupon["currency"], coupon["duration"]) == (500, "eur", "once")
    assert coupon["currency_options"] == {"eur": {"amount_off": 500}, "usd": {"amount_off": 600}}
    renamed = asked(http, "POST", "/v1/coupons/FIVE", name="Five off", **{"metadata[a]": "b"})
    assert (renamed["name"], renamed["metadata"]) == ("Five off", {"a": "b"})
    assert [each["id"] for each in asked(http, "GET", "/v1/coupons")["data"]] == ["FIVE"]
    promotion = {"promotion[type]": "coupon", "promotion[coupon]": "FIVE"}
    least = {"restrictions[minimum_amount]": "2000", "restrictions[minimum_amount_currency]": "eur"}
    customer = shop.customer()
    code = asked(http, "POST", "/v1/promotion_codes", customer=customer, expires_at="4000000000", **promotion, **least)
    assert len(code["code"]) == 8
    assert (code["restrictions"]["minimum_amount"], code["customer"]) == (2000, customer)
    off_now = asked(http, "POST", f"/v1/promotion_codes/{code['id']}", active="false")
    assert off_now["active"] is False
    assert asked(http, "GET", "/v1/promotion_codes", active="true")["data"] == []
    assert len(asked(http, "GET", "/v1/promotion_codes", customer=customer, coupon="FIVE")["data"]) == 1

    for data, param in (
        ({}, None),
        ({"percent_off": "0"}, "percent_off"),
        ({"percent_off": "101"}, "percent_off"),
        ({"percent_off": "25", "amount_off": "1", "currency": "eur"}, "percent_off"),
        ({"amount_off": "500"}, "currency"),
        ({"percent_off": "25", "duration": "repeating"}, "duration_in_months"),
        ({"percent_off": "25", "duration": "once", "duration_in_months": "2"}, "duration_in_months"),
        ({"percent_off": "25", "redeem_by": "1000"}, "redeem_by"),
        ({"percent_off": "25", "name": "x" * 41}, "name"),
        ({"percent_off": "25", "applies_to[products][]": "prod_never"}, "applies_to[products][0]"),
        ({"percent_off": "25", "id": "FIVE"}, "id"),
    ):
        assert error(http.post("/v1/coupons", data=data)).get("param") == param
    for data, param in (
        ({"promotion[type]": "coupon", "promotion[coupon]": "NEVER"}, "promotion[coupon]"),
        (promotion | {"code": "NO SPACES"}, "code"),
        (promotion | {"expires_at": "1000"}, "expires_at"),
        (promotion | {"restrictions[minimum_amount]": "2000"}, "restrictions[minimum_amount_currency]"),
        ({}, "promotion"),
    ):
        assert error(http.post("/v1/promotion_codes", data=data))["param"] == param


def test_what_cannot_be_had_is_refused_in_stripe_s_words_and_changes_nothing(http: httpx.Client, shop: Shop) -> None:
    once = made(http.post("/v1/coupons", data={"percent_off": "50", "max_redemptions": "1"}))
    elsewhere = made(http.post("/v1/products", data={"name": "Elsewhere"}))
    other = made(http.post("/v1/coupons", data={"percent_off": "50", "applies_to[products][]": elsewhere}))
    plain = made(http.post("/v1/coupons", data={"percent_off": "10"}))
    asked(
        http,
        "POST",
        "/v1/promotion_codes",
        coupon=plain,
        code="FIRST",
        **{"restrictions[first_time_transaction]": "true"},
    )
    first = asked(http, "GET", "/v1/promotion_codes", code="first")["data"][0]["id"]
    least = {"restrictions[minimum_amount]": "999999", "restrictions[minimum_amount_currency]": "eur"}
    big = made(http.post("/v1/promotion_codes", data={"coupon": plain, **least}))
    customer = shop.customer()
    shop.subscription(customer, **{"discounts[0][coupon]": once})
    base = {"customer": customer, "items[0][price]": shop.monthly}
    for data, code, message, param in (
        ({"discounts[0][coupon]": "NEVER"}, "resource_missing", "No such coupon: 'NEVER'", "discounts[0][coupon]"),
        (
            {"coupon": once},
            "coupon_expired",
            f"Coupon {once} is used up and cannot be applied.",
            "coupon",
        ),
        (
            {"discounts[0][coupon]": other},
            "coupon_applies_to_nothing",
            "This coupon cannot be redeemed because it does not apply to anything in this order.",
            "discounts[0][coupon]",
        ),
        (
            {"promotion_code": first},
            "promotion_code_customer_not_first_time",
            "This promotion code cannot be redeemed because the associated customer has prior transactions.",
            "promotion_code",
        ),
        (
            {"discounts[0][promotion_code]": big},
            None,
            "This promotion code cannot be redeemed because the associated purchase does not meet the minimum amount"
            " requirement.",
            "discounts[0][promotion_code]",
        ),
    ):
        refused = error(http.post("/v1/subscriptions", data=base | data))
        assert (refused.get("code"), refused["message"], refused["param"]) == (code, message, param)
    assert len(asked(http, "GET", "/v1/subscriptions", customer=customer)["data"]) == 1


def test_a_customer_s_own_discount(http: httpx.Client, shop: Shop) -> None:
    coupon = made(http.post("/v1/coupons", data={"amount_off": "200", "currency": "eur", "duration": "forever"}))
    customer = shop.customer(coupon=coupon)
    shown = asked(http, "GET", f"/v1/customers/{customer}")
    assert shown["discount"]["source"]["coupon"] == coupon
    assert asked(http, "GET", f"/v1/customers/{customer}/discount") == shown["discount"]
    shop.subscription(customer, quantity=1)
    (billed,) = asked(http, "GET", "/v1/invoices", customer=customer, **{"expand[]": "data.discounts"})["data"]
    assert (billed["subtotal"], billed["total"]) == (1200, 1000)
    assert billed["discounts"][0]["id"] == shown["discount"]["id"]
    assert asked(http, "DELETE", f"/v1/customers/{customer}/discount")["deleted"]
    assert error(http.delete(f"/v1/customers/{customer}/discount"), 404)["code"] == "resource_missing"
    assert asked(http, "GET", f"/v1/customers/{customer}")["discount"] is None


def test_an_invoice_by_hand_is_discounted_through_the_official_sdk(shop: Shop) -> None:
    client = stripe.StripeClient(shop.key, base_addresses={"api": shop.server.url}, http_client=CheckedClient())
    v1: Any = client.v1
    half = v1.coupons.create({"percent_off": 50, "duration": "once", "name": "Half"})
    three = v1.coupons.create({"amount_off": 300, "currency": "eur", "duration": "once"})
    customer = v1.customers.create({"email": "draft@example.com"})
    draft = v1.invoices.create({"customer": customer.id, "currency": "eur", "discounts": [{"coupon": half.id}]})
    of_draft = {"customer": customer.id, "invoice": draft.id, "currency": "eur"}
    item = v1.invoice_items.create(
        {**of_draft, "amount": 1000, "discounts": [{"coupon": three.id}], "expand": ["discounts"]}
    )
    (own,) = item.discounts
    assert (item.discountable, own.source.coupon, own.invoice_item) == (True, three.id, item.id)
    v1.invoice_items.create({**of_draft, "amount": 500, "discountable": False})
    invoice = v1.invoices.finalize_invoice(draft.id, {"expand": ["total_discount_amounts.discount"]})
    assert (invoice.subtotal, invoice.total) == (1500, 850)
    taken = {
        each.discount.source.coupon: (each.amount, each.discount.invoice_item)
        for each in invoice.total_discount_amounts
    }
    assert taken == {three.id: (300, item.id), half.id: (350, None)}
    v1.invoice_items.create({"customer": customer.id, "amount": 800, "currency": "eur"})
    preview = v1.invoices.create_preview({"customer": customer.id, "discounts": [{"coupon": half.id}]})
    assert (preview.subtotal, preview.total) == (800, 400)
    http = shop.http()
    gone = error(http.post("/v1/invoices", data={"customer": customer.id, "discounts[0][coupon]": "nowhere"}))
    assert (gone["code"], gone["param"]) == ("resource_missing", "discounts[0][coupon]")
