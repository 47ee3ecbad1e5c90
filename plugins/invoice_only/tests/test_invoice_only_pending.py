"""Changes of plan that come once they are paid: applied, let go in time, taken back, and replaced by others."""

from datetime import timedelta

import pytest
from charged_life import DAY, START, Sandbox

from frontdesk.book import Invoice, PendingUpdate, SubscriptionItem
from frontdesk.changes import Changes
from frontdesk.commands import (
    CancelSubscription,
    ChangePlan,
    ItemChange,
    PauseSubscription,
    UndoPlanChange,
    VoidInvoice,
)
from frontdesk.errors import Refused
from frontdesk.events import PaymentFailed, PlanChanged
from frontdesk.happenings import happenings_of
from frontdesk.payment_method_commands import ChargeInvoice

LATER = START + 10 * DAY
IN_TIME, TOO_LATE = LATER + timedelta(hours=22), LATER + timedelta(hours=23)


class Waiting(Sandbox):
    """A customer of one seat whose first card is replaced by one that is declined later, and who asks for three."""

    def __init__(self) -> None:
        super().__init__()
        self.visa = self.account.customer.payment_methods[0]
        self.subscribe()
        self.attach("chargeCustomerFail", default=True)
        self.asked = self.ask(3)

    def ask(self, quantity: int, **fields: str) -> Changes:
        item = ItemChange(id=self.only.items[0].id, quantity=quantity)
        asked = {"proration_behavior": "always_invoice", "payment": "pending_if_incomplete", **fields}
        return self.do(ChangePlan(subscription=self.only.id, items=(item,), **asked), LATER)  # type: ignore[arg-type]

    @property
    def item(self) -> SubscriptionItem:
        return self.only.items[0]

    @property
    def pending(self) -> PendingUpdate:
        assert self.only.pending is not None
        return self.only.pending

    @property
    def invoice(self) -> Invoice:
        return self.all[str(self.only.latest_invoice)]


def test_a_change_waits_for_its_payment_and_comes_with_it() -> None:
    life = Waiting()
    assert (life.item.quantity, life.only.status, life.invoice.status) == (1, "active", "open")
    assert (life.pending.items[0].quantity, life.pending.expires_at) == (3, TOO_LATE)
    (failed,) = (each for each in life.asked.events if isinstance(each, PaymentFailed))
    assert (failed.next_attempt, life.invoice.next_attempt) == (None, None)
    assert not any(isinstance(each, PlanChanged) for each in life.asked.events)
    before = life.only
    told = life.do(ChargeInvoice(invoice=life.invoice.id, method=life.visa.id), IN_TIME).events
    assert any(isinstance(each, PlanChanged) for each in told)
    assert (life.item.quantity, life.only.pending, life.only.status) == (3, None, "active")
    assert life.item.billed is not None
    happened = [each.act for each in happenings_of(before, life.only)]
    assert happened == ["updated", "pending_update_applied"]
    life.walk(START + 40 * DAY)
    assert life.last.total == 3000, "the renewal bills three"


def test_what_is_not_paid_in_time_is_let_go() -> None:
    life = Waiting()
    before, asked = life.only, life.invoice.id
    told = life.walk(TOO_LATE)
    assert [name for name, _ in told] == ["InvoiceVoided"]
    assert (life.all[asked].status, life.only.pending) == ("void", None)
    assert (life.item, life.only.status) == (before.items[0], "active")
    assert [each.act for each in happenings_of(before, life.only)] == ["updated", "pending_update_expired"]
    life.walk(START + 40 * DAY)
    assert life.last.total == 1000


def test_a_change_is_let_go_with_its_invoice_and_by_what_comes_after() -> None:
    life = Waiting()
    life.do(VoidInvoice(invoice=life.invoice.id), IN_TIME)
    assert (life.only.pending, life.item.quantity) == (None, 1)
    for command in (PauseSubscription(subscription="sub_1"), CancelSubscription(subscription="sub_1")):
        life = Waiting()
        asked = life.invoice.id
        life.do(type(command)(subscription=life.only.id), IN_TIME)
        assert (life.all[asked].status, life.only.pending) == ("void", None)
    life = Waiting()
    asked = life.invoice.id
    told = life.do(UndoPlanChange(life.only.id), IN_TIME).events
    assert (life.all[asked].status, life.only.pending, life.item.quantity) == ("void", None, 1)
    assert [type(each).__name__ for each in told] == ["InvoiceVoided"]
    life = Waiting()
    first = life.invoice.id
    life.ask(5)
    assert (life.all[first].status, life.pending.items[0].quantity, life.item.quantity) == ("void", 5, 1)
    with pytest.raises(Refused):
        life.ask(7, payment="error_if_incomplete")
    assert life.pending.items[0].quantity == 5, "what is refused changes nothing"


def test_what_is_paid_at_once_comes_at_once() -> None:
    life = Sandbox()
    life.subscribe()
    item = ItemChange(id=life.only.items[0].id, quantity=3)
    life.do(
        ChangePlan(
            subscription=life.only.id,
            items=(item,),
            proration_behavior="always_invoice",
            payment="pending_if_incomplete",
        ),
        LATER,
    )
    assert (life.only.items[0].quantity, life.only.pending) == (3, None)
