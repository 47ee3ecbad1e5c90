"""The tenants of this Frontdesk, and the requests that wait for an answer."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar
from urllib.parse import urlencode

from litestar import Response, get
from litestar.di import NamedDependency
from msgspec import Struct

from frontdesk_tenants import sign_ups
from frontdesk_tenants.house import HOUSE
from frontdesk_tenants.sign_ups import Request as SignUpRequest
from frontdesk_tenants.tenant_list import ListedTenant, State, TenantPage, read_tenants
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.dashboard import ways
from frontdesk_web.dashboard.views import Cell, Column, Row, Tab, Table
from frontdesk_web.formatting import date_long
from frontdesk_web.messages import _, translate
from frontdesk_web.operator.needs import OPERATOR, OperatorVisit
from frontdesk_web.operator.pages import INVITATIONS, TENANTS, operator_page
from frontdesk_web.operator.usage_words import invoice_words, month_name, volume_words
from frontdesk_web.portal.views import Badge, Tone
from frontdesk_web.site import Site

SEARCH_LENGTH = 200
STATES: Mapping[State, tuple[str, Tone]] = {
    "live": (_("Live"), "success"),
    "new": (_("Being set up"), "info"),
    "suspended": (_("Suspended"), "danger"),
}
"""States in words."""
_PORTAL = re.compile(r"[a-z0-9-]{1,40}", re.ASCII)


class WaitingRow(Struct, frozen=True, kw_only=True):
    """A request that waits."""

    name: str
    detail: str
    url: str


class TenantsPage(Struct, frozen=True, kw_only=True):
    """The list. `searching` tells an empty result from an empty house."""

    template: ClassVar[str] = "operator/tenants.html"
    action: str
    search: str
    tabs: tuple[Tab, ...]
    table: Table | None
    waiting: tuple[WaitingRow, ...]
    searching: bool
    invitations_url: str


@get(ways.OPERATOR, **OPERATOR)
async def tenants(
    request: AnyRequest, visit: NamedDependency[OperatorVisit], site: NamedDependency[Site]
) -> Response[bytes]:
    """The list. `?q=` searches, `?state=` filters, `?after=` is the portal after which the page begins."""
    search = request.query_params.get("q", "").strip()[:SEARCH_LENGTH]
    asked, after = request.query_params.get("state", ""), request.query_params.get("after", "")
    state: State | None = next((each for each in STATES if each == asked), None)
    after = after if _PORTAL.fullmatch(after) else ""
    found = await read_tenants(site.tenancy, search=search, state=state, after=after)
    async with site.tenancy.database.side(HOUSE) as connection:
        waiting = await sign_ups.waiting(connection)
    page = TenantsPage(
        action=ways.OPERATOR,
        search=search,
        tabs=_tabs(visit, search, state),
        table=_table(visit, found, search, state, after) if found.tenants else None,
        waiting=tuple(_waiting(each, visit.locale) for each in waiting),
        searching=bool(search or state or after),
        invitations_url=INVITATIONS,
    )
    return operator_page(request, site, visit, page, place="tenants")


def state_badge(state: State, locale: str) -> Badge:
    """A tenant's state in a word."""
    text, tone = STATES[state]
    return Badge(translate(locale, text), tone)


def _tabs(visit: OperatorVisit, search: str, state: State | None) -> tuple[Tab, ...]:
    every = Tab(text=translate(visit.locale, "All"), url=_url(search, None), current=state is None)
    return (
        every,
        *(
            Tab(text=translate(visit.locale, text), url=_url(search, each), current=each == state)
            for each, (text, _tone) in STATES.items()
        ),
    )


def _table(visit: OperatorVisit, found: TenantPage, search: str, state: State | None, after: str) -> Table:
    this, last = found.months
    return Table(
        caption=translate(visit.locale, "Tenants by the names of their portals"),
        columns=(
            Column(title=translate(visit.locale, "Tenant")),
            Column(title=translate(visit.locale, "State")),
            Column(title=translate(visit.locale, "Owner"), minor=True),
            Column(title=month_name(this, visit.locale), number=True),
            Column(title=month_name(last, visit.locale), number=True, minor=True),
        ),
        rows=tuple(_row(each, this, last, visit.locale) for each in found.tenants),
        newer_url=_url(search, state) if after else None,
        older_url=_url(search, state, found.next) if found.next else None,
    )


def _row(tenant: ListedTenant, this: str, last: str, locale: str) -> Row:
    def counted(month: str) -> Cell:
        usage = [each for each in tenant.usage if each.month == month]
        return Cell(text=volume_words(usage, locale), detail=invoice_words(usage, locale))

    return Row(
        url=f"{TENANTS}/{tenant.portal}",
        cells=(
            Cell(text=tenant.name, detail=tenant.portal),
            Cell(badge=state_badge(tenant.state, locale)),
            Cell(detail=tenant.owner or ""),
            counted(this),
            counted(last),
        ),
    )


def _waiting(request: SignUpRequest, locale: str) -> WaitingRow:
    day = date_long(request.created, locale)
    return WaitingRow(
        name=request.body.name,
        detail=translate(locale, "{address}, {date}", address=request.address, date=day),
        url=f"{TENANTS}/{request.slug}",
    )


def _url(search: str, state: State | None, after: str = "") -> str:
    asked = {name: value for name, value in (("q", search), ("state", state), ("after", after)) if value}
    return ways.OPERATOR + ("?" + urlencode(asked) if asked else "")


routes: Sequence[Any] = [tenants]
