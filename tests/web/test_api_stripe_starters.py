"""Programs as Stripe's own samples and guides write them: only the address and the keys are ours."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
import stripe
from api_server import ApiServer
from sides import Tenant

from frontdesk_tenants import clock_walks
from frontdesk_tenants.tenancy import Tenancy

MONTH: Any = {"currency": "eur", "recurring": {"interval": "month"}}


@pytest.fixture
def v1(api_server: ApiServer, tenant: Tenant) -> Any:
    """The official SDK with a sandbox key."""
    return api_server.sdk(tenant.sandbox.secret_key.reveal(), max_network_retries=5).v1


def sold(v1: Any, amount: int, key: str) -> Any:
    asked = MONTH | {"unit_amount": amount, "lookup_key": key, "product_data": {"name": key.title()}}
    return v1.prices.create(asked)


def refused(call: Any, *given: Any) -> tuple[str | None, str]:
    with pytest.raises(stripe.InvalidRequestError) as caught:
        call(*given)
    return caught.value.param, str(caught.value.user_message)


def test_a_subscription_that_the_browser_pays_for(v1: Any) -> None:
    """docs.stripe.com/billing/subscriptions/build-subscriptions, and the sample subscription-use-cases."""
    sold(v1, 500, "basic"), sold(v1, 1500, "premium")
    listed = v1.prices.list({"lookup_keys": ["basic", "premium"], "expand": ["data.product"]})
    basic, premium = sorted(listed.data, key=lambda each: each.unit_amount)
    assert (basic.product.name, premium.lookup_key) == ("Basic", "premium")
    customer = v1.customers.create({"email": "jenny@example.com", "balance": -200})
    assert customer.balance == -200
    asked = {
        "customer": customer.id,
        "items": [{"price": basic.id}],
        "payment_behavior": "default_incomplete",
        "payment_settings": {"payment_method_types": ["card"], "save_default_payment_method": "on_subscription"},
        "expand": ["latest_invoice.confirmation_secret"],
    }
    begun = v1.subscriptions.create(asked)
    assert (begun.status, begun.default_payment_method) == ("incomplete", None)
    assert begun.payment_settings.save_default_payment_method == "on_subscription"
    assert begun.latest_invoice.amount_due == 300
    intent = begun.latest_invoice.confirmation_secret.client_secret.partition("_secret_")[0]
    paid = v1.payment_intents.confirm(intent, {"payment_method": "pm_card_visa"})
    begun = v1.subscriptions.retrieve(begun.id, {"expand": ["default_payment_method"]})
    assert (begun.status, begun.default_payment_method.id) == ("active", paid.payment_method)

    change = {"items": [{"id": begun["items"].data[0].id, "price": premium.id}], "proration_behavior": "always_invoice"}
    preview = v1.invoices.create_preview({"subscription": begun.id, "subscription_details": change})
    changed = v1.subscriptions.update(begun.id, change | {"expand": ["latest_invoice"]})
    assert (changed.latest_invoice.status, changed.latest_invoice.total) == ("paid", preview.total)
    leaving = v1.subscriptions.update(begun.id, {"cancel_at_period_end": True})
    assert leaving.cancel_at_period_end is True
    told = v1.events.list({"type": "customer.subscription.updated", "limit": 1}).data[0]
    assert told.data.previous_attributes.cancel_at_period_end is False
    assert v1.subscriptions.update(begun.id, {"cancel_at_period_end": False}).cancel_at is None


def test_what_stripe_has_elsewhere_by_now_says_where(v1: Any) -> None:
    price, customer = sold(v1, 500, "basic"), v1.customers.create({"email": "jenny@example.com"})
    asked = {"customer": customer.id, "items": [{"price": price.id}]}
    param, said = refused(v1.subscriptions.create, asked | {"expand": ["latest_invoice.payment_intent"]})
    assert (param, "latest_invoice.payment_intent" in said, "confirmation_secret" in said) == ("expand", True, True)
    for call, given, param, word in (
        (v1.customers.create, {"source": "tok_visa"}, "source", "default_payment_method"),
        (v1.customers.create, {"balance": "many"}, "balance", "Invalid integer"),
        (
            v1.checkout.sessions.create,
            {"mode": "subscription", "line_items": [{"price": price.id, "quantity": 1}]},
            "line_items",
            "setup",
        ),
    ):
        named, said = refused(call, given)
        assert (named, word in said) == (param, True), said
    begun = v1.subscriptions.create(asked)
    named, said = refused(v1.subscriptions.update, begun.id, {"pause_collection": {"behavior": "void"}})
    assert (named, "/pause" in said) == ("pause_collection", True)


def test_a_declined_invoice_names_its_intent(v1: Any) -> None:
    customer = v1.customers.create({"email": "jenny@example.com"})
    method = v1.payment_methods.attach("pm_card_chargeCustomerFail", {"customer": customer.id})
    asked = {"customer": customer.id, "items": [{"price": sold(v1, 1000, "basic").id}]}
    begun = v1.subscriptions.create(asked | {"default_payment_method": method.id})
    assert begun.status == "incomplete"
    with pytest.raises(stripe.CardError) as declined:
        v1.invoices.pay(begun.latest_invoice)
    assert (declined.value.code, declined.value.error.decline_code) == ("card_declined", "generic_decline")
    intent = declined.value.error.payment_intent
    assert (intent.object, intent.status, intent.amount) == ("payment_intent", "requires_payment_method", 1000)
    assert v1.payment_intents.confirm(intent.id, {"payment_method": "pm_card_visa"}).status == "succeeded"
    assert v1.invoices.retrieve(begun.latest_invoice).status == "paid"


def test_an_invoice_that_is_issued_goes_out_where_that_is_asked_for(v1: Any) -> None:
    customer = v1.customers.create({"email": "jenny@example.com"})
    drafts = [v1.invoices.create({"customer": customer.id, "days_until_due": 30}) for _ in range(2)]
    for draft, sends in zip(drafts, (False, True), strict=True):
        line = {"customer": customer.id, "invoice": draft.id, "amount": 1000, "currency": draft.currency}
        v1.invoice_items.create(line)
        issued = v1.invoices.finalize_invoice(draft.id, {"auto_advance": sends})
        assert (issued.status, issued.amount_due) == ("open", 1000)
    told = v1.events.list({"type": "invoice.sent"}).data
    assert [each.data.object.id for each in told] == [drafts[1].id]
    note = v1.credit_notes.create({"invoice": drafts[0].id, "amount": 100, "expand": ["invoice"]})
    paper = httpx.get(note.pdf, trust_env=False)
    assert (paper.status_code, paper.headers["content-type"]) == (200, "application/pdf")
    assert note.pdf.startswith(f"{note.invoice.hosted_invoice_url}/")
    assert v1.credit_notes.preview({"invoice": drafts[0].id, "amount": 100}).pdf == ""


def test_metered_prices_and_schedules_are_found_as_programs_look_for_them(v1: Any) -> None:
    flat, customer = sold(v1, 500, "basic"), v1.customers.create({"email": "jenny@example.com"})
    counted = {"display_name": "Calls", "event_name": "calls", "default_aggregation": {"formula": "sum"}}
    meter = v1.billing.meters.create(counted)
    by_use = {"interval": "month", "usage_type": "metered", "meter": meter.id}
    metered = v1.prices.create(MONTH | {"unit_amount": 1, "product": flat.product, "recurring": by_use})
    once = v1.prices.create({"currency": "eur", "unit_amount": 900, "product": flat.product})
    for looked, found in (
        ({"recurring": {"meter": meter.id}}, [metered.id]),
        ({"recurring": {"usage_type": "metered"}}, [metered.id]),
        ({"recurring": {"usage_type": "licensed"}}, [flat.id]),
        ({"product": flat.product}, [once.id, metered.id, flat.id]),
    ):
        assert [each.id for each in v1.prices.list(looked).data] == found
    phases = [{"items": [{"price": flat.id, "quantity": each}], "iterations": 1} for each in (1, 2)]
    everything = ["customer", "subscription.latest_invoice", "phases.items.price", "phases.items.price.product"]
    asked = {"customer": customer.id, "start_date": "now", "phases": phases, "expand": everything[:3]}
    made = v1.subscription_schedules.create(asked)
    assert (made.customer.email, made.subscription.latest_invoice.total) == ("jenny@example.com", 500)
    assert [each["items"][0].price.unit_amount for each in made.phases] == [500, 500]
    again = v1.subscription_schedules.retrieve(made.id, {"expand": everything[3:]})
    assert again.phases[1]["items"][0].price.product.name == "Basic"


async def test_a_trial_without_a_card_ends_as_was_asked(v1: Any, tenancy: Tenancy, tenant: Tenant) -> None:
    """docs.stripe.com/billing/subscriptions/trials/free-trials: nobody is billed who never named a card."""
    start = int(datetime(2027, 1, 1, tzinfo=UTC).timestamp())

    def begun() -> tuple[Any, list[Any]]:
        clock, price = v1.test_helpers.test_clocks.create({"frozen_time": start}), sold(v1, 500, "basic")
        made = []
        for card, ends in ((False, "cancel"), (True, "cancel"), (False, "pause")):
            customer = v1.customers.create({"email": "jenny@example.com", "test_clock": clock.id})
            if card:
                method = v1.payment_methods.attach("pm_card_visa", {"customer": customer.id})
                v1.customers.update(customer.id, {"invoice_settings": {"default_payment_method": method.id}})
            asked = {"customer": customer.id, "items": [{"price": price.id}], "trial_period_days": 7}
            behavior = {"trial_settings": {"end_behavior": {"missing_payment_method": ends}}}
            made.append(v1.subscriptions.create(asked | behavior | {"collection_method": "charge_automatically"}))
        v1.test_helpers.test_clocks.advance(clock.id, {"frozen_time": start + 8 * 86_400})
        return clock, made

    clock, made = await asyncio.to_thread(begun)
    told = [each.trial_settings.end_behavior.missing_payment_method for each in made]
    assert told == ["cancel", "cancel", "pause"]
    await clock_walks.walk(tenancy, tenant.door.tenant_id, clock.id)
    ended, going, paused = [await asyncio.to_thread(v1.subscriptions.retrieve, each.id) for each in made]
    assert (ended.status, ended.ended_at, going.status) == ("canceled", start + 7 * 86_400, "active")
    assert (paused.status, paused.status_details) == ("paused", None)
    for each in (ended, paused):
        (billed,) = (await asyncio.to_thread(v1.invoices.list, {"subscription": each.id})).data
        assert billed.total == 0
    method = await asyncio.to_thread(v1.payment_methods.attach, "pm_card_visa", {"customer": paused.customer})
    default = {"default_payment_method": method.id}
    await asyncio.to_thread(v1.customers.update, paused.customer, {"invoice_settings": default})
    resumed = await asyncio.to_thread(v1.subscriptions.resume, paused.id, {"expand": ["latest_invoice"]})
    assert (resumed.status, resumed.latest_invoice.status, resumed.latest_invoice.total) == ("active", "paid", 500)


def test_lists_within_an_object_go_on_where_they_say(v1: Any) -> None:
    price, customer = sold(v1, 500, "basic"), v1.customers.create({"email": "jenny@example.com"})
    for _ in range(11):
        v1.subscriptions.create({"customer": customer.id, "items": [{"price": price.id}], "days_until_due": 30})
    held = v1.customers.retrieve(customer.id, {"expand": ["subscriptions"]}).subscriptions
    assert (len(held.data), held.has_more) == (10, True)
    assert len({each.id for each in held.auto_paging_iter()}) == 11
    card: Any = {"payment_method": "pm_card_visa", "confirm": True, "currency": "eur", "amount": 100}
    charge = v1.payment_intents.create(card | {"return_url": "https://example.com"}).latest_charge
    made = {v1.refunds.create({"charge": charge, "amount": 1}).id for _ in range(11)}
    refunds = v1.charges.retrieve(charge, {"expand": ["refunds"]}).refunds
    assert refunds.has_more
    assert {each.id for each in refunds.auto_paging_iter()} == made


def test_schedules_are_exported_by_the_time_when_they_were_made(v1: Any) -> None:
    price, customer = sold(v1, 500, "basic"), v1.customers.create({"email": "jenny@example.com"})
    begun = v1.subscriptions.create({"customer": customer.id, "items": [{"price": price.id}], "days_until_due": 30})
    made = v1.subscription_schedules.create({"from_subscription": begun.id})
    for bounds, found in (
        ({"gte": made.created, "lte": made.created}, [made.id]),
        ({"gt": made.created}, []),
        ({"lt": made.created}, []),
    ):
        listed = v1.subscription_schedules.list({"created": bounds})
        assert [each.id for each in listed.auto_paging_iter()] == found
    param, said = refused(v1.subscription_schedules.list, {"released_at": {"gt": 1}})
    assert (param, "subscription_schedule.released" in said) == ("released_at", True)


def test_what_is_not_served_says_what_is_instead(v1: Any, api_server: ApiServer, tenant: Tenant) -> None:
    paid: Any = {"payment_method": "pm_card_visa", "confirm": True, "return_url": "https://example.com"}
    v1.payment_intents.create(paid | {"amount": 100, "currency": "eur"})
    param, said = refused(v1.payment_intents.list, {"expand": ["data.invoice"]})
    assert (param, "/v1/invoice_payments" in said) == ("expand", True)
    with api_server.http(tenant.sandbox.secret_key.reveal()) as http:
        for method, path, word in (
            ("POST", "/v1/plans", "/v1/prices"),
            ("GET", "/v1/invoices/upcoming?customer=cus_1", "/v1/invoices/create_preview"),
            ("POST", "/v1/subscription_items/si_1/usage_records", "/v1/billing/meter_events"),
            ("POST", "/v2/billing/meter_events", "/v1/billing/meter_events"),
            ("POST", "/v1/customers/cus_1/sources", "payment_methods"),
            ("POST", "/v1/charges", "/v1/payment_intents"),
            ("POST", "/v1/charges/ch_1/refunds", "/v1/refunds"),
            ("GET", "/v1/setup_attempts", "last_setup_error"),
            ("GET", "/v1/balance_transactions", "No money passes through Frontdesk"),
            ("GET", "/v1/disputes", "No money passes through Frontdesk"),
            ("POST", "/v1/payment_links", "checkout"),
            ("GET", "/v2/core/events", "/v1/events"),
            ("POST", "/v2/core/event_destinations", "/v1/webhook_endpoints"),
        ):
            assert word in http.request(method, path).json()["error"]["message"].partition(").")[2], path


def test_invoices_of_no_subscription_are_expanded_beside_others(v1: Any) -> None:
    price, customer = sold(v1, 500, "basic"), v1.customers.create({"email": "jenny@example.com"})
    begun = v1.subscriptions.create({"customer": customer.id, "items": [{"price": price.id}], "days_until_due": 30})
    v1.invoices.create({"customer": customer.id})
    alone, of_plan = v1.invoices.list({"expand": ["data.parent.subscription_details.subscription"]}).data
    assert (alone.parent, of_plan.parent.subscription_details.subscription.id) == (None, begun.id)
