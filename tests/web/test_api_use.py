"""Prices that are billed by use, through Stripe's API: a meter, its events, and the invoice that has them."""

from typing import Any

import httpx
from api_server import Shop
from stripe_openapi import faults

METER = {
    "display_name": "Calls",
    "event_name": "call",
    "default_aggregation[formula]": "sum",
    "customer_mapping[event_payload_key]": "who",
    "customer_mapping[type]": "by_id",
    "value_settings[event_payload_key]": "calls",
}


def asked(http: httpx.Client, method: str, path: str, **data: str) -> dict[str, Any]:
    """The answer, after Stripe's document has judged it."""
    answer = http.request(method, path, data=data) if method == "POST" else http.get(path, params=data)
    body: dict[str, Any] = answer.json()
    assert answer.status_code == 200, body
    assert faults(method, path, answer.status_code, body) == []
    return body


def wrong(http: httpx.Client, path: str, **data: str) -> tuple[str | None, str | None]:
    """The code and the parameter of a refusal."""
    answer = http.post(path, data=data)
    assert answer.status_code == 400, answer.text
    error = answer.json()["error"]
    return error.get("code"), error.get("param")


async def test_use_is_metered_and_billed_when_its_subscription_ends(shop: Shop) -> None:
    with shop.http() as http:
        meter = asked(http, "POST", "/v1/billing/meters", **METER)
        one = f"/v1/billing/meters/{meter['id']}"
        assert (meter["status"], meter["default_aggregation"]) == ("active", {"formula": "sum"})
        assert wrong(http, "/v1/billing/meters", **METER) == (None, "event_name")
        amount = {"product": shop.product, "currency": "eur", "unit_amount": "3", "recurring[interval]": "month"}
        by_use = amount | {"recurring[usage_type]": "metered"}
        assert wrong(http, "/v1/prices", **by_use) == ("parameter_missing", "recurring[meter]")
        assert wrong(http, "/v1/prices", **amount, **{"recurring[meter]": meter["id"]}) == (None, "recurring[meter]")
        unknown = by_use | {"recurring[meter]": "mtr_x"}
        assert wrong(http, "/v1/prices", **unknown) == ("resource_missing", "recurring[meter]")
        price = asked(http, "POST", "/v1/prices", **by_use, **{"recurring[meter]": meter["id"]})
        assert (price["recurring"]["usage_type"], price["recurring"]["meter"]) == ("metered", meter["id"])

        customer = shop.customer()
        items = {"customer": customer, "items[0][price]": price["id"], "items[1][price]": shop.monthly}
        assert wrong(http, "/v1/subscriptions", **items, **{"items[0][quantity]": "2"}) == (None, "items[0][quantity]")
        started = asked(http, "POST", "/v1/subscriptions", **items, **{"expand[]": "latest_invoice"})
        assert started["latest_invoice"]["total"] == 1200
        assert ["quantity" in each for each in started["items"]["data"]] == [False, True]

        event = {"event_name": "call", "payload[who]": customer, "payload[calls]": "100", "identifier": "one"}
        counted = asked(http, "POST", "/v1/billing/meter_events", **event)
        assert (counted["identifier"], counted["payload"]) == ("one", {"who": customer, "calls": "100"})
        assert wrong(http, "/v1/billing/meter_events", **event) == ("duplicate_meter_event", "identifier")
        asked(http, "POST", "/v1/billing/meter_events", **event | {"identifier": "two", "payload[calls]": "37"})
        for change, param in (
            ({"payload[calls]": "-1"}, "payload[calls]"),
            ({"payload[calls]": "many"}, "payload[calls]"),
            ({"timestamp": "1600000000"}, "timestamp"),
            ({"timestamp": "4000000000"}, "timestamp"),
            ({"event_name": "nothing"}, "event_name"),
        ):
            assert wrong(http, "/v1/billing/meter_events", **event | {"identifier": "three"} | change)[1] == param
        nobody = event | {"payload[who]": "cus_x", "identifier": "three"}
        assert wrong(http, "/v1/billing/meter_events", **nobody) == ("resource_missing", "payload[who]")

        day = counted["created"] // 60 * 60
        span = {"customer": customer, "start_time": str(day - 3600), "end_time": str(day + 3600)}
        (summary,) = asked(http, "GET", f"{one}/event_summaries", **span)["data"]
        assert summary["aggregated_value"] == 137
        earlier = event | {"identifier": "old", "timestamp": str(counted["created"] - 86400), "payload[calls]": "5"}
        asked(http, "POST", "/v1/billing/meter_events", **earlier)
        midnight = counted["created"] // 86400 * 86400
        days = {"customer": customer, "start_time": str(midnight - 2 * 86400), "end_time": str(midnight + 86400)}
        days["value_grouping_window"] = "day"
        told = asked(http, "GET", f"{one}/event_summaries", **days)["data"]
        assert [(each["aggregated_value"], each["start_time"], each["end_time"]) for each in told] == [
            (137, midnight, midnight + 86400),
            (5, midnight - 86400, midnight),
        ]
        first = asked(http, "GET", f"{one}/event_summaries", **days, limit="1")
        assert (first["data"], first["has_more"]) == (told[:1], True)
        assert asked(http, "GET", f"{one}/event_summaries", **days, starting_after=told[0]["id"])["data"] == told[1:]
        hours = asked(http, "GET", f"{one}/event_summaries", **days | {"value_grouping_window": "hour"})["data"]
        assert {each["end_time"] - each["start_time"] for each in hours} == {3600}
        askew = http.get(f"{one}/event_summaries", params=days | {"end_time": str(midnight + 3600)}).json()["error"]
        assert askew["param"] == "end_time"
        over = http.delete(f"/v1/subscriptions/{started['id']}?invoice_now=true&expand[]=latest_invoice").json()
        assert over["latest_invoice"]["total"] == 411
        (line,) = over["latest_invoice"]["lines"]["data"]
        assert (line["amount"], line["quantity"]) == (411, 137)

        renamed = asked(http, "POST", one, display_name="API calls")
        assert renamed["display_name"] == "API calls"
        assert asked(http, "POST", f"{one}/deactivate")["status"] == "inactive"
        assert wrong(http, "/v1/billing/meter_events", **event | {"identifier": "four"}) == (None, "event_name")
        assert asked(http, "GET", "/v1/billing/meters", status="active")["data"] == []
        assert asked(http, "POST", f"{one}/reactivate")["status_transitions"] == {"deactivated_at": None}
        assert [each["id"] for each in asked(http, "GET", "/v1/billing/meters")["data"]] == [meter["id"]]
        assert asked(http, "GET", one) == asked(http, "GET", "/v1/billing/meters")["data"][0]
        told = asked(http, "GET", "/v1/events", type="billing.meter.*")["data"]
        acts = ["reactivated", "deactivated", "updated", "created"]
        assert [each["type"] for each in told] == [f"billing.meter.{act}" for act in acts]
        assert told[2]["data"]["previous_attributes"]["display_name"] == "Calls"
        assert [each["data"]["object"]["status"] for each in told] == ["active", "inactive", "active", "active"]


