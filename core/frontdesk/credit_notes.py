"""What can be taken back of an issued invoice, and what a credit note over it says.

What is still open is lowered first, as at Stripe; nothing more is ever taken back than was billed, of the invoice and
of each of its lines. Over an invoice with taxes lines are needed, so that every rate gets its share.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from fractions import Fraction

from msgspec.structs import replace

from frontdesk import invoice_refusals, refusals, typed_refusals
from frontdesk.billing import Capabilities, Capability
from frontdesk.book import Account, CreditNote, Invoice, Line
from frontdesk.errors import Refusal, Refused
from frontdesk.ids import Ids
from frontdesk.invoice_commands import CreateCreditNote, CreditLine, UpdateCreditNote, VoidCreditNote
from frontdesk.money import line_amount, round_half_away
from frontdesk.refund_rules import refund_for_note, wrong_note_refund
from frontdesk.refunds import NoteRefund
from frontdesk.tax_rates import Tax
from frontdesk.taxing import added, taxed, taxes_of

MEMO_LENGTH = 5000


def credit_obstacles(
    account: Account, command: CreateCreditNote | UpdateCreditNote | VoidCreditNote, capabilities: Capabilities
) -> Iterator[Refusal]:
    """Why a credit note cannot be issued, noted on or voided, but for its sums: `credit_note_over` refuses those."""
    if Capability.WRITE_INVOICES not in capabilities.can:
        yield refusals.cannot(Capability.WRITE_INVOICES.value)
    invoice = account.invoice(command.invoice)
    if invoice is None:
        yield refusals.no_such("invoice", command.invoice, "invoice")
        return
    if isinstance(command, UpdateCreditNote | VoidCreditNote):
        note = next((each for each in account.credit_notes if each.id == command.credit_note), None)
        if note is None:
            yield refusals.no_such("credit note", command.credit_note, "id")
        elif isinstance(command, UpdateCreditNote):
            return
        elif note.status == "void":
            yield invoice_refusals.not_for_invoice("credit_note_void", "This credit note is void already.")
        elif note.post_payment or invoice.status == "void":
            yield invoice_refusals.not_for_invoice(
                "credit_note_settled", "Only credit notes that lowered an open invoice can be voided."
            )
        return
    if invoice.status not in ("open", "paid", "uncollectible"):
        sentence = f"You can only create a credit note for an open or paid invoice; this one is `{invoice.status}`."
        yield invoice_refusals.not_for_invoice("credit_not_possible", sentence, "invoice")
    if command.memo is not None and len(command.memo) > MEMO_LENGTH:
        yield typed_refusals.text_too_long(MEMO_LENGTH, "memo")


def credit_note_over(
    invoice: Invoice, before: tuple[CreditNote, ...], command: CreateCreditNote, now: datetime, ids: Ids
) -> CreditNote:
    """The credit note that a command asks for; `before` are those that the invoice has.

    Raises:
        Refused: it takes back nothing, or more than there is, or its parts do not add up.
    """
    lines = _taxed(
        _lines(invoice, before, command, now, ids), tuple(each.source for each in command.lines), invoice, before
    )
    taxes = taxes_of(lines)
    total = sum(each.amount for each in lines) + added(taxes)
    left = left_of(invoice, before)
    if not 0 < total <= left:
        raise _refused(f"The amount of a credit note must be from 1 to what is left of the invoice: {left}.", "amount")
    pre_payment = min(total, invoice.amount_remaining)
    rest = total - pre_payment
    refunds = _refunds(invoice, before, command, ids)
    gone = command.out_of_band + sum(each.amount for each in refunds)
    credited = rest - gone if command.credit is None else command.credit
    if credited < 0 or command.out_of_band < 0 or credited + gone != rest:
        raise _refused(
            "The sum of `credit_amount`, `out_of_band_amount` and what is refunded must equal what the credit note "
            f"takes back of what was paid: {rest}.",
            "credit_amount",
        )
    return CreditNote(
        id=command.id,
        customer=invoice.customer,
        invoice=invoice.id,
        currency=invoice.currency,
        lines=lines,
        sources=tuple(each.source for each in command.lines) or (None,),
        total=total,
        pre_payment=pre_payment,
        credited=credited,
        out_of_band=command.out_of_band,
        created=now,
        taxes=taxes,
        reason=command.reason,
        memo=command.memo,
        buyer=invoice.buyer,
        seller=invoice.seller,
        paid_back=refunds,
        metadata=dict(command.metadata),
    )


def _refunds(
    invoice: Invoice, before: tuple[CreditNote, ...], command: CreateCreditNote, ids: Ids
) -> tuple[NoteRefund, ...]:
    """The refunds that pay a credit note back; the one that is to be made for it comes last."""
    wrong = wrong_note_refund(invoice, before, command.refunds)
    if wrong is not None:
        raise _refused(wrong, "refunds")
    if not command.refund:
        return command.refunds
    if command.refund < 0 or refund_for_note(invoice, command.refund) is None:
        raise _refused("No charge of this invoice has that much left to refund.", "refund_amount")
    return (*command.refunds, NoteRefund(ids("re"), command.refund))


def may_credit(invoice: Invoice, before: Sequence[CreditNote]) -> bool:
    """Whether there is anything of an invoice that can be taken back."""
    return invoice.status in ("open", "paid", "uncollectible") and left_of(invoice, before) > 0


def left_of(invoice: Invoice, before: Sequence[CreditNote]) -> int:
    """What of an invoice can still be taken back, taxes included. `before` are the credit notes that it has.

    Credit that was set against it gave back that much already.
    """
    return invoice.total - invoice.amount_set_off - sum(each.total for each in before if each.status == "issued")


def left_of_line(line: Line, before: Sequence[CreditNote]) -> int:
    """What of a line can still be taken back, before taxes on top; nothing of one that is a credit itself."""
    taken = sum(
        each.amount
        for note in before
        if note.status == "issued"
        for each, of in zip(note.lines, note.sources, strict=True)
        if of == line.id
    )
    return max(0, line.amount - taken)


def all_that_is_left(invoice: Invoice, before: Sequence[CreditNote]) -> tuple[tuple[CreditLine, ...], int | None]:
    """Lines, or else an amount, by which everything is taken back; neither where only single lines can be.

    That is so where a bill has taxes, and lines that are credits themselves or something taken back that is of no line:
    which rate gets which share is not said.
    """
    lines = tuple(
        CreditLine(source=each.id, amount=left) for each in invoice.lines if (left := left_of_line(each, before)) > 0
    )
    left = left_of(invoice, before)
    named = {each.source for each in lines}
    taxes = (tax for each in invoice.lines if each.id in named for tax in _taxes_left(each, before))
    if sum(each.amount or 0 for each in lines) + added(taxes) == left:
        return lines, None
    return (), None if invoice.taxes else left


def _taxed(
    lines: Sequence[Line], sources: Sequence[str | None], invoice: Invoice, before: Sequence[CreditNote]
) -> tuple[Line, ...]:
    """The lines with their taxes, rounded once a rate. What takes the rest of a line of the invoice takes the rest of
    its taxes too, so that everything that is taken back comes to what was billed, to the cent."""
    billed = {each.id: each for each in invoice.lines}
    rest = {
        line.id: _taxes_left(source, before)
        for line, of in zip(lines, sources, strict=False)
        if (source := billed.get(of or "")) is not None and line.amount == left_of_line(source, before)
    }
    others = {each.id: each for each in taxed([each for each in lines if each.id not in rest])}
    return tuple(replace(each, taxes=rest[each.id]) if each.id in rest else others[each.id] for each in lines)


def _taxes_left(line: Line, before: Sequence[CreditNote]) -> tuple[Tax, ...]:
    """What of a line's taxes was not taken back yet."""
    taken = [
        tax
        for note in before
        if note.status == "issued"
        for each, of in zip(note.lines, note.sources, strict=True)
        if of == line.id
        for tax in each.taxes
    ]
    return tuple(
        Tax(
            rate=each.rate,
            taxable=each.taxable - sum(tax.taxable for tax in taken if tax.rate == each.rate),
            amount=each.amount - sum(tax.amount for tax in taken if tax.rate == each.rate),
        )
        for each in line.taxes
    )


