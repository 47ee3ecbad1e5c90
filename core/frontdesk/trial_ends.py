"""What becomes of a trial that ends where nobody has named a payment method (Stripe's `missing_payment_method`)."""

from typing import Literal

from frontdesk.book import Customer, Subscription
from frontdesk.payment_method_rules import paying_method

WithoutInvoice = Literal["cancel", "pause"]


def without_invoice(customer: Customer, subscription: Subscription) -> WithoutInvoice | None:
    """How a trial ends as things stand, where no invoice comes of it: the plan ends with it, or rests from then on.

    None where one comes, or where there is no trial. Only what is charged by itself needs a method, as in Stripe.
    """
    asked = subscription.without_method
    if (
        asked == "create_invoice"
        or subscription.status != "trialing"
        or subscription.collection_method != "charge_automatically"
        or paying_method(customer, subscription) is not None
    ):
        return None
    return asked


def rests_after_trial(subscription: Subscription) -> bool:
    """Whether a subscription rests because its trial ended so: it goes on as soon as there is something to charge and
    somebody resumes it."""
    return (
        subscription.paused is not None
        and subscription.without_method == "pause"
        and subscription.paused.since == subscription.trial_end
    )
