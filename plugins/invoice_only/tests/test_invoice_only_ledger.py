"""Random acts on invoices, in any order: after each the ledger tells the same as the invoices (trust.md E1)."""

import random
from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest
from billed_life import START, TERMS, Life

from frontdesk import ledger
from frontdesk.commands import (
    AccountCommand,
    Advance,
    ChangePlan,
    CreateSubscription,
    ItemChange,
    MarkUncollectible,
    NewItem,
    PayInvoice,
    VoidInvoice,
)
from frontdesk.errors import Refused
from frontdesk.invoice_commands import (
    AdjustBalance,
    CreateCreditNote,
    CreateInvoice,
    CreateInvoiceItem,
    DeleteInvoice,
    FinalizeInvoice,
    ItemCharge,
    RecordPayment,
    ReversePayment,
    VoidCreditNote,
)
from frontdesk.ledger import LedgerTransaction
from frontdesk_invoice_only.engine import bill

LIVES = 48
ACTS = 60


@pytest.mark.parametrize("seed", range(4))
def test_the_ledger_tells_what_the_invoices_say(seed: int) -> None:
    done: Counter[str] = Counter()
    for number in range(LIVES // 4):
        chance = random.Random(seed * 1000 + number)
        life, now, told = Life(), START, []
        for _ in range(ACTS):
            now += timedelta(seconds=chance.randrange(86_400 * 12))
            command = _act(life, chance)
            try:
                changes = bill(life.account, TERMS, command, now, life.ids)
            except Refused:
                continue
            done[type(command).__name__] += 1
            told += changes.ledger
            life.do(command, now)
            _agree(life, told)
    assert len(done) == 15, f"seed {seed} never did some act: {done}"


def _act(life: Life, chance: random.Random) -> AccountCommand:
    """Any act on anything that the account has, possible or not."""
    invoice: Any = chance.choice(life.account.invoices) if life.account.invoices else None
    note: Any = chance.choice(life.account.credit_notes) if life.account.credit_notes else None
    subscription: Any = next(iter(life.account.subscriptions), None)
    id, sum_ = life.ids("any"), chance.choice((-700, 1, 333, 1000, 2500, 9999))
    target = invoice.id if invoice else "in_none"
    draft = next((each.id for each in life.account.invoices if each.status == "draft" and each.lines), target)
    payment = chance.choice(invoice.payments).id if invoice and invoice.payments else "pay_none"
    lines = () if subscription is None else subscription.items
    acts: list[AccountCommand] = [
        Advance(),
        AdjustBalance(amount=sum_, currency="eur"),
        CreateInvoice(id=id, pending=chance.choice(("include", "exclude"))),
        CreateInvoiceItem(id=id, charge=ItemCharge(amount=sum_), invoice=chance.choice((None, target)), currency="eur"),
        FinalizeInvoice(invoice=target),
        FinalizeInvoice(invoice=draft),
        DeleteInvoice(invoice=target),
        PayInvoice(invoice=target),
        RecordPayment(id=id, invoice=target, amount=abs(sum_), received=date(2025, 6, 1), by="usr"),
        ReversePayment(id=id, invoice=target, payment=payment, by="usr"),
        VoidInvoice(invoice=target),
        MarkUncollectible(invoice=target),
        CreateCreditNote(id=id, invoice=target, amount=abs(sum_), out_of_band=chance.choice((0, 0, 100))),
        VoidCreditNote(invoice=note.invoice if note else "in_none", credit_note=note.id if note else "cn_none"),
        CreateSubscription(items=(NewItem(price="thirty"),))
        if subscription is None
        else ChangePlan(
            subscription=subscription.id,
            items=(ItemChange(id=lines[0].id, quantity=chance.randrange(1, 4)),),
            proration_behavior="always_invoice",
        ),
    ]
    return chance.choice(acts)


def _agree(life: Life, told: list[LedgerTransaction]) -> None:
    for each in told:
        assert sum(entry.amount for entry in each.entries) == 0
    assert ledger.balances(told).get("eur", 0) == life.balance
    issued = [each for each in life.account.invoices if each.status != "draft"]
    standing = [each for each in issued if each.status != "void"]
    notes = [each for each in life.account.credit_notes if each.status == "issued"]
    sums = {name: sum(each.of(name) for each in told) for name in ("receivable", "billed", "paid")}  # type: ignore[arg-type]
    assert sums["receivable"] == sum(each.amount_remaining for each in issued)
    assert sums["billed"] == sum(each.total for each in notes) - sum(each.total for each in standing)
    came_in = sum(payment.amount for each in issued for payment in each.payments)
    assert sums["paid"] == came_in - sum(each.out_of_band for each in notes)
    for each in issued:
        assert each.amount_remaining >= 0
        assert (each.status == "paid") == (each.amount_remaining == 0) or each.status == "void"
        assert each.amount_paid == sum(payment.amount - payment.overpaid for payment in each.payments)
