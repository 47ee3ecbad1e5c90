"""What others are told of a change, by what the object was and became."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from frontdesk.book import (
    CreditNote,
    Customer,
    Invoice,
    Line,
    Pause,
    PendingItem,
    PlannedItem,
    Price,
    Product,
    PutOffChange,
    Scheduled,
    Subscription,
    SubscriptionItem,
)
from frontdesk.clocks import TestClock
from frontdesk.coupons import Coupon, Discount
from frontdesk.events import (
    CustomerSignedIn,
    InvoiceFinalized,
    InvoiceOverdue,
    InvoiceReminded,
    InvoiceSent,
    InvoiceUpcoming,
    InvoiceWillBeDue,
    PaymentFailed,
    SubscriptionPastDue,
    SubscriptionRenewed,
)
from frontdesk.happenings import ACTS, happenings_of, happenings_told_by
from frontdesk.payment_methods import CardHolder
from frontdesk.portal_configuration import PortalConfiguration
from frontdesk.tax_ids import TaxId
from frontdesk.test_cards import CARDS, new_method

NOW = datetime(2026, 11, 28, tzinfo=UTC)
CUSTOMER = Customer(id="cus_1", created=NOW)
ITEM = SubscriptionItem(
    id="si_1", price="price_1", quantity=1, created=NOW, period_start=NOW, period_end=NOW + timedelta(days=30)
)
SUBSCRIPTION = Subscription(
    id="sub_1",
    customer="cus_1",
    status="active",
    items=(ITEM,),
    currency="eur",
    created=NOW,
    start_date=NOW,
    anchor=NOW,
)
LINE = Line(id="il_1", kind="charge", amount=1200, currency="eur", quantity=1, start=NOW, end=NOW)
PENDING = PendingItem(id="ii_1", customer="cus_1", line=LINE, created=NOW)
PRODUCT = Product(id="prod_1", name="Team", created=NOW, updated=NOW)
PRICE = Price(id="price_1", product="prod_1", currency="eur", created=NOW)
COUPON = Coupon(id="half", created=NOW, duration="once")
CONFIGURATION = PortalConfiguration(id="bpc_1", created=NOW, updated=NOW)
CLOCK = TestClock(
    id="clock_1", name=None, frozen_time=NOW, status="ready", created=NOW, deletes_after=NOW + timedelta(days=30)
)
DISCOUNT = Discount(id="di_1", coupon="half", start=NOW)
METHOD = new_method("pm_1", CARDS["visa"], NOW)
TAX_ID = TaxId(id="txi_1", type="eu_vat", value="DE123456789", country="DE", created=NOW)
CHANGE = PutOffChange(items=(PlannedItem(id="si_1", price="price_2", quantity=1),), asked=NOW)
NOTE = CreditNote(
    id="cn_1", customer="cus_1", invoice="in_1", currency="eur", lines=(), sources=(), total=100, pre_payment=100,
    credited=0, out_of_band=0, created=NOW,
)  # fmt: skip


def invoice(status: Any, **fields: Any) -> Invoice:
    sums = {"total": 1200, "starting_balance": 0, "ending_balance": 0, "amount_due": 0}
    period = {"created": NOW, "period_start": NOW, "period_end": NOW}
    named = {"id": "in_1", "customer": "cus_1", "currency": "eur", "lines": (LINE,), "billing_reason": "manual"}
    return Invoice(status=status, **(named | sums | period | fields))


def newer(before: Any, **fields: Any) -> Any:
    return replace(before, version=getattr(before, "version", 1) + 1, **fields)


CASES: dict[str, tuple[Any, Any, set[str]]] = {
    "a customer": (None, CUSTOMER, {"customer.created"}),
    "a new name": (CUSTOMER, newer(CUSTOMER, name="Jenny"), {"customer.updated"}),
    "a version alone": (CUSTOMER, newer(CUSTOMER), set()),
    "news that came late": (newer(CUSTOMER, name="Jenny"), CUSTOMER, set()),
    "a closed account": (CUSTOMER, newer(CUSTOMER, deleted=True), {"customer.deleted"}),
    "a tax id": (CUSTOMER, newer(CUSTOMER, tax_ids=(TAX_ID,)), {"tax id.created"}),
    "a tax id less": (replace(CUSTOMER, tax_ids=(TAX_ID,)), newer(CUSTOMER), {"tax id.deleted"}),
    "a card": (CUSTOMER, newer(CUSTOMER, payment_methods=(METHOD,)), {"payment method.attached"}),
    "a card that is the default": (
        replace(CUSTOMER, payment_methods=(METHOD,)),
        newer(CUSTOMER, payment_methods=(METHOD,), default_payment_method="pm_1"),
        {"customer.updated"},
    ),
    "a card with a name": (
        replace(CUSTOMER, payment_methods=(METHOD,)),
        newer(CUSTOMER, payment_methods=(replace(METHOD, holder=CardHolder(name="Jenny")),)),
        {"payment method.updated"},
    ),
    "a card less": (
        replace(CUSTOMER, payment_methods=(METHOD,)),
        newer(CUSTOMER),
        {"payment method.detached"},
    ),
    "a discount": (CUSTOMER, newer(CUSTOMER, discount=DISCOUNT), {"customer.updated", "discount.created"}),
    "a subscription": (None, SUBSCRIPTION, {"subscription.created"}),
    "another quantity": (
        SUBSCRIPTION,
        newer(SUBSCRIPTION, items=(replace(ITEM, quantity=2),)),
        {"subscription.updated"},
    ),
    "an end": (SUBSCRIPTION, newer(SUBSCRIPTION, status="canceled"), {"subscription.deleted"}),
    "a reason after the end": (
        replace(SUBSCRIPTION, status="canceled"),
        newer(SUBSCRIPTION, status="canceled", description="x"),
        {"subscription.updated"},
    ),
    "a pause": (
        SUBSCRIPTION,
        newer(SUBSCRIPTION, status="paused", paused=Pause(since=NOW)),
        {"subscription.updated", "subscription.paused"},
    ),
    "going on": (
        replace(SUBSCRIPTION, status="paused", paused=Pause(since=NOW)),
        newer(SUBSCRIPTION),
        {"subscription.updated", "subscription.resumed"},
    ),
    "a trial that ends soon": (
        SUBSCRIPTION,
        newer(SUBSCRIPTION, reminded_of=NOW),
        {"subscription.updated", "subscription.trial_will_end"},
    ),
    "a renewal that was told of": (SUBSCRIPTION, newer(SUBSCRIPTION, told_of_renewal=NOW), set()),
    "a change put off": (
        SUBSCRIPTION,
        newer(SUBSCRIPTION, put_off=CHANGE),
        {"subscription.updated", "schedule.created"},
    ),
    "a change that came": (
        replace(SUBSCRIPTION, put_off=CHANGE),
        newer(SUBSCRIPTION),
        {"subscription.updated", "schedule.released"},
    ),
    "an end before the change": (
        replace(SUBSCRIPTION, put_off=CHANGE),
        newer(SUBSCRIPTION, status="canceled"),
        {"subscription.deleted", "schedule.canceled"},
    ),
    "a schedule of one phase": (
        SUBSCRIPTION,
        newer(SUBSCRIPTION, scheduled=Scheduled(asked=NOW, begun=NOW, until=NOW)),
        {"subscription.updated", "schedule.created"},
    ),
    "a schedule of one phase that gets another": (
        replace(SUBSCRIPTION, scheduled=Scheduled(asked=NOW, begun=NOW, until=NOW)),
        newer(SUBSCRIPTION, put_off=CHANGE),
        {"subscription.updated", "schedule.updated"},
    ),
    "a draft": (None, invoice("draft"), {"invoice.created"}),
    "an invoice at once": (None, invoice("open"), {"invoice.created", "invoice.finalized"}),
    "an invoice due nothing": (
        None,
        invoice("paid"),
        {"invoice.created", "invoice.finalized", "invoice.paid", "invoice.payment_succeeded"},
    ),
    "a draft that is issued": (invoice("draft"), newer(invoice("open")), {"invoice.updated", "invoice.finalized"}),
    "a payment": (
        invoice("open"),
        newer(invoice("paid")),
        {"invoice.updated", "invoice.paid", "invoice.payment_succeeded"},
    ),
    "a voided invoice": (invoice("open"), newer(invoice("void")), {"invoice.updated", "invoice.voided"}),
    "an invoice given up": (
        invoice("open"),
        newer(invoice("uncollectible")),
        {"invoice.updated", "invoice.marked_uncollectible"},
    ),
    "a draft dropped": (invoice("draft"), newer(invoice("draft"), deleted=True), {"invoice.deleted"}),
    "an item": (None, PENDING, {"invoiceitem.created"}),
    "an item on an invoice": (PENDING, newer(PENDING, invoice="in_1"), set()),
    "an item dropped": (PENDING, newer(PENDING, deleted=True), {"invoiceitem.deleted"}),
    "a credit note": (None, NOTE, {"credit note.created"}),
    "a credit note taken back": (NOTE, newer(NOTE, status="void"), {"credit note.voided"}),
    "a product": (None, PRODUCT, {"product.created"}),
    "a product gone": (PRODUCT, newer(PRODUCT, deleted=True), {"product.deleted"}),
    "a price retired": (PRICE, newer(PRICE, active=False), {"price.updated"}),
    "a coupon gone": (COUPON, newer(COUPON, deleted=True), {"coupon.deleted"}),
    "a configuration": (None, CONFIGURATION, {"configuration.created"}),
    "a configuration gone": (CONFIGURATION, newer(CONFIGURATION, deleted=True), set()),
    "a clock on its way": (CLOCK, replace(CLOCK, status="advancing"), {"test clock.advancing"}),
    "a clock that arrived": (replace(CLOCK, status="advancing"), CLOCK, {"test clock.ready"}),
    "a clock gone": (CLOCK, None, {"test clock.deleted"}),
    "what nobody is told of": (None, {"kind": "secret"}, set()),
    "nothing at all": (None, None, set()),
}


@pytest.mark.parametrize(("before", "after", "told"), CASES.values(), ids=CASES.keys())
def test_a_change_is_told(before: Any, after: Any, told: set[str]) -> None:
    found = happenings_of(before, after)
    assert {f"{each.kind}.{each.act}" for each in found} == told
    assert len(found) == len(told)
    assert all(each.act in ACTS[each.kind] for each in found)


def test_parts_are_named_within_their_owner() -> None:
    (made,) = happenings_of(CUSTOMER, newer(CUSTOMER, tax_ids=(TAX_ID,)))
    assert (made.object, made.part) == ("cus_1", "txi_1")


def test_events_tell_what_no_snapshot_shows() -> None:
    def told(event: Any, *snapshots: Any) -> list[str]:
        found = happenings_told_by(event, {each.id: each for each in snapshots})
        return [f"{each.kind}.{each.act} {each.object}" for each in found]

    of_invoice: dict[str, Any] = {"customer": "cus_1", "invoice": "in_1", "at": NOW}
    issued = invoice("open", amount_due=1200)
    assert told(InvoiceFinalized(**of_invoice), issued) == ["invoice.sent in_1"]
    assert told(InvoiceFinalized(**of_invoice, quiet=True), issued) == []
    assert told(InvoiceFinalized(**of_invoice), invoice("paid")) == []
    assert told(InvoiceSent(**of_invoice)) == ["invoice.sent in_1"]
    assert told(SubscriptionPastDue(**of_invoice, subscription="sub_1")) == []
    assert told(InvoiceOverdue(**of_invoice)) == ["invoice.overdue in_1"]
    assert told(InvoiceWillBeDue(**of_invoice)) == ["invoice.will_be_due in_1"]
    assert told(InvoiceUpcoming(**of_invoice, subscription="sub_1", renews=NOW)) == ["invoice.upcoming in_1"]
    assert told(InvoiceReminded(**of_invoice, reminder="rem_1", stage="firm")) == ["invoice.reminded in_1"]
    declined = PaymentFailed(**of_invoice, decline_code="generic_decline")
    assert told(declined) == ["invoice.payment_failed in_1"]
    asks = replace(declined, decline_code="authentication_required")
    assert told(asks) == ["invoice.payment_failed in_1", "invoice.payment_action_required in_1"]
    assert told(CustomerSignedIn(customer="cus_1", at=NOW)) == ["customer.signed_in cus_1"]
    renewed = SubscriptionRenewed(customer="cus_1", subscription="sub_1", at=NOW, period_start=NOW, period_end=NOW)
    assert told(renewed) == []
