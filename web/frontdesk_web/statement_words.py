"""A statement of account in the words of its reader, and the span of time that it is asked for."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta

from msgspec import Struct

from frontdesk.statements import Movement, Statement
from frontdesk_web.formatting import date_long, date_short, money
from frontdesk_web.messages import translate


class StatementRow(Struct, frozen=True, kw_only=True):
    """A line: the day, what happened, by how much more is owed, and what is owed then. `strong` are the balances."""

    day: str
    text: str
    amount: str
    owed: str
    strong: bool = False


class StatementTable(Struct, frozen=True, kw_only=True):
    """One currency of a statement of account. `closing` says what it comes to, in a sentence."""

    currency: str
    rows: tuple[StatementRow, ...]
    closing: str


MOST = 1000
"""Movements of one statement."""
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2200, 1, 1)


class Span(Struct, frozen=True, kw_only=True):
    """From the beginning of a day to the end of another, in UTC. `fault` is why what was typed cannot be meant."""

    first: date
    last: date
    fault: str = ""

    @property
    def since(self) -> datetime:
        """Where it begins."""
        return datetime.combine(self.first, time(), UTC)

    @property
    def until(self) -> datetime:
        """The first instant after it."""
        return datetime.combine(self.last + timedelta(days=1), time(), UTC)

    @property
    def query(self) -> str:
        """The span in an address."""
        return f"from={self.first.isoformat()}&to={self.last.isoformat()}"


def read_span(query: Mapping[str, str], today: date, locale: str) -> Span:
    """The span that an address asks for: this year until today, where it asks for none or for what cannot be."""
    whole = Span(first=today.replace(month=1, day=1), last=today)
    try:
        first = date.fromisoformat(query.get("from") or whole.first.isoformat())
        last = date.fromisoformat(query.get("to") or whole.last.isoformat())
    except ValueError:
        return Span(first=whole.first, last=whole.last, fault=translate(locale, "Enter both days as dates."))
    if not FIRST_DAY <= first <= last < LAST_DAY:
        fault = translate(locale, "The first day must not come after the last one.")
        return Span(first=whole.first, last=whole.last, fault=fault)
    return Span(first=first, last=last)


def statement_table(statement: Statement, span: Span, numbers: Mapping[str, str], locale: str) -> StatementTable:
    """A statement, its balances first and last."""

    def shown(minor: int) -> str:
        return money(minor, statement.currency, locale)

    return StatementTable(
        currency=statement.currency.upper(),
        rows=(
            StatementRow(
                day=date_short(span.first, locale),
                text=translate(locale, "Opening balance"),
                amount="",
                owed=shown(statement.opening),
                strong=True,
            ),
            *(
                StatementRow(
                    day=date_short(each.at, locale),
                    text=_happened(each, numbers, locale),
                    amount=shown(each.amount),
                    owed=shown(each.owed),
                )
                for each in statement.movements
            ),
            StatementRow(
                day=date_short(span.last, locale),
                text=translate(locale, "Closing balance"),
                amount="",
                owed=shown(statement.closing),
                strong=True,
            ),
        ),
        closing=_closing(statement, span, locale),
    )


def _closing(statement: Statement, span: Span, locale: str) -> str:
    day = date_long(span.last, locale)
    if statement.closing > 0:
        owed = money(statement.closing, statement.currency, locale)
        return translate(locale, "{amount} was to be paid on {date}.", amount=owed, date=day)
    if statement.closing < 0:
        credit = money(-statement.closing, statement.currency, locale)
        return translate(locale, "There was a credit of {amount} on {date}.", amount=credit, date=day)
    return translate(locale, "Nothing was to be paid on {date}.", date=day)


def _happened(movement: Movement, numbers: Mapping[str, str], locale: str) -> str:
    """What a movement was. Staff's own words for a movement by hand are theirs and not said."""
    invoice = numbers.get(movement.invoice or "", "")
    note = numbers.get(movement.credit_note or "", "")
    match movement.kind, movement.part:
        case "invoice", _:
            return translate(locale, "Invoice {number}", number=invoice)
        case "void", _:
            return translate(locale, "Invoice {number}, voided", number=invoice)
        case "payment", _:
            return translate(locale, "Payment for invoice {number}", number=invoice)
        case "payment_reversal", _:
            return translate(locale, "Payment for invoice {number}, reversed", number=invoice)
        case "credit_note", "paid" | "refunded":
            return translate(locale, "Paid back for credit note {number}", number=note)
        case "credit_note", _:
            return translate(locale, "Credit note {number}", number=note)
        case "credit_note_void", _:
            return translate(locale, "Credit note {number}, voided", number=note)
        case "opening", _:
            return translate(locale, "Balance carried over")
    return translate(locale, "Adjustment")
