"""The words of an invoice's or a quote's line, the same on pages, in letters, on documents and in the API."""

from decimal import Decimal

from frontdesk.book import Line
from frontdesk_web.formatting import date_range, money, price_phrase, unit_price
from frontdesk_web.messages import translate


def describe(line: Line, locale: str) -> str:
    """What a line bills: `Team`, `Unused time on Team`, `Remaining time on Team`, or what the tenant wrote."""
    if line.description:
        return line.description
    match line.kind:
        case "unused_time":
            return translate(locale, "Unused time on {plan}", plan=line.product_name)
        case "remaining_time":
            return translate(locale, "Remaining time on {plan}", plan=line.product_name)
    return line.product_name


def describe_unit(line: Line, locale: str) -> str:
    """How the amount comes about: `10 × €12.00 per seat`; empty where no unit price is known."""
    if line.unit_amount is None:
        return ""
    price = unit_price(Decimal(line.unit_amount), line.currency, locale)
    return price_phrase(price, line.unit_label, locale, line.quantity)


def describe_period(line: Line, locale: str) -> str:
    """For when a line bills: `1 Nov 2026 – 1 Dec 2026`; empty for a moment."""
    return "" if line.start == line.end else date_range(line.start, line.end, locale)


def describe_amount(line: Line, locale: str) -> str:
    """A line's amount with its sign."""
    return money(line.amount, line.currency, locale)
