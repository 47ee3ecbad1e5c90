"""Take out of Babel what pages write of CLDR: `python -m frontdesk_web.messages extract`."""

import msgspec
from babel import Locale
from babel.numbers import get_currency_symbol

from frontdesk.money import EXPONENTS
from frontdesk_web.languages import LOCALES
from frontdesk_web.locale_data import LocaleData, data_path

# English dates are written day first: the texts are read all over the world.
_DATE_LOCALES = {"en": "en_GB"}


def taken_from_babel(locale: str) -> LocaleData:
    """What CLDR says of a language, as far as pages write it."""
    culture, days = Locale.parse(locale), Locale.parse(_DATE_LOCALES.get(locale, locale))
    money, percent, symbols = (
        culture.currency_formats["standard"],
        culture.percent_formats[None],
        culture.number_symbols["latn"],
    )
    codes = sorted(each.upper() for each in EXPONENTS)
    signs = {code: get_currency_symbol(code, culture) for code in codes}
    # The British data abbreviate only September to four letters, which makes a column of dates ragged.
    short_months = culture.months["format"]["abbreviated"]
    return LocaleData(
        decimal=symbols["decimal"],
        group=symbols["group"],
        around_money=(money.prefix[0], money.suffix[0]),
        around_percent=(percent.prefix[0], percent.suffix[0]),
        long_date=days.date_formats["long"].pattern,
        medium_date=days.date_formats["medium"].pattern,
        months=tuple(days.months["format"]["wide"][month] for month in range(1, 13)),
        short_months=tuple(short_months[month] for month in range(1, 13)),
        currency_symbols={code: sign for code, sign in signs.items() if sign != code},
        currencies={code: culture.currencies[code] for code in codes if code in culture.currencies},
        # The others are parts of the world, by number.
        countries={code: name for code, name in sorted(culture.territories.items()) if code.isalpha()},
    )


def update_locale_data() -> None:
    """Writes the data of all languages anew."""
    for locale in LOCALES:
        written = msgspec.json.format(msgspec.json.encode(taken_from_babel(locale)), indent=1)
        data_path(locale).write_bytes(written + b"\n")
