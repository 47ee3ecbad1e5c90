"""The worked cases of tests/data/proration_cases.json through the API, on test clocks: exact integers on real invoices.

Left to the engine's own tests is what a clock cannot tell: a change in the very second in which a period ends (P24),
because a clock that stands there has renewed already.
"""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from api_server import ApiServer
from hurry import patiently_too
from sides import Tenant

from frontdesk_tenants import clock_walks
from frontdesk_tenants.book_checks import faults_of
from frontdesk_tenants.tenancy import Tenancy

FILE = Path(__file__).parents[1] / "data" / "proration_cases.json"
CASES = {case["id"]: case for case in json.loads(FILE.read_text())["cases"]}
CHANGES = [case for case in CASES.values() if case["kind"] == "change" and case["id"] != "P24"]
CYCLES = [case for case in CASES.values() if case["kind"] == "cycle"]


def every_other(cases: list[dict[str, Any]]) -> list[Any]:
    """All of them when there is time: the engine's own tests have all of them in any case."""
    return [
        pytest.param(case, id=case["id"], marks=[pytest.mark.long] if number % 2 else [])
        for number, case in enumerate(cases)
    ]


def day(text: str) -> datetime:
    instant = datetime.fromisoformat(text)
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


class Life:
    """One customer on a test clock, led by API calls alone; the clock is walked as the worker does it."""

    def __init__(self, http: httpx.AsyncClient, tenancy: Tenancy, tenant: Tenant) -> None:
        self.http = http
        self.tenancy = tenancy
        self.tenant = tenant
        self.clock = self.customer = self.subscription = ""

    async def ask(self, method: str, path: str, **data: Any) -> Any:
        answer = await patiently_too(self.http, method, path, **{"data" if method == "POST" else "params": data})
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def price(self, amount: int, currency: str = "usd", interval: str = "month", count: int = 1) -> str:
        terms = {"unit_amount": amount, "recurring[interval]": interval, "recurring[interval_count]": count}
        product = {"product_data[name]": "Plan", "currency": currency}
        return str((await self.ask("POST", "/v1/prices", **product, **terms))["id"])

    async def start(
        self, price: str, at: datetime, mode: str = "flexible", *, paid: bool = True, **fields: Any
    ) -> None:
        """Start a subscription of a new customer; what it bills at once is `paid`."""
        clock = await self.ask("POST", "/v1/test_helpers/test_clocks", frozen_time=int(at.timestamp()))
        self.clock = clock["id"]
        self.customer = (await self.ask("POST", "/v1/customers", test_clock=self.clock))["id"]
        items = {"items[0][price]": price, "billing_mode[type]": mode}
        self.subscription = (await self.ask("POST", "/v1/subscriptions", customer=self.customer, **items, **fields))[
            "id"
        ]
        for each in await self.invoices() if paid else ():
            if each["status"] == "open":
                await self.ask("POST", f"/v1/invoices/{each['id']}/pay", paid_out_of_band="true")

    async def go(self, to: datetime) -> None:
        path = f"/v1/test_helpers/test_clocks/{self.clock}/advance"
        await self.ask("POST", path, frozen_time=int(to.timestamp()))
        await clock_walks.walk(self.tenancy, self.tenant.door.tenant_id, self.clock)

    async def present(self) -> Any:
        return await self.ask("GET", f"/v1/subscriptions/{self.subscription}")

    async def change(self, price: str, behavior: str, **fields: str) -> Any:
        (item,) = (await self.present())["items"]["data"]
        given = {"items[0][id]": item["id"], "items[0][price]": price, "proration_behavior": behavior, **fields}
        return await self.ask("POST", f"/v1/subscriptions/{self.subscription}", **given)

    async def preview(self, price: str, behavior: str = "always_invoice", **fields: Any) -> Any:
        (item,) = (await self.present())["items"]["data"]
        given = {"items][0][id": item["id"], "items][0][price": price, "proration_behavior": behavior, **fields}
        details = {f"subscription_details[{name}]": value for name, value in given.items()}
        return await self.ask("POST", "/v1/invoices/create_preview", subscription=self.subscription, **details)

    async def invoices(self) -> list[Any]:
        """Oldest first."""
        return list(reversed((await self.ask("GET", "/v1/invoices", customer=self.customer, limit=100))["data"]))


