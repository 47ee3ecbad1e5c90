"""The words of an invoice's or a quote's line, the same on pages, in letters, on documents and in the API."""

from frontdesk.book import Line
from frontdesk_web.formatting import date_range, money
from frontdesk_web.messages import translate
from frontdesk_web.price_words import many, rate_words


def describe(line: Line, locale: str) -> str:
    """What a line bills: `Team`, `Unused time on Team`, `Remaining time on Team`, or what the tenant wrote."""
    if line.description:
        return line.description
    match line.kind:
        case "unused_time":
            return translate(locale, "Unused time on {plan}", plan=line.product_name)
        case "remaining_time":
            return translate(locale, "Remaining time on {plan}", plan=line.product_name)
        case "trial":
            return translate(locale, "Trial period for {plan}", plan=line.product_name)
        case "charge" if line.partial:
            return translate(locale, "{plan}, part of a period", plan=line.product_name)
    return line.product_name or translate(locale, "Item")


def describe_unit(line: Line, locale: str) -> str:
    """How the amount comes about: `10 × €12.00 per seat`, `12 seats` in tiers; empty where no price is known."""
    if line.unit_amount is None:
        # A price with tiers has no amount of its own for each unit.
        return "" if line.price is None else many(line.quantity, line.unit_label, locale)
    return rate_words(line.unit_amount, line.currency, line.unit_label, line.quantity, line.package, locale)


def describe_period(line: Line, locale: str) -> str:
    """For when a line bills: `1 Nov 2026 – 1 Dec 2026`; empty for a moment."""
    return "" if line.start == line.end else date_range(line.start, line.end, locale)


def describe_amount(line: Line, locale: str) -> str:
    """A line's amount with its sign, before discounts: those stand among the sums."""
    return money(line.before_discounts, line.currency, locale)
