"""A customer's whole account at Stripe, read again: every list to its end, and what it names along with it."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import httpx2
import pytest
from oracle.engine_terms import TERMS
from simulation import BEGINS, Simulation
from stripe_shelf import Shelf

from frontdesk.book import Invoice
from frontdesk.changes import Changes
from frontdesk.coupons import Coupon, Discount
from frontdesk.errors import Unavailable
from frontdesk.ledger import LedgerTransaction, TransactionKind, entries
from frontdesk.secret import Secret
from frontdesk_stripe.backend import StripeBackend, StripeSettings
from frontdesk_stripe.connection import World
from frontdesk_stripe.reading.wire import version_at
from frontdesk_web.api.shapes import credit_notes, customers, discounts, invoice_items, invoices, products
from frontdesk_web.api.shapes import subscriptions as shapes_of_subscriptions
from frontdesk_web.api.shapes import tax_rates as shapes_of_rates
from frontdesk_web.api.shapes.balance_transactions import balance_transaction as shown_movement

NOW = datetime(2026, 11, 28, 9, 0, tzinfo=UTC)
SIDE: Any = type("SideOfNames", (), {"country": "DE", "name": "Northbeam"})()
"""What a shape needs of a side."""


class Life:
    """Somebody's years, as the simulation played them, on a shelf."""

    def __init__(self, most: int = 100) -> None:
        played = Simulation(20_261_128, 6, 2, BEGINS)
        played.run()
        # Whose balance was moved: of the others nothing is asked about it.
        moved = [each for each in played.customers if any(of.starting_balance for of in each.invoices.values())]
        self.customer = max(moved, key=lambda each: len(each.invoices))
        self.id = self.customer.account.customer.id
        self.shelf = Shelf(most)
        self._put()

    def backend(self) -> StripeBackend:
        settings = StripeSettings(api_key=Secret("rk_test_1"))
        return StripeBackend(settings, transport=self.shelf.transport, world=World(now=lambda: NOW))

    def _put(self) -> None:
        shelf, life = self.shelf, self.customer
        shelf.put("/v1/customers", shown_customer(life.account.customer))
        shelf.put_all("/v1/subscriptions", (self._subscription(each) for each in life.subs.values()))
        shelf.put_all("/v1/invoices", (self._invoice(each) for each in life.invoices.values()))
        shelf.put_all("/v1/credit_notes", (self._note(each) for each in life.account.credit_notes))
        waiting = (invoice_items.invoice_item(each, TERMS.tax_rates, False) for each in life.account.pending_items)
        shelf.put_all("/v1/invoiceitems", waiting)
        shelf.put_all("/v1/products", (products.product(each, False) for each in TERMS.products.values()))
        shelf.put_all("/v1/coupons", (discounts.coupon(each, False, each.created) for each in TERMS.coupons.values()))
        shelf.put_all("/v1/tax_rates", (shapes_of_rates.tax_rate(each, False) for each in TERMS.tax_rates.values()))
        movements = [shown_movement(each, False) for each in moved(self.id)]
        shelf.lists[f"/v1/customers/{self.id}/balance_transactions"] = movements[::-1]
        shelf.lists[f"/v1/customers/{self.id}/payment_methods"] = [card("pm_b", 20), card("pm_a", 10), wallet()]

    def _subscription(self, stored: Any) -> Mapping[str, Any]:
        shown = shapes_of_subscriptions.subscription(stored, TERMS.prices, TERMS.tax_rates, TERMS.settings, False)
        shown["discounts"] = [discount(each) for each in stored.discounts]
        items = shown["items"]["data"]
        for item, of in zip(items, stored.items, strict=True):
            whole = {**item, "subscription": stored.id, "discounts": [discount(each) for each in of.discounts]}
            self.shelf.put("/v1/subscription_items", whole)
        shown["items"] = {"data": items[: self.shelf.most], "has_more": len(items) > self.shelf.most}
        return shown

    def _invoice(self, stored: Invoice) -> Mapping[str, Any]:
        shown = invoices.invoice(stored, TERMS.prices, SIDE, False, most=1000)
        shown["discounts"] = [discount(each) for each in stored.discounts]
        lines = shown["lines"]["data"]
        self.shelf.lists[f"/v1/invoices/{stored.id}/lines"] = lines
        shown["lines"] = {"data": lines[: self.shelf.most], "has_more": len(lines) > self.shelf.most}
        return shown

    def _note(self, stored: Any) -> Mapping[str, Any]:
        shown = credit_notes.credit_note(stored, False)
        self.shelf.lists[f"/v1/credit_notes/{stored.id}/lines"] = shown["lines"]["data"]
        return shown


