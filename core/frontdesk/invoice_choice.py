"""Which of their invoices a customer asks to see, and what the papers among them are called on a disk.

`late` is an open invoice whose day has come. It is open as well: who asks for what is to be paid sees both.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Literal, get_args

from msgspec import Struct

from frontdesk.book import Invoice

InvoiceState = Literal["open", "late", "paid", "uncollectible", "void"]
STATES: tuple[InvoiceState, ...] = get_args(InvoiceState)
FIRST_YEAR, LAST_YEAR = 2000, 2199
_NOT_IN_A_NAME = frozenset('\\/:*?"<>|')


class InvoiceChoice(Struct, frozen=True, kw_only=True):
    """The invoices of a year, by the day of issue in UTC, and in a state; None for all."""

    year: int | None = None
    state: InvoiceState | None = None

    @property
    def is_narrow(self) -> bool:
        """Whether it leaves anything out."""
        return self != InvoiceChoice()

    @property
    def query(self) -> dict[str, str]:
        """The choice in an address."""
        asked = {"year": "" if self.year is None else str(self.year), "status": self.state or ""}
        return {name: value for name, value in asked.items() if value}

    def holds(self, invoice: Invoice, now: datetime) -> bool:
        """Whether an issued invoice is among them at an instant."""
        if self.year is not None and (invoice.finalized_at or invoice.created).year != self.year:
            return False
        if self.state == "late":
            return is_late(invoice, now)
        return self.state is None or self.state == invoice.status


def read_choice(asked: Mapping[str, str]) -> InvoiceChoice:
    """The choice that an address asks for. What cannot be meant is not asked: all are shown then."""
    typed, state = asked.get("year", ""), asked.get("status", "")
    year = int(typed) if typed.isascii() and typed.isdecimal() and len(typed) == 4 else 0
    return InvoiceChoice(
        year=year if FIRST_YEAR <= year <= LAST_YEAR else None,
        state=next((each for each in STATES if each == state), None),
    )


def is_late(invoice: Invoice, now: datetime) -> bool:
    """Whether an invoice is open and its day has come."""
    return invoice.status == "open" and invoice.due_date is not None and invoice.due_date < now


def paper_name(day: date, *words: str) -> str:
    """What a paper is called on a disk, without an ending: `2026-11-27_NB-0042_Receipt`.

    The day first, so that names sort by it; then what tells the papers of a day apart, the invoice before what belongs
    to it. Spaces, and characters that a file system refuses, become dashes.
    """
    plain = (each.strip().strip(".") for each in words)
    return "_".join((day.isoformat(), *(_kept(each) for each in plain if each)))[:150]


def _kept(word: str) -> str:
    return "".join("-" if each in _NOT_IN_A_NAME or each == " " or not each.isprintable() else each for each in word)
