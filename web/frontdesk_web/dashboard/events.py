"""What happened in the last thirty days, as the tenant's program is told of it."""

from typing import Any
from urllib.parse import urlencode

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from frontdesk.roles import Right
from frontdesk_tenants import happenings, webhook_endpoints, webhook_record
from frontdesk_tenants.happenings import Told
from frontdesk_tenants.paging import Cursor, NoSuchCursor, Page
from frontdesk_tenants.webhook_record import Delivery
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.api.event_types import TOLD, type_of
from frontdesk_web.api.events import events_of
from frontdesk_web.dashboard.email_views import Fact
from frontdesk_web.dashboard.needs import needs
from frontdesk_web.dashboard.pages import dashboard_page
from frontdesk_web.dashboard.views import Cell, Column, Row, Table
from frontdesk_web.dashboard.visit import StaffVisit
from frontdesk_web.dashboard.webhook_delivery import written
from frontdesk_web.dashboard.webhook_views import EventPage, EventsPage
from frontdesk_web.dashboard.webhook_words import delivery_badge
from frontdesk_web.formatting import date_time
from frontdesk_web.messages import translate
from frontdesk_web.portal.answers import asked_id, known_id
from frontdesk_web.portal.views import Option
from frontdesk_web.site import Site
from frontdesk_web.webhooks.spreading import Telling

PATH = "/dashboard/{portal:str}/events"
PLACE = "events"
SHOWN = 25


@get(PATH, **needs(Right.SEE_LOGS))
async def events(
    request: AnyRequest, visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[bytes]:
    """Events, newest first: `?type=` of one type, `?older=` or `?newer=` than one."""
    wanted = request.query_params.get("type", "")
    kinds = (TOLD[wanted],) if wanted in TOLD else None
    older, newer = asked_id(request, "older"), asked_id(request, "newer")
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        try:
            cursor = Cursor(limit=SHOWN, starting_after=older, ending_before=newer if older is None else None)
            found = await happenings.page(connection, cursor, kinds=kinds)
        except NoSuchCursor:
            cursor = Cursor(limit=SHOWN)
            found = await happenings.page(connection, cursor, kinds=kinds)
    locale = visit.locale
    everything = Option(value="", text=translate(locale, "All events"), selected=kinds is None)
    page = EventsPage(
        action=visit.path(PLACE),
        types=(everything, *(Option(value=each, text=each, selected=each == wanted) for each in sorted(TOLD))),
        table=_table(visit, found, cursor, wanted if kinds else "") if found.items else None,
        filtered=kinds is not None,
    )
    return dashboard_page(request, site, visit, page, place=PLACE)


@get(f"{PATH}/{{event:str}}", **needs(Right.SEE_LOGS))
async def event_page(
    request: AnyRequest, event: FromPath[str], visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[bytes]:
    """One event."""
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        told = await happenings.find(connection, known_id(event))
        if told is None:
            raise NotFoundException
        viewer = Telling(site=site, door=visit.door, side=visit.side, now=visit.now)
        (shown,) = await events_of(viewer, connection, [told])
        deliveries = await webhook_record.of_happening(connection, told.id)
        urls = {each.id: each.url for each in (await webhook_endpoints.page(connection, Cursor(limit=100))).items}
    page = EventPage(
        title=type_of(told.kind, told.act),
        back_url=visit.path(PLACE),
        facts=_facts(visit, told),
        body=written(shown),
        table=_told_to(visit, deliveries, urls) if deliveries else None,
    )
    return dashboard_page(request, site, visit, page, place=PLACE)


def _facts(visit: StaffVisit, told: Told) -> tuple[Fact, ...]:
    locale = visit.locale
    facts = [
        Fact(translate(locale, "Happened"), date_time(told.created, locale)),
        Fact(translate(locale, "About"), told.part or told.object),
        Fact(translate(locale, "ID"), told.id),
    ]
    if told.request_id is not None:
        facts.append(Fact(translate(locale, "Request"), told.request_id))
    if told.idempotency_key is not None:
        facts.append(Fact(translate(locale, "Idempotency key"), told.idempotency_key))
    return tuple(facts)


def _table(visit: StaffVisit, found: Page[Told], cursor: Cursor, wanted: str) -> Table:
    locale, items = visit.locale, found.items
    more_newer = cursor.starting_after is not None or (cursor.ending_before is not None and found.has_more)
    more_older = found.has_more or cursor.ending_before is not None
    return Table(
        caption=translate(locale, "Events of the last 30 days, newest first"),
        columns=(
            Column(title=translate(locale, "Event")),
            Column(title=translate(locale, "Of"), minor=True),
        ),
        rows=tuple(
            Row(
                url=visit.path(PLACE, each.id),
                cells=(
                    Cell(text=type_of(each.kind, each.act), detail=date_time(each.created, locale)),
                    Cell(text=each.part or each.object),
                ),
            )
            for each in items
        ),
        newer_url=_url(visit, wanted, newer=items[0].id) if more_newer else None,
        older_url=_url(visit, wanted, older=items[-1].id) if more_older else None,
    )


def _told_to(visit: StaffVisit, deliveries: tuple[Delivery, ...], urls: dict[str, str]) -> Table:
    locale = visit.locale
    return Table(
        caption=translate(locale, "Who was told"),
        columns=(Column(title=translate(locale, "Endpoint")), Column(title=translate(locale, "State"))),
        rows=tuple(
            Row(
                url=visit.path("webhooks", each.endpoint, "deliveries", each.happening),
                cells=(Cell(text=urls.get(each.endpoint, each.endpoint)), Cell(badge=delivery_badge(each, locale))),
            )
            for each in deliveries
        ),
    )


def _url(visit: StaffVisit, wanted: str, **place: str) -> str:
    return f"{visit.path(PLACE)}?{urlencode(({'type': wanted} if wanted else {}) | place)}"


routes: list[Any] = [events, event_page]
