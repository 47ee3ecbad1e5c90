"""From what happened to who is told: a new happening is shown as an event, and queued for every endpoint that wants it.

One transaction a batch: a worker that dies in it has told nobody, and another begins again.
"""

import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct

from frontdesk_tenants import happenings, webhook_calls, webhook_endpoints
from frontdesk_tenants.database import SideTransaction, clock, enter_side
from frontdesk_tenants.directory import Door, Side, read_side
from frontdesk_tenants.happenings import Told
from frontdesk_web.api.event_types import type_of
from frontdesk_web.api.happenings_shown import show_happenings
from frontdesk_web.site import Site

log = logging.getLogger("frontdesk.webhooks")


class Telling(Struct, frozen=True, kw_only=True):
    """For whom events are shown: the tenant's endpoints (`api.views.Viewer`)."""

    site: Site
    door: Door
    side: Side
    now: datetime

    @property
    def livemode(self) -> bool:
        """False in the sandbox."""
        return self.door.livemode


async def spread_all(site: Site) -> None:
    """Look through everything that nobody was told of yet."""
    while await spread_some(site):
        pass


async def spread_some(site: Site) -> bool:
    """Look through some happenings of the side that has waited longest. False where there are none."""
    async with site.tenancy.database.unscoped() as connection:
        taken = await webhook_calls.take_untold(connection)
        if taken is None:
            return False
        tenant_id, ids = taken
        door = await site.tenancy.door(tenant_id)
        await enter_side(connection, tenant_id)
        side = await read_side(connection, door)
        now = (await clock(connection)).replace(microsecond=0)
        viewer = Telling(site=site, door=door, side=side, now=now)
        wanted: list[tuple[str, str, str]] = []
        stumbled: set[str] = set()
        endpoints = await webhook_endpoints.listening(connection)
        for each in await happenings.find_all(connection, ids):
            type_ = type_of(each.kind, each.act)
            listeners = [endpoint.id for endpoint in endpoints if endpoint.wants(type_)]
            if listeners and not await _shown(viewer, connection, each):
                stumbled.add(each.id)
                continue
            wanted += [(endpoint, each.id, type_) for endpoint in listeners]
        if stumbled:
            await webhook_calls.leave_for_later(connection, tenant_id, sorted(stumbled))
        done = [each for each in ids if each not in stumbled]
        await webhook_calls.spread(connection, tenant_id, wanted, done, now)
    return True


async def _shown(viewer: Telling, connection: SideTransaction, told: Told) -> bool:
    """Whether the happening could be shown; what it looks like is kept then."""
    try:
        async with connection.begin_nested():
            shown: Sequence[Any] = await show_happenings(viewer, connection, [told])
            await happenings.keep_bodies(connection, viewer.door.tenant_id, [(told, shown[0])], viewer.now)
    except Exception:
        log.exception(
            "a happening could not be shown", extra={"tenant": str(viewer.door.tenant_id), "happening": told.id}
        )
        return False
    return True
