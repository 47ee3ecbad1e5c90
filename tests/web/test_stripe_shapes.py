"""Every object that the API answers with is what Stripe's OpenAPI document says, in every state that it can be in."""

import json
from typing import Any

import httpx
import stripe
from api_server import ApiServer, Shop, made
from sides import API
from stripe_openapi import faults, object_faults

from frontdesk import plan_changes
from frontdesk.commands import ChangePlan, ItemChange
from frontdesk_tenants.desks import open_desk
from frontdesk_tenants.tenancy import Tenancy

CONFIGURATION = {
    "features[customer_update][enabled]": "true",
    "features[customer_update][allowed_updates][]": "name",
    "features[invoice_history][enabled]": "true",
    "features[subscription_cancel][enabled]": "true",
    "features[subscription_cancel][mode]": "immediately",
    "features[subscription_update][enabled]": "true",
    "features[subscription_update][default_allowed_updates][0]": "price",
    "features[subscription_update][default_allowed_updates][1]": "quantity",
    "features[subscription_update][proration_behavior]": "always_invoice",
    "business_profile[headline]": "Northbeam",
    "default_return_url": "https://northbeam.example/",
    "login_page[enabled]": "true",
    "metadata[team]": "billing",
    "name": "Standard",
}


def asked(http: httpx.Client, method: str, path: str, **data: str) -> dict[str, Any]:
    """The answer, after Stripe's document has judged it."""
    given = {"params": data} if method != "POST" else {"data": data}
    answer = http.request(method, path, **given)  # type: ignore[arg-type]
    body: dict[str, Any] = answer.json()
    assert answer.status_code == 200, body
    assert faults(method, path, answer.status_code, body) == []
    return body


async def test_products_and_prices(shop: Shop) -> None:
    with shop.http() as http:
        full = asked(
            http,
            "POST",
            "/v1/products",
            name="Scale",
            description="With an audit log.",
            images="",
            statement_descriptor="NORTHBEAM",
            tax_code="txcd_10103001",
            unit_label="seat",
            url="https://northbeam.example/scale",
            shippable="false",
            **{"marketing_features[0][name]": "Audit log", "metadata[tier]": "3"},
            **{"default_price_data[currency]": "eur", "default_price_data[unit_amount]": "2400"},
        )
        assert full["default_price"].startswith("price_")
        asked(http, "GET", f"/v1/products/{full['id']}", **{"expand[]": "default_price.product"})
        asked(http, "POST", f"/v1/products/{full['id']}", description="", **{"metadata[tier]": ""})
        asked(http, "GET", "/v1/products", **{"expand[]": "data.default_price"})
        alone = asked(http, "POST", "/v1/products", name="Alone")
        assert asked(http, "DELETE", f"/v1/products/{alone['id']}")["deleted"] is True
        decimals = asked(
            http, "POST", "/v1/prices", product=full["id"], currency="eur", unit_amount_decimal="0.5", nickname="Once"
        )
        assert (decimals["unit_amount"], decimals["unit_amount_decimal"]) == (None, "0.5")
        yen = asked(http, "POST", "/v1/prices", product=full["id"], currency="jpy", unit_amount="500")
        assert (yen["unit_amount"], yen["unit_amount_decimal"]) == (500, "500")
        asked(http, "POST", f"/v1/prices/{yen['id']}", active="false", lookup_key="yen", tax_behavior="inclusive")
        asked(http, "GET", "/v1/prices", **{"expand[]": "data.product"})


async def test_customers(shop: Shop) -> None:
    with shop.http() as http:
        bare = asked(http, "POST", "/v1/customers")
        full = asked(
            http,
            "POST",
            "/v1/customers",
            email="jenny@example.com",
            name="Jenny Rosen",
            phone="+49 40 123456",
            description="Seen at the fair",
            tax_exempt="reverse",
            **{"address[line1]": "Am Speicher 4", "address[country]": "de", "address[city]": "Hamburg"},
            **{"shipping[name]": "Jenny", "shipping[address][line1]": "Am Speicher 4", "shipping[phone]": "+49 40 1"},
            **{"preferred_locales[]": "de", "metadata[id]": "17"},
            **{"invoice_settings[custom_fields][0][name]": "PO", "invoice_settings[custom_fields][0][value]": "4711"},
        )
        assert full["address"]["country"] == "DE"
        assert full["invoice_settings"]["custom_fields"] == [{"name": "PO", "value": "4711"}]
        shop.subscription(full["id"])
        with_subscriptions = asked(http, "GET", f"/v1/customers/{full['id']}", **{"expand[]": "subscriptions"})
        assert with_subscriptions["subscriptions"]["data"][0]["object"] == "subscription"
        asked(http, "GET", "/v1/customers")
        assert asked(http, "DELETE", f"/v1/customers/{bare['id']}")["deleted"] is True
        assert asked(http, "GET", f"/v1/customers/{bare['id']}")["deleted"] is True


