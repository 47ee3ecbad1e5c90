"""The tenant's own reasons and its offers to stay through the API, with the official SDK."""

from typing import Any

import httpx
import pytest
import stripe
from api_server import Shop


def client_of(shop: Shop) -> Any:
    plain = stripe.HTTPXClient(allow_sync_methods=True, verify_ssl_certs=False)
    return stripe.StripeClient(shop.key, base_addresses={"api": shop.server.url}, http_client=plain).v1


def error(answer: httpx.Response) -> tuple[int, str | None, str | None]:
    body = answer.json()["error"]
    return answer.status_code, body.get("code"), body.get("param")


def test_reasons_of_the_tenants_own(shop: Shop) -> None:
    v1 = client_of(shop)
    options = v1.billing.feedback_options
    moved = options.create({"description": "We moved office"})
    assert (moved.object, moved.status, moved.livemode) == ("billing.feedback_option", "active", True)
    assert moved.status_transitions.deactivated_at is None
    assert options.update(moved.id, {"description": "Wir ziehen um ☃"}).description == "Wir ziehen um ☃"
    assert options.retrieve(moved.id).description == "Wir ziehen um ☃"
    closed = options.create({"description": "x" * 100})
    assert [each.id for each in options.list({"limit": 1}).data] == [closed.id]
    for wrong in ({"description": "x" * 101}, {"description": "  "}, {}):
        with pytest.raises(stripe.InvalidRequestError) as refused:
            options.create(wrong)
        assert refused.value.param == "description"
    gone = options.deactivate(closed.id)
    assert (gone.status, gone.status_transitions.deactivated_at is None) == ("inactive", False)
    with pytest.raises(stripe.InvalidRequestError):
        options.deactivate(closed.id)
    assert [each.id for each in options.list({"status": "active"}).data] == [moved.id]
    with pytest.raises(stripe.InvalidRequestError) as missing:
        options.retrieve("fo_none")
    assert (missing.value.http_status, missing.value.code) == (404, "resource_missing")

    subscription = shop.subscription(shop.customer())
    why = {"cancellation_details": {"feedback_option": moved.id}, "cancel_at_period_end": True}
    told = v1.subscriptions.update(subscription, {**why, "expand": ["cancellation_details.feedback_option"]})
    assert told.cancellation_details.feedback_option.description == "Wir ziehen um ☃"
    with pytest.raises(stripe.InvalidRequestError) as unknown:
        v1.subscriptions.update(subscription, {"cancellation_details": {"feedback_option": "fo_none"}})
    assert unknown.value.param == "cancellation_details[feedback_option]"


def test_a_configuration_takes_reasons_pauses_and_offers(shop: Shop) -> None:
    options = client_of(shop).billing.feedback_options
    moved, closed = options.create({"description": "We moved"}).id, options.create({"description": "Closed"}).id
    options.deactivate(closed)
    at = "features[subscription_cancel]"
    reasons = f"{at}[cancellation_reason]"
    data = {
        f"{at}[enabled]": "true",
        f"{reasons}[enabled]": "true",
        f"{reasons}[feedback_options][0]": moved,
        "features[subscription_pause][enabled]": "true",
        "frontdesk[retention][enabled]": "true",
        "frontdesk[retention][after][0][offer][type]": "pause",
        "frontdesk[retention][after][0][offer][months]": "2",
        "frontdesk[retention][after][0][reasons][0]": moved,
    }
    with shop.http() as http:
        made = http.post("/v1/billing_portal/configurations", data=data).json()
        assert made["features"]["subscription_cancel"]["cancellation_reason"]["feedback_options"] == [moved]
        assert made["features"]["subscription_pause"]["enabled"] is True
        (rule,) = made["frontdesk"]["retention"]["after"]
        assert (rule["offer"]["months"], rule["reasons"]) == (2, [moved])
        one = f"/v1/billing_portal/configurations/{made['id']}"
        place = "features.subscription_cancel.cancellation_reason.feedback_options"
        whole = http.get(one, params={"expand[]": place}).json()
        (expanded,) = whole["features"]["subscription_cancel"]["cancellation_reason"]["feedback_options"]
        assert (expanded["object"], expanded["description"]) == ("billing.feedback_option", "We moved")
        listed = http.get("/v1/billing_portal/configurations", params={"expand[]": f"data.{place}"}).json()["data"]
        reasons_of = [each["features"]["subscription_cancel"]["cancellation_reason"] for each in listed]
        assert [expanded] in [each["feedback_options"] for each in reasons_of]
        assert http.get(one, params={"expand[]": f"{place}.description"}).status_code == 400
        for field, value, code in (
            (f"{reasons}[feedback_options][0]", closed, "resource_missing"),
            ("frontdesk[retention][before][0][offer][type]", "coupon", None),
            ("features[subscription_pause][duration][type]", "interval_options", None),
        ):
            asked = {field: value} | ({f"{reasons}[enabled]": "true"} if value == closed else {})
            status, found, param = error(http.post(one, data=asked))
            assert (status, found) == (400, code)
            assert param is not None
            assert field.startswith(param.rpartition("[")[0])
        assert http.post(one, data={"frontdesk[retention]": ""}).json()["frontdesk"]["retention"]["enabled"] is False
