"""A page of a list, newest first by (created, id): from which object on, in which direction, made in which time."""

from datetime import datetime
from typing import Any, Generic, TypeVar

from msgspec import Struct
from sqlalchemy import ColumnElement, and_, true

ID_LENGTH = 255
Listed = TypeVar("Listed")


class NoSuchCursor(LookupError):
    """The object that a page was to begin after or end before does not exist. `param` says which of the two."""

    def __init__(self, param: str, id_: str) -> None:
        super().__init__(id_)
        self.param = param
        self.id = id_


class Span(Struct, frozen=True, kw_only=True):
    """An interval of instants; what is None is open."""

    gt: datetime | None = None
    gte: datetime | None = None
    lt: datetime | None = None
    lte: datetime | None = None


class Cursor(Struct, frozen=True, kw_only=True):
    """Which page: at most `limit` objects older than `starting_after`, or the ones just newer than `ending_before`."""

    limit: int = 10
    starting_after: str | None = None
    ending_before: str | None = None
    created: Span = Span()


class Page(Struct, Generic[Listed], frozen=True):
    """Objects, newest first, and whether there are more in the direction that was asked for."""

    items: tuple[Listed, ...]
    has_more: bool


def within(column: ColumnElement[Any], span: Span) -> ColumnElement[bool]:
    """Whether an instant lies in an interval."""
    bounds: list[ColumnElement[bool]] = [true()]
    if span.gt is not None:
        bounds.append(column > span.gt)
    if span.gte is not None:
        bounds.append(column >= span.gte)
    if span.lt is not None:
        bounds.append(column < span.lt)
    if span.lte is not None:
        bounds.append(column <= span.lte)
    return and_(*bounds)


def plausible(id_: str) -> bool:
    """Whether PostgreSQL could hold this as an id at all: no NUL, no half of a surrogate pair."""
    return 0 < len(id_) <= ID_LENGTH and "\x00" not in id_ and not any("\ud800" <= each <= "\udfff" for each in id_)
