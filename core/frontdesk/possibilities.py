"""What is possible for anybody, whoever asks: the account's state and the backend's capabilities decide.

`frontdesk.permissions` asks here first and adds what binds customers.
"""

from collections.abc import Iterator
from typing import TypeGuard, get_args

from msgspec import UNSET
from msgspec.structs import replace

from frontdesk import (
    cancellation_refusals,
    card_refusals,
    invoice_refusals,
    item_refusals,
    pause_refusals,
    payment_refusals,
    plan_refusals,
    refusals,
    restart_refusals,
    typed_refusals,
)
from frontdesk.billing import Capabilities, Capability
from frontdesk.book import (
    ENDED,
    Account,
    CancellationDetails,
    Customer,
    Invoice,
    ProrationBehavior,
    Subscription,
    Terms,
)
from frontdesk.bounds import MAXIMUM_DAYS_UNTIL_DUE, MAXIMUM_QUANTITY
from frontdesk.commands import (
    AccountCommand,
    CancelSubscription,
    CancelUsage,
    ChangeDiscounts,
    ChangePlan,
    CreateCustomer,
    CreateSubscription,
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
    SubscriptionCommand,
    TakeOffer,
    UndoPlanChange,
    VoidInvoice,
)
from frontdesk.credit_notes import credit_obstacles
from frontdesk.errors import Refusal
from frontdesk.invoice_commands import (
    AdjustBalance,
    CreateCreditNote,
    InvoiceCommand,
    RecordPayment,
    ReversePayment,
    UpdateCreditNote,
    VoidCreditNote,
)
from frontdesk.invoice_rules import closing_obstacles, writing_obstacles
from frontdesk.payment_method_commands import ChargeInvoice, PaymentMethodCommand, RefundCharge, SettleRefund
from frontdesk.payment_method_rules import charge_obstacles, collection_of, method_obstacles, own_method_obstacles
from frontdesk.payment_rules import adjustment_obstacles, payment_obstacles
from frontdesk.plan_parts import Part, new_parts, part_obstacles, parts_after
from frontdesk.portal_configuration import CancellationReason
from frontdesk.pricing import is_metered, starting_currency
from frontdesk.redemptions import choices_of
from frontdesk.refund_rules import refund_obstacles
from frontdesk.retention import was_taken_since

COMMENT_LENGTH = 5000
REASONS: tuple[str, ...] = get_args(CancellationReason)


_ON_SUBSCRIPTIONS: frozenset[type] = frozenset(get_args(SubscriptionCommand))
_ABOUT_DISCOUNTS: frozenset[type] = frozenset({ChangeDiscounts, SetCustomerDiscount})
# Those that each card of the home page asks for: to look one up in its class takes as long as a small rule.
_CANCEL_NOW, _CANCEL_AT_PERIOD_END = Capability.CANCEL_NOW, Capability.CANCEL_AT_PERIOD_END
_PAUSE = Capability.PAUSE


def impossible(
    account: Account | None, command: AccountCommand, capabilities: Capabilities, terms: Terms
) -> Refusal | None:
    """Why a command cannot be carried out, or None. `account` is None only for `CreateCustomer`."""
    if type(command) is CreateCustomer:
        return None
    if account is None or account.customer.deleted:
        return refusals.no_such("customer", "" if account is None else account.customer.id, "customer")
    if type(command) in _ABOUT_DISCOUNTS or choices_of(command):
        barred = next(_discount_obstacles(command, capabilities), None)
        if barred is not None:
            return barred
    if not _is_on_subscription(command):
        return next(_obstacles(account, command, capabilities, terms), None)
    # Told by its type: the home page asks about several, and a `match` tries one class after another.
    subscription = account.subscription(command.subscription)
    if subscription is None or (subscription.status in ENDED and not speaks_of_ended(command)):
        return refusals.no_such("subscription", command.subscription, "id")
    return next(_subscription_obstacles(subscription, command, capabilities, terms), None)


def _discount_obstacles(command: AccountCommand, capabilities: Capabilities) -> Iterator[Refusal]:
    yield from _lacking(capabilities, Capability.DISCOUNTS)
    if isinstance(command, SetCustomerDiscount) and command.discount is not None:
        yield from _lacking(capabilities, Capability.CUSTOMER_DISCOUNTS)