async def test_the_last_value_counts_and_an_event_is_taken_back(shop: Shop) -> None:
    with shop.http() as http:
        last = METER | {"default_aggregation[formula]": "last", "event_name": "seats"}
        meter = asked(http, "POST", "/v1/billing/meters", **last)
        amount = {"product": shop.product, "currency": "eur", "unit_amount": "100", "recurring[interval]": "month"}
        by_use = amount | {"recurring[usage_type]": "metered", "recurring[meter]": meter["id"]}
        price = asked(http, "POST", "/v1/prices", **by_use)
        customer = shop.customer()
        started = asked(http, "POST", "/v1/subscriptions", customer=customer, **{"items[0][price]": price["id"]})
        since = started["items"]["data"][0]["current_period_start"]
        for value in ("7", "3", "5"):
            event = {"event_name": "seats", "payload[who]": customer, "payload[calls]": value, "identifier": value}
            asked(http, "POST", "/v1/billing/meter_events", **event, timestamp=str(since))
        gone = {"event_name": "seats", "type": "cancel", "cancel[identifier]": "5"}
        adjustment = asked(http, "POST", "/v1/billing/meter_event_adjustments", **gone)
        assert (adjustment["status"], adjustment["cancel"]) == ("complete", {"identifier": "5"})
        summaries = f"/v1/billing/meters/{meter['id']}/event_summaries"
        start = since - since % 60
        span = {"customer": customer, "start_time": str(start), "end_time": str(start + 3600)}
        assert [each["aggregated_value"] for each in asked(http, "GET", summaries, **span)["data"]] == [3]
        for identifier in ("5", "none"):
            path = "/v1/billing/meter_event_adjustments"
            code, param = wrong(http, path, **gone | {"cancel[identifier]": identifier})
            assert (code, param) == ({"none": "resource_missing"}.get(identifier), "cancel[identifier]")
        again = {"event_name": "seats", "payload[who]": customer, "payload[calls]": "9", "identifier": "5"}
        assert wrong(http, "/v1/billing/meter_events", **again) == ("duplicate_meter_event", "identifier")
        over = http.request(
            "DELETE", f"/v1/subscriptions/{started['id']}", params={"invoice_now": "true", "expand[]": "latest_invoice"}
        )
        assert over.json()["latest_invoice"]["total"] == 300


async def test_use_of_somebody_who_has_no_subscription_yet_is_kept(shop: Shop) -> None:
    with shop.http() as http:
        asked(http, "POST", "/v1/billing/meters", **METER)
        event = {"event_name": METER["event_name"], "payload[who]": shop.customer(), "payload[calls]": "3"}
        counted = asked(http, "POST", "/v1/billing/meter_events", **event)
        gone = {"event_name": METER["event_name"], "type": "cancel", "cancel[identifier]": counted["identifier"]}
        asked(http, "POST", "/v1/billing/meter_event_adjustments", **gone)
        assert wrong(http, "/v1/billing/meter_event_adjustments", **gone) == (None, "cancel[identifier]")
