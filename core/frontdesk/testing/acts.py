"""What the contract of billing backends asks of them: commands, and which capabilities each needs."""

from collections.abc import Callable
from datetime import timedelta

from frontdesk.billing import Capability
from frontdesk.commands import (
    AccountCommand,
    BillingDetails,
    CancelSubscription,
    ChangeDiscounts,
    ChangePlan,
    CreateSubscription,
    ItemChange,
    KeepSubscription,
    MarkUncollectible,
    NewItem,
    PauseSubscription,
    PayInvoice,
    ReportUsage,
    SetCustomerDiscount,
    SetTrialEnd,
    StartAgain,
    UpdateBillingDetails,
)
from frontdesk.coupons import DiscountChoice
from frontdesk.invoice_commands import CreateInvoice
from frontdesk.testing.play import Play

Act = Callable[[Play], AccountCommand]


def acts(claimed: frozenset[Capability]) -> dict[str, Act]:
    """Commands by name, as far as a backend claims what they need; `keep` is for a subscription set to cancel."""
    all_acts: dict[str, tuple[Act, frozenset[Capability]]] = {
        "subscribe": (lambda play: CreateSubscription(items=(NewItem(price="extra", quantity=3),)), frozenset()),
        "rename": (lambda play: UpdateBillingDetails(details=BillingDetails(name="Ada")), frozenset()),
        "upgrade": (
            lambda play: play.change(price="pro"),
            frozenset({Capability.CHANGE_PRICE, Capability.PRORATE}),
        ),
        "upgrade at once": (
            lambda play: play.change(price="pro", proration_behavior="always_invoice"),
            frozenset({Capability.CHANGE_PRICE, Capability.INVOICE_AT_ONCE}),
        ),
        "fewer at once": (
            lambda play: play.change(quantity=1, proration_behavior="always_invoice"),
            frozenset({Capability.CHANGE_QUANTITY, Capability.INVOICE_AT_ONCE}),
        ),
        "more without proration": (
            lambda play: play.change(quantity=9, proration_behavior="none"),
            frozenset({Capability.CHANGE_QUANTITY}),
        ),
        "by the year": (lambda play: play.change(price="yearly"), frozenset({Capability.CHANGE_PRICE})),
        "cancel": (
            lambda play: CancelSubscription(subscription=play.only.id),
            frozenset({Capability.CANCEL_AT_PERIOD_END}),
        ),
        "cancel now": (
            lambda play: CancelSubscription(subscription=play.only.id, when="now", prorate=True, invoice_now=True),
            frozenset({Capability.CANCEL_NOW, Capability.PRORATE, Capability.INVOICE_AT_ONCE}),
        ),
        "keep": (
            lambda play: KeepSubscription(play.only.id),
            frozenset({Capability.CANCEL_AT_PERIOD_END, Capability.KEEP}),
        ),
    }
    return {name: act for name, (act, needed) in all_acts.items() if needed <= claimed}


def that_needs(capability: Capability, play: Play) -> AccountCommand:
    """A command that only a backend with this capability can carry out."""
    id = play.only.id
    commands: dict[Capability, AccountCommand] = {
        Capability.CHANGE_PRICE: play.change(price="pro", proration_behavior="none"),
        Capability.CHANGE_QUANTITY: play.change(quantity=3, proration_behavior="none"),
        Capability.CHANGE_ITEMS: ChangePlan(
            subscription=id, items=(ItemChange(price="extra"),), proration_behavior="none"
        ),
        Capability.CANCEL_AT_PERIOD_END: CancelSubscription(subscription=id),
        Capability.CANCEL_NOW: CancelSubscription(subscription=id, when="now"),
        Capability.KEEP: KeepSubscription(id),
        Capability.PRORATE: play.change(quantity=3, proration_behavior="create_prorations"),
        Capability.INVOICE_AT_ONCE: play.change(quantity=3, proration_behavior="always_invoice"),
        Capability.CLASSIC_BILLING_MODE: CreateSubscription(items=(NewItem(price="extra"),), billing_mode="classic"),
        Capability.PAY_OUT_OF_BAND: PayInvoice(invoice=play.book.invoices[0].id),
        Capability.CLOSE_INVOICES: MarkUncollectible(invoice=play.book.invoices[0].id),
        Capability.WRITE_INVOICES: CreateInvoice(id="in_written"),
        Capability.TRIALS: SetTrialEnd(subscription=id, at=play.now + timedelta(days=7), proration_behavior="none"),
        Capability.ANCHORS: CreateSubscription(items=(NewItem(price="extra"),), anchor=play.now + timedelta(days=7)),
        Capability.PAUSE: PauseSubscription(subscription=id),
        Capability.PUT_OFF: play.change(quantity=3, proration_behavior="none", when="period_end"),
        Capability.DISCOUNTS: ChangeDiscounts(subscription=id, discounts=(DiscountChoice(coupon="quarter"),)),
        Capability.CUSTOMER_DISCOUNTS: SetCustomerDiscount(discount=DiscountChoice(coupon="quarter")),
        Capability.USAGE: ReportUsage(meter="mtr_1", value=1, at=play.now, identifier="one"),
        Capability.START_AGAIN: StartAgain(id),
        Capability.CANCEL_AT: CancelSubscription(subscription=id, when="at", at=play.now + timedelta(days=7)),
    }
    return commands[capability]
