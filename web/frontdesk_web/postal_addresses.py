"""A postal address as it is written where it leads to (UPU S42): which lines, and in which order.

The country's name is in the reader's language. An address in East Asian letters is written from the large to the small,
as a letter there is addressed; the same address in Latin letters from the small to the large.
"""

import re
from functools import lru_cache

from frontdesk.book import Address
from frontdesk_web.locale_data import locale_data

_FROM_LARGE_TO_SMALL = ("JP", "CN", "TW", "HK", "MO", "KR")
_EAST_ASIAN = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_TOWN_BEFORE_CODE = ("US", "CA", "AU", "NZ", "IN", "SG", "TH", "ID", "JP", "CN", "KR", "TW")
_CODE_BELOW_TOWN = ("GB", "IE", "IM", "JE", "GG")


def address_lines(address: Address | None, locale: str) -> tuple[str, ...]:
    """A postal address in lines, the country by its name in the reader's language."""
    if address is None:
        return ()
    return tuple(filter(None, (*_lines(address), country_name(address.country, locale))))


@lru_cache(maxsize=2048)
def country_name(code: str | None, locale: str) -> str:
    """A country's name in the reader's language (CLDR); the code itself where it has none."""
    if code is None:
        return ""
    return locale_data(locale).countries.get(code, code)


def begins_with_code(country: str | None, locale: str) -> bool:
    """Whether a form for an address asks for the postal code first and for the street last, as in Japan."""
    return country == "JP" or (locale == "ja" and country in _FROM_LARGE_TO_SMALL)


def _lines(address: Address) -> tuple[str | None, ...]:
    country, state, city, code = address.country or "", address.state, address.city, address.postal_code
    if country in _FROM_LARGE_TO_SMALL and _EAST_ASIAN.search(" ".join((address.line1 or "", city or "", state or ""))):
        return _east_asian(address, country)
    if country in _CODE_BELOW_TOWN:
        return address.line1, address.line2, _together(", ", city, state), code
    if country in _TOWN_BEFORE_CODE:
        return address.line1, address.line2, _together(" ", _together(", ", city, state), code)
    return address.line1, address.line2, _together(", ", _together(" ", code, city), state)


def _east_asian(address: Address, country: str) -> tuple[str | None, ...]:
    code = address.postal_code
    if country == "JP" and code:
        digits = re.sub(r"\D", "", code)
        code = f"〒{digits[:3]}-{digits[3:]}" if len(digits) == 7 else f"〒{code}"
    between = " " if country == "KR" else ""
    return code, _together(between, address.state, address.city, address.line1), address.line2


def _together(between: str, *parts: str | None) -> str:
    return between.join(filter(None, parts))
