"""Charging in the sandbox: what a card does to subscriptions, invoices and the ledger, and what happens by itself."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from charged_life import DAY, MONTH, START, Sandbox
from msgspec.structs import replace

from frontdesk.commands import (
    Advance,
    CancelSubscription,
    ChangeDiscounts,
    ChangePlan,
    CreateSubscription,
    DescribeSubscription,
    ItemChange,
    MarkUncollectible,
    NewItem,
    PauseSubscription,
    PayInvoice,
    VoidInvoice,
)
from frontdesk.coupons import Coupon, DiscountChoice
from frontdesk.errors import Refused
from frontdesk.events import PaymentFailed, SubscriptionCanceled, SubscriptionExpired
from frontdesk.invoice_commands import DeleteInvoice, FinalizeInvoice, ReversePayment
from frontdesk.payment_method_commands import (
    AttachPaymentMethod,
    ChargeInvoice,
    DetachPaymentMethod,
    SetDefaultPaymentMethod,
    UpdatePaymentMethod,
)
from frontdesk.payment_methods import CardHolder
from frontdesk.suspension import first_due, quiet
from frontdesk.test_cards import CARDS, OFFERED, named, new_method
from frontdesk_invoice_only.engine import CAN, IN_SANDBOX, bill


def test_a_card_pays_the_first_invoice_and_every_renewal() -> None:
    sandbox = Sandbox()
    events = sandbox.subscribe().events
    assert sandbox.only.collection_method == "charge_automatically"
    first = sandbox.last
    assert (first.status, first.amount_paid, first.due_date, first.paid_out_of_band) == ("paid", 1000, None, False)
    (attempt,) = first.attempts
    assert (attempt.brand, attempt.last4, attempt.decline_code, attempt.amount) == ("visa", "4242", None, 1000)
    assert first.payments[0].charge == attempt.id
    assert [type(each).__name__ for each in events][-3:] == ["InvoiceFinalized", "PaymentRecorded", "InvoicePaid"]
    sandbox.walk(START + 100 * DAY)
    assert [each.status for each in sandbox.all.values()] == ["paid"] * 4
    assert sandbox.all[sandbox.last.id].paid_at == datetime(2025, 4, 1, 9, tzinfo=UTC)


def test_who_has_no_card_gets_an_invoice_unless_it_was_to_be_charged() -> None:
    sandbox = Sandbox(card=None)
    sandbox.subscribe()
    assert (sandbox.only.collection_method, sandbox.last.status) == ("send_invoice", "open")
    for payment in ("allow_incomplete", "error_if_incomplete"):
        with pytest.raises(Refused) as refused:
            Sandbox(card=None).subscribe(collection_method="charge_automatically", payment=payment)
        assert refused.value.refusal.api_code == "resource_missing"


def test_a_first_payment_that_fails_leaves_the_subscription_incomplete() -> None:
    sandbox = Sandbox("chargeCustomerFail")
    changes = sandbox.subscribe()
    assert [each.decline_code for each in changes.events if isinstance(each, PaymentFailed)] == ["generic_decline"]
    assert (sandbox.only.status, sandbox.last.status, sandbox.last.next_attempt) == ("incomplete", "open", None)
    item = sandbox.only.items[0].id
    for command in (
        ChangePlan(subscription=sandbox.only.id, items=(ItemChange(id=item, quantity=2),)),
        PauseSubscription(subscription=sandbox.only.id),
        CancelSubscription(subscription=sandbox.only.id),
    ):
        with pytest.raises(Refused, match="subscription_incomplete"):
            sandbox.do(command)
    sandbox.do(DescribeSubscription(subscription=sandbox.only.id, description="Ours"))
    with pytest.raises(Refused) as declined:
        sandbox.do(ChargeInvoice(invoice=sandbox.last.id))
    assert declined.value.refusal.decline_code == "generic_decline"
    better = sandbox.attach("mastercard")
    sandbox.do(ChargeInvoice(invoice=sandbox.last.id, method=better.id), START + timedelta(hours=2))
    assert (sandbox.only.status, sandbox.last.status) == ("active", "paid")
    assert sandbox.only.period_end == MONTH


def test_an_incomplete_subscription_expires_after_23_hours() -> None:
    sandbox = Sandbox("chargeCustomerFail")
    sandbox.subscribe()
    assert first_due(sandbox.account, sandbox.terms.settings) == START + timedelta(hours=23)
    changes = sandbox.do(Advance(), START + 40 * DAY)
    assert type(changes.events[0]) is SubscriptionExpired
    assert changes.subscriptions[0].status == "incomplete_expired"
    assert changes.subscriptions[0].ended_at == changes.invoices[0].voided_at == START + timedelta(hours=23)
    assert (changes.invoices[0].status, changes.wake_at) == ("void", None)


def test_a_subscription_that_waits_for_its_first_payment() -> None:
    sandbox = Sandbox()
    sandbox.subscribe(payment="default_incomplete")
    assert (sandbox.only.status, sandbox.last.attempts) == ("incomplete", ())
    sandbox.do(PayInvoice(invoice=sandbox.last.id))
    assert (sandbox.only.status, sandbox.last.paid_out_of_band) == ("active", True)
    other = Sandbox()
    other.subscribe(payment="default_incomplete")
    other.do(VoidInvoice(invoice=other.last.id))
    assert other.account.subscriptions == ()


def test_nothing_happens_where_the_first_payment_must_succeed() -> None:
    with pytest.raises(Refused) as refused:
        Sandbox("chargeCustomerFail").subscribe(payment="error_if_incomplete")
    assert (refused.value.refusal.api_code, refused.value.refusal.decline_code) == ("card_declined", "generic_decline")


def failing_later(**collection: Any) -> Sandbox:
    """A customer whose card is good once, and then only a bad one is left."""
    sandbox = Sandbox(**collection)
    sandbox.subscribe()
    sandbox.attach("chargeCustomerFail", default=True)
    return sandbox


def test_failed_renewals_are_tried_again_and_end_the_subscription() -> None:
    sandbox = failing_later()
    told = sandbox.walk(START + 365 * DAY)
    assert told == [
        ("InvoiceFinalized", 31),
        ("PaymentFailed", 31),
        ("SubscriptionRenewed", 31),
        ("SubscriptionPastDue", 31),
        ("PaymentFailed", 34),
        ("PaymentFailed", 39),
        ("PaymentFailed", 46),
        ("SubscriptionCanceled", 46),
    ]
    last = sandbox.last
    assert (last.status, len(last.attempts), last.next_attempt) == ("open", 4, None)
    assert sandbox.account.subscriptions == ()
    # It stays owed, and can still be paid.
    good = sandbox.attach("amex", at=START + 366 * DAY)
    sandbox.do(ChargeInvoice(invoice=last.id, method=good.id), START + 366 * DAY)
    assert sandbox.last.status == "paid"


def test_a_late_worker_finds_the_same_as_a_punctual_one() -> None:
    punctual, late = failing_later(), failing_later()
    punctual.walk(START + 60 * DAY)
    changes = late.do(Advance(), START + 60 * DAY)
    assert [each.attempts for each in late.account.invoices] == [each.attempts for each in punctual.account.invoices]
    assert [each.status for each in late.account.invoices] == ["paid", "open"]
    assert [each.at for each in changes.events if isinstance(each, SubscriptionCanceled)] == [START + 46 * DAY]


def test_it_can_stay_past_due() -> None:
    sandbox = failing_later(after="past_due", retry_days=(1,))
    sandbox.walk(START + 40 * DAY)
    assert (sandbox.only.status, sandbox.last.next_attempt, len(sandbox.last.attempts)) == ("past_due", None, 2)
    # The next period is billed and tried too, as at Stripe.
    sandbox.walk(START + 70 * DAY)
    owed = [each for each in sandbox.account.invoices if each.status == "open"]
    assert len(owed) == 2
    good = sandbox.attach("visa", default=True, at=START + 70 * DAY)
    for invoice in owed:
        sandbox.do(ChargeInvoice(invoice=invoice.id, method=good.id), START + 70 * DAY)
    assert sandbox.only.status == "active"


def unpaid(**collection: Any) -> Sandbox:
    """A customer whose plan is unpaid: the last of two attempts failed a day after the renewal."""
    sandbox = failing_later(after="unpaid", retry_days=(1,), **collection)
    sandbox.walk(MONTH + 2 * DAY)
    assert (sandbox.only.status, sandbox.last.status, sandbox.last.next_attempt) == ("unpaid", "open", None)
    return sandbox


def test_a_plan_that_is_unpaid_is_billed_on_by_drafts_which_nobody_charges() -> None:
    sandbox = unpaid()
    failed = sandbox.last
    assert sandbox.walk(datetime(2025, 4, 2, tzinfo=UTC)) == [
        ("InvoiceDrafted", 59),
        ("SubscriptionRenewed", 59),
        ("InvoiceDrafted", 90),
        ("SubscriptionRenewed", 90),
    ]
    assert [each.status for each in sandbox.all.values()] == ["paid", "open", "draft", "draft"]
    assert (sandbox.last.amount_due, sandbox.last.attempts, sandbox.only.items[0].billed) == (1000, (), None)
    with pytest.raises(Refused, match="subscription_draft_stays"):
        sandbox.do(DeleteInvoice(invoice=sandbox.last.id), datetime(2025, 4, 2, tzinfo=UTC))
    # An older one does not help: the newest decides.
    later = datetime(2025, 4, 3, tzinfo=UTC)
    good = sandbox.attach("visa", default=True, at=later)
    sandbox.do(ChargeInvoice(invoice=failed.id, method=good.id), later)
    assert sandbox.only.status == "unpaid"
    newest = sandbox.last.id
    sandbox.do(FinalizeInvoice(invoice=newest, send=False), later)
    assert (sandbox.all[newest].status, sandbox.only.status) == ("open", "unpaid")
    told = sandbox.do(ChargeInvoice(invoice=newest), later).events
    assert [type(each).__name__ for each in told][-1] == "SubscriptionCaughtUp"
    assert (sandbox.only.status, sandbox.only.items[0].billed.amount) == ("active", 1000)  # type: ignore[union-attr]
    # From now on it is charged as ever.
    sandbox.walk(datetime(2025, 5, 2, tzinfo=UTC))
    assert (sandbox.last.status, sandbox.only.status) == ("paid", "active")


def test_what_was_late_before_a_plan_came_back_makes_it_past_due_no_more() -> None:
    sandbox = unpaid()
    failed = sandbox.last.id
    sandbox.walk(datetime(2025, 3, 2, tzinfo=UTC))
    later = datetime(2025, 3, 3, tzinfo=UTC)
    sandbox.attach("visa", default=True, at=later)
    newest = sandbox.last.id
    sandbox.do(FinalizeInvoice(invoice=newest, send=False), later)
    sandbox.do(ChargeInvoice(invoice=newest), later)
    assert (sandbox.all[failed].status, sandbox.only.status) == ("open", "active")
    sandbox.walk(datetime(2025, 4, 2, tzinfo=UTC))
    assert (sandbox.last.status, sandbox.only.status) == ("paid", "active")
    sandbox.attach("chargeCustomerFail", default=True, at=datetime(2025, 4, 2, tzinfo=UTC))
    sandbox.walk(datetime(2025, 5, 1, 12, tzinfo=UTC))
    assert sandbox.only.status == "past_due"


@pytest.mark.parametrize("command", [VoidInvoice, MarkUncollectible])
def test_a_newest_invoice_that_is_waited_for_no_more_lets_a_plan_go_on(command: Any) -> None:
    sandbox = unpaid()
    sandbox.do(command(invoice=sandbox.last.id), MONTH + 3 * DAY)
    assert sandbox.only.status == "active"


def test_a_plan_that_is_unpaid_can_be_cancelled_and_changed_through_the_api() -> None:
    sandbox = unpaid()
    item = sandbox.only.items[0].id
    at = MONTH + 3 * DAY
    change = ChangePlan(
        subscription=sandbox.only.id,
        items=(ItemChange(id=item, quantity=5),),
        proration_behavior="always_invoice",
        payment="error_if_incomplete",
    )
    sandbox.do(change, at)
    assert (sandbox.last.status, sandbox.only.status, sandbox.only.items[0].quantity) == ("draft", "unpaid", 5)
    sandbox.do(CancelSubscription(subscription=sandbox.only.id, when="now"), at)
    assert sandbox.account.subscriptions == ()


def test_discounts_of_a_draft_stay_what_they_were_when_it_is_issued() -> None:
    sandbox = failing_later(after="unpaid", retry_days=(1,))
    held = DiscountChoice(coupon="half")
    sandbox.terms = replace(
        sandbox.terms,
        coupons={"half": Coupon(id="half", created=START, duration="forever", percent_off=Decimal(50))},
    )
    sandbox.do(ChangeDiscounts(subscription=sandbox.only.id, discounts=(held,)))
    sandbox.walk(datetime(2025, 3, 2, tzinfo=UTC))
    draft = sandbox.last
    assert (draft.status, draft.total, sum(each.amount for each in draft.lines[0].discounts)) == ("draft", 500, 500)
    sandbox.do(FinalizeInvoice(invoice=draft.id, send=False), datetime(2025, 3, 2, tzinfo=UTC))
    assert (sandbox.last.status, sandbox.last.total, len(sandbox.last.discounts)) == ("open", 500, 1)


def test_without_a_second_attempt_the_first_is_the_last() -> None:
    sandbox = failing_later(after="unpaid", retry_days=())
    sandbox.walk(MONTH)
    assert sandbox.only.status == "unpaid"
    other = failing_later(retry_days=())
    assert other.walk(MONTH)[-1] == ("SubscriptionCanceled", 31)


def test_a_better_card_is_charged_by_the_next_attempt() -> None:
    sandbox = failing_later()
    sandbox.walk(START + 32 * DAY)
    assert sandbox.only.status == "past_due"
    sandbox.attach("visa", default=True, at=START + 33 * DAY)
    told = sandbox.walk(START + 35 * DAY)
    assert told == [("PaymentRecorded", 34), ("InvoicePaid", 34), ("SubscriptionCaughtUp", 34)]
    assert sandbox.only.status == "active"


def test_nothing_is_tried_again_once_the_subscription_has_ended_or_while_the_side_is_suspended() -> None:
    sandbox = failing_later()
    sandbox.walk(START + 32 * DAY)
    assert first_due(sandbox.account, sandbox.terms.settings) == START + 34 * DAY
    resting = first_due(sandbox.account, quiet(sandbox.terms.settings))
    assert resting == datetime(2025, 3, 1, 9, tzinfo=UTC)
    sandbox.do(CancelSubscription(subscription=sandbox.only.id, when="now"), START + 33 * DAY)
    assert first_due(sandbox.account, sandbox.terms.settings) is None


def test_a_dearer_plan_needs_its_payment_where_that_is_wanted() -> None:
    sandbox = failing_later()
    before = sandbox.account
    item = sandbox.only.items[0].id
    change = ChangePlan(
        subscription=sandbox.only.id,
        items=(ItemChange(id=item, quantity=5),),
        proration_behavior="always_invoice",
        payment="error_if_incomplete",
    )
    seen = bill(sandbox.account, sandbox.terms, change, START + DAY, sandbox.ids, IN_SANDBOX, collects=False)
    assert (seen.invoices[0].status, seen.invoices[0].attempts) == ("open", ())
    with pytest.raises(Refused) as refused:
        sandbox.do(change, START + DAY)
    assert (refused.value.refusal.decline_code, sandbox.account) == ("generic_decline", before)
    sandbox.do(replace(change, payment="allow_incomplete"), START + DAY)
    assert (sandbox.only.status, sandbox.only.items[0].quantity) == ("past_due", 5)


def test_cards_whose_bank_asks_the_holder() -> None:
    sandbox = Sandbox("authenticationRequired")
    sandbox.subscribe()
    assert sandbox.last.attempts[-1].decline_code == "authentication_required"
    with pytest.raises(Refused, match="authentication_required"):
        sandbox.do(ChargeInvoice(invoice=sandbox.last.id))
    sandbox.do(ChargeInvoice(invoice=sandbox.last.id, confirmed=True))
    assert sandbox.only.status == "active"
    poor = Sandbox("authenticationRequiredChargeDeclinedInsufficientFunds")
    poor.subscribe()
    with pytest.raises(Refused) as refused:
        poor.do(ChargeInvoice(invoice=poor.last.id, confirmed=True))
    assert refused.value.refusal.decline_code == "insufficient_funds"
    ready = Sandbox("authenticationRequiredSetupForOffSession")
    ready.subscribe()
    assert ready.only.status == "active"


def test_a_card_of_somebody_passing_pays_once_and_is_not_kept() -> None:
    sandbox = Sandbox(None)
    sandbox.subscribe(collection_method="send_invoice", days_until_due=14)
    bad, good = (new_method(f"pm_{each}", CARDS[each], START) for each in ("chargeDeclined", "visa"))
    with pytest.raises(Refused) as refused:
        sandbox.do(ChargeInvoice(invoice=sandbox.last.id, passing=bad))
    assert refused.value.refusal.decline_code == "generic_decline"
    sandbox.do(ChargeInvoice(invoice=sandbox.last.id, passing=good, by="invoice_link"))
    (attempt,) = sandbox.last.attempts
    assert (attempt.method, attempt.last4, sandbox.last.status) == (None, "4242", "paid")
    assert sandbox.account.customer.payment_methods == ()
    with pytest.raises(Refused, match="invoice_already_paid"):
        sandbox.do(ChargeInvoice(invoice=sandbox.last.id, passing=good))


def test_a_subscriptions_own_method_comes_first_and_a_detached_one_is_nobodys() -> None:
    sandbox = Sandbox("chargeCustomerFail")
    own = sandbox.attach("amex")
    sandbox.subscribe(default_payment_method=own.id)
    assert sandbox.last.attempts[0].brand == "amex"
    changes = sandbox.do(DetachPaymentMethod(method=own.id))
    assert (sandbox.only.default_payment_method, own.id in str(sandbox.account.customer.payment_methods)) == (
        None,
        False,
    )
    assert [type(each).__name__ for each in changes.events] == ["SubscriptionUpdated", "PaymentMethodChanged"]
    for gone in (SetDefaultPaymentMethod(method=own.id), DetachPaymentMethod(method=own.id)):
        with pytest.raises(Refused) as refused:
            sandbox.do(gone)
        assert refused.value.refusal.api_code == "resource_missing"
    for again in (replace(own, detached=True), replace(own, customer="cus_1")):
        with pytest.raises(Refused):
            sandbox.do(AttachPaymentMethod(method=again))


def test_what_is_noted_of_a_method() -> None:
    sandbox = Sandbox()
    (method,) = sandbox.account.customer.payment_methods
    holder = CardHolder(name="Jenny Rosen")
    sandbox.do(UpdatePaymentMethod(method=method.id, holder=holder, exp_month=3, exp_year=2031, metadata={"a": "b"}))
    (after,) = sandbox.account.customer.payment_methods
    assert (after.holder, after.card.exp_month, after.card.exp_year, after.metadata) == (holder, 3, 2031, {"a": "b"})
    assert sandbox.do(UpdatePaymentMethod(method=method.id, exp_month=3)).events == ()


def test_cards_that_a_bank_refuses_cannot_be_kept() -> None:
    for name, code in (
        ("chargeDeclined", "generic_decline"),
        ("chargeDeclinedInsufficientFunds", "insufficient_funds"),
        ("visa_chargeDeclinedExpiredCard", "expired_card"),
    ):
        with pytest.raises(Refused) as refused:
            Sandbox(card=None).attach(name)
        assert refused.value.refusal.decline_code == code
    assert named("pm_card_visa") is named("tok_visa") is CARDS["visa"]
    assert named("visa") is named("pm_card_none") is None
    assert set(OFFERED) <= set(CARDS)


def test_what_was_charged_is_not_called_none_afterwards() -> None:
    sandbox = Sandbox()
    sandbox.subscribe()
    command = ReversePayment(id="pay_9", invoice=sandbox.last.id, payment=sandbox.last.payments[0].id, by="staff_1")
    account = replace(sandbox.account, invoices=(sandbox.last,))
    with pytest.raises(Refused, match="charge_not_reversed"):
        bill(account, sandbox.terms, command, START, sandbox.ids, IN_SANDBOX)


def test_what_is_charged_is_due_at_once() -> None:
    with pytest.raises(Refused, match="days_until_due_of_charged"):
        Sandbox().subscribe(collection_method="charge_automatically", days_until_due=30)
    sandbox = Sandbox()
    sandbox.subscribe(days_until_due=30)
    assert sandbox.only.collection_method == "send_invoice"


def test_a_live_side_keeps_no_methods() -> None:
    sandbox = Sandbox(card=None)
    method = new_method("pm_1", CARDS["visa"], START)
    for command in (
        AttachPaymentMethod(method=method),
        ChargeInvoice(invoice="in_1"),
        CreateSubscription(items=(NewItem(price="ten"),), default_payment_method="pm_1"),
        CreateSubscription(items=(NewItem(price="ten"),), collection_method="charge_automatically"),
    ):
        with pytest.raises(Refused):
            bill(sandbox.account, sandbox.terms, command, START, sandbox.ids, CAN)
