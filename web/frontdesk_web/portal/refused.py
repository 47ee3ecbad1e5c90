"""Noting that an act which waited for the remote backend was refused, so that the home page says it no longer."""

from typing import Any

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from frontdesk_tenants import refused_acts
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.forms import read_form
from frontdesk_web.portal.answers import go, known_id
from frontdesk_web.portal.visit import Visit
from frontdesk_web.signed_in import dependencies, exception_handlers
from frontdesk_web.site import Site


@post("/p/{portal:str}/refused/{intent:str}", dependencies=dependencies, exception_handlers=exception_handlers)
async def note_refused(
    request: AnyRequest, intent: FromPath[str], visit: NamedDependency[Visit], site: NamedDependency[Site]
) -> Response[Any]:
    """The customer has read it. A second time changes nothing."""
    visit.refuse_forged(site, await read_form(request))
    async with site.tenancy.database.side(visit.side.tenant_id) as connection:
        if not await refused_acts.note_read(connection, visit.customer, known_id(intent)):
            raise NotFoundException
    return go(visit.home_url)


routes = [note_refused]