def shown_customer(stored: Any) -> dict[str, Any]:
    shown = customers.customer(stored, False)
    held = None if stored.discount is None else discount(stored.discount)
    return shown | {"discount": held, "tax_ids": {"data": [], "has_more": False}}


def discount(held: Discount) -> dict[str, Any]:
    coupon = discounts.coupon(TERMS.coupons[held.coupon], False, held.start)
    return discounts.discount(held, "cus") | {"source": {"coupon": coupon, "type": "coupon"}}


def card(id: str, created: int) -> dict[str, Any]:
    known = {"brand": "visa", "last4": "4242", "exp_month": 4, "exp_year": 2031, "funding": "credit", "country": "US"}
    shown = {"id": id, "object": "payment_method", "type": "card", "created": created, "card": known}
    return shown | {"billing_details": {"name": "Jenny"}, "customer": "cus", "metadata": {}}


def wallet() -> dict[str, Any]:
    return {"id": "pm_w", "object": "payment_method", "type": "brand_new", "created": 30, "brand_new": {"a": 1}}


def moved(customer: str) -> tuple[LedgerTransaction, ...]:
    """What moved a balance, oldest first."""
    kinds: tuple[tuple[TransactionKind, int, str | None], ...] = (
        ("adjustment", -500, None),
        ("invoice", 300, "in_1"),
        ("opening", -100, None),
    )
    return tuple(
        LedgerTransaction(
            id=f"cbtxn_{n}",
            customer=customer,
            created=NOW + timedelta(seconds=n),
            kind=kind,
            currency="eur",
            entries=entries(balance=amount, opening=-amount),
            ending_balance=-300,
            invoice=invoice,
        )
        for n, (kind, amount, invoice) in enumerate(kinds)
    )


def told(changes: Changes, life: Life) -> None:
    """All that the shelf holds of the customer was read."""
    assert changes.customer is not None
    assert changes.customer.id == life.id
    assert {each.id: each.status for each in changes.subscriptions} == {
        each.id: each.status for each in life.customer.subs.values()
    }
    assert {each.id: each.total for each in changes.invoices} == {
        each.id: each.total for each in life.customer.invoices.values()
    }
    assert all(
        len(each.lines) == len(life.customer.invoices[each.id].lines) and each.version == version_at(NOW)
        for each in changes.invoices
    )
    assert changes.ledger == moved(life.id)
    assert {each.id for each in changes.pending_items} == {each.id for each in life.customer.account.pending_items}
    assert [each.id for each in changes.customer.payment_methods] == ["pm_a", "pm_b", "pm_w"]
    assert changes.events == ()


async def test_a_life_is_read_whole() -> None:
    life = Life()
    changes = await life.backend().refresh(life.id)
    told(changes, life)
    named = {line.product for each in changes.invoices for line in each.lines if line.product}
    assert named <= {each.id for each in changes.products}
    assert all(line.product_name for each in changes.invoices for line in each.lines if line.product)
    assert len(life.shelf.asked) < 30


async def test_every_list_is_read_to_its_end() -> None:
    life = Life(most=1)
    told(await life.backend().refresh(life.id), life)


async def test_what_was_named_lately_is_not_asked_for_again() -> None:
    life = Life()
    backend = life.backend()
    first = await backend.refresh(life.id)
    before = len(life.shelf.asked)
    assert await backend.refresh(life.id) == first
    again = [each.url.path for each in life.shelf.asked[before:]]
    assert not [each for each in again if each.startswith(("/v1/products", "/v1/coupons", "/v1/tax_rates"))]


