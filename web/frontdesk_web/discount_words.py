"""Discounts in the words of their reader: what they are called on bills, and how long somebody has them."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from functools import lru_cache

from frontdesk.book import Customer, Line, Subscription
from frontdesk.coupons import Discount, LineDiscount
from frontdesk.discounts import by_discount, of_subscription
from frontdesk_web.formatting import date_long, money
from frontdesk_web.locale_data import locale_data
from frontdesk_web.messages import translate
from frontdesk_web.portal.views import Total


@lru_cache(maxsize=256)
def percent(value: Decimal, locale: str) -> str:
    """`25%`, in German `25 %`; decimals as far as there are any."""
    data = locale_data(locale)
    before, after = data.around_percent
    digits = f"{value.normalize():f}".replace(".", data.decimal)
    return f"{before}{digits}{after}"


def line_discount_name(taken: LineDiscount, locale: str) -> str:
    """`Spring (25% off)`, `25% off`, `Spring`, or what the customer typed."""
    name = taken.name or taken.code or ""
    if taken.percent_off is None:
        return name or translate(locale, "Discount")
    off = translate(locale, "{worth} off", worth=percent(taken.percent_off, locale))
    return f"{name} ({off})" if name else off


def discount_totals(lines: Sequence[Line], currency: str, locale: str) -> tuple[Total, ...]:
    """The sum before discounts and what each took, for above a total; nothing where there are none."""
    taken = by_discount(lines, prorations=True)
    if not taken:
        return ()
    before = sum(each.before_discounts for each in lines)
    return (
        Total(label=translate(locale, "Subtotal"), amount=money(before, currency, locale)),
        *(
            Total(label=line_discount_name(each, locale), amount=money(-each.amount, currency, locale))
            for each in taken
        ),
    )


def held_phrases(customer: Customer, subscription: Subscription, at: datetime, locale: str) -> tuple[str, ...]:
    """What discounts the next bills of a subscription have: `25% off until 30 April 2027`."""
    held = of_subscription(customer, subscription, at)
    return tuple(held_phrase(each, subscription.currency, locale) for each in held)


def held_phrase(discount: Discount, currency: str, locale: str) -> str:
    """What a discount takes off, and for how long."""
    worth = worth_phrase(discount.percent_off, discount.amounts_off.get(currency, 0), currency, locale)
    if discount.duration == "once":
        return translate(locale, "{worth} off your next invoice", worth=worth)
    if discount.end is not None:
        return translate(locale, "{worth} off until {date}", worth=worth, date=date_long(discount.end, locale))
    return translate(locale, "{worth} off", worth=worth)


def worth_phrase(percent_off: Decimal | None, amount_off: int, currency: str, locale: str) -> str:
    """`25%` or `€5.00`."""
    return money(amount_off, currency, locale) if percent_off is None else percent(percent_off, locale)
