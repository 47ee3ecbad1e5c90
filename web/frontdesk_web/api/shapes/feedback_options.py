"""A tenant's own answers to the question why somebody cancels."""

from typing import Any

from frontdesk.feedback_options import FeedbackOption
from frontdesk_web.api.shapes.values import unix_or_none


def feedback_option(stored: FeedbackOption, livemode: bool) -> dict[str, Any]:
    """One answer."""
    return {
        "id": stored.id,
        "object": "billing.feedback_option",
        "description": stored.description,
        "livemode": livemode,
        "status": "active" if stored.active else "inactive",
        "status_transitions": {"deactivated_at": unix_or_none(stored.deactivated_at)},
    }