async def test_nobody_is_nothing_and_who_was_deleted_stays_known() -> None:
    life = Life()
    assert await life.backend().refresh("cus_nobody/../../v1/account") == Changes()
    assert "/v1/account" not in {each.url.path for each in life.shelf.asked}
    life.shelf.objects[f"/v1/customers/{life.id}"] = {"id": life.id, "object": "customer", "deleted": True}
    changes = await life.backend().refresh(life.id)
    assert changes.customer is not None
    assert changes.customer.deleted
    assert len(changes.invoices) == len(life.customer.invoices)


async def test_a_customer_is_known_by_one_id_whichever_is_asked_for() -> None:
    life = Life()
    life.shelf.objects["/v1/customers/acct_1"] = life.shelf.objects[f"/v1/customers/{life.id}"]
    told(await life.backend().refresh("acct_1"), life)


@pytest.mark.parametrize(
    ("email", "account", "contact", "found"),
    [
        (None, "acct_1", "Jenny@example.com", "Jenny@example.com"),
        ("", "acct_1", "Jenny@example.com", "Jenny@example.com"),
        (None, "acct_1", None, None),
        (None, "acct_other", "Jenny@example.com", None),
        (None, None, "Jenny@example.com", None),
        ("robin@example.com", "acct_1", "Jenny@example.com", "robin@example.com"),
    ],
)
async def test_an_address_that_only_the_account_has_is_the_customers(
    email: str | None, account: str | None, contact: str | None, found: str | None
) -> None:
    life = Life()
    path = f"/v1/customers/{life.id}"
    life.shelf.objects[path] = {**life.shelf.objects[path], "email": email, "customer_account": account}
    life.shelf.objects["/v2/core/accounts/acct_1"] = {"id": "acct_1", "contact_email": contact}
    changes = await life.backend().refresh(life.id)
    assert changes.customer is not None
    assert changes.customer.email == found
    asked = [each for each in life.shelf.asked if each.url.path.startswith("/v2/")]
    assert len(asked) == (0 if email or account is None else 1), "asked only where it can be missing"


@pytest.mark.parametrize("status", [400, 403])
async def test_whose_accounts_may_not_be_read_is_a_customer_all_the_same(status: int) -> None:
    life = Life()
    path = f"/v1/customers/{life.id}"
    life.shelf.objects[path] = {**life.shelf.objects[path], "email": None, "customer_account": "acct_1"}
    life.shelf.before = lambda request: (
        httpx2.Response(status, json={"error": {"message": "no"}}) if request.url.path.startswith("/v2/") else None
    )
    changes = await life.backend().refresh(life.id)
    assert changes.customer is not None
    assert changes.customer.email is None
    told(changes, life)


async def test_a_key_that_may_not_read_movements_reads_the_rest() -> None:
    life = Life()
    life.shelf.before = lambda request: (
        httpx2.Response(403, json={"error": {"message": "no"}})
        if request.url.path.endswith("/balance_transactions")
        else None
    )
    changes = await life.backend().refresh(life.id)
    assert (changes.ledger, len(changes.invoices)) == ((), len(life.customer.invoices))


async def test_who_never_had_a_balance_is_not_asked_how_it_came_about() -> None:
    life = Life()
    path = f"/v1/customers/{life.id}"
    life.shelf.objects[path] = {**life.shelf.objects[path], "balance": 0, "invoice_credit_balance": {}}
    none = {"starting_balance": 0, "ending_balance": 0}
    life.shelf.lists["/v1/invoices"] = [{**each, **none} for each in life.shelf.lists["/v1/invoices"]]
    life.shelf.lists["/v1/credit_notes"] = []
    assert (await life.backend().refresh(life.id)).ledger == ()
    assert not [each for each in life.shelf.asked if each.url.path.endswith("/balance_transactions")]


