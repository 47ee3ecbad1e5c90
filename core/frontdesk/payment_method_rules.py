"""What is possible with payment methods, for anybody; and which one pays."""

from collections.abc import Iterable, Iterator

from frontdesk import card_refusals, invoice_refusals, payment_refusals, refusals
from frontdesk.billing import Capabilities
from frontdesk.book import ENDED, Account, CollectionMethod, Customer, Invoice, Subscription
from frontdesk.commands import CreateSubscription
from frontdesk.errors import Refusal
from frontdesk.payment_method_commands import (
    AttachPaymentMethod,
    ChargeInvoice,
    DetachPaymentMethod,
    PaymentMethodCommand,
    SetDefaultPaymentMethod,
    UpdatePaymentMethod,
)
from frontdesk.payment_methods import MOST_METHODS, PaymentMethod
from frontdesk.test_cards import sandbox_card


def method_of(customer: Customer, id: str | None) -> PaymentMethod | None:
    """The customer's method with this id, or None."""
    return next((each for each in customer.payment_methods if each.id == id), None)


def paying_method(customer: Customer, subscription: Subscription | None) -> PaymentMethod | None:
    """By which method a subscription (None: anything else) is paid: its own, else the customer's default."""
    own = None if subscription is None else method_of(customer, subscription.default_payment_method)
    return own or method_of(customer, customer.default_payment_method)


def needing(account: Account, method: str) -> Subscription | None:
    """A subscription that is charged and would be paid by nothing without this method; None where there is none."""
    customer = account.customer
    for each in charged(account.subscriptions):
        paying = paying_method(customer, each)
        left = {each.default_payment_method, customer.default_payment_method} - {method, None}
        if paying is not None and paying.id == method and not any(method_of(customer, other) for other in left):
            return each
    return None


def method_bars(account: Account | None, command: PaymentMethodCommand, enabled: bool) -> Iterator[Refusal]:
    """Why a customer cannot do this; `enabled` says whether the configuration lets them change their methods.

    What pays for a plan stays until something else does (Stripe's rule, portal_spec.md §C.8).
    """
    if not isinstance(command, AttachPaymentMethod | DetachPaymentMethod | SetDefaultPaymentMethod):
        yield refusals.not_for_customers(type(command).__name__)
    if not enabled:
        yield payment_refusals.payment_methods_disabled()
    if account is None:
        return
    if isinstance(command, DetachPaymentMethod) and needing(account, command.method) is not None:
        yield kept_for_plan(account.customer, command.method)


def kept_for_plan(customer: Customer, id: str) -> Refusal:
    """Why a method that a plan needs is not removed."""
    method = method_of(customer, id)
    is_card = method is None or method.card is not None
    return card_refusals.method_needed(alone=len(customer.payment_methods) < 2, card=is_card)


def charged(subscriptions: Iterable[Subscription]) -> Iterator[Subscription]:
    """Those that are collected by charging a method."""
    return (
        each for each in subscriptions if each.collection_method == "charge_automatically" and each.status not in ENDED
    )


def method_obstacles(account: Account, command: PaymentMethodCommand, capabilities: Capabilities) -> Iterator[Refusal]:
    """Why a command about payment methods cannot be carried out."""
    if not capabilities.charges:
        yield payment_refusals.no_payment_methods()
        return
    customer = account.customer
    match command:
        case AttachPaymentMethod(method=method):
            if method.detached:
                yield card_refusals.method_used_up()
            elif method.customer is not None or method_of(customer, method.id) is not None:
                yield card_refusals.method_attached()
            elif len(customer.payment_methods) >= MOST_METHODS:
                yield card_refusals.too_many_methods(MOST_METHODS)
            elif (card := sandbox_card(method)) is not None and card.refused is not None:
                yield card_refusals.card_refused(card.refused)
        case UpdatePaymentMethod(method=id) | DetachPaymentMethod(method=id):
            if method_of(customer, id) is None:
                yield card_refusals.no_such_method(id)
        case SetDefaultPaymentMethod(method=id, subscription=named):
            if id is not None and method_of(customer, id) is None:
                param = "invoice_settings[default_payment_method]" if named is None else "default_payment_method"
                yield card_refusals.method_of_another(id, param)
            subscription = None if named is None else account.subscription(named)
            if named is not None and (subscription is None or subscription.status in ENDED):
                yield refusals.no_such("subscription", named, "id")


def own_method_obstacles(customer: Customer, id: str | None, capabilities: Capabilities) -> Iterator[Refusal]:
    """Why a new subscription cannot have this method of its own."""
    if id is not None and not capabilities.charges:
        yield payment_refusals.no_payment_methods()
    elif id is not None and method_of(customer, id) is None:
        yield card_refusals.method_of_another(id, "default_payment_method")


def charge_obstacles(account: Account, command: ChargeInvoice, capabilities: Capabilities) -> Iterator[Refusal]:
    """Why an invoice cannot be charged. What the bank says is seen when it is."""
    if not capabilities.charges:
        yield payment_refusals.no_payment_methods()
        return
    invoice = account.invoice(command.invoice)
    if invoice is None:
        yield refusals.no_such("invoice", command.invoice, "invoice")
        return
    if invoice.status == "paid":
        yield invoice_refusals.invoice_already_paid()
    elif invoice.status not in ("open", "uncollectible"):
        yield invoice_refusals.invoice_not_payable(invoice.status)
    if command.passing is not None:
        return
    if command.method is not None and method_of(account.customer, command.method) is None:
        yield card_refusals.method_of_another(command.method, "payment_method")
    elif command.method is None and paying_for(account, invoice) is None:
        yield card_refusals.nothing_to_charge()


def paying_for(account: Account, invoice: Invoice) -> PaymentMethod | None:
    """By which method an invoice is paid unless another one is named."""
    subscription = None if invoice.subscription is None else account.subscription(invoice.subscription)
    return paying_method(account.customer, subscription)


def collection_of(command: CreateSubscription, customer: Customer, capabilities: Capabilities) -> CollectionMethod:
    """How a new subscription is collected. Unsaid, it is charged where there is something to charge."""
    if command.collection_method is not None:
        return command.collection_method
    method = command.default_payment_method or customer.default_payment_method
    waits = command.payment == "default_incomplete"
    if capabilities.charges and command.days_until_due is None and (method is not None or waits):
        return "charge_automatically"
    return capabilities.collection_methods[0]
