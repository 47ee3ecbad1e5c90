"""Everything that Stripe knows of one customer, as snapshots of the book.

All of it has one version, the instant before the first question. An invoice that cannot be read is passed over, and
said so in the log: an exotic one must not keep a customer from the others. A subscription that cannot be read is an
error of the whole, since one that is not told of is taken to have ended.

Of a customer who was deleted Stripe tells nothing but that; invoices and subscriptions are told all the same.
"""

import logging
from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from msgspec.structs import replace

from frontdesk.book import Customer, Invoice, PendingItem
from frontdesk.changes import Changes
from frontdesk.payment_methods import PaymentAttempt, PaymentMethod
from frontdesk_stripe.accounts import contact_email
from frontdesk_stripe.attempting import attempts_of
from frontdesk_stripe.connection import Connection, Shown, path, together
from frontdesk_stripe.hosted_pages import settle_added
from frontdesk_stripe.permissions import Forbidden
from frontdesk_stripe.reading.credit_notes import read_credit_note
from frontdesk_stripe.reading.customers import CUSTOMER_EXPANSIONS, read_customer
from frontdesk_stripe.reading.invoice_items import ITEM_EXPANSIONS as OF_INVOICE_ITEMS
from frontdesk_stripe.reading.invoice_items import read_invoice_item
from frontdesk_stripe.reading.invoices import INVOICE_EXPANSIONS, read_invoice
from frontdesk_stripe.reading.movements import read_movement
from frontdesk_stripe.reading.payment_methods import read_payment_method
from frontdesk_stripe.reading.subscriptions import ITEM_EXPANSIONS, SUBSCRIPTION_EXPANSIONS, read_subscription
from frontdesk_stripe.reading.wire import NotKnown, Unreadable, version_at
from frontdesk_stripe.remembering import Memory, Named

log = logging.getLogger("frontdesk.stripe")
T = TypeVar("T")


async def refreshed(stripe: Connection, memory: Memory, customer: str, *, settled: bool = False) -> Changes:
    """See `BillingBackend.refresh`. `settled` says that what was added lately pays already."""
    version = version_at(stripe.now())
    given = await _customer(stripe, customer)
    if given is None:
        return Changes()
    # Asked for by the id of an account it answers by its own.
    customer = given["id"]
    deleted = bool(given.get("deleted"))
    subscriptions, invoices, notes, waiting, methods = await together(
        _subscriptions(stripe, customer),
        _invoices(stripe, customer),
        _notes(stripe, customer),
        _none() if deleted else _items(stripe, {"customer": customer, "pending": True}),
        _none() if deleted else stripe.all(path("customers", customer, "payment_methods")),
    )
    if not (deleted or settled) and await settle_added(stripe, given, methods, subscriptions, stripe.now()):
        return await refreshed(stripe, memory, customer, settled=True)
    drafts = [each["id"] for each in invoices if each.get("status") == "draft"]
    on_drafts = await together(*(_items(stripe, {"invoice": each}) for each in drafts))
    items = [*waiting, *(each for some in on_drafts for each in some)]
    tried = await attempts_of(stripe, invoices)
    movements = await _movements(stripe, given, invoices, notes)
    named = await memory.named_by((given, subscriptions, invoices, notes, items))
    return Changes(
        customer=_with_methods(read_customer(given, version, named.coupons), methods),
        subscriptions=tuple(read_subscription(each, version, named.coupons) for each in subscriptions),
        invoices=read_all(invoices, _reading_invoices(version, named, tried)),
        credit_notes=read_all(notes, lambda each: read_credit_note(each, version, named.rates)),
        pending_items=read_all(items, _reading_items(version, named)),
        ledger=read_all(movements, read_movement),
        products=tuple(named.products.values()),
        coupons=tuple(named.coupons.values()),
        tax_rates=tuple(named.rates.values()),
    )


def expanded(*names: str, inside: str = "") -> dict[str, list[str]]:
    """What is asked for with an object, or with each of a list (`inside="data."`)."""
    return {"expand": [f"{inside}{each}" for each in names]}


async def _none() -> list[Shown]:
    return []


async def _customer(stripe: Connection, customer: str) -> Shown | None:
    at = path("customers", customer)
    given = await stripe.found(at, expanded(*CUSTOMER_EXPANSIONS))
    if given is None or given.get("deleted"):
        return given
    account = given.get("customer_account")
    if account and not given.get("email"):
        given = {**given, "email": await contact_email(stripe, account)}
    if not given.get("tax_ids"):
        return given
    return {**given, "tax_ids": await _whole(stripe, given["tax_ids"], f"{at}/tax_ids")}


