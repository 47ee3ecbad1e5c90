"""Invoices that are not paid in time: reminders in their order, subscriptions that are past due, and their end."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from billed_life import TERMS
from msgspec.structs import replace

from frontdesk.book import Account, Invoice, Subscription, Terms
from frontdesk.changes import Changes, apply
from frontdesk.commands import (
    AccountCommand,
    Advance,
    BillingDetails,
    CreateCustomer,
    CreateSubscription,
    DeleteCustomer,
    MarkUncollectible,
    NewItem,
    PauseSubscription,
    PayInvoice,
    ResumeSubscription,
    UpdateBillingDetails,
    VoidInvoice,
)
from frontdesk.errors import Refused
from frontdesk.events import InvoiceReminded, SubscriptionCanceled, SubscriptionCaughtUp, SubscriptionPastDue
from frontdesk.ids import CountingIds
from frontdesk.invoice_commands import RecordPayment, RemindOfInvoice, ReversePayment
from frontdesk.reminders import ReminderSettings, ReminderStage, filled, unknown_placeholder
from frontdesk.suspension import first_due
from frontdesk_invoice_only.engine import bill

START = datetime(2025, 1, 1, 9, tzinfo=UTC)
DUE = START + timedelta(days=14)
REMINDERS = ReminderSettings()


def after(days: float) -> datetime:
    """So many days after the first invoice was due."""
    return DUE + timedelta(days=days)


class Late:
    """A customer with an address and a plan of ten euro a year, whose invoice is due after two weeks."""

    def __init__(self, email: str | None = "jenny@example.com", **settings: Any) -> None:
        self.ids = CountingIds()
        self.terms: Terms = replace(TERMS, settings=replace(TERMS.settings, **{"days_until_due": 14, **settings}))
        opened = CreateCustomer(id="cus_1", details=BillingDetails(email=email))
        self.account: Account = apply(None, bill(None, self.terms, opened, START, self.ids))
        self.do(CreateSubscription(items=(NewItem(price="thirty"),)), START)

    def do(self, command: AccountCommand, at: datetime) -> Changes:
        changes = bill(self.account, self.terms, command, at, self.ids)
        self.account = apply(self.account, changes)
        return changes

    def walk(self, until: datetime) -> list[tuple[str, datetime]]:
        """Advance from one instant to the next, as a punctual worker does; tells which reminders went when."""
        told = []
        while (due := first_due(self.account, self.terms.settings)) is not None and due <= until:
            told += reminded(self.do(Advance(), due))
        return told

    @property
    def only(self) -> Subscription:
        (subscription,) = self.account.subscriptions
        return subscription

    @property
    def first(self) -> Invoice:
        return self.account.invoices[0]


def reminded(changes: Changes) -> list[tuple[str, datetime]]:
    return [(each.stage, each.at) for each in changes.events if isinstance(each, InvoiceReminded)]


def names(changes: Changes) -> list[str]:
    return [type(each).__name__ for each in changes.events]


def test_three_reminders_go_in_their_order_and_once_each() -> None:
    late = Late()
    assert late.walk(after(16)) == [("friendly", after(3)), ("firm", after(10))]
    assert [each.invoice for each in late.account.reminders] == [late.first.id] * 2
    # The plan has renewed meanwhile: the second invoice is reminded of on its own.
    assert late.walk(after(28)) == [("final", after(21))]
    second = late.account.invoices[1]
    assert second.due_date is not None
    assert late.walk(after(200))[:1] == [("friendly", second.due_date + timedelta(days=3))]
    assert [each.stage for each in late.account.reminders if each.invoice == late.first.id] == [
        "friendly",
        "firm",
        "final",
    ]


@pytest.mark.parametrize("act", [PayInvoice, VoidInvoice, MarkUncollectible])
def test_what_is_settled_is_not_reminded_of(act: Any) -> None:
    late = Late()
    late.walk(after(4))
    late.do(act(invoice=late.first.id), after(5))
    assert [each for each in late.walk(after(30)) if each[1] < after(17)] == []


def test_part_of_it_is_not_all_of_it() -> None:
    late = Late()
    part = RecordPayment(id="pay_1", invoice=late.first.id, amount=100, received=date(2025, 1, 10), by="usr")
    late.do(part, START + timedelta(days=9))
    assert late.walk(after(4)) == [("friendly", after(3))]


def test_each_can_be_switched_off_and_has_days_of_its_own() -> None:
    stages = ReminderSettings(
        friendly=ReminderStage(days=0), firm=ReminderStage(days=5, on=False), final=ReminderStage(days=6)
    )
    assert Late(reminders=stages).walk(after(16)) == [("friendly", DUE), ("final", after(6))]


@pytest.mark.parametrize("late", [Late(email=None), Late()], ids=["no address", "left out"])
def test_who_is_left_out_gets_none(late: Late) -> None:
    late.do(UpdateBillingDetails(details=BillingDetails(metadata={"reminders": "off"})), START)
    assert late.walk(after(30)) == []
    assert late.only.status == "past_due", "it is late all the same"


def test_nobody_gets_two_at_once_when_they_are_sent_late() -> None:
    late = Late()
    changes = late.do(Advance(), after(40))
    assert reminded(changes) == [("friendly", after(40))], "the second invoice was issued just now"
    assert changes.wake_at == after(41)
    told = []
    while changes.wake_at is not None and changes.wake_at <= after(60):
        changes = late.do(Advance(), changes.wake_at)
        told += reminded(changes)
    assert told == [
        ("friendly", after(41)),
        ("firm", after(47)),
        ("firm", after(48)),
        ("final", after(58)),
        ("final", after(59)),
    ]


def test_one_by_hand_counts_and_keeps_its_distance() -> None:
    late = Late()
    changes = late.do(RemindOfInvoice(id="rem_1", invoice=late.first.id, stage="firm", by="usr_1"), after(-1))
    assert (reminded(changes), changes.reminders[0].by) == ([("firm", after(-1))], "usr_1")
    assert late.walk(after(22)) == [("final", after(21))], "no friendly one after a firm one"
    again = late.do(RemindOfInvoice(id="rem_2", invoice=late.first.id, stage="friendly", by="usr_1"), after(23))
    assert reminded(again) == [("friendly", after(23))]


def test_what_needs_no_reminder_is_refused() -> None:
    late = Late()
    command = RemindOfInvoice(id="rem_1", invoice=late.first.id, stage="firm", by="usr_1")
    late.do(PayInvoice(invoice=late.first.id), START)
    for life, asked, code in (
        (late, command, "invoice_not_remindable"),
        (late, replace(command, invoice="in_x"), "no_such_invoice"),
        (Late(email=None), replace(command, invoice=Late(email=None).first.id), "customer_without_address"),
    ):
        with pytest.raises(Refused) as refused:
            bill(life.account, life.terms, asked, START, life.ids)
        assert refused.value.refusal.code == code


def test_a_subscription_is_past_due_until_nothing_of_it_is() -> None:
    late = Late()
    assert late.do(Advance(), DUE - timedelta(seconds=1)).wake_at == DUE
    changes = late.do(Advance(), DUE)
    told = SubscriptionPastDue(customer="cus_1", subscription=late.only.id, invoice=late.first.id, at=DUE)
    assert (changes.events, late.only.status) == ((told,), "past_due")
    late.walk(datetime(2025, 3, 1, tzinfo=UTC))
    assert (late.only.status, len(late.account.invoices)) == ("past_due", 2), "it renews and is billed all the same"
    paying = late.do(PayInvoice(invoice=late.first.id), datetime(2025, 3, 1, tzinfo=UTC))
    assert (late.only.status, names(paying)[-1]) == ("past_due", "InvoicePaid"), "the second is late too"
    paying = late.do(PayInvoice(invoice=late.account.invoices[1].id), datetime(2025, 3, 2, tzinfo=UTC))
    assert isinstance(paying.events[-1], SubscriptionCaughtUp)
    assert late.only.status == "active"


def test_a_payment_that_was_none_makes_it_past_due_again() -> None:
    late = Late()
    late.do(
        RecordPayment(id="pay_1", invoice=late.first.id, amount=3000, received=date(2025, 1, 10), by="u"), after(-2)
    )
    assert late.do(Advance(), after(1)).events == ()
    changes = late.do(ReversePayment(id="pay_2", invoice=late.first.id, payment="pay_1", by="u"), after(2))
    assert names(changes) == ["PaymentReversed", "SubscriptionPastDue"]


@pytest.mark.parametrize("act", [VoidInvoice, MarkUncollectible])
def test_an_invoice_that_is_waited_for_no_more_lets_go(act: Any) -> None:
    late = Late()
    late.do(Advance(), after(1))
    late.do(act(invoice=late.first.id), after(1))
    assert late.only.status == "active"


def test_a_pause_stays_a_pause_and_shows_it_afterwards() -> None:
    late = Late()
    late.do(PauseSubscription(subscription=late.only.id, credit_from="none"), START)
    late.do(Advance(), after(5))
    assert late.only.status == "paused"
    late.do(ResumeSubscription(subscription=late.only.id, anchor="unchanged"), after(6))
    assert late.only.status == "past_due"


def test_a_side_can_end_what_nobody_pays() -> None:
    late = Late(cancel_late_after=12)
    subscription = late.only.id
    late.walk(after(11))
    assert late.only.status == "past_due"
    changes = late.do(Advance(), after(12))
    assert changes.events == (SubscriptionCanceled(customer="cus_1", subscription=subscription, at=after(12)),)
    (ended,) = changes.subscriptions
    assert (ended.status, ended.ended_at, ended.cancellation.reason) == ("canceled", after(12), "payment_failed")
    assert (changes.invoices, changes.pending_items, late.first.status) == ((), (), "open")
    assert late.walk(after(90)) == [("final", after(21))], "it stays owed, and is asked for"


def test_who_pays_in_time_keeps_the_plan() -> None:
    late = Late(cancel_late_after=12)
    late.walk(after(11))
    late.do(PayInvoice(invoice=late.first.id), after(11))
    late.do(Advance(), after(13))
    assert late.only.status == "active"


def test_a_closed_account_is_left_alone() -> None:
    late = Late()
    assert late.do(DeleteCustomer(), after(1)).wake_at is None


@pytest.mark.parametrize("text", ["{number} {amount}", "plain", "100 % { }", "{{number}}"])
def test_placeholders_are_filled_and_nothing_else(text: str) -> None:
    values = {"number": "INV-1", "amount": "{number}"}
    assert filled(text, values) == text.replace("{number}", "INV-1").replace("{amount}", "{number}")


def test_what_is_no_placeholder_is_found() -> None:
    assert [unknown_placeholder(each) for each in ("{number}", "{ number}", "{name}", "{", "{{x}}")] == [
        None,
        "{ number}",
        "{name}",
        None,
        "{x}",
    ]
