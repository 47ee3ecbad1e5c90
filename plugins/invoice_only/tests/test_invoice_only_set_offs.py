"""Credit for time that nobody paid for is set against what is unpaid: nobody has more credit than came in (P77)."""

import random
from collections import Counter
from datetime import date, timedelta

import pytest
from billed_life import END, START, TERMS, Life

from frontdesk.commands import (
    AccountCommand,
    Advance,
    CancelSubscription,
    ChangePlan,
    CreateSubscription,
    ItemChange,
    MarkUncollectible,
    NewItem,
    PayInvoice,
    VoidInvoice,
)
from frontdesk.credit_notes import left_of
from frontdesk.errors import Refused
from frontdesk.invoice_commands import (
    AdjustBalance,
    CreateCreditNote,
    RecordPayment,
    ReversePayment,
    VoidCreditNote,
)
from frontdesk.receipts import receipt_of
from frontdesk_invoice_only.engine import bill


def smaller(life: Life) -> ChangePlan:
    (subscription,) = life.account.subscriptions
    item = ItemChange(id=subscription.items[0].id, price="ten")
    return ChangePlan(subscription=subscription.id, items=(item,), proration_behavior="always_invoice")


def paid(life: Life, amount: int) -> RecordPayment:
    invoice = life.account.invoices[0].id
    return RecordPayment(id="pay_1", invoice=invoice, amount=amount, received=date(2025, 6, 2), by="usr")


def test_what_was_set_off_is_told_by_the_ledger_and_cannot_be_voided() -> None:
    life = Life.started(price="thirty")
    changes = life.do(smaller(life))
    first = life.account.invoices[0]
    assert (first.amount_remaining, first.amount_set_off, life.balance) == (2000, 1000, 0)
    assert [(each.kind, each.invoice, each.of("receivable"), each.of("balance")) for each in changes.ledger] == [
        ("invoice", life.newest.id, 0, -1000),
        ("set_off", first.id, -1000, 1000),
    ]
    assert life.refusal(VoidInvoice(invoice=first.id)) == "invoice_has_credit"
    assert left_of(first, ()) == 2000, "it gave back that much already"
    life.do(CreateCreditNote(id="cn_1", invoice=first.id, amount=2000))
    assert (life.account.invoices[0].status, life.balance) == ("paid", 0)


def test_what_was_given_up_is_lowered_too_and_the_newest_first() -> None:
    life = Life.started(price="thirty")
    life.do(Advance(), END)
    (subscription,) = life.account.subscriptions
    life.do(MarkUncollectible(invoice=life.newest.id), END)
    cancel = CancelSubscription(subscription=subscription.id, when="now", prorate=True, invoice_now=True)
    life.do(cancel, END + timedelta(days=15, hours=12))
    assert [(each.status, each.amount_remaining) for each in life.account.invoices] == [
        ("open", 3000),
        ("uncollectible", 1500),
        ("paid", 0),
    ]


def test_a_receipt_says_what_was_left_then() -> None:
    life = Life.started(price="thirty")
    life.do(paid(life, 500), START + timedelta(days=1))
    life.do(smaller(life))
    receipt = receipt_of(life.account.invoices[0], (), "pay_1")
    assert receipt is not None
    assert (receipt.credited, receipt.left) == (0, 2500)


def test_an_invoice_that_is_open_again_takes_the_credit() -> None:
    life = Life.started(price="thirty")
    life.do(paid(life, 3000))
    life.do(smaller(life))
    assert life.balance == -1000
    first = life.account.invoices[0].id
    life.do(ReversePayment(id="pay_2", invoice=first, payment="pay_1", by="usr"))
    assert (life.account.invoices[0].amount_remaining, life.balance) == (2000, 0)
    noted = Life.started(price="thirty")
    noted.do(CreateCreditNote(id="cn_1", invoice=noted.newest.id, amount=3000))
    noted.do(smaller(noted))
    assert noted.balance == -1000, "what staff take back counts as paid"
    noted.do(VoidCreditNote(invoice=noted.account.invoices[0].id, credit_note="cn_1"))
    assert (noted.account.invoices[0].amount_remaining, noted.balance) == (2000, 0)


@pytest.mark.parametrize("seed", range(4))
def test_nobody_has_more_credit_than_came_in_or_was_granted(seed: int) -> None:
    """Granted is what staff add to the balance, and what they take back of bills: by credit notes, or as void."""
    done: Counter[str] = Counter()
    for number in range(12):
        chance = random.Random(seed * 1000 + number)
        life, now, adjusted = Life.started(price="thirty"), START, 0
        for _ in range(40):
            now += timedelta(seconds=chance.randrange(86_400 * 9))
            command = _act(life, chance)
            try:
                changes = bill(life.account, TERMS, command, now, life.ids)
            except Refused:
                continue
            done[type(command).__name__] += 1
            adjusted += sum(max(0, each.of("adjusted")) for each in changes.ledger)
            life.do(command, now)
            invoices, notes = life.account.invoices, life.account.credit_notes
            came_in = sum(payment.amount for each in invoices for payment in each.payments)
            waived = sum(each.amount_due for each in invoices if each.status == "void")
            waived += sum(each.total for each in notes if each.status == "issued")
            assert -life.balance <= came_in + adjusted + waived
    assert len(done) == 12, f"seed {seed} never did some act: {done}"


def _act(life: Life, chance: random.Random) -> AccountCommand:
    invoice, subscription = chance.choice(life.account.invoices), next(iter(life.account.subscriptions), None)
    payments = [each.id for each in invoice.payments] or ["pay_none"]
    notes = [(each.invoice, each.id) for each in life.account.credit_notes] or [("in_none", "cn_none")]
    id, (noted, note) = life.ids("any"), chance.choice(notes)
    if subscription is None:
        return CreateSubscription(items=(NewItem(price="thirty"),))
    change = ItemChange(
        id=subscription.items[0].id, price=chance.choice(("ten", "thirty")), quantity=chance.randrange(1, 4)
    )
    behavior = chance.choice(("always_invoice", "create_prorations"))
    plan = ChangePlan(subscription=subscription.id, items=(change,), proration_behavior=behavior)
    cancel = CancelSubscription(subscription=subscription.id, when="now", prorate=True, invoice_now=True)
    amount = chance.choice((1, 400, 1500, 5000))
    acts: tuple[AccountCommand, ...] = (
        plan,
        Advance(),
        PayInvoice(invoice=invoice.id),
        RecordPayment(id=id, invoice=invoice.id, amount=amount, received=date(2025, 6, 1), by="usr"),
        ReversePayment(id=id, invoice=invoice.id, payment=chance.choice(payments), by="usr"),
        MarkUncollectible(invoice=invoice.id),
        CreateCreditNote(id=id, invoice=invoice.id, amount=amount),
        VoidCreditNote(invoice=noted, credit_note=note),
        AdjustBalance(amount=chance.choice((-300, 200)), currency="eur"),
    )
    weights = (8, 3, 1, 2, 1, 1, 1, 1, 1)
    if chance.random() < 0.03:
        return chance.choice((VoidInvoice(invoice=invoice.id), cancel))
    return chance.choices(acts, weights)[0]
