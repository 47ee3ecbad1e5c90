"""Every address of the API with the ids of another tenant, and of the same tenant's other side (trust.md §B2).

A foreign id answers exactly as one that never existed: 404 in a path, Stripe's 400 in a parameter. Nothing changes.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import httpx
import pytest
from api_server import Shop, made
from hurry import patiently
from pictures import gradient, saved
from sides import API, Tenant, new_tenant

from frontdesk import plan_changes
from frontdesk.commands import ChangePlan, ItemChange
from frontdesk_tenants.desks import open_desk
from frontdesk_tenants.listings import invoices
from frontdesk_tenants.paging import Cursor
from frontdesk_tenants.tenancy import Tenancy
from frontdesk_web.api.router import ENDPOINTS

NEVER = {
    "product": "prod_never",
    "price": "price_never",
    "customer": "cus_never",
    "subscription": "sub_never",
    "invoice": "in_never",
    "invoiceitem": "ii_never",
    "tax_rate": "txr_never",
    "credit_note": "cn_never",
    "coupon": "coupon_never",
    "promotion_code": "promo_never",
    "configuration": "bpc_never",
    "feedback_option": "fbo_never",
    "schedule": "sub_sched_never",
    "account": "acct_never",
    "meter": "mtr_never",
    "registration": "taxreg_never",
    "tax_id": "txi_never",
    "subscription_item": "si_never",
    "event": "evt_never",
    "webhook_endpoint": "we_never",
    "file": "file_never",
    "file_link": "link_never",
}
NEEDED_BELOW: Mapping[str, Mapping[str, str]] = {
    "pay": {"paid_out_of_band": "true"},
    "balance_transactions": {"amount": "1", "currency": "eur"},
    "tax_ids": {"type": "us_ein", "value": "12-3456789"},
    "add_lines": {"lines[0][amount]": "1"},
    "update_lines": {"lines[0][id]": "il_never", "lines[0][amount]": "1"},
    "remove_lines": {"lines[0][id]": "il_never", "lines[0][behavior]": "delete"},
}
"""What a form needs before it is asked whose it is, by the end of its path."""
SUMMED_UP = {"event_summaries": {"customer": "cus_never", "start_time": "0", "end_time": "3600"}}
"""The same of what is only read."""
PATHS = {
    "/v1/products/": "product",
    "/v1/prices/": "price",
    "/v1/customers/": "customer",
    "/v1/subscriptions/": "subscription",
    "/v1/subscription_items/": "subscription_item",
    "/v1/subscription_schedules/": "schedule",
    "/v1/invoices/": "invoice",
    "/v1/frontdesk/invoices/": "invoice",
    "/v1/invoiceitems/": "invoiceitem",
    "/v1/tax_rates/": "tax_rate",
    "/v1/credit_notes/": "credit_note",
    "/v1/coupons/": "coupon",
    "/v1/promotion_codes/": "promotion_code",
    "/v1/billing_portal/configurations/": "configuration",
    "/v1/billing/feedback_options/": "feedback_option",
    "/v2/core/accounts/": "account",
    "/v1/billing/meters/": "meter",
    "/v1/tax/registrations/": "registration",
    "/v1/tax_ids/": "tax_id",
    "/v1/accounts/": "account",
    "/v1/events/": "event",
    "/v1/webhook_endpoints/": "webhook_endpoint",
    "/v1/files/": "file",
    "/v1/file_links/": "file_link",
}
BODIES: Mapping[str, Mapping[str, str]] = {
    "POST /v1/products/{id:str}": {"default_price": "price"},
    "POST /v1/prices": {"product": "product", "": "currency=eur&unit_amount=1"},
    "POST /v1/billing/meter_events": {"payload[stripe_customer_id]": "customer", "": "event_name=call"},
    "POST /v1/subscriptions": {"customer": "customer", "customer_account": "account", "items[0][price]": "price"},
    "POST /v1/subscriptions/{subscription:str}": {"items[0][price]": "price"},
    "POST /v1/billing/meter_event_adjustments": {"cancel[identifier]": "customer"},
    "POST /v1/subscription_schedules": {"from_subscription": "subscription", "customer": "customer"},
    "POST /v1/subscription_items": {"subscription": "subscription", "price": "price"},
    "POST /v1/invoices/create_preview": {
        "customer": "customer",
        "customer_account": "account",
        "subscription": "subscription",
    },
    "POST /v1/file_links": {"file": "file"},
    "POST /v1/invoices": {"customer": "customer", "customer_account": "account"},
    "POST /v1/credit_notes": {"invoice": "invoice"},
    "POST /v1/tax_ids": {"owner[customer]": "customer", "owner[customer_account]": "account"},
    "POST /v1/invoiceitems": {"customer": "customer", "customer_account": "account"},
    "POST /v1/promotion_codes": {"promotion[coupon]": "coupon", "customer": "customer", "customer_account": "account"},
    "POST /v1/billing_portal/sessions": {
        "customer": "customer",
        "customer_account": "account",
        "configuration": "configuration",
    },
    "POST /v1/billing_portal/configurations": {
        "features[subscription_update][products][0][product]": "product",
        "features[subscription_update][products][0][prices][0]": "price",
    },
}
METER = {"display_name": "Calls", "event_name": "call", "default_aggregation[formula]": "sum"}
FILTERS = {
    "customer": "customer",
    "customer_account": "account",
    "price": "price",
    "subscription": "subscription",
    "invoice": "invoice",
    "coupon": "coupon",
    "product": "product",
    "ids[]": "product",
    "file": "file",
}


@pytest.fixture
async def theirs(shop: Shop, tenancy: Tenancy) -> dict[str, str]:
    """One id of each kind that belongs to somebody else: the shop of another tenant."""
    customer = shop.customer(email="canary@example.com", name="Canary")
    subscription = shop.subscription(customer)
    with shop.http() as http:
        items = http.get(f"/v1/subscriptions/{subscription}").json()["items"]["data"]
        invoice = http.get("/v1/invoices").json()["data"][0]["id"]
        configuration = http.get("/v1/billing_portal/configurations").json()["data"][0]["id"]
        option = made(http.post("/v1/billing/feedback_options", data={"description": "It is summer"}))
        meter = made(http.post("/v1/billing/meters", data=METER))
        item = made(http.post("/v1/invoiceitems", data={"customer": customer, "amount": "1", "currency": "eur"}))
        vat = {"display_name": "VAT", "percentage": "19", "inclusive": "false"}
        rate = made(http.post("/v1/tax_rates", data=vat))
        number = {"type": "us_ein", "value": "12-3456789"}
        tax_id = made(http.post(f"/v1/customers/{customer}/tax_ids", data=number))
        ended = {"active_from": "1000000000", "expires_at": "1000000001", "country": "DE"}
        registration = made(http.post("/v1/tax/registrations", data=ended | {"country_options[de][type]": "standard"}))
        note = made(http.post("/v1/credit_notes", data={"invoice": invoice, "amount": "1"}))
        coupon = made(http.post("/v1/coupons", data={"percent_off": "10", "duration": "once"}))
        promotion = {"promotion[type]": "coupon", "promotion[coupon]": coupon}
        code = made(http.post("/v1/promotion_codes", data=promotion))
        hook = {"url": "https://hooks.example.com/", "enabled_events[]": "payout.paid"}
        endpoint = made(http.post("/v1/webhook_endpoints", data=hook))
        logo = {"file": ("logo.png", saved(gradient(), "PNG"))}
        file = made(http.post("/v1/files", data={"purpose": "business_logo"}, files=logo))
        link = made(http.post("/v1/file_links", data={"file": file}))
        event = http.get("/v1/events").json()["data"][0]["id"]
    return {
        "product": shop.product,
        "price": shop.monthly,
        "customer": customer,
        "subscription": subscription,
        "subscription_item": items[0]["id"],
        "invoice": invoice,
        "invoiceitem": item,
        "tax_rate": rate,
        "credit_note": note,
        "coupon": coupon,
        "promotion_code": code,
        "meter": meter,
        "event": event,
        "webhook_endpoint": endpoint,
        "file": file,
        "file_link": link,
        "registration": registration,
        "tax_id": tax_id,
        "configuration": configuration,
        "feedback_option": option,
        "schedule": await _schedule(tenancy, shop, customer, subscription),
        "account": "acct_" + customer.removeprefix("cus_"),
    }


async def _schedule(tenancy: Tenancy, shop: Shop, customer: str, subscription: str) -> str:
    """A change that waits, as a schedule's id."""
    async with open_desk(tenancy, shop.tenant.live.door, customer_id=customer, actor=API) as desk:
        (item,) = desk.account.subscriptions[0].items
        change = ItemChange(id=item.id, quantity=2)
        await plan_changes.change(desk, ChangePlan(subscription=subscription, items=(change,), when="period_end"))
    return "sub_sched_" + subscription.removeprefix("sub_")


