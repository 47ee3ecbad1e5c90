"""Portal sessions with a flow through the official SDK: what is taken, how it is shown, and every way to be wrong."""

import asyncio
from typing import Any

import pytest
import stripe
from api_server import Shop
from stripe_openapi import CheckedClient

RETURN = "https://northbeam.example/account"


@pytest.fixture
def checked() -> CheckedClient:
    return CheckedClient()


@pytest.fixture
def v1(shop: Shop, checked: CheckedClient) -> Any:
    """The SDK with this shop's key. Every answer is held to Stripe's document."""
    return stripe.StripeClient(shop.key, base_addresses={"api": shop.server.url}, http_client=checked).v1


async def test_flows(shop: Shop, v1: Any) -> None:
    await asyncio.to_thread(_story, shop, v1)


def _story(shop: Shop, v1: Any) -> None:
    customer = shop.customer()
    subscription = shop.subscription(customer)
    item = v1.subscriptions.retrieve(subscription)["items"].data[0].id
    coupon = v1.coupons.create({"percent_off": 25, "duration": "forever"}).id
    offered = [{"product": shop.product, "prices": [shop.monthly, shop.yearly]}]
    features = {
        "customer_update": {"enabled": True, "allowed_updates": ["name"]},
        "subscription_cancel": {"enabled": True},
        "subscription_update": {
            "enabled": True,
            "default_allowed_updates": ["price", "quantity"],
            "products": offered,
        },
    }
    full = v1.billing_portal.configurations.create({"features": features}).id
    bare = v1.billing_portal.configurations.create({"features": {"invoice_history": {"enabled": True}}}).id

    def create(configuration: str = full, **flow: Any) -> Any:
        return v1.billing_portal.sessions.create(
            {"customer": customer, "configuration": configuration, "return_url": RETURN, "flow_data": flow}
        )

    def refused(configuration: str = full, **flow: Any) -> tuple[str, str | None, str | None]:
        with pytest.raises(stripe.InvalidRequestError) as error:
            create(configuration, **flow)
        assert error.value.http_status == 400
        return str(error.value.user_message), error.value.code, error.value.param

    # What is taken comes back under `flow`.
    named = {"subscription": subscription}
    retention = {"type": "coupon_offer", "coupon_offer": {"coupon": coupon}}
    flow = create(
        type="subscription_cancel",
        subscription_cancel=named | {"retention": retention},
        after_completion={"type": "redirect", "redirect": {"return_url": RETURN}},
    ).flow
    assert flow.type == "subscription_cancel"
    assert flow.subscription_cancel.retention.coupon_offer.coupon == coupon
    assert (flow.after_completion.type, flow.after_completion.redirect.return_url) == ("redirect", RETURN)
    assert flow.subscription_update is None
    change = {"id": item, "price": shop.yearly, "quantity": 12}
    flow = create(
        type="subscription_update_confirm",
        subscription_update_confirm=named | {"items": [change], "discounts": [{"coupon": coupon}]},
        after_completion={"type": "hosted_confirmation", "hosted_confirmation": {"custom_message": "Thank you"}},
    ).flow
    assert flow.subscription_update_confirm.items[0].to_dict() == change
    assert flow.after_completion.hosted_confirmation.custom_message == "Thank you"
    assert create(type="subscription_update", subscription_update=named).flow.after_completion.type == (
        "hosted_confirmation"
    )
    # The document is older than this type of flow.
    given = {"customer": customer, "configuration": full, "flow_data[type]": "customer_update"}
    given["flow_data[after_completion][type]"] = "portal_homepage"
    with shop.http() as http:
        flow = http.post("/v1/billing_portal/sessions", data=given).json()["flow"]
    assert (flow["type"], flow["after_completion"]["type"]) == ("customer_update", "portal_homepage")
    later = 4_102_444_800
    recovered = v1.billing_portal.sessions.create(
        {
            "customer": customer,
            "after_expiration": {"type": "customer_login", "customer_login": {"expires_at": later}},
            "locale": "zh-HK",
        }
    )
    assert recovered.after_expiration.customer_login.expires_at == later
    assert recovered.locale == "zh-HK"

    # What is not, is refused in Stripe's words.
    subject = "flow_data[{}][subscription]"
    assert refused(bare, type="subscription_update", subscription_update=named) == (
        "This subscription cannot be updated because the subscription update feature in the portal configuration is"
        " disabled.",
        None,
        None,
    )
    assert refused(bare, type="subscription_cancel", subscription_cancel=named)[0].endswith("is disabled.")
    assert refused(bare, type="customer_update")[0].endswith("is disabled.")
    assert "collects by invoice" in refused(type="payment_method_update")[0]
    unknown = refused(type="subscription_cancel", subscription_cancel={"subscription": "sub_none"})
    assert unknown == (
        "No such subscription: 'sub_none'",
        "resource_missing",
        subject.format("subscription_cancel"),
    )
    foreign = shop.subscription(shop.customer("else@example.com"))
    assert refused(type="subscription_update", subscription_update={"subscription": foreign}) == (
        f"No such subscription: '{foreign}'",
        "resource_missing",
        subject.format("subscription_update"),
    )
    at = "flow_data[subscription_update_confirm]"
    confirm = {"type": "subscription_update_confirm"}

    def confirming(*items: Any, **more: Any) -> dict[str, Any]:
        return confirm | {"subscription_update_confirm": named | {"items": list(items)} | more}

    same = refused(**confirming({"id": item, "price": shop.monthly, "quantity": 10}))
    assert same == (
        f"Cannot update the subscription `{subscription}` because there are no changes to confirm. Provide a different"
        " `price` or `quantity`.",
        None,
        f"{at}[items]",
    )
    assert refused(**confirming())[2] == f"{at}[items]"
    assert refused(**confirming(change, change))[2] == f"{at}[items]"
    assert refused(**confirming({"price": shop.yearly})) == (
        f"Missing required param: {at}[items][0][id].",
        "parameter_missing",
        f"{at}[items][0][id]",
    )
    assert refused(**confirming({"id": item, "price": "price_none"}))[1] == "resource_missing"
    dear = v1.prices.create(
        {"product": shop.product, "currency": "eur", "unit_amount": 1, "recurring": {"interval": "day"}}
    )
    assert "price" in refused(**confirming({"id": item, "price": dear.id}))[0]
    assert refused(**confirming(change, discounts=[{"coupon": "NONE"}])) == (
        "No such coupon: 'NONE'",
        "resource_missing",
        f"{at}[discounts][0][coupon]",
    )
    assert refused(**confirming(change, discounts=[{"coupon": coupon}] * 2))[2] == f"{at}[discounts]"
    nothing = {"type": "coupon_offer", "coupon_offer": {"coupon": "NONE"}}
    assert refused(type="subscription_cancel", subscription_cancel=named | {"retention": nothing}) == (
        "No such coupon: 'NONE'",
        "resource_missing",
        "flow_data[subscription_cancel][retention][coupon_offer][coupon]",
    )
    assert refused(type="subscription_cancel")[:2] == (
        "Missing required param: flow_data[subscription_cancel].",
        "parameter_missing",
    )
    both = {"subscription_cancel": named, "subscription_update": named}
    assert refused(type="subscription_cancel", **both)[1:] == ("parameter_unknown", "flow_data[subscription_update]")
    assert refused(type="party")[2] == "flow_data[type]"
    after = "flow_data[after_completion]"
    for wrong, param in (
        ({"type": "redirect"}, f"{after}[redirect]"),
        ({"type": "redirect", "redirect": {"return_url": "javascript:alert(1)"}}, f"{after}[redirect][return_url]"),
        ({"type": "portal_homepage", "redirect": {"return_url": RETURN}}, f"{after}[redirect]"),
        (
            {"type": "hosted_confirmation", "hosted_confirmation": {"custom_message": "x" * 501}},
            f"{after}[hosted_confirmation][custom_message]",
        ),
    ):
        assert refused(type="customer_update", after_completion=wrong)[2] == param
    v1.subscriptions.update(subscription, {"cancel_at_period_end": True})
    assert refused(type="subscription_cancel", subscription_cancel=named) == (
        f"The subscription `{subscription}` is already set to be canceled at period end.",
        None,
        subject.format("subscription_cancel"),
    )
    v1.subscriptions.cancel(subscription)
    assert refused(type="subscription_update", subscription_update=named)[0] == (
        "A subscription with the status `canceled` cannot be updated in the portal."
    )
    for params, param in (
        ({"on_behalf_of": "acct_1"}, "on_behalf_of"),
        ({"after_expiration": {"type": "customer_login", "customer_login": {"expires_at": 1}}}, None),
        ({"locale": "tlh"}, "locale"),
    ):
        with pytest.raises(stripe.InvalidRequestError) as error:
            v1.billing_portal.sessions.create({"customer": customer} | params)
        assert error.value.param == (param or "after_expiration[customer_login][expires_at]")
