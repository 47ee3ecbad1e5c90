"""Who is at the other end of a key and what it may not do; walks through a catalogue and through customers."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2
import pytest
from oracle.engine_terms import TERMS
from stripe_shelf import Shelf

from frontdesk.changes import Changes
from frontdesk.coupons import PromotionCode
from frontdesk.errors import Misconfigured, Unavailable
from frontdesk.mirroring import Subject
from frontdesk.secret import Secret
from frontdesk_stripe.backend import StripeBackend, StripeSettings
from frontdesk_stripe.connection import World
from frontdesk_stripe.permissions import PERMISSIONS, page_to_make_a_key
from frontdesk_stripe.reading.wire import version_at
from frontdesk_web.api.shapes import discounts, prices, products, tax_rates

NOW = datetime(2026, 11, 28, 9, 0, tzinfo=UTC)
ACCOUNT = {"id": "acct_1", "object": "account", "settings": {"dashboard": {"display_name": "Northbeam"}}}
CODE = PromotionCode(id="promo_1", code="WELCOME", coupon=next(iter(TERMS.coupons)), created=NOW)


def backend(shelf: Shelf, key: str = "rk_live_1") -> StripeBackend:
    settings = StripeSettings(api_key=Secret(key))
    return StripeBackend(settings, transport=shelf.transport, world=World(now=lambda: NOW))


def forbids(*words: str) -> Any:
    """A key that lacks some permissions, by Stripe's names."""

    def answer(request: httpx2.Request) -> httpx2.Response | None:
        for each in PERMISSIONS:
            method, path = each.probe
            if each.name in words and (request.method, request.url.path) == (method, path):
                said = f"The provided key does not have the required permissions. Having the '{each.name}' permission"
                return httpx2.Response(403, content=json.dumps({"error": {"message": said}}))
        return None

    return answer


def full_shelf() -> Shelf:
    shelf = Shelf()
    shelf.objects["/v1/account"] = ACCOUNT
    shelf.put_all("/v1/tax_rates", (tax_rates.tax_rate(each, False) for each in TERMS.tax_rates.values()))
    shelf.put_all("/v1/coupons", (discounts.coupon(each, False, each.created) for each in TERMS.coupons.values()))
    shelf.put_all("/v1/products", (products.product(each, False) for each in TERMS.products.values()))
    shelf.put_all("/v1/prices", (price(each) for each in TERMS.prices.values()))
    coupon = TERMS.coupons[CODE.coupon]
    shelf.put_all("/v1/promotion_codes", [discounts.promotion_code(CODE, coupon, False, NOW)])
    shelf.lists |= {f"/v1/{name}": [] for name in ("setup_intents", "payment_intents", "charges")}
    shelf.lists["/v1/events"] = []
    return shelf


def price(stored: Any) -> dict[str, Any]:
    tiers = {"tiers": prices.tiers(stored.tiers, stored.currency)} if stored.tiers else {}
    return prices.price(stored, False) | {"currency_options": prices.currency_options(stored), **tiers}


@pytest.mark.parametrize(
    ("key", "livemode"), [("rk_live_1", True), ("sk_live_1", True), ("rk_test_1", False), ("sk_test_1", False)]
)
async def test_a_good_key_says_whose_it_is(key: str, livemode: bool) -> None:
    found = await backend(full_shelf(), key).connect()
    assert (found.account, found.name, found.livemode, found.missing) == ("acct_1", "Northbeam", livemode, ())


@pytest.mark.parametrize("key", ["pk_live_1", "whsec_1", "", "rk live", "rk_live_ü", "\0"])
async def test_what_is_no_key_is_refused_before_anybody_is_asked(key: str) -> None:
    shelf = full_shelf()
    with pytest.raises(Misconfigured) as raised:
        await backend(shelf, key).connect()
    assert raised.value.field == "api_key"
    assert shelf.asked == []


async def test_what_a_key_may_not_do_is_named_as_stripe_s_dashboard_names_it() -> None:
    shelf = full_shelf()
    shelf.before = forbids("rak_plan_write", "rak_event_read")
    assert (await backend(shelf).connect()).missing == ("Prices: Write", "Events: Read")


async def test_a_key_that_may_not_read_its_account_still_says_whose_it_is() -> None:
    shelf = full_shelf()
    said = "The provided key 'rk_live_***' does not have the required permissions on account 'acct_7'."
    shelf.before = lambda request: (
        httpx2.Response(403, json={"error": {"message": said}}) if request.url.path == "/v1/account" else None
    )
    found = await backend(shelf).connect()
    assert (found.account, found.name) == ("acct_7", "acct_7")


