"""All portal configurations: the list with the form for another one, and what becomes of one.

Their settings are edited on the page of the portal's settings, which names one by `?configuration=`.
"""

from collections.abc import Sequence
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Redirect

from frontdesk.configuration_life import copied, switched
from frontdesk.errors import Refused
from frontdesk.ids import IdSource
from frontdesk.portal_configuration import PortalConfiguration
from frontdesk.roles import Right
from frontdesk_tenants import configurations, configuring, listings
from frontdesk_tenants.database import SideTransaction
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.dashboard.needs import needs
from frontdesk_web.dashboard.pages import dashboard_page, refusal_page
from frontdesk_web.dashboard.portal_configuration_views import NAME_LENGTH, configurations_page
from frontdesk_web.dashboard.visit import StaffVisit
from frontdesk_web.forms import read_form
from frontdesk_web.portal.answers import known_id
from frontdesk_web.site import Site
from frontdesk_web.typed_text import one_line

PATH = "/dashboard/{portal:str}/portal/configurations"
PLACE = "portal"
SHOWN = 100
ADDED, SWITCHED = "portal_configuration_added", "portal_configuration_switched"


@get(PATH, **needs(Right.SEE))
async def portal_configurations(
    request: AnyRequest, visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[bytes]:
    """The configurations, the default first."""
    return await _page(request, site, visit)


@post(PATH, **needs(Right.EDIT_PORTAL))
async def add_portal_configuration(
    request: AnyRequest, visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[Any]:
    """Add a configuration that begins with the settings of another one, and open it."""
    form = await read_form(request)
    visit.refuse_forged(site, form)
    name = one_line(form.get("name", ""))[:NAME_LENGTH]
    if not name:
        return await _page(request, site, visit, like=form.get("like", ""), nameless=True)
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        await configurations.hold(connection)
        like = await _found(connection, form.get("like", ""))
        made = copied(like, IdSource(visit.now)("bpc"), name, visit.now)
        try:
            # What is offered was good when it was chosen; a price archived since must not stand in the way of a copy.
            await _store(site, visit, connection, made, like, ADDED)
        except Refused as refused:
            return refusal_page(request, site, visit, refused.refusal, place=PLACE)
    return Redirect(f"{visit.path('portal')}?configuration={made.id}&done=added", status_code=303)


@post(PATH + "/{configuration:str}", **needs(Right.EDIT_PORTAL))
async def change_portal_configuration(
    request: AnyRequest, configuration: FromPath[str], visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[Any]:
    """`act` is `default`, `activate`, `deactivate` or `delete`."""
    form = await read_form(request)
    visit.refuse_forged(site, form)
    act = form.get("act", "")
    try:
        async with site.tenancy.database.side(visit.door.tenant_id) as connection:
            await configurations.hold(connection)
            found = await _found(connection, configuration)
            if act in ("default", "delete"):
                change = configuring.choose_default if act == "default" else configuring.delete
                await change(
                    connection, visit.side, found, actor=visit.actor, now=visit.now, request_id=visit.request_id
                )
            elif act in ("activate", "deactivate"):
                await _store(site, visit, connection, switched(found, act == "activate", visit.now), found, SWITCHED)
            else:
                raise NotFoundException
    except Refused as refused:
        return refusal_page(request, site, visit, refused.refusal, place=PLACE)
    return Redirect(f"{visit.path('portal', 'configurations')}?done={act}", status_code=303)


async def _found(connection: SideTransaction, id_: str) -> PortalConfiguration:
    """The configuration that a path or form names. Raises NotFoundException."""
    found: PortalConfiguration | None = await listings.find(connection, "configuration", known_id(id_))
    if found is None:
        raise NotFoundException
    return found


async def _store(
    site: Site,
    visit: StaffVisit,
    connection: SideTransaction,
    changed: PortalConfiguration,
    before: PortalConfiguration,
    action: str,
) -> None:
    await configuring.store(
        connection,
        site.tenancy,
        visit.side,
        changed,
        before,
        actor=visit.actor,
        action=action,
        now=visit.now,
        request_id=visit.request_id,
    )


async def _page(
    request: AnyRequest, site: Site, visit: StaffVisit, *, like: str = "", nameless: bool = False
) -> Response[bytes]:
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        found = await configurations.read_all(connection, SHOWN)
        tokens = await configurations.login_tokens(connection)
    page = configurations_page(
        found,
        tokens,
        visit,
        site.config,
        done=request.query_params.get("done", ""),
        like=like or request.query_params.get("like", ""),
        nameless=nameless,
    )
    return dashboard_page(request, site, visit, page, place=PLACE, status=400 if nameless else 200)


routes: Sequence[Any] = [portal_configurations, add_portal_configuration, change_portal_configuration]
