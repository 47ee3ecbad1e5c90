"""`/v1/events`: what happened in the last thirty days, newest first."""

from collections.abc import Sequence
from typing import Any

from frontdesk_tenants import happenings, webhook_record
from frontdesk_tenants.database import SideTransaction
from frontdesk_tenants.happenings import Told
from frontdesk_web.api.calls import CREATED, CURSOR, Call, Endpoint, list_of
from frontdesk_web.api.errors import ApiError, exclusive_params, no_such
from frontdesk_web.api.event_types import kinds_of
from frontdesk_web.api.happenings_shown import show_happenings
from frontdesk_web.api.parameters import Flag, Many, Text
from frontdesk_web.api.shapes.events import event
from frontdesk_web.api.viewers import Viewer

MOST_TYPES = 20
LIST = (
    CURSOR
    | CREATED
    | {
        "delivery_success": Flag(),
        "type": Text(maximum=255),
        "types": Many(of=Text(maximum=255), maximum=MOST_TYPES),
    }
)


async def retrieve(call: Call) -> dict[str, Any]:
    """One event."""
    async with call.transaction() as connection:
        found = await happenings.find(connection, call.path["event"])
        if found is None:
            raise no_such("event", call.path["event"], None)
        (shown,) = await events_of(call, connection, [found])
    return shown


async def list_all(call: Call) -> dict[str, Any]:
    """Events, newest first. `type` may end with a star, `types` may not."""
    given = call.given
    if "type" in given and "types" in given:
        raise exclusive_params("type", "types")
    if any("*" in each for each in given.get("types", ())):
        raise ApiError("You cannot use wildcards in `types`. Pass one as `type`.", param="types")
    wanted = (given["type"],) if "type" in given else given.get("types")
    async with call.transaction() as connection:
        page = await happenings.page(
            connection,
            call.cursor(),
            kinds=None if wanted is None else kinds_of(wanted),
            delivered=given.get("delivery_success"),
        )
        return list_of("/v1/events", page, await events_of(call, connection, page.items))


async def events_of(viewer: Viewer, connection: SideTransaction, told: Sequence[Told]) -> list[dict[str, Any]]:
    """Happenings as events, in the same order."""
    shown = await show_happenings(viewer, connection, told)
    pending = await webhook_record.pending(connection, [each.id for each in told])
    return [
        event(each, data, livemode=viewer.livemode, pending=pending.get(each.id, 0))
        for each, data in zip(told, shown, strict=True)
    ]


endpoints = (
    Endpoint(method="GET", path="/v1/events", takes=LIST, act=list_all),
    Endpoint(method="GET", path="/v1/events/{event:str}", takes={}, act=retrieve),
)
