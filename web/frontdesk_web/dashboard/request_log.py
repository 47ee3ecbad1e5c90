"""The request log: what programs asked of the API in the last thirty days, and what they were answered."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, get_args
from urllib.parse import urlencode

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from msgspec import Struct

from frontdesk.roles import Right
from frontdesk_tenants import api_keys, request_log
from frontdesk_tenants.api_keys import ApiKey
from frontdesk_tenants.keyset import Which
from frontdesk_tenants.paging import Page
from frontdesk_tenants.request_log import LoggedRequest, Outcome
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.api.error_codes import CODES, doc_path
from frontdesk_web.dashboard.email_views import Fact
from frontdesk_web.dashboard.key_words import kind_name, shown
from frontdesk_web.dashboard.list_places import asked_page, written
from frontdesk_web.dashboard.needs import needs
from frontdesk_web.dashboard.pages import dashboard_page
from frontdesk_web.dashboard.views import Cell, Column, Row, Tab, Table
from frontdesk_web.dashboard.visit import StaffVisit
from frontdesk_web.formatting import date_time
from frontdesk_web.messages import _, translate
from frontdesk_web.portal.views import Badge
from frontdesk_web.site import Site
from frontdesk_web.typed_text import one_line

PATH = "/dashboard/{portal:str}/logs"
PLACE = "logs"
QUERY_LENGTH = 200
_TABS: Mapping[Outcome, str] = {
    "all": _("All"),
    "answered": _("Answered"),
    "refused": _("Refused"),
    "failed": _("Failed on our side"),
}


class RequestLogPage(Struct, frozen=True, kw_only=True):
    """The log. `table` has no rows where nothing was found; `searched` says that something was looked for."""

    template: ClassVar[str] = "dashboard/request_log.html"
    action: str
    query: str
    tabs: tuple[Tab, ...]
    table: Table
    searched: bool
    developers_url: str


class LoggedRequestPage(Struct, frozen=True, kw_only=True):
    """One request. `asked` and `answered` are JSON as it is read best; empty where there is nothing to show."""

    template: ClassVar[str] = "dashboard/logged_request.html"
    title: str
    back_url: str
    badge: Badge
    facts: tuple[Fact, ...]
    asked: str
    answered: str
    not_kept: str
    meaning: str
    meaning_url: str


@get(PATH, **needs(Right.SEE_LOGS))
async def log_page(
    request: AnyRequest, visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[bytes]:
    """A page of the log: `?q=` how the path begins or the id of a request, `?show=` which outcomes."""
    query = request.query_params
    typed = one_line(query.get("q", ""))[:QUERY_LENGTH]
    chosen = query.get("show", "all")
    outcome: Outcome = next((each for each in get_args(Outcome) if each == chosen), "all")
    which = asked_page(query)
    await site.requests.write()
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        keys = await api_keys.names(connection)
        exactly = await request_log.read(connection, typed) if typed.startswith("req_") else None
        found = (
            Page((exactly,), False)
            if exactly is not None
            else await request_log.search(
                connection, path=typed, outcome=outcome, after=which.older_than, before=which.newer_than
            )
        )
    page = RequestLogPage(
        action=visit.path(PLACE),
        query=typed,
        tabs=tuple(
            Tab(text=translate(visit.locale, text), url=_url(visit, typed, each), current=each == outcome)
            for each, text in _TABS.items()
        ),
        table=_table(visit, found, keys, typed, outcome, which),
        searched=bool(typed) or outcome != "all",
        developers_url=visit.path("developers"),
    )
    return dashboard_page(request, site, visit, page, place=PLACE)


@get(f"{PATH}/{{asked:str}}", **needs(Right.SEE_LOGS))
async def logged_request(
    request: AnyRequest, asked: FromPath[str], visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[bytes]:
    """One request: where `request_log_url` of an error leads to."""
    if re.fullmatch(r"req_[0-9A-Za-z]{1,40}", asked) is None:
        raise NotFoundException
    await site.requests.write()
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        found = await request_log.read(connection, asked)
        key = None if found is None else await api_keys.by_id(connection, found.key)
    if found is None:
        raise NotFoundException
    locale = visit.locale
    unkept = translate(
        locale, "The answer is not kept: of what is only read none is, nor of what is larger than 32 KiB."
    )
    page = LoggedRequestPage(
        title=f"{found.method} {found.path}",
        back_url=visit.path(PLACE),
        badge=_badge(found.status),
        facts=_facts(visit, found, key),
        asked=_laid_out(found.asked),
        answered=_laid_out(found.answered),
        not_kept="" if found.answered else unkept,
        meaning=CODES.get(found.code or "", ""),
        meaning_url=doc_path(found.code) if found.code in CODES and found.code else "",
    )
    return dashboard_page(request, site, visit, page, place=PLACE)


def _facts(visit: StaffVisit, found: LoggedRequest, key: ApiKey | None) -> tuple[Fact, ...]:
    locale = visit.locale
    facts = [
        Fact(translate(locale, "Time"), date_time(found.at, locale)),
        Fact(translate(locale, "Request ID"), found.id),
        Fact(translate(locale, "API key"), _key_name(visit, key)),
        Fact(translate(locale, "IP address"), found.network),
        Fact(translate(locale, "Program"), found.agent),
        Fact(translate(locale, "API version"), found.version),
        Fact(translate(locale, "Idempotency key"), found.idempotency_key or ""),
        Fact(translate(locale, "Error code"), found.code or ""),
        Fact(translate(locale, "Took"), translate(locale, "{count} ms", count=str(found.milliseconds))),
    ]
    return tuple(each for each in facts if each.value)


def _key_name(visit: StaffVisit, key: ApiKey | None) -> str:
    if key is None:
        return ""
    return f"{key.name or kind_name(key.kind, visit.locale)} · {shown(key, visit.side.livemode)}"


def _badge(status: int) -> Badge:
    return Badge(text=str(status), tone="success" if status < 400 else "warning" if status < 500 else "danger")


def _laid_out(text: str | None) -> str:
    if text is None:
        return ""
    try:
        return msgspec.json.format(text, indent=2)
    except msgspec.MsgspecError:
        return text


def _table(
    visit: StaffVisit,
    found: Page[LoggedRequest],
    keys: Mapping[str, ApiKey],
    typed: str,
    outcome: Outcome,
    which: Which,
) -> Table:
    locale, items = visit.locale, found.items
    newer = which.older_than is not None or (which.newer_than is not None and found.has_more)
    older = found.has_more or which.newer_than is not None
    return Table(
        caption=translate(locale, "Requests of the last 30 days, newest first"),
        columns=(
            Column(title=translate(locale, "Request")),
            Column(title=translate(locale, "Status")),
            Column(title=translate(locale, "API key"), minor=True),
        ),
        rows=tuple(
            Row(
                url=visit.path(PLACE, each.id),
                cells=(
                    Cell(text=f"{each.method} {each.path}", detail=date_time(each.at, locale)),
                    Cell(badge=_badge(each.status), detail=each.code or "", detail_minor=True),
                    Cell(detail=_key_name(visit, keys.get(each.key))),
                ),
            )
            for each in items
        ),
        newer_url=_url(visit, typed, outcome, newer=written(items[0].place)) if newer and items else None,
        older_url=_url(visit, typed, outcome, older=written(items[-1].place)) if older and items else None,
    )


def _url(visit: StaffVisit, typed: str, outcome: str, **place: str) -> str:
    query = {"q": typed, "show": "" if outcome == "all" else outcome, **place}
    kept = urlencode({name: value for name, value in query.items() if value})
    return visit.path(PLACE) + (f"?{kept}" if kept else "")


routes: Sequence[Any] = [log_page, logged_request]
