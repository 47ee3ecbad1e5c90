"""`/v1/subscription_schedules`: changes of plan that wait for ends of periods, read, released and cancelled.

They come about in the portal, on the dashboard, and by phases of the caller's own (`schedule_phases`).
"""

from typing import Any

from frontdesk import cancellations, plan_changes
from frontdesk.book import Price, Subscription
from frontdesk.commands import CancelSubscription
from frontdesk_tenants import listings
from frontdesk_web.api.calls import Call, Endpoint
from frontdesk_web.api.errors import no_such
from frontdesk_web.api.parameters import Flag
from frontdesk_web.api.shapes.schedules import schedule, subscription_of

CANCEL: dict[str, Any] = {"invoice_now": Flag(), "prorate": Flag()}
RELEASE: dict[str, Any] = {"preserve_cancel_date": Flag()}


async def retrieve(call: Call) -> dict[str, Any]:
    """The schedule of a subscription whose change waits."""
    stored, known = await _stored(call)
    return schedule(stored, known, call.livemode)


async def release(call: Call) -> dict[str, Any]:
    """Take the change back: the subscription goes on as it is."""
    stored, known = await _stored(call)
    async with call.desk(stored.customer) as desk:
        await plan_changes.undo(desk, stored.id)
        if stored.cancel_at is not None and not call.given.get("preserve_cancel_date", False):
            await cancellations.keep(desk, stored.id)
        over_at = desk.now
    return schedule(stored, known, call.livemode, status="released", over_at=over_at)


async def cancel(call: Call) -> dict[str, Any]:
    """End the subscription now, and the change with it. Unused time is credited and billed unless that is off."""
    given = call.given
    stored, known = await _stored(call)
    command = CancelSubscription(
        subscription=stored.id,
        when="now",
        prorate=given.get("prorate", True),
        invoice_now=given.get("invoice_now", True),
    )
    async with call.desk(stored.customer) as desk:
        await cancellations.cancel(desk, command)
        over_at = desk.now
    return schedule(stored, known, call.livemode, status="canceled", over_at=over_at)


async def _stored(call: Call) -> tuple[Subscription, dict[str, Price]]:
    """The subscription of the schedule that the path names, and its prices. Raises ApiError (404)."""
    named = call.path["schedule"]
    id = subscription_of(named)
    async with call.transaction() as connection:
        found = None if id is None else await listings.find(connection, "subscription", id)
        if found is None or not found.has_schedule or found.status == "canceled":
            raise no_such("subscription schedule", named, None)
        return found, await listings.find_all(connection, "price", found.prices)


_ONE = "/v1/subscription_schedules/{schedule:str}"
endpoints = (
    Endpoint(method="GET", path=_ONE, takes={}, act=retrieve),
    Endpoint(method="POST", path=_ONE + "/release", takes=RELEASE, act=release),
    Endpoint(method="POST", path=_ONE + "/cancel", takes=CANCEL, act=cancel),
)
