"""Subscription schedules with phases of the caller's own: made from a subscription or with a new one, and changed.

A phase begins where a billing period does. The first one is the present plan. One that nothing follows is over at its
end, and the schedule with it.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec.structs import replace

from frontdesk import plan_changes, subscriptions
from frontdesk.book import ENDED, Price, Recurring, Subscription
from frontdesk.commands import ChangePlan, ItemChange, NewItem, PlanAhead, PlannedPhase
from frontdesk.periods import boundary, period_containing
from frontdesk_tenants import listings
from frontdesk_tenants.database import SideTransaction
from frontdesk_tenants.local_desk import LocalDesk
from frontdesk_tenants.paging import NoSuchCursor, Span
from frontdesk_tenants.remote_desk import RemoteDesk
from frontdesk_web.api.calls import CREATED, CURSOR, Call, Endpoint, list_of, span
from frontdesk_web.api.customers import NAMES, must_be_named, named, present
from frontdesk_web.api.discount_parameters import DISCOUNTS
from frontdesk_web.api.errors import ApiError, exclusive_params, missing_param
from frontdesk_web.api.inline_prices import PRICE_DATA, InlinePrices
from frontdesk_web.api.parameters import Absent, Choice, Group, Instant, Many, Required, Text, Whole
from frontdesk_web.api.prices import INTERVALS
from frontdesk_web.api.renamed_params import inside, renamed_params
from frontdesk_web.api.schedules import active
from frontdesk_web.api.shapes.schedules import number_of, schedule, schedules_named
from frontdesk_web.api.subscription_changes import CREATE_BEHAVIORS, QUANTITY
from frontdesk_web.api.subscriptions import BILLING_MODE, create_command
from frontdesk_web.api.tax_rates import TAX_RATES

_ITEM = Group(
    of={
        "billing_thresholds": Absent(what="Billing thresholds are"),
        "discounts": Absent(what="Discounts of items of a phase are"),
        "metadata": Absent(what="Metadata of items of a phase is"),
        "plan": Text(maximum=255),
        "price": Text(maximum=255),
        "price_data": PRICE_DATA,
        "quantity": QUANTITY,
        "tax_rates": Absent(what="Tax rates of items of a phase are"),
    }
)
_LATER: dict[str, Any] = {
    "default_tax_rates": Absent(what="Tax rates of later phases are"),
    "discounts": Absent(what="Discounts of later phases are"),
    "trial_end": Absent(what="Trials of later phases are"),
}
_SERVED: dict[str, Any] = _LATER | {
    "add_invoice_items": Absent(what="Further items for the next invoice are"),
    "application_fee_percent": Absent(what="Application fees are"),
    "automatic_tax": Absent(what="Automatic taxes of single phases are"),
    "billing_cycle_anchor": Absent(what="Anchors of phases are", harmless=("", "automatic")),
    "billing_thresholds": Absent(what="Billing thresholds are"),
    "collection_method": Absent(what="Collection methods of phases are", harmless=("", "send_invoice")),
    "currency": Text(maximum=3),
    "default_payment_method": Absent(what="Payment methods are"),
    "description": Absent(what="Descriptions of phases are"),
    "duration": Group(of={"interval": Required(Choice(of=INTERVALS)), "interval_count": Whole(minimum=1)}),
    "end_date": Instant(),
    "invoice_settings": Absent(what="Invoice settings of phases are"),
    "items": Required(Many(of=_ITEM, maximum=20)),
    "iterations": Whole(minimum=1, maximum=1200),
    "metadata": Absent(what="Metadata of phases is"),
    "on_behalf_of": Absent(what="Connected accounts are"),
    "proration_behavior": CREATE_BEHAVIORS,
    "start_date": Instant(words=("now",)),
    "transfer_data": Absent(what="Connected accounts are"),
    "trial": Absent(what="Trials without an end are", harmless=("", "false")),
}
_PHASE = Group(of=_SERVED)
_FIRST = Group(of=_SERVED | {"default_tax_rates": TAX_RATES, "discounts": DISCOUNTS, "trial_end": Instant()})
_SETTINGS: dict[str, Any] = {
    "default_settings": Absent(what="Default settings of schedules are"),
    "end_behavior": Choice(of=("cancel", "release")),
    "metadata": Absent(what="Metadata of schedules is"),
}
CREATE: dict[str, Any] = (
    NAMES
    | _SETTINGS
    | {
        "billing_mode": BILLING_MODE,
        "from_subscription": Text(maximum=255),
        "phases": Many(of=_FIRST, maximum=50),
        "start_date": Instant(words=("now",)),
    }
)
UPDATE = _SETTINGS | {"phases": Many(of=_PHASE, maximum=50), "proration_behavior": CREATE_BEHAVIORS}
_OVER = Absent(
    what="Lists of schedules that are over are",
    instead="Each is read by its id, and `subscription_schedule.released`, `.completed` and `.canceled` tell of it.",
)
LIST = (
    CURSOR
    | CREATED
    | NAMES
    | dict.fromkeys(("canceled_at", "completed_at", "released_at"), _OVER)
    | {"scheduled": Absent(what="Schedules that begin later are", harmless=("", "false"))}
)
MONTHS: Mapping[str, int] = {"month": 1, "year": 12}
DAYS: Mapping[str, int] = {"day": 1, "week": 7}
_OF_PHASE = re.compile(r"phases\[(\d+)\](.*)")


async def create(call: Call) -> dict[str, Any]:
    """Make a schedule of a subscription that there is, or start a subscription by its first phase."""
    given = call.given
    if "from_subscription" in given:
        stored: Subscription = await call.stored("subscription", given["from_subscription"], "from_subscription")
        for other in ("phases", "customer", "customer_account", "start_date"):
            if other in given:
                raise exclusive_params("from_subscription", other)
        if stored.status in ENDED:
            raise ApiError(f"The subscription `{stored.id}` has ended.", param="from_subscription")
        if stored.has_schedule:
            sentence = f"The subscription `{stored.id}` is attached to a schedule already."
            raise ApiError(sentence, param="from_subscription")
        async with call.desk(stored.customer) as desk:
            alone = PlanAhead(subscription=stored.id, phases=(), begun=stored.period_start, until=stored.period_end)
            await plan_changes.plan_ahead(desk, alone)
        return await _shown(call, stored.id)
    customer = await must_be_named(call)
    if not given.get("phases"):
        raise missing_param("phases")
    if given.get("start_date", "now") != "now":
        raise ApiError("Schedules that begin at another time than now are not available yet.", param="start_date")
    inline = InlinePrices(call)
    phases = await _described(call, given["phases"], inline)
    async with call.desk(customer.id) as desk:
        with renamed_params(inside("phases[0]")):
            command = await create_command(call, {**phases[0], **_mode(given)})
            before = {each.id for each in desk.account.subscriptions}
            changes = await subscriptions.create(desk, command)
        (started,) = (each for each in changes.subscriptions if each.id not in before)
        ahead = await _ahead(call, started, phases, given.get("end_behavior", "release"))
        # One that is incomplete may never begin.
        if started.status != "incomplete" or ahead.phases or ahead.ends is not None:
            with renamed_params(_param(len(phases) - 1)):
                await plan_changes.plan_ahead(desk, ahead)
    await inline.archive()
    return await _shown(call, started.id)


async def update(call: Call) -> dict[str, Any]:
    """Give a schedule other phases; the first one is the present plan, which changes now where it differs."""
    stored, _ = await active(call, "update", "updated")
    given, ending = call.given, "release" if stored.cancel_at is None else "cancel"
    if "phases" not in given:
        if given.get("end_behavior", ending) != ending:
            raise ApiError("To change `end_behavior`, pass `phases` with it.", param="end_behavior")
        return await _shown(call, stored.id)
    if not given["phases"]:
        raise missing_param("phases")
    inline = InlinePrices(call)
    phases = await _described(call, given["phases"], inline)
    async with call.desk(stored.customer) as desk:
        behavior = given.get("proration_behavior", phases[0].get("proration_behavior", "create_prorations"))
        first = _as_first(stored, phases[0], behavior)
        changed = stored if first is None else await _changed(desk, stored, first)
        # What begins a new period is counted on from there, and was begun when it was.
        since = None if changed.anchor == stored.anchor else changed.period_start
        command = await _ahead(
            call, changed, phases, given.get("end_behavior", ending), same_schedule=True, since=since
        )
        with renamed_params(_param(len(phases) - 1)):
            await plan_changes.plan_ahead(desk, command, None if isinstance(desk, RemoteDesk) else first)
    await inline.archive()
    return await _shown(call, stored.id)


async def list_all(call: Call) -> dict[str, Any]:
    """All schedules, or a customer's, newest subscription first."""
    of, cursor = named(call.given), replace(call.cursor(), created=Span())
    customer = None if of is None else (await present(call, *of)).id
    places = {name: getattr(cursor, name) for name in ("starting_after", "ending_before")}
    made = span(call.given.get("created"))
    async with call.transaction() as connection:
        stored = {name: id_ and await _in_list(connection, id_) for name, id_ in places.items()}
        try:
            page = await listings.subscriptions(
                connection,
                replace(cursor, **stored),
                customer=customer,
                with_schedule=True,
                scheduled=made,
            )
        except NoSuchCursor as error:
            raise NoSuchCursor(error.param, places[error.param]) from error
        known = await listings.find_all(connection, "price", {price for each in page.items for price in each.prices})
    data = [schedule(each, known, call.livemode) for each in page.items]
    return list_of("/v1/subscription_schedules", page, data)


