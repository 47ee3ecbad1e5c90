"""What waits until a remote backend answers again, in a customer's words."""

from frontdesk.book import Account, Terms
from frontdesk.commands import (
    AccountCommand,
    CancelSubscription,
    ExplainCancellation,
    KeepSubscription,
    UpdateBillingDetails,
)
from frontdesk_tenants.home_reads import HomeFacts, SideFacts
from frontdesk_web.messages import translate
from frontdesk_web.portal.subscription_cards import subscription_name


def waiting_sentences(facts: HomeFacts, side: SideFacts, locale: str) -> tuple[str, ...]:
    """Each act that waits, once."""
    account, terms = facts.account, facts.terms(side)
    found = (_sentence(each.command, account, terms, locale) for each in facts.waiting)
    return tuple(dict.fromkeys(each for each in found if each))


def _sentence(command: AccountCommand, account: Account, terms: Terms, locale: str) -> str:
    match command:
        case KeepSubscription(subscription=id):
            return translate(locale, "{plan} goes on as before", plan=_name(account, id, terms, locale))
        case CancelSubscription(subscription=id):
            return translate(locale, "{plan} ends at the end of its period", plan=_name(account, id, terms, locale))
        case UpdateBillingDetails():
            return translate(locale, "Your billing details are changed")
        case ExplainCancellation():
            return translate(locale, "We read why you cancelled")
    return ""


def _name(account: Account, id: str, terms: Terms, locale: str) -> str:
    found = account.subscription(id)
    return translate(locale, "Plan") if found is None else subscription_name(found, terms)
