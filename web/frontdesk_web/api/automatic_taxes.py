"""`automatic_tax`: whether tax is worked out for something. What says nothing takes what the side's settings say."""

from collections.abc import Mapping
from typing import Any

from frontdesk_web.api.parameters import Absent, Flag, Group, Required

AUTOMATIC_TAX = Group(
    of={
        "enabled": Required(Flag()),
        "liability": Absent(what="Connected accounts are", harmless=("", {"type": "self"})),
    }
)


def wanted(given: Mapping[str, Any]) -> bool | None:
    """Whether tax is to be worked out; None where nothing is said."""
    group = given.get("automatic_tax")
    return None if group is None else bool(group["enabled"])
