"""A change of a plan that waits for its invoice to be paid: until when, and what comes if it is not."""

from frontdesk.book import Account, Invoice, Subscription
from frontdesk_web.formatting import date_time
from frontdesk_web.messages import translate


def waits_words(subscription: Subscription, locale: str) -> str:
    """Until when a change waits for its payment; empty where none does."""
    if subscription.pending is None:
        return ""
    until = date_time(subscription.pending.expires_at, locale)
    return translate(locale, "A change of this plan waits for its payment until {date}.", date=until)


def named_waits_words(subscription: Subscription, name: str, locale: str) -> str:
    """The same where it has to be said which plan it is; empty where none waits."""
    if subscription.pending is None:
        return ""
    until = date_time(subscription.pending.expires_at, locale)
    return translate(locale, "A change of {plan} waits for its payment until {date}.", plan=name, date=until)


def waiting_for(account: Account, invoice: Invoice) -> Subscription | None:
    """The subscription whose change waits for an invoice to be paid."""
    waiting = (each for each in account.subscriptions if each.pending is not None)
    return next((each for each in waiting if each.pending is not None and each.pending.invoice == invoice.id), None)


def unpaid_words(invoice: Invoice, locale: str) -> str:
    """What becomes of a change, and of the invoice that it waits for, where that is not paid in time."""
    if invoice.amount_paid or invoice.amount_credited:
        return translate(
            locale,
            "If it is not paid by then, the change is dropped and your plan stays as it is. What is left of this"
            " invoice is still to be paid.",
        )
    return translate(
        locale,
        "If it is not paid by then, the change is dropped: your plan stays as it is, and this invoice is taken back.",
    )
