"""Charging invoices: at once when they are issued, again by a schedule, and when somebody asks.

In the sandbox the card says what its bank would (`frontdesk.test_cards`), so that this is as plain as the rest. The
schedule is Stripe's: a failed renewal is tried again three, five and seven days later; a subscription's first invoice
is not, but waits 23 hours to be paid. An attempt that somebody asked for changes nothing where the bank refuses it.
"""

from datetime import datetime, timedelta

from msgspec.structs import replace

from frontdesk import card_refusals
from frontdesk.book import Invoice, Payment, Subscription
from frontdesk.errors import Refused
from frontdesk.events import PaymentFailed
from frontdesk.payment_method_commands import ChargeInvoice
from frontdesk.payment_method_rules import method_of, paying_method
from frontdesk.payment_methods import PaymentAttempt, PaymentMethod
from frontdesk.test_cards import DECLINES, answer
from frontdesk_invoice_only.page import Page
from frontdesk_invoice_only.payments import take

NO_METHOD = "no_payment_method"
"""The decline code of an attempt without anything to charge; it is ours."""


def collect(page: Page, invoice: Invoice, subscription: Subscription | None, at: datetime) -> None:
    """Charge an open invoice, mostly while its customer is away. A failure is noted, and when it is tried again."""
    method = paying_method(page.customer, subscription)
    code = NO_METHOD
    if method is not None:
        decline = answer(method, confirmed=page.holder_confirmed)
        if decline is None:
            _charged(page, invoice, method, at, by="", by_itself=True)
            return
        code = decline.decline_code
    attempt = _attempt(page, invoice, method, at, code, by_itself=True)
    again = _again(page, invoice, at)
    page.save_invoice(replace(invoice, attempts=(*invoice.attempts, attempt), next_attempt=again))
    page.declined = code
    if again is None and invoice.billing_reason != "subscription_create" and not page.changes_once_paid:
        page.given_up.append(invoice.id)
    page.tell(
        PaymentFailed(customer=page.customer.id, invoice=invoice.id, at=at, decline_code=code, next_attempt=again)
    )


def charge(page: Page, command: ChargeInvoice) -> None:
    """Charge an invoice because somebody asked for it. Raises Refused with what the bank says."""
    invoice = page.invoice(command.invoice)
    method = command.passing or method_of(page.customer, command.method)
    if method is None:
        method = paying_method(page.customer, page.live_or_none(invoice.subscription))
    assert method is not None, "it was asked before whether there is one"
    decline = answer(method, confirmed=command.confirmed)
    if decline is not None:
        raise Refused(card_refusals.card_refused(decline))
    _charged(page, invoice, method, page.now, by=command.by, by_itself=False)
    paid = page.live_or_none(invoice.subscription)
    if paid is not None and paid.saves_method and method.customer is not None:
        page.save_subscription(replace(paid, default_payment_method=method.id))


def refuse_declined(page: Page) -> None:
    """Raises Refused where what was just issued could not be charged."""
    if page.declined == NO_METHOD:
        raise Refused(card_refusals.nothing_to_charge())
    if page.declined is not None:
        raise Refused(card_refusals.card_refused(DECLINES[page.declined]))


def _again(page: Page, invoice: Invoice, at: datetime) -> datetime | None:
    if invoice.billing_reason == "subscription_create" or page.changes_once_paid:
        return None
    made = sum(each.by_itself for each in invoice.attempts)
    days = page.terms.settings.collection.retry_days
    return at + timedelta(days=days[made]) if made < len(days) else None


def _charged(page: Page, invoice: Invoice, method: PaymentMethod, at: datetime, *, by: str, by_itself: bool) -> None:
    attempt = _attempt(page, invoice, method, at, None, by_itself=by_itself)
    payment = Payment(
        id=page.ids("pay"),
        amount=invoice.amount_remaining,
        received=at.date(),
        recorded=at,
        by=by,
        charge=attempt.id,
    )
    take(page, replace(invoice, attempts=(*invoice.attempts, attempt), next_attempt=None), payment, at)


def _attempt(
    page: Page, invoice: Invoice, method: PaymentMethod | None, at: datetime, code: str | None, *, by_itself: bool
) -> PaymentAttempt:
    card = None if method is None else method.card
    return PaymentAttempt(
        id=page.ids("ch"),
        at=at,
        amount=invoice.amount_remaining,
        # A card that nobody keeps has no id that means anything later.
        method=None if method is None or method.customer is None else method.id,
        brand=None if card is None else card.brand,
        last4=None if card is None else card.last4,
        decline_code=code,
        by_itself=by_itself,
        test_card=None if method is None else method.test_card,
    )