async def _subscriptions(stripe: Connection, customer: str) -> list[Shown]:
    """All, those that have ended too."""
    asked = {"customer": customer, "status": "all", **expanded(*SUBSCRIPTION_EXPANSIONS, inside="data.")}
    found = await stripe.all("/v1/subscriptions", asked)
    return [await _with_items(stripe, each) for each in found]


async def _with_items(stripe: Connection, given: Shown) -> Shown:
    items = await stripe.rest(given["items"], "/v1/subscription_items", {"subscription": given["id"]})
    for n, each in enumerate(items):
        if each.get("discounts"):
            items[n] = await stripe.get(path("subscription_items", each["id"]), expanded(*ITEM_EXPANSIONS))
    return {**given, "items": {**given["items"], "data": items, "has_more": False}}


async def _invoices(stripe: Connection, customer: str) -> list[Shown]:
    asked = {"customer": customer, **expanded(*INVOICE_EXPANSIONS, inside="data.")}
    found = await stripe.all("/v1/invoices", asked)
    return [await _with_lines(stripe, each) for each in found]


async def _with_lines(stripe: Connection, given: Shown) -> Shown:
    whole = {**given, "lines": await _whole(stripe, given["lines"], path("invoices", given["id"], "lines"))}
    payments = given.get("payments")
    if payments and payments.get("has_more"):
        paid = await stripe.rest(payments, "/v1/invoice_payments", {"invoice": given["id"]})
        whole["payments"] = {**payments, "data": paid, "has_more": False}
    return whole


async def _notes(stripe: Connection, customer: str) -> list[Shown]:
    found = await stripe.all("/v1/credit_notes", {"customer": customer})
    return [
        {**each, "lines": await _whole(stripe, each["lines"], path("credit_notes", each["id"], "lines"))}
        for each in found
    ]


async def _movements(stripe: Connection, given: Shown, invoices: list[Shown], notes: list[Shown]) -> list[Shown]:
    """What moved the balance, oldest first. Most customers never had one: of them nothing is asked.

    A key that may not read it must not keep the rest from being read.
    """
    held = (given.get("balance"), *(given.get("invoice_credit_balance") or {}).values())
    carried = (each.get(name) for each in invoices for name in ("starting_balance", "ending_balance"))
    if given.get("deleted") or not (
        any(held) or any(carried) or any(each.get("customer_balance_transaction") for each in notes)
    ):
        return []
    try:
        found = await stripe.all(path("customers", given["id"], "balance_transactions"))
    except Forbidden:
        return []
    return found[::-1]


async def _items(stripe: Connection, asked: dict[str, str | bool]) -> list[Shown]:
    """Oldest first: the order in which they came about is the order on the bill."""
    found = await stripe.all("/v1/invoiceitems", {**asked, **expanded(*OF_INVOICE_ITEMS, inside="data.")})
    return found[::-1]


async def _whole(stripe: Connection, given: Shown, at: str) -> Shown:
    """A list inside of an object with all that is on it."""
    return {**given, "data": await stripe.rest(given, at), "has_more": False}


def _with_methods(customer: Customer, shown: list[Shown]) -> Customer:
    return replace(customer, payment_methods=tuple(sorted(read_all(shown, read_payment_method), key=_age)))


def _age(method: PaymentMethod) -> tuple[object, str]:
    return method.created, method.id


def _reading_invoices(version: int, named: Named, tried: Mapping[str, PaymentAttempt]) -> Callable[[Shown], Invoice]:
    return lambda each: read_invoice(
        each,
        version,
        products=named.products,
        coupons=named.coupons,
        rates=named.rates,
        attempt=tried.get(each["id"]),
    )


def _reading_items(version: int, named: Named) -> Callable[[Shown], PendingItem]:
    return lambda each: read_invoice_item(each, version, products=named.products, coupons=named.coupons)


def read_all(shown: Iterable[Shown], read: Callable[[Shown], T]) -> tuple[T, ...]:
    """Those objects that can be read."""
    found = []
    for each in shown:
        try:
            found.append(read(each))
        except (Unreadable, NotKnown) as error:
            log.warning("an object of Stripe's cannot be read", extra={"why": str(error)})
    return tuple(found)
