"""Billing as one plain function: no I/O, no clock, ids from a source that it is given."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from msgspec.structs import replace

from frontdesk.billing import Capabilities, Capability
from frontdesk.book import Account, Terms
from frontdesk.changes import Changes
from frontdesk.commands import (
    AccountCommand,
    Advance,
    CancelSubscription,
    CancelUsage,
    ChangeDiscounts,
    ChangePlan,
    CreateCustomer,
    CreateSubscription,
    DeleteCustomer,
    DescribeSubscription,
    ExplainCancellation,
    KeepSubscription,
    MarkUncollectible,
    MoveResumption,
    PauseSubscription,
    PayInvoice,
    PlanAhead,
    ReportUsage,
    ResumeSubscription,
    SetCustomerDiscount,
    SetTrialEnd,
    StartAgain,
    TakeOffer,
    UndoPlanChange,
    UpdateBillingDetails,
    VoidInvoice,
)
from frontdesk.errors import Refused
from frontdesk.ids import Ids
from frontdesk.invoice_commands import (
    AdjustBalance,
    CreateCreditNote,
    CreateInvoice,
    CreateInvoiceItem,
    DeleteInvoice,
    DeleteInvoiceItem,
    FinalizeInvoice,
    RecordPayment,
    RemindOfInvoice,
    ReversePayment,
    SendInvoice,
    UpdateCreditNote,
    UpdateInvoice,
    UpdateInvoiceItem,
    VoidCreditNote,
)
from frontdesk.payment_method_commands import (
    AttachPaymentMethod,
    ChargeInvoice,
    DetachPaymentMethod,
    RefundCharge,
    SetDefaultPaymentMethod,
    SettleRefund,
    UpdatePaymentMethod,
)
from frontdesk.periods import whole_seconds
from frontdesk.possibilities import impossible, speaks_of_ended
from frontdesk.refusals import no_such
from frontdesk_invoice_only.cancellations import cancel, explain, keep
from frontdesk_invoice_only.closing_invoices import mark_uncollectible, void
from frontdesk_invoice_only.collecting import charge, refuse_declined
from frontdesk_invoice_only.crediting import create_credit_note, update_credit_note, void_credit_note
from frontdesk_invoice_only.customers import delete_customer, open_account, update_details
from frontdesk_invoice_only.discounting import change_discounts, set_customer_discount
from frontdesk_invoice_only.drafts import (
    create_invoice,
    delete_invoice,
    finalize_invoice,
    send_invoice,
    update_invoice,
)
from frontdesk_invoice_only.invoice_items import create_item, delete_item, update_item
from frontdesk_invoice_only.lateness import keep_lateness, remind_of_invoice
from frontdesk_invoice_only.methods import attach, detach, set_default, update_method
from frontdesk_invoice_only.page import Page
from frontdesk_invoice_only.pauses import move_resumption, pause, resume
from frontdesk_invoice_only.payments import adjust_balance, pay, record_payment, reverse_payment
from frontdesk_invoice_only.pending_updates import drop_update
from frontdesk_invoice_only.phases import plan_ahead
from frontdesk_invoice_only.plan_changes import change_plan, undo_plan_change
from frontdesk_invoice_only.refunding import refund_charge, settle_refund
from frontdesk_invoice_only.renewals import catch_up
from frontdesk_invoice_only.staying import take_offer
from frontdesk_invoice_only.subscriptions import create_subscription, describe, start_again
from frontdesk_invoice_only.trials import set_trial_end
from frontdesk_invoice_only.use import cancel_use, count_use, report_use

CAN = Capabilities(remote=False, can=frozenset(Capability), collection_methods=("send_invoice",))
"""What this engine can do: everything that there is, but it cannot charge a payment method."""
IN_SANDBOX = replace(
    CAN, payment_methods=True, charges=True, collection_methods=("send_invoice", "charge_automatically")
)
"""In the sandbox it can: test cards are no money, and what a bank would say is as plain a rule as the others."""

_ENDS_PENDING = (PauseSubscription, SetTrialEnd, CancelSubscription, PlanAhead, TakeOffer)
"""After these there is nothing for a change to wait for."""
_ACTS: Mapping[type[AccountCommand], Callable[[Page, Any], None]] = {
    UpdateBillingDetails: update_details,
    DeleteCustomer: delete_customer,
    CreateSubscription: create_subscription,
    ChangePlan: change_plan,
    ChangeDiscounts: change_discounts,
    SetCustomerDiscount: set_customer_discount,
    SetTrialEnd: set_trial_end,
    PlanAhead: plan_ahead,
    UndoPlanChange: undo_plan_change,
    PauseSubscription: pause,
    MoveResumption: move_resumption,
    ResumeSubscription: resume,
    CancelSubscription: cancel,
    KeepSubscription: keep,
    TakeOffer: lambda page, command: take_offer(page, command, _ACTS[type(command.act)]),
    ExplainCancellation: explain,
    DescribeSubscription: describe,
    StartAgain: start_again,
    PayInvoice: pay,
    RecordPayment: record_payment,
    ReversePayment: reverse_payment,
    AdjustBalance: adjust_balance,
    CreateCreditNote: create_credit_note,
    UpdateCreditNote: update_credit_note,
    VoidCreditNote: void_credit_note,
    ReportUsage: report_use,
    CancelUsage: lambda page, command: None,
    VoidInvoice: void,
    MarkUncollectible: mark_uncollectible,
    AttachPaymentMethod: attach,
    ChargeInvoice: charge,
    RefundCharge: refund_charge,
    SettleRefund: settle_refund,
    UpdatePaymentMethod: update_method,
    DetachPaymentMethod: detach,
    SetDefaultPaymentMethod: set_default,
    CreateInvoiceItem: create_item,
    UpdateInvoiceItem: update_item,
    DeleteInvoiceItem: delete_item,
    CreateInvoice: create_invoice,
    UpdateInvoice: update_invoice,
    DeleteInvoice: delete_invoice,
    FinalizeInvoice: finalize_invoice,
    SendInvoice: send_invoice,
    RemindOfInvoice: remind_of_invoice,
    Advance: lambda page, command: None,
}


def bill(
    account: Account | None,
    terms: Terms,
    command: AccountCommand,
    now: datetime,
    ids: Ids,
    can: Capabilities = CAN,
    *,
    collects: bool = True,
) -> Changes:
    """What comes of `command` at `now`: new snapshots, events, and when the account next falls due.

    What has fallen due before is done first, so the answer does not depend on how punctual the scheduler was. A plan
    change at the very second at which a period ends belongs to the next period: it comes before the renewal.
    `account` is None for `CreateCustomer` alone. `can` is what is possible on the account's side;
    unless it `collects`, what it issues is not charged. Instants count in whole seconds.

    Raises:
        Refused: the command names something unknown, or cannot be done now.
    """
    now = whole_seconds(now)
    if isinstance(command, CreateCustomer):
        return open_account(account, command, now)
    if account is None or account.customer.deleted:
        raise Refused(no_such("customer", account.customer.id if account else "", "customer"))
    page = Page(account, terms, now, ids, can, collects=collects)
    if isinstance(command, ReportUsage):
        page.counted = count_use(page, command)
    elif isinstance(command, CancelUsage):
        cancel_use(page, command)
    catch_up(page, and_now=not isinstance(command, ChangePlan))
    # What starts again has ended, and is only in the account that came in.
    asked_of = account if isinstance(command, StartAgain) else page.account()
    refusal = None if speaks_of_ended(command) else impossible(asked_of, command, can, terms)
    if refusal is not None:
        raise Refused(refusal)
    page.declined = None
    if isinstance(command, _ENDS_PENDING):
        running = page.live_or_none(command.subscription)
        if running is not None:
            drop_update(page, running, page.now)
    page.holder_confirmed = isinstance(command, ChangePlan) and command.confirmed
    _ACTS[type(command)](page, command)
    if isinstance(command, ChangePlan) and command.payment == "error_if_incomplete":
        refuse_declined(page)
    keep_lateness(page)
    return page.changes()
