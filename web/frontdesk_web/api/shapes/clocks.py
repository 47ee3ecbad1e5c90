"""Test clocks."""

from typing import Any

from frontdesk.clocks import TestClock
from frontdesk_web.api.shapes.values import unix


def test_clock(stored: TestClock) -> dict[str, Any]:
    """A test clock. While it is on its way, `frozen_time` is how far it has come."""
    details = {} if stored.target is None else {"advancing": {"target_frozen_time": unix(stored.target)}}
    return {
        "id": stored.id,
        "object": "test_helpers.test_clock",
        "created": unix(stored.created),
        "deletes_after": unix(stored.deletes_after),
        "frozen_time": unix(stored.frozen_time),
        "livemode": False,
        "name": stored.name,
        "status": stored.status,
        "status_details": details,
    }
