"""What the API makes of subscriptions, customers and portal settings: the meaning behind the shapes."""

import httpx
from api_server import Shop, made

from frontdesk_tenants.tenancy import Tenancy


def _error(answer: httpx.Response) -> dict[str, str]:
    assert answer.status_code == 400, answer.text
    error: dict[str, str] = answer.json()["error"]
    return error


def test_how_it_is_collected(shop: Shop) -> None:
    customer = shop.customer()
    data = {"customer": customer, "items[0][price]": shop.monthly}
    with shop.http() as http:
        error = _error(http.post("/v1/subscriptions", data=data | {"collection_method": "charge_automatically"}))
        assert error["param"] == "collection_method"
        assert "charge_automatically" in error["message"]
        explicit = http.post("/v1/subscriptions", data=data | {"collection_method": "send_invoice"}).json()
        assert (explicit["collection_method"], explicit["days_until_due"]) == ("send_invoice", 14)
        one = f"/v1/subscriptions/{explicit['id']}"
        error = _error(http.post(one, data={"collection_method": "charge_automatically"}))
        assert error["param"] == "collection_method"
        error = _error(http.post("/v1/subscriptions", data=data | {"billing_thresholds[amount_gte]": "1"}))
        assert error["message"].endswith(" not available yet."), error
        # Asking for nothing is nothing to refuse.
        none = {"trial_period_days": "0", "automatic_tax[enabled]": "false", "discounts": "", "off_session": "true"}
        assert http.post("/v1/subscriptions", data=data | none).status_code == 200


def test_an_update_happens_as_a_whole_or_not_at_all(shop: Shop) -> None:
    subscription = shop.subscription(shop.customer())
    with shop.http() as http:
        before = http.get(f"/v1/subscriptions/{subscription}").json()
        data = {"metadata[a]": "b", "items[0][id]": before["items"]["data"][0]["id"], "items[0][price]": "price_never"}
        error = _error(http.post(f"/v1/subscriptions/{subscription}", data=data))
        assert (error["code"], error["param"]) == ("resource_missing", "items[0][price]")
        assert http.get(f"/v1/subscriptions/{subscription}").json() == before
        data |= {"items[0][price]": shop.yearly, "cancel_at_period_end": "true", "description": "By the year"}
        after = http.post(f"/v1/subscriptions/{subscription}", data=data).json()
        assert (after["metadata"], after["description"]) == ({"a": "b"}, "By the year")
        assert after["items"]["data"][0]["price"]["id"] == shop.yearly
        assert after["cancel_at"] == after["items"]["data"][0]["current_period_end"]


def test_a_proration_date_lies_in_the_period_and_not_in_the_future(shop: Shop) -> None:
    subscription = shop.subscription(shop.customer())
    one = f"/v1/subscriptions/{subscription}"
    with shop.http() as http:
        item = http.get(one).json()["items"]["data"][0]
        change = {"items[0][id]": item["id"], "items[0][quantity]": "20", "proration_behavior": "always_invoice"}
        for outside in (item["current_period_start"] - 1, item["current_period_end"]):
            error = _error(http.post(one, data=change | {"proration_date": str(outside)}))
            assert error["message"] == "Cannot specify a proration date outside of current subscription period"
        later = item["current_period_start"] + 86_400
        assert _error(http.post(one, data=change | {"proration_date": str(later)}))["param"] == "proration_date"
        http.post(one, data=change | {"proration_date": str(item["current_period_start"])})
        invoices = http.get("/v1/invoices", params={"subscription": subscription}).json()["data"]
        (update,) = [each for each in invoices if each["billing_reason"] == "subscription_update"]
        # As of the period's first second ten more seats cost ten whole months.
        assert update["total"] == 12_000


