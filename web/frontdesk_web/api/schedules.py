"""`/v1/subscription_schedules`: changes of plan that wait for ends of periods, read, released and cancelled.

They come about in the portal, on the dashboard, and by phases of the caller's own (`schedule_phases`).
"""

from typing import Any

from frontdesk import cancellations, plan_changes
from frontdesk.book import ENDED, Price, Subscription
from frontdesk.commands import CancelSubscription
from frontdesk.schedule_ends import PastSchedule
from frontdesk_tenants import listings, past_schedules
from frontdesk_tenants.database import SideTransaction
from frontdesk_web.api.calls import Call, Endpoint
from frontdesk_web.api.errors import ApiError, no_such
from frontdesk_web.api.parameters import Flag
from frontdesk_web.api.shapes.schedules import number_of, past_schedule, schedule, schedules_named

CANCEL: dict[str, Any] = {"invoice_now": Flag(), "prorate": Flag()}
RELEASE: dict[str, Any] = {"preserve_cancel_date": Flag()}


async def retrieve(call: Call) -> dict[str, Any]:
    """The schedule of a subscription whose change waits, or what it was when it was over."""
    found, known = await _found(call)
    if isinstance(found, PastSchedule):
        return past_schedule(found, known, call.livemode)
    return schedule(found, known, call.livemode)


async def release(call: Call) -> dict[str, Any]:
    """Take the change back: the subscription goes on as it is."""
    stored, known = await active(call, "release", "released")
    async with call.desk(stored.customer) as desk:
        await plan_changes.undo(desk, stored.id)
        if stored.cancel_at is not None and not call.given.get("preserve_cancel_date", False):
            await cancellations.keep(desk, stored.id)
        over_at = desk.now
    return schedule(stored, known, call.livemode, status="released", over_at=over_at)


async def cancel(call: Call) -> dict[str, Any]:
    """End the subscription now, and the change with it. Unused time is credited and billed unless that is off."""
    given = call.given
    stored, known = await active(call, "cancel", "canceled")
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


async def active(call: Call, act: str, done: str) -> tuple[Subscription, dict[str, Price]]:
    """The subscription of the schedule that the path names, and its prices.

    Raises:
        ApiError: there is none (404), or it is over, so that it can be `done` no more; in Stripe's words, which
            programs look for.
    """
    found, known = await _found(call)
    if isinstance(found, PastSchedule):
        raise ApiError(
            f"You cannot {act} a subscription schedule that is currently in the `{found.status}` status. "
            f"It must be in `not_started, active` status to be {done}."
        )
    return found, known


async def _found(call: Call) -> tuple[Subscription | PastSchedule, dict[str, Price]]:
    """The schedule that the path names, or its subscription if it is active, and its prices. Raises ApiError (404)."""
    async with call.transaction() as connection:
        found = await _named(connection, call.path["schedule"])
        if found is None:
            raise no_such("subscription schedule", call.path["schedule"], None)
        shown = found.before if isinstance(found, PastSchedule) else found
        return found, await listings.find_all(connection, "price", shown.prices)


async def _named(connection: SideTransaction, id_: str) -> Subscription | PastSchedule | None:
    for subscription, number in schedules_named(id_):
        stored: Subscription | None = await listings.find(connection, "subscription", subscription)
        if stored is not None:
            if stored.has_schedule and stored.status not in ENDED and number_of(stored) == number:
                return stored
            return await past_schedules.find(connection, stored.id, number)
    return None


_ONE = "/v1/subscription_schedules/{schedule:str}"
endpoints = (
    Endpoint(method="GET", path=_ONE, takes={}, act=retrieve),
    Endpoint(method="POST", path=_ONE + "/release", takes=RELEASE, act=release),
    Endpoint(method="POST", path=_ONE + "/cancel", takes=CANCEL, act=cancel),
)
