"""Objects of the book as the API shows them: what a shape needs besides the object itself is read here."""

from collections.abc import Mapping, Sequence
from typing import Any

from frontdesk.book import CreditNote, Invoice
from frontdesk.checkout_sessions import CheckoutSession
from frontdesk_tenants import clocks, configurations, listings
from frontdesk_tenants.database import SideTransaction
from frontdesk_tenants.listings import Kind
from frontdesk_tenants.uploaded_files import links_of
from frontdesk_web.api.calls import Call
from frontdesk_web.api.shapes import (
    charges,
    customers,
    discounts,
    intents,
    invoice_items,
    invoices,
    meters,
    portal,
    prices,
    products,
    subscriptions,
    tax_rates,
)
from frontdesk_web.api.shapes.balance_transactions import balance_transaction
from frontdesk_web.api.shapes.checkout_sessions import checkout_session
from frontdesk_web.api.shapes.clocks import test_clock
from frontdesk_web.api.shapes.credit_notes import credit_note
from frontdesk_web.api.shapes.feedback_options import feedback_option
from frontdesk_web.api.shapes.files import file_link, file_upload
from frontdesk_web.api.shapes.payment_methods import payment_method
from frontdesk_web.api.viewers import Viewer
from frontdesk_web.intent_links import client_secret, intent_path
from frontdesk_web.invoice_links import invoice_url

CLOCKED = ("customer", "subscription", "invoice")
"""What says which test clock its customer is on."""


async def show(call: Viewer, connection: SideTransaction, kind: Kind, stored: Any) -> dict[str, Any]:
    """One object as Stripe shows it."""
    (shown,) = await show_all(call, connection, kind, [stored])
    return shown


async def show_all(
    call: Viewer, connection: SideTransaction, kind: Kind, stored: Sequence[Any]
) -> list[dict[str, Any]]:
    """Objects of one kind, in the same order. Deleted ones are shown as deleted."""
    shown = await _shapes(call, connection, kind, stored)
    if kind in CLOCKED and not call.livemode:
        owners = [each.id if kind == "customer" else each.customer for each in stored]
        on_clocks = await clocks.of_customers(connection, owners)
        for shape, owner in zip(shown, owners, strict=True):
            if "test_clock" in shape:
                shape["test_clock"] = on_clocks.get(owner)
    return shown


async def _shapes(call: Viewer, connection: SideTransaction, kind: Kind, stored: Sequence[Any]) -> list[dict[str, Any]]:
    livemode = call.livemode
    match kind:
        case "product":
            return [products.product(each, livemode) for each in stored]
        case "price":
            return [prices.price(each, livemode) for each in stored]
        case "feedback option":
            return [feedback_option(each, livemode) for each in stored]
        case "PaymentMethod":
            return [payment_method(each, livemode) for each in stored]
        case "setupintent" | "payment_intent":
            return await _intents(call, connection, kind, stored)
        case "charge":
            used = {each.method for each in stored if each.method is not None}
            methods = await listings.find_all(connection, "PaymentMethod", used)
            return [charges.charge(each, methods.get(each.method or ""), livemode) for each in stored]
        case "refund":
            return [charges.refund(each) for each in stored]
        case "invoice_payment":
            return [intents.invoice_payment(each, livemode) for each in stored]
        case "checkout.session":
            named = {each.customer for each in stored if each.customer}
            owners = await listings.find_all(connection, "customer", named)
            return [_checkout(call, each, owners) for each in stored]
        case "billing meter":
            return [meters.meter(each, livemode) for each in stored]
        case "customer":
            return [customers.customer(each, livemode) for each in stored]
        case "subscription":
            held = {price for each in stored for price in each.prices}
            known = await listings.find_all(connection, "price", held)
            named = {rate.id for each in stored for rate in each.tax_rates}
            rates = await listings.find_all(connection, "tax rate", named) if named else {}
            return [subscriptions.subscription(each, known, rates, call.side.settings, livemode) for each in stored]
        case "invoice":
            billed = {line.price for each in stored for line in each.lines if line.price is not None}
            known = await listings.find_all(connection, "price", billed)
            pages = [_page_url(call, each) for each in stored]
            return [
                invoices.invoice(each, known, call.side, livemode, page_url=page)
                for each, page in zip(stored, pages, strict=True)
            ]
        case "customer balance transaction":
            return [balance_transaction(each, livemode) for each in stored]
        case "credit note":
            over = await listings.find_all(connection, "invoice", {each.invoice for each in stored})
            moved = await listings.moved_by_notes(connection, [each for each in stored if each.credited])
            return [
                credit_note(each, livemode, pdf=_document_of(call, each, over), moved=moved.get(each.id))
                for each in stored
            ]
        case "invoiceitem":
            named = {rate.id for each in stored for rate in each.line.tax_rates}
            rates = await listings.find_all(connection, "tax rate", named) if named else {}
            return [invoice_items.invoice_item(each, rates, livemode) for each in stored]
        case "configuration":
            tokens = {each.id: await configurations.login_token(connection, each.id) for each in stored}
            return [portal.configuration(each, call.door, tokens[each.id], call.site.config) for each in stored]
        case "coupon":
            return [discounts.coupon(each, livemode, call.now) for each in stored]
        case "promotion code":
            given = await listings.find_all(connection, "coupon", {each.coupon for each in stored})
            return [discounts.promotion_code(each, given.get(each.coupon), livemode, call.now) for each in stored]
        case "tax rate":
            return [tax_rates.tax_rate(each, livemode) for each in stored]
        case "file upload":
            links = await links_of(connection, [each.id for each in stored])
            return [file_upload(call, each, links.get(each.id, [])) for each in stored]
        case "file link":
            return [file_link(call, each) for each in stored]
        case "test clock":
            return [test_clock(each) for each in stored]


def _page_url(call: Viewer, stored: Invoice) -> str | None:
    return invoice_url(call.site.config, call.site.tenancy.vault, call.door, stored, call.now)


def _document_of(call: Viewer, note: CreditNote, over: Mapping[str, Invoice]) -> str:
    """Where a credit note's document lies: beside the page of the invoice that it is over. One without has none."""
    page = _page_url(call, over[note.invoice]) if note.number and note.invoice in over else None
    return "" if page is None else f"{page}/credit-notes/{note.id}/pdf"


async def _intents(
    call: Viewer, connection: SideTransaction, kind: Kind, stored: Sequence[Any]
) -> list[dict[str, Any]]:
    vault, door = call.site.tenancy.vault, call.door
    failed = {each.fault.method for each in stored if each.fault is not None}
    methods = await listings.find_all(connection, "PaymentMethod", failed) if failed else {}
    shape = intents.setup_intent if kind == "setupintent" else intents.payment_intent
    return [
        shape(
            each,
            None if each.fault is None else methods.get(each.fault.method),
            client_secret(vault, door, each.id),
            call.site.config.url(intent_path(vault, door, "authenticate", each.id)),
            call.livemode,
        )
        for each in stored
    ]


def _checkout(call: Viewer, stored: CheckoutSession, owners: Mapping[str, Any]) -> dict[str, Any]:
    owner = owners.get(stored.customer or "")
    path = intent_path(call.site.tenancy.vault, call.door, "checkout", stored.id)
    return checkout_session(stored, None if owner is None else owner.email, call.site.config.url(path))


async def show_stored(call: Call, kind: Kind, id_: str) -> dict[str, Any]:
    """An object that must exist, as it is now."""
    async with call.transaction() as connection:
        return await show(call, connection, kind, await listings.find(connection, kind, id_))
