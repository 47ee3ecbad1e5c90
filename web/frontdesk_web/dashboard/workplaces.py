"""After the sign-in: the tenants that somebody works for. Who works for one goes straight there."""

from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.response import Redirect

from frontdesk.signing_up import closed_to
from frontdesk_tenants import sign_up_invitations, sign_ups, staff
from frontdesk_tenants.database import enter_side
from frontdesk_tenants.directory import read_side
from frontdesk_tenants.house import HOUSE
from frontdesk_tenants.operators import is_operator
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.dashboard import ways
from frontdesk_web.dashboard.entry_views import Workplace, WorkplacesPage
from frontdesk_web.dashboard.half_way import ONE_FACTOR, StaffCaller
from frontdesk_web.dashboard.house_face import house_page
from frontdesk_web.dashboard.role_words import role_name
from frontdesk_web.site import Site


@get(ways.WORKPLACES, **ONE_FACTOR)
async def workplaces(
    request: AnyRequest, caller: NamedDependency[StaffCaller], site: NamedDependency[Site]
) -> Response[Any]:
    """The list; a redirect where there is nothing to choose. `?all=1` shows the list all the same."""
    if not caller.session.whole:
        return Redirect(ways.FACTOR, status_code=303)
    found = await _workplaces(site, caller)
    operator = caller.session.scope is None and await is_operator(site.tenancy, caller.person.address)
    if "all" not in request.query_params:
        if len(found) == 1 and not operator:
            return Redirect(found[0].url, status_code=303)
        if operator and not found:
            return Redirect(ways.OPERATOR, status_code=303)
        if not found and await _waits(site, caller):
            return Redirect(ways.SIGN_UP_WAITING, status_code=303)
    page = WorkplacesPage(
        csrf=caller.csrf,
        address=caller.person.address,
        workplaces=tuple(found),
        sign_out_action=ways.SIGN_OUT,
        operator_url=ways.OPERATOR if operator else None,
        sign_up_url=ways.SIGN_UP_DETAILS if await _may_sign_up(site, caller) else None,
    )
    return house_page(request, site, caller.locale, page)


async def _waits(site: Site, caller: StaffCaller) -> bool:
    """Whether a request of theirs waits for an operator."""
    async with site.tenancy.database.side(HOUSE) as connection:
        latest = await sign_ups.latest_of(connection, caller.person.id)
    return latest is not None and latest.state == "waiting"


async def _may_sign_up(site: Site, caller: StaffCaller) -> bool:
    if caller.session.scope is not None:
        return False
    settings = await site.house.refresh()
    async with site.tenancy.database.side(HOUSE) as connection:
        invitation = await sign_up_invitations.open_for(connection, caller.person.address, caller.session.now)
    return closed_to(settings.sign_up, invitation is not None) is None


async def _workplaces(site: Site, caller: StaffCaller) -> list[Workplace]:
    found = []
    async with site.tenancy.database.side(HOUSE) as connection:
        ids = await staff.tenants_of(connection, caller.person.id)
        for tenant_id in ids:
            if caller.session.scope not in (None, tenant_id):
                continue
            door = await site.tenancy.door(tenant_id)
            await enter_side(connection, tenant_id)
            member, side = await staff.member_of(connection, caller.person.id), await read_side(connection, door)
            if member is not None:
                found.append(
                    Workplace(
                        name=side.name,
                        role=role_name(member.role, caller.locale),
                        url=f"/dashboard/{door.portal}",
                        suspended=side.status == "suspended",
                    )
                )
    return sorted(found, key=lambda each: each.name.casefold())


routes = [workplaces]