async def test_a_subscription_from_its_start_to_its_end(shop: Shop) -> None:
    customer = shop.customer()
    expanded = {"expand[0]": "latest_invoice", "expand[1]": "customer", "expand[2]": "items.data.price.product"}
    with shop.http() as http:
        started = asked(
            http,
            "POST",
            "/v1/subscriptions",
            customer=customer,
            description="Ten seats",
            days_until_due="30",
            **{"items[0][price]": shop.monthly, "items[0][quantity]": "10", "metadata[a]": "b"},
            **expanded,
        )
        one = f"/v1/subscriptions/{started['id']}"
        assert started["latest_invoice"]["total"] == 12_000
        assert started["items"]["data"][0]["price"]["product"]["name"] == "Team"
        item = started["items"]["data"][0]["id"]
        changed = asked(http, "POST", one, **{"items[0][id]": item, "items[0][quantity]": "12"}, **expanded)
        assert changed["items"]["data"][0]["quantity"] == 12
        yearly = asked(
            http,
            "POST",
            one,
            proration_behavior="always_invoice",
            **{"items[0][id]": item, "items[0][price]": shop.yearly},
            **expanded,
        )
        assert yearly["latest_invoice"]["billing_reason"] == "subscription_update"
        ending = asked(http, "POST", one, cancel_at_period_end="true", **{"cancellation_details[feedback]": "unused"})
        assert ending["cancel_at"] == yearly["items"]["data"][0]["current_period_end"]
        # The portal of Stripe sets `cancel_at` alone in flexible billing mode; what a program asks for, it reads.
        assert ending["cancel_at_period_end"] is True
        assert ending["cancellation_details"]["feedback"] == "unused"
        kept = asked(http, "POST", one, cancel_at_period_end="false")
        assert (kept["cancel_at"], kept["cancel_at_period_end"]) == (None, False)
        helped = asked(http, "POST", one, cancel_at="min_period_end")
        assert (helped["cancel_at"], helped["cancel_at_period_end"]) == (ending["cancel_at"], False)
        over = asked(http, "DELETE", one, prorate="true", invoice_now="true")
        assert over["status"] == "canceled"
        assert asked(http, "GET", one)["ended_at"] is not None
        asked(http, "GET", "/v1/subscriptions", status="all", **{"expand[]": "data.latest_invoice"})


async def test_a_subscription_in_classic_billing_mode(shop: Shop) -> None:
    with shop.http() as http:
        started = asked(
            http,
            "POST",
            "/v1/subscriptions",
            customer=shop.customer(),
            **{"items[0][price]": shop.monthly, "billing_mode[type]": "classic"},
        )
        assert started["billing_mode"] == {"flexible": None, "type": "classic"}
        ending = asked(http, "POST", f"/v1/subscriptions/{started['id']}", cancel_at_period_end="true")
        assert ending["cancel_at_period_end"] is True


async def test_trials_and_changes_that_wait(shop: Shop, tenancy: Tenancy) -> None:
    customer = shop.customer()
    with shop.http() as http:
        first = {"customer": customer, "items[0][price]": shop.monthly, "items[0][quantity]": "10"}
        placed = {"billing_cycle_anchor_config[day_of_month]": "31", "trial_period_days": "14"}
        trial = asked(http, "POST", "/v1/subscriptions", **first, **placed, **{"expand[]": "latest_invoice"})
        asked(http, "DELETE", f"/v1/subscriptions/{trial['id']}")
        started = asked(http, "POST", "/v1/subscriptions", **first)
        one, item = f"/v1/subscriptions/{started['id']}", started["items"]["data"][0]["id"]
        for way in ("release", "cancel"):
            command = ChangePlan(
                subscription=started["id"], items=(ItemChange(id=item, quantity=2),), when="period_end"
            )
            async with open_desk(tenancy, shop.tenant.live.door, customer_id=customer, actor=API) as desk:
                await plan_changes.change(desk, command)
            schedule = asked(http, "GET", one)["schedule"]
            found = asked(http, "GET", f"/v1/subscription_schedules/{schedule}")
            assert [each["items"][0]["quantity"] for each in found["phases"]] == [10, 2]
            assert found["phases"][0]["end_date"] == started["items"]["data"][0]["current_period_end"]
            over = asked(http, "POST", f"/v1/subscription_schedules/{schedule}/{way}")
            assert over["status"] == {"release": "released", "cancel": "canceled"}[way]
            assert asked(http, "GET", f"/v1/subscription_schedules/{schedule}") == over
        assert asked(http, "GET", one)["status"] == "canceled"


