"""What programs are told before a renewal, and before and after an invoice is due: each once, at its time."""

from datetime import datetime, timedelta
from typing import Any

from billed_life import TERMS
from charged_life import DAY, MONTH, START, Sandbox
from msgspec.structs import replace

from frontdesk.book import Invoice
from frontdesk.commands import (
    Advance,
    CancelSubscription,
    ChangePlan,
    CreateSubscription,
    ItemChange,
    KeepSubscription,
    NewItem,
    PauseSubscription,
    VoidInvoice,
)
from frontdesk.events import InvoiceOverdue, InvoiceUpcoming, InvoiceWillBeDue
from frontdesk.invoice_commands import CreateInvoiceItem, ItemCharge, RecordPayment
from frontdesk.notice_rules import notice_faults
from frontdesk.notice_settings import NoticeSettings
from frontdesk.suspension import first_due, quiet

WEEK = timedelta(days=7)


class Noted(Sandbox):
    """A customer whose tenant's program is told of everything."""

    def __init__(self, card: str | None = "visa", *, days_until_due: int = 14, **days: int | None) -> None:
        self.told: list[tuple[str, datetime]] = []
        self.foreseen: list[Invoice] = []
        super().__init__(card)
        notices = NoticeSettings(**days)
        self.terms = replace(
            self.terms, settings=replace(self.terms.settings, notices=notices, days_until_due=days_until_due)
        )

    def do(self, command: Any, at: datetime = START, **how: bool) -> Any:
        changes = super().do(command, at, **how)
        names = {InvoiceUpcoming: "upcoming", InvoiceWillBeDue: "will_be_due", InvoiceOverdue: "overdue"}
        self.told += [(names[type(each)], each.at) for each in changes.events if type(each) in names]
        self.foreseen += changes.foreseen
        return changes

    def by_invoice(self, **fields: Any) -> None:
        self.subscribe(collection_method="send_invoice", **fields)

    def by_card(self) -> None:
        self.subscribe(collection_method="charge_automatically")


def test_a_renewal_is_told_of_a_week_before_once_for_each_period() -> None:
    life = Noted()
    life.by_card()
    assert first_due(life.account, life.terms.settings) == MONTH - WEEK
    life.walk(MONTH + 27 * DAY)
    second = datetime(2025, 3, 1, 9, tzinfo=MONTH.tzinfo)
    assert life.told == [("upcoming", MONTH - WEEK), ("upcoming", second - WEEK)]
    life.do(Advance(), second - DAY)
    assert len(life.told) == 2
    coming = life.foreseen[0]
    assert (coming.total, coming.amount_due, coming.created, coming.next_attempt) == (1000, 1000, MONTH, MONTH)
    assert (coming.due_date, coming.buyer.email, coming.seller.name) == (None, "jenny@example.com", "Firm")
    assert coming.id not in life.all, "it is told of and not kept"


def test_what_is_told_is_what_is_billed() -> None:
    life = Noted()
    life.by_invoice()
    line = CreateInvoiceItem(id="ii_1", currency="eur", charge=ItemCharge(amount=250), description="Setting up")
    life.do(line, START + DAY)
    life.do(Advance(), MONTH - WEEK)
    (coming,) = life.foreseen
    life.do(Advance(), MONTH)
    billed = life.all[life.only.latest_invoice or ""]
    assert (coming.total, coming.due_date, coming.next_attempt) == (billed.total, billed.due_date, None)
    assert [each.amount for each in coming.lines] == [each.amount for each in billed.lines] == [250, 1000]