async def _in_list(connection: SideTransaction, schedule: str) -> str:
    """The subscription whose present schedule this is; no subscription's id where it is nobody's."""
    for subscription, number in schedules_named(schedule):
        stored = await listings.find(connection, "subscription", subscription)
        if stored is not None and number_of(stored) == number:
            return subscription
    return "none"


async def _described(call: Call, phases: Sequence[Mapping[str, Any]], inline: InlinePrices) -> list[dict[str, Any]]:
    """The phases with a price for each item. Raises ApiError for what a phase cannot have yet."""
    described = []
    for number, phase in enumerate(phases):
        for name in _LATER:
            if number and name in phase:
                raise ApiError(f"`{name}` of a later phase is not available yet.", param=f"phases[{number}][{name}]")
        items = await inline.named(phase["items"], f"phases[{number}][items]")
        for place, each in enumerate(items):
            if each.get("price", each.get("plan")) is None:
                raise missing_param(f"phases[{number}][items][{place}][price]")
        described.append({**phase, "items": items})
    return described


def _as_first(stored: Subscription, phase: Mapping[str, Any], behavior: Any) -> ChangePlan | None:
    """What gives the subscription the items of the first phase; None where it has them."""
    wanted = {each.get("price", each.get("plan")): each.get("quantity", 1) for each in phase["items"]}
    present = {each.price: each for each in stored.items}
    if wanted == {price: each.quantity for price, each in present.items()}:
        return None
    gone = [ItemChange(id=each.id, deleted=True) for price, each in present.items() if price not in wanted]
    kept = [
        ItemChange(id=present[price].id if price in present else None, price=price, quantity=quantity)
        for price, quantity in wanted.items()
    ]
    return ChangePlan(subscription=stored.id, items=(*kept, *gone), proration_behavior=behavior, keeps_schedule=True)