@pytest.fixture
async def life(api_server: ApiServer, tenancy: Tenancy, tenant: Tenant) -> AsyncIterator[Life]:
    headers = {"Authorization": f"Bearer {tenant.sandbox.secret_key.reveal()}"}
    async with httpx.AsyncClient(
        base_url=api_server.url, headers=headers, timeout=20, trust_env=False, verify=False
    ) as http:
        yield Life(http, tenancy, tenant)
    # Whatever the case was about, the whole book holds.
    async with tenancy.at(tenant.door) as (connection, _):
        assert not await faults_of(connection)


def amounts(invoice: Any) -> list[int]:
    return [each["amount"] for each in invoice["lines"]["data"]]


@pytest.mark.parametrize("case", every_other(CHANGES))
async def test_every_change(life: Life, case: dict[str, Any]) -> None:
    inputs, expected = case["inputs"], case["expected"]
    start, end, at = (day(inputs[key]) for key in ("period_start", "period_end", "change_at"))
    interval = "year" if end - start > timedelta(days=300) else "month"
    old, new = [await life.price(inputs[key], inputs["currency"], interval) for key in ("old_amount", "new_amount")]
    await life.start(old, start)
    if at > start:
        await life.go(at)
    previewed = await life.preview(new)
    await life.change(new, "always_invoice")
    first, changed = await life.invoices()
    assert (amounts(previewed), previewed["total"]) == (amounts(changed), changed["total"])
    assert (first["created"], changed["created"]) == (start.timestamp(), at.timestamp())
    assert amounts(changed) == [expected["credit_line"], expected["debit_line"]]
    assert changed["total"] == expected["net"]
    assert changed["amount_due"] == max(0, expected["net"])
    await life.go(end)
    renewal = (await life.invoices())[-1]
    assert (renewal["created"], renewal["total"]) == (end.timestamp(), inputs["new_amount"])


@pytest.mark.parametrize("case", every_other(CYCLES))
async def test_every_cycle(life: Life, case: dict[str, Any]) -> None:
    inputs, boundaries = case["inputs"], [day(each) for each in case["expected"]["boundaries"]]
    await life.start(await life.price(1000, "usd", inputs["interval"], inputs["interval_count"]), day(inputs["anchor"]))
    clock = boundaries[0]
    while clock < boundaries[-1]:
        # A clock goes two years at a time.
        clock = min(clock + timedelta(days=730), boundaries[-1])
        await life.go(clock)
    assert [each["created"] for each in await life.invoices()] == [each.timestamp() for each in boundaries]


@pytest.mark.parametrize(
    ("id", "start", "at", "old", "new"),
    [
        ("P03", "2017-02-14", "2017-03-03T19:14:48Z", 1000, 10000),
        ("P26", "2025-06-01", "2025-06-16", 10000, 100000),
    ],
)
async def test_another_interval_begins_anew(life: Life, id: str, start: str, at: str, old: int, new: int) -> None:
    expected = CASES[id]["expected"]
    await life.start(await life.price(old), day(start))
    await life.go(day(at))
    changed = await life.change(await life.price(new, interval="year"), "create_prorations")
    assert changed["billing_cycle_anchor"] == day(at).timestamp()
    invoice = (await life.invoices())[-1]
    assert amounts(invoice) == [expected["credit_line"], expected["debit_line"]]
    assert invoice["amount_due"] == expected["net"]


@pytest.mark.parametrize(("id", "mode"), [("P04", "classic"), ("P05", "flexible")])
async def test_what_a_credit_is_taken_from(life: Life, id: str, mode: str) -> None:
    ten, twenty = await life.price(1000), await life.price(2000)
    await life.start(ten, day("2025-04-01"), mode)
    await life.go(day("2025-04-11"))
    await life.change(twenty, "none")
    await life.go(day("2025-04-21"))
    await life.change(ten, "always_invoice")
    _, invoice = await life.invoices()
    expected = CASES[id]["expected"]
    assert amounts(invoice) == [expected["credit_line"], expected["debit_line"]]
    assert invoice["total"] == expected["invoice_total"]


async def test_p17_credit_is_used_by_the_next_invoices(life: Life) -> None:
    expected = CASES["P17"]["expected"]
    await life.start(await life.price(3000), day("2025-06-01"))
    await life.go(day("2025-06-11"))
    await life.change(await life.price(1000), "always_invoice")
    await life.go(day("2025-08-01"))
    _, change, *renewals = await life.invoices()
    assert (change["total"], change["ending_balance"]) == (expected["invoice_total"], expected["balance_after"])
    for number, renewal in enumerate(renewals, 1):
        figures = expected[f"renewal_{number}"]
        assert (renewal["total"], renewal["amount_due"]) == (figures["total"], figures["due"])
        assert renewal["ending_balance"] == figures["balance"]