def _obstacles(
    account: Account, command: AccountCommand, capabilities: Capabilities, terms: Terms
) -> Iterator[Refusal]:
    match command:
        case CreateSubscription():
            yield from _creation_obstacles(account.customer, command, capabilities, terms)
        case StartAgain(subscription=id):
            yield from _lacking(capabilities, Capability.START_AGAIN)
            yield from _restart_obstacles(account.subscription(id), id, terms)
        case PayInvoice(invoice=id):
            yield from _payment_obstacles(account.invoice(id), id, capabilities)
        case ChargeInvoice():
            yield from charge_obstacles(account, command, capabilities)
        case RefundCharge() | SettleRefund():
            yield from refund_obstacles(account, command, capabilities)
        case CancelUsage():
            yield from _lacking(capabilities, Capability.USAGE)
        case ReportUsage(value=value):
            yield from _lacking(capabilities, Capability.USAGE)
            if not 0 <= value <= MAXIMUM_QUANTITY:
                yield item_refusals.quantity_impossible(MAXIMUM_QUANTITY, "payload[value]")
        case VoidInvoice() | MarkUncollectible():
            yield from closing_obstacles(account, command, capabilities)
        case RecordPayment() | ReversePayment():
            yield from payment_obstacles(account, command, capabilities)
        case CreateCreditNote() | UpdateCreditNote() | VoidCreditNote():
            yield from credit_obstacles(account, command, capabilities)
        case AdjustBalance():
            yield from adjustment_obstacles(command, capabilities)
        case _ if isinstance(command, PaymentMethodCommand):
            yield from method_obstacles(account, command, capabilities)
        case _ if isinstance(command, InvoiceCommand):
            yield from writing_obstacles(account, command, capabilities, terms)


def _is_on_subscription(command: AccountCommand) -> TypeGuard[SubscriptionCommand]:
    return type(command) in _ON_SUBSCRIPTIONS


def _subscription_obstacles(
    subscription: Subscription,
    command: SubscriptionCommand,
    capabilities: Capabilities,
    terms: Terms,
) -> Iterator[Refusal]:
    if subscription.status == "incomplete" and not _is_for_incomplete(command):
        yield card_refusals.first_payment_missing(subscription.id)
    # In the order of how often they are asked about: every card of the home page asks about the first two.
    match command:
        case CancelSubscription(when=when, details=details):
            now = when == "now"
            yield from _lacking(capabilities, _CANCEL_NOW if now else _CANCEL_AT_PERIOD_END)
            if when == "at":
                yield from _lacking(capabilities, Capability.CANCEL_AT)
            if now and command.prorate:
                yield from _lacking(capabilities, Capability.PRORATE)
            if now and command.invoice_now:
                yield from _lacking(capabilities, Capability.INVOICE_AT_ONCE)
            if details.feedback is not None or details.comment is not None:
                yield from _reason_obstacles(details.feedback, details.comment)
        case PauseSubscription():
            yield from _pause_obstacles(subscription, command, capabilities)
        case ChangePlan():
            yield from _change_obstacles(subscription, command, capabilities, terms)
        case MoveResumption():
            yield from _lacking(capabilities, Capability.PAUSE)
            if subscription.paused is None:
                yield pause_refusals.no_pause_to_move(subscription.id, subscription.status)
            if is_set_to_cancel(subscription):
                yield plan_refusals.set_to_cancel(subscription.id)
        case ResumeSubscription():
            yield from _lacking(capabilities, Capability.PAUSE)
            if subscription.status != "paused":
                yield pause_refusals.not_paused(subscription.id, subscription.status)
        case PlanAhead():
            yield from _phase_obstacles(subscription, command, capabilities, terms)
        case UndoPlanChange():
            if subscription.pending is None:
                yield from _lacking(capabilities, Capability.PUT_OFF)
                if not subscription.has_schedule:
                    yield plan_refusals.nothing_put_off(subscription.id)
        case SetTrialEnd() if subscription.paused is not None:
            yield pause_refusals.is_paused(subscription.id)
        case SetTrialEnd():
            yield from _lacking(capabilities, Capability.TRIALS)
        case KeepSubscription():
            yield from _lacking(capabilities, Capability.KEEP)
            if not is_set_to_cancel(subscription):
                yield cancellation_refusals.not_set_to_cancel(subscription.id)
        case TakeOffer():
            yield from _offer_obstacles(subscription, command, capabilities, terms)
        case ExplainCancellation(feedback=feedback, comment=comment):
            yield from _reason_obstacles(feedback, comment)
        case DescribeSubscription(days_until_due=days) if days is not UNSET:
            yield from _due_obstacles(days)


