"""`/v1/billing/feedback_options`: the tenant's own answers to the question why somebody cancels."""

from typing import Any

from frontdesk.feedback_options import DESCRIPTION_LENGTH, FeedbackOption
from frontdesk_tenants import feedback_options, listings
from frontdesk_web.api.calls import CURSOR, Call, Endpoint, list_of
from frontdesk_web.api.parameters import Choice, Required, Text
from frontdesk_web.api.views import show_all, show_stored

CREATE: dict[str, Any] = {"description": Required(Text(maximum=DESCRIPTION_LENGTH))}
UPDATE: dict[str, Any] = {"description": Text(maximum=DESCRIPTION_LENGTH)}
LIST = CURSOR | {"status": Choice(of=("active", "inactive"))}
KIND: listings.Kind = "feedback option"


async def create(call: Call) -> dict[str, Any]:
    """Add an answer. Customers see it once a configuration names it."""
    made = FeedbackOption(id=call.ids("fo"), description=call.given["description"], created=call.now)
    async with call.transaction() as connection:
        await feedback_options.create(
            connection, call.door.tenant_id, made, actor=call.actor, request_id=call.request_id
        )
    return await show_stored(call, KIND, made.id)


async def retrieve(call: Call) -> dict[str, Any]:
    """One answer."""
    await call.stored(KIND, call.path["feedback_option"])
    return await show_stored(call, KIND, call.path["feedback_option"])


async def update(call: Call) -> dict[str, Any]:
    """Correct what an answer says."""
    before: FeedbackOption = await call.stored(KIND, call.path["feedback_option"])
    async with call.transaction() as connection:
        await feedback_options.describe(
            connection,
            call.door.tenant_id,
            before,
            call.given.get("description", before.description),
            actor=call.actor,
            now=call.now,
            request_id=call.request_id,
        )
    return await show_stored(call, KIND, before.id)


async def deactivate(call: Call) -> dict[str, Any]:
    """Let nobody choose an answer any more, in no configuration."""
    before: FeedbackOption = await call.stored(KIND, call.path["feedback_option"])
    async with call.transaction() as connection:
        await feedback_options.deactivate(
            connection,
            call.door.tenant_id,
            before,
            actor=call.actor,
            now=call.now,
            request_id=call.request_id,
        )
    return await show_stored(call, KIND, before.id)


async def list_all(call: Call) -> dict[str, Any]:
    """Answers, newest first."""
    status = call.given.get("status")
    async with call.transaction() as connection:
        page = await listings.feedback_options(
            connection, call.cursor(), active=None if status is None else status == "active"
        )
        return list_of(_ALL, page, await show_all(call, connection, KIND, page.items))


_ALL = "/v1/billing/feedback_options"
_ONE = _ALL + "/{feedback_option:str}"
endpoints = (
    Endpoint(method="POST", path=_ALL, takes=CREATE, act=create),
    Endpoint(method="GET", path=_ALL, takes=LIST, act=list_all),
    Endpoint(method="GET", path=_ONE, takes={}, act=retrieve),
    Endpoint(method="POST", path=_ONE, takes=UPDATE, act=update),
    Endpoint(method="POST", path=_ONE + "/deactivate", takes={}, act=deactivate),
)
