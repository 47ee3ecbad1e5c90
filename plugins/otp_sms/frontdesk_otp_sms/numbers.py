"""Which phone numbers get texts. Numbering plans are Google's libphonenumber's, which follows them month by month."""

import re

import phonenumbers
from phonenumbers import PhoneNumberType

from frontdesk import Destination
from frontdesk_otp_sms.settings import SmsSettings

_TYPED = re.compile(r"[+0-9 ()./-]{4,40}", re.ASCII)
_MOBILE = frozenset({PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE})
"""In countries such as the USA a number does not tell which of the two it is. All else gets no texts: premium and
shared cost numbers, satellite phones and personal numbers cost far more, landlines and pagers show none."""


def destination(typed: str, settings: SmsSettings) -> Destination | None:
    """The number as E.164; None where it is none that a text may go to."""
    if not _TYPED.fullmatch(typed):
        return None
    try:
        number = phonenumbers.parse(typed, settings.home_country.upper() or None)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number) or phonenumbers.number_type(number) not in _MOBILE:
        return None
    country = phonenumbers.region_code_for_number(number)
    if country not in settings.allowed:
        return None
    to = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return Destination(to=to, shown=f"+{number.country_code} ••••• {to[-2:]}", area=str(country))