def _is_for_incomplete(command: AccountCommand) -> bool:
    """Whether a command can be about a subscription that has not begun: it can be described, or ended."""
    if isinstance(command, CancelSubscription):
        return command.when == "now"
    return isinstance(command, DescribeSubscription | ExplainCancellation)


def _restart_obstacles(ended: Subscription | None, id: str, terms: Terms) -> Iterator[Refusal]:
    if ended is None:
        yield refusals.no_such("subscription", id, "id")
        return
    if ended.status not in ENDED:
        yield restart_refusals.not_ended(id, ended.status)
    parts = tuple(Part(item=None, price=each.price, quantity=each.quantity) for each in ended.items)
    for refusal in part_obstacles(parts, ended.currency, frozenset(), terms):
        inactive = refusal.code == "price_inactive"
        yield restart_refusals.no_longer_sold(str(refusal.parameters["price"])) if inactive else refusal


def _phase_obstacles(
    subscription: Subscription, command: PlanAhead, capabilities: Capabilities, terms: Terms
) -> Iterator[Refusal]:
    yield from _lacking(capabilities, Capability.PUT_OFF)
    if not command.phases and command.ends is None:
        # Nothing is to change.
        return
    if subscription.paused is not None:
        yield pause_refusals.is_paused(subscription.id)
    if is_set_to_cancel(subscription) and not command.same_schedule:
        yield plan_refusals.set_to_cancel(subscription.id)
    for number, phase in enumerate(command.phases):
        parts = new_parts(phase.items)
        moved = {each.price for each in subscription.items} ^ {each.price for each in parts}
        if any(is_metered(terms.prices[price]) for price in moved if price in terms.prices):
            yield replace(plan_refusals.metered_cannot_wait(), param=f"phases[{number}][items]")
        sold = {item.price for item in subscription.items}
        for refusal in part_obstacles(parts, subscription.currency, sold, terms):
            yield replace(refusal, param=f"phases[{number}][items]{(refusal.param or '').removeprefix('items')}")


def _pause_obstacles(
    subscription: Subscription, command: PauseSubscription, capabilities: Capabilities
) -> Iterator[Refusal]:
    yield from _lacking(capabilities, _PAUSE)
    if command.invoice_now:
        yield from _lacking(capabilities, Capability.INVOICE_AT_ONCE)
    if subscription.billing_mode != "flexible":
        yield pause_refusals.pause_needs_flexible(subscription.id)
    if subscription.paused is not None:
        yield pause_refusals.is_paused(subscription.id)
    if subscription.status == "trialing":
        yield pause_refusals.trial_not_paused(subscription.id)
    if subscription.status not in ("active", "past_due"):
        yield pause_refusals.cannot_be_paused(subscription.id, subscription.status)
    if is_set_to_cancel(subscription):
        yield plan_refusals.set_to_cancel(subscription.id)


def _offer_obstacles(
    subscription: Subscription, command: TakeOffer, capabilities: Capabilities, terms: Terms
) -> Iterator[Refusal]:
    """What is offered is done to the subscription as it is once the cancellation is taken back."""
    if command.none_since is not None and was_taken_since(subscription, command.none_since):
        yield cancellation_refusals.offer_taken(subscription.id)
    if command.act.subscription != subscription.id:
        yield refusals.no_such("subscription", command.act.subscription, "id")
    if is_set_to_cancel(subscription):
        yield from _lacking(capabilities, Capability.KEEP)
    yield from _subscription_obstacles(as_kept(subscription), command.act, capabilities, terms)


def as_kept(subscription: Subscription) -> Subscription:
    """The subscription as it is once its cancellation is taken back."""
    return replace(
        subscription,
        cancel_at=None,
        cancel_at_period_end=False,
        cancel_prorates=False,
        canceled_at=None,
        cancellation=CancellationDetails(),
    )


def speaks_of_ended(command: AccountCommand) -> bool:
    """Whether a command can be about a subscription that has ended: why it did, and metadata (Stripe's rule)."""
    if isinstance(command, DescribeSubscription):
        return command == DescribeSubscription(subscription=command.subscription, metadata=command.metadata)
    return isinstance(command, ExplainCancellation)


def is_set_to_cancel(subscription: Subscription) -> bool:
    """Whether a subscription is going to end, in either billing mode (portal_spec.md §C.6)."""
    return subscription.cancel_at is not None or subscription.cancel_at_period_end


def _lacking(capabilities: Capabilities, needed: Capability) -> tuple[Refusal, ...]:
    return () if needed in capabilities.can else (refusals.cannot(needed.value),)


