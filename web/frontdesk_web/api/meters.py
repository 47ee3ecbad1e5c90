"""`/v1/billing/meters` and `/v1/billing/meter_events`: what customers used, counted one event at a time.

An event is counted in the transaction that answers it, so what was answered is on the next invoice. Where we part from
Stripe: the events of one identifier are told apart for ever and not for a day, an event that comes after its period was
billed is refused instead of passed over, and hours or days in which nothing was used have no summary.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from frontdesk.acts import do
from frontdesk.changes import UsageReport
from frontdesk.commands import CancelUsage, ReportUsage
from frontdesk.meters import Meter, check_cancelable, read_report
from frontdesk_tenants import listings, meters
from frontdesk_web.api.calls import CURSOR, Call, Endpoint, list_of, slice_of
from frontdesk_web.api.customers import present
from frontdesk_web.api.errors import ApiError, no_such_named
from frontdesk_web.api.parameters import Absent, Choice, Group, Instant, Metadata, Required, Text
from frontdesk_web.api.shapes.meters import adjustment, meter_event, summary
from frontdesk_web.api.views import show_all, show_stored

CREATE: dict[str, Any] = {
    "customer_mapping": Group(
        of={"event_payload_key": Required(Text(maximum=100)), "type": Required(Choice(of=("by_id",)))}
    ),
    "default_aggregation": Required(
        Group(of={"formula": Required(Choice(of=("count", "last", "sum")))}),
    ),
    "display_name": Required(Text(maximum=250)),
    "event_name": Required(Text(maximum=100)),
    "event_time_window": Absent(what="Events that were added up before are"),
    "value_settings": Group(of={"event_payload_key": Required(Text(maximum=100))}),
}
UPDATE: dict[str, Any] = {"display_name": Text(maximum=250)}
LIST = CURSOR | {"status": Choice(of=("active", "inactive"))}
EVENT: dict[str, Any] = {
    "event_name": Required(Text(maximum=100)),
    "identifier": Text(maximum=100),
    "payload": Required(Metadata()),
    "timestamp": Instant(),
}
ADJUSTMENT: dict[str, Any] = {
    "cancel": Required(Group(of={"identifier": Required(Text(maximum=100))})),
    "event_name": Required(Text(maximum=100)),
    "type": Required(Choice(of=("cancel",))),
}
WINDOWS: Mapping[str, timedelta] = {"day": timedelta(days=1), "hour": timedelta(hours=1)}
SUMMARIES: dict[str, Any] = CURSOR | {
    "customer": Required(Text(maximum=255)),
    "end_time": Required(Instant()),
    "start_time": Required(Instant()),
    "value_grouping_window": Choice(of=("day", "hour")),
}


async def create(call: Call) -> dict[str, Any]:
    """Begin to count events of a name."""
    given = call.given
    made = Meter(
        id=call.ids("mtr"),
        event_name=given["event_name"],
        display_name=given["display_name"],
        formula=given["default_aggregation"]["formula"],
        created=call.now,
        updated=call.now,
        customer_key=given.get("customer_mapping", {}).get("event_payload_key", "stripe_customer_id"),
        value_key=given.get("value_settings", {}).get("event_payload_key", "value"),
    )
    async with call.transaction() as connection:
        await meters.create(connection, call.door.tenant_id, made, actor=call.actor, request_id=call.request_id)
    return await show_stored(call, "billing meter", made.id)


async def retrieve(call: Call) -> dict[str, Any]:
    """One meter."""
    await call.stored("billing meter", call.path["id"])
    return await show_stored(call, "billing meter", call.path["id"])


async def update(call: Call) -> dict[str, Any]:
    """Rename a meter."""
    return await _change(call, display_name=call.given.get("display_name"))


async def deactivate(call: Call) -> dict[str, Any]:
    """Take no more events. What was counted is billed all the same."""
    return await _change(call, active=False)


async def reactivate(call: Call) -> dict[str, Any]:
    """Take events again."""
    return await _change(call, active=True)


async def list_all(call: Call) -> dict[str, Any]:
    """Meters, newest first."""
    status = call.given.get("status")
    async with call.transaction() as connection:
        page = await listings.meters(connection, call.cursor(), active=None if status is None else status == "active")
        return list_of("/v1/billing/meters", page, await show_all(call, connection, "billing meter", page.items))


async def report(call: Call) -> dict[str, Any]:
    """Count what a customer used."""
    given = call.given
    payload = {key: value or "" for key, value in (given["payload"] or {}).items()}
    async with call.transaction() as connection:
        meter = await meters.of_event(connection, given["event_name"])
    if meter is None:
        raise ApiError(f"No active meter found for event name `{given['event_name']}`.", param="event_name")
    customer = payload.get(meter.customer_key, "")
    if customer:
        await present(call, customer, f"payload[{meter.customer_key}]")
    async with call.desk(customer or None) as desk:
        now = desk.now.replace(microsecond=0)
        at = given.get("timestamp") or now
        customer, value = read_report(meter, payload, at, now)
        identifier = given.get("identifier") or call.ids("mtrevt")
        command = ReportUsage(
            meter=meter.id,
            value=value,
            at=min(at, now),
            identifier=identifier,
            replaces=meter.formula == "last",
        )
        await do(desk, command)
    kept = UsageReport(identifier=identifier, customer=customer, meter=meter.id, value=value, at=at, created=call.now)
    return meter_event(kept, meter.event_name, payload, call.livemode)


async def adjust(call: Call) -> dict[str, Any]:
    """Take back an event that was received within the last 24 hours and is not billed yet."""
    given = call.given
    identifier = given["cancel"]["identifier"]
    async with call.transaction() as connection:
        meter = await meters.of_event(connection, given["event_name"])
        report = await meters.report_of(connection, identifier)
        besides = None if report is None else await meters.last_besides(connection, report)
    if meter is None:
        raise ApiError(f"No active meter found for event name `{given['event_name']}`.", param="event_name")
    if report is None:
        raise no_such_named("meter event", identifier, "cancel[identifier]")
    check_cancelable(report, meter, call.now)
    command = CancelUsage(
        meter=meter.id,
        value=report.value,
        at=report.at,
        identifier=identifier,
        replaces=meter.formula == "last",
        left=0 if besides is None else besides.value,
        left_at=None if besides is None else besides.at,
    )
    async with call.desk(report.customer) as desk:
        await do(desk, command)
    return adjustment(identifier, meter.event_name, call.livemode)


async def summaries(call: Call) -> dict[str, Any]:
    """What a meter counted of a customer in a time, or in each hour or day of it: none where it counted nothing."""
    given, path = call.given, f"/v1/billing/meters/{call.path['id']}/event_summaries"
    meter: Meter = await call.stored("billing meter", call.path["id"])
    await call.stored("customer", given["customer"], "customer")
    start, end = given["start_time"], given["end_time"]
    if end <= start or (end - start) % timedelta(minutes=1):
        raise ApiError("`end_time` must be whole minutes after `start_time`.", param="end_time")
    window = given.get("value_grouping_window")
    for name, at in (("start_time", start), ("end_time", end)):
        if window is not None and at.timestamp() % WINDOWS[window].total_seconds():
            raise ApiError(
                f"With a `value_grouping_window`, `{name}` is the beginning of a {window} in UTC.", param=name
            )
    async with call.transaction() as connection:
        if window is None:
            value = await meters.used(connection, meter, given["customer"], start, end)
            found = [(start, end, value)] if value else []
        else:
            parts = await meters.used_by_the(window, connection, meter, given["customer"], start, end)
            found = [(begun, begun + WINDOWS[window], value) for begun, value in parts]
    shown = [summary(meter.id, given["customer"], value, begun, over, call.livemode) for begun, over, value in found]
    page = slice_of(call.cursor(), shown, [each["id"] for each in shown])
    return list_of(path, page, list(page.items))


async def _change(call: Call, *, display_name: str | None = None, active: bool | None = None) -> dict[str, Any]:
    before: Meter = await call.stored("billing meter", call.path["id"])
    async with call.transaction() as connection:
        await meters.change(
            connection,
            call.door.tenant_id,
            before,
            display_name=display_name,
            active=active,
            actor=call.actor,
            now=call.now,
            request_id=call.request_id,
        )
    return await show_stored(call, "billing meter", before.id)


_ALL = "/v1/billing/meters"
_ONE = _ALL + "/{id:str}"
endpoints = (
    Endpoint(method="POST", path=_ALL, takes=CREATE, act=create),
    Endpoint(method="GET", path=_ALL, takes=LIST, act=list_all),
    Endpoint(method="GET", path=_ONE, takes={}, act=retrieve),
    Endpoint(method="POST", path=_ONE, takes=UPDATE, act=update),
    Endpoint(method="POST", path=_ONE + "/deactivate", takes={}, act=deactivate),
    Endpoint(method="POST", path=_ONE + "/reactivate", takes={}, act=reactivate),
    Endpoint(method="GET", path=_ONE + "/event_summaries", takes=SUMMARIES, act=summaries),
    Endpoint(method="POST", path="/v1/billing/meter_events", takes=EVENT, act=report),
    Endpoint(method="POST", path="/v1/billing/meter_event_adjustments", takes=ADJUSTMENT, act=adjust),
)
