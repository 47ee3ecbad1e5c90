"""A side in which everything can be got wrong: one of each thing, in each state that an act may meet it in."""

import time
from collections.abc import Mapping

import httpx
from api_server import Shop, made
from sides import Tenant

DAY = 86_400


class World:
    """Ids by the names that `wrong_ways` knows them by."""

    def __init__(self, http: httpx.Client) -> None:
        self.http = http
        self.ids: dict[str, str] = {}
        self.now = int(time.time())
        self.ids |= {
            "yesterday": str(self.now - DAY),
            "tomorrow": str(self.now + DAY),
            "later": str(self.now + 9 * DAY),
        }

    def make(self, name: str, path: str, /, **given: str) -> str:
        """Make something, and know it by a name."""
        self.ids[name] = made(self.http.post(path, data=self.filled(given)))
        return self.ids[name]

    def do(self, path: str, /, **given: str) -> None:
        """Do something that must work."""
        answer = self.http.post(path.format_map(self.ids), data=self.filled(given))
        assert answer.status_code == 200, answer.text

    def filled(self, given: Mapping[str, str]) -> dict[str, str]:
        """What is given, with ids in the place of names."""
        return {name: value.format_map(self.ids) for name, value in given.items()}

    def first(self, path: str, /, **given: str) -> str:
        """The id of the first of a list."""
        return str(self.http.get(path, params=self.filled(given)).json()["data"][0]["id"])


def live_world(shop: Shop) -> World:
    """The live side of a shop."""
    world = World(shop.http())
    world.ids |= {"product": shop.product, "monthly": shop.monthly, "yearly": shop.yearly}
    _catalogue(world)
    _discounts(world)
    _subscriptions(world)
    _invoices(world)
    return world


def _catalogue(world: World) -> None:
    euro = {"product": "{product}", "currency": "eur", "unit_amount": "500"}
    by_month = {"recurring[interval]": "month"}
    world.make("other_product", "/v1/products", name="Other")
    world.make("seats", "/v1/prices", **euro, **by_month)
    world.make("once", "/v1/prices", **euro)
    world.make("archived", "/v1/prices", **euro, **by_month)
    world.do("/v1/prices/{archived}", active="false")
    world.make("dollars", "/v1/prices", **euro | {"currency": "usd"}, **by_month)
    world.make("dollars_once", "/v1/prices", **euro | {"currency": "usd"})
    world.make("with_tax", "/v1/prices", **euro, **by_month, tax_behavior="inclusive")
    world.make("dear", "/v1/prices", **euro | {"unit_amount": "999999999999"}, **by_month)
    counted = {"display_name": "Calls", "default_aggregation[formula]": "sum"}
    world.make("meter", "/v1/billing/meters", event_name="calls", **counted)
    world.make("idle_meter", "/v1/billing/meters", event_name="idle", **counted)
    world.do("/v1/billing/meters/{idle_meter}/deactivate")
    use = {"recurring[usage_type]": "metered", "recurring[meter]": "{meter}"}
    world.make("by_use", "/v1/prices", **euro, **by_month, **use)
    rate = {"display_name": "VAT", "percentage": "19"}
    world.make("exclusive", "/v1/tax_rates", **rate, inclusive="false")
    world.make("inclusive", "/v1/tax_rates", **rate, inclusive="true")
    world.make("archived_rate", "/v1/tax_rates", **rate, inclusive="false", active="false")


def _discounts(world: World) -> None:
    forever = {"percent_off": "50", "duration": "forever"}
    world.make("customer", "/v1/customers", email="jenny@example.com", name="Jenny")
    world.make("stranger", "/v1/customers", email="stranger@example.com")
    world.make("gone", "/v1/customers", email="gone@example.com")
    assert world.http.delete("/v1/customers/" + world.ids["gone"]).status_code == 200
    world.make("silent", "/v1/customers")
    world.make("half", "/v1/coupons", **forever)
    world.make("euros", "/v1/coupons", amount_off="500", currency="eur", duration="once")
    world.make("dollars_off", "/v1/coupons", amount_off="500", currency="usd", duration="once")
    world.make("elsewhere", "/v1/coupons", **forever, **{"applies_to[products][0]": "{other_product}"})
    world.make("used_up", "/v1/coupons", **forever, max_redemptions="1")
    world.do("/v1/customers/{stranger}", coupon="{used_up}")
    world.make("deleted_coupon", "/v1/coupons", **forever)
    assert world.http.delete("/v1/coupons/" + world.ids["deleted_coupon"]).status_code == 200
    of_half = {"promotion[type]": "coupon", "promotion[coupon]": "{half}"}
    world.make("code", "/v1/promotion_codes", **of_half, code="WELCOME")
    world.make("inactive_code", "/v1/promotion_codes", **of_half, code="OFF", active="false")
    world.make("theirs", "/v1/promotion_codes", **of_half, code="THEIRS", customer="{stranger}")
    world.make("first_only", "/v1/promotion_codes", **of_half, code="FIRST", **{_FIRST: "true"})
    minimum = {"restrictions[minimum_amount]": "999999", "restrictions[minimum_amount_currency]": "eur"}
    world.make("minimum", "/v1/promotion_codes", **of_half, code="MUCH", **minimum)