@pytest.fixture(params=["another tenant", "the other side"])
async def stranger(request: pytest.FixtureRequest, shop: Shop, tenancy: Tenancy) -> str:
    """A key that has nothing to do with the shop's live side."""
    tenant: Tenant = shop.tenant if request.param == "the other side" else await new_tenant(tenancy)
    keys = tenant.sandbox if request.param == "the other side" else tenant.live
    return keys.secret_key.reveal()


async def _all_of(shop: Shop, tenancy: Tenancy) -> list[Any]:
    """Every row of the shop's side that an act could change."""
    async with tenancy.at(shop.tenant.live.door) as (connection, _):
        tables = ("products", "prices", "customers", "subscriptions", "invoices", "configurations", "sessions", "audit")
        rows = []
        for table in tables:
            found = await connection.exec_driver_sql(f"SELECT t::text FROM {table} t ORDER BY 1")
            rows += [row[0] for row in found]
        assert (await invoices(connection, Cursor())).items
    return rows


def _normal(answer: httpx.Response, ids: Mapping[str, str]) -> tuple[int, str]:
    """An answer without what differs between any two: ids and the request's number."""
    text = answer.text
    for kind, id_ in ids.items():
        text = text.replace(id_, f"<{kind}>")
    if "request_log_url" in text:
        error = answer.json()["error"]
        text = text.replace(error["request_log_url"], "<log>")
    return answer.status_code, text


