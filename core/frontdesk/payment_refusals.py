"""Refusals about payments that came in, and about ways to pay that there are not."""

from msgspec.structs import replace

from frontdesk.errors import Refusal
from frontdesk.invoice_refusals import not_for_invoice


def flow_needs_payment_methods() -> Refusal:
    """The backend collects by invoice: there is nothing that a payment could be taken from."""
    return Refusal(
        code="flow_needs_payment_methods",
        for_customer="You pay by invoice, so there is no payment method to change. How to pay is on each invoice.",
        for_tenant="The flow `payment_method_update` is not supported: the billing backend collects by invoice and"
        " stores no payment methods.",
        param="flow_data[type]",
    )


def payment_reversed() -> Refusal:
    """A payment is undone once."""
    return not_for_invoice("payment_reversed", "This payment was reversed already.", "payment")


def paid_as_a_whole() -> Refusal:
    """The backend records that what is left was paid, or nothing."""
    return not_for_invoice(
        "paid_as_a_whole", "The billing backend records an invoice as paid as a whole: enter what is open.", "amount"
    )


def payment_amount(maximum: int) -> Refusal:
    """What came in is more than nothing."""
    return replace(
        not_for_invoice("payment_amount", "The amount must be from 1 to {maximum}.", "amount"),
        parameters={"maximum": maximum},
    )


def payment_day() -> Refusal:
    """Nothing comes in tomorrow."""
    return not_for_invoice(
        "payment_day", "The day of a payment must not lie in the future, nor before 2000.", "received"
    )


def collection_method_unavailable(method: str, available: str) -> Refusal:
    """The backend does not collect in this way."""
    return Refusal(
        code="collection_method_unavailable",
        for_customer="This way of paying is not available. Please contact us.",
        for_tenant="The billing backend does not support `collection_method={method}`. Leave it out, or use"
        " {available}.",
        parameters={"method": method, "available": available},
        param="collection_method",
    )


def paid_by_transfer() -> Refusal:
    """There is nothing to pay with on the page: what is owed comes by bank transfer."""
    return Refusal(
        code="paid_by_transfer",
        for_customer="Invoices are paid by bank transfer. Each one says how.",
        for_tenant="The billing backend collects by invoice: customers pay by bank transfer, and staff or your program"
        " record the payment.",
    )


def no_payment_methods() -> Refusal:
    """The backend keeps none."""
    return Refusal(
        code="no_payment_methods",
        for_customer="You pay by invoice, so there is no payment method to look after.",
        for_tenant="The billing backend collects by invoice and keeps no payment methods.",
    )


def payment_methods_disabled() -> Refusal:
    """The feature is off."""
    return Refusal(
        code="payment_method_update_disabled",
        for_customer="Your payment methods cannot be changed online. Please contact us.",
        for_tenant="Payment methods cannot be changed because the payment method update feature in the portal"
        " configuration is disabled.",
    )