async def test_p28_a_new_anchor_bills_a_new_period_at_once(life: Life) -> None:
    expected = CASES["P28"]["expected"]
    await life.start(await life.price(1000), day("2025-06-01"))
    await life.go(day("2025-06-16"))
    await life.ask("POST", f"/v1/subscriptions/{life.subscription}", billing_cycle_anchor="now")
    _, invoice = await life.invoices()
    assert amounts(invoice) == [expected["credit_line"], expected["debit_line"]]
    (item,) = (await life.present())["items"]["data"]
    period = [item["current_period_start"], item["current_period_end"]]
    assert period == [day(each).timestamp() for each in expected["new_period"]]


async def test_p50_p51_cancelling_now(life: Life) -> None:
    plan = await life.price(1000)
    for id, fields in (("P50", {}), ("P51", {"prorate": "true", "invoice_now": "true"})):
        expected = CASES[id]["expected"]
        await life.start(plan, day("2025-06-01"))
        await life.go(day("2025-06-10"))
        await life.ask("DELETE", f"/v1/subscriptions/{life.subscription}", **fields)
        await life.go(day("2025-12-01"))
        ended = await life.present()
        assert (ended["status"], ended["ended_at"]) == ("canceled", day("2025-06-10").timestamp())
        assert [amounts(each) for each in await life.invoices()] == [[1000], *([[-700]] if id == "P51" else [])]
        customer = await life.ask("GET", f"/v1/customers/{life.customer}")
        assert customer["balance"] == expected.get("balance_after", 0)


async def test_p74_p80_to_the_second(life: Life) -> None:
    inputs, expected = CASES["P74"]["inputs"], CASES["P74"]["expected"]
    old, new = await life.price(1000), await life.price(2000)
    await life.start(old, day(inputs["period"][0]))
    await life.go(day(inputs["change_at"]))
    await life.change(new, "always_invoice")
    assert amounts((await life.invoices())[-1]) == expected["per_second"]

    inputs, expected = CASES["P80"]["inputs"], CASES["P80"]["expected"]
    dearer, shown = await life.price(3250), 1598982148
    await life.start(old, day("2020-08-06T21:31:00Z"))
    await life.go(datetime.fromtimestamp(shown, UTC))
    previewed = await life.preview(dearer, proration_date=shown)
    await life.go(datetime.fromtimestamp(shown + inputs["execute_later_seconds"], UTC))
    await life.change(dearer, "always_invoice", proration_date=str(shown))
    assert (
        amounts((await life.invoices())[-1])
        == amounts(previewed)
        == [
            expected["credit_line"],
            expected["debit_line"],
        ]
    )


async def test_p78_the_smallest_amount_is_invoiced(life: Life) -> None:
    """Cards have a minimum; an invoice that is paid by transfer has none."""
    total = CASES["P78"]["inputs"]["total"]
    await life.start(await life.price(total), day("2025-06-01"), paid=False)
    (invoice,) = await life.invoices()
    assert (invoice["status"], invoice["amount_due"], invoice["ending_balance"]) == ("open", total, 0)


async def test_p77_credit_for_unpaid_time_lowers_what_is_unpaid(life: Life) -> None:
    inputs, expected = CASES["P77"]["inputs"], CASES["P77"]["expected"]
    await life.start(await life.price(inputs["old"]), day("2025-06-01"), paid=False)
    await life.go(day("2025-06-11"))
    new = await life.price(inputs["new"])
    previewed = await life.preview(new)
    await life.change(new, "always_invoice")
    first, negative = await life.invoices()
    assert amounts(previewed) == amounts(negative) == [-2000, 667]
    assert (negative["total"], negative["amount_due"]) == (expected["stripe_default_net"], 0)
    assert (first["status"], first["amount_due"], first["amount_remaining"]) == ("open", 1667, 1667)
    customer = await life.ask("GET", f"/v1/customers/{life.customer}")
    assert customer["balance"] == 0
    moved = await life.ask("GET", f"/v1/customers/{life.customer}/balance_transactions")
    assert [(each["amount"], each["invoice"]) for each in moved["data"]] == [
        (1333, first["id"]),
        (-1333, negative["id"]),
    ]
    paid = await life.ask("POST", f"/v1/invoices/{first['id']}/pay", paid_out_of_band="true")
    assert (paid["status"], paid["amount_paid"]) == ("paid", 1667)


