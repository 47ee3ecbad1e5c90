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