def _lines(
    invoice: Invoice, before: tuple[CreditNote, ...], command: CreateCreditNote, now: datetime, ids: Ids
) -> list[Line]:
    if command.lines and command.amount is not None:
        raise _refused("You may only specify one of these parameters: amount, lines.", "amount", "parameters_exclusive")
    if not command.lines and command.amount is None:
        raise _refused("Give either `amount` or `lines`.", "amount", "parameter_missing")
    if command.amount is not None:
        if invoice.taxes:
            raise _refused("This invoice has taxes: give `lines`, so that each rate gets its share.", "amount")
        return [_free_line(invoice, command.amount, 1, None, command.memo, now, ids)]
    named = [each.source for each in command.lines if each.source is not None]
    if len(set(named)) < len(named):
        raise _refused("Name each line of the invoice once.", "lines")
    found = []
    for place, each in enumerate(command.lines):
        param = f"lines[{place}]"
        if each.source is None:
            if each.unit_amount is None:
                sentence = "A custom line needs `unit_amount` or `unit_amount_decimal`."
                raise _refused(sentence, f"{param}[unit_amount]", "parameter_missing")
            quantity = 1 if each.quantity is None else each.quantity
            amount = line_amount(each.unit_amount, quantity)
            found.append(_free_line(invoice, amount, quantity, each, each.description, now, ids))
        else:
            found.append(_line_of(invoice, before, each, param, ids))
    return found


