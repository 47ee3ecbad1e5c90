"""Commands about what customers use: reports that meters count, and their taking back."""

from datetime import datetime

from msgspec import Struct


class ReportUsage(Struct, frozen=True, tag=True, kw_only=True):
    """Count what a customer used: it goes to every item of a price with this meter whose period holds `at`.

    `identifier` tells reports apart: one that was counted is not counted again. One that `replaces` takes the place of
    what was reported of instants before.
    """

    meter: str
    value: int
    at: datetime
    identifier: str
    replaces: bool = False


class CancelUsage(Struct, frozen=True, tag=True, kw_only=True):
    """Take back a report of use that is not billed yet; all but `left` as it was reported.

    `left` and `left_at` are the last of the other reports, where the last one counts (`replaces`).
    """

    meter: str
    value: int
    at: datetime
    identifier: str
    replaces: bool = False
    left: int = 0
    left_at: datetime | None = None
