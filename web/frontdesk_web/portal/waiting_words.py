"""What waits until a remote backend answers again, and what it refused then, in a customer's words."""

from msgspec import Struct

from frontdesk.book import Account, Terms
from frontdesk.commands import (
    AccountCommand,
    CancelSubscription,
    ExplainCancellation,
    KeepSubscription,
    UpdateBillingDetails,
)
from frontdesk.waiting import RefusedAct
from frontdesk_tenants.home_reads import HomeFacts, SideFacts
from frontdesk_web.formatting import date_long
from frontdesk_web.messages import translate
from frontdesk_web.portal.subscription_cards import sentence_of, subscription_name


def waiting_sentences(facts: HomeFacts, side: SideFacts, locale: str) -> tuple[str, ...]:
    """Each act that waits, once."""
    if not facts.waiting:
        return ()
    account, terms = facts.account, facts.terms(side)
    found = (_sentence(each.command, account, terms, locale) for each in facts.waiting)
    return tuple(dict.fromkeys(each for each in found if each))


class RefusedWords(Struct, frozen=True, kw_only=True):
    """What could not be done, why, and what that means."""

    title: str
    sentences: tuple[str, ...]


def refused_words(
    act: RefusedAct, account: Account, terms: Terms, support_email: str | None, locale: str
) -> RefusedWords:
    """An act that waited and was refused: on a page and in a letter it is said in the same words."""
    reason = sentence_of(act.refusal, locale)
    if isinstance(act.command, UpdateBillingDetails):
        # Of several details some may have been taken before one was refused.
        left = translate(locale, "Nothing was charged. Your billing page shows the details that count now.")
    else:
        left = translate(locale, "Nothing was charged, and nothing was changed.")
    asked = translate(
        locale,
        "You asked for it on {date}, while our billing system did not answer. Now it was refused.",
        date=date_long(act.asked.date(), locale),
    )
    ways = [translate(locale, "You can try it again at any time.")]
    if support_email is not None:
        ways.append(translate(locale, "If you have questions, write to {email}.", email=support_email))
    title = _failed(act.command, account, terms, locale)
    return RefusedWords(title=title, sentences=(asked, reason, left, *ways))


def _failed(command: AccountCommand, account: Account, terms: Terms, locale: str) -> str:
    found = account.subscription(getattr(command, "subscription", ""))
    plan = "" if found is None else subscription_name(found, terms)
    match command:
        case KeepSubscription() if plan:
            return translate(locale, "We could not take back the cancellation of {plan}", plan=plan)
        case KeepSubscription():
            return translate(locale, "We could not take back your cancellation")
        case CancelSubscription() if plan:
            return translate(locale, "We could not cancel {plan}", plan=plan)
        case CancelSubscription():
            return translate(locale, "We could not cancel your plan")
        case UpdateBillingDetails():
            return translate(locale, "We could not change your billing details")
    return translate(locale, "We could not do what you asked for")


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