def test_nothing_is_told_of_what_does_not_renew() -> None:
    life = Noted()
    life.by_card()
    life.do(CancelSubscription(subscription=life.only.id), START + DAY)
    assert life.walk(MONTH - DAY) == []
    assert life.told == []
    life.do(KeepSubscription(subscription=life.only.id), MONTH - DAY)
    life.do(Advance(), MONTH - DAY)
    assert life.told == [("upcoming", MONTH - WEEK)]
    resting = Noted()
    resting.by_card()
    resting.do(PauseSubscription(subscription=resting.only.id), START + DAY)
    resting.walk(MONTH + 60 * DAY)
    assert resting.told == []
    off = Noted(upcoming=None)
    off.by_card()
    off.walk(MONTH + 60 * DAY)
    assert off.told == []


def test_a_short_period_is_told_of_as_it_begins_and_a_trial_before_it_ends() -> None:
    life = Noted(upcoming=45)
    life.by_card()
    life.do(Advance(), START)
    assert life.told == [("upcoming", START)]
    trial = Noted()
    trial.subscribe(trial_end=START + 30 * DAY, collection_method="charge_automatically")
    trial.walk(START + 29 * DAY)
    assert trial.told == [("upcoming", START + 23 * DAY)]
    assert trial.foreseen[0].total == 1000


def test_a_period_that_begins_anew_is_told_of_anew() -> None:
    life = Noted()
    life.by_card()
    life.do(Advance(), MONTH - WEEK)
    changed = ChangePlan(
        subscription=life.only.id, items=(ItemChange(id=life.only.items[0].id, quantity=2),), anchor="now"
    )
    life.do(changed, MONTH - DAY)
    assert life.only.period_end == datetime(2025, 2, 28, 9, tzinfo=MONTH.tzinfo)
    life.walk(life.only.period_end - DAY)
    assert [each.total for each in life.foreseen] == [1000, 2000]


def test_a_late_worker_tells_of_no_renewal_that_has_come() -> None:
    life = Noted()
    life.by_card()
    life.do(Advance(), MONTH + DAY)
    assert life.told == []
    assert len(life.all) == 2


def test_before_and_after_an_invoice_is_due() -> None:
    life = Noted(upcoming=None, will_be_due=3, overdue=2)
    life.by_invoice()
    due = START + 14 * DAY
    life.walk(due + 10 * DAY)
    assert life.told == [("will_be_due", due - 3 * DAY), ("overdue", due + 2 * DAY)]
    assert life.only.status == "past_due"


def test_an_invoice_that_is_due_sooner_is_told_of_as_it_is_issued() -> None:
    life = Noted(upcoming=None, will_be_due=30, overdue=None)
    life.by_invoice()
    life.walk(START + 13 * DAY)
    assert life.told == [("will_be_due", START)]


def test_nothing_is_told_of_what_is_paid_or_void() -> None:
    for settle in (
        lambda invoice: RecordPayment(id="pay_1", invoice=invoice, amount=1000, received=START.date(), by="lena"),
        lambda invoice: VoidInvoice(invoice=invoice),
    ):
        life = Noted(upcoming=None, will_be_due=3)
        life.by_invoice()
        life.do(settle(life.only.latest_invoice), START + DAY)
        life.walk(START + 20 * DAY)
        assert life.told == []


def test_what_is_charged_is_due_on_no_day() -> None:
    life = Noted("chargeCustomerFail", upcoming=None, will_be_due=3)
    life.do(CreateSubscription(items=(NewItem(price="ten"),), collection_method="charge_automatically"))
    life.walk(MONTH + 20 * DAY)
    assert life.told == []


def test_a_suspended_side_tells_nothing() -> None:
    life = Noted(will_be_due=3)
    life.by_invoice()
    life.terms = replace(life.terms, settings=quiet(life.terms.settings))
    life.walk(MONTH - DAY)
    assert life.told == []


def test_days_are_within_bounds() -> None:
    assert notice_faults(NoticeSettings()) == ()
    wrong = NoticeSettings(upcoming=0, will_be_due=61, overdue=366)
    assert [each.param for each in notice_faults(wrong)] == ["upcoming", "will_be_due", "overdue"]
    assert TERMS.settings.notices.of("upcoming") is None