async def test_every_address_with_foreign_ids(
    shop: Shop, theirs: dict[str, str], stranger: str, tenancy: Tenancy
) -> None:
    before = await _all_of(shop, tenancy)
    seen = set()
    with shop.server.http(stranger) as http:
        for endpoint in ENDPOINTS:
            name = f"{endpoint.method} {endpoint.path}"
            for asked in _requests(endpoint.method, endpoint.path, theirs):
                never = _requests(endpoint.method, endpoint.path, NEVER)
                place = list(_requests(endpoint.method, endpoint.path, theirs)).index(asked)
                foreign = _normal(_sent(http, asked), theirs)
                unknown = _normal(_sent(http, list(never)[place]), NEVER)
                assert foreign == unknown, name
                assert "Canary" not in foreign[1]
                unheard_of = 403 if endpoint.path.startswith("/v1/accounts/") else 404
                assert foreign[0] in ((200, 400) if "{" not in endpoint.path else (unheard_of,)), (name, foreign)
                seen.add(name)
    # Of sandboxes alone: `test_api_clocks`, `test_api_payment_methods`, `test_api_intents` and `test_api_refunds` try
    # them between two.
    money = ("/v1/charges", "/v1/refunds", "/v1/invoice_payments")
    intents = ("/v1/setup_intents", "/v1/payment_intents", "/v1/checkout/", *money)
    elsewhere = ("/v1/test_helpers/", "/v1/payment_methods", *intents)
    asked_here = [each for each in ENDPOINTS if not each.path.startswith(elsewhere)]
    untouched = {f"{each.method} {each.path}" for each in asked_here} - seen
    # These take no id of a tenant's: they make something new, or are the same for everybody.
    assert untouched == {
        "POST /v1/products",
        "POST /v1/customers",
        "POST /v1/tax_rates",
        "GET /v1/tax/settings",
        "POST /v1/tax/settings",
        "POST /v1/tax/registrations",
        "POST /v1/coupons",
        "POST /v1/billing/meters",
        "POST /v1/billing/feedback_options",
        "POST /v1/webhook_endpoints",
        "POST /v2/core/accounts",
        "GET /v1/tax_codes/{id:str}",
        "GET /v1/balance",
        "POST /v1/files",
    }
    assert await _all_of(shop, tenancy) == before


Asked = tuple[str, str, tuple[tuple[str, str], ...]]


