"""What the pages that change a side's settings have in common: days that are typed, who bills, what was not saved."""

from collections.abc import Sequence

from frontdesk.billing import Capabilities
from frontdesk.errors import Refusal
from frontdesk_web.dashboard.visit import StaffVisit
from frontdesk_web.messages import translate
from frontdesk_web.site import Site
from frontdesk_web.typed_text import whole_number

NO_DAYS = -1
"""Stands for what is no number of days: every rule about days refuses it, and says so at its field."""


def typed_days(typed: str) -> int:
    """The number of days that somebody typed."""
    days = whole_number(typed.strip(), 5)
    return NO_DAYS if days is None else days


def unsaved(faults: Sequence[Refusal], locale: str) -> str:
    """What stands above a form that cannot be saved as it is; empty where nothing is wrong with it."""
    return translate(locale, "Nothing was saved yet. Please look at what is marked.") if faults else ""


async def capabilities_here(site: Site, visit: StaffVisit) -> Capabilities:
    """What the backend of the visited side can do. Raises Misconfigured where it has none that works."""
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        return (await site.tenancy.backends.of(connection, visit.door.tenant_id, visit.side.backend)).capabilities
