"""Prices with tiers, in packages and in several currencies, through Stripe's API: made, shown, billed, refused."""

from typing import Any

import httpx
from api_server import Shop
from stripe_openapi import faults

SEATS = {
    "billing_scheme": "tiered",
    "tiers_mode": "graduated",
    "recurring[interval]": "month",
    "tiers[0][up_to]": "5",
    "tiers[0][unit_amount]": "700",
    "tiers[1][up_to]": "inf",
    "tiers[1][unit_amount_decimal]": "500",
    "tiers[1][flat_amount]": "0",
}


def asked(http: httpx.Client, method: str, path: str, **data: str) -> dict[str, Any]:
    """The answer, after Stripe's document has judged it."""
    answer = http.request(method, path, data=data) if method == "POST" else http.get(path, params=data)
    body: dict[str, Any] = answer.json()
    assert answer.status_code == 200, body
    assert faults(method, path, answer.status_code, body) == []
    return body


async def test_tiers_are_shown_when_asked_for_and_billed(shop: Shop) -> None:
    with shop.http() as http:
        made = asked(http, "POST", "/v1/prices", product=shop.product, currency="eur", **SEATS)
        assert (made["billing_scheme"], made["tiers_mode"]) == ("tiered", "graduated")
        assert (made["unit_amount"], made["unit_amount_decimal"]) == (None, None)
        assert "tiers" not in made
        one = f"/v1/prices/{made['id']}"
        first, last = asked(http, "GET", one, **{"expand[]": "tiers"})["tiers"]
        assert (first["up_to"], first["unit_amount"], first["flat_amount"]) == (5, 700, None)
        assert (last["up_to"], last["unit_amount_decimal"], last["flat_amount"]) == (None, "500", 0)
        listed = asked(http, "GET", "/v1/prices", **{"expand[]": "data.tiers"})["data"]
        assert [len(each.get("tiers", ())) for each in listed] == [2, 0, 0]

        started = asked(
            http,
            "POST",
            "/v1/subscriptions",
            customer=shop.customer(),
            **{"items[0][price]": made["id"], "items[0][quantity]": "8"},
            **{
                "expand[0]": "latest_invoice",
                "expand[1]": "items.data.price.tiers",
                "expand[2]": "items.data.plan.tiers",
            },
        )
        (item,) = started["items"]["data"]
        assert item["price"]["tiers"] == item["plan"]["tiers"] == [first, last]
        (line,) = started["latest_invoice"]["lines"]["data"]
        assert (line["amount"], line["quantity"], line["description"]) == (5000, 8, "8 × Team")
        assert line["pricing"]["unit_amount_decimal"] is None
        changed = asked(
            http,
            "POST",
            f"/v1/subscriptions/{started['id']}",
            proration_behavior="always_invoice",
            **{"items[0][id]": item["id"], "items[0][quantity]": "12", "expand[]": "latest_invoice"},
        )
        assert changed["latest_invoice"]["total"] == 2000
        again = asked(http, "POST", one, nickname="Seats", **{"expand[]": "tiers"})
        assert (again["nickname"], again["tiers"]) == ("Seats", [first, last])


