"""Portal configurations through the API: every field and its way to be cleared, each refusal, deletion, the default."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
from api_server import Shop, made
from stripe_openapi import faults

PATH = "/v1/billing_portal/configurations"
OFF = {"features[invoice_history][enabled]": "true"}


def fields(**features: str) -> dict[str, str]:
    """Parameters of features, `__` between the names: `subscription_cancel__mode`."""
    return {f"features[{name.replace('__', '][')}]": value for name, value in features.items()}


def ask(http: httpx.Client, path: str, **data: str) -> dict[str, Any]:
    """A POST that must succeed, in Stripe's shape."""
    answer = http.post(path, data=data)
    body: dict[str, Any] = answer.json()
    assert answer.status_code == 200, body
    assert faults("POST", path, 200, body) == []
    return body


async def test_every_field_is_kept_and_an_empty_text_clears_it(shop: Shop) -> None:
    full = {
        "business_profile[headline]": "Northbeam",
        "business_profile[privacy_policy_url]": "https://northbeam.example/privacy",
        "business_profile[terms_of_service_url]": "https://northbeam.example/terms",
        "default_return_url": "https://northbeam.example/",
        "name": "Resellers",
        "metadata[team]": "billing",
        "features[customer_update][enabled]": "true",
        "features[customer_update][allowed_updates][0]": "name",
        "features[customer_update][allowed_updates][1]": "tax_id",
        "features[subscription_cancel][enabled]": "true",
        "features[subscription_cancel][mode]": "immediately",
        "features[subscription_cancel][proration_behavior]": "create_prorations",
        "features[subscription_cancel][cancellation_reason][enabled]": "true",
        "features[subscription_cancel][cancellation_reason][options][0]": "unused",
        "features[subscription_update][enabled]": "true",
        "features[subscription_update][default_allowed_updates][0]": "price",
        "features[subscription_update][default_allowed_updates][1]": "promotion_code",
        "features[subscription_update][products][0][product]": shop.product,
        "features[subscription_update][products][0][prices][0]": shop.monthly,
        "features[subscription_update][products][0][prices][1]": shop.yearly,
        "features[subscription_update][products][0][adjustable_quantity][enabled]": "true",
        "features[subscription_update][products][0][adjustable_quantity][minimum]": "2",
        "features[subscription_update][products][0][adjustable_quantity][maximum]": "9",
        "features[subscription_update][proration_behavior]": "always_invoice",
        "features[subscription_update][billing_cycle_anchor]": "now",
        "features[subscription_update][schedule_at_period_end][conditions][0][type]": "shortening_interval",
        "features[subscription_update][trial_update_behavior]": "continue_trial",
    }
    with shop.http() as http:
        made_ = ask(http, PATH, **full)
        update = made_["features"]["subscription_update"]
        assert made_["business_profile"]["headline"] == "Northbeam"
        assert (made_["name"], made_["metadata"], made_["is_default"]) == ("Resellers", {"team": "billing"}, False)
        assert update["products"][0]["adjustable_quantity"] == {"enabled": True, "maximum": 9, "minimum": 2}
        assert (update["billing_cycle_anchor"], update["trial_update_behavior"]) == ("now", "continue_trial")
        assert update["schedule_at_period_end"] == {"conditions": [{"type": "shortening_interval"}]}
        assert made_["features"]["invoice_history"] == {"enabled": False}, "what is left out is off"
        assert made_["login_page"] == {"enabled": False, "url": None}

        one = f"{PATH}/{made_['id']}"
        renamed = ask(http, one, name="Partners")
        assert {**renamed, "name": "", "updated": 0} == {**made_, "name": "", "updated": 0}, "what is left out stays"
        cleared = ask(
            http,
            one,
            name="",
            default_return_url="",
            metadata="",
            **{f"business_profile[{each}]": "" for each in made_["business_profile"]},
            **fields(
                customer_update__allowed_updates="",
                subscription_cancel__cancellation_reason__enabled="false",
                subscription_cancel__cancellation_reason__options="",
                subscription_update__default_allowed_updates="",
                subscription_update__products="",
                subscription_update__schedule_at_period_end__conditions="",
            ),
        )
        assert (cleared["name"], cleared["default_return_url"], cleared["metadata"]) == (None, None, {})
        assert set(cleared["business_profile"].values()) == {None}
        features = cleared["features"]
        assert features["customer_update"] == {"allowed_updates": [], "enabled": True}
        assert features["subscription_cancel"]["cancellation_reason"]["options"] == []
        assert (
            features["subscription_update"]["default_allowed_updates"],
            features["subscription_update"]["products"],
        ) == ([], [])
        assert features["subscription_update"]["schedule_at_period_end"] == {"conditions": []}


