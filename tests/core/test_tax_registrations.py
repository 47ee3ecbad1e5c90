"""Where a business may say that it is registered."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from frontdesk.errors import Refused
from frontdesk.tax_registrations import check_preset, places_of, register, registration, reschedule
from frontdesk.tax_settings import Registration, TaxSettings

NOW = datetime(2026, 6, 1, tzinfo=UTC)
LATER = NOW + timedelta(days=30)


def new(country: str = "DE", id: str = "taxreg_1", **fields: Any) -> Registration:
    return Registration(id=id, country=country, created=NOW, **({"active_from": NOW} | fields))


def refusal(call: Any) -> tuple[str, str | None]:
    with pytest.raises(Refused) as refused:
        call()
    return refused.value.refusal.code, refused.value.refusal.param


@pytest.mark.parametrize(
    ("asked", "code", "param"),
    [
        (new("XX"), "country_unknown", "country"),
        (new("US"), "state_needed", "state"),
        (new("DE", state="BY"), "state_invalid", "state"),
        (new("CH", scheme="oss_union"), "scheme_invalid", "country_options"),
        (new(expires_at=NOW - timedelta(seconds=1)), "registration_ends_first", "expires_at"),
    ],
)
def test_what_is_refused(asked: Registration, code: str, param: str) -> None:
    assert refusal(lambda: register(TaxSettings(), asked)) == (code, param)


def test_one_place_has_one_registration_at_a_time() -> None:
    tax = register(TaxSettings(), new(expires_at=LATER))
    again = new(id="taxreg_2", active_from=LATER)
    assert refusal(lambda: register(tax, new(id="taxreg_2")))[0] == "tax_registration_exists"
    before = new(id="taxreg_2", active_from=NOW - timedelta(days=2), expires_at=NOW + timedelta(seconds=1))
    assert refusal(lambda: register(tax, before))[0] == "tax_registration_exists"
    tax = register(tax, again)
    tax = register(tax, new(id="taxreg_3", scheme="oss_union"))
    tax = register(tax, new("CA", id="taxreg_4"))
    tax = register(tax, new("CA", id="taxreg_5", state="QC"))
    assert len(tax.registrations) == 5
    assert refusal(lambda: reschedule(tax, "taxreg_1", expires_at=None, ends=True))[0] == "tax_registration_exists"
    assert registration(reschedule(tax, "taxreg_1", expires_at=NOW + timedelta(days=1), ends=True), "taxreg_1") == new(
        expires_at=NOW + timedelta(days=1)
    )
    assert refusal(lambda: reschedule(tax, "taxreg_9", ends=False)) == ("no_such_tax.registration", "id")


def test_the_places_whose_rates_are_needed() -> None:
    tax = TaxSettings(registrations=(new(), new("CA", state="QC"), new("CA"), new()))
    assert places_of(tax) == (("DE", None), ("CA", "QC"), ("CA", None))
    everywhere = places_of(TaxSettings(registrations=(new("IE", scheme="oss_non_union"),)))
    assert len(everywhere) == 27


def test_the_preset_is_a_code_that_is_known() -> None:
    check_preset(TaxSettings(preset_code="anything"))
    check_preset(TaxSettings(preset_code="a", codes=("a",)))
    assert refusal(lambda: check_preset(TaxSettings(preset_code="b", codes=("a",))))[0] == "preset_code_unknown"


def test_a_bill_of_the_very_second_is_taxed() -> None:
    """Bills count whole seconds, so a registration that began within one counts from its start."""
    begun = NOW.replace(microsecond=600_000)
    (kept,) = register(TaxSettings(), new(active_from=begun)).registrations
    assert kept.active_from == NOW