_FIRST = "restrictions[first_time_transaction]"


def _subscriptions(world: World) -> None:
    of_jenny = {"customer": "{customer}", "items[0][price]": "{monthly}", "items[0][quantity]": "10"}

    def start(name: str, /, **given: str) -> None:
        world.make(name, "/v1/subscriptions", **of_jenny | given)
        found = world.http.get("/v1/subscriptions/" + world.ids[name]).json()
        world.ids["item_of_" + name] = found["items"]["data"][0]["id"]
        world.ids["invoice_of_" + name] = found["latest_invoice"]

    start("subscription", **{"discounts[0][coupon]": "{half}"})
    start("of_stranger", customer="{stranger}")
    start("ended")
    assert world.http.delete("/v1/subscriptions/" + world.ids["ended"]).status_code == 200
    start("ending", cancel_at_period_end="true")
    start("classic", **{"billing_mode[type]": "classic"})
    start("paused")
    world.do("/v1/subscriptions/{paused}/pause", type="subscription")
    start("trial", trial_period_days="14")
    start("used", **{"items[1][price]": "{by_use}"})
    world.do(
        "/v1/billing/meter_events",
        event_name="calls",
        identifier="counted",
        **{"payload[stripe_customer_id]": "{customer}", "payload[value]": "1"},
    )


def _invoices(world: World) -> None:
    line = {"customer": "{customer}", "currency": "eur", "amount": "1000"}
    for name in ("open", "paid", "void", "uncollectible", "draft", "credited", "settled"):
        world.make(name, "/v1/invoices", customer="{customer}")
        world.make("item_of_" + name, "/v1/invoiceitems", **line, invoice="{" + name + "}")
        if name != "draft":
            world.do(f"/v1/invoices/{{{name}}}/finalize")
        world.ids["line_of_" + name] = world.first(f"/v1/invoices/{world.ids[name]}/lines")
    world.make("empty", "/v1/invoices", customer="{customer}")
    world.make("in_dollars", "/v1/invoices", customer="{customer}", currency="usd")
    world.make("of_silent", "/v1/invoices", customer="{silent}")
    world.make("item_of_silent", "/v1/invoiceitems", **line | {"customer": "{silent}"}, invoice="{of_silent}")
    world.make("waiting", "/v1/invoiceitems", **line)
    for name in ("paid", "settled"):
        world.do(f"/v1/invoices/{{{name}}}/pay", paid_out_of_band="true")
    world.do("/v1/invoices/{void}/void")
    world.do("/v1/invoices/{uncollectible}/mark_uncollectible")
    world.make("note", "/v1/credit_notes", invoice="{credited}", amount="400")
    world.make("settled_note", "/v1/credit_notes", invoice="{settled}", amount="1000", credit_amount="1000")
    world.make("void_note", "/v1/credit_notes", invoice="{open}", amount="100")
    world.do("/v1/credit_notes/{void_note}/void")


def sandbox_world(shop: Shop, tenant: Tenant) -> World:
    """The same tenant's sandbox, where a customer lives after the last day of a coupon that still counts for others."""
    world = World(shop.server.http(tenant.sandbox.secret_key.reveal()))
    coming = str(world.now + 3 * DAY)
    world.make("product", "/v1/products", name="Team")
    euro = {"product": "{product}", "currency": "eur", "unit_amount": "500", "recurring[interval]": "month"}
    world.make("monthly", "/v1/prices", **euro)
    world.make("clock", "/v1/test_helpers/test_clocks", frozen_time=str(world.now + 20 * DAY))
    world.make("customer", "/v1/customers", test_clock="{clock}")
    world.make("coupon", "/v1/coupons", percent_off="50", redeem_by=coming)
    world.make("lasting", "/v1/coupons", percent_off="50")
    of_lasting = {"promotion[type]": "coupon", "promotion[coupon]": "{lasting}"}
    world.make("code", "/v1/promotion_codes", **of_lasting, code="SOON", expires_at=coming)
    world.make("moving", "/v1/test_helpers/test_clocks", frozen_time="{tomorrow}")
    world.make("moved", "/v1/customers", test_clock="{moving}")
    world.do("/v1/test_helpers/test_clocks/{moving}/advance", frozen_time="{later}")
    return world
