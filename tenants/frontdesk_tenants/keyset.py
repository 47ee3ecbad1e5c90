"""Where a page of a list begins: next to a row, at (created, id), and not at a number of rows.

So the last page costs what the first one does, and rows that come meanwhile move nothing.
"""

from datetime import datetime

from msgspec import Struct


class Place(Struct, frozen=True, kw_only=True):
    """A row's place in a list that is ordered by (created, id)."""

    created: datetime
    id: str


class Which(Struct, frozen=True, kw_only=True):
    """Which page: older or newer than a place; at most one of them. Neither is the first page."""

    older_than: Place | None = None
    newer_than: Place | None = None
