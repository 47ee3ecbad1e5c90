"""Statements of account: read off the ledger, to the cent, whatever moved."""

import random
from datetime import UTC, datetime, timedelta

from frontdesk.ledger import LedgerTransaction, TransactionKind, entries
from frontdesk.statements import OWED, statements

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def moved(kind: TransactionKind, hours: int = 0, currency: str = "eur", **amounts: int) -> LedgerTransaction:
    return LedgerTransaction(
        id=f"cbtxn_{hours}",
        customer="cus_1",
        created=NOON + timedelta(hours=hours),
        kind=kind,
        currency=currency,
        entries=entries(**amounts),
        ending_balance=0,
        invoice="in_1",
    )


def test_a_year_in_three_lines() -> None:
    (found,) = statements(
        {"eur": 500},
        (
            moved("invoice", 1, billed=-12000, receivable=12000),
            moved("payment", 2, paid=13000, receivable=-12000, balance=-1000),
            moved("adjustment", 3, adjusted=200, balance=-200),
        ),
    )
    assert (found.opening, found.closing) == (500, -700)
    assert [(each.kind, each.amount, each.owed) for each in found.movements] == [
        ("invoice", 12000, 12500),
        ("payment", -13000, -500),
        ("adjustment", -200, -700),
    ]


def test_what_is_credited_and_paid_back_are_two_lines() -> None:
    (found,) = statements({}, (moved("credit_note", billed=3000, receivable=-500, balance=-1500, paid=-1000),))
    assert [(each.part, each.amount, each.owed) for each in found.movements] == [
        ("billed", -3000, -3000),
        ("paid", 1000, -2000),
    ]


def test_credit_that_an_invoice_uses_is_no_line_of_its_own() -> None:
    (found,) = statements({"eur": -2000}, (moved("invoice", billed=-5000, receivable=3000, balance=2000),))
    assert [(each.amount, each.owed) for each in found.movements] == [(5000, 3000)]


def test_each_currency_stands_alone() -> None:
    found = statements(
        {"usd": 0, "gbp": 7},
        (moved("invoice", 1, billed=-1, receivable=1), moved("invoice", 2, "chf", billed=-2, receivable=2)),
    )
    assert [(each.currency, each.opening, each.closing) for each in found] == [
        ("chf", 0, 2),
        ("eur", 0, 1),
        ("gbp", 7, 7),
    ]


def test_wherever_a_span_is_cut_the_balances_meet() -> None:
    chance = random.Random(20261127)
    for _ in range(300):
        life = []
        for hour in range(chance.randint(1, 20)):
            amounts = {name: chance.randint(-9000, 9000) for name in ("billed", "paid", "adjusted", "balance")}
            life.append(moved("payment", hour, receivable=-sum(amounts.values()), **amounts))
        cut = chance.randint(0, len(life))
        owed = [sum(each.of(account) for account in OWED) for each in life]
        before = sum(owed[:cut])
        closed = statements({"eur": before}, life[cut:])
        assert [each.closing for each in closed] == [sum(owed)][: len(closed)]
        for each in closed:
            assert each.closing == each.opening + sum(line.amount for line in each.movements)
