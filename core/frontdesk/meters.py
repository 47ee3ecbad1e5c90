"""Meters: what a business counts of its customers' use, and how an event is read.

The words are Stripe's (docs.stripe.com/api/billing/meter).
"""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Literal

from msgspec import Struct

from frontdesk.bounds import MAXIMUM_QUANTITY
from frontdesk.changes import UsageReport
from frontdesk.errors import Refusal, Refused
from frontdesk.refusals import no_such

Formula = Literal["count", "last", "sum"]
CANCELABLE = timedelta(days=1)
"""How long after it was taken a report can be taken back, as at Stripe."""
OLDEST = timedelta(days=35)
"""How late a report may come, and"""
AHEAD = timedelta(minutes=5)
"""how far its clock may be ahead of ours (both as at Stripe)."""
_WHOLE = re.compile(r"[0-9]{1,9}", re.ASCII)


class Meter(Struct, frozen=True, kw_only=True):
    """What events of one name come to: their number, or the sum or the last of what their payload names `value_key`.

    `customer_key` is where the payload says whose use it was. An inactive meter takes no events.
    """

    id: str
    event_name: str
    display_name: str
    formula: Formula
    created: datetime
    updated: datetime
    customer_key: str = "stripe_customer_id"
    value_key: str = "value"
    deactivated_at: datetime | None = None

    @property
    def active(self) -> bool:
        """Whether it takes events."""
        return self.deactivated_at is None


def read_report(meter: Meter, payload: Mapping[str, str], at: datetime, now: datetime) -> tuple[str, int]:
    """Whose use an event tells of, and how much.

    Raises:
        Refused: the payload says neither, or the event is too old or lies in the future.
    """
    customer, value = payload.get(meter.customer_key), payload.get(meter.value_key)
    if not customer:
        raise Refused(_wrong("event_without_customer", meter.customer_key))
    if meter.formula != "count" and (value is None or not _WHOLE.fullmatch(value)):
        raise Refused(_wrong("event_without_value", meter.value_key))
    if at < now - OLDEST:
        raise Refused(_late("The timestamp of an event must be within the past 35 calendar days."))
    if at > now + AHEAD:
        raise Refused(_late("The timestamp of an event must not be more than 5 minutes in the future."))
    return customer, 1 if meter.formula == "count" else int(value or 0)


def check_cancelable(report: UsageReport, meter: Meter, now: datetime) -> None:
    """Raises Refused for a report of something else, one that was taken back before, or one that came too long ago."""
    if report.meter != meter.id:
        raise Refused(no_such("meter event", report.identifier, "cancel[identifier]"))
    if report.canceled:
        raise Refused(_not_cancelable("The event `{identifier}` was canceled already.", report))
    if now - report.created > CANCELABLE:
        raise Refused(_not_cancelable("The event `{identifier}` was received more than 24 hours ago.", report))


def _not_cancelable(sentence: str, report: UsageReport) -> Refusal:
    return Refusal(
        code="event_not_cancelable",
        for_customer="This cannot be done now.",
        for_tenant=sentence,
        parameters={"identifier": report.identifier},
        param="cancel[identifier]",
    )


def _wrong(code: str, key: str) -> Refusal:
    sentence = "The payload of this event needs `{key}`, a whole number from 0 to {maximum}."
    if code == "event_without_customer":
        sentence = "The payload of this event needs `{key}`, the id of a customer."
    return Refusal(
        code=code,
        for_customer="This cannot be done now.",
        for_tenant=sentence,
        parameters={"key": key, "maximum": MAXIMUM_QUANTITY},
        param=f"payload[{key}]",
    )


def _late(sentence: str) -> Refusal:
    return Refusal(
        code="event_out_of_time", for_customer="This cannot be done now.", for_tenant=sentence, param="timestamp"
    )
