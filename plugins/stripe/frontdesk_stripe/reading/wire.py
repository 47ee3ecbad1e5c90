"""What Stripe's objects are made of: references that may be expanded, unix seconds, smallest units, lists."""

from collections.abc import Container, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Generic, TypeVar

import msgspec
from msgspec import Struct

from frontdesk.book import Address
from frontdesk.money import amount_from_stripe, known_currency, unit_amount_from_stripe

T = TypeVar("T")


OUR_NOTES = "frontdesk_"
"""How keys of metadata begin that we write for ourselves."""


class Unreadable(Exception):
    """An object of Stripe's that cannot be what the book keeps. The message says which, and why."""


class NotKnown(Exception):
    """An object names others that must be read first: their ids, by kind (`tax_rate`, `coupon`)."""

    def __init__(self, kind: str, ids: Iterable[str]) -> None:
        self.kind = kind
        self.ids = frozenset(ids)
        super().__init__(f"{kind}: {', '.join(sorted(self.ids))}")


class Reference(Struct, frozen=True):
    """An expanded object of which its id is enough."""

    id: str


Expandable = str | Reference
"""An object by its id, or the object."""


class ListOf(Struct, Generic[T], frozen=True):
    """One page of a list inside of an object."""

    data: Sequence[T] = ()
    has_more: bool = False


class WireField(Struct, frozen=True):
    """A line of the business's own on invoices."""

    name: str
    value: str


class WireAutomaticTax(Struct, frozen=True):
    """Whether rates are worked out."""

    enabled: bool = False


class WireAddress(Struct, frozen=True):
    """A postal address."""

    line1: str | None = None
    line2: str | None = None
    city: str | None = None
    state: str | None = None
    postal_code: str | None = None
    country: str | None = None


def decoded(given: Mapping[str, Any], kind: type[T]) -> T:
    """The part of an object that we read.

    Raises:
        Unreadable: a field is missing, or is of another type.
    """
    try:
        return msgspec.convert(given, kind)
    except msgspec.ValidationError as error:
        raise Unreadable(f"{given.get('object', 'object')} {given.get('id', '?')}: {error}") from error


def id_of(given: Expandable) -> str:
    """The id of an object that may be expanded."""
    return given if isinstance(given, str) else given.id


def id_or_none(given: Expandable | None) -> str | None:
    """Likewise, where there may be none."""
    return None if given is None else id_of(given)


def instant(seconds: int) -> datetime:
    """An instant from unix seconds.

    Raises:
        Unreadable: no calendar has it.
    """
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise Unreadable(f"{seconds} is no time") from error


def instant_or_none(seconds: int | None) -> datetime | None:
    """Likewise, where there may be none."""
    return None if seconds is None else instant(seconds)


def version_at(asked: datetime) -> int:
    """The version of what was asked for at an instant: microseconds since 1970."""
    return int(asked.timestamp() * 1_000_000)


def currency_of(given: str) -> str:
    """A currency that we can count in.

    Raises:
        Unreadable: we do not know its minor unit.
    """
    folded = given.lower()
    if not known_currency(folded):
        raise Unreadable(f"{given!r} is no currency that we know")
    return folded


def minor(amount: int, currency: str) -> int:
    """An amount in ISO 4217 minor units.

    Raises:
        Unreadable: it lies between two of them.
    """
    try:
        return amount_from_stripe(amount, currency)
    except ValueError as error:
        raise Unreadable(str(error)) from error


def unit_amount(whole: int | None, exact: str | None, currency: str) -> Decimal | None:
    """A unit price in minor units, from the field with decimals where it is there.

    Raises:
        Unreadable: it is no number.
    """
    if exact is None:
        return None if whole is None else unit_amount_from_stripe(Decimal(whole), currency)
    try:
        number = Decimal(exact)
    except InvalidOperation as error:
        raise Unreadable(f"{exact!r} is no amount") from error
    if not number.is_finite():
        raise Unreadable(f"{exact!r} is no amount")
    return unit_amount_from_stripe(number, currency)


def decimal(number: float) -> Decimal:
    """A percentage, as it is written."""
    return Decimal(str(number))


def one_of(given: str | None, known: Container[str | None], otherwise: Any) -> Any:
    """A word of a list, or what stands for one that is not on it."""
    return given if given in known else otherwise


def own_metadata(given: Mapping[str, str] | None) -> Mapping[str, str]:
    """The business's own metadata: keys that begin with `frontdesk_` are notes of ours."""
    return {key: value for key, value in (given or {}).items() if not key.startswith(OUR_NOTES)}


def address(given: WireAddress | None) -> Address | None:
    """A postal address; None where nothing of it is filled in."""
    if given is None:
        return None
    parts = {name: getattr(given, name) or None for name in given.__struct_fields__}
    return Address(**parts) if any(parts.values()) else None