async def test_p49_p51_cancelling(life: Life) -> None:
    await life.start(await life.price(1000), day("2025-06-01"))
    await life.go(day("2025-06-10"))
    await life.ask("POST", f"/v1/subscriptions/{life.subscription}", cancel_at_period_end="true")
    first = life.subscription
    price = (await life.present())["items"]["data"][0]["price"]["id"]
    second = await life.ask("POST", "/v1/subscriptions", customer=life.customer, **{"items[0][price]": price})
    await life.go(day("2025-06-20"))
    await life.ask("DELETE", f"/v1/subscriptions/{second['id']}", prorate="true", invoice_now="true")
    # P51's own figures with its second period, of 30 days from 10 June: ten of them are used.
    assert amounts((await life.invoices())[-1]) == [-667]
    await life.go(day("2027-06-01"))
    assert len(await life.invoices()) == 3
    ended = await life.ask("GET", f"/v1/subscriptions/{first}")
    assert (ended["status"], ended["ended_at"]) == ("canceled", day("2025-07-01").timestamp())


# -- time: trials, anchors, beginnings in the past --------------------------------------------------------------------


async def billed(life: Life) -> list[list[Any]]:
    """The invoices: the day, and the total."""
    found = await life.invoices()
    return [[datetime.fromtimestamp(each["created"], UTC).strftime("%Y-%m-%d"), each["total"]] for each in found]


def seconds(text: str) -> int:
    return int(day(text).timestamp())


@pytest.mark.parametrize(
    ("id", "start", "anchor", "price", "interval"),
    [
        ("P40", "2025-02-15", "2025-03-01", 1000, "month"),
        ("P42", "2011-02-01", "2011-02-13", 3100, "month"),
        ("P75", "2011-01-31", "2012-01-15", 36500, "year"),
    ],
)
async def test_a_part_of_a_period(life: Life, id: str, start: str, anchor: str, price: int, interval: str) -> None:
    stub = CASES[id]["expected"]["stub"]
    plan = await life.price(price, "usd", interval)
    await life.start(plan, day(start), billing_cycle_anchor=seconds(anchor))
    await life.go(day(anchor))
    assert await billed(life) == [[start, stub], [anchor, price]]
    await life.start(plan, day(anchor), backdate_start_date=seconds(start))
    assert [amounts(each) for each in await life.invoices()] == [[stub, price]]


async def test_p43_p45_p48_trials(life: Life) -> None:
    expected = CASES["P43"]["expected"]
    config = {"billing_cycle_anchor_config[day_of_month]": "1"}
    await life.start(await life.price(3000), day("2025-04-15"), trial_period_days=7, **config)
    await life.go(day("2025-05-01"))
    assert await billed(life) == [
        ["2025-04-15", expected["invoice_at_start"]],
        ["2025-04-22", expected["stub_on_2025_04_22"]],
        ["2025-05-01", expected["full_on_2025_05_01"]],
    ]
    plan = await life.price(1000)
    await life.start(plan, day("2025-01-17"), trial_end=seconds("2025-01-31"))
    await life.go(day("2025-03-31"))
    assert await billed(life) == CASES["P45"]["expected"]["invoices"]
    await life.start(plan, day("2025-01-17"), trial_end=seconds("2025-01-31"))
    await life.go(day("2025-01-20"))
    await life.ask("POST", f"/v1/subscriptions/{life.subscription}", cancel_at_period_end="true")
    await life.go(day("2026-01-20"))
    assert await billed(life) == [["2025-01-17", 0]]
    assert (await life.present())["status"] == "canceled"


async def test_p19_p21_what_waits_for_the_renewal(life: Life) -> None:
    old, new = await life.price(1000), await life.price(2000)
    await life.start(old, day("2025-06-01"))
    await life.go(day("2025-06-16"))
    await life.change(new, "none")
    await life.go(day("2025-07-01"))
    renewal = (await life.invoices())[-1]
    assert amounts(renewal) == [CASES["P19"]["expected"]["renewal_total"]]
    await life.start(old, day("2025-06-01"))
    await life.go(day("2025-06-21"))
    await life.change(new, "create_prorations")
    await life.change(old, "create_prorations")
    await life.go(day("2025-07-01"))
    assert sorted(amounts((await life.invoices())[-1])) == sorted([*CASES["P21"]["expected"]["lines"], 1000])