def _free_line(
    invoice: Invoice, amount: int, quantity: int, line: CreditLine | None, text: str | None, now: datetime, ids: Ids
) -> Line:
    return Line(
        id=ids("cnli"),
        kind="charge",
        amount=amount,
        currency=invoice.currency,
        quantity=quantity,
        start=now,
        end=now,
        unit_amount=None if line is None else line.unit_amount,
        description=text,
    )


def _line_of(invoice: Invoice, before: tuple[CreditNote, ...], line: CreditLine, param: str, ids: Ids) -> Line:
    source = next((each for each in invoice.lines if each.id == line.source), None)
    if source is None:
        raise Refused(refusals.no_such("invoice line item", line.source or "", f"{param}[invoice_line_item]"))
    if line.amount is None and line.quantity is None:
        raise _refused("A line needs `amount` or `quantity`.", f"{param}[amount]", "parameter_missing")
    if line.amount is not None and line.quantity is not None:
        sentence = "You may only specify one of these parameters: amount, quantity."
        raise _refused(sentence, f"{param}[amount]", "parameters_exclusive")
    quantity = source.quantity if line.quantity is None else line.quantity
    if line.amount is not None:
        amount = line.amount
    elif source.quantity and 0 < quantity <= source.quantity:
        amount = round_half_away(Fraction(source.amount * quantity, source.quantity))
    else:
        raise _refused(f"The `quantity` must be from 1 to that of the line: {source.quantity}.", f"{param}[quantity]")
    left = left_of_line(source, before)
    if not 0 < amount <= left:
        raise _refused(f"The amount must be from 1 to what is left of the line: {left}.", f"{param}[amount]")
    return replace(source, id=ids("cnli"), amount=amount, quantity=quantity, discounts=(), taxes=())


def _refused(sentence: str, param: str, api_code: str | None = None) -> Refused:
    return Refused(invoice_refusals.not_for_invoice("credit_note_impossible", sentence, param, api_code))