async def _changed(desk: LocalDesk | RemoteDesk, stored: Subscription, first: ChangePlan) -> Subscription:
    """The subscription as its present plan is to be: worked out, and done together with what comes later. What a remote
    backend makes of it is only known once it is done there."""
    with renamed_params(inside("phases[0]")):
        if isinstance(desk, RemoteDesk):
            changes = await plan_changes.change(desk, first)
        else:
            await desk.know(first)
            changes, _ = await desk.work_out(first)
    return next((each for each in changes.subscriptions if each.id == stored.id), stored)


async def _ahead(
    call: Call,
    stored: Subscription,
    phases: Sequence[Mapping[str, Any]],
    end_behavior: str,
    *,
    same_schedule: bool = False,
    since: datetime | None = None,
) -> PlanAhead:
    """Have the phases after the first one wait. The length of the first counts from `since`, else from its start."""
    named = {each.get("price", each.get("plan")) for phase in phases for each in phase["items"]}
    async with call.transaction() as connection:
        known = await listings.find_all(connection, "price", named)
    begun = stored.put_off or stored.scheduled
    start = (begun and begun.begun) or stored.period_start
    starts = [start]
    for number, phase in enumerate(phases):
        _refuse_other_start(phase, starts[-1], number)
        counted = since if since is not None and not number else starts[-1]
        end = _end(phase, counted, stored.anchor, known, f"phases[{number}]")
        if end is None and (number < len(phases) - 1 or end_behavior == "cancel"):
            raise missing_param(f"phases[{number}][end_date]")
        if end is not None:
            starts.append(end)
    planned = tuple(
        PlannedPhase(at=at, items=tuple(_new(each) for each in phase["items"]))
        for at, phase in zip(starts[1:], phases[1:], strict=False)
    )
    ends = starts[-1] if end_behavior == "cancel" else None
    until = starts[1] if len(starts) > 1 else stored.period_end
    return PlanAhead(
        subscription=stored.id, phases=planned, ends=ends, begun=start, until=until, same_schedule=same_schedule
    )


