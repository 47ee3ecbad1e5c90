"""The words of a price, whatever its scheme: the same on the portal, the dashboard, letters and documents."""

from decimal import Decimal
from functools import lru_cache

from msgspec import Struct

from frontdesk.book import Price, Recurring, Tier
from frontdesk.pricing import is_metered
from frontdesk_web.formatting import interval_phrase, listed, number, price_phrase, unit_price
from frontdesk_web.messages import translate, translate_plural

REMEMBERED = 4096
"""Phrases of prices that a process keeps: a tenant's customers share few of them."""


class PriceWords(Struct, frozen=True, kw_only=True):
    """`€12.00` and `per seat`; `€4.00` and `per 10 seats, rounded up`; `from €7.00` and `per seat`."""

    amount: str
    unit: str = ""

    @property
    def together(self) -> str:
        """Both as one phrase."""
        return f"{self.amount} {self.unit}" if self.unit else self.amount


def price_words(price: Price, unit_label: str | None, locale: str) -> PriceWords:
    """What one unit costs, or where it begins. `price` is in the currency that it is shown in."""
    if price.billing_scheme == "tiered":
        return _beginning(price.tiers[0], price.currency, unit_label, locale)
    amount = unit_price(price.unit_amount or Decimal(0), price.currency, locale)
    transform = price.transform_quantity
    if transform is not None and transform.divide_by > 1:
        return PriceWords(amount=amount, unit=package_words(transform.divide_by, transform.round, unit_label, locale))
    return PriceWords(amount=amount, unit=_per(unit_label, locale))


def price_sentence(price: Price, unit_label: str | None, locale: str) -> str:
    """`€12.00 per seat, per month`, `from €7.00 per seat, per month`, `€49.00 per month`, `€49.00 once`."""
    words = price_words(price, unit_label, locale)
    period = rhythm_words(price, locale)
    return listed((words.together, period), locale) if words.unit else f"{words.amount} {period}"


def period_words(recurring: Recurring | None, locale: str) -> str:
    """`per month`, `every 3 months`, `once`."""
    if recurring is None:
        return translate(locale, "once")
    return interval_phrase(recurring.interval, recurring.interval_count, locale)


def rhythm_words(price: Price, locale: str) -> str:
    """`per month`, `once`; `by use, per month` for what is billed by use."""
    period = period_words(price.recurring, locale)
    return translate(locale, "by use, {period}", period=period) if is_metered(price) else period


def quantity_words(price: Price, quantity: int, unit_label: str | None, locale: str) -> str:
    """`10 × €12.00 per seat`; where units cost differently only how many they are: `12 seats`.

    `price` is in the currency that it is shown in.
    """
    if is_metered(price):
        return translate(locale, "{price}, by use", price=price_words(price, unit_label, locale).together)
    if price.billing_scheme == "tiered":
        return many(quantity, unit_label, locale)
    return rate_words(
        price.unit_amount or Decimal(0),
        price.currency,
        unit_label,
        quantity,
        1 if price.transform_quantity is None else price.transform_quantity.divide_by,
        locale,
    )


@lru_cache(maxsize=REMEMBERED)
def rate_words(
    unit_amount: Decimal, currency: str, unit_label: str | None, quantity: int, package: int, locale: str
) -> str:
    """`10 × €12.00 per seat`, `21 seats, €4.00 per 10 seats`. `package` is how many units the amount buys."""
    each = unit_price(unit_amount, currency, locale)
    if package == 1:
        return price_phrase(each, unit_label, locale, quantity)
    return translate(
        locale,
        "{quantity}, {price} per {package}",
        quantity=many(quantity, unit_label, locale),
        price=each,
        package=many(package, unit_label, locale),
    )


def package_words(size: int, rounded: str, unit_label: str | None, locale: str) -> str:
    """`per 10 seats, rounded up`."""
    package = many(size, unit_label, locale)
    if rounded == "up":
        return translate(locale, "per {package}, rounded up", package=package)
    return translate(locale, "per {package}, rounded down", package=package)


def many(quantity: int, unit_label: str | None, locale: str) -> str:
    """`12 seats`, `1 seat`, `12 units`; in languages whose plurals we cannot make, `12 × Platz`."""
    shown = number(quantity, locale)
    if unit_label is None:
        return translate_plural(locale, "{quantity} unit", "{quantity} units", quantity, quantity=shown)
    if locale.split("-")[0].split("_")[0] == "en":
        return f"{shown} {unit_label if quantity == 1 else english_plural(unit_label)}"
    return f"{shown} × {unit_label}"


def english_plural(word: str) -> str:
    """A tenant's word for its unit, more than once: seats, boxes, libraries."""
    if not word[-1:].isalpha() or not word.isascii():
        return word
    if word.endswith(("s", "x", "ch", "sh")):
        return f"{word}es"
    if word.endswith("y") and word[-2:-1] not in "aeiou":
        return f"{word[:-1]}ies"
    return f"{word}s"


def tier_words(tiers: tuple[Tier, ...], locale: str) -> tuple[str, ...]:
    """The quantities of each tier: `1–5`, `6–20`, `21 and more`."""
    words, first = [], 1
    for tier in tiers:
        if tier.up_to is None:
            words.append(translate(locale, "{first} and more", first=number(first, locale)))
            break
        last = number(tier.up_to, locale)
        words.append(last if tier.up_to == first else f"{number(first, locale)}–{last}")
        first = tier.up_to + 1
    return tuple(words)


def _beginning(tier: Tier, currency: str, unit_label: str | None, locale: str) -> PriceWords:
    """Where a price with tiers begins: its first tier, flat fee included."""
    each, flat = tier.unit_amount or Decimal(0), tier.flat_amount or Decimal(0)
    amount = unit_price(flat or each, currency, locale)
    begin = translate(locale, "from {amount}", amount=amount)
    if flat and each:
        unit = translate(
            locale,
            "plus {price} per {unit}",
            price=unit_price(each, currency, locale),
            unit=unit_label or translate(locale, "unit"),
        )
        return PriceWords(amount=begin, unit=unit)
    return PriceWords(amount=begin, unit="" if flat else _per(unit_label or translate(locale, "unit"), locale))


def _per(unit_label: str | None, locale: str) -> str:
    return "" if unit_label is None else translate(locale, "per {unit}", unit=unit_label)
