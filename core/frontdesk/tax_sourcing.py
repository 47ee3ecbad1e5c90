"""Where a sale is taxed, for electronically supplied services: pure rules over registrations, address and tax ids.

In the European Union (Directive 2006/112/EC):

* buyer in the seller's own country: domestic tax;
* buyer elsewhere in the EU with a VAT number that its register confirmed: a taxable person, taxed where it is
  (article 44), who owes the tax (article 196): reverse charge, with its note (article 226 (11a)). The number must be
  confirmed (Implementing Regulation 282/2011, article 18): one that could not be asked about yet is not;
* any other buyer elsewhere in the EU: taxed where the buyer is (article 58) if the seller is registered there or for
  all of the EU at once (OSS, articles 358a to 369k), else at home as long as the seller is below the threshold of
  EUR 10,000 (article 59c), which a seller who is not registered there says of itself;
* buyer outside of the EU: taxed only where the seller is registered.

Who is registered nowhere charges nothing. A customer without a country is taken to be at home; a business that does not
say where it is, to be where it first registered. What these rules do not
know: goods, import schemes, and reverse charge between countries outside of the EU.
"""

from datetime import datetime
from typing import Literal

from msgspec import Struct

from frontdesk.book import Customer
from frontdesk.eu_vat_area import EU_COUNTRIES, country_of_vat_number, vat_country
from frontdesk.tax_settings import Registration, TaxSettings

Reason = Literal["registered", "origin", "reverse_charge", "exempt", "not_registered"]
"""`origin`: the seller's rate for a buyer elsewhere in the EU."""


class Treatment(Struct, frozen=True, kw_only=True):
    """How a customer is taxed: in `places` (of one country), for one of them in `state`; none where nothing is
    charged and nobody owes it."""

    reason: Reason
    places: tuple[str, ...] = ()
    state: str | None = None


def treatment_of(customer: Customer, settings: TaxSettings, home: str | None, at: datetime) -> Treatment:
    """How a customer is taxed at an instant by a seller whose business is in the country `home`."""
    active = [each for each in settings.registrations if each.holds(at)]
    home = home or _first_country(settings)
    country, state = _whereabouts(customer, home)
    if customer.tax_exempt == "exempt":
        return Treatment(reason="exempt")
    if country is None:
        return Treatment(reason="not_registered")
    origin = None if home is None else vat_country(home)
    if customer.tax_exempt == "reverse":
        return Treatment(reason="reverse_charge", places=(country,), state=state)
    if country in EU_COUNTRIES:
        return _within_eu(customer, active, origin, country)
    return _by_registration(active, country, state)


def verified_vat_country(customer: Customer, home: str | None) -> str | None:
    """The EU country of a confirmed VAT number of another country than `home`; None where there is none."""
    for each in customer.tax_ids:
        if each.type == "eu_vat" and each.verified:
            country = country_of_vat_number(each.value)
            if country is not None and country != home:
                return country
    return None


def _first_country(settings: TaxSettings) -> str | None:
    """Where a business registered first, but for the scheme of those that are outside of the EU."""
    return next((each.country for each in settings.registrations if each.scheme != "oss_non_union"), None)


def _within_eu(customer: Customer, active: list[Registration], origin: str | None, country: str) -> Treatment:
    in_eu = [each for each in active if each.country in EU_COUNTRIES]
    if country == origin or not in_eu:
        return _by_registration(in_eu, country, None)
    if verified_vat_country(customer, origin) is not None:
        return Treatment(reason="reverse_charge", places=(country,))
    everywhere = any(each.scheme != "standard" for each in in_eu)
    there = _by_registration(in_eu, country, None)
    if there.places or everywhere:
        return Treatment(reason="registered", places=(country,))
    at_home = _by_registration(in_eu, origin, None) if origin in EU_COUNTRIES else there
    return Treatment(reason="origin", places=at_home.places) if at_home.places else at_home


def _by_registration(active: list[Registration], country: str | None, state: str | None) -> Treatment:
    """The places of a country in which a seller is registered: the country, and the customer's state."""
    found = tuple(
        dict.fromkeys(
            each.place
            for each in active
            if each.country == country and each.scheme == "standard" and each.state in (None, state)
        )
    )
    return Treatment(reason="registered", places=found, state=state) if found else Treatment(reason="not_registered")


def _whereabouts(customer: Customer, home: str | None) -> tuple[str | None, str | None]:
    address = customer.address
    if address is None or address.country is None:
        return (None if home is None else vat_country(home)), None
    state = (address.state or "").strip().upper() or None
    return vat_country(address.country), state
