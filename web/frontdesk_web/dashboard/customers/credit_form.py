"""The form of a credit note: what is taken back, why, and what becomes of what was paid already."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Literal, cast

from msgspec import Struct
from msgspec.structs import replace

from frontdesk.book import CreditNote, Invoice, Line
from frontdesk.credit_notes import MEMO_LENGTH, all_that_is_left, left_of, left_of_line
from frontdesk.invoice_commands import CreateCreditNote, CreditLine
from frontdesk.refund_rules import refundable, unexplained
from frontdesk.refunds import NoteRefund
from frontdesk_web.credit_note_words import REASONS
from frontdesk_web.dashboard.customers.invoice_form import WrongForm
from frontdesk_web.formatting import money
from frontdesk_web.messages import translate
from frontdesk_web.typed_money import AmountUnclear, read_amount
from frontdesk_web.typed_text import lines, one_line

OUTSIDE, CARD, REFUNDED = "outside", "card", "refunded"
RESTS = ("credit", OUTSIDE, CARD, REFUNDED)
Reason = Literal["duplicate", "fraudulent", "order_change", "product_unsatisfactory"]
MOST_LINES = 80
"""Lines of an invoice that the form has fields for."""


class CreditForm(Struct, frozen=True, kw_only=True):
    """A credit note as typed. `amounts` are by the place of a line on the invoice; `what` is all or part.

    `rest` says what becomes of what is not open any more: credit, `outside`, back to the `card`, or that it was
    `refunded` before. `seen` is the version of the invoice
    that was confirmed.
    """

    what: str = "part"
    amounts: Mapping[int, str] = {}
    amount: str = ""
    reason: str = ""
    memo: str = ""
    rest: str = "credit"
    letter: str = ""
    seen: str = ""

    @classmethod
    def read(cls, fields: Mapping[str, str], invoice: Invoice) -> "CreditForm":
        """The form among the fields that were posted."""
        return cls(
            what="all" if fields.get("what") == "all" else "part",
            amounts={
                place: fields[f"line-{place}"][:40]
                for place in range(min(len(invoice.lines), MOST_LINES))
                if fields.get(f"line-{place}", "").strip()
            },
            amount=fields.get("amount", "")[:40].strip(),
            reason=fields.get("reason", "") if fields.get("reason") in REASONS else "",
            memo=lines(fields.get("memo", ""))[: MEMO_LENGTH + 1],
            rest=fields.get("rest", "") if fields.get("rest") in RESTS else "credit",
            letter="on" if fields.get("letter") else "",
            seen=one_line(fields.get("seen", ""))[:20],
        )

    def fields(self) -> dict[str, str]:
        """The form as hidden fields, to be posted once more."""
        named = {name: getattr(self, name) for name in ("what", "amount", "reason", "memo", "rest", "letter")}
        named |= {f"line-{place}": text for place, text in self.amounts.items()}
        return {name: text for name, text in named.items() if text}

    def command(self, invoice: Invoice, notes: Sequence[CreditNote], id: str, locale: str) -> CreateCreditNote:
        """What was asked for, with all of what was paid becoming credit. Raises WrongForm."""
        if len(self.memo) > MEMO_LENGTH:
            sentence = translate(locale, "Please use at most {maximum} characters.", maximum=MEMO_LENGTH)
            raise WrongForm({"memo": sentence})
        if self.what == "all":
            credited, amount = all_that_is_left(invoice, notes)
        else:
            credited, amount = self._typed_lines(invoice, notes, locale), None
        if not credited and amount is None:
            raise WrongForm({"": translate(locale, "Say what is taken back: an amount for one line at least.")})
        return CreateCreditNote(
            id=id,
            invoice=invoice.id,
            lines=credited,
            amount=amount,
            reason=cast(Reason, self.reason) if self.reason else None,
            memo=self.memo or None,
            quiet=not self.letter,
        )

    def settled(
        self, command: CreateCreditNote, note: CreditNote, invoice: Invoice, notes: Sequence[CreditNote]
    ) -> CreateCreditNote:
        """The command with what was chosen for what is not open any more; `note` is what it comes to. What cannot go
        back in the way that was chosen becomes credit."""
        rest = note.post_payment
        if not rest:
            return command
        if self.rest == OUTSIDE:
            return replace(command, credit=0, out_of_band=rest)
        if self.rest == CARD:
            charge = refundable(invoice)
            return command if charge is None else replace(command, refund=min(rest, charge.left))
        if self.rest == REFUNDED:
            return replace(command, refunds=tuple(_explained(invoice, notes, rest)))
        return command

    def _typed_lines(self, invoice: Invoice, notes: Sequence[CreditNote], locale: str) -> tuple[CreditLine, ...]:
        faults: dict[str, str] = {}
        found = []
        for place, text in self.amounts.items():
            line = invoice.lines[place]
            most = left_of_line(line, notes)
            try:
                found.append(CreditLine(source=line.id, amount=_minor(text, invoice, most, locale)))
            except WrongForm as wrong:
                faults[f"line-{place}"] = wrong.faults[""]
        if self.amount and not invoice.taxes:
            try:
                amount = _minor(self.amount, invoice, left_of(invoice, notes), locale)
                words = self.memo.split("\n")[0] or translate(locale, "Credit")
                found.append(CreditLine(unit_amount=Decimal(amount), quantity=1, description=words))
            except WrongForm as wrong:
                faults["amount"] = wrong.faults[""]
        if faults:
            raise WrongForm(faults)
        return tuple(found)


def refunded_before(invoice: Invoice, notes: Sequence[CreditNote]) -> int:
    """What was refunded and no credit note speaks of, in minor units."""
    return sum(unexplained(invoice, notes, each.id) for each in invoice.refunds)


def _explained(invoice: Invoice, notes: Sequence[CreditNote], rest: int) -> Iterator[NoteRefund]:
    for each in invoice.refunds:
        amount = min(rest, unexplained(invoice, notes, each.id))
        if amount > 0:
            rest -= amount
            yield NoteRefund(each.id, amount)


def creditable(invoice: Invoice, notes: Sequence[CreditNote]) -> list[tuple[int, Line, int]]:
    """Place, line and what is left of it, of each line of which something can be taken back."""
    found = ((place, line, left_of_line(line, notes)) for place, line in enumerate(invoice.lines[:MOST_LINES]))
    return [(place, line, left) for place, line, left in found if left]


def _minor(text: str, invoice: Invoice, most: int, locale: str) -> int:
    """Minor units. Raises WrongForm with the sentence under an empty name."""
    try:
        amount = read_amount(text, invoice.currency, locale)
    except AmountUnclear as unclear:
        raise WrongForm({"": unclear.sentence}) from unclear
    if amount != int(amount):
        raise WrongForm({"": translate(locale, "Enter an amount without fractions of the smallest coin.")})
    if not 0 < amount <= most:
        left = money(most, invoice.currency, locale)
        raise WrongForm({"": translate(locale, "Enter an amount above zero, at most {left}.", left=left)})
    return int(amount)