async def test_a_key_that_stripe_does_not_know_is_said_to_be_none() -> None:
    shelf = full_shelf()
    shelf.before = lambda _: httpx2.Response(401, json={"error": {"message": "Invalid API Key"}})
    with pytest.raises(Misconfigured, match="does not take this key"):
        await backend(shelf).connect()


async def test_probing_changes_nothing() -> None:
    shelf = full_shelf()
    await backend(shelf).connect()
    written = [each.url.path for each in shelf.asked if each.method != "GET"]
    assert written
    assert all("/frontdesk_asks_what_it_may" in each for each in written)


def test_a_key_can_be_made_with_all_permissions_filled_in() -> None:
    names = re.findall(r"permissions%5B%5D=(\w+)", page_to_make_a_key())
    assert names == [each.name for each in PERMISSIONS]


def test_the_page_for_people_names_all_permissions() -> None:
    page = (Path(__file__).parents[3] / "docs/stripe.md").read_text()
    rows = re.findall(r"^\| ([^|]+) \| (Read|Write) \|", page, re.MULTILINE)
    named = {(resource, level) for resources, level in rows for resource in resources.split(", ")}
    assert named == {(each.resource, each.level) for each in PERMISSIONS}


async def walked(shelf: Shelf) -> Changes:
    found, after, steps = Changes(), None, 0
    while True:
        page = await backend(shelf).page_of_catalogue(after)
        found, after, steps = found.then(page.changes), page.after, steps + 1
        if after is None:
            return found
        assert steps < 1000


@pytest.mark.parametrize("most", [1, 100])
async def test_a_catalogue_is_walked_whole(most: int) -> None:
    shelf = full_shelf()
    shelf.most = most
    found = await walked(shelf)
    assert {each.id for each in found.products} == set(TERMS.products)
    assert {each.id for each in found.prices} == set(TERMS.prices)
    assert {each.id for each in found.coupons} == set(TERMS.coupons)
    assert {each.id for each in found.tax_rates} == set(TERMS.tax_rates)
    assert [each.id for each in found.promotion_codes] == ["promo_1"]
    assert {each.version for each in found.prices} == {version_at(NOW)}


async def test_a_price_that_we_cannot_bill_by_hides_no_other() -> None:
    shelf = full_shelf()
    shelf.put("/v1/prices", {**shelf.lists["/v1/prices"][0], "id": "price_odd", "currency": "zzz"})
    assert {each.id for each in (await walked(shelf)).prices} == set(TERMS.prices)


async def test_one_thing_comes_with_what_it_needs() -> None:
    shelf = full_shelf()
    stored = next(iter(TERMS.prices.values()))
    found = await backend(shelf).refresh_catalogue(Subject("price", stored.id))
    assert ([each.id for each in found.products], [each.id for each in found.prices]) == ([stored.product], [stored.id])
    found = await backend(shelf).refresh_catalogue(Subject("promotion_code", "promo_1"))
    assert [each.id for each in found.coupons] == [CODE.coupon]
    assert await backend(shelf).refresh_catalogue(Subject("product", "prod_gone")) == Changes()
    assert await backend(shelf).refresh_catalogue(Subject("customer", "cus_1")) == Changes()


async def test_customers_are_walked_in_pages() -> None:
    shelf = Shelf(most=2)
    shelf.put_all("/v1/customers", ({"id": f"cus_{n}", "object": "customer"} for n in range(5)))
    found: list[str] = []
    after = None
    while True:
        page = await backend(shelf).page_of_customers(after)
        found += page.customers
        after = page.after
        if after is None:
            break
    assert found == [f"cus_{n}" for n in range(5)]


@pytest.mark.parametrize("search", ["there", "not for this account", "away"])
async def test_customers_are_found_by_their_address_whatever_its_case(search: str) -> None:
    shelf = Shelf()
    people = [("cus_1", "Jenny@example.com"), ("cus_2", "jenny@example.com"), ("cus_3", "jenny@example.com.evil")]
    shown = [{"id": id, "object": "customer", "email": email} for id, email in people]

    def answer(request: httpx2.Request) -> httpx2.Response | None:
        if request.url.path == "/v1/customers":
            data = [each for each in shown if each["email"] == request.url.params["email"]]
            return httpx2.Response(200, json={"data": data, "has_more": False})
        if search == "there":
            assert request.url.params["query"] == 'email:"JENNY@example.com"'
            return httpx2.Response(200, json={"data": shown, "has_more": False})
        return httpx2.Response(400 if search.startswith("not") else 500, json={"error": {"message": "No search."}})

    shelf.before = answer
    if search == "away":
        with pytest.raises(Unavailable):
            await backend(shelf).customers_with_address("JENNY@example.com")
        return
    found = await backend(shelf).customers_with_address("JENNY@example.com")
    assert found == (("cus_1", "cus_2") if search == "there" else ("cus_2",))
