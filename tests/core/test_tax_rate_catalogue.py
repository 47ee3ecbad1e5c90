"""What may be written of tax rates."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from frontdesk.book import BillingSettings, Terms
from frontdesk.catalogue import change_catalogue
from frontdesk.catalogue_commands import CreateTaxRate, UpdateTaxRate
from frontdesk.errors import Refused
from frontdesk.tax_rates import TaxRate

NOW = datetime(2025, 6, 1, tzinfo=UTC)
TERMS = Terms(
    settings=BillingSettings(currency="eur"),
    tax_rates={
        "txr_1": TaxRate(
            id="txr_1", display_name="VAT", percentage=Decimal(19), inclusive=False, created=NOW, metadata={"a": "1"}
        )
    },
)


def new(**fields: Any) -> CreateTaxRate:
    return CreateTaxRate(
        **({"id": "txr_2", "display_name": "VAT", "percentage": Decimal("8.875"), "inclusive": True} | fields)
    )


def refusal(command: Any) -> tuple[str, str | None]:
    with pytest.raises(Refused) as refused:
        change_catalogue(TERMS, command, NOW)
    return refused.value.refusal.code, refused.value.refusal.param


def test_a_rate_is_made_as_it_is_written() -> None:
    (rate,) = change_catalogue(
        TERMS, new(country="DE", tax_type="vat", description="", metadata={"a": "b"}), NOW
    ).tax_rates
    assert (rate.percentage, rate.inclusive, rate.active, rate.country) == (Decimal("8.875"), True, True, "DE")
    assert (rate.description, rate.metadata, rate.created) == (None, {"a": "b"}, NOW)


def test_a_rates_words_change_and_its_percentage_stays() -> None:
    command = UpdateTaxRate(id="txr_1", display_name="MwSt.", active=False, jurisdiction="DE", metadata={"a": None})
    (rate,) = change_catalogue(TERMS, command, NOW).tax_rates
    assert (rate.display_name, rate.active, rate.jurisdiction, rate.metadata, rate.version) == (
        "MwSt.",
        False,
        "DE",
        {},
        2,
    )
    assert (rate.percentage, rate.inclusive) == (Decimal(19), False)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"id": "txr_1"}, ("tax_rate_exists", "id")),
        ({"percentage": Decimal("-0.1")}, ("percentage_invalid", "percentage")),
        ({"percentage": Decimal("100.0001")}, ("percentage_invalid", "percentage")),
        ({"percentage": Decimal("NaN")}, ("percentage_invalid", "percentage")),
        ({"percentage": Decimal("1.00005")}, ("percentage_places", "percentage")),
        ({"display_name": " "}, ("name_empty", "display_name")),
        ({"display_name": "x" * 51}, ("text_too_long", "display_name")),
        ({"country": "XX"}, ("country_unknown", "country")),
    ],
)
def test_a_rate_that_makes_no_sense_is_refused(fields: dict[str, Any], expected: tuple[str, str]) -> None:
    assert refusal(new(**fields)) == expected


@pytest.mark.parametrize("percentage", ["0", "100", "19.0000", "0.0001"])
def test_percentages_at_the_edge(percentage: str) -> None:
    change_catalogue(TERMS, new(percentage=Decimal(percentage)), NOW)


def test_only_rates_that_exist_are_changed() -> None:
    assert refusal(UpdateTaxRate(id="txr_9")) == ("no_such_tax_rate", "tax_rate")
    assert refusal(UpdateTaxRate(id="txr_1", display_name="")) == ("name_empty", "display_name")
