"""Which numbers get texts."""

import pytest

from frontdesk import Destination, Misconfigured, Secret
from frontdesk.settings import decode_settings
from frontdesk_otp_sms import SmsSettings
from frontdesk_otp_sms.numbers import destination

SETTINGS = SmsSettings(
    kind="kannel",
    url="https://sms.example.com/cgi-bin/sendsms",
    account="shop",
    secret=Secret("x"),
    countries=("DE", "us", "IE"),
    home_country="de",
)


@pytest.mark.parametrize(
    ("typed", "to", "shown", "area"),
    [
        ("+49 171 3920012", "+491713920012", "+49 ••••• 12", "DE"),
        ("0171/392 00-12", "+491713920012", "+49 ••••• 12", "DE"),
        ("+353 (86) 555.0190", "+353865550190", "+353 ••••• 90", "IE"),
        ("+1 202 555 0123", "+12025550123", "+1 ••••• 23", "US"),
    ],
)
def test_numbers_as_people_write_them(typed: str, to: str, shown: str, area: str) -> None:
    assert destination(typed, SETTINGS) == Destination(to=to, shown=shown, area=area)


@pytest.mark.parametrize(
    "typed",
    [
        "+49 900 1 123456",
        "+1 900 555 0123",
        "+49 180 5 123456",
        "+49 30 1234567",
        "+49 700 12345678",
        "+49 32 12345678",
        "+881 612345678",
        "+883 5100 12345678",
        "+33 6 12 34 56 78",
        "+1 809 555 0123",
        "+49 171 39",
        "110",
        "",
        "jenny@example.com",
        "+49 171 3920012;ext=5",
        "+49 171 3920012\n",
        "+49 171 3920012, +49 171 3920013",
        "+٤٩ ١٧١ ٣٩٢٠٠١٢",
        "+49 171 3920012\0",
        "+" + "4" * 60,
    ],
)
def test_what_gets_no_text(typed: str) -> None:
    assert destination(typed, SETTINGS) is None


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("url", "http://sms.example.com/cgi-bin/sendsms"),
        ("url", "https://shop:secret@sms.example.com/"),
        ("url", "https://sms.example.com/?password=secret"),
        ("url", "ftp://sms.example.com/"),
        ("url", "sms.example.com"),
        ("account", "shop\r\nX-Kannel-To: 1"),
        ("secret", "two words"),
        ("secret", "geheim\r\nX-Kannel-To: 1"),
        ("originator", "Frontdesk\r\nX: 1"),
        ("originator", "A name that is too long"),
        ("countries", ""),
        ("countries", "Germany"),
        ("per_hour", "51"),
        ("kind", "carrier pigeon"),
    ],
)
def test_settings_that_are_not_taken(field: str, value: str) -> None:
    filled = {
        "kind": "kannel",
        "url": "http://gateway.internal/cgi-bin/sendsms",
        "account": "shop",
        "secret": "unguessable",
        "countries": "DE\nAT",
    }
    assert decode_settings(SmsSettings, filled).allowed == {"DE", "AT"}
    with pytest.raises(Misconfigured) as caught:
        decode_settings(SmsSettings, filled | {field: value})
    assert "geheim" not in str(caught.value)
