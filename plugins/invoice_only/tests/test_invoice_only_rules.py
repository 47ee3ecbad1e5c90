"""What the engine refuses, and the rules that the worked cases do not show."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

import frontdesk_invoice_only
from frontdesk.book import (
    Account,
    Address,
    BillingSettings,
    CancellationDetails,
    CustomField,
    Invoice,
    Price,
    Product,
    Recurring,
    SellerDetails,
    Subscription,
    Terms,
)
from frontdesk.changes import Changes, apply
from frontdesk.commands import (
    AccountCommand,
    Advance,
    BillingDetails,
    CancelSubscription,
    ChangePlan,
    CreateCustomer,
    CreateSubscription,
    DeleteCustomer,
    DescribeSubscription,
    ExplainCancellation,
    ItemChange,
    KeepSubscription,
    NewItem,
    PayInvoice,
    UpdateBillingDetails,
)
from frontdesk.errors import Refused
from frontdesk.events import InvoicePaid, PlanChanged, SubscriptionCanceled, SubscriptionRenewed
from frontdesk.ids import CountingIds
from frontdesk.notice_settings import NO_NOTICES
from frontdesk.quoting import quote_from
from frontdesk_invoice_only.backend import InvoiceOnly, InvoiceOnlySettings
from frontdesk_invoice_only.engine import bill

START = datetime(2025, 6, 1, tzinfo=UTC)
HALF = datetime(2025, 6, 16, tzinfo=UTC)
END = datetime(2025, 7, 1, tzinfo=UTC)


def price(id: str, amount: int | str, **fields: Any) -> Price:
    defaults = {"currency": "eur", "product": "seats", "recurring": Recurring(interval="month")}
    return Price(id=id, unit_amount=Decimal(amount), created=START, **(defaults | fields))


PRICES = (
    price("ten", 1000),
    price("twenty", 2000),
    price("other_product", 500, product="support"),
    price("dollars", 1000, currency="usd"),
    price("yearly", 10000, recurring=Recurring(interval="year")),
    price("quarterly", 3000, recurring=Recurring(interval="month", interval_count=3)),
    price("once", 1000, recurring=None),
    price("archived", 1000, active=False),
    price("of_archived", 1000, product="archived"),
    price("crumb", "0.4"),
)
TERMS = Terms(
    settings=BillingSettings(
        notices=NO_NOTICES,
        currency="eur",
        # Nothing is late in these lives: lateness has tests of its own.
        days_until_due=60,
        seller=SellerDetails(name="Firm", tax_number="DE1"),
        invoice_footer="Thank you.",
    ),
    products={
        each.id: each
        for each in (
            Product(id="seats", name="Pro", unit_label="seat", created=START, updated=START),
            Product(id="support", name="Support", created=START, updated=START),
            Product(id="archived", name="Old", active=False, created=START, updated=START),
        )
    },
    prices={each.id: each for each in PRICES},
)


class Life:
    """A customer who is carried along."""

    def __init__(self, *items: NewItem, **fields: Any) -> None:
        self.ids = CountingIds()
        self.account: Account = apply(None, bill(None, TERMS, CreateCustomer(id="cus_1"), START, self.ids))
        if items:
            self.do(CreateSubscription(items=items, **fields), START)

    def do(self, command: AccountCommand, at: datetime = HALF) -> Changes:
        changes = bill(self.account, TERMS, command, at, self.ids)
        self.account = apply(self.account, changes)
        return changes

    def refusal(self, command: AccountCommand, at: datetime = HALF) -> str:
        with pytest.raises(Refused) as refused:
            bill(self.account, TERMS, command, at, self.ids)
        return refused.value.refusal.code

    @property
    def only(self) -> Subscription:
        (subscription,) = self.account.subscriptions
        return subscription

    def item(self, index: int = 0, **fields: Any) -> ChangePlan:
        return self.change(ItemChange(id=self.only.items[index].id, **fields))

    def change(self, *items: ItemChange, **fields: Any) -> ChangePlan:
        return ChangePlan(subscription=self.only.id, items=items, **fields)


def started(quantity: int = 1, **fields: Any) -> Life:
    return Life(NewItem(price="ten", quantity=quantity), **fields)


def amounts(invoice: Invoice) -> list[int]:
    return [each.amount for each in invoice.lines]


def test_the_plugin_provides_one_backend() -> None:
    assert frontdesk_invoice_only.billing_backends() == [InvoiceOnly]
    assert InvoiceOnly(InvoiceOnlySettings()).capabilities.collection_methods == ("send_invoice",)


def test_the_first_period_is_billed_at_once_and_says_what_it_must() -> None:
    life = Life()
    life.do(
        UpdateBillingDetails(
            details=BillingDetails(
                name="Ada",
                email="ada@example.com",
                address=Address(city="Bonn", country="DE"),
                invoice_fields=(CustomField("PO", "7"),),
            )
        ),
        START,
    )
    now = START.replace(microsecond=700_000)
    changes = life.do(CreateSubscription(items=(NewItem(price="ten", quantity=3),)), now)
    (invoice,), (line,) = changes.invoices, changes.invoices[0].lines
    assert (line.product_name, line.unit_label, line.quantity, line.unit_amount, line.amount) == (
        "Pro",
        "seat",
        3,
        1000,
        3000,
    )
    assert (invoice.status, invoice.number, invoice.created) == ("open", None, START)
    assert invoice.due_date == START + timedelta(days=60)
    assert (invoice.seller.name, invoice.seller.tax_number) == ("Firm", "DE1")
    assert (invoice.buyer.name, invoice.buyer.address) == ("Ada", Address(city="Bonn", country="DE"))
    assert (invoice.custom_fields, invoice.footer) == ((CustomField("PO", "7"),), "Thank you.")
    assert life.only.latest_invoice == invoice.id
    assert (life.account.customer.currency, changes.wake_at) == ("eur", END)


def test_quantity_nought_is_billed_nought() -> None:
    life = started(quantity=0)
    (invoice,) = life.account.invoices
    assert (amounts(invoice), invoice.total, invoice.status) == ([0], 0, "paid")
    life.do(life.item(quantity=2))
    (renewal,) = life.do(Advance(), END).invoices
    assert amounts(renewal) == [1000, 2000]


@pytest.mark.parametrize(
    ("items", "fields", "code"),
    [
        ((), {}, "no_items"),
        (("nothing",), {}, "no_such_price"),
        (("once",), {}, "price_not_recurring"),
        (("archived",), {}, "price_inactive"),
        (("of_archived",), {}, "price_inactive"),
        (("ten", "dollars"), {}, "currencies_differ"),
        (("ten", "yearly"), {}, "intervals_differ"),
        (("ten", "quarterly"), {}, "intervals_differ"),
        (("ten", "ten"), {}, "duplicate_price"),
        (("ten",), {"collection_method": "charge_automatically"}, "collection_method_unavailable"),
        (("ten",), {"days_until_due": -1}, "days_until_due_invalid"),
    ],
)
def test_subscriptions_that_are_refused(items: tuple[str, ...], fields: dict[str, Any], code: str) -> None:
    command = CreateSubscription(items=tuple(NewItem(price=each) for each in items), **fields)
    assert Life().refusal(command) == code


def test_changes_that_are_refused() -> None:
    life = started()
    assert life.refusal(life.item(price="ten")) == "no_changes"
    assert life.refusal(life.change()) == "no_changes"
    assert life.refusal(life.item(quantity=-1)) == "quantity_impossible"
    assert life.refusal(life.item(deleted=True)) == "no_items"
    assert life.refusal(life.item(price="dollars")) == "currencies_differ"
    assert life.refusal(life.item(price="nothing")) == "no_such_price"
    assert life.refusal(life.item(price="archived")) == "price_inactive"
    assert life.refusal(life.change(ItemChange(id="si_nobody", quantity=2))) == "no_such_subscription_item"
    assert life.refusal(life.change(ItemChange(quantity=2))) == "no_such_price"
    assert life.refusal(life.change(ItemChange(price="ten"))) == "duplicate_price"
    assert life.refusal(life.change(ItemChange(price="yearly"))) == "intervals_differ"
    twice = ItemChange(id=life.only.items[0].id, quantity=2)
    assert life.refusal(life.change(twice, twice)) == "item_twice"
    assert life.refusal(replace(life.item(quantity=2), subscription="sub_x")) == "no_such_subscription"


def test_an_archived_price_goes_on_for_who_has_it() -> None:
    life = started()
    terms = replace(TERMS, prices={**TERMS.prices, "ten": replace(TERMS.prices["ten"], active=False)})
    changes = bill(life.account, terms, life.item(quantity=3), HALF, life.ids)
    assert [each.line.amount for each in changes.pending_items] == [-500, 1500]


def test_items_are_added_and_deleted() -> None:
    life = started()
    life.do(life.change(ItemChange(price="other_product", quantity=2)))
    assert [each.line.amount for each in life.account.pending_items] == [500]
    assert life.only.items[1].period_end == END
    events = life.do(life.item(0, deleted=True), HALF + timedelta(days=5)).events
    assert isinstance(events[0], PlanChanged)
    assert (events[0].before, events[0].after) == ((("ten", 1), ("other_product", 2)), (("other_product", 2),))
    (renewal,) = life.do(Advance(), END).invoices
    assert amounts(renewal) == [500, -333, 1000]
    assert life.account.pending_items == ()


def test_invoicing_at_once_takes_what_waits() -> None:
    life = started()
    life.do(life.item(quantity=2), HALF)
    command = replace(life.item(quantity=3), proration_behavior="always_invoice")
    quote = quote_from(
        life.account, bill(life.account, TERMS, command, HALF, life.ids), command, HALF, TERMS, CountingIds()
    )
    (invoice,) = life.do(command, HALF).invoices
    assert amounts(invoice) == [-500, 1000, -1000, 1500]
    assert [each.amount for each in quote.lines] == [-1000, 1500]
    assert quote.due_now == invoice.amount_due == 1000
    assert [each.total for each in life.do(Advance(), END).invoices] == [3000]


def test_a_new_period_takes_what_waits_and_moves_the_anchor() -> None:
    life = started()
    life.do(life.item(quantity=2), HALF)
    (invoice,) = life.do(life.item(price="quarterly"), HALF).invoices
    assert amounts(invoice) == [-500, 1000, -1000, 6000]
    assert (life.only.anchor, life.only.period_end) == (HALF, datetime(2025, 9, 16, tzinfo=UTC))


def test_at_the_end_of_a_period_the_change_comes_before_the_renewal() -> None:
    life = started()
    changes = life.do(life.item(quantity=5), END)
    assert [amounts(each) for each in changes.invoices] == [[5000]]
    assert life.only.period_start == END
    late = started()
    late.do(Advance(), END)
    changes = late.do(late.item(quantity=5), END)
    assert [each.line.amount for each in changes.pending_items] == [-1000, 5000]


def test_an_interval_changed_at_the_end_of_a_period_has_no_credit() -> None:
    life = started()
    (invoice,) = life.do(life.item(price="yearly"), END).invoices
    assert amounts(invoice) == [10000]
    assert (life.only.anchor, life.only.period_end) == (END, END.replace(year=2026))


def test_missed_periods_are_billed_once_each_in_order() -> None:
    life = started()
    changes = life.do(Advance(), datetime(2026, 7, 5, 12, tzinfo=UTC))
    assert [each.created for each in changes.invoices] == [
        datetime(2025 + (5 + n) // 12, (5 + n) % 12 + 1, 1, tzinfo=UTC) for n in range(1, 14)
    ]
    assert {each.version for each in changes.invoices} == {1}
    assert changes.subscriptions[0].version == 2
    assert sum(isinstance(each, SubscriptionRenewed) for each in changes.events) == 13
    assert changes.wake_at == datetime(2026, 8, 1, tzinfo=UTC)
    assert life.do(Advance(), datetime(2026, 7, 5, 12, tzinfo=UTC)) == Changes(wake_at=changes.wake_at)


def test_every_command_catches_up_first() -> None:
    life = started()
    late = END + timedelta(days=3)
    changes = life.do(UpdateBillingDetails(details=BillingDetails(name="New")), late)
    assert [each.created for each in changes.invoices] == [END]
    assert changes.invoices[0].buyer.name is None


@pytest.mark.parametrize(("mode", "flag"), [("flexible", False), ("classic", True)])
def test_cancelling_at_the_end_and_keeping(mode: Any, flag: bool) -> None:
    life = started(billing_mode=mode)
    details = CancellationDetails(feedback="unused")
    life.do(CancelSubscription(subscription=life.only.id, details=details))
    cancelled = life.only
    assert (cancelled.cancel_at, cancelled.cancel_at_period_end, cancelled.canceled_at) == (END, flag, HALF)
    assert cancelled.cancellation == CancellationDetails(reason="cancellation_requested", feedback="unused")
    assert life.refusal(CancelSubscription(subscription=cancelled.id)) == "already_set_to_cancel"
    assert life.refusal(life.item(price="yearly")) == "subscription_ending"
    life.do(ExplainCancellation(subscription=cancelled.id, comment="Too loud"))
    assert (life.only.cancellation.feedback, life.only.cancellation.comment) == ("unused", "Too loud")
    life.do(KeepSubscription(cancelled.id))
    kept = life.only
    assert (kept.cancel_at, kept.cancel_at_period_end, kept.canceled_at) == (None, False, None)
    assert kept.cancellation == CancellationDetails()
    assert life.refusal(KeepSubscription(kept.id)) == "not_set_to_cancel"
    assert life.refusal(ExplainCancellation(subscription=kept.id, feedback="unused")) == "not_set_to_cancel"
    assert len(life.do(Advance(), END).invoices) == 1


def test_an_ended_subscription_is_beyond_reach() -> None:
    life = started()
    subscription = life.only
    life.do(CancelSubscription(subscription=subscription.id))
    assert life.refusal(KeepSubscription(subscription.id), END) == "no_such_subscription"
    changes = life.do(Advance(), END)
    assert any(isinstance(each, SubscriptionCanceled) for each in changes.events)
    assert (changes.wake_at, life.account.subscriptions) == (None, ())
    (ended,) = changes.subscriptions
    life.account = replace(life.account, subscriptions=(ended,))
    for command in (
        CancelSubscription(subscription=ended.id),
        KeepSubscription(ended.id),
        ChangePlan(subscription=ended.id, items=(ItemChange(id=ended.items[0].id, quantity=2),)),
        DescribeSubscription(subscription=ended.id, description="x"),
    ):
        assert life.refusal(command, END) == "no_such_subscription"
    assert life.refusal(ExplainCancellation(subscription=ended.id, feedback="bored"), END) == "reason_unknown"
    (explained,) = life.do(ExplainCancellation(subscription=ended.id, feedback="other"), END).subscriptions
    assert explained.cancellation.feedback == "other"


def test_what_waits_when_a_subscription_ends_as_planned_is_billed_at_its_end() -> None:
    life = started()
    life.do(life.item(quantity=2), HALF)
    command = CancelSubscription(subscription=life.only.id)
    quote = quote_from(
        life.account, bill(life.account, TERMS, command, HALF, life.ids), command, HALF, TERMS, CountingIds()
    )
    life.do(command)
    (invoice,) = life.do(Advance(), END + timedelta(days=40)).invoices
    assert (amounts(invoice), invoice.created, invoice.billing_reason) == ([-500, 1000], END, "subscription_cancel")
    assert quote.renewal is not None
    assert (quote.renewal.at, quote.renewal.amount) == (END, 500)


def test_what_waits_of_an_ended_subscription_goes_on_the_customers_next_invoice() -> None:
    life = started()
    life.do(CreateSubscription(items=(NewItem(price="other_product"),)), START)
    first, second = life.account.subscriptions
    life.do(CancelSubscription(subscription=first.id, when="now", prorate=True))
    assert [each.line.amount for each in life.account.pending_items] == [-500]
    (renewal,) = life.do(Advance(), END).invoices
    assert (renewal.subscription, amounts(renewal), renewal.status) == (second.id, [-500, 500], "paid")


def test_cancelling_now_while_set_to_end() -> None:
    life = started()
    life.do(CancelSubscription(subscription=life.only.id), HALF)
    later = HALF + timedelta(days=1)
    (ended,) = life.do(CancelSubscription(subscription=life.only.id, when="now"), later).subscriptions
    assert (ended.status, ended.ended_at, ended.canceled_at, ended.cancel_at) == ("canceled", later, HALF, None)


def test_cancelling_now_and_invoicing_takes_what_waits() -> None:
    life = started()
    life.do(life.item(quantity=2), HALF)
    command = CancelSubscription(subscription=life.only.id, when="now", prorate=True, invoice_now=True)
    invoice, unpaid = life.do(command, HALF).invoices
    assert (amounts(invoice), invoice.billing_reason) == ([-500, 1000, -1000], "subscription_cancel")
    assert life.account.pending_items == ()
    assert (unpaid.amount_remaining, life.account.customer.balances) == (500, {"eur": 0})


def test_closing_an_account_ends_everything_without_credit() -> None:
    life = started()
    changes = life.do(DeleteCustomer())
    assert (changes.invoices, changes.pending_items, changes.wake_at) == ((), (), None)
    assert changes.subscriptions[0].status == "canceled"
    assert life.account.customer.deleted
    assert life.refusal(Advance()) == "no_such_customer"


def test_paying() -> None:
    life = started()
    (invoice,) = life.account.invoices
    events = life.do(PayInvoice(invoice=invoice.id)).events
    assert events[-1] == InvoicePaid(customer="cus_1", invoice=invoice.id, at=HALF)
    with pytest.raises(Refused, match="Invoice is already paid"):
        life.do(PayInvoice(invoice=invoice.id))
    assert life.refusal(PayInvoice(invoice="in_x")) == "no_such_invoice"
    assert life.refusal(PayInvoice(invoice=invoice.id)) == "invoice_already_paid"
    life.account = replace(life.account, invoices=(replace(invoice, status="void"),))
    assert life.refusal(PayInvoice(invoice=invoice.id)) == "invoice_not_payable"


def test_details_change_as_given_and_nothing_is_said_of_what_stays() -> None:
    life = Life()
    details = BillingDetails(name="Ada", metadata={"a": "1"})
    changes = life.do(UpdateBillingDetails(details=details))
    assert changes.customer is not None
    assert (changes.customer.version, changes.events[0].fields) == (2, ("name", "metadata"))  # type: ignore[union-attr]
    assert life.do(UpdateBillingDetails(details=details)) == Changes()
    assert life.do(UpdateBillingDetails(details=BillingDetails(name=None))).customer.name is None  # type: ignore[union-attr]
    assert life.refusal(CreateCustomer(id="cus_1")) == "customer_exists"


def test_describing_moves_no_money() -> None:
    life = started()
    changes = life.do(DescribeSubscription(subscription=life.only.id, days_until_due=30, metadata={"po": "7"}))
    assert (changes.invoices, changes.pending_items) == ((), ())
    assert changes.events[0].fields == ("days_until_due", "metadata")  # type: ignore[union-attr]
    (renewal,) = life.do(Advance(), END).invoices
    assert renewal.due_date == END + timedelta(days=30)


def test_parts_of_a_cent_are_rounded_once_a_line() -> None:
    life = Life(NewItem(price="crumb", quantity=3))
    (invoice,) = life.account.invoices
    assert amounts(invoice) == [1]