def _new(item: Mapping[str, Any]) -> NewItem:
    return NewItem(price=item.get("price", item.get("plan")), quantity=item.get("quantity", 1))


def _refuse_other_start(phase: Mapping[str, Any], start: datetime, number: int) -> None:
    said = phase.get("start_date")
    if isinstance(said, datetime) and said != start:
        raise ApiError(
            f"A phase begins where the one before it ends: at {int(start.timestamp())}.",
            param=f"phases[{number}][start_date]",
        )


def _end(
    phase: Mapping[str, Any], start: datetime, anchor: datetime, known: Mapping[str, Price], param: str
) -> datetime | None:
    """When a phase ends, however it is said; None where it is not said."""
    said = [name for name in ("end_date", "duration", "iterations") if name in phase]
    if len(said) > 1:
        raise exclusive_params(f"{param}[{said[0]}]", f"{param}[{said[1]}]")
    if not said:
        return phase.get("trial_end")
    if said[0] == "end_date":
        end: datetime = phase["end_date"]
        if end <= start:
            raise ApiError("The `end_date` of a phase must lie after its start.", param=f"{param}[end_date]")
        return end
    price = known.get(phase["items"][0].get("price", phase["items"][0].get("plan")))
    recurring = None if price is None else price.recurring
    if recurring is None:
        return None
    if said[0] == "iterations":
        return _periods_on(anchor, recurring, start, phase["iterations"])
    length = Recurring(
        interval=phase["duration"]["interval"], interval_count=phase["duration"].get("interval_count", 1)
    )
    periods, rest = divmod(_steps(length), _steps(recurring))
    if (length.interval in MONTHS) != (recurring.interval in MONTHS) or rest:
        return boundary(start, length, 1)
    return _periods_on(anchor, recurring, start, periods)


def _periods_on(anchor: datetime, recurring: Recurring, start: datetime, number: int) -> datetime:
    """The end of the `number`-th billing period from `start` on: of the last day of a month, the last of another."""
    found = period_containing(anchor, recurring, start)
    if found.start != start:
        return boundary(start, recurring, number)
    return boundary(anchor, recurring, found.index + number)


def _steps(length: Recurring) -> int:
    """A length in months, or in days."""
    return length.interval_count * (MONTHS.get(length.interval) or DAYS[length.interval])


def _param(last: int) -> Callable[[str], str]:
    """What the rules know as the n-th change that waits is the phase after the n-th, and begins where that ends."""

    def rename(param: str) -> str:
        found = _OF_PHASE.fullmatch(param)
        if found is None:
            return f"phases[{last}][end_date]" if param == "phases" else param
        number, rest = int(found[1]), found[2]
        return f"phases[{number + 1}]{rest}" if rest else f"phases[{number}][end_date]"

    return rename


def _mode(given: Mapping[str, Any]) -> dict[str, Any]:
    return {"billing_mode": given["billing_mode"]} if "billing_mode" in given else {}


async def _shown(call: Call, id_: str) -> dict[str, Any]:
    stored: Subscription = await call.stored("subscription", id_)
    async with call.transaction() as connection:
        known = await listings.find_all(connection, "price", stored.prices)
    return schedule(stored, known, call.livemode)


_ALL = "/v1/subscription_schedules"
endpoints = (
    Endpoint(method="POST", path=_ALL, takes=CREATE, act=create),
    Endpoint(method="GET", path=_ALL, takes=LIST, act=list_all),
    Endpoint(method="POST", path=_ALL + "/{schedule:str}", takes=UPDATE, act=update),
)