async def test_invoices_and_their_lines(shop: Shop) -> None:
    customer = shop.customer()
    subscription = shop.subscription(customer)
    with shop.http() as http:
        item = asked(http, "GET", f"/v1/subscriptions/{subscription}")["items"]["data"][0]["id"]
        quantity = {"items[0][id]": item, "items[0][quantity]": "20"}
        asked(http, "POST", f"/v1/subscriptions/{subscription}", proration_behavior="always_invoice", **quantity)
        listed = asked(http, "GET", "/v1/invoices", customer=customer, **{"expand[]": "data.customer"})
        by_reason = {each["billing_reason"]: each for each in listed["data"]}
        first, update = by_reason["subscription_create"], by_reason["subscription_update"]
        assert first["lines"]["data"][0]["description"] == "10 × Team (at €12.00 / month)"
        words = [each["description"] for each in update["lines"]["data"]]
        assert words[0].startswith("Unused time on 10 × Team after ")
        assert words[1].startswith("Remaining time on 20 × Team after ")
        proration = update["lines"]["data"][1]["parent"]["subscription_item_details"]
        assert (proration["proration"], proration["subscription_item"]) == (True, item)
        asked(http, "GET", f"/v1/invoices/{update['id']}/lines", limit="1")
        paid = asked(http, "POST", f"/v1/invoices/{first['id']}/pay", paid_out_of_band="true")
        assert (paid["status"], paid["amount_remaining"], paid["amount_paid_off_stripe"]) == ("paid", 0, 12_000)
        asked(http, "GET", f"/v1/invoices/{first['id']}", **{"expand[]": "lines.data.pricing.price_details.price"})


async def test_portal_configurations_and_sessions(shop: Shop) -> None:
    offered = {
        "features[subscription_update][products][0][product]": shop.product,
        "features[subscription_update][products][0][prices][0]": shop.monthly,
        "features[subscription_update][products][0][prices][1]": shop.yearly,
        "features[subscription_update][products][0][adjustable_quantity][enabled]": "true",
        "features[subscription_update][products][0][adjustable_quantity][maximum]": "50",
    }
    all_of_them = "/v1/billing_portal/configurations"
    with shop.http() as http:
        (default,) = asked(http, "GET", all_of_them, is_default="true")["data"]
        assert default["login_page"]["url"].startswith(shop.server.url + "/p/login/")
        made = asked(http, "POST", all_of_them, **CONFIGURATION, **offered)
        (product,) = made["features"]["subscription_update"]["products"]
        assert product["adjustable_quantity"] == {"enabled": True, "maximum": 50, "minimum": 1}
        one = f"{all_of_them}/{made['id']}"
        assert asked(http, "GET", one) == made
        assert asked(http, "POST", one, **{"login_page[enabled]": "false"})["login_page"]["url"] is None
        cleared = asked(
            http, "POST", one, default_return_url="", name="", **{"features[subscription_update][products]": ""}
        )
        assert (cleared["default_return_url"], cleared["name"]) == (None, None)
        asked(
            http,
            "POST",
            "/v1/billing_portal/sessions",
            customer=shop.customer(),
            configuration=made["id"],
            locale="pt-BR",
            return_url="https://northbeam.example/back",
            **{"expand[]": "configuration"},
        )


async def test_tax_codes(shop: Shop) -> None:
    with shop.http() as http:
        first = asked(http, "GET", "/v1/tax_codes", limit="3")
        second = asked(http, "GET", "/v1/tax_codes", limit="3", starting_after=first["data"][-1]["id"])
        assert first["data"][-1]["id"] != second["data"][0]["id"]
        before = asked(http, "GET", "/v1/tax_codes", limit="3", ending_before=second["data"][0]["id"])
        assert before["data"] == first["data"]
        asked(http, "GET", f"/v1/tax_codes/{first['data'][0]['id']}")


async def test_errors(api_server: ApiServer, shop: Shop) -> None:
    with shop.http() as http:
        for answer in (
            http.get("/v1/products/prod_none"),
            http.post("/v1/products", data={"nome": "Team"}),
            http.post("/v1/subscriptions", data={"customer": "cus_none", "items[0][price]": shop.monthly}),
            http.get("/v1/nothing"),
            api_server.http("sk_live_wrong").get("/v1/products"),
        ):
            assert answer.status_code >= 400
            assert object_faults("error", answer.json()) == [], answer.text


