"""Quotes: what a command would do at one instant, to the minor unit."""

from datetime import datetime, timedelta

from msgspec import Struct

from frontdesk.book import Account, Invoice, Line, Subscription
from frontdesk.changes import Changes
from frontdesk.commands import AccountCommand
from frontdesk.tax_rates import Tax
from frontdesk.taxing import total_with_tax

LIFETIME = timedelta(minutes=15)
"""How long a quote can be confirmed."""


class Renewal(Struct, frozen=True, kw_only=True):
    """The next regular invoice of a subscription as it stands after the command: when, and how much before balance.

    `amount` holds the `taxes` that come on top of the lines.
    """

    at: datetime
    amount: int
    lines: tuple[Line, ...]
    taxes: tuple[Tax, ...] = ()


class Quote(Struct, frozen=True, kw_only=True):
    """What `command` does if it is carried out `at` an account of `account_version`.

    `lines` are all lines that the command causes; those on `invoice` are due now, the others wait for `renewal`.
    `due_now` is what is to be paid for `invoice` after balance. A quote is consumed once and expires.
    """

    id: str
    customer: str
    command: AccountCommand
    at: datetime
    expires_at: datetime
    account_version: int
    currency: str
    lines: tuple[Line, ...]
    due_now: int
    credited: int
    """What goes to the customer's balance as credit, as a positive amount."""
    invoice: Invoice | None
    renewal: Renewal | None
    set_off: int = 0
    """What of the credit is set against invoices that are not paid, as a positive amount."""
    subscription: Subscription | None = None
    """The one that the command names as the quote found it: it may have become another since."""

    def agrees_with(self, other: "Quote") -> bool:
        """Whether the other quote moves the same money: the same lines, the same due now and at renewal."""
        return _money(self) == _money(other)

    def holds_beside(self, other: "Quote") -> bool:
        """Whether it is as good as the other, worked out later for the same instant: what is due now is the same, and
        all that is billed then but for use, which goes on being counted and is said to be."""
        return _without_use(self) == _without_use(other)


def _without_use(quote: Quote) -> tuple[object, ...]:
    renewal = quote.renewal
    coming = None if renewal is None else (renewal.at, _shown(renewal.lines, renewal.at))
    return quote.currency, _shown(quote.lines, quote.at), quote.due_now, quote.credited, quote.set_off, coming


def _shown(lines: tuple[Line, ...], at: datetime) -> tuple[object, ...]:
    """Lines but for those of use until `at`: of an item, and of time that is over."""
    return tuple(
        (each.kind, each.amount, each.price, each.quantity, each.start, each.end)
        for each in lines
        if not (each.kind == "charge" and each.subscription_item is not None and each.end <= at)
    )


def _money(quote: Quote) -> tuple[object, ...]:
    renewal = None if quote.renewal is None else (quote.renewal.at, quote.renewal.amount)
    lines = tuple((each.kind, each.amount, each.price, each.quantity, each.start, each.end) for each in quote.lines)
    return quote.currency, lines, quote.due_now, quote.credited, quote.set_off, renewal


def given_back(quote: Quote) -> int:
    """What the lines of a quote give back together, with their tax, as a positive amount; negative if they charge."""
    return -total_with_tax([each.amount for each in quote.lines], [each.tax_rates for each in quote.lines])


def caused_lines(account: Account, changes: Changes) -> tuple[Line, ...]:
    """The lines that changes cause: of new invoices (without those that had waited before) and newly waiting ones."""
    waited = {each.id for each in account.pending_items}
    # What credit was set against is among them too, and causes nothing.
    known = {each.id for each in account.invoices if each.status != "draft"}
    on_invoices = tuple(
        line
        for each in changes.invoices
        for line in each.lines
        if each.id not in known
        if line.pending_item is None or line.pending_item not in waited
    )
    waiting = tuple(each.line for each in changes.pending_items if each.invoice is None and each.id not in waited)
    return on_invoices + waiting