def _reason_obstacles(feedback: str | None, comment: str | None) -> Iterator[Refusal]:
    if feedback is not None and feedback not in REASONS:
        yield cancellation_refusals.reason_unknown(feedback[:40])
    if comment is not None and len(comment) > COMMENT_LENGTH:
        yield typed_refusals.text_too_long(COMMENT_LENGTH, "cancellation_details[comment]")


def _due_obstacles(days: int | None) -> Iterator[Refusal]:
    if days is not None and not 0 <= days <= MAXIMUM_DAYS_UNTIL_DUE:
        yield invoice_refusals.days_until_due_invalid(MAXIMUM_DAYS_UNTIL_DUE)


def _payment_obstacles(invoice: Invoice | None, id: str, capabilities: Capabilities) -> Iterator[Refusal]:
    yield from _lacking(capabilities, Capability.PAY_OUT_OF_BAND)
    if invoice is None:
        yield refusals.no_such("invoice", id, "invoice")
    elif invoice.status == "paid":
        yield invoice_refusals.invoice_already_paid()
    elif invoice.status not in ("open", "uncollectible"):
        yield invoice_refusals.invoice_not_payable(invoice.status)


def _change_obstacles(
    subscription: Subscription, command: ChangePlan, capabilities: Capabilities, terms: Terms
) -> Iterator[Refusal]:
    if subscription.paused is not None:
        yield pause_refusals.is_paused(subscription.id)
    present = {item.id: item for item in subscription.items}
    for place, change in enumerate(command.items):
        if change.id is not None and change.id not in present:
            yield refusals.no_such("subscription item", change.id, f"items[{place}][id]")
        if change.id is None and (change.price is None or change.deleted):
            yield refusals.no_such("price", change.price or "", f"items[{place}][price]")
    parts = parts_after(subscription, command)
    kept = {part.item: part for part in parts if part.item is not None}
    if len(kept) < len(present) or len(parts) > len(kept):
        yield from _lacking(capabilities, Capability.CHANGE_ITEMS)
    if any(part.price != present[id].price for id, part in kept.items()):
        yield from _lacking(capabilities, Capability.CHANGE_PRICE)
    if any(part.quantity != present[id].quantity for id, part in kept.items()):
        yield from _lacking(capabilities, Capability.CHANGE_QUANTITY)
    yield from _proration_obstacles(command.proration_behavior, capabilities)
    if command.when == "period_end":
        yield from _lacking(capabilities, Capability.PUT_OFF)
    sold = {item.price for item in subscription.items}
    yield from part_obstacles(parts, subscription.currency, sold, terms)
    yield from _use_obstacles(parts, capabilities, terms)


def _proration_obstacles(behavior: ProrationBehavior, capabilities: Capabilities) -> Iterator[Refusal]:
    if behavior != "none":
        yield from _lacking(capabilities, Capability.PRORATE)
    if behavior == "always_invoice":
        yield from _lacking(capabilities, Capability.INVOICE_AT_ONCE)


def _creation_obstacles(
    customer: Customer, command: CreateSubscription, capabilities: Capabilities, terms: Terms
) -> Iterator[Refusal]:
    method = command.collection_method
    if method is not None and method not in capabilities.collection_methods:
        available = ", ".join(f"`{each}`" for each in capabilities.collection_methods)
        yield payment_refusals.collection_method_unavailable(method, available)
    if command.billing_mode == "classic":
        yield from _lacking(capabilities, Capability.CLASSIC_BILLING_MODE)
    yield from _due_obstacles(command.days_until_due)
    yield from own_method_obstacles(customer, command.default_payment_method, capabilities)
    if command.days_until_due is not None and collection_of(command, customer, capabilities) != "send_invoice":
        yield card_refusals.due_days_of_charged()
    if command.trial_end is not None or command.trial_days:
        yield from _lacking(capabilities, Capability.TRIALS)
    if (command.anchor, command.anchor_config, command.start) != (None, None, None):
        yield from _lacking(capabilities, Capability.ANCHORS)
    parts = new_parts(command.items)
    first = terms.prices.get(parts[0].price) if parts else None
    currency = starting_currency(command, customer, first) if first else ""
    yield from part_obstacles(parts, currency, frozenset(), terms)
    yield from _use_obstacles(parts, capabilities, terms)


def _use_obstacles(parts: tuple[Part, ...], capabilities: Capabilities, terms: Terms) -> Iterator[Refusal]:
    if any(is_metered(terms.prices[each.price]) for each in parts if each.price in terms.prices):
        yield from _lacking(capabilities, Capability.USAGE)
