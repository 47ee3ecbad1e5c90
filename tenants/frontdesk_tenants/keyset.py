"""Where a page of a list begins: next to a row, at (created, id), and not at a number of rows.

So the last page costs what the first one does, and rows that come meanwhile move nothing.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Generic, TypeVar

from msgspec import Struct

Row = TypeVar("Row")


class Place(Struct, frozen=True, kw_only=True):
    """A row's place in a list that is ordered by (created, id)."""

    created: datetime
    id: str


class Which(Struct, frozen=True, kw_only=True):
    """Which page: older or newer than a place; at most one of them. Neither is the first page."""

    older_than: Place | None = None
    newer_than: Place | None = None

    @property
    def backwards(self) -> bool:
        """Whether its rows are asked for oldest first, since it lies before what is known."""
        return self.newer_than is not None

    @property
    def place(self) -> Place | None:
        """What it lies next to; None is the first page."""
        return self.newer_than or self.older_than


class Leaf(Struct, Generic[Row], frozen=True, kw_only=True):
    """The rows of a page, newest first, and whether there are older and newer ones."""

    found: tuple[Row, ...]
    older: bool
    newer: bool


def beside(which: Which, alias: str) -> tuple[str, str, dict[str, Any]]:
    """Where a page lies, in SQL: a condition on the columns of `alias`, the order of its rows, and the parameters."""
    direction = "ASC" if which.backwards else "DESC"
    if which.place is None:
        return "true", direction, {}
    condition = f"({alias}.created, {alias}.id) {'>' if which.backwards else '<'} (:created, :id)"
    return condition, direction, {"created": which.place.created, "id": which.place.id}


def leaf(asked: Sequence[Row], limit: int, which: Which) -> Leaf[Row]:
    """The page from its rows in the order in which they were asked for: one more than `limit`, where there are more."""
    found, more = tuple(asked[:limit]), len(asked) > limit
    if which.backwards:
        return Leaf(found=found[::-1], older=True, newer=more)
    return Leaf(found=found, older=more, newer=which.place is not None)
