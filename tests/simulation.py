"""A business over years: customers who do at random whatever can be done, a scheduler that is late now and then, and
every invariant of `proofs` checked after every commit.

`make simulate SEED=7` plays it; the same seed plays the same business again.
"""

import argparse
import heapq
import time
from collections.abc import Iterator
from datetime import date
from random import Random
from types import SimpleNamespace
from typing import Any

from msgspec.structs import replace
from oracle.days import DAY
from oracle.engine_side import EngineSide, FastIds
from oracle.engine_terms import TERMS, instant, seconds
from oracle.stories import Teller
from proofs import Books, Tally

from frontdesk.book import Account, Invoice
from frontdesk.changes import Changes, apply
from frontdesk.commands import AccountCommand, Advance, MarkUncollectible
from frontdesk.errors import Refused
from frontdesk.invoice_commands import (
    CreateCreditNote,
    CreateInvoice,
    CreditLine,
    FinalizeInvoice,
    RecordPayment,
    ReversePayment,
)
from frontdesk_invoice_only.engine import bill

BEGINS = 19723 * DAY
"""The first of January 2024."""
BETWEEN_ACTS = 45 * DAY
"""On average."""


class Customer(EngineSide):
    """One customer: acts at random, and has everything proved that comes of it."""

    def __init__(self, random: Random, born: int, ids: FastIds) -> None:
        super().__init__(born, ids)
        self.random = random
        self.books = Books()
        self.wakes: int | None = None
        self.issued: list[Invoice] = []
        self.dues: list[dict] = []
        self.commands = self.refused = 0
        self.teller = Teller(random, self._view())

    def do_something(self, now: int) -> None:
        """One act that makes sense, or does not."""
        self.teller.world, self.teller.now = self._view(), now
        by_hand = self._by_hand(now) if self.random.random() < 0.15 else None
        if by_hand is None:
            self.refused += not self.act(self.teller.deed())
            return
        try:
            self._do(by_hand, now)
        except Refused:
            self.refused += 1

    def advance(self, now: int) -> None:
        """What has fallen due."""
        self._do(Advance(), now)

    def pay(self, invoice: str, now: int) -> None:
        """What is open of an invoice, if it still is."""
        open = self.account.invoice(invoice)
        if open is not None and open.amount_remaining:
            try:
                self._do(self._payment(invoice, open.amount_remaining), now)
            except Refused:
                # What has fallen due since gave credit that settles it.
                self.refused += 1

    def _payment(self, invoice: str, amount: int) -> RecordPayment:
        return RecordPayment(id=self.ids("pay"), invoice=invoice, amount=amount, received=date(2025, 1, 1), by="staff")

    def _do(self, command: AccountCommand, at: int) -> None:
        account = self._page(getattr(command, "invoice", None))
        changes = bill(account, TERMS, command, instant(at), self.ids)
        self.commands += 1
        after = apply(account, changes)
        self.issued += self.books.commit(command, changes, after)
        self.account = replace(
            after, invoices=tuple(each for each in after.invoices if _is_kept(each)), credit_notes=()
        )
        self._keep(changes)

    def _keep(self, changes: Changes) -> None:
        self.subs |= {each.id: each for each in changes.subscriptions}
        self.dues += [{"due": each.amount_due} for each in changes.invoices if each.id not in self.invoices]
        self.invoices |= {each.id: each for each in changes.invoices}
        self.wakes = seconds(changes.wake_at)

    def _page(self, invoice: str | None) -> Account:
        """The account as the desk gives it to a command: with the invoice that it names, and its credit notes."""
        if invoice is None or invoice not in self.invoices:
            return self.account
        others = tuple(each for each in self.account.invoices if each.id != invoice)
        notes = tuple(each for each in self.books.notes.values() if each.invoice == invoice)
        return replace(self.account, invoices=(*others, self.invoices[invoice]), credit_notes=notes)

    def _by_hand(self, now: int) -> AccountCommand | None:
        """What staff do to invoices."""
        invoice = self.random.choice(list(self.invoices.values())[-12:]) if self.invoices else None
        if invoice is None:
            return None
        if not invoice.lines:
            return FinalizeInvoice(invoice=invoice.id)
        line = self.random.choice(invoice.lines)
        ways: list[AccountCommand] = [
            MarkUncollectible(invoice=invoice.id),
            CreateInvoice(id=self.ids("in"), currency=invoice.currency, pending="include"),
            FinalizeInvoice(invoice=invoice.id),
            CreateCreditNote(
                id=self.ids("cn"),
                invoice=invoice.id,
                lines=(CreditLine(source=line.id, amount=self.random.randint(1, max(1, line.amount))),),
            ),
            self._payment(invoice.id, self.random.randint(1, max(1, invoice.amount_due))),
        ]
        paid = [each for each in invoice.payments if each.reverses is None]
        if paid:
            ways.append(ReversePayment(id=self.ids("pay"), invoice=invoice.id, payment=paid[0].id, by="staff"))
        return self.random.choice(ways)

    def _view(self) -> Any:
        """What `Teller` looks at."""
        subs = [
            SimpleNamespace(
                number=number,
                items=each.items,
                currency=each.currency,
                end=seconds(each.period_end),
                ends=seconds(each.cancel_at),
                resumes=None if each.paused is None else seconds(each.paused.resumes_at),
                trial_end=seconds(each.trial_end),
                runs=each.status != "canceled",
                resting=each.paused is not None,
                planned=each.put_off,
            )
            for number, each in enumerate(self.subs.values())
        ]
        live = [each for each in subs if each.runs]
        return SimpleNamespace(subs=subs, invoices=self.dues, live=lambda: live)