async def test_packages_and_further_currencies(shop: Shop) -> None:
    package = {
        "unit_amount": "400",
        "recurring[interval]": "month",
        "transform_quantity[divide_by]": "10",
        "transform_quantity[round]": "up",
    }
    dollars = {"currency_options[usd][unit_amount]": "500", "currency_options[usd][tax_behavior]": "exclusive"}
    with shop.http() as http:
        made = asked(http, "POST", "/v1/prices", product=shop.product, currency="eur", **package, **dollars)
        assert made["transform_quantity"] == {"divide_by": 10, "round": "up"}
        assert "currency_options" not in made
        one = f"/v1/prices/{made['id']}"
        yen = {"currency_options[jpy][unit_amount]": "60", "expand[]": "currency_options"}
        options = asked(http, "POST", one, **yen)["currency_options"]
        assert {each: option["unit_amount"] for each, option in options.items()} == {"eur": 400, "jpy": 60, "usd": 500}
        assert options["usd"]["tax_behavior"] == "exclusive"
        refused = http.post(one, data={"currency_options[jpy][unit_amount]": "70"}).json()["error"]
        assert refused["param"] == "currency_options[jpy]"

        items = {"items[0][price]": made["id"], "items[0][quantity]": "21", "expand[]": "latest_invoice"}
        american = shop.customer()
        started = asked(http, "POST", "/v1/subscriptions", customer=american, currency="usd", **items)
        assert (started["currency"], started["latest_invoice"]["total"]) == ("usd", 1500)
        (line,) = started["latest_invoice"]["lines"]["data"]
        assert line["description"] == "21 × Team (at $5.00 per 10 units / month)"
        assert asked(http, "GET", f"/v1/customers/{american}")["currency"] == "usd"
        again = asked(http, "POST", "/v1/subscriptions", customer=american, **items)
        assert (again["currency"], again["latest_invoice"]["total"]) == ("usd", 1500)
        other = http.post(
            "/v1/subscriptions", data={"customer": american, "currency": "usd", "items[0][price]": shop.monthly}
        ).json()["error"]
        assert other["message"] == (
            "The price specified only supports `eur`. This doesn't match the expected currency: `usd`."
        )
        product = asked(
            http,
            "POST",
            "/v1/products",
            name="Everywhere",
            **{"default_price_data[currency]": "eur", "default_price_data[unit_amount]": "100"},
            **{"default_price_data[currency_options][usd][unit_amount]": "120", "expand[]": "default_price"},
        )
        default = f"/v1/prices/{product['default_price']['id']}"
        assert set(asked(http, "GET", default, **{"expand[]": "currency_options"})["currency_options"]) == {
            "eur",
            "usd",
        }


REFUSED: tuple[tuple[dict[str, str | None], str | None, str, str], ...] = (
    ({"tiers[1][up_to]": "9"}, None, "tiers[1][up_to]", "The last tier must have `up_to` set to `inf`."),
    ({"tiers[0][up_to]": "inf"}, None, "tiers[0][up_to]", "Only the last tier can have `up_to` set to `inf`."),
    (
        {"tiers[1][up_to]": "5", "tiers[2][up_to]": "inf", "tiers[2][unit_amount]": "1"},
        None,
        "tiers[1][up_to]",
        "Each tier must have an `up_to` that is greater than that of the tier before it.",
    ),
    ({"tiers[2][up_to]": "inf"}, None, "tiers[2]", "An entry in the tiers array is missing an amount."),
    (
        {"unit_amount": "700"},
        "parameters_exclusive",
        "tiers",
        "You may only specify one of these parameters: tiers, unit_amount.",
    ),
    (
        {"transform_quantity[divide_by]": "10", "transform_quantity[round]": "up"},
        "parameters_exclusive",
        "tiers",
        "You may only specify one of these parameters: tiers, transform_quantity.",
    ),
    ({"tiers_mode": None}, "parameter_missing", "tiers_mode", "Missing required param: tiers_mode."),
    (
        {"billing_scheme": "per_unit", "unit_amount": "1"},
        None,
        "tiers",
        "`tiers` requires `billing_scheme` to be set to `tiered`.",
    ),
    (
        {"tiers[0][unit_amount_decimal]": "1"},
        "parameters_exclusive",
        "tiers[0][unit_amount]",
        "Received both tiers[0][unit_amount] and tiers[0][unit_amount_decimal] parameters. Please pass in only one.",
    ),
    ({"currency_options[xyz][unit_amount]": "1"}, None, "currency_options[xyz]", "Invalid currency: xyz."),
)


async def test_prices_that_are_refused_in_stripes_words(shop: Shop) -> None:
    with shop.http() as http:
        for change, code, param, message in REFUSED:
            given = {"product": shop.product, "currency": "eur", **SEATS, **change}
            if change.keys() == {"tiers[2][up_to]"}:
                given["tiers[1][up_to]"] = "9"
            answer = http.post("/v1/prices", data={name: value for name, value in given.items() if value is not None})
            assert answer.status_code == 400
            error = answer.json()["error"]
            assert (error.get("code"), error["param"], error["message"]) == (code, param, message)
        assert len(http.get("/v1/prices").json()["data"]) == 2
