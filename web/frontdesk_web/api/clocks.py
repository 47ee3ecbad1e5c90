"""`/v1/test_helpers/test_clocks`: times of their own for customers of the sandbox."""

from typing import Any

from frontdesk_tenants import clock_walks, clocks, listings
from frontdesk_web.api.calls import CURSOR, Call, Endpoint, list_of
from frontdesk_web.api.errors import no_such
from frontdesk_web.api.parameters import Absent, Instant, Required, Text
from frontdesk_web.api.views import show, show_all

CREATE: dict[str, Any] = {
    "customer": Absent(what="Putting a customer on a test clock later than at its creation is"),
    "frozen_time": Required(Instant()),
    "name": Text(maximum=300),
}
ADVANCE: dict[str, Any] = {"frozen_time": Required(Instant())}


async def create(call: Call) -> dict[str, Any]:
    """Set a test clock up."""
    async with call.transaction() as connection:
        made = await clocks.create(
            connection,
            call.side,
            name=call.given.get("name"),
            frozen_time=call.given["frozen_time"],
            ids=call.ids,
            actor=call.actor,
            now=call.now,
            request_id=call.request_id,
        )
        return await show(call, connection, "test clock", made)


async def retrieve(call: Call) -> dict[str, Any]:
    """One test clock."""
    id_ = call.path["test_clock"]
    async with call.transaction() as connection:
        found = await clocks.read(connection, call.side, id_)
        if found is None:
            raise no_such("test clock", id_, None)
        return await show(call, connection, "test clock", found)


async def advance(call: Call) -> dict[str, Any]:
    """Set a test clock on its way; it has arrived when its status is `ready` again."""
    async with call.transaction() as connection:
        moving = await clocks.advance(
            connection,
            call.side,
            call.path["test_clock"],
            call.given["frozen_time"],
            actor=call.actor,
            now=call.now,
            jobs=call.site.tenancy.jobs,
            request_id=call.request_id,
        )
        return await show(call, connection, "test clock", moving)


async def delete(call: Call) -> dict[str, Any]:
    """Delete a test clock and its customers."""
    id_ = call.path["test_clock"]
    async with call.transaction() as connection:
        await clock_walks.delete(
            connection, call.site.tenancy, call.side, id_, actor=call.actor, now=call.now, request_id=call.request_id
        )
    return {"id": id_, "object": "test_helpers.test_clock", "deleted": True}


async def list_all(call: Call) -> dict[str, Any]:
    """Test clocks, newest first."""
    async with call.transaction() as connection:
        await clocks.read(connection, call.side, "")
        page = await listings.test_clocks(connection, call.cursor())
        data = await show_all(call, connection, "test clock", page.items)
    return list_of("/v1/test_helpers/test_clocks", page, data)


_ALL = "/v1/test_helpers/test_clocks"
_ONE = _ALL + "/{test_clock:str}"
endpoints = (
    Endpoint(method="POST", path=_ALL, takes=CREATE, act=create),
    Endpoint(method="GET", path=_ALL, takes=CURSOR, act=list_all),
    Endpoint(method="GET", path=_ONE, takes={}, act=retrieve),
    Endpoint(method="DELETE", path=_ONE, takes={}, act=delete),
    Endpoint(method="POST", path=_ONE + "/advance", takes=ADVANCE, act=advance),
)