def test_ended_subscriptions(shop: Shop) -> None:
    subscription = shop.subscription(shop.customer())
    one = f"/v1/subscriptions/{subscription}"
    with shop.http() as http:
        given = {"cancellation_details[comment]": "Too far away", "cancellation_details[feedback]": "other"}
        over = http.request("DELETE", one, params=given).json()
        assert over["cancellation_details"] == {
            "comment": "Too far away",
            "feedback": "other",
            "feedback_option": None,
            "reason": "cancellation_requested",
        }
        again = http.delete(one)
        assert (again.status_code, again.json()["error"]["code"]) == (404, "resource_missing")
        assert http.post(one, data={"metadata[a]": "b"}).json()["metadata"] == {"a": "b"}
        error = _error(http.post(one, data={"cancel_at_period_end": "true"}))
        assert error["message"] == "A canceled subscription can only update its cancellation_details and metadata."


def test_min_period_end_is_the_periods_end(shop: Shop) -> None:
    one = f"/v1/subscriptions/{shop.subscription(shop.customer())}"
    with shop.http() as http:
        ending = http.post(one, data={"cancel_at": "min_period_end"}).json()
        assert ending["cancel_at"] == ending["items"]["data"][0]["current_period_end"]
        assert http.post(one, data={"cancel_at": ""}).json()["cancel_at"] is None
        assert _error(http.post(one, data={"cancel_at": "1000000000"}))["param"] == "cancel_at"


def test_only_what_was_paid_outside_is_paid(shop: Shop) -> None:
    shop.subscription(shop.customer())
    with shop.http() as http:
        (invoice,) = http.get("/v1/invoices").json()["data"]
        pay = f"/v1/invoices/{invoice['id']}/pay"
        for data in ({}, {"payment_method": "pm_1"}, {"paid_out_of_band": "false"}):
            assert "Charging an invoice is not available yet" in _error(http.post(pay, data=data))["message"]
        assert http.post(pay, data={"paid_out_of_band": "true"}).json()["status"] == "paid"
        assert _error(http.post(pay, data={"paid_out_of_band": "true"}))["message"] == "Invoice is already paid"


def test_metadata(shop: Shop) -> None:
    with shop.http() as http:
        one = f"/v1/customers/{shop.customer(**{'metadata[a]': '1', 'metadata[b]': '2'})}"
        assert http.post(one, data={"metadata[a]": "", "metadata[c]": "3"}).json()["metadata"] == {"b": "2", "c": "3"}
        assert http.post(one, data={"metadata": ""}).json()["metadata"] == {}
        many = {f"metadata[key{number}]": "v" for number in range(51)}
        assert http.post(one, data=many).status_code == 400


def test_clearing_and_replacing_details(shop: Shop) -> None:
    with shop.http() as http:
        one = f"/v1/customers/{shop.customer(name='Jenny', phone='+49 40 1', **{'address[city]': 'Hamburg'})}"
        changed = http.post(one, data={"name": "", "phone": "", "address[line1]": "Am Speicher 4"}).json()
        assert (changed["name"], changed["phone"]) == (None, None)
        assert (changed["address"]["line1"], changed["address"]["city"]) == ("Am Speicher 4", None)
        assert http.post(one, data={"address": ""}).json()["address"] is None
        assert _error(http.post(one, data={"address[country]": "Atlantis"}))["param"] == "address[country]"


def test_the_same_change_under_both_names(shop: Shop) -> None:
    customer = shop.customer()
    account = "acct_" + customer.removeprefix("cus_")
    with shop.http() as http:
        changed = http.post(f"/v2/core/accounts/{account}", json={"contact_email": "new@example.com"}).json()
        assert changed["contact_email"] == "new@example.com"
        assert http.get(f"/v1/customers/{customer}").json()["email"] == "new@example.com"
        http.delete(f"/v1/customers/{customer}")
        assert http.get(f"/v2/core/accounts/{account}").json()["closed"] is True
        assert http.post(f"/v2/core/accounts/{account}", json={}).status_code == 404
        assert http.get(f"/v2/core/accounts/{customer}").status_code == 404


def test_lookup_keys_move_only_when_asked(shop: Shop) -> None:
    with shop.http() as http:
        http.post(f"/v1/prices/{shop.monthly}", data={"lookup_key": "team"})
        terms = {"product": shop.product, "currency": "eur", "unit_amount": "1400", "lookup_key": "team"}
        assert _error(http.post("/v1/prices", data=terms))["param"] == "lookup_key"
        new = made(http.post("/v1/prices", data=terms | {"transfer_lookup_key": "true"}))
        assert http.get(f"/v1/prices/{shop.monthly}").json()["lookup_key"] is None
        assert http.get(f"/v1/prices/{new}").json()["lookup_key"] == "team"


