"""What came in for invoices, and what went back."""

from datetime import datetime

from msgspec.structs import replace

from frontdesk.book import Invoice, Payment
from frontdesk.catalogue import merge_metadata
from frontdesk.commands import PayInvoice
from frontdesk.events import CustomerUpdated, InvoicePaid, PaymentRecorded, PaymentReversed
from frontdesk.invoice_commands import AdjustBalance, RecordPayment, ReversePayment
from frontdesk_invoice_only.page import LedgerSource, Page
from frontdesk_invoice_only.set_offs import set_against_opened


def pay(page: Page, command: PayInvoice) -> None:
    """Record that what is left of an invoice was paid today."""
    invoice = page.invoice(command.invoice)
    payment = Payment(
        id=page.ids("pay"),
        amount=invoice.amount_remaining,
        received=page.now.date(),
        recorded=page.now,
        by=command.by,
    )
    take(page, invoice, payment)


def record_payment(page: Page, command: RecordPayment) -> None:
    """Record what came in. What is more than is open becomes credit; the invoice is paid once nothing is open."""
    invoice = page.invoice(command.invoice)
    payment = Payment(
        id=command.id,
        amount=command.amount,
        received=command.received,
        recorded=page.now,
        by=command.by,
        overpaid=max(0, command.amount - invoice.amount_remaining),
        reference=command.reference,
    )
    take(page, invoice, payment)


def reverse_payment(page: Page, command: ReversePayment) -> None:
    """Record that a payment was none. The invoice is open again for what is missing; credit that it gave is taken back,
    even where it was spent: the customer owes it then with the next invoice. Other credit is set against it."""
    invoice = page.invoice(command.invoice)
    wrong = next(each for each in invoice.payments if each.id == command.payment)
    back = Payment(
        id=command.id,
        amount=-wrong.amount,
        received=page.now.date(),
        recorded=page.now,
        by=command.by,
        overpaid=-wrong.overpaid,
        reference=wrong.reference,
        reverses=wrong.id,
    )
    applied = wrong.amount - wrong.overpaid
    paid = invoice.amount_paid - applied
    settled = paid + invoice.amount_credited >= invoice.amount_due
    status = invoice.status if settled else "uncollectible" if invoice.marked_uncollectible_at else "open"
    opened = page.save_invoice(
        replace(
            invoice,
            status=status,
            amount_paid=paid,
            paid_at=invoice.paid_at if settled else None,
            paid_out_of_band=paid > 0,
            payments=(*invoice.payments, back),
        )
    )
    source = LedgerSource(invoice=invoice.id, payment=back.id)
    page.post(
        "payment_reversal",
        invoice.currency,
        source,
        paid=-wrong.amount,
        receivable=applied,
        balance=wrong.overpaid,
    )
    page.tell(
        PaymentReversed(
            customer=page.customer.id, invoice=invoice.id, payment=back.id, amount=wrong.amount, at=page.now
        )
    )
    set_against_opened(page, opened, applied)


def adjust_balance(page: Page, command: AdjustBalance) -> None:
    """Change the balance by hand. The next invoice in the currency takes it."""
    source = LedgerSource(description=command.description, metadata=merge_metadata({}, command.metadata))
    if page.customer.currency is None:
        page.save_customer(replace(page.customer, currency=command.currency))
    page.post("adjustment", command.currency, source, adjusted=-command.amount, balance=command.amount)
    page.tell(CustomerUpdated(customer=page.customer.id, at=page.now, fields=("balances",)))


def take(page: Page, invoice: Invoice, payment: Payment, at: datetime | None = None) -> None:
    """Note what came in at an instant (None: now)."""
    at = at or page.now
    applied = payment.amount - payment.overpaid
    paid = invoice.amount_paid + applied
    settled = paid + invoice.amount_credited >= invoice.amount_due
    page.save_invoice(
        replace(
            invoice,
            status="paid" if settled else invoice.status,
            amount_paid=paid,
            paid_at=at if settled else None,
            paid_out_of_band=invoice.paid_out_of_band or payment.charge is None,
            payments=(*invoice.payments, payment),
            next_attempt=None if settled else invoice.next_attempt,
        )
    )
    source = LedgerSource(invoice=invoice.id, payment=payment.id)
    page.post(
        "payment",
        invoice.currency,
        source,
        at=at,
        paid=payment.amount,
        receivable=-applied,
        balance=-payment.overpaid,
    )
    page.tell(
        PaymentRecorded(customer=page.customer.id, invoice=invoice.id, payment=payment.id, amount=payment.amount, at=at)
    )
    if settled:
        page.tell(InvoicePaid(customer=page.customer.id, invoice=invoice.id, at=at))
