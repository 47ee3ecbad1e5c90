"""Webhook endpoints: the list, a new one, and changing one."""

from collections.abc import Sequence
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Redirect
from msgspec.structs import replace

from frontdesk.ids import IdSource
from frontdesk.roles import Right
from frontdesk.webhook_endpoints import MOST_ENDPOINTS, WebhookEndpoint
from frontdesk_tenants import webhook_endpoints
from frontdesk_tenants.database import SideTransaction
from frontdesk_tenants.paging import Cursor
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.dashboard.needs import needs
from frontdesk_web.dashboard.pages import dashboard_page
from frontdesk_web.dashboard.views import Cell, Column, Row, Table
from frontdesk_web.dashboard.visit import StaffVisit
from frontdesk_web.dashboard.webhook_form import FIELDS_AT_MOST, PLACE, WebhookForm, form_page
from frontdesk_web.dashboard.webhook_views import WebhooksPage
from frontdesk_web.dashboard.webhook_words import endpoint_badge, samples, types_words
from frontdesk_web.forms import read_form
from frontdesk_web.messages import _, translate
from frontdesk_web.portal.answers import known_id
from frontdesk_web.portal.views import Notice
from frontdesk_web.site import Site

PATH = "/dashboard/{portal:str}/webhooks"
ONE = PATH + "/{endpoint:str}"
_DONE = {"deleted": _("The endpoint is deleted. Nothing is sent there any more.")}


@get(PATH, **needs(Right.SEE_LOGS))
async def webhooks(
    request: AnyRequest, visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[bytes]:
    """The endpoints."""
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        found = (await webhook_endpoints.page(connection, Cursor(limit=MOST_ENDPOINTS))).items
        failing = await webhook_endpoints.failing(connection)
    full = len(found) >= MOST_ENDPOINTS
    manages = visit.may(Right.MANAGE_KEYS) and not visit.side.suspended
    done = _DONE.get(request.query_params.get("done", ""))
    page = WebhooksPage(
        table=_table(visit, found, failing) if found else None,
        new_url=visit.path(PLACE, "new") if manages and not full else "",
        times_url=visit.path(PLACE, "times"),
        samples=samples(),
        full=_full(visit) if full and manages else "",
        notice=None if done is None else Notice(tone="success", text=translate(visit.locale, done)),
    )
    return dashboard_page(request, site, visit, page, place=PLACE)


@get(f"{PATH}/new", **needs(Right.MANAGE_KEYS))
async def new_webhook(
    request: AnyRequest, visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[bytes]:
    """The form."""
    return form_page(request, site, visit, WebhookForm(), {}, None)


@post(f"{PATH}/new", **needs(Right.MANAGE_KEYS))
async def add_webhook(
    request: AnyRequest, visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[Any]:
    """Add an endpoint."""
    fields = await read_form(request, FIELDS_AT_MOST)
    visit.refuse_forged(site, fields)
    form = WebhookForm.read(fields)
    faults = form.faults(site.outside, visit.locale)
    now = visit.now.replace(microsecond=0)
    made = WebhookEndpoint(
        id=IdSource(visit.now)("we"),
        url=form.url,
        types=form.told,
        created=now,
        description=form.description or None,
    )
    if not faults:
        try:
            async with site.tenancy.database.side(visit.door.tenant_id) as connection:
                await webhook_endpoints.create(
                    connection,
                    site.tenancy.vault,
                    visit.door,
                    made,
                    actor=visit.actor,
                    request_id=visit.request_id,
                )
        except webhook_endpoints.TooManyEndpoints:
            faults = {"": _full(visit)}
        else:
            return Redirect(f"{visit.path(PLACE, made.id)}?done=added", status_code=303)
    return form_page(request, site, visit, form, faults, None)


@get(f"{ONE}/edit", **needs(Right.MANAGE_KEYS))
async def edit_webhook(
    request: AnyRequest, endpoint: FromPath[str], visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[bytes]:
    """The form, as the endpoint is."""
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        found = await present(connection, endpoint)
    return form_page(request, site, visit, WebhookForm.of(found), {}, found)


@post(f"{ONE}/edit", **needs(Right.MANAGE_KEYS))
async def save_webhook(
    request: AnyRequest, endpoint: FromPath[str], visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[Any]:
    """Change the endpoint. What waits is sent to the new address."""
    fields = await read_form(request, FIELDS_AT_MOST)
    visit.refuse_forged(site, fields)
    form = WebhookForm.read(fields)
    faults = form.faults(site.outside, visit.locale)
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        found = await present(connection, endpoint, lock=not faults)
        if not faults:
            changed = replace(found, url=form.url, types=form.told, description=form.description or None)
            if changed != found:
                await webhook_endpoints.change(
                    connection,
                    visit.door,
                    found,
                    changed,
                    actor=visit.actor,
                    now=visit.now,
                    request_id=visit.request_id,
                )
    if faults:
        return form_page(request, site, visit, form, faults, found)
    return Redirect(f"{visit.path(PLACE, found.id)}?done=saved", status_code=303)


async def present(connection: SideTransaction, endpoint: str, *, lock: bool = False) -> WebhookEndpoint:
    """The endpoint of a path. Raises NotFoundException."""
    found = await webhook_endpoints.find(connection, known_id(endpoint), lock=lock)
    if found is None:
        raise NotFoundException
    return found


def _full(visit: StaffVisit) -> str:
    return translate(
        visit.locale,
        "There are {count} endpoints already, and there can be no more. Delete one that nobody needs.",
        count=MOST_ENDPOINTS,
    )


def _table(visit: StaffVisit, found: Sequence[WebhookEndpoint], failing: frozenset[str]) -> Table:
    locale = visit.locale
    return Table(
        caption=translate(locale, "Webhook endpoints"),
        columns=(
            Column(title=translate(locale, "Address")),
            Column(title=translate(locale, "State")),
            Column(title=translate(locale, "Is told of"), minor=True),
        ),
        rows=tuple(
            Row(
                url=visit.path(PLACE, each.id),
                cells=(
                    Cell(text=each.url, detail=each.description or ""),
                    Cell(badge=endpoint_badge(each, each.created if each.id in failing else None, locale)),
                    Cell(text=types_words(each, locale)),
                ),
            )
            for each in found
        ),
    )


routes: list[Any] = [webhooks, new_webhook, add_webhook, edit_webhook, save_webhook]
