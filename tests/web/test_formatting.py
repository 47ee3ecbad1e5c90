"""Money and dates are written as CLDR writes them, without asking Babel each time."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from babel.dates import format_date
from babel.numbers import format_currency
from hypothesis import given
from hypothesis import strategies as st

from frontdesk.money import exponent
from frontdesk_web import formatting

NBSP = "\N{NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("minor", "currency", "locale", "written"),
    [
        (0, "usd", "en", "$0.00"),
        (5, "usd", "en", "$0.05"),
        (1200, "eur", "en", "€12.00"),
        (1200, "eur", "de", f"12,00{NBSP}€"),
        (123456789, "EUR", "de", f"1.234.567,89{NBSP}€"),
        (-6000, "usd", "en", "−$60.00"),
        (-6000, "eur", "de", f"−60,00{NBSP}€"),
        (1200, "jpy", "en", "¥1,200"),
        (1200, "jpy", "de", f"1.200{NBSP}¥"),
        (1234567, "kwd", "en", f"KWD{NBSP}1,234.567"),
        (1000, "chf", "en", f"CHF{NBSP}10.00"),
        (1200, "isk", "de", f"1.200{NBSP}ISK"),
        (99999999999999, "usd", "en", "$999,999,999,999.99"),
        (123456, "eur", "fr", f"1\u202f234,56{NBSP}€"),
        (123456, "eur", "es", f"1.234,56{NBSP}€"),
        (120000, "jpy", "ja", "¥120,000"),
        (-120000, "usd", "ja", "−$1,200.00"),
        (-123456, "eur", "ar", f"\u2066−1,234.56{NBSP}€\u2069"),
        (-123456, "aed", "ar", f"\u2067\u200e−1,234.56{NBSP}د.إ.\u200f\u2069"),
    ],
)
def test_money(minor: int, currency: str, locale: str, written: str) -> None:
    assert formatting.money(minor, currency, locale) == written


@given(st.integers(0, 10**14), st.sampled_from(["EUR", "USD", "GBP"]), st.sampled_from(["en", "de"]))
def test_money_is_what_babel_writes(minor: int, currency: str, locale: str) -> None:
    amount = Decimal(minor).scaleb(-exponent(currency.lower()))
    assert formatting.money(minor, currency, locale) == format_currency(amount, currency, locale=locale)


@pytest.mark.parametrize(
    ("minor", "currency", "locale", "written"),
    [
        (1200, "usd", "en", "$12.00"),
        (Decimal("0.5"), "usd", "en", "$0.005"),
        (Decimal("1234.5678"), "eur", "de", f"12,345678{NBSP}€"),
        (Decimal("100000.1"), "eur", "de", f"1.000,001{NBSP}€"),
        (Decimal("0.25"), "jpy", "en", "¥0.25"),
        (Decimal("3"), "jpy", "en", "¥3"),
        (Decimal("0.000000000001"), "usd", "en", "$0.00"),
        (Decimal("-1.5"), "usd", "en", "−$0.015"),
    ],
)
def test_prices_finer_than_the_currency(minor: Decimal | int, currency: str, locale: str, written: str) -> None:
    assert formatting.unit_price(minor, currency, locale) == written


def test_dates() -> None:
    day = date(2026, 12, 1)
    assert formatting.date_long(day, "en") == "1 December 2026"
    assert formatting.date_long(day, "de") == "1. Dezember 2026"
    assert formatting.date_short(day, "en") == "1 Dec 2026"
    assert formatting.date_short(day, "de") == "1. Dez. 2026"
    assert [formatting.date_long(day, each) for each in ("fr", "es", "ja", "ar")] == [
        *("1er décembre 2026", "1 de diciembre de 2026", "2026年12月1日", "1 ديسمبر 2026"),
    ]
    assert [formatting.date_short(day.replace(day=2), each) for each in ("fr", "es", "ja", "ar")] == [
        *("2 déc. 2026", "2 dic 2026", "2026/12/02", "2 ديسمبر 2026"),
    ]
    assert formatting.date_time(datetime(2026, 12, 1, 9, 5, tzinfo=UTC), "ja") == f"2026年12月1日 09:05{NBSP}UTC"
    assert [formatting.listed(("a", "b"), each) for each in ("en", "ja", "ar")] == ["a, b", "a、b", "\u200fa، b"]
    assert formatting.date_range(date(2026, 11, 1), day, "en") == "1 Nov 2026 – 1 Dec 2026"
    assert formatting.date_time(datetime(2026, 12, 1, 9, 5, tzinfo=UTC), "en") == f"1 December 2026, 09:05{NBSP}UTC"


@given(st.dates(date(1000, 1, 1)))
def test_dates_are_what_babel_writes(day: date) -> None:
    assert formatting.date_long(day, "de") == format_date(day, "long", locale="de")
    assert formatting.date_long(day, "en") == format_date(day, "long", locale="en_GB")
    assert formatting.date_long(day, "es") == format_date(day, "long", locale="es")


def test_intervals_and_prices() -> None:
    assert formatting.interval_phrase("month", 1, "en") == "per month"
    assert formatting.interval_phrase("month", 3, "en") == "every 3 months"
    assert formatting.interval_phrase("month", 3, "de") == "alle 3 Monate"
    assert formatting.interval_name("year", 1, "de") == "Jährlich"
    assert formatting.interval_name("week", 2, "en") == "Every 2 weeks"
    assert formatting.price_phrase("€12.00", "seat", "en", 10) == f"10{NBSP}×{NBSP}€12.00 per seat"
    assert formatting.price_phrase("12,00 €", None, "de", 1200) == f"1.200{NBSP}×{NBSP}12,00 €"
    assert formatting.price_phrase("€12.00", None, "en") == "€12.00"
