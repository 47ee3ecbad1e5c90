"""What becomes of a trial whose plan is changed, said before anything is chosen."""

from frontdesk.book import Subscription
from frontdesk.portal_configuration import PortalConfiguration
from frontdesk_web.formatting import date_long
from frontdesk_web.messages import translate
from frontdesk_web.portal.views import Notice


def trial_notes(subscription: Subscription, configuration: PortalConfiguration, locale: str) -> tuple[Notice, ...]:
    """Whether a change ends the trial or the trial goes on, as the configuration says; nothing where there is none."""
    if subscription.status != "trialing" or subscription.trial_end is None:
        return ()
    until = date_long(subscription.trial_end, locale)
    if configuration.features.subscription_update.trial_update_behavior == "continue_trial":
        text = translate(locale, "Your trial goes on until {date} with the plan that you choose.", date=until)
    else:
        text = translate(
            locale,
            "Your trial runs until {date}. If you change the plan, it ends, and the new plan is billed.",
            date=until,
        )
    return (Notice(tone="info", text=text),)
