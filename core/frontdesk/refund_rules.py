"""When a charge can be refunded, and which one pays a credit note back."""

from collections.abc import Iterator, Sequence

from frontdesk import payment_refusals, refund_refusals, refusals
from frontdesk.billing import Capabilities
from frontdesk.book import Account, CreditNote, Invoice
from frontdesk.charges import Charge, charges_of
from frontdesk.errors import Refusal
from frontdesk.payment_method_commands import RefundCharge, SettleRefund
from frontdesk.refunds import NoteRefund


def charge_named(invoice: Invoice, id: str) -> Charge | None:
    """The charge of an invoice with this id, or None."""
    return next((each for each in charges_of(invoice) if each.id == id), None)


def refundable(invoice: Invoice) -> Charge | None:
    """The newest charge of an invoice of which something can go back; None where there is none."""
    return next((each for each in reversed(tuple(charges_of(invoice))) if each.left > 0), None)


def refund_obstacles(
    account: Account, command: RefundCharge | SettleRefund, capabilities: Capabilities
) -> Iterator[Refusal]:
    """Why a charge of an invoice cannot be refunded."""
    if not capabilities.charges:
        yield payment_refusals.no_payment_methods()
        return
    invoice = account.invoice(command.invoice)
    if invoice is None:
        yield refusals.no_such("invoice", command.invoice, "invoice")
    elif isinstance(command, RefundCharge):
        charge = charge_named(invoice, command.charge)
        if charge is None:
            yield refund_refusals.no_such_charge(command.charge)
        else:
            yield from charge_obstacles(charge, command.amount)


def charge_obstacles(charge: Charge, amount: int | None) -> Iterator[Refusal]:
    """Why an amount of a charge cannot go back; None means all that is left."""
    if charge.status == "failed":
        yield refund_refusals.nothing_charged(charge.id)
    elif not charge.captured and not charge.refunded:
        yield refund_refusals.not_captured(charge.id)
    elif not charge.left:
        yield refund_refusals.refunded_already(charge.id)
    elif amount is not None and not 0 < amount <= charge.left:
        yield refund_refusals.more_than_left(amount, charge.left, whole=not charge.refunded)


def refund_for_note(invoice: Invoice, amount: int) -> Charge | None:
    """The charge that a credit note's refund is taken from: the newest of which enough is left."""
    return next((each for each in reversed(tuple(charges_of(invoice))) if each.left >= amount), None)


def unexplained(invoice: Invoice, notes: Sequence[CreditNote], refund: str) -> int:
    """What of a refund of an invoice no credit note speaks of yet. One that failed explains nothing."""
    made = sum(each.amount for each in invoice.refunds if each.id == refund and each.status != "failed")
    said = (each for note in notes if note.status == "issued" for each in note.paid_back)
    return made - sum(each.amount for each in said if each.refund == refund)


def wrong_note_refund(invoice: Invoice, notes: Sequence[CreditNote], given: Sequence[NoteRefund]) -> str | None:
    """What is wrong with the refunds that a credit note names; None if nothing is."""
    if len({each.refund for each in given}) < len(given):
        return "Name each refund once."
    for each in given:
        left = unexplained(invoice, notes, each.refund)
        if not 0 < each.amount <= left:
            return (
                f"The refund {each.refund} must be one of this invoice, and its amount from 1 to what no credit note"
                f" speaks of yet: {left}."
            )
    return None
