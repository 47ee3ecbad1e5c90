"""Stripe's own pages: where a customer is sent to add a method or to pay, and what becomes of what was added."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest
from stripe_requests import nested
from stripe_shelf import Shelf

from frontdesk.errors import Refused
from frontdesk.mirroring import AddMethod, PayOnPage
from frontdesk.secret import Secret
from frontdesk_stripe.backend import StripeBackend, StripeSettings
from frontdesk_stripe.connection import World
from frontdesk_stripe.hosted_pages import settle_added, spoken

NOW = datetime(2026, 11, 28, 9, 0, tzinfo=UTC)
JUST_NOW = int((NOW - timedelta(minutes=1)).timestamp())
LONG_AGO = int((NOW - timedelta(days=2)).timestamp())


class Account:
    """A customer with a card, a subscription with a card of its own, and whoever is sent to Checkout comes back."""

    def __init__(self, **customer: Any) -> None:
        self.shelf = shelf = Shelf()
        shown = {"id": "cus_1", "object": "customer", "created": 1, "currency": "eur", **customer}
        shelf.objects["/v1/customers/cus_1"] = shown
        shelf.lists |= {f"/v1/{name}": [] for name in ("subscriptions", "invoices", "credit_notes", "invoiceitems")}
        self.methods = shelf.lists.setdefault("/v1/customers/cus_1/payment_methods", [])
        self.sessions = shelf.lists.setdefault("/v1/checkout/sessions", [])
        self.posted: list[tuple[str, str, dict[str, Any]]] = []
        shelf.before = self._answer
        settings = StripeSettings(api_key=Secret("rk_test_1"))
        self.backend = StripeBackend(settings, transport=shelf.transport, world=World(now=lambda: NOW))

    def has(self, id: str, created: int = JUST_NOW) -> None:
        card = {"brand": "visa", "last4": "4242", "exp_month": 4, "exp_year": 2031}
        self.methods.append({"id": id, "type": "card", "created": created, "card": card, "customer": "cus_1"})

    def came_back(self, method: str | None, *, status: str = "complete", default: bool = True, id: str = "1") -> None:
        self.sessions.append(
            {
                "id": f"cs_{id}",
                "object": "checkout.session",
                "status": status,
                "customer": "cus_1",
                "metadata": {"frontdesk_default": "1"} if default else {},
                "setup_intent": {"id": f"seti_{id}", "payment_method": method},
            }
        )

    def _answer(self, request: httpx2.Request) -> httpx2.Response | None:
        if request.method == "GET":
            return None
        said = nested([tuple(each.split("=", 1)) for each in request.content.decode().split("&")])  # type: ignore[misc]
        path = request.url.path
        self.posted.append((path, request.headers["idempotency-key"], said))
        if path == "/v1/customers/cus_1":
            self.shelf.objects[path] = {**self.shelf.objects[path], "invoice_settings": said["invoice_settings"]}
        if path == "/v1/checkout/sessions":
            return httpx2.Response(200, json={"id": "cs_1", "url": "https://checkout.stripe.example/c/1"})
        return httpx2.Response(200, json={"id": "x"})


def add(**more: Any) -> AddMethod:
    places = {"done_url": "https://pay.example.com/done", "back_url": "https://pay.example.com/back"}
    return AddMethod(**{"customer": "cus_1", "locale": "de", **places, **more})


async def test_a_method_is_added_on_checkout() -> None:
    account = Account()
    assert await account.backend.hosted_page(add(), "intent-1") == "https://checkout.stripe.example/c/1"
    ((path, key, said),) = account.posted
    assert (path, key) == ("/v1/checkout/sessions", "intent-1")
    assert (said["mode"], said["customer"], said["locale"], said["currency"]) == ("setup", "cus_1", "de", "eur")
    assert said["metadata"] == {"frontdesk_intent": "intent-1", "frontdesk_default": "1"}


async def test_who_has_no_currency_yet_is_asked_for_a_card() -> None:
    account = Account(currency=None)
    await account.backend.hosted_page(add(default=False), "intent-1")
    ((_, _, said),) = account.posted
    assert said["payment_method_types"] == {"0": "card"}
    assert said["metadata"] == {"frontdesk_intent": "intent-1"}


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [("de", "de"), ("ar", "auto"), ("fr-CA", "fr-CA"), ("pt_BR", "pt-BR"), ("de-AT", "de"), ("", "auto"), ("ja", "ja")],
)
def test_checkout_speaks_the_customer_s_language_where_it_can(ours: str, theirs: str) -> None:
    assert spoken(ours) == theirs


async def test_an_open_invoice_is_paid_on_its_page() -> None:
    account = Account()
    page = PayOnPage(customer="cus_1", invoice="in_1")
    with pytest.raises(Refused):
        await account.backend.hosted_page(page, "k")
    shown = {"id": "in_1", "customer": "cus_1", "status": "open", "hosted_invoice_url": "https://invoice.example/i"}
    account.shelf.objects["/v1/invoices/in_1"] = shown
    assert await account.backend.hosted_page(page, "k") == "https://invoice.example/i"
    for spoilt in ({"customer": "cus_2"}, {"status": "paid"}, {"hosted_invoice_url": None}):
        account.shelf.objects["/v1/invoices/in_1"] = {**shown, **spoilt}
        with pytest.raises(Refused):
            await account.backend.hosted_page(page, "k")


async def test_what_was_added_pays_from_then_on() -> None:
    account = Account()
    account.has("pm_old", LONG_AGO)
    account.has("pm_new")
    account.came_back("pm_new")
    changes = await account.backend.refresh("cus_1")
    assert changes.customer is not None
    assert changes.customer.default_payment_method == "pm_new"
    ((path, key, said),) = account.posted
    assert (path, key) == ("/v1/customers/cus_1", "default-cs_1")
    assert said == {"invoice_settings": {"default_payment_method": "pm_new"}}
    await account.backend.refresh("cus_1")
    assert len(account.posted) == 1


async def test_a_plan_that_had_a_method_of_its_own_is_paid_by_it_as_well() -> None:
    account = Account()
    account.has("pm_new")
    account.came_back("pm_new")
    plans = [
        {"id": "sub_1", "status": "active", "default_payment_method": "pm_old"},
        {"id": "sub_2", "status": "active", "default_payment_method": None},
        {"id": "sub_3", "status": "canceled", "default_payment_method": "pm_old"},
    ]
    customer = account.shelf.objects["/v1/customers/cus_1"]
    assert await settle_added(account.backend.stripe, dict(customer), account.methods, plans, NOW)
    assert [(path, said) for path, _, said in account.posted[1:]] == [
        ("/v1/subscriptions/sub_1", {"default_payment_method": ""})
    ]


async def test_a_choice_that_was_made_since_is_asked_for_with_the_same_key_alone() -> None:
    """Stripe answers as it did and does nothing: who chose another method afterwards keeps it."""
    account = Account()
    account.has("pm_new")
    account.came_back("pm_new")
    await account.backend.refresh("cus_1")
    path = "/v1/customers/cus_1"
    chosen = {**account.shelf.objects[path], "invoice_settings": {"default_payment_method": "pm_old"}}
    account.shelf.objects[path] = chosen
    account.shelf.before = lambda request: None if request.method == "GET" else httpx2.Response(200, json={"id": "x"})
    changes = await account.backend.refresh("cus_1")
    assert changes.customer is not None
    assert changes.customer.default_payment_method == "pm_old"
    keys = [each.headers.get("idempotency-key") for each in account.shelf.asked if each.method == "POST"]
    assert keys == ["default-cs_1"] * 2


@pytest.mark.parametrize(
    "spoil",
    [
        lambda each: each.has("pm_new", LONG_AGO),
        lambda each: (each.has("pm_new"), each.sessions.clear()),
        lambda each: (each.has("pm_new"), each.sessions.clear(), each.came_back("pm_new", default=False)),
        lambda each: (each.has("pm_new"), each.sessions.clear(), each.came_back("pm_new", status="open")),
        lambda each: (each.has("pm_new"), each.sessions.clear(), each.came_back(None)),
        lambda each: (each.has("pm_other"), each.has("pm_new", LONG_AGO)),
    ],
)
async def test_what_was_not_added_to_pay_does_not(spoil: Any) -> None:
    account = Account()
    account.came_back("pm_new")
    spoil(account)
    await account.backend.refresh("cus_1")
    assert account.posted == []


async def test_a_customer_is_read_even_where_nothing_may_be_set() -> None:
    account = Account()
    account.has("pm_new")
    account.came_back("pm_new")
    account.shelf.before = lambda request: (
        httpx2.Response(403, json={"error": {"message": "no"}}) if request.method == "POST" else None
    )
    changes = await account.backend.refresh("cus_1")
    assert changes.customer is not None
    assert [each.id for each in changes.customer.payment_methods] == ["pm_new"]
