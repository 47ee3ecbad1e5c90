"""Refusals about payment methods and about charging them: what is no method, what a bank says, what must be paid."""

from frontdesk.errors import Refusal
from frontdesk.sentences import _
from frontdesk.test_cards import Decline


def no_such_method(id: str) -> Refusal:
    """No method with this id that is the customer's. Stripe's sentence."""
    return Refusal(
        code="no_such_payment_method",
        for_customer="We cannot find this payment method any more. It may have been removed.",
        for_tenant="No such PaymentMethod: '{id}'",
        parameters={"id": id},
        api_code="resource_missing",
        missing=True,
    )


def method_of_another(id: str, param: str) -> Refusal:
    """Only what is attached to a customer pays for them. Stripe's sentence."""
    return Refusal(
        code="payment_method_not_attached",
        for_customer="We cannot find this payment method any more. It may have been removed.",
        for_tenant="The customer does not have a payment method with the ID {id}. The payment method must be attached"
        " to the customer.",
        parameters={"id": id},
        param=param,
        api_code="resource_missing",
    )


def method_attached() -> Refusal:
    """A method is somebody's for good. Stripe's sentence."""
    return Refusal(
        code="payment_method_attached",
        for_customer="This payment method is in use already. Add another one.",
        for_tenant="The payment method you provided has already been attached to a customer.",
        param="payment_method",
    )


def method_used_up() -> Refusal:
    """A detached method never comes back. Stripe's sentence."""
    return Refusal(
        code="payment_method_detached",
        for_customer="This payment method was removed. Add it anew.",
        for_tenant="This PaymentMethod was previously used without being attached to a Customer or was detached from a"
        " Customer, and may not be used again.",
        param="payment_method",
    )


def method_needed(*, alone: bool, card: bool = True) -> Refusal:
    """What pays for a plan stays until something else does. `alone`: it is the only one."""
    if card:
        alone_words = _("This card pays for your plan. Add another one before you remove it.")
        words = _("This card pays for your plan. Make another one the default before you remove it.")
    else:
        alone_words = _("Your plan is paid this way. Add another payment method before you remove this one.")
        words = _("Your plan is paid this way. Make another payment method the default before you remove this one.")
    return Refusal(
        code="payment_method_needed",
        for_customer=alone_words if alone else words,
        for_tenant="Customers cannot remove a payment method that a subscription of theirs is charged by.",
    )


def nothing_to_charge() -> Refusal:
    """There is no method that could be charged. Stripe's sentence, with the address left out."""
    return Refusal(
        code="nothing_to_charge",
        for_customer="There is no payment method yet. Add one first.",
        for_tenant="This customer has no attached payment source or default payment method. Please consider adding a"
        " default payment method.",
        api_code="resource_missing",
    )


def first_payment_missing(subscription: str) -> Refusal:
    """A subscription whose first invoice is unpaid has not begun: it is paid, or cancelled."""
    return Refusal(
        code="subscription_incomplete",
        for_customer="This plan begins once its first invoice is paid. Pay that first.",
        for_tenant="The subscription `{subscription}` is incomplete: its first invoice must be paid before it can be"
        " changed.",
        parameters={"subscription": subscription},
    )


def charge_not_reversed() -> Refusal:
    """What was charged goes back by a refund, not by being called none."""
    return Refusal(
        code="charge_not_reversed",
        for_customer="This change cannot be made.",
        for_tenant="The payment was charged to a payment method, so it cannot be reversed. Refund it instead.",
        param="payment",
    )


def due_days_of_charged() -> Refusal:
    """What is charged is due at once. Stripe's sentence."""
    return Refusal(
        code="days_until_due_of_charged",
        for_customer="This change cannot be made.",
        for_tenant="You can only set `days_until_due` if the subscription's `collection_method` is `send_invoice`.",
        param="days_until_due",
    )


def too_many_methods(maximum: int) -> Refusal:
    """A customer has had enough of them."""
    return Refusal(
        code="too_many_payment_methods",
        for_customer="You cannot add further payment methods. Remove one that you no longer need first.",
        for_tenant="A customer can have at most {maximum} payment methods.",
        parameters={"maximum": maximum},
        api_code="customer_max_payment_methods",
    )


def card_refused(decline: Decline) -> Refusal:
    """What a bank said to a card. The sentence is Stripe's; nothing changed."""
    return Refusal(
        code=decline.code,
        for_customer=_CUSTOMERS_WORDS.get(decline.decline_code, _DECLINED),
        for_tenant=decline.sentence,
        api_code=decline.code,
        decline_code=decline.decline_code,
    )


_DECLINED = _("The bank declined this card. Use another one, or ask your bank why.")
_CUSTOMERS_WORDS = {
    "insufficient_funds": _("There is not enough money on this card for the payment. Use another one."),
    "expired_card": _("This card has expired. Use another one."),
    "incorrect_cvc": _("The security code of this card is not right. Use another one."),
    "processing_error": _("The bank could not process this card just now. Try again in a moment."),
    "authentication_required": _("Your bank wants you to confirm this payment first."),
}
