"""Test clocks as pages show them: what time it is there, who lives on it, and how it can be moved on."""

from datetime import datetime, timedelta
from typing import ClassVar

from msgspec import Struct

from frontdesk.clocks import TestClock, furthest
from frontdesk.roles import Right
from frontdesk_tenants.clocks import Company
from frontdesk_web.dashboard.visit import StaffVisit
from frontdesk_web.formatting import date_long
from frontdesk_web.messages import translate, translate_plural
from frontdesk_web.portal.views import Field, Notice


class Living(Struct, frozen=True, kw_only=True):
    """A customer on a clock."""

    name: str
    url: str


class Step(Struct, frozen=True, kw_only=True):
    """A move that has a name: what its button posts and says."""

    value: str
    text: str


class ClockView(Struct, frozen=True, kw_only=True):
    """A clock. `moving` says where it is going, empty where it stands; `result` what came of the last move.

    `advance_action` is None where it cannot be moved now or the role may not, `delete_action` likewise. `error` belongs
    to the date that was typed. `customer` is whose page the clock stands on, None on the page of clocks.
    """

    id: str
    name: str
    date: str
    hour: str
    living: tuple[Living, ...]
    others: str
    ends: str
    moving: str
    move: str
    """What no other move of any clock is called."""
    result: str
    failed: bool
    steps: tuple[Step, ...]
    earliest: str
    latest: str
    list_url: str
    advance_action: str | None = None
    delete_action: str | None = None
    deleting: str = ""
    customer: str | None = None
    error: str = ""
    typed: str = ""


class NewClock(Struct, frozen=True, kw_only=True):
    """The form for a clock: its name, and the date on which it begins."""

    action: str
    name: Field
    date: Field


class ClocksPage(Struct, frozen=True, kw_only=True):
    """All clocks of a sandbox; `moving` says that one is on its way.

    On a live side there are none: `sandbox_url` leads to where they are.
    """

    template: ClassVar[str] = "dashboard/clocks.html"
    csrf: str
    clocks: tuple[ClockView, ...] = ()
    new: NewClock | None = None
    older_url: str | None = None
    sandbox_url: str | None = None
    notice: Notice | None = None
    moving: bool = False


def clock_view(
    clock: TestClock,
    company: Company | None,
    visit: StaffVisit,
    *,
    customer: str | None = None,
    error: str = "",
    typed: str = "",
) -> ClockView:
    """A clock for one visit. `customer` is whose page it stands on: then who else lives on it is told."""
    locale, stands = visit.locale, clock.status != "advancing"
    bills = visit.may(Right.BILL_CUSTOMERS) and not visit.side.suspended
    path = visit.path("clocks", clock.id)
    living = tuple(
        Living(name=each.name or each.email or each.id, url=visit.path("customers", each.id))
        for each in (() if company is None else company.first)
        if each.id != customer
    )
    count = 0 if company is None else company.count - (customer is not None)
    return ClockView(
        id=clock.id,
        name=clock.name or "",
        date=date_long(clock.frozen_time, locale),
        hour=f"{clock.frozen_time:%H:%M} UTC",
        living=living,
        others=_others(count - len(living), locale),
        ends=date_long(clock.deletes_after, locale),
        moving=_moving(clock, locale),
        move="" if clock.target is None else f"{clock.id} {int(clock.target.timestamp())}",
        result=_result(clock, locale),
        failed=clock.status == "internal_failure",
        steps=_steps(locale),
        earliest=(clock.frozen_time + timedelta(days=1)).date().isoformat(),
        latest=furthest(clock).date().isoformat(),
        list_url=visit.path("clocks"),
        advance_action=f"{path}/advance" if bills and clock.status == "ready" else None,
        delete_action=f"{path}/delete" if bills and stands else None,
        deleting=_deleting(count, locale),
        customer=customer,
        error=error,
        typed=typed,
    )


def clock_name(clock: TestClock, locale: str) -> str:
    """What a clock is called where one is chosen: `Trial run · 1 March 2027`."""
    date = date_long(clock.frozen_time, locale)
    return f"{clock.name} · {date}" if clock.name else date


def issued(count: int, locale: str) -> str:
    """How many invoices a move has issued."""
    if not count:
        return translate(locale, "No invoice was issued.")
    return translate_plural(locale, "{number} invoice was issued.", "{number} invoices were issued.", count)


def today(now: datetime) -> str:
    """The date that a form begins with."""
    return now.date().isoformat()


def _others(count: int, locale: str) -> str:
    if count <= 0:
        return ""
    return translate_plural(locale, "and {number} more", "and {number} more", count)


def _moving(clock: TestClock, locale: str) -> str:
    if clock.target is None:
        return ""
    going = translate(locale, "On its way to {date}.", date=date_long(clock.target, locale))
    if not clock.issued:
        return going
    so_far = translate_plural(locale, "{number} invoice so far.", "{number} invoices so far.", clock.issued)
    return f"{going} {so_far}"


def _result(clock: TestClock, locale: str) -> str:
    if clock.status != "ready" or clock.moved_from is None:
        return ""
    moved = translate(locale, "Moved on from {date}.", date=date_long(clock.moved_from, locale))
    return f"{moved} {issued(clock.issued, locale)}"


def _deleting(count: int, locale: str) -> str:
    if not count:
        return translate(locale, "Nobody lives on this clock. This cannot be taken back.")
    return translate_plural(
        locale,
        "The customer on it is closed with it: their plans end, their invoices stay. This cannot be taken back.",
        "The {number} customers on it are closed with it: their plans end, their invoices stay. This cannot be taken"
        " back.",
        count,
    )


def _steps(locale: str) -> tuple[Step, ...]:
    return (
        Step(value="day", text=translate(locale, "A day")),
        Step(value="week", text=translate(locale, "A week")),
        Step(value="month", text=translate(locale, "A month")),
        Step(value="quarter", text=translate(locale, "Three months")),
    )
