"""What pages write of CLDR is what Babel says: where a new Babel says otherwise, `extract` takes it."""

from decimal import Decimal

import pytest
from babel.numbers import format_decimal, format_percent

from frontdesk_web.dashboard.contrast_words import ratio_words
from frontdesk_web.discount_words import percent
from frontdesk_web.languages import LOCALES
from frontdesk_web.locale_data import locale_data
from frontdesk_web.locale_data_extraction import taken_from_babel


@pytest.mark.parametrize("locale", LOCALES)
def test_what_is_kept_is_what_babel_says(locale: str) -> None:
    assert locale_data(locale) == taken_from_babel(locale)


@pytest.mark.parametrize("locale", LOCALES)
def test_shares_and_ratios_are_what_babel_writes(locale: str) -> None:
    for value in ("100", "25", "12.5", "7.50", "0.125", "33.333", "1E+1"):
        share = Decimal(value)
        assert percent(share, locale) == format_percent(share / 100, locale=locale, decimal_quantization=False)
    for ratio in (1, 3.04, 4.5, 4.49, 21):
        assert ratio_words(ratio, locale) == format_decimal(int(ratio * 10) / 10, format="0.#", locale=locale)


def test_a_region_of_ours_is_its_language_and_what_is_none_of_ours_is_english() -> None:
    assert locale_data("fr-CA") is locale_data("fr")
    assert locale_data("tlh") is locale_data("en")
