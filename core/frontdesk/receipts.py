"""What a receipt says of a payment: what was paid and what was left then, whatever happened to the invoice later."""

from collections.abc import Sequence

from msgspec import Struct

from frontdesk.book import CreditNote, Invoice, Payment
from frontdesk.payment_rules import is_reversed


class Receipt(Struct, frozen=True, kw_only=True):
    """A payment with its place among the others, in minor units: what of the invoice was paid `before` it, what credit
    notes and credit had taken off, and what is `left` to pay after it."""

    payment: Payment
    before: int
    credited: int
    left: int

    @property
    def applied(self) -> int:
        """What of it went to the invoice; the rest became credit."""
        return self.payment.amount - self.payment.overpaid


def receipt_of(invoice: Invoice, notes: Sequence[CreditNote], payment_id: str) -> Receipt | None:
    """The receipt for a payment; None where there is no such payment, or it was none after all.

    `notes` are the credit notes over the invoice. Only what was recorded by then counts, so that a receipt says the
    same whenever it is read.
    """
    places = [place for place, each in enumerate(invoice.payments) if each.id == payment_id and each.reverses is None]
    if not places or invoice.status == "void":
        return None
    payment = invoice.payments[places[0]]
    if is_reversed(invoice, payment):
        return None
    earlier = sum(each.amount - each.overpaid for each in invoice.payments[: places[0]])
    known = sum(each.amount - each.overpaid for each in invoice.payments)
    # What was paid before there were records.
    earlier += invoice.amount_paid - known
    at = payment.recorded
    credited = sum(
        each.pre_payment
        for each in notes
        if each.created <= at and (each.status == "issued" or (each.voided_at is not None and each.voided_at > at))
    )
    credited += sum(each.amount for each in invoice.set_offs if each.at <= at)
    left = invoice.amount_due - credited - earlier - (payment.amount - payment.overpaid)
    return Receipt(payment=payment, before=earlier, credited=credited, left=max(0, left))


def settling_payment(invoice: Invoice, notes: Sequence[CreditNote]) -> str | None:
    """The id of the payment that settled a paid invoice; None where a credit note did, or nothing was due."""
    if invoice.status != "paid":
        return None
    receipts = (receipt_of(invoice, notes, each.id) for each in reversed(invoice.payments))
    newest = next((each for each in receipts if each is not None), None)
    return newest.payment.id if newest is not None and not newest.left else None
