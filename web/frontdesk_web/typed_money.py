"""Amounts as people type them: `12,00`, `12.00`, `1.200,50`, `1 200`, `€ 12`, `12 EUR`.

A separator between groups of three and one before decimals look alike. Where a text could mean two amounts, none is
guessed: whoever typed it is asked.
"""

import re
import unicodedata
from decimal import Decimal

from frontdesk.money import exponent
from frontdesk_web.formatting import unit_price
from frontdesk_web.locale_data import locale_data
from frontdesk_web.messages import translate

LENGTH_AT_MOST = 40
_SPACES = re.compile(r"[\s'’]")
_NUMBER = re.compile(r"[0-9]+(?:[.,][0-9]+)*")
_GROUPED = re.compile(r"[1-9][0-9]{0,2}(?:[.,][0-9]{3})+")


class AmountUnclear(Exception):
    """A text that is no amount, or could be two. `sentence` says what to type, in the language of the page."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def read_amount(text: str, currency: str, locale: str) -> Decimal:
    """The amount in minor units of the currency, exactly as typed: `12,5` euros are 1250, `0.005` are 0.5.

    Raises:
        AmountUnclear: it is no amount, or it could be two different ones.
        KeyError: an unknown currency.
    """
    bare = _bare(text, currency, locale)
    if not bare:
        raise AmountUnclear(_sentence(currency, locale))
    if not _NUMBER.fullmatch(bare):
        raise AmountUnclear(_sentence(currency, locale))
    whole, decimals = _parts(bare, exponent(currency), currency, locale)
    return Decimal(f"{whole}.{decimals or '0'}").scaleb(exponent(currency)).normalize() + 0


def typed_amount(amount: Decimal, currency: str, locale: str) -> str:
    """An amount in minor units as it would be typed in this language: `12,00`, without its currency."""
    symbol = locale_data(locale).decimal
    plain = f"{amount.scaleb(-exponent(currency)):f}"
    whole, _, decimals = plain.partition(".")
    kept = decimals.rstrip("0").ljust(exponent(currency), "0")
    return f"{whole}{symbol}{kept}" if kept else whole


def _bare(text: str, currency: str, locale: str) -> str:
    """The digits and separators of a text, without the currency's name and without spaces."""
    folded = unicodedata.normalize("NFKC", text.strip())[:LENGTH_AT_MOST]
    code = currency.upper()
    for name in (*(locale_data(each).currency_symbol(code) for each in (locale, "en")), code, code.lower()):
        shown = unicodedata.normalize("NFKC", name)
        folded = folded.removeprefix(shown).removesuffix(shown).strip()
    if any(_SPACES.fullmatch(one) for one in folded) and not _well_spaced(folded):
        return ""
    return _SPACES.sub("", folded)


def _well_spaced(text: str) -> bool:
    """Whether spaces and apostrophes stand between groups of three only: `1 200` and not `12 00`."""
    whole = re.split(r"[.,]", text)[0] if len(re.findall(r"[.,]", text)) <= 1 else text
    groups = _SPACES.split(whole)
    return (
        0 < len(groups[0]) <= 3
        and all(len(group) == 3 for group in groups[1:])
        and not _SPACES.search(text[len(whole) :])
    )


def _parts(bare: str, places: int, currency: str, locale: str) -> tuple[str, str]:
    """Whole part and decimals. Raises AmountUnclear."""
    marks = re.findall(r"[.,]", bare)
    if not marks:
        return bare, ""
    last = marks[-1]
    if len(set(marks)) == 2:
        whole, _, decimals = bare.rpartition(last)
        other = "," if last == "." else "."
        if last in whole or not _GROUPED.fullmatch(whole) or other in decimals:
            raise AmountUnclear(_sentence(currency, locale))
        return whole.replace(other, ""), decimals
    if len(marks) > 1:
        if not _GROUPED.fullmatch(bare):
            raise AmountUnclear(_sentence(currency, locale))
        return bare.replace(last, ""), ""
    whole, _, decimals = bare.partition(last)
    if len(decimals) == 3 and places != 3 and _GROUPED.fullmatch(bare):
        if last != locale_data(locale).group:
            raise AmountUnclear(_ask(Decimal(whole + decimals), Decimal(f"{whole}.{decimals}"), currency, locale))
        return whole + decimals, ""
    return whole, decimals


def _sentence(currency: str, locale: str) -> str:
    example = typed_amount(Decimal(12).scaleb(exponent(currency)), currency, locale)
    return translate(locale, "Enter an amount, such as {example}.", example=example)


def _ask(one: Decimal, other: Decimal, currency: str, locale: str) -> str:
    """The sentence for what could be two amounts, with both of them."""
    minor = exponent(currency)
    return translate(
        locale,
        "This could be {one} or {other}. Enter {typed_one} or {typed_other}.",
        one=unit_price(one.scaleb(minor), currency, locale),
        other=unit_price(other.scaleb(minor), currency, locale),
        typed_one=typed_amount(one.scaleb(minor), currency, locale),
        typed_other=typed_amount(other.scaleb(minor), currency, locale),
    )
