"""One tenant, or a request for one: its facts, and what an operator does about it."""

import re
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, ClassVar

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Redirect
from msgspec import Struct

from frontdesk.desk import Actor
from frontdesk.errors import Refusal, Refused
from frontdesk.roles import Role
from frontdesk_tenants import sign_ups, staff, suspending
from frontdesk_tenants.directory import Door, Side
from frontdesk_tenants.house import HOUSE
from frontdesk_tenants.sign_ups import Request as SignUpRequest
from frontdesk_tenants.staff import Member
from frontdesk_tenants.tenancy import Tenancy
from frontdesk_tenants.tenant_list import State, TenantCounts, read_counts
from frontdesk_tenants.usage import Usage, months_until, read_usage
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.dashboard import ways
from frontdesk_web.formatting import date_long, number
from frontdesk_web.forms import read_form
from frontdesk_web.languages import LOCALE_NAMES
from frontdesk_web.messages import translate
from frontdesk_web.operator.needs import OPERATOR, OperatorVisit
from frontdesk_web.operator.pages import REQUESTS, TENANTS, operator_page, refusal_page
from frontdesk_web.operator.tenants import state_badge
from frontdesk_web.operator.usage_words import month_name, volume_words
from frontdesk_web.portal.answers import known_id
from frontdesk_web.portal.views import Badge, Detail, Field, Notice
from frontdesk_web.postal_addresses import country_name
from frontdesk_web.site import Site

ForReason = Callable[[Tenancy, tuple[Door, ...], str, Actor, str | None], Awaitable[None]]
"""What is done to both sides of a tenant for a reason that its staff read."""
PATH = TENANTS + "/{tenant:str}"
MONTHS, MONTHS_AT_LEAST = 12, 3
_SLUG = re.compile(r"[a-z][a-z0-9-]{1,39}", re.ASCII)


class MonthRow(Struct, frozen=True, kw_only=True):
    """What counts of a month."""

    month: str
    volume: str
    invoices: str


class TenantPage(Struct, frozen=True, kw_only=True):
    """A tenant. `suspended` is what the notice says; with it the form lifts the suspension instead of imposing it."""

    template: ClassVar[str] = "operator/tenant.html"
    csrf: str
    name: str
    portal: str
    badge: Badge
    facts: tuple[Detail, ...]
    months: tuple[MonthRow, ...]
    suspend_action: str
    lift_action: str
    reason: Field
    suspended: Notice | None
    back_url: str
    notice: Notice | None = None


class RequestPage(Struct, frozen=True, kw_only=True):
    """A request that waits for an answer."""

    template: ClassVar[str] = "operator/request.html"
    csrf: str
    name: str
    portal: str
    facts: tuple[Detail, ...]
    approve_action: str
    refuse_action: str
    reason: Field
    back_url: str


@get(PATH, **OPERATOR)
async def tenant(
    request: AnyRequest, tenant: FromPath[str], visit: NamedDependency[OperatorVisit], site: NamedDependency[Site]
) -> Response[bytes]:
    """The page. `?done=` says what was just done."""
    door = await _live(site, tenant)
    if door is not None:
        return await _tenant(request, site, visit, door, notice=_told(request, visit))
    async with site.tenancy.database.side(HOUSE) as connection:
        asked = await sign_ups.waiting_for(connection, tenant) if _SLUG.fullmatch(tenant) else None
    if asked is None:
        raise NotFoundException
    return _request(request, site, visit, asked)


@post(PATH + "/suspend", **OPERATOR)
async def suspend_tenant(
    request: AnyRequest, tenant: FromPath[str], visit: NamedDependency[OperatorVisit], site: NamedDependency[Site]
) -> Response[Any]:
    """Suspend both sides, for a reason that the tenant's staff read."""
    return await _with_reason(request, site, visit, tenant, suspending.suspend, "suspended")


@post(PATH + "/lift", **OPERATOR)
async def lift_suspension(
    request: AnyRequest, tenant: FromPath[str], visit: NamedDependency[OperatorVisit], site: NamedDependency[Site]
) -> Response[Any]:
    """Lift a suspension; what waited is caught up."""
    return await _with_reason(request, site, visit, tenant, suspending.lift, "lifted")