async def test_p67_credit_never_crosses_currencies(life: Life) -> None:
    await life.start(await life.price(3000), day("2025-06-01"))
    await life.go(day("2025-06-11"))
    await life.change(await life.price(1000), "always_invoice")
    euros = {"items[0][price]": await life.price(1000, "eur", "week")}
    await life.ask("POST", "/v1/subscriptions", customer=life.customer, **euros)
    expected, invoice = CASES["P67"]["expected"], (await life.invoices())[-1]
    applied = invoice["ending_balance"] - invoice["starting_balance"]
    assert (invoice["currency"], invoice["amount_due"], applied) == ("eur", expected["due"], expected["applied"])
    customer = await life.ask("GET", f"/v1/customers/{life.customer}")
    assert (customer["currency"], customer["balance"]) == ("usd", expected["balances"]["usd"])


@pytest.mark.parametrize("mode", ["classic", "flexible"])
async def test_p79_from_free_to_paid(life: Life, mode: str) -> None:
    await life.start(await life.price(0), day("2025-06-01"), mode)
    await life.go(day("2025-06-16"))
    changed = await life.change(await life.price(2000), "always_invoice")
    expected = CASES["P79"]["expected"][mode]
    assert (await life.invoices())[-1]["total"] == expected["debit"]
    assert changed["billing_cycle_anchor"] == seconds(expected["new_anchor"])


async def test_p54_a_discount_ends_with_its_months(life: Life) -> None:
    inputs = CASES["P54"]["inputs"]
    terms = {"duration": "repeating", "duration_in_months": inputs["months"], "percent_off": inputs["percent"]}
    coupon = await life.ask("POST", "/v1/coupons", **terms)
    price = await life.price(inputs["price"])
    await life.start(price, day(inputs["start"]), **{"discounts[0][coupon]": coupon["id"]})
    await life.go(day("2025-04-30"))
    assert await billed(life) == CASES["P54"]["expected"]["invoices"]


@pytest.mark.parametrize("id", ["P56", "P57"])
async def test_discounts_one_after_the_other(life: Life, id: str) -> None:
    inputs, expected = CASES[id]["inputs"], CASES[id]["expected"]
    coupons = []
    if "percent" in inputs:
        coupons.append({"duration": "forever", "percent_off": inputs["percent"]})
    coupons.append({"duration": "once", "amount_off": inputs["amount_off"], "currency": "usd"})
    made = [(await life.ask("POST", "/v1/coupons", **each))["id"] for each in coupons]
    price = await life.price(inputs["price"])
    await life.start(price, day("2025-06-01"), **{f"discounts[{n}][coupon]": each for n, each in enumerate(made)})
    (invoice,) = await life.invoices()
    taken = [each["amount"] for each in invoice["total_discount_amounts"]]
    names = ("percent_discount", "amount_discount", "discount")
    assert taken == [expected[name] for name in names if name in expected]
    assert (invoice["total"], invoice["amount_due"]) == (expected["total"], expected["total"])
    await life.go(day("2025-07-01"))
    # What an amount was larger than the invoice is gone, and a discount for once is not taken again.
    percent = expected.get("percent_discount", 0)
    assert (await life.invoices())[-1]["total"] == inputs["price"] - percent


async def taxed(life: Life, percentage: str, inclusive: str = "false") -> str:
    """A tax rate's id."""
    rate = {"display_name": "VAT", "percentage": percentage, "inclusive": inclusive, "country": "DE"}
    return str((await life.ask("POST", "/v1/tax_rates", **rate))["id"])


def taxes(invoice: Any) -> list[int]:
    """What each line holds of taxes, and the invoice as a whole last."""
    lines = [sum(tax["amount"] for tax in each["taxes"]) for each in invoice["lines"]["data"]]
    return [*lines, sum(each["amount"] for each in invoice["total_taxes"])]


