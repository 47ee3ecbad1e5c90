"""Values as Stripe writes them: unix seconds, smallest units, addresses."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from frontdesk.book import Address, CustomField, Shipping
from frontdesk.money import round_half_away, unit_amount_to_stripe

ACCOUNT_PREFIX = "acct_"
CUSTOMER_PREFIX = "cus_"


def unix(instant: datetime) -> int:
    """An instant in seconds."""
    return int(instant.timestamp())


def unix_or_none(instant: datetime | None) -> int | None:
    """An instant in seconds, where there is one."""
    return None if instant is None else unix(instant)


def amount(minor: int, currency: str) -> int:
    """An amount in Stripe's smallest unit."""
    return round_half_away(unit_amount_to_stripe(Decimal(minor), currency))


def unit_amounts(minor: Decimal, currency: str) -> tuple[int | None, str]:
    """A unit price as an integer, None where it has decimals, and as a decimal text."""
    exact = unit_amount_to_stripe(minor, currency).normalize()
    whole = int(exact) if exact == exact.to_integral_value() else None
    return whole, f"{exact:f}"


def address(given: Address | None) -> dict[str, Any] | None:
    """A postal address."""
    if given is None:
        return None
    return {
        "city": given.city,
        "country": given.country,
        "line1": given.line1,
        "line2": given.line2,
        "postal_code": given.postal_code,
        "state": given.state,
    }


def shipping(given: Shipping | None) -> dict[str, Any] | None:
    """Where goods go."""
    if given is None:
        return None
    return {"address": address(given.address), "name": given.name, "phone": given.phone}


def custom_fields(given: Sequence[CustomField]) -> list[dict[str, str]] | None:
    """Lines of a business's own on invoices; null where there are none."""
    return [{"name": each.name, "value": each.value} for each in given] or None


def list_of(url: str, data: list[dict[str, Any]], has_more: bool = False) -> dict[str, Any]:
    """A list inside of an object."""
    return {"object": "list", "data": data, "has_more": has_more, "url": url}


def account_id(customer_id: str) -> str:
    """The other name of a customer, as Accounts v2 calls it."""
    return ACCOUNT_PREFIX + customer_id.removeprefix(CUSTOMER_PREFIX)


def customer_id(account: str) -> str:
    """The customer that an account is."""
    return CUSTOMER_PREFIX + account.removeprefix(ACCOUNT_PREFIX)
