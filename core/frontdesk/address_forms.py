"""How a country's people write an address: which parts it has, in which order, and what they are called.

From the address formats of CLDR's and Google's libaddressinput data, reduced to the five parts that are kept. What a
country's form leaves out can still be there (somebody moved): it is then asked for at the end.
"""

from collections.abc import Collection
from typing import Literal

from msgspec import Struct

AddressPart = Literal["line1", "line2", "postal_code", "city", "state"]
PostalName = Literal["postal_code", "zip", "postcode", "pin", "eircode"]
StateName = Literal["region", "state", "province", "prefecture", "county", "emirate", "canton"]
Rows = tuple[tuple[AddressPart, ...], ...]

_STREET: Rows = (("line1",), ("line2",))
_PLAIN: Rows = (*_STREET, ("postal_code", "city"))
_WITH_REGION: Rows = (*_PLAIN, ("state",))
_TOWN_FIRST: Rows = (*_STREET, ("city", "postal_code"))
_TOWN_COUNTY: Rows = (*_STREET, ("city",), ("state", "postal_code"))
_NO_CODE: Rows = (*_STREET, ("city", "state"))
_LARGE_TO_SMALL: Rows = (("postal_code", "state"), ("city",), *_STREET)

_ROWS: dict[str, Rows] = (
    dict.fromkeys(
        [
            "AT",
            "BE",
            "BG",
            "CH",
            "CY",
            "CZ",
            "DE",
            "DK",
            "EE",
            "FI",
            "FR",
            "GR",
            "HR",
            "HU",
            "IS",
            "LI",
            "LT",
            "LU",
            "LV",
            "MC",
            "MT",
            "NL",
            "NO",
            "PL",
            "PT",
            "RO",
            "RS",
            "SE",
            "SI",
            "SK",
            "IL",
            "TR",
            "LK",
        ],
        _PLAIN,
    )
    | dict.fromkeys(["GB", "NZ", "SG", "ZA", "JO", "KE", "PK"], _TOWN_FIRST)
    | dict.fromkeys(["US", "CA", "AU", "MX", "BR", "IN", "IE", "MY", "NG", "TH", "JP", "CN", "KR", "TW"], _TOWN_COUNTY)
    | dict.fromkeys(["AE", "HK", "QA", "BS", "JM", "PA"], _NO_CODE)
)
_POSTAL: dict[str, PostalName] = dict.fromkeys(["US", "PH"], "zip") | dict.fromkeys(  # type: ignore[assignment]
    ["GB", "AU", "NZ", "ZA", "MY"], "postcode"
)
_POSTAL |= {"IN": "pin", "IE": "eircode"}
_STATES: dict[str, StateName] = dict.fromkeys(  # type: ignore[assignment]
    ["US", "AU", "MX", "BR", "IN", "MY", "NG"], "state"
) | dict.fromkeys(["CA", "CN", "KR", "ES", "IT", "AR", "TH", "ZA", "TW"], "province")
_STATES |= {"JP": "prefecture", "IE": "county", "GB": "county", "AE": "emirate", "CH": "canton"}


class AddressForm(Struct, frozen=True, kw_only=True):
    """The parts in rows, in the order of an envelope, and what two of them are called."""

    rows: Rows
    postal: PostalName
    state: StateName


def address_form(country: str | None, filled: Collection[str] = (), *, large_first: bool = False) -> AddressForm:
    """The form of a country; of one that is not known, all parts. `filled` parts are asked for in any case.

    `large_first` asks from the large to the small, as people do who write in East Asian letters.
    """
    rows = _LARGE_TO_SMALL if large_first else _ROWS.get(country or "", _WITH_REGION)
    asked = {part for row in rows for part in row}
    parts: tuple[AddressPart, ...] = ("postal_code", "city", "state")
    more: Rows = tuple((part,) for part in parts if part in filled and part not in asked)
    return AddressForm(
        rows=(*rows, *more),
        postal=_POSTAL.get(country or "", "postal_code"),
        state=_STATES.get(country or "", "region"),
    )