async def _with_reason(
    request: AnyRequest, site: Site, visit: OperatorVisit, tenant: str, act: ForReason, done: str
) -> Response[Any]:
    """Do to both sides what a reason is given for."""
    form = await read_form(request)
    visit.refuse_forged(site, form)
    door = await _live(site, tenant)
    if door is None:
        raise NotFoundException
    typed = form.get("reason", "")
    try:
        doors = await site.tenancy.directory.both(door)
        await act(site.tenancy, doors, typed, visit.actor, visit.request_id)
    except Refused as refused:
        if refused.refusal.param != "reason":
            return refusal_page(request, site, visit, refused.refusal)
        return await _tenant(request, site, visit, door, reason=_wrong(visit, typed, refused.refusal))
    return Redirect(f"{TENANTS}/{door.portal}?done={done}", status_code=303)


@post(REQUESTS + "/{asked:str}/approve", **OPERATOR)
async def approve_request(
    request: AnyRequest, asked: FromPath[str], visit: NamedDependency[OperatorVisit], site: NamedDependency[Site]
) -> Response[Any]:
    """Say yes: the tenant is there at once, and its owner is told."""
    visit.refuse_forged(site, await read_form(request))
    try:
        approved = await sign_ups.approve(site.tenancy, known_id(asked), visit.actor, visit.request_id)
    except Refused as refused:
        return refusal_page(request, site, visit, refused.refusal)
    return Redirect(f"{TENANTS}/{approved.slug}?done=approved", status_code=303)


@post(REQUESTS + "/{asked:str}/refuse", **OPERATOR)
async def refuse_request(
    request: AnyRequest, asked: FromPath[str], visit: NamedDependency[OperatorVisit], site: NamedDependency[Site]
) -> Response[Any]:
    """Say no, for a reason that the person reads."""
    form = await read_form(request)
    visit.refuse_forged(site, form)
    typed = form.get("reason", "")
    try:
        await sign_ups.refuse(site.tenancy, known_id(asked), typed, visit.actor, visit.request_id)
    except Refused as refused:
        if refused.refusal.param != "reason":
            return refusal_page(request, site, visit, refused.refusal)
        async with site.tenancy.database.side(HOUSE) as connection:
            found = await sign_ups.read(connection, asked)
        if found is None:
            raise NotFoundException from refused
        return _request(request, site, visit, found, _wrong(visit, typed, refused.refusal))
    return Redirect(ways.OPERATOR, status_code=303)


async def _live(site: Site, portal: str) -> Door | None:
    """The live door of a tenant, or None. A sandbox has no page of its own here."""
    door = await site.tenancy.directory.by_portal(portal) if _SLUG.fullmatch(portal) else None
    return door if door is not None and door.livemode else None


async def _tenant(
    request: AnyRequest,
    site: Site,
    visit: OperatorVisit,
    door: Door,
    *,
    reason: Field | None = None,
    notice: Notice | None = None,
) -> Response[bytes]:
    months = months_until(visit.now, MONTHS)
    async with site.tenancy.at(door) as (connection, side):
        counts = await read_counts(connection, door.tenant_id)
        members = await staff.members(connection)
        usage = await read_usage(connection, months)
    state: State = "suspended" if side.suspended else "new" if side.live_since is None else "live"
    page = TenantPage(
        csrf=visit.csrf,
        name=side.name,
        portal=door.portal,
        badge=state_badge(state, visit.locale),
        facts=_facts(side, _backend(site, side.backend, visit.locale), counts, members, visit.locale),
        months=tuple(_month(each, usage, visit.locale) for each in _shown(months, usage)),
        suspend_action=f"{TENANTS}/{door.portal}/suspend",
        lift_action=f"{TENANTS}/{door.portal}/lift",
        reason=reason or Field(),
        suspended=_suspended(side, visit.locale),
        back_url=ways.OPERATOR,
        notice=notice,
    )
    return operator_page(request, site, visit, page, place="tenants", status=400 if reason else 200)


