"""Currencies by name, and which one is used where: for preselecting, never for deciding."""

import re
import unicodedata
from functools import cache

from frontdesk.countries import COUNTRIES
from frontdesk.money import EXPONENTS
from frontdesk_web.locale_data import locale_data

_REGION = re.compile(r"[A-Za-z]{2,3}[-_](?:[A-Za-z]{4}[-_])?([A-Za-z]{2})\b")

_LANGUAGE = re.compile(r"\s*([A-Za-z]{2,3})\b")


@cache
def currency_names(locale: str) -> tuple[tuple[str, str], ...]:
    """Codes (lower-case) and names of all currencies, in the order of their names."""
    known = locale_data(locale).currencies
    names = {code: f"{known.get(code.upper(), code.upper())} ({code.upper()})" for code in EXPONENTS}
    return tuple(sorted(names.items(), key=lambda each: unicodedata.normalize("NFKD", each[1]).casefold()))


@cache
def currency_of(country: str) -> str:
    """The currency that is used in a country; empty where none is known."""
    # Only who signs up asks, and Babel takes three megabytes.
    from babel.numbers import get_territory_currencies

    found = (code.lower() for code in get_territory_currencies(country) if code.lower() in EXPONENTS)
    return next(found, "")


def country_of(accept_language: str | None, locale: str) -> str:
    """The country that a browser speaks of: `de-AT` is AT, `de` is DE; by the page's language where it says nothing."""
    # As above.
    from babel.core import get_global

    told = (accept_language or "")[:200]
    region = _REGION.search(told)
    if region is not None and region[1].upper() in COUNTRIES:
        return region[1].upper()
    language = _LANGUAGE.match(told)
    for spoken in (language[1].lower() if language else "", locale):
        likely = str(get_global("likely_subtags").get(spoken, "")).rpartition("_")[2]
        if likely in COUNTRIES:
            return likely
    return ""
