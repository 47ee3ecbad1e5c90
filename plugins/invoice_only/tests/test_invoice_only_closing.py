"""Invoices that nobody is to pay: taken back, or given up."""

from billed_life import END, HALF, START, Life
from msgspec.structs import replace

from frontdesk.commands import (
    Advance,
    CancelSubscription,
    ChangePlan,
    ItemChange,
    MarkUncollectible,
    PayInvoice,
    VoidInvoice,
)
from frontdesk.events import InvoiceMarkedUncollectible, InvoiceVoided


def test_a_void_invoice_asks_for_nothing_and_says_what_it_said() -> None:
    life = Life.started()
    before = replace(life.newest, number="INV-0001")
    life.account = replace(life.account, invoices=(before,))
    changes = life.do(VoidInvoice(invoice=before.id))
    assert life.newest == replace(before, status="void", voided_at=HALF, version=before.version + 1)
    assert (life.newest.amount_remaining, life.balance) == (0, 0)
    assert changes.events == (InvoiceVoided(customer="cus_1", invoice=before.id, at=HALF),)


def test_the_balance_that_it_had_taken_returns() -> None:
    for balance in (-400, 250):
        life = Life.started()
        life.account = replace(
            life.account, customer=replace(life.account.customer, balances={"eur": balance, "usd": 7})
        )
        life.do(Advance(), END)
        assert (life.newest.amount_due, life.balance) == (1000 + balance, 0)
        life.do(VoidInvoice(invoice=life.newest.id), END)
        assert life.account.customer.balances == {"eur": balance, "usd": 7}


def test_what_only_a_void_invoice_billed_gives_no_credit() -> None:
    life = Life.started(price="thirty")
    life.do(VoidInvoice(invoice=life.newest.id), START)
    (subscription,) = life.account.subscriptions
    change = ItemChange(id=subscription.items[0].id, price="ten")
    life.do(ChangePlan(subscription=subscription.id, items=(change,), proration_behavior="always_invoice"))
    assert [(line.kind, line.amount) for line in life.newest.lines] == [("remaining_time", 500)]
    kept = Life.started(price="thirty")
    kept.do(Advance(), END)
    first, second = kept.account.invoices
    kept.do(VoidInvoice(invoice=first.id), END)
    (subscription,) = kept.account.subscriptions
    kept.do(
        CancelSubscription(subscription=subscription.id, when="now", prorate=True, invoice_now=True),
        END,
    )
    assert [line.amount for line in kept.newest.lines] == [-3000], "the second period was billed, and still is"
    assert second.status == "open"


def test_an_invoice_that_is_given_up_can_still_be_paid_or_taken_back() -> None:
    for then, status in ((PayInvoice, "paid"), (VoidInvoice, "void")):
        life = Life.started()
        id = life.newest.id
        changes = life.do(MarkUncollectible(invoice=id))
        assert (life.newest.status, life.newest.marked_uncollectible_at) == ("uncollectible", HALF)
        assert changes.events == (InvoiceMarkedUncollectible(customer="cus_1", invoice=id, at=HALF),)
        assert life.newest.amount_remaining == 1000
        life.do(then(invoice=id))
        assert life.newest.status == status


def test_what_cannot_be_taken_back_or_given_up() -> None:
    life = Life.started()
    invoice = life.newest

    def having(**fields: object) -> None:
        life.account = replace(life.account, invoices=(replace(invoice, **fields),))

    void, give_up = VoidInvoice(invoice=invoice.id), MarkUncollectible(invoice=invoice.id)
    for status, of_void, of_giving_up in (
        ("draft", "invoice_not_open", "invoice_not_open"),
        ("paid", "invoice_has_payments", "invoice_not_open"),
        ("void", "invoice_not_open", "invoice_not_open"),
        ("uncollectible", None, "already_uncollectible"),
    ):
        having(status=status)
        assert of_void is None or life.refusal(void) == of_void
        assert life.refusal(give_up) == of_giving_up
    having(amount_paid=400)
    assert life.refusal(void) == "invoice_has_payments"
    assert life.refusal(VoidInvoice(invoice="in_never")) == "no_such_invoice"
    assert life.refusal(MarkUncollectible(invoice="in_never")) == "no_such_invoice"