def test_a_product_with_prices_is_not_deleted(shop: Shop) -> None:
    with shop.http() as http:
        message = _error(http.delete(f"/v1/products/{shop.product}"))["message"]
        assert message == "This product cannot be deleted because it has one or more user-created prices."
        own = made(http.post("/v1/products", data={"id": "prod-own.1", "name": "Own"}))
        assert own == "prod-own.1"
        assert _error(http.post("/v1/products", data={"id": own, "name": "Own"}))["code"] == "resource_already_exists"
        http.delete(f"/v1/products/{own}")
        assert http.get(f"/v1/products/{own}").status_code == 404


def test_portal_configurations(shop: Shop) -> None:
    all_of_them = "/v1/billing_portal/configurations"
    with shop.http() as http:
        assert _error(http.post(all_of_them))["message"] == "Missing required param: features."
        history = {"features[invoice_history][enabled]": "true"}
        made_one = http.post(all_of_them, data=history).json()
        assert made_one["features"]["customer_update"]["enabled"] is False
        assert made_one["login_page"] == {"enabled": False, "url": None}
        one = f"{all_of_them}/{made_one['id']}"
        switched = http.post(one, data={"login_page[enabled]": "true"}).json()["login_page"]["url"]
        http.post(one, data={"login_page[enabled]": "false"})
        assert http.post(one, data={"login_page[enabled]": "true"}).json()["login_page"]["url"] == switched
        missing = {"features[payment_method_update][enabled]": "true"}
        assert _error(http.post(one, data=missing))["param"] == "features[payment_method_update][enabled]"
        long = {"business_profile[headline]": "x" * 61}
        assert _error(http.post(one, data=long))["param"] == "business_profile[headline]"
        assert http.post(one, data={"active": "false"}).json()["active"] is False
        session = {"customer": shop.customer(), "configuration": made_one["id"]}
        assert _error(http.post("/v1/billing_portal/sessions", data=session))["param"] == "configuration"
        (default,) = http.get(all_of_them, params={"is_default": "true"}).json()["data"]
        assert _error(http.post(f"{all_of_them}/{default['id']}", data={"active": "false"}))["param"] == "active"


def test_return_addresses(shop: Shop) -> None:
    customer = shop.customer()
    with shop.http() as http:
        for bad in ("javascript:alert(1)", "//evil.example", "northbeam", "https://", "https://a b"):
            data = {"customer": customer, "return_url": bad}
            error = _error(http.post("/v1/billing_portal/sessions", data=data))
            assert (error["code"], error["param"]) == ("url_invalid", "return_url"), bad


async def test_the_audit_names_the_key_and_the_request(shop: Shop, tenancy: Tenancy) -> None:
    with shop.http() as http:
        answer = http.post("/v1/customers", data={"email": "jenny@example.com"})
    async with tenancy.at(shop.tenant.live.door) as (connection, _):
        found = await connection.exec_driver_sql(
            "SELECT actor_kind, actor, action, request_id FROM audit WHERE object = %s", (answer.json()["id"],)
        )
        ((kind, actor, action, request_id),) = found.all()
    assert (kind, action, request_id) == ("api", "CreateCustomer", answer.headers["request-id"])
    assert actor.startswith("key_")