def _requests(method: str, path: str, ids: Mapping[str, str]) -> Iterator[Asked]:
    """The requests that an address is called with: an id in its path, in each parameter that takes one, as cursor."""
    kind = next((kind for prefix, kind in PATHS.items() if path.startswith(prefix) and "{" in path), None)
    if kind is not None:
        filled = path[: path.index("{")] + ids[kind] + path[path.index("}") + 1 :]
        rest = path.rpartition("/")[2]
        needed = NEEDED_BELOW.get(rest, {}) if method == "POST" else SUMMED_UP.get(rest, {})
        yield method, filled, tuple(needed.items())
        return
    if "{" in path:
        return
    if path.endswith("/search"):
        yield method, path, (("query", f"metadata['of']:'{ids['customer']}' OR -metadata['of']:null"),)
        return
    name = f"{method} {path}"
    if method == "POST":
        for parameter, of in BODIES.get(name, {}).items():
            if parameter:
                yield method, path, ((parameter, ids[of]), *_filling(path, parameter, ids))
        return
    listed = path.rstrip("/").rpartition("/")[2].removesuffix("s")
    if listed in ids and path.startswith("/v1"):
        yield method, path, (("starting_after", ids[listed]),)
        yield method, path, (("ending_before", ids[listed]),)
        filters = {
            "subscriptions": ("customer", "customer_account", "price"),
            "invoices": ("customer", "customer_account", "subscription"),
            "credit_notes": ("customer", "customer_account", "invoice"),
            "subscription_items": ("subscription",),
            "promotion_codes": ("customer", "customer_account", "coupon"),
            "invoiceitems": ("customer", "customer_account", "invoice"),
            "prices": ("product",),
            "file_links": ("file",),
            "products": ("ids[]",),
        }
        for parameter in filters.get(listed + "s", ()):
            yield method, path, ((parameter, ids[FILTERS[parameter]]),)
    elif path == "/v1/subscription_schedules" or path == "/v1/billing_portal/permissions":
        yield method, path, (("customer", ids["customer"]),)
    elif path == "/v1/tax_codes":
        yield method, path, (("starting_after", ids["product"]),)
    elif path in ("/v1/credit_notes/preview", "/v1/credit_notes/preview/lines"):
        yield method, path, (("invoice", ids["invoice"]), ("amount", "1"))
    elif path == "/v2/core/accounts":
        yield method, path, (("page", ids["account"]),)


def _filling(path: str, parameter: str, ids: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """What a request needs besides, so that the id is what it fails for."""
    if path == "/v1/prices":
        return ("currency", "eur"), ("unit_amount", "1")
    if path == "/v1/subscriptions":
        return (("customer", ids["customer"]),) if "items" in parameter else (("items[0][price]", ids["price"]),)
    if path == "/v1/tax_ids":
        return ("type", "us_ein"), ("value", "12-3456789"), ("owner[type]", "customer")
    if path == "/v1/billing/meter_event_adjustments":
        return ("event_name", "call"), ("type", "cancel")
    if path == "/v1/subscription_items":
        return (("subscription", ids["subscription"]),) if parameter == "price" else (("price", ids["price"]),)
    if path == "/v1/promotion_codes":
        kind = ("promotion[type]", "coupon")
        return (kind,) if "coupon" in parameter else (kind, ("promotion[coupon]", ids["coupon"]))
    if path == "/v1/billing_portal/sessions" and parameter == "configuration":
        return (("customer", ids["customer"]),)
    if path == "/v1/billing_portal/configurations":
        rest = {
            "features[subscription_update][products][0][product]": ids["product"],
            "features[subscription_update][products][0][prices][0]": ids["price"],
            "features[subscription_update][enabled]": "true",
        }
        return tuple((name, value) for name, value in rest.items() if name != parameter)
    return ()


def _sent(http: httpx.Client, asked: Asked) -> httpx.Response:
    method, path, data = asked
    if method == "POST" and path.startswith("/v2"):
        return patiently(http, "POST", path, json=dict(data))
    if method == "POST":
        return patiently(http, "POST", path, data=dict(data))
    return patiently(http, method, path, params=list(data))


async def test_own_price_for_a_foreign_customer(shop: Shop, theirs: dict[str, str], stranger: str) -> None:
    """What is foreign stays foreign beside what is one's own."""
    with shop.server.http(stranger) as http:
        product = made(http.post("/v1/products", data={"name": "Own"}))
        terms = {"product": product, "currency": "eur", "unit_amount": "1", "recurring[interval]": "month"}
        price = made(http.post("/v1/prices", data=terms))
        own = made(http.post("/v1/customers", data={"email": "own@example.com"}))
        for data in (
            {"customer": theirs["customer"], "items[0][price]": price},
            {"customer": own, "items[0][price]": theirs["price"]},
        ):
            answer = http.post("/v1/subscriptions", data=data)
            assert (answer.status_code, answer.json()["error"]["code"]) == (400, "resource_missing"), answer.text
        subscription = made(http.post("/v1/subscriptions", data={"customer": own, "items[0][price]": price}))
        answer = http.post(f"/v1/subscriptions/{subscription}", data={"items[0][price]": theirs["price"]})
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, "resource_missing"), answer.text
        answer = http.post(f"/v1/products/{product}", data={"default_price": theirs["price"]})
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, "resource_missing"), answer.text
        sessions = {"customer": own, "configuration": theirs["configuration"]}
        answer = http.post("/v1/billing_portal/sessions", data=sessions)
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, "resource_missing"), answer.text
