"""An address is written as in the country that it leads to."""

import pytest

from frontdesk.book import Address
from frontdesk_web.postal_addresses import address_lines, begins_with_code


def address(country: str | None, line1: str, code: str, city: str, state: str = "", line2: str = "") -> Address:
    return Address(country=country, line1=line1, line2=line2, postal_code=code, city=city, state=state)


@pytest.mark.parametrize(
    ("given", "locale", "lines"),
    [
        (address("DE", "Am Speicher 4", "20457", "Hamburg"), "en", ("Am Speicher 4", "20457 Hamburg", "Germany")),
        (address("FR", "1 rue X", "75001", "Paris"), "fr", ("1 rue X", "75001 Paris", "France")),
        (address("ES", "Calle X 1", "28001", "Madrid", "M"), "es", ("Calle X 1", "28001 Madrid, M", "España")),
        (
            address("US", "510 Townsend St", "94103", "San Francisco", "CA", "Floor 2"),
            "en",
            ("510 Townsend St", "Floor 2", "San Francisco, CA 94103", "United States"),
        ),
        (
            address("IE", "12 Harbour Street", "D02 XY45", "Dublin"),
            "ja",
            ("12 Harbour Street", "Dublin", "D02 XY45", "アイルランド"),
        ),
        (
            address("GB", "1 High Street", "SW1A 1AA", "London"),
            "ar",
            ("1 High Street", "London", "SW1A 1AA", "المملكة المتحدة"),
        ),
        (
            address("JP", "丸の内1-1-1", "1000005", "千代田区", "東京都", "パレスビル3階"),
            "ja",
            ("〒100-0005", "東京都千代田区丸の内1-1-1", "パレスビル3階", "日本"),
        ),
        (
            address("JP", "1-1-1 Marunouchi", "100-0005", "Chiyoda-ku", "Tokyo"),
            "en",
            ("1-1-1 Marunouchi", "Chiyoda-ku, Tokyo 100-0005", "Japan"),
        ),
        (
            address("KR", "세종대로 1", "04524", "중구", "서울특별시"),
            "en",
            ("04524", "서울특별시 중구 세종대로 1", "South Korea"),
        ),
        (address(None, "", "", "", "Ticino"), "en", ("Ticino",)),
    ],
)
def test_an_address_is_written_as_where_it_leads_to(given: Address, locale: str, lines: tuple[str, ...]) -> None:
    assert address_lines(given, locale) == lines
    assert address_lines(None, locale) == ()


def test_a_form_begins_with_the_postal_code_where_addresses_do() -> None:
    assert begins_with_code("JP", "en")
    assert begins_with_code("KR", "ja")
    assert not begins_with_code("KR", "en")
    assert not begins_with_code("DE", "ja")
    assert not begins_with_code(None, "ja")
