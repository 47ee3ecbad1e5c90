"""Test clocks of the sandbox: all of them, a new one, moving one on, deleting one with its customers."""

from datetime import UTC, date, datetime, time
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect
from msgspec.structs import replace

from frontdesk import clock_refusals
from frontdesk.clocks import TestClock, after_step
from frontdesk.errors import Refusal, Refused
from frontdesk.ids import IdSource
from frontdesk.roles import Right
from frontdesk_tenants import clock_walks, clocks, listings
from frontdesk_tenants.paging import Cursor, NoSuchCursor
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.dashboard.clock_views import ClocksPage, NewClock, clock_view, today
from frontdesk_web.dashboard.customers.refusal_words import staff_sentence
from frontdesk_web.dashboard.needs import needs
from frontdesk_web.dashboard.pages import dashboard_page, refusal_page
from frontdesk_web.dashboard.visit import StaffVisit
from frontdesk_web.forms import read_form
from frontdesk_web.messages import translate
from frontdesk_web.portal.answers import known_id
from frontdesk_web.portal.subscription_cards import sentence_of
from frontdesk_web.portal.views import Field, Notice
from frontdesk_web.site import Site

PATH = "/dashboard/{portal:str}/clocks"
PLACE = "clocks"
SHOWN = 20
NAME_LENGTH = 300


@get(PATH, **needs(Right.SEE))
async def clocks_page(
    request: AnyRequest, visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[bytes]:
    """The clocks, newest first; `?after=` is one on which an older page follows."""
    return await _page(request, site, visit)


@post(PATH, **needs(Right.BILL_CUSTOMERS))
async def make_clock(
    request: AnyRequest, visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[Any]:
    """Set a clock up, at midnight of a date."""
    form = await read_form(request)
    visit.refuse_forged(site, form)
    name, typed = form.get("name", "").strip()[:NAME_LENGTH], form.get("date", "")[:20]
    try:
        begins = typed_date(typed)
        async with site.tenancy.at(visit.door) as (connection, side):
            await clocks.create(
                connection,
                side,
                name=name or None,
                frozen_time=datetime.combine(begins, time(), UTC),
                ids=IdSource(visit.now),
                actor=visit.actor,
                now=visit.now.replace(microsecond=0),
                request_id=visit.request_id,
            )
    except Refused as refused:
        if refused.refusal.param is None:
            return _refused(request, site, visit, refused.refusal)
        sentence = sentence_of(refused.refusal, visit.locale)
        return await _page(request, site, visit, name=name, date=Field(value=typed, error=sentence))
    return Redirect(f"{visit.path('clocks')}?done=created", status_code=303)


@post(PATH + "/{clock:str}/advance", **needs(Right.BILL_CUSTOMERS))
async def move_clock_on(
    request: AnyRequest, clock: FromPath[str], visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[Any]:
    """Set a clock on its way: by a step, or to a date at the hour that it shows. Back to the page it stood on."""
    form = await read_form(request)
    visit.refuse_forged(site, form)
    id_ = known_id(clock)
    try:
        async with site.tenancy.at(visit.door) as (connection, side):
            present = await clocks.lock(connection, side, id_)
            await clocks.advance(
                connection,
                side,
                id_,
                _asked_time(present, form.get("step", ""), form.get("date", "")[:20]),
                actor=visit.actor,
                now=visit.now.replace(microsecond=0),
                jobs=site.tenancy.jobs,
                request_id=visit.request_id,
            )
    except Refused as refused:
        return _refused(request, site, visit, refused.refusal)
    customer = form.get("customer")
    back = visit.path("clocks") if customer is None else visit.path("customers", known_id(customer))
    return Redirect(f"{back}#{id_}", status_code=303)


@post(PATH + "/{clock:str}/delete", **needs(Right.BILL_CUSTOMERS))
async def delete_clock(
    request: AnyRequest, clock: FromPath[str], visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[Any]:
    """Delete a clock, and close the accounts of its customers."""
    visit.refuse_forged(site, await read_form(request))
    try:
        async with site.tenancy.at(visit.door) as (connection, side):
            await clock_walks.delete(
                connection,
                site.tenancy,
                side,
                known_id(clock),
                actor=visit.actor,
                now=visit.now.replace(microsecond=0),
                request_id=visit.request_id,
            )
    except Refused as refused:
        return _refused(request, site, visit, refused.refusal)
    return Redirect(f"{visit.path('clocks')}?done=deleted", status_code=303)


def typed_date(text: str) -> date:
    """A date as browsers post it: `2027-03-01`. Raises Refused for what is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refused(clock_refusals.clock_time_impossible()) from None


def _asked_time(present: TestClock, step: str, typed: str) -> datetime:
    if step:
        return after_step(present, step)
    return datetime.combine(typed_date(typed), present.frozen_time.timetz())


async def _page(
    request: AnyRequest, site: Site, visit: StaffVisit, *, name: str = "", date: Field | None = None
) -> Response[bytes]:
    if visit.side.livemode:
        _, sandbox = visit.doors
        page = ClocksPage(csrf=visit.csrf, sandbox_url=f"/dashboard/{sandbox.portal}/clocks")
        return dashboard_page(request, site, visit, page, place=PLACE)
    after = request.query_params.get("after")
    async with site.tenancy.at(visit.door) as (connection, _):
        try:
            found = await listings.test_clocks(
                connection, Cursor(limit=SHOWN, starting_after=after and known_id(after))
            )
        except NoSuchCursor:
            found = await listings.test_clocks(connection, Cursor(limit=SHOWN))
        company = await clocks.company(connection, [each.id for each in found.items])
    begins = date or Field(value=today(visit.now))
    page = ClocksPage(
        csrf=visit.csrf,
        clocks=tuple(clock_view(each, company.get(each.id), visit) for each in found.items),
        new=NewClock(action=visit.path("clocks"), name=Field(value=name), date=begins)
        if visit.may(Right.BILL_CUSTOMERS) and not visit.side.suspended
        else None,
        older_url=f"{visit.path('clocks')}?after={found.items[-1].id}" if found.has_more else None,
        notice=_notice(request, visit.locale),
        moving=any(each.status == "advancing" for each in found.items),
    )
    return dashboard_page(request, site, visit, page, place=PLACE, status=400 if begins.error else 200)


def _notice(request: AnyRequest, locale: str) -> Notice | None:
    match request.query_params.get("done"):
        case "created":
            text = translate(locale, "The clock stands ready. Create a customer and choose it there.")
        case "deleted":
            text = translate(locale, "The clock was deleted, and its customers are closed.")
        case _:
            return None
    return Notice(tone="success", text=text)


def _refused(request: AnyRequest, site: Site, visit: StaffVisit, refusal: Refusal) -> Response[bytes]:
    """A refusal on a page of its own: about what was typed in the words of its field."""
    words = sentence_of(refusal, visit.locale) if refusal.param else staff_sentence(refusal, visit.locale)
    told = replace(refusal, for_tenant=words, parameters={})
    return refusal_page(request, site, visit, told, place=PLACE)


routes: list[Any] = [clocks_page, make_clock, move_clock_on, delete_clock]