REFUSED: dict[str, tuple[dict[str, str], str, str | None, str | None]] = {
    "nothing": ({}, "Missing required param: features.", "parameter_missing", "features"),
    "a feature that does not say whether it is on": (
        fields(customer_update__allowed_updates__0="name"),
        "Missing required param: features[customer_update][enabled].",
        "parameter_missing",
        "features[customer_update][enabled]",
    ),
    "an unknown detail": (
        fields(customer_update__enabled="true", customer_update__allowed_updates__0="shoe_size"),
        "Invalid allowed_updates: must be one of address, email, name, phone, shipping, or tax_id",
        None,
        "features[customer_update][allowed_updates][0]",
    ),
    "an unknown mode": (
        fields(subscription_cancel__enabled="true", subscription_cancel__mode="tomorrow"),
        "Invalid mode: must be one of at_period_end or immediately",
        None,
        "features[subscription_cancel][mode]",
    ),
    "a cancellation that is invoiced at once": (
        fields(subscription_cancel__enabled="true", subscription_cancel__proration_behavior="always_invoice"),
        "`always_invoice` is not supported for cancellations. Use `none` or `create_prorations`.",
        None,
        "features[subscription_cancel][proration_behavior]",
    ),
    "payment methods that the backend has not": (
        fields(payment_method_update__enabled="true"),
        "Payment methods cannot be updated with this billing backend: it collects by invoice and keeps none."
        " Subscription updates can be enabled without.",
        None,
        "features[payment_method_update][enabled]",
    ),
    "methods of another kind": (
        fields(payment_method_update__enabled="false", payment_method_update__payment_method_configuration="pmc_1"),
        "No such payment_method_configuration: 'pmc_1'",
        "resource_missing",
        "features[payment_method_update][payment_method_configuration]",
    ),
    "a headline that is too long": (
        OFF | {"business_profile[headline]": "x" * 61},
        "The headline must be at most 60 characters.",
        None,
        "business_profile[headline]",
    ),
    "an address that is none": (
        OFF | {"default_return_url": "javascript:alert(1)"},
        "Not a valid URL",
        "url_invalid",
        "default_return_url",
    ),
    "a product that does not exist": (
        fields(
            subscription_update__enabled="true",
            subscription_update__products__0__product="prod_none",
            subscription_update__products__0__prices__0="price_none",
        ),
        "No such product: 'prod_none'",
        "resource_missing",
        "features[subscription_update][products][0][product]",
    ),
    "what only an update takes": (
        OFF | {"active": "false"},
        "Received unknown parameter: active",
        "parameter_unknown",
        "active",
    ),
    "a block that is ours and not there": (
        OFF | {"frontdesk[telepathy][enabled]": "true"},
        "Received unknown parameter: frontdesk[telepathy]",
        "parameter_unknown",
        "frontdesk[telepathy]",
    ),
}


async def test_what_cannot_be_is_refused_in_stripes_words_and_nothing_is_stored(shop: Shop) -> None:
    with shop.http() as http:
        before = http.get(PATH).json()["data"]
        for name, (data, message, code, param) in REFUSED.items():
            answer = http.post(PATH, data=data)
            error = answer.json()["error"]
            found = (answer.status_code, error["type"], error["message"], error.get("code"), error.get("param"))
            assert found == (400, "invalid_request_error", message, code, param), name
        assert http.get(PATH).json()["data"] == before


