"""What the page of an invoice says of its reminders: which went out, and which comes."""

from msgspec import Struct

from frontdesk.book import BillingSettings, Customer, Invoice
from frontdesk.lateness import is_awaited
from frontdesk.reminders import Reminder, leaves_out, next_reminder
from frontdesk_web.dashboard.customers.places import customers_path
from frontdesk_web.dashboard.visit import StaffVisit
from frontdesk_web.formatting import date_long
from frontdesk_web.messages import translate
from frontdesk_web.reminder_words import NAMES


class RemindersSection(Struct, frozen=True, kw_only=True):
    """What the page of an invoice says of its reminders. Ways that are None are not open, or not needed."""

    sent: tuple[str, ...]
    coming: str
    left_out: bool
    remind_url: str | None
    leave_out_action: str | None


def reminders_section(
    invoice: Invoice,
    owner: Customer,
    sent: tuple[Reminder, ...],
    settings: BillingSettings,
    visit: StaffVisit,
    *,
    bills: bool,
) -> RemindersSection | None:
    """What went out and what comes; None where nothing is awaited and nothing was ever sent."""
    awaited = is_awaited(invoice)
    if not (awaited or sent):
        return None
    locale, left_out = visit.locale, leaves_out(owner.metadata)
    path = customers_path(visit, owner.id, "invoices", invoice.id)
    coming = ""
    if awaited and invoice.due_date is not None:
        following = next_reminder(invoice.due_date, sent, settings.reminders)
        if left_out:
            coming = translate(locale, "This customer is left out: nothing goes by itself.")
        elif not owner.email:
            coming = translate(locale, "Nothing can go: this customer has no e-mail address.")
        elif following is None:
            coming = translate(locale, "No further reminder goes by itself.")
        else:
            coming = translate(
                locale,
                "Next, if it stays unpaid: {name}, on {date}.",
                name=translate(locale, NAMES[following.stage]),
                date=date_long(following.at, locale),
            )
    return RemindersSection(
        sent=tuple(
            translate(
                locale,
                "{name}, sent on {date}" if not each.by else "{name}, sent by hand on {date}",
                name=translate(locale, NAMES[each.stage]),
                date=date_long(each.created, locale),
            )
            for each in sent
        ),
        coming=coming,
        left_out=left_out,
        remind_url=f"{path}/remind" if bills and awaited and owner.email else None,
        leave_out_action=f"{path}/reminders" if bills and awaited else None,
    )
