"""What went back of an invoice's payments, in the words of its reader."""

from collections.abc import Iterable

from frontdesk.book import Invoice
from frontdesk.refunds import Refund
from frontdesk_web.formatting import date_long, money
from frontdesk_web.messages import translate
from frontdesk_web.portal.views import Total


def refund_totals(invoice: Invoice, locale: str, charge: str | None = None) -> tuple[Total, ...]:
    """What was sent back to the customer, day by day; of one charge, or (None) of all."""
    return tuple(
        Total(label=_label(each, locale), amount=money(each.amount, each.currency, locale))
        for each in sent_back(invoice, charge)
    )


def sent_back(invoice: Invoice, charge: str | None = None) -> Iterable[Refund]:
    """The refunds of one charge or (None) of all, those that the bank returned among them: a letter told of them."""
    return (each for each in invoice.refunds if charge in (None, each.charge))


def _label(refund: Refund, locale: str) -> str:
    day = date_long(refund.created, locale)
    if refund.status == "pending":
        return translate(locale, "Refund on its way since {date}", date=day)
    if refund.status == "failed":
        return translate(locale, "Refund of {date}, returned by the bank", date=day)
    return translate(locale, "Refunded on {date}", date=day)