async def test_more_than_ten_products_and_two_prices_of_one_interval_are_refused(shop: Shop) -> None:
    at = "features[subscription_update][products]"
    with shop.http() as http:
        again = made(
            http.post(
                "/v1/prices",
                data={"product": shop.product, "currency": "eur", "unit_amount": "5", "recurring[interval]": "month"},
            )
        )
        on = {"features[subscription_update][enabled]": "true", f"{at}[0][product]": shop.product}
        twice = http.post(PATH, data=on | {f"{at}[0][prices][0]": shop.monthly, f"{at}[0][prices][1]": again})
        assert twice.json()["error"]["message"] == (
            f"The product `{shop.product}` has two prices with the same `recurring.interval`. Offer one of them."
        )
        many = {f"{at}[{each}][product]": shop.product for each in range(11)}
        many |= {f"{at}[{each}][prices][0]": shop.monthly for each in range(11)}
        error = http.post(PATH, data=on | many).json()["error"]
        assert (error["message"], error["param"]) == (
            "At most 10 products can be offered in a portal configuration.",
            at,
        )


async def test_the_default_is_chosen_and_what_is_not_the_default_can_be_deleted(shop: Shop) -> None:
    with shop.http() as http:
        (first,) = http.get(PATH, params={"is_default": "true"}).json()["data"]
        made_ = ask(http, PATH, **OFF)
        one, other = f"{PATH}/{made_['id']}", f"{PATH}/{first['id']}"
        for path, data in ((other, {"active": "false"}), (other, {"is_default": "false"})):
            refused = http.post(path, data=data).json()["error"]
            assert "default" in refused["message"]
            assert refused["param"] == next(iter(data))
        assert http.delete(other).json()["error"]["message"].startswith("The default configuration cannot be deleted.")

        assert ask(http, one, active="false")["active"] is False
        assert "is inactive" in http.post(one, data={"is_default": "true"}).json()["error"]["message"]
        assert [each["id"] for each in http.get(PATH, params={"active": "false"}).json()["data"]] == [made_["id"]]
        chosen = ask(http, one, active="true", is_default="true")
        assert (chosen["active"], chosen["is_default"]) == (True, True)
        assert http.get(other).json()["is_default"] is False
        assert [each["id"] for each in http.get(PATH, params={"is_default": "true"}).json()["data"]] == [made_["id"]]
        customer = shop.customer()
        session = http.post("/v1/billing_portal/sessions", data={"customer": customer}).json()
        assert session["configuration"] == made_["id"]

        link = first["login_page"]["url"]
        assert http.get(link).status_code == 200, "another default leaves the link of the former one alone"
        old = http.post("/v1/billing_portal/sessions", data={"customer": customer, "configuration": first["id"]}).json()
        gone = http.delete(other)
        assert gone.json() == {"id": first["id"], "object": "billing_portal.configuration", "deleted": True}
        assert http.get(other).status_code == http.delete(other).status_code == http.post(other).status_code == 404
        assert [each["id"] for each in http.get(PATH).json()["data"]] == [made_["id"]]
        named = http.post("/v1/billing_portal/sessions", data={"customer": customer, "configuration": first["id"]})
        assert named.json()["error"]["message"] == f"No such configuration: '{first['id']}'"
        assert http.get(link).status_code == 404
        assert http.get(old["url"]).status_code != 303, "nobody comes in under what was deleted"


async def test_however_many_choose_a_default_at_once_there_is_one(shop: Shop) -> None:
    with shop.http() as http, ThreadPoolExecutor(max_workers=4) as crowd:
        (first,) = http.get(PATH, params={"is_default": "true"}).json()["data"]
        others = [made(http.post(PATH, data=OFF)) for _ in range(3)]
        # Whoever changes another field meanwhile must not bring back what was the default when they read it.
        asked = [({"is_default": "true"}, id_) for id_ in (*others, first["id"])] * 2
        asked += [({"name": "Renamed"}, id_) for id_ in (*others, first["id"])]
        answers = list(crowd.map(lambda each: http.post(f"{PATH}/{each[1]}", data=each[0]).status_code, asked))
        assert answers == [200] * len(asked)
        found = http.get(PATH).json()["data"]
    assert [each["is_default"] for each in found].count(True) == 1
    assert {each["name"] for each in found} == {"Renamed"}