def test_the_sdk_types_have_every_field_and_lack_none_that_must_be_there(shop: Shop) -> None:
    customer = shop.customer()
    subscription = shop.subscription(customer)
    with shop.http() as http:
        invoice = asked(http, "GET", "/v1/invoices")["data"][0]
        started = asked(http, "GET", f"/v1/subscriptions/{subscription}")
        item = started["items"]["data"][0]
        answers: dict[type, dict[str, Any]] = {
            stripe.Invoice: invoice,
            stripe.InvoiceLineItem: invoice["lines"]["data"][0],
            stripe.Subscription: started,
            stripe.SubscriptionItem: item,
            stripe.Price: item["price"],
            stripe.Plan: item["plan"],
            stripe.Customer: asked(http, "GET", f"/v1/customers/{customer}"),
            stripe.Product: asked(http, "GET", f"/v1/products/{shop.product}"),
            stripe.TaxCode: asked(http, "GET", "/v1/tax_codes", limit="1")["data"][0],
            stripe.billing_portal.Configuration: asked(http, "GET", "/v1/billing_portal/configurations")["data"][0],
            stripe.billing_portal.Session: asked(http, "POST", "/v1/billing_portal/sessions", customer=customer),
        }
    for type_, body in answers.items():
        typed = {name: str(hint) for name, hint in type_.__annotations__.items() if name in body or name != "deleted"}
        ours = {"frontdesk"} if type_ is stripe.billing_portal.Configuration else set()
        assert set(body) - ours <= set(typed), type_
        lacking = {name for name in set(typed) - set(body) if "Optional" not in typed[name]}
        assert lacking <= {"OBJECT_NAME"}, type_


def test_the_judge_sees_faults() -> None:
    product = json.loads('{"id": "prod_1", "object": "product", "deleted": true}')
    assert object_faults("deleted_product", product) == []
    assert object_faults("deleted_product", product | {"deleted": False})
    assert object_faults("deleted_product", product | {"tenant": "other"})
    assert object_faults("product", product)
    assert faults("GET", "/v1/no_such_thing", 200, {})


async def test_an_invoice_written_by_hand(shop: Shop) -> None:
    with shop.http() as http:
        customer = made(http.post("/v1/customers", data={"email": "jenny@example.com"}))
        once = asked(http, "POST", "/v1/prices", product=shop.product, currency="eur", unit_amount="700")
        waiting = asked(http, "POST", "/v1/invoiceitems", customer=customer, amount="100", currency="eur")
        asked(http, "GET", f"/v1/invoiceitems/{waiting['id']}", **{"expand[]": "customer"})
        draft = asked(http, "POST", "/v1/invoices", customer=customer, pending_invoice_items_behavior="include")
        priced = {"customer": customer, "invoice": draft["id"], "pricing[price]": once["id"]}
        item = asked(http, "POST", "/v1/invoiceitems", **priced)
        asked(http, "GET", "/v1/invoiceitems", **{"expand[]": "data.invoice"})
        asked(http, "POST", f"/v1/invoiceitems/{item['id']}", description="Set-up")
        asked(http, "DELETE", f"/v1/invoiceitems/{item['id']}")
        asked(http, "POST", f"/v1/invoices/{draft['id']}", description="By hand")
        asked(http, "GET", f"/v1/invoices/{draft['id']}/lines")
        asked(http, "POST", f"/v1/invoices/{draft['id']}/finalize")
        asked(http, "POST", f"/v1/invoices/{draft['id']}/send")
        asked(http, "POST", f"/v1/invoices/{draft['id']}/mark_uncollectible")
        asked(http, "POST", f"/v1/invoices/{draft['id']}/void")
        empty = asked(http, "POST", "/v1/invoices", customer=customer)
        asked(http, "DELETE", f"/v1/invoices/{empty['id']}")


async def test_movements_of_a_balance(shop: Shop) -> None:
    with shop.http() as http:
        customer = made(http.post("/v1/customers", data={"email": "jenny@example.com"}))
        path = f"/v1/customers/{customer}/balance_transactions"
        moved = asked(http, "POST", path, amount="-500", currency="eur", **{"metadata[a]": "b"})
        asked(http, "GET", path, **{"expand[]": "data.customer"})
        asked(http, "GET", f"{path}/{moved['id']}")


async def test_credit_notes(shop: Shop) -> None:
    with shop.http() as http:
        customer = made(http.post("/v1/customers", data={"email": "jenny@example.com"}))
        shop.subscription(customer)
        (invoice,) = http.get("/v1/invoices").json()["data"]
        asked(http, "GET", "/v1/credit_notes/preview", invoice=invoice["id"], amount="5")
        note = asked(http, "POST", "/v1/credit_notes", invoice=invoice["id"], amount="5", memo="Sorry")
        asked(http, "GET", f"/v1/credit_notes/{note['id']}", **{"expand[]": "invoice"})
        asked(http, "GET", "/v1/credit_notes")
        asked(http, "GET", f"/v1/credit_notes/{note['id']}/lines")
        asked(http, "GET", f"/v1/invoices/{invoice['id']}")
        asked(http, "POST", f"/v1/credit_notes/{note['id']}/void")
