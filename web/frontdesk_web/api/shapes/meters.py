"""Meters, their events and what they come to."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from frontdesk.changes import UsageReport
from frontdesk.meters import Meter
from frontdesk_web.api.shapes.values import unix, unix_or_none


def meter(stored: Meter, livemode: bool) -> dict[str, Any]:
    """A meter."""
    return {
        "id": stored.id,
        "object": "billing.meter",
        "created": unix(stored.created),
        "customer_mapping": {"event_payload_key": stored.customer_key, "type": "by_id"},
        "default_aggregation": {"formula": stored.formula},
        "display_name": stored.display_name,
        "event_name": stored.event_name,
        "event_time_window": None,
        "livemode": livemode,
        "status": "active" if stored.active else "inactive",
        "status_transitions": {"deactivated_at": unix_or_none(stored.deactivated_at)},
        "updated": unix(stored.updated),
        "value_settings": {"event_payload_key": stored.value_key},
    }


def meter_event(report: UsageReport, event_name: str, payload: Mapping[str, str], livemode: bool) -> dict[str, Any]:
    """An event that was counted."""
    return {
        "object": "billing.meter_event",
        "created": unix(report.created),
        "event_name": event_name,
        "identifier": report.identifier,
        "livemode": livemode,
        "payload": dict(payload),
        "timestamp": unix(report.at),
    }


def adjustment(identifier: str, event_name: str, livemode: bool) -> dict[str, Any]:
    """That an event was taken back: at once, so that nothing is left to wait for."""
    return {
        "object": "billing.meter_event_adjustment",
        "cancel": {"identifier": identifier},
        "event_name": event_name,
        "livemode": livemode,
        "status": "complete",
        "type": "cancel",
    }


def summary(meter_id: str, customer: str, value: int, start: datetime, end: datetime, livemode: bool) -> dict[str, Any]:
    """What a meter counted of a customer in a time."""
    return {
        "id": f"mtrusg_{meter_id.removeprefix('mtr_')}_{customer.removeprefix('cus_')}_{unix(start)}",
        "object": "billing.meter_event_summary",
        "aggregated_value": value,
        "end_time": unix(end),
        "livemode": livemode,
        "meter": meter_id,
        "start_time": unix(start),
    }