class Simulation:
    """Customers, and what is to happen when. Numbers of invoices are drawn as the desk does: at the commit."""

    def __init__(self, seed: int, customers: int, years: int, begins: int) -> None:
        self.seed, self.random, ids = seed, Random(seed), FastIds()
        self.ends = begins + years * 365 * DAY + years // 4 * DAY
        self.customers = []
        self.numbers: dict[str, int] = {}
        self._agenda: list[tuple[int, int, int, str, str]] = []
        self._planned: dict[int, int] = {}
        for number in range(customers):
            born = begins + self.random.randrange(365 * DAY)
            self.customers.append(Customer(Random(self.random.random()), born, ids))
            self._note(born, number, "act")

    def run(self) -> Tally:
        """Play to the end. Raises AssertionError with seed and customer where something does not hold."""
        for now, number, what, about in self._happenings():
            customer = self.customers[number]
            try:
                self._happen(customer, now, number, what, about)
            except AssertionError as error:
                raise AssertionError(f"seed {self.seed}, customer {number} at {instant(now)}: {error}") from error
        invoices = [invoice for each in self.customers for invoice in each.invoices.values()]
        assert sorted(self.numbers.values()) == list(range(1, len(self.numbers) + 1))
        assert set(self.numbers) == {each.id for each in invoices if each.status != "draft"}
        return Tally(
            customers=len(self.customers),
            commands=sum(each.commands for each in self.customers),
            refused=sum(each.refused for each in self.customers),
            invoices=len(self.numbers),
            lines=sum(len(each.lines) for each in invoices),
        )

    def _happen(self, customer: Customer, now: int, number: int, what: str, about: str) -> None:
        if what == "act":
            customer.do_something(now)
            self._note(now + int(self.random.expovariate(1 / BETWEEN_ACTS)), number, "act")
        elif what == "pay":
            customer.pay(about, now)
        else:
            self._planned.pop(number, None)
            if customer.wakes is not None and customer.wakes <= now:
                customer.advance(now)
        for invoice in customer.issued:
            assert invoice.id not in self.numbers, "an invoice is issued once"
            self.numbers[invoice.id] = len(self.numbers) + 1
            if invoice.amount_due and self.random.random() < 0.9:
                self._note(now + self.random.randrange(30 * DAY), number, "pay", invoice.id)
        customer.issued.clear()
        if customer.wakes is not None and customer.wakes < self._planned.get(number, self.ends):
            self._planned[number] = customer.wakes
            late = self.random.choice((0, 0, 0, 0, 0, 60, 3600, 3 * DAY, self.random.randrange(100 * DAY)))
            self._note(max(now, customer.wakes) + late, number, "wake")

    def _happenings(self) -> Iterator[tuple[int, int, str, str]]:
        while self._agenda:
            now, _, number, what, about = heapq.heappop(self._agenda)
            if now >= self.ends:
                break
            yield now, number, what, about
        for number in range(len(self.customers)):
            yield self.ends, number, "wake", ""

    def _note(self, at: int, number: int, what: str, about: str = "") -> None:
        heapq.heappush(self._agenda, (at, self.random.getrandbits(32), number, what, about))


def _is_kept(invoice: Invoice) -> bool:
    return invoice.status in ("draft", "open", "uncollectible")


def main() -> None:
    """Play one business and say what it was."""
    parser = argparse.ArgumentParser(description="A simulated business, every invariant checked after every commit.")
    parser.add_argument("--seed", type=int, default=Random().getrandbits(32))
    parser.add_argument("--customers", type=int, default=1000)
    parser.add_argument("--years", type=int, default=10)
    asked = parser.parse_args()
    print(f"seed {asked.seed}", flush=True)
    begun = time.perf_counter()
    tally = Simulation(asked.seed, asked.customers, asked.years, begins=BEGINS).run()
    print(f"{tally} in {time.perf_counter() - begun:.1f} s")


if __name__ == "__main__":
    main()
