"""What a price costs, as Stripe's parameters write it: unit amounts, tiers, packages, further currencies."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from msgspec import Struct

from frontdesk.book import CurrencyOption, Tier, TransformQuantity
from frontdesk.money import amount_from_stripe, known_currency, unit_amount_from_stripe
from frontdesk_web.api.errors import ApiError, exclusive_params
from frontdesk_web.api.parameters import Absent, Choice, Group, Keyed, Many, Number, Required, Whole

TAX_BEHAVIORS = ("inclusive", "exclusive", "unspecified")
_WHOLE = Whole(maximum=999_999_999_999)


class UpTo(Struct, frozen=True):
    """Where a tier ends: a whole number, or `inf` for the last one, which is read as None."""

    def read(self, given: Any, at: str) -> int | None:
        """See `parameters.Parameter.read`."""
        return None if given == "inf" else Whole(minimum=1).read(given, at)

    def schema(self) -> dict[str, Any]:
        """See `parameter_schemas.schema_of`."""
        return {"anyOf": [{"type": "integer", "minimum": 1}, {"type": "string", "enum": ["inf"]}]}


_CUSTOM = Absent(what="Prices that the customer chooses are")
_TIERS = Many(
    of=Group(
        of={
            "flat_amount": _WHOLE,
            "flat_amount_decimal": Number(),
            "unit_amount": _WHOLE,
            "unit_amount_decimal": Number(),
            "up_to": Required(UpTo()),
        }
    )
)
UNIT_AMOUNT: dict[str, Any] = {
    "custom_unit_amount": _CUSTOM,
    "tax_behavior": Choice(of=TAX_BEHAVIORS),
    "unit_amount": _WHOLE,
    "unit_amount_decimal": Number(),
}
CURRENCY_OPTIONS = Keyed(of=Group(of=UNIT_AMOUNT | {"tiers": _TIERS}))
SCHEME: dict[str, Any] = {
    "billing_scheme": Choice(of=("per_unit", "tiered")),
    "tiers": _TIERS,
    "tiers_mode": Choice(of=("graduated", "volume")),
    "transform_quantity": Group(
        of={"divide_by": Required(Whole(minimum=1)), "round": Required(Choice(of=("down", "up")))}
    ),
}


def unit_amount(given: Mapping[str, Any], currency: str, at: str) -> Decimal | None:
    """The unit price in ISO minor units, None where none is given. `at` is where the description stands."""
    return _amount(given, "unit_amount", currency, at)


def tiers(given: Mapping[str, Any], currency: str, at: str) -> tuple[Tier, ...]:
    """The tiers of a description, in ISO minor units."""
    found = []
    for place, each in enumerate(given.get("tiers", ())):
        here = f"{below(at, 'tiers')}[{place}]"
        found.append(
            Tier(
                up_to=each["up_to"],
                unit_amount=_amount(each, "unit_amount", currency, here),
                flat_amount=_amount(each, "flat_amount", currency, here),
            )
        )
    return tuple(found)


def transform_quantity(given: Mapping[str, Any]) -> TransformQuantity | None:
    """How a quantity becomes packages."""
    found = given.get("transform_quantity")
    return None if found is None else TransformQuantity(divide_by=found["divide_by"], round=found["round"])


def currency_options(given: Mapping[str, Any], at: str) -> dict[str, CurrencyOption]:
    """What a price is in further currencies, by ISO code."""
    options: dict[str, CurrencyOption] = {}
    for name, option in given.get("currency_options", {}).items():
        currency, here = name.lower(), f"{below(at, 'currency_options')}[{name[:10]}]"
        if not known_currency(currency):
            raise ApiError(f"Invalid currency: {currency[:10]}.", param=here)
        options[currency] = CurrencyOption(
            unit_amount=_amount(option, "unit_amount", currency, here),
            tiers=tiers(option, currency, here),
            tax_behavior=option.get("tax_behavior", "unspecified"),
        )
    return options


def below(at: str, name: str) -> str:
    """A parameter inside of another."""
    return f"{at}[{name}]" if at else name


def _amount(given: Mapping[str, Any], name: str, currency: str, at: str) -> Decimal | None:
    """An amount, from whichever of the two parameters was given."""
    exact = f"{name}_decimal"
    if name in given and exact in given:
        raise exclusive_params(below(at, name), below(at, exact))
    if exact in given:
        return unit_amount_from_stripe(given[exact], currency)
    if name not in given:
        return None
    try:
        return Decimal(amount_from_stripe(given[name], currency))
    except ValueError:
        raise ApiError(
            f"Invalid integer: amounts in {currency} must be a multiple of 100.",
            code="parameter_invalid_integer",
            param=below(at, name),
        ) from None
