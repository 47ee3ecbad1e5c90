"""What is past due, said where somebody is about to order something else."""

from datetime import datetime

from msgspec import Struct

from frontdesk.book import Account
from frontdesk_web.formatting import date_long, money
from frontdesk_web.messages import translate


class LateInvoice(Struct, frozen=True, kw_only=True):
    """An invoice that is past due; `url` is its page, which says how to pay it, where it has one. At `pay_url` it is
    paid by a payment method."""

    sentence: str
    url: str | None
    pay_url: str | None = None


def late_of(account: Account, now: datetime, base: str | None, locale: str) -> tuple[LateInvoice, ...]:
    """The open invoices of an account that are past due, the oldest first. `base` is the portal's path, None where
    invoices have no pages."""
    late = sorted(
        (each.due_date, each.id, each)
        for each in account.invoices
        if each.status == "open" and each.due_date is not None and each.due_date < now
    )
    return tuple(
        LateInvoice(
            sentence=translate(
                locale,
                "Invoice {number} was due on {date}, and {amount} of it is still open. Please pay it first.",
                number=each.number or "",
                date=date_long(due, locale),
                amount=money(each.amount_remaining, each.currency, locale),
            ),
            url=None if base is None else f"{base}/invoices/{id}",
        )
        for due, id, each in late
    )