@pytest.mark.parametrize(("id", "old", "new", "inclusive"), [("P58", 1000, 2000, "false"), ("P59", 1200, 2400, "true")])
async def test_taxes_of_a_change(life: Life, id: str, old: int, new: int, inclusive: str) -> None:
    inputs, expected = CASES[id]["inputs"], CASES[id]["expected"]
    rate = await taxed(life, inputs["rate"], inclusive)
    first, second = [await life.price(each, "eur") for each in (old, new)]
    await life.start(first, day("2025-06-01"), **{"default_tax_rates[0]": rate})
    await life.go(day("2025-06-16"))
    await life.change(second, "always_invoice")
    invoice = (await life.invoices())[-1]
    assert amounts(invoice) == inputs.get("lines", inputs.get("gross_lines"))
    assert taxes(invoice)[-1] == expected["tax"]
    assert invoice["total"] == expected["total"]
    if "line_tax" in expected:
        assert taxes(invoice)[:-1] == expected["line_tax"]


async def test_p60_tax_is_rounded_once_a_rate(life: Life) -> None:
    inputs, expected = CASES["P60"]["inputs"], CASES["P60"]["expected"]
    rate = await taxed(life, inputs["rate"])
    items = {f"items[{place}][price]": await life.price(each, "eur") for place, each in enumerate(inputs["lines"])}
    await life.start(items.pop("items[0][price]"), day("2025-06-01"), **items, **{"default_tax_rates[0]": rate})
    (invoice,) = await life.invoices()
    assert taxes(invoice)[-1] == expected["tax_per_category"]
    assert invoice["total"] == sum(inputs["lines"]) + expected["tax_per_category"]


async def test_p62_a_credit_has_the_rate_that_was_billed(life: Life) -> None:
    inputs, expected = CASES["P62"]["inputs"], CASES["P62"]["expected"]
    billed_rate, present_rate = await taxed(life, inputs["rate_billed"]), await taxed(life, inputs["rate_now"])
    old, new = [await life.price(inputs[each], "eur") for each in ("old", "new")]
    await life.start(old, day("2025-06-01"), **{"default_tax_rates[0]": billed_rate})
    await life.go(day("2025-06-16"))
    await life.change(new, "always_invoice", **{"default_tax_rates[0]": present_rate})
    invoice = (await life.invoices())[-1]
    assert amounts(invoice) == [expected["credit_line"], expected["debit_line"]]
    assert taxes(invoice) == [expected["credit_tax"], expected["debit_tax"], expected["tax"]]


async def test_p63_reverse_charge(life: Life) -> None:
    inputs, expected = CASES["P63"]["inputs"], CASES["P63"]["expected"]
    rate = await taxed(life, "19")
    first, second = await life.price(1000, "eur"), await life.price(2000, "eur")
    await life.start(first, day("2025-06-01"))
    await life.ask("POST", f"/v1/customers/{life.customer}", tax_exempt="reverse")
    taxable = {"items[0][price]": first, "default_tax_rates[0]": rate}
    life.subscription = (await life.ask("POST", "/v1/subscriptions", customer=life.customer, **taxable))["id"]
    await life.go(day("2025-06-16"))
    await life.change(second, "always_invoice")
    invoice = (await life.invoices())[-1]
    assert amounts(invoice) == inputs["lines"]
    assert taxes(invoice)[-1] == expected["tax"]


async def test_p06_p66_p72_amounts_of_first_invoices(life: Life) -> None:
    inputs, expected = CASES["P06"]["inputs"], CASES["P06"]["expected"]
    terms = {"duration": "once", "amount_off": inputs["amount_off"], "currency": "usd"}
    coupon = (await life.ask("POST", "/v1/coupons", **terms))["id"]
    first, second = [await life.price(each) for each in inputs["lines"]]
    await life.start(first, day("2025-06-01"), **{"items[1][price]": second, "discounts[0][coupon]": coupon})
    (invoice,) = await life.invoices()
    taken = [each["discount_amounts"][0]["amount"] for each in invoice["lines"]["data"]]
    assert (taken, invoice["total"]) == (expected["discounts"], expected["total"])

    amount = CASES["P66"]["expected"]["stripe_api_amount"]
    await life.start(await life.price(amount, "isk"), day("2025-06-01"))
    assert [each["total"] for each in await life.invoices()] == [amount]

    inputs = CASES["P72"]["inputs"]
    package = {f"transform_quantity[{name}]": inputs[name] for name in ("divide_by", "round")}
    made = await life.ask(
        "POST",
        "/v1/prices",
        currency="usd",
        unit_amount=inputs["unit"],
        **{"product_data[name]": "Plan", "recurring[interval]": "month", **package},
    )
    await life.start(made["id"], day("2025-06-01"), **{"items[0][quantity]": inputs["quantity"]})
    assert [amounts(each) for each in await life.invoices()] == [[CASES["P72"]["expected"]["amount"]]]
