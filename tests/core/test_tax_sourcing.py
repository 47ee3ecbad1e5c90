"""Where a sale is taxed: at home, where the buyer is, by the buyer, or not at all."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from frontdesk.book import Address, Customer
from frontdesk.eu_vat_area import country_of_vat_number
from frontdesk.tax_ids import TaxId, TaxIdStatus, Verification
from frontdesk.tax_settings import Registration, TaxSettings
from frontdesk.tax_sourcing import Treatment, treatment_of

NOW = datetime(2026, 6, 1, tzinfo=UTC)


def registered(*places: str, **fields: Any) -> TaxSettings:
    found = []
    for each in places:
        country, _, more = each.partition("-")
        scheme = more if more.startswith("oss") else "standard"
        given = {"state": more or None} if scheme == "standard" else {"scheme": scheme}
        found.append(
            Registration(id=each, country=country, created=NOW, **({"active_from": NOW} | given | fields))  # type: ignore[arg-type]
        )
    return TaxSettings(registrations=tuple(found))


def buyer(country: str | None, vat: str | None = None, status: TaxIdStatus = "verified", **fields: Any) -> Customer:
    state = fields.pop("state", None)
    ids = ()
    if vat is not None:
        ids = (TaxId(id="txi", type="eu_vat", value=vat, created=NOW, verification=Verification(status=status)),)
    address = None if country is None else Address(country=country, state=state)
    return Customer(id="cus", created=NOW, address=address, tax_ids=ids, **fields)


@pytest.mark.parametrize(
    ("places", "customer", "reason", "taxed_in"),
    [
        # At home.
        (("DE",), buyer("DE"), "registered", ("DE",)),
        (("DE",), buyer("DE", "DE123456789"), "registered", ("DE",)),
        (("DE",), buyer(None), "registered", ("DE",)),
        ((), buyer("DE"), "not_registered", ()),
        (("DE-oss_union",), buyer("DE"), "not_registered", ()),
        # A business elsewhere in the EU.
        (("DE",), buyer("AT", "ATU12345678"), "reverse_charge", ("AT",)),
        (("DE", "DE-oss_union"), buyer("AT", "ATU12345678"), "reverse_charge", ("AT",)),
        (("DE", "AT"), buyer("AT", "ATU12345678"), "reverse_charge", ("AT",)),
        (("DE",), buyer("GR", "EL123456789"), "reverse_charge", ("GR",)),
        (("DE",), buyer("FR", "ATU12345678"), "reverse_charge", ("FR",)),
        ((), buyer("AT", "ATU12345678"), "not_registered", ()),
        # One whose number nobody confirmed, or that is of the seller's country, or of no country of the EU.
        (("DE",), buyer("AT", "ATU12345678", "pending"), "origin", ("DE",)),
        (("DE",), buyer("AT", "ATU12345678", "unavailable"), "origin", ("DE",)),
        (("DE",), buyer("AT", "ATU12345678", "unverified"), "origin", ("DE",)),
        (("DE",), buyer("AT", "DE123456789"), "origin", ("DE",)),
        (("DE",), buyer("AT", "CHE123"), "origin", ("DE",)),
        # A consumer elsewhere in the EU.
        (("DE",), buyer("FR"), "origin", ("DE",)),
        (("DE", "FR"), buyer("FR"), "registered", ("FR",)),
        (("DE", "DE-oss_union"), buyer("FR"), "registered", ("FR",)),
        (("FR",), buyer("IT"), "not_registered", ()),
        (("DE", "FR"), buyer("MC"), "registered", ("FR",)),
        # Outside of the EU.
        (("DE",), buyer("US"), "not_registered", ()),
        (("DE", "CH"), buyer("CH"), "registered", ("CH",)),
        (("DE",), buyer("CH", "ATU12345678"), "not_registered", ()),
        (("CA",), buyer("CA", state="ON"), "registered", ("CA",)),
        (("CA", "CA-QC"), buyer("CA", state="qc "), "registered", ("CA", "CA-QC")),
        (("CA", "CA-QC"), buyer("CA", state="ON"), "registered", ("CA",)),
        (("US-TX",), buyer("US", state="CA"), "not_registered", ()),
        (("US-TX",), buyer("US"), "not_registered", ()),
        # What staff say goes before.
        (("DE",), buyer("DE", tax_exempt="exempt"), "exempt", ()),
        (("DE",), buyer("US", tax_exempt="reverse"), "reverse_charge", ("US",)),
    ],
)
def test_a_german_seller(places: tuple[str, ...], customer: Customer, reason: str, taxed_in: tuple[str, ...]) -> None:
    found = treatment_of(customer, registered(*places), "DE", NOW)
    assert (found.reason, found.places) == (reason, taxed_in)


@pytest.mark.parametrize(
    ("places", "customer", "reason", "taxed_in"),
    [
        (("US-TX",), buyer("US", state="TX"), "registered", ("US-TX",)),
        (("IE-oss_non_union",), buyer("FR"), "registered", ("FR",)),
        (("IE-oss_non_union",), buyer("FR", "FR12345678901"), "reverse_charge", ("FR",)),
        (("FR",), buyer("FR"), "registered", ("FR",)),
        (("FR",), buyer("IT"), "not_registered", ()),
        ((), buyer("FR"), "not_registered", ()),
    ],
)
def test_an_american_seller(
    places: tuple[str, ...], customer: Customer, reason: str, taxed_in: tuple[str, ...]
) -> None:
    found = treatment_of(customer, registered(*places), "US", NOW)
    assert (found.reason, found.places) == (reason, taxed_in)


def test_a_registration_holds_from_its_first_instant_until_before_its_last() -> None:
    settings = registered("DE", active_from=NOW, expires_at=NOW + timedelta(days=30))
    held = [
        treatment_of(buyer("DE"), settings, "DE", NOW + timedelta(seconds=seconds)).reason
        for seconds in (-1, 0, 30 * 86400 - 1, 30 * 86400)
    ]
    assert held == ["not_registered", "registered", "registered", "not_registered"]


def test_a_business_without_an_address_is_where_it_registered_first() -> None:
    nowhere = Treatment(reason="not_registered")
    assert treatment_of(buyer(None), registered(), None, NOW) == nowhere
    assert treatment_of(buyer(None), registered("IE-oss_non_union"), None, NOW) == nowhere
    at_home = Treatment(reason="registered", places=("DE",))
    for each in (buyer(None), buyer("DE"), buyer("DE", "DE123456789")):
        assert treatment_of(each, registered("DE", "FR"), None, NOW) == at_home
    assert treatment_of(buyer("FR", "FR12345678901"), registered("DE"), None, NOW).reason == "reverse_charge"


@pytest.mark.parametrize(
    ("number", "country"), [("DE1", "DE"), ("el1", "GR"), ("GR1", None), ("XI1", None), ("CHE1", None), ("", None)]
)
def test_the_country_of_a_vat_number(number: str, country: str | None) -> None:
    assert country_of_vat_number(number) == country
