"""What becomes of a trial: as its plan is changed, and as it ends where there is nothing to charge."""

from msgspec import Struct

from frontdesk.book import Customer, Subscription
from frontdesk.payment_method_rules import paying_method
from frontdesk.portal_configuration import PortalConfiguration
from frontdesk.trial_ends import rests_after_trial, without_invoice
from frontdesk_web.formatting import date_long
from frontdesk_web.messages import _, translate
from frontdesk_web.portal.views import Notice


class NoMethod(Struct, frozen=True):
    """That nobody has named a method to pay a plan by, and what comes of it. `path` is where that is done, below the
    portal's, and `way` what that link says; both empty where customers do not do it."""

    sentence: str
    path: str = ""
    way: str = ""


_ADDED = {
    "cancel": _("Your plan ends on {date}, unless you add a payment method before that day."),
    "pause": _("Your plan is paused on {date}, unless you add a payment method before that day."),
    "rests": _(
        "Your trial ended on {date} without a payment method, so your plan is paused. Add one to go on with it."
    ),
}
_CHOSEN = {
    "cancel": _("Your plan ends on {date}, unless you choose a payment method before that day."),
    "pause": _("Your plan is paused on {date}, unless you choose a payment method before that day."),
    "rests": _(
        "Your trial ended on {date} without a payment method, so your plan is paused. Choose one to go on with it."
    ),
}
_ALONE = {
    "cancel": _("Your plan ends on {date}, as there is no payment method."),
    "pause": _("Your plan is paused on {date}, as there is no payment method."),
    "rests": _("Your trial ended on {date} without a payment method, so your plan is paused."),
}


def no_method_words(customer: Customer, subscription: Subscription, locale: str, *, can_add: bool) -> NoMethod | None:
    """What to do before a trial ends without anything to charge, or after it ended so; None where all is well.

    `can_add` says that customers add payment methods themselves.
    """
    comes: str | None = without_invoice(customer, subscription)
    if comes is None and rests_after_trial(subscription) and paying_method(customer, subscription) is None:
        comes = "rests"
    ends = subscription.trial_end
    if comes is None or ends is None:
        return None
    date = date_long(ends, locale)
    if not can_add:
        return NoMethod(translate(locale, _ALONE[comes], date=date))
    if customer.payment_methods:
        way = translate(locale, "Choose a payment method")
        return NoMethod(translate(locale, _CHOSEN[comes], date=date), "/payment-methods", way)
    way = translate(locale, "Add a payment method")
    return NoMethod(translate(locale, _ADDED[comes], date=date), "/payment-methods/add", way)


def trial_goes_on(subscription: Subscription, until: str, locale: str, *, billed: bool) -> str:
    """What a change says of a trial that goes on `until` a day. `billed` says whether an invoice comes after it."""
    if billed:
        return translate(locale, "Your trial goes on until {date}. Nothing is due before that.", date=until)
    if subscription.without_method == "pause":
        return translate(
            locale, "Your trial goes on until {date}. Without a payment method your plan is paused then.", date=until
        )
    return translate(
        locale, "Your trial goes on until {date}. Without a payment method your plan ends then.", date=until
    )


def trial_notes(
    customer: Customer, subscription: Subscription, configuration: PortalConfiguration, locale: str
) -> tuple[Notice, ...]:
    """Whether a change ends the trial or the trial goes on, as the configuration says; nothing where there is none."""
    if subscription.status != "trialing" or subscription.trial_end is None:
        return ()
    until = date_long(subscription.trial_end, locale)
    if configuration.features.subscription_update.trial_update_behavior == "continue_trial":
        text = translate(locale, "Your trial goes on until {date} with the plan that you choose.", date=until)
        can_add = configuration.features.payment_method_update.enabled
        missing = no_method_words(customer, subscription, locale, can_add=can_add)
        if missing is not None:
            text = f"{text} {missing.sentence}"
    else:
        text = translate(
            locale,
            "Your trial runs until {date}. If you change the plan, it ends, and the new plan is billed.",
            date=until,
        )
    return (Notice(tone="info", text=text),)
