"""Months and what they are billed by, in words."""

from collections.abc import Iterable
from datetime import date

from frontdesk_tenants.usage import Usage
from frontdesk_web.formatting import money
from frontdesk_web.messages import translate_plural


def month_name(month: str, locale: str) -> str:
    """`November 2026` for `2026-11`."""
    # Nothing else writes dates by what they consist of, and what does is large.
    from babel.dates import format_skeleton

    year, number = month.split("-")
    return format_skeleton("yMMMM", date(int(year), int(number), 1), locale=locale)


def volume_words(usage: Iterable[Usage], locale: str) -> str:
    """The volume of a month in each of its currencies; empty where there is none."""
    return ", ".join(money(each.volume, each.currency, locale) for each in usage if each.volume)


def invoice_words(usage: Iterable[Usage], locale: str) -> str:
    """How many invoices a month had."""
    return translate_plural(locale, "{number} invoice", "{number} invoices", sum(each.invoices for each in usage))
