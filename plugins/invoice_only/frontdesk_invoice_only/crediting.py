"""Credit notes: what of an issued invoice is taken back, and taking that back."""

from msgspec.structs import replace

from frontdesk.book import CreditNote
from frontdesk.catalogue import merge_metadata
from frontdesk.credit_notes import credit_note_over
from frontdesk.events import CreditNoteEdited, CreditNoteIssued, CreditNoteVoided, InvoicePaid
from frontdesk.invoice_commands import CreateCreditNote, UpdateCreditNote, VoidCreditNote
from frontdesk.payment_method_commands import RefundCharge
from frontdesk.refund_rules import refund_for_note
from frontdesk.refunds import RefundReason
from frontdesk_invoice_only.page import LedgerSource, Page
from frontdesk_invoice_only.refunding import refund_charge
from frontdesk_invoice_only.set_offs import set_against_opened


def create_credit_note(page: Page, command: CreateCreditNote) -> None:
    """Issue a credit note. Its number stays None: the desk draws it. An invoice of which nothing is open is paid."""
    invoice = page.invoice(command.invoice)
    note = page.save_credit_note(credit_note_over(invoice, page.notes_of(invoice), command, page.now, page.ids))
    after = page.save_invoice(
        replace(
            invoice,
            amount_credited=invoice.amount_credited + note.pre_payment,
            amount_credited_later=invoice.amount_credited_later + note.post_payment,
        )
    )
    settled = invoice.status != "paid" and not after.amount_remaining
    if settled:
        page.save_invoice(replace(after, status="paid", paid_at=page.now))
    page.post(
        "credit_note",
        invoice.currency,
        LedgerSource(invoice=invoice.id, credit_note=note.id),
        billed=note.total,
        receivable=-note.pre_payment,
        balance=-note.credited,
        paid=-note.out_of_band,
        refunded=-note.refunded,
    )
    if command.refund:
        _pay_back(page, after.id, note)
    page.tell(
        CreditNoteIssued(
            customer=page.customer.id, invoice=invoice.id, credit_note=note.id, at=page.now, quiet=command.quiet
        )
    )
    if settled:
        page.tell(InvoicePaid(customer=page.customer.id, invoice=invoice.id, at=page.now))


def _pay_back(page: Page, invoice: str, note: CreditNote) -> None:
    """Make the refund that a new credit note names last."""
    made = note.paid_back[-1]
    charge = refund_for_note(page.invoice(invoice), made.amount)
    assert charge is not None, "the credit note was refused without one"
    reason: RefundReason | None = note.reason if note.reason in ("duplicate", "fraudulent") else None
    refund_charge(
        page, RefundCharge(id=made.refund, invoice=invoice, charge=charge.id, amount=made.amount, reason=reason)
    )


def update_credit_note(page: Page, command: UpdateCreditNote) -> None:
    """Change the notes that programs keep of a credit note."""
    note = next(each for each in page.notes_of(page.invoice(command.invoice)) if each.id == command.credit_note)
    metadata = merge_metadata(note.metadata, command.metadata)
    if metadata == note.metadata:
        return
    page.save_credit_note(replace(note, metadata=metadata))
    page.tell(CreditNoteEdited(customer=page.customer.id, invoice=note.invoice, credit_note=note.id, at=page.now))


def void_credit_note(page: Page, command: VoidCreditNote) -> None:
    """Take a credit note back: what it had lowered is open again, for what credit does not cover."""
    invoice = page.invoice(command.invoice)
    note = next(each for each in page.notes_of(invoice) if each.id == command.credit_note)
    page.save_credit_note(replace(note, status="void", voided_at=page.now))
    after = page.save_invoice(replace(invoice, amount_credited=invoice.amount_credited - note.pre_payment))
    if after.status == "paid" and after.amount_remaining:
        status = "uncollectible" if invoice.marked_uncollectible_at else "open"
        after = page.save_invoice(replace(after, status=status, paid_at=None))
    page.post(
        "credit_note_void",
        invoice.currency,
        LedgerSource(invoice=invoice.id, credit_note=note.id),
        billed=-note.total,
        receivable=note.pre_payment,
    )
    page.tell(CreditNoteVoided(customer=page.customer.id, invoice=invoice.id, credit_note=note.id, at=page.now))
    set_against_opened(page, after, note.pre_payment)