def _facts(
    side: Side, backend: str, counts: TenantCounts, members: tuple[Member, ...], locale: str
) -> tuple[Detail, ...]:
    owners = ", ".join(each.address for each in members if each.role is Role.OWNER)
    live = translate(locale, "Not yet") if side.live_since is None else date_long(side.live_since, locale)
    facts = (
        (translate(locale, "Owners"), owners or translate(locale, "Nobody")),
        (translate(locale, "Team"), number(len(members), locale)),
        (translate(locale, "Here since"), date_long(counts.created, locale)),
        (translate(locale, "Live since"), live),
        (translate(locale, "Country"), "" if side.country is None else country_name(side.country, locale)),
        (translate(locale, "Currency"), side.settings.currency.upper()),
        (translate(locale, "Language"), LOCALE_NAMES.get(side.locale, side.locale)),
        (translate(locale, "Billing backend"), backend),
        (translate(locale, "Customers"), number(counts.customers, locale)),
        (translate(locale, "Active subscriptions"), number(counts.active_subscriptions, locale)),
        (translate(locale, "Invoices"), number(counts.invoices, locale)),
    )
    return tuple(Detail(label=label, value=value) for label, value in facts if value)


def _shown(months: tuple[str, ...], usage: tuple[Usage, ...]) -> tuple[str, ...]:
    """The months back to the earliest that has something to count."""
    earliest = min((each.month for each in usage), default=months[0])
    return tuple(each for place, each in enumerate(months) if each >= earliest or place < MONTHS_AT_LEAST)


def _month(month: str, usage: tuple[Usage, ...], locale: str) -> MonthRow:
    counted = [each for each in usage if each.month == month]
    return MonthRow(
        month=month_name(month, locale),
        volume=volume_words(counted, locale) or "–",
        invoices=number(sum(each.invoices for each in counted), locale),
    )


def _request(
    request: AnyRequest, site: Site, visit: OperatorVisit, asked: SignUpRequest, reason: Field | None = None
) -> Response[bytes]:
    locale, body = visit.locale, asked.body
    facts = (
        (translate(locale, "Asked by"), asked.address),
        (translate(locale, "Asked on"), date_long(asked.created, locale)),
        (translate(locale, "Country"), country_name(body.country, locale)),
        (translate(locale, "Currency"), body.currency.upper()),
        (translate(locale, "Language"), LOCALE_NAMES.get(body.locale, body.locale)),
        (translate(locale, "Billing backend"), _backend(site, body.backend, locale)),
    )
    page = RequestPage(
        csrf=visit.csrf,
        name=body.name,
        portal=asked.slug,
        facts=tuple(Detail(label=label, value=value) for label, value in facts),
        approve_action=f"{REQUESTS}/{asked.id}/approve",
        refuse_action=f"{REQUESTS}/{asked.id}/refuse",
        reason=reason or Field(),
        back_url=ways.OPERATOR,
    )
    return operator_page(request, site, visit, page, place="tenants", status=400 if reason else 200)


def _backend(site: Site, name: str, locale: str) -> str:
    """What a backend calls itself; its plain name where it is not installed any more."""
    kind = site.plugins.billing_backends().get(name)
    return name if kind is None else translate(locale, kind.title)


def _suspended(side: Side, locale: str) -> Notice | None:
    if side.suspension is None:
        return None
    day = date_long(side.suspension.at, locale)
    title = translate(locale, "Suspended since {date}", date=day)
    return Notice(tone="danger", title=title, text=side.suspension.reason)


def _wrong(visit: OperatorVisit, typed: str, refusal: Refusal) -> Field:
    sentence = translate(visit.locale, refusal.for_customer, **refusal.parameters)
    return Field(value=typed[:1000], error=sentence)


def _told(request: AnyRequest, visit: OperatorVisit) -> Notice | None:
    sentences = {
        "suspended": translate(visit.locale, "Suspended, with its sandbox. Owners and admins are being told."),
        "lifted": translate(visit.locale, "The suspension is lifted. Renewals that waited are being caught up."),
        "approved": translate(visit.locale, "Approved. Its owner is being told."),
    }
    told = sentences.get(request.query_params.get("done", ""))
    return None if told is None else Notice(tone="success", text=told)


routes: Sequence[Any] = [tenant, suspend_tenant, lift_suspension, approve_request, refuse_request]