def test_time_in_a_subscriptions_life(shop: Shop) -> None:
    """Trials, anchors, beginnings in the past and ends at an instant, as Stripe's clients ask for them."""
    day = 86_400
    data = {"customer": shop.customer(), "items[0][price]": shop.monthly}
    with shop.http() as http:
        trial = http.post("/v1/subscriptions", data=data | {"trial_period_days": "14", "expand[]": "latest_invoice"})
        body = trial.json()
        now, item = body["created"], body["items"]["data"][0]
        assert (body["status"], body["trial_start"], body["trial_end"]) == ("trialing", now, now + 14 * day)
        assert body["billing_cycle_anchor"] == item["current_period_end"] == body["trial_end"]
        invoice = body["latest_invoice"]
        assert (invoice["total"], invoice["status"], invoice["billing_reason"]) == (0, "paid", "subscription_create")
        assert invoice["lines"]["data"][0]["description"].startswith("Trial period for ")
        one = f"/v1/subscriptions/{body['id']}"
        longer = http.post(one, data={"trial_end": str(now + 20 * day)}).json()
        assert longer["billing_cycle_anchor"] == longer["trial_end"] == now + 20 * day
        over = http.post(one, data={"trial_end": "now", "expand[]": "latest_invoice"}).json()
        assert (over["status"], over["latest_invoice"]["total"]) == ("active", 1_200)

        ahead = http.post("/v1/subscriptions", data=data | {"billing_cycle_anchor": str(now + 10 * day)}).json()
        assert ahead["items"]["data"][0]["current_period_end"] == now + 10 * day
        config = {"billing_cycle_anchor_config[day_of_month]": "31", "billing_cycle_anchor_config[hour]": "0"}
        placed = http.post("/v1/subscriptions", data=data | config | {"proration_behavior": "none"}).json()
        assert placed["billing_cycle_anchor_config"] == {
            "day_of_month": 31,
            "hour": 0,
            "minute": None,
            "month": None,
            "second": None,
        }
        back = http.post("/v1/subscriptions", data=data | {"backdate_start_date": str(now - 40 * day)}).json()
        assert (back["start_date"], back["billing_cycle_anchor"]) == (now - 40 * day, back["created"])

        ending = http.post(one, data={"cancel_at": str(now + 5 * day)}).json()
        assert (ending["cancel_at"], ending["cancel_at_period_end"]) == (now + 5 * day, False)
        assert http.post(one, data={"cancel_at": ""}).json()["cancel_at"] is None

        for given, param in (
            ({"trial_end": str(now - day)}, "trial_end"),
            ({"trial_period_days": "731"}, "trial_period_days"),
            ({"billing_cycle_anchor": str(now + 40 * day)}, "billing_cycle_anchor"),
            ({"backdate_start_date": str(now + 40 * day)}, "backdate_start_date"),
            (
                {"trial_settings[end_behavior][missing_payment_method]": "wait"},
                "trial_settings[end_behavior][missing_payment_method]",
            ),
        ):
            error = _error(http.post("/v1/subscriptions", data=data | given))
            assert error["param"] == param


def test_pausing_and_resuming(shop: Shop) -> None:
    one = f"/v1/subscriptions/{shop.subscription(shop.customer())}"
    with shop.http() as http:
        assert "cannot be resumed because its status is `active`" in _error(http.post(f"{one}/resume"))["message"]
        none = {"bill_for[unused_time_from][type]": "none", "type": "subscription"}
        paused = http.post(f"{one}/pause", data=none | {"invoicing_behavior": "invoice"}).json()
        assert (paused["status"], paused["status_details"]["paused"]["type"]) == ("paused", "subscription")
        item = {"items[0][id]": paused["items"]["data"][0]["id"], "items[0][quantity]": "3"}
        assert "is paused. Resume it first." in _error(http.post(one, data=item))["message"]
        assert _error(http.post(f"{one}/pause"))["message"].endswith("is paused. Resume it first.")
        # The period is paid for still, so that nothing is billed again.
        unchanged = {"billing_cycle_anchor[type]": "unchanged", "proration_behavior": "always_invoice"}
        resumed = http.post(f"{one}/resume", data=unchanged).json()
        assert (resumed["status"], resumed["status_details"]) == ("active", None)
        assert len(http.get("/v1/invoices").json()["data"]) == 1
        http.post(f"{one}/pause", data={"invoicing_behavior": "invoice"})
        again = http.post(f"{one}/resume", data={"expand[]": "latest_invoice"}).json()
        assert again["latest_invoice"]["total"] == 12_000
        classic = {"customer": shop.customer(), "items[0][price]": shop.monthly, "billing_mode[type]": "classic"}
        other = http.post("/v1/subscriptions", data=classic).json()["id"]
        assert "needs the billing mode `flexible`" in _error(http.post(f"/v1/subscriptions/{other}/pause"))["message"]
