"""Amounts as people type them, in the language of the page."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontdesk.money import EXPONENTS
from frontdesk_web.formatting import money, unit_price
from frontdesk_web.typed_money import AmountUnclear, read_amount, typed_amount


@pytest.mark.parametrize(
    ("text", "minor"),
    [
        ("12", "1200"),
        ("12,00", "1200"),
        ("12.00", "1200"),
        (" 12,5 ", "1250"),
        ("0", "0"),
        ("0,00", "0"),
        ("007", "700"),
        ("1200", "120000"),
        ("1.200,50", "120050"),
        ("1,200.50", "120050"),
        ("1 200,50", "120050"),
        ("1\u202f200\u00a0", "120000"),
        ("1'200.50", "120050"),
        ("1’200", "120000"),
        ("1.234.567", "123456700"),
        ("1,234,567.89", "123456789"),
        ("€12", "1200"),
        ("€ 12,00", "1200"),
        ("12 €", "1200"),
        ("12 EUR", "1200"),
        ("eur 12", "1200"),
        ("0.005", "0.5"),
        ("0,005", "0.5"),
        ("0,00025", "0.025"),
        ("12.3456", "1234.56"),
        ("１２,５０", "1250"),
    ],
)
@pytest.mark.parametrize("locale", ["en", "de"])
def test_both_ways_to_write_decimals_are_understood(text: str, minor: str, locale: str) -> None:
    assert read_amount(text, "eur", locale) == Decimal(minor)


@pytest.mark.parametrize(
    "text",
    ["", " ", "€", "twelve", "12,", ",50", "1,2,3", "12.00.00", "1.2345,6", "-5", "−5", "+5", "1e3", "12 00", "1 2 3",
     "12,00 USD", "$12", "١٢", "12;50", "0x10", "∞", "NaN", "1 200 00", "1,200,00", "1.200.5", "1,200.5,0",
     "x" * 5000, "<b>12</b>"],
)  # fmt: skip
@pytest.mark.parametrize("locale", ["en", "de"])
def test_what_is_no_amount_is_refused_with_an_example(text: str, locale: str) -> None:
    with pytest.raises(AmountUnclear) as unclear:
        read_amount(text, "eur", locale)
    assert ("12,00" if locale == "de" else "12.00") in unclear.value.sentence


def test_what_could_be_two_amounts_is_asked_about() -> None:
    assert read_amount("1.200", "eur", "de") == read_amount("1,200", "eur", "en") == 120000
    for text, locale in (("1,200", "de"), ("1.200", "en")):
        with pytest.raises(AmountUnclear) as unclear:
            read_amount(text, "eur", locale)
        assert "1200" in unclear.value.sentence
    assert read_amount("0.200", "eur", "en") == 20
    assert read_amount("1.200", "kwd", "en") == 1200


def test_currencies_without_decimals() -> None:
    assert read_amount("1200", "jpy", "en") == 1200
    assert read_amount("¥1,200", "jpy", "en") == 1200
    assert read_amount("0.5", "jpy", "en") == Decimal("0.5")


@given(
    st.decimals(min_value=0, max_value=10**9, places=2, allow_nan=False),
    st.sampled_from(sorted(EXPONENTS)),
    st.sampled_from(["en", "de"]),
)
def test_what_is_shown_is_read_again(amount: Decimal, currency: str, locale: str) -> None:
    minor = amount.quantize(Decimal(1))
    assert read_amount(typed_amount(minor, currency, locale), currency, locale) == minor
    assert read_amount(unit_price(minor, currency, locale), currency, locale) == minor


LOCALES = (
    *("en", "en_GB", "en_IN", "de", "de_AT", "de_CH", "fr", "fr_CH", "es", "es_MX", "it", "nl", "pt", "pt_PT", "pl"),
    *("cs", "sk", "hu", "ro", "bg", "hr", "da", "sv", "nb", "fi", "lt", "el", "tr", "uk", "ja", "zh"),
)


def test_every_currency_in_thirty_languages() -> None:
    """D7: what is written is read as it was, to the smallest unit."""
    assert len(LOCALES) > 30
    for locale in LOCALES:
        for currency in EXPONENTS:
            for minor in (1, 123_456_789):
                for written in (typed_amount(Decimal(minor), currency, locale), money(minor, currency, locale)):
                    assert read_amount(written, currency, locale) == minor, (locale, currency, written)
