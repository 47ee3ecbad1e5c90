"""What stands on top of a customer's page: what was done just now, and what wants attention."""

from frontdesk_tenants.customer_reads import CustomerFacts
from frontdesk_tenants.mail_log import LoggedLetter
from frontdesk_web.dashboard.visit import StaffVisit
from frontdesk_web.messages import _, translate
from frontdesk_web.portal.views import Notice

_DONE = {
    "created": _("The customer was created. Next: start a plan, or send them the link to the portal."),
    "saved": _("The details were saved. They appear on the next invoices; those issued already stay as they are."),
    "address": _("The address was changed. From now on they sign in with the new one, and all their sessions ended."),
    "metadata": _("The metadata was saved."),
    "sent": _("The link is on its way. What became of it is shown under “E-mails”."),
    "ended": _("All sessions ended at once."),
    "forgotten": _("The wrong codes are forgotten. The customer can ask for a new code."),
    "started": _("The plan has started. The customer gets the invoice by e-mail."),
    "changed": _("The plan was changed as you confirmed it. The customer gets an e-mail about it."),
    "cancelled": _("The plan was cancelled as you confirmed it. The customer gets an e-mail about it."),
    "kept": _("The cancellation was taken back. The plan goes on."),
    "paused": _("The plan is paused. Nothing is billed until it goes on."),
    "resumed": _("The plan goes on. What is billed for it stands below."),
    "trusted": _("Codes may be texted to the phone number now."),
    "undone": _("The change was taken back. The plan stays as it is."),
    "paid": _("The invoice is marked as paid."),
    "payment": _("The payment is recorded."),
    "reversed": _("The payment is reversed. What is missing is open again."),
    "refunded": _("The refund is on its way to the card. The invoice stays paid."),
    "credited": _("The credit note is issued."),
    "credit-void": _("The credit note is void. What it had lowered is open again."),
    "drafted": _("This is a draft: nobody has seen it yet. Add lines, or issue it."),
    "line": _("The line was added."),
    "discount": _("The coupon takes off its part of this invoice."),
    "discount-gone": _("The discount was taken off this invoice."),
    "issued": _("The invoice is issued."),
    "issued-sent": _("The invoice is issued and on its way by e-mail."),
    "dropped": _("The draft was deleted."),
    "reminded": _("The reminder is on its way."),
    "reminders-off": _("This customer gets no reminders by themselves any more."),
    "reminders-on": _("This customer is reminded again."),
    "void": _("The invoice is void. Nothing is to be paid for it any more."),
    "uncollectible": _("The invoice is marked as uncollectible. It no longer counts as late."),
    "discounted": _("The coupon was applied. It counts from the next invoice on."),
    "undiscounted": _("The discount was taken away. The next invoice is without it."),
    "tax-id": _("The tax id was added. New invoices say it."),
    "tax-id-gone": _("The tax id was removed. Issued invoices keep it."),
    "tax-id-confirmed": _("The tax id is confirmed by hand."),
    "asked": _("The billing backend was asked again. This is what it says now."),
    "noted": _("Noted. It is done as soon as the billing backend answers again."),
    "closed": _("The account was closed. Its invoices stay."),
}
_UNHEARD = _(
    "The billing backend did not answer in time. What you see is what was known before; try again in a moment."
)


def done_notice(done: str, locale: str) -> Notice | None:
    """What was done just now, None for nothing that is known."""
    if done == "unheard":
        return Notice(tone="warning", text=translate(locale, _UNHEARD))
    return Notice(tone="success", text=translate(locale, _DONE[done])) if done in _DONE else None


def notices(facts: CustomerFacts, newest: LoggedLetter | None, visit: StaffVisit, done: str) -> tuple[Notice, ...]:
    """The notices, what was done first. `newest` is the newest letter to the address with a known outcome."""
    locale = visit.locale
    said = done_notice(done, locale)
    found = [] if said is None else [said]
    if facts.customer.deleted:
        text = translate(
            locale, "This account is closed: nobody can sign in to it, and nothing is billed. Its invoices stay."
        )
        found.append(Notice(tone="info", text=text))
    elif newest is not None and newest.outcome == "bounced":
        title = translate(locale, "E-mails to {address} bounce", address=newest.to)
        text = translate(
            locale,
            "The mail server there said: “{answer}”. Until the address is corrected, codes and invoices do not arrive.",
            answer=newest.detail,
        )
        found.append(Notice(tone="danger", title=title, text=text))
    return tuple(found)
