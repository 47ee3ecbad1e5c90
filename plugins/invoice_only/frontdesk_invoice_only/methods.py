"""Payment methods that customers have, and which of them pays."""

from msgspec import UNSET
from msgspec.structs import replace

from frontdesk.catalogue import merge_metadata
from frontdesk.events import CustomerUpdated, PaymentMethodChanged, SubscriptionUpdated
from frontdesk.payment_method_commands import (
    AttachPaymentMethod,
    DetachPaymentMethod,
    SetDefaultPaymentMethod,
    UpdatePaymentMethod,
)
from frontdesk.payment_methods import PaymentMethod
from frontdesk_invoice_only.page import Page


def attach(page: Page, command: AttachPaymentMethod) -> None:
    """Keep a method."""
    customer = page.customer
    method = replace(command.method, customer=customer.id)
    page.save_customer(replace(customer, payment_methods=(*customer.payment_methods, method)))
    page.tell(PaymentMethodChanged(customer=customer.id, method=method.id, at=page.now, what="attached"))
    if command.default:
        set_default(page, SetDefaultPaymentMethod(method=method.id))


def update_method(page: Page, command: UpdatePaymentMethod) -> None:
    """Change what is noted of a method."""
    before = _method(page, command.method)
    card = before.card
    if card is not None:
        card = replace(
            card,
            exp_month=card.exp_month if command.exp_month is UNSET else command.exp_month,
            exp_year=card.exp_year if command.exp_year is UNSET else command.exp_year,
        )
    after = replace(
        before,
        card=card,
        holder=before.holder if command.holder is UNSET else command.holder,
        metadata=merge_metadata(before.metadata, command.metadata),
        set_up=before.set_up if command.set_up is UNSET else command.set_up,
    )
    if after != before:
        methods = tuple(after if each.id == after.id else each for each in page.customer.payment_methods)
        page.save_customer(replace(page.customer, payment_methods=methods))
        page.tell(PaymentMethodChanged(customer=page.customer.id, method=after.id, at=page.now, what="changed"))


def detach(page: Page, command: DetachPaymentMethod) -> None:
    """Let a method go, and be nobody's default."""
    gone = _method(page, command.method)
    for subscription in tuple(page.live()):
        if subscription.default_payment_method == gone.id:
            set_default(page, SetDefaultPaymentMethod(method=None, subscription=subscription.id))
    if page.customer.default_payment_method == gone.id:
        set_default(page, SetDefaultPaymentMethod(method=None))
    left = tuple(each for each in page.customer.payment_methods if each.id != gone.id)
    page.save_customer(replace(page.customer, payment_methods=left))
    page.tell(PaymentMethodChanged(customer=page.customer.id, method=gone.id, at=page.now, what="detached"))


def set_default(page: Page, command: SetDefaultPaymentMethod) -> None:
    """Say by which method the customer, or a subscription, pays. Nothing is said if it does already."""
    fields = ("default_payment_method",)
    if command.subscription is None:
        if page.customer.default_payment_method != command.method:
            page.save_customer(replace(page.customer, default_payment_method=command.method))
            page.tell(CustomerUpdated(customer=page.customer.id, at=page.now, fields=fields))
        return
    subscription = page.live_subscription(command.subscription)
    if subscription.default_payment_method != command.method:
        page.save_subscription(replace(subscription, default_payment_method=command.method))
        page.tell(
            SubscriptionUpdated(customer=page.customer.id, subscription=subscription.id, at=page.now, fields=fields)
        )


def _method(page: Page, id: str) -> PaymentMethod:
    return next(each for each in page.customer.payment_methods if each.id == id)
