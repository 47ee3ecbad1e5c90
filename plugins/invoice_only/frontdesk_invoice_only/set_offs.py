"""Credit for time that nobody paid for (trust.md §D1, P77): a customer never has more credit than came in.

Stripe gives credit for unused time whether it was paid or not. Here a negative invoice is first set against invoices
of the same subscriptions that are not paid, the newest first: that is the one that billed the time. Only the rest goes
to the balance. What is set off lowers what is to be paid as a credit note would, and changes nothing of what either
invoice says. It is a record on the invoice and no credit note of its own, because the negative invoice is the document
already: a second one would give back the same, with its taxes, twice.

An invoice with credit against it cannot be voided, for the credit has been given back for it: what is left is taken
back by a credit note. What is open again of a subscription's invoice, because a payment was none or a credit note was
voided, takes what credit there is: it may have come of time that is unpaid now.
"""

from datetime import datetime

from msgspec.structs import replace

from frontdesk.book import Invoice, SetOff
from frontdesk.events import InvoicePaid
from frontdesk_invoice_only.page import LedgerSource, Page


def set_against_unpaid(page: Page, negative: Invoice, credit: int, at: datetime) -> None:
    """Set what a new negative invoice adds to the credit against what is not paid of its subscriptions."""
    billed = {negative.subscription, *(each.subscription for each in negative.lines if each.amount < 0)} - {None}
    unpaid = [
        each
        for each in page.invoices()
        if each.status in ("open", "uncollectible")
        and each.currency == negative.currency
        and each.subscription in billed
    ]
    for invoice in sorted(unpaid, key=lambda each: (each.created, each.id), reverse=True):
        part = min(credit, invoice.amount_remaining)
        if part > 0:
            _set_off(page, invoice, SetOff(part, at, negative.id))
            credit -= part


def set_against_opened(page: Page, invoice: Invoice, opened: int) -> None:
    """Let what is open again of a subscription's invoice take what credit the customer has."""
    part = min(-page.customer.balances.get(invoice.currency, 0), opened, invoice.amount_remaining)
    if part > 0 and invoice.subscription is not None:
        _set_off(page, invoice, SetOff(part, page.now))


def _set_off(page: Page, invoice: Invoice, credit: SetOff) -> None:
    after = replace(
        invoice,
        amount_credited=invoice.amount_credited + credit.amount,
        set_offs=(*invoice.set_offs, credit),
    )
    settled = not after.amount_remaining
    page.save_invoice(replace(after, status="paid", paid_at=credit.at) if settled else after)
    source = LedgerSource(invoice=invoice.id)
    page.post("set_off", invoice.currency, source, at=credit.at, receivable=-credit.amount, balance=credit.amount)
    if settled:
        page.tell(InvoicePaid(customer=page.customer.id, invoice=invoice.id, at=credit.at))
