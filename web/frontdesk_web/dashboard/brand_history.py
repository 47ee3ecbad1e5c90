"""A former look: looked at, and published again."""

from collections.abc import Sequence
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Redirect

from frontdesk.palettes import palette
from frontdesk.roles import Right
from frontdesk_tenants import brand_versions, staff
from frontdesk_tenants.database import enter_side
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.dashboard.branding import PATH
from frontdesk_web.dashboard.branding_views import BrandVersionPage, subjects, version_row
from frontdesk_web.dashboard.contrast_words import corrections
from frontdesk_web.dashboard.needs import needs
from frontdesk_web.dashboard.pages import dashboard_page
from frontdesk_web.dashboard.visit import StaffVisit
from frontdesk_web.forms import read_form
from frontdesk_web.headers import let_show_frames
from frontdesk_web.site import Site


@get(f"{PATH}/versions/{{version:str}}", **needs(Right.SEE))
async def former_look(
    request: AnyRequest, version: FromPath[str], visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[bytes]:
    """The page, on which going back is confirmed."""
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        found = await brand_versions.read_version(connection, version)
        if found is None:
            raise NotFoundException
        await enter_side(connection, visit.doors[0].tenant_id)
        names = await staff.names(connection, [found.by[1]])
    here = visit.path("branding")
    page = BrandVersionPage(
        action=f"{here}/versions/{found.id}",
        back_url=here,
        preview_url=f"{here}/preview",
        version=found.id,
        csrf=visit.csrf,
        may_edit=visit.may(Right.EDIT_BRAND),
        row=version_row(found, visit, names, current=found.look == visit.side.brand.look),
        subjects=subjects(visit.locale),
        corrections=corrections(palette(found.look.background, found.look.accent).moved, visit.locale),
    )
    let_show_frames(request.scope)
    return dashboard_page(request, site, visit, page, place="branding")


@post(f"{PATH}/versions/{{version:str}}", **needs(Right.EDIT_BRAND))
async def go_back(
    request: AnyRequest, version: FromPath[str], visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[Any]:
    """Publish a former look again. A draft stays."""
    form = await read_form(request)
    visit.refuse_forged(site, form)
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        common = (visit.actor, visit.now, visit.request_id)
        if not await brand_versions.roll_back(connection, visit.door.tenant_id, version, *common):
            raise NotFoundException
    return Redirect(f"{visit.path('branding')}?done=published", status_code=303)


routes: Sequence[Any] = [former_look, go_back]
