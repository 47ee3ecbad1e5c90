"""Events: what happened, with the object as it was then and, of a change, what it was before."""

from collections.abc import Mapping
from typing import Any

from frontdesk_tenants.happenings import Told
from frontdesk_web.api.errors import API_VERSION
from frontdesk_web.api.event_types import type_of
from frontdesk_web.api.shapes.values import unix


def event(told: Told, data: Mapping[str, Any], *, livemode: bool, pending: int) -> dict[str, Any]:
    """An event. `pending` endpoints wait to be told of it."""
    return {
        "id": told.id,
        "object": "event",
        "api_version": API_VERSION,
        "created": unix(told.created),
        "data": dict(data),
        "livemode": livemode,
        "pending_webhooks": pending,
        "request": {"id": told.request_id, "idempotency_key": told.idempotency_key},
        "type": type_of(told.kind, told.act),
    }


def previous_attributes(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """What was different, as it was; of an object within, what was different of it. None is what was not there."""
    changed: dict[str, Any] = {}
    for name in {**before, **after}:
        old, new = before.get(name), after.get(name)
        if old == new:
            continue
        nested = isinstance(old, Mapping) and isinstance(new, Mapping)
        changed[name] = previous_attributes(old, new) if nested else old  # type: ignore[arg-type]
    return changed
