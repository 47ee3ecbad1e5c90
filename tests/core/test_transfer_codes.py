"""QR codes of transfers: the exact payload of EPC069-12, and when there can be none."""

from typing import Any

import pytest

from frontdesk.transfer_codes import transfer_code

GIVEN: dict[str, Any] = {
    "name": "Northbeam GmbH",
    "iban": "DE02120300000000202051",
    "bic": "BYLADEM1001",
    "amount": 12000,
    "currency": "eur",
    "reference": "INV-0042 NORTHBEAM",
}


def test_the_payload_is_that_of_the_guideline() -> None:
    assert transfer_code(**GIVEN) == (
        "BCD\n002\n1\nSCT\nBYLADEM1001\nNorthbeam GmbH\nDE02120300000000202051\nEUR120.00\n\n\nINV-0042 NORTHBEAM"
    )


def test_a_bic_need_not_be_known() -> None:
    told = transfer_code(**GIVEN | {"bic": None, "amount": 5})
    assert told is not None
    assert told.split("\n")[4:8] == ["", "Northbeam GmbH", "DE02120300000000202051", "EUR0.05"]


def test_nothing_that_is_typed_makes_a_line_more() -> None:
    told = transfer_code(**GIVEN | {"name": "North\nbeam\r\n" + "ö" * 100, "reference": "INV\n1"})
    assert told is not None
    lines = told.split("\n")
    assert len(lines) == 11
    assert len(lines[5]) == 70
    assert lines[10] == "INV 1"
    assert len(told.encode()) <= 331


@pytest.mark.parametrize(
    "other",
    [
        {"currency": "usd"},
        {"iban": None},
        {"name": " "},
        {"amount": 0},
        {"amount": -1},
        {"amount": 100_000_000_000},
        {"name": "漢" * 70, "reference": "漢" * 140},
    ],
)
def test_there_is_none_where_no_transfer_can_be(other: dict[str, Any]) -> None:
    assert transfer_code(**GIVEN | other) is None
