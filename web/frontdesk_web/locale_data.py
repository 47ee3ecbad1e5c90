"""What each language writes in its own way: numbers, money, days, and the names of countries and currencies (CLDR).

Babel holds all that CLDR says, three megabytes of every process and one more for each language. Pages write a
hundredth of it. `python -m frontdesk_web.messages extract` takes that out of Babel, beside the sentences; a test holds
it to Babel.
"""

from functools import cache
from pathlib import Path

import msgspec

from frontdesk_web.languages import SOURCE_LOCALE, spoken

HERE = Path(__file__).parent / "locales"


class LocaleData(msgspec.Struct, frozen=True, kw_only=True):
    """One language's. Patterns are CLDR's: `¤` is a currency's symbol, `d MMMM y` a day."""

    decimal: str
    group: str
    around_money: tuple[str, str]
    """What stands before an amount, and what behind it."""
    around_percent: tuple[str, str]
    long_date: str
    medium_date: str
    months: tuple[str, ...]
    short_months: tuple[str, ...]
    currency_symbols: dict[str, str]
    """Of the currencies that have one, by their codes in capitals."""
    currencies: dict[str, str]
    """Names, by codes in capitals."""
    countries: dict[str, str]
    """Names, by ISO 3166-1 codes."""

    def currency_symbol(self, code: str) -> str:
        """The symbol of a currency (its code in capitals), which is the code where it has none."""
        return self.currency_symbols.get(code, code)


def data_path(locale: str) -> Path:
    """Where a language's data lie."""
    return HERE / locale / "cldr.json"


def locale_data(locale: str) -> LocaleData:
    """What a language writes in its own way. What is none of ours is written as English is."""
    return _read(spoken(locale) or SOURCE_LOCALE)


@cache
def _read(locale: str) -> LocaleData:
    return msgspec.json.decode(data_path(locale).read_bytes(), type=LocaleData)
