"""When something can be recorded as paid for an invoice, and when that can be undone."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from frontdesk import card_refusals, invoice_refusals, payment_refusals, refusals, typed_refusals
from frontdesk.billing import Capabilities, Capability
from frontdesk.book import Account, Invoice, Payment
from frontdesk.bounds import MAXIMUM_AMOUNT
from frontdesk.errors import Refusal
from frontdesk.invoice_commands import AdjustBalance, RecordPayment, ReversePayment
from frontdesk.money import known_currency

REFERENCE_LENGTH = 140
"""Of a transfer's remittance information (SEPA)."""
DESCRIPTION_LENGTH = 350
"""Of a movement by hand, as at Stripe."""
FIRST_DAY = date(2000, 1, 1)
_ZONES = timedelta(days=1)
"""Somewhere it is tomorrow already."""


def payment_obstacles(
    account: Account, command: RecordPayment | ReversePayment, capabilities: Capabilities
) -> Iterator[Refusal]:
    """Why a payment cannot be recorded, or not be undone. Whether its day has come is for the desk's clock to say."""
    if Capability.PAY_OUT_OF_BAND not in capabilities.can:
        yield refusals.cannot(Capability.PAY_OUT_OF_BAND.value)
    invoice = account.invoice(command.invoice)
    if invoice is None:
        yield refusals.no_such("invoice", command.invoice, "invoice")
    elif isinstance(command, ReversePayment):
        payment = next((each for each in invoice.payments if each.id == command.payment), None)
        if payment is None or payment.reverses is not None:
            yield refusals.no_such("payment", command.payment, "payment")
        elif payment.charge is not None:
            yield card_refusals.charge_not_reversed()
        elif is_reversed(invoice, payment):
            yield payment_refusals.payment_reversed()
    else:
        if invoice.status == "paid":
            yield invoice_refusals.invoice_already_paid()
        elif invoice.status not in ("open", "uncollectible"):
            yield invoice_refusals.invoice_not_payable(invoice.status)
        if not 0 < command.amount <= MAXIMUM_AMOUNT:
            yield payment_refusals.payment_amount(MAXIMUM_AMOUNT)
        if command.reference is not None and len(command.reference) > REFERENCE_LENGTH:
            yield typed_refusals.text_too_long(REFERENCE_LENGTH, "reference")


def adjustment_obstacles(command: AdjustBalance, capabilities: Capabilities) -> Iterator[Refusal]:
    """Why a balance cannot be changed by hand."""
    if Capability.WRITE_INVOICES not in capabilities.can:
        yield refusals.cannot(Capability.WRITE_INVOICES.value)
    if not known_currency(command.currency):
        yield invoice_refusals.not_for_invoice(
            "currency_unknown", f"Invalid currency: {command.currency[:20]}", "currency"
        )
    if not 0 < abs(command.amount) <= MAXIMUM_AMOUNT:
        yield payment_refusals.payment_amount(MAXIMUM_AMOUNT)
    if command.description is not None and len(command.description) > DESCRIPTION_LENGTH:
        yield typed_refusals.text_too_long(DESCRIPTION_LENGTH, "description")


def day_obstacle(received: date, now: datetime) -> Refusal | None:
    """Why something cannot have come in on a day."""
    return None if FIRST_DAY <= received <= (now + _ZONES).date() else payment_refusals.payment_day()


def is_reversed(invoice: Invoice, payment: Payment) -> bool:
    """Whether a payment was undone."""
    return any(each.reverses == payment.id for each in invoice.payments)