async def test_one_object_that_makes_no_sense_hides_no_other() -> None:
    life = Life()
    spoilt = life.shelf.lists["/v1/invoices"][0]
    life.shelf.lists["/v1/invoices"][0] = {**spoilt, "currency": "zzz"}
    changes = await life.backend().refresh(life.id)
    assert {each.id for each in changes.invoices} == set(life.customer.invoices) - {spoilt["id"]}


async def test_a_coupon_that_was_deleted_is_read_from_its_discount() -> None:
    life = Life()
    id = life.id
    life.shelf.lists["/v1/coupons"] = []
    life.shelf.objects = {key: each for key, each in life.shelf.objects.items() if not key.startswith("/v1/coupons")}
    coupon = Coupon(id="GONE", created=NOW, percent_off=Decimal(10))
    shown = discounts.coupon(coupon, False, NOW)
    held = {"id": "di_1", "start": 1, "source": {"coupon": shown, "type": "coupon"}}
    life.shelf.objects[f"/v1/customers/{id}"] = {**life.shelf.objects[f"/v1/customers/{id}"], "discount": held}
    changes = await life.backend().refresh(id)
    assert changes.customer is not None
    assert changes.customer.discount is not None
    assert changes.customer.discount.percent_off == 10
    assert changes.coupons == ()


async def test_our_own_notes_stay_out_of_the_book() -> None:
    life = Life()
    path = f"/v1/customers/{life.id}"
    life.shelf.objects[path] = {**life.shelf.objects[path], "metadata": {"frontdesk_intent": "1", "crm": "7"}}
    changes = await life.backend().refresh(life.id)
    assert changes.customer is not None
    assert changes.customer.metadata == {"crm": "7"}


async def test_a_part_that_fails_is_no_account() -> None:
    life = Life()

    def fails(request: httpx2.Request) -> httpx2.Response | None:
        return httpx2.Response(500, json={}) if request.url.path == "/v1/credit_notes" else None

    life.shelf.before = fails
    with pytest.raises(Unavailable):
        await life.backend().refresh(life.id)


@pytest.mark.parametrize("may", [True, False])
async def test_why_an_invoice_is_still_open_is_read_from_its_payment(may: bool) -> None:
    life = Life()
    card = {"brand": "visa", "last4": "0341"}
    failure = {"code": "card_declined", "decline_code": "lost_card", "payment_method": {"id": "pm_1", "card": card}}
    intent = {"id": "pi_1", "created": 100, "amount": 2000, "currency": "eur", "last_payment_error": failure}
    life.shelf.objects["/v1/payment_intents/pi_1"] = {**intent, "latest_charge": {"id": "ch_1", "created": 200}}
    payment = {"id": "inpay_1", "is_default": True, "created": 100, "status": "open", "currency": "eur"}
    payments = {"data": [{**payment, "payment": {"type": "payment_intent", "payment_intent": "pi_1"}}]}
    first = life.shelf.lists["/v1/invoices"][0]
    tried = {"status": "open", "collection_method": "charge_automatically", "attempt_count": 2}
    tried |= {"payments": payments, "amount_remaining": 2000}
    life.shelf.lists["/v1/invoices"][0] = {**first, **tried}

    def forbids(request: httpx2.Request) -> httpx2.Response | None:
        if may or request.url.path != "/v1/payment_intents/pi_1":
            return None
        if "expand[0]" in request.url.params:
            return httpx2.Response(403, json={"error": {"message": "no charges"}})
        return httpx2.Response(200, json={**intent, "latest_charge": "ch_1"})

    life.shelf.before = forbids
    changes = await life.backend().refresh(life.id)
    attempts = {each.id: each.attempts for each in changes.invoices if each.attempts}
    (attempt,) = attempts.pop(first["id"])
    assert attempts == {}
    assert (attempt.id, attempt.amount, attempt.brand, attempt.last4) == ("pi_1_2", 2000, "visa", "0341")
    assert (attempt.decline_code, attempt.at.timestamp()) == ("lost_card", 200 if may else 100)
