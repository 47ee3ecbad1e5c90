"""What must hold of one customer's money after every commit of the engine: checked on what is new, as it comes."""

from fractions import Fraction
from typing import Any

from msgspec import Struct
from msgspec.structs import replace
from proofs_of_time import TimeBooks

from frontdesk.book import Account, BillingSettings, CreditNote, Invoice
from frontdesk.changes import Changes
from frontdesk.commands import AccountCommand
from frontdesk.lateness import late_acts
from frontdesk.money import round_half_away
from frontdesk.notices import tells_of_renewal
from frontdesk.timetable import next_of

_ANY_TIME = ("status", "version", "amount_paid", "paid_at", "paid_out_of_band", "payments", "voided_at")
_ANY_TIME += ("marked_uncollectible_at", "amount_credited", "amount_credited_later", "metadata", "number", "set_offs")
_ANY_TIME += ("told_of_due", "told_overdue")
_FOLLOWERS = {
    "open": {"open", "paid", "uncollectible", "void"},
    "paid": {"paid", "open", "uncollectible"},
    "uncollectible": {"uncollectible", "paid", "void"},
    "void": {"void"},
    "draft": {"draft", "open", "paid"},
}
PLAIN = BillingSettings(currency="eur")
"""Nobody of these customers has an address to be reminded at."""


class Books:
    """One customer's books, and what was proved of them."""

    def __init__(self) -> None:
        self.invoices: dict[str, Invoice] = {}
        self.notes: dict[str, CreditNote] = {}
        self.accounts: dict[tuple[str, str], int] = {}
        self.open: dict[str, dict[str, int]] = {}
        self.time = TimeBooks()

    def commit(self, command: AccountCommand, changes: Changes, after: Account) -> tuple[Invoice, ...]:
        """Take in what came of a command; gives the invoices that were issued by it. Raises AssertionError."""
        issued = tuple(each for each in changes.invoices if each.status != "draft" and self._is_new(each))
        self._ledger(changes, after)
        for invoice in changes.invoices:
            self._invoice(invoice)
        for note in changes.credit_notes:
            self._note(note)
        self._receivable()
        self.time.commit(command, changes)
        due = [found.at for each in after.subscriptions if (found := next_of(each)) is not None]
        due += [each.at for each in late_acts(after, PLAIN)]
        told = (tells_of_renewal(each, PLAIN.notices) for each in after.subscriptions)
        due += [at for at in told if at is not None]
        assert changes.wake_at == min(due, default=None)
        return issued

    def _is_new(self, invoice: Invoice) -> bool:
        known = self.invoices.get(invoice.id)
        return known is None or known.status == "draft"

    def _ledger(self, changes: Changes, after: Account) -> None:
        for each in changes.ledger:
            assert not sum(entry.amount for entry in each.entries), "entries sum to zero"
            for entry in each.entries:
                key = (each.currency, entry.account)
                self.accounts[key] = self.accounts.get(key, 0) + entry.amount
            assert each.ending_balance == self.accounts.get((each.currency, "balance"), 0)
        for currency in {each.currency for each in changes.ledger}:
            assert after.customer.balances.get(currency, 0) == self.accounts.get((currency, "balance"), 0)

    def _receivable(self) -> None:
        """What the ledger says is open is what the invoices say."""
        for currency in {key for key, _ in self.accounts} | set(self.open):
            open = sum(self.open.get(currency, {}).values())
            assert open == self.accounts.get((currency, "receivable"), 0), "the ledger has what is open"

    def _invoice(self, invoice: Invoice) -> None:
        known = self.invoices.get(invoice.id)
        if known is not None:
            assert invoice.version > known.version
            assert invoice.status in _FOLLOWERS[known.status]
            if known.status != "draft":
                names = [each for each in Invoice.__struct_fields__ if each not in _ANY_TIME]
                assert all(getattr(known, each) == getattr(invoice, each) for each in names), "an invoice is sealed"
        self.invoices[invoice.id] = invoice
        if invoice.status == "draft":
            return
        assert invoice.lines or known is not None, "nobody is sent an empty invoice"
        if known is None or known.status == "draft":
            self._sums(invoice)
        assert 0 <= invoice.amount_remaining <= invoice.amount_due
        assert (invoice.status == "paid") <= (invoice.amount_remaining == 0)
        assert (invoice.status in ("open", "uncollectible")) <= (invoice.amount_remaining > 0)
        self.open.setdefault(invoice.currency, {})[invoice.id] = invoice.amount_remaining
        if not invoice.amount_remaining:
            del self.open[invoice.currency][invoice.id]

    def _sums(self, invoice: Invoice) -> None:
        on_top: dict[Any, list[int]] = {}
        for line in invoice.lines:
            assert line.currency == invoice.currency
            assert tuple(each.rate for each in line.taxes) == line.tax_rates
            for tax in line.taxes:
                sums = on_top.setdefault(tax.rate, [0, 0])
                sums[0] += tax.taxable
                sums[1] += tax.amount
        assert {each.rate: [each.taxable, each.amount] for each in invoice.taxes} == on_top
        for rate, (taxable, amount) in on_top.items():
            if rate.exempt != "none":
                assert not amount
            elif not rate.inclusive:
                assert amount == round_half_away(taxable * Fraction(rate.percentage) / 100)
        added = sum(amount for rate, (_, amount) in on_top.items() if not rate.inclusive)
        assert invoice.total == sum(each.amount for each in invoice.lines) + added
        assert invoice.amount_due == max(0, invoice.total + invoice.starting_balance)
        assert invoice.ending_balance == min(0, invoice.total + invoice.starting_balance)

    def _note(self, note: CreditNote) -> None:
        known = self.notes.get(note.id)
        if known is not None:
            assert replace(known, status="void", voided_at=note.voided_at, version=note.version) == note
        self.notes[note.id] = note
        over = [each for each in self.notes.values() if each.invoice == note.invoice and each.status == "issued"]
        invoice = self.invoices[note.invoice]
        assert sum(each.total for each in over) <= invoice.total, "no more is taken back than was billed"
        assert sum(each.pre_payment for each in over) == invoice.amount_credited - invoice.amount_set_off


class Tally(Struct, frozen=True):
    """How much was simulated."""

    customers: int
    commands: int
    refused: int
    invoices: int
    lines: int
