"""Pictures of a brand, stored as soon as they are chosen, for scripts: the form then need not carry them."""

from collections.abc import Sequence
from typing import Any

from litestar import Response, post
from litestar.di import NamedDependency

from frontdesk.roles import Right
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.dashboard.branding import PATH
from frontdesk_web.dashboard.branding_form import LIMITS, PICTURES, keep_picture
from frontdesk_web.dashboard.branding_views import picture_url
from frontdesk_web.dashboard.needs import needs
from frontdesk_web.dashboard.product_pictures import StoredPicture
from frontdesk_web.dashboard.visit import StaffVisit
from frontdesk_web.image_rules import UnusableImage
from frontdesk_web.site import Site
from frontdesk_web.uploads import BODY_BYTES, read_upload


@post(f"{PATH}/picture", status_code=200, request_max_body_size=BODY_BYTES, **needs(Right.EDIT_BRAND))
async def store_brand_picture(
    request: AnyRequest, visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[StoredPicture]:
    """Store the icon or logo that was just chosen. No look has it until a form that names it is saved."""
    posted = await read_upload(request, LIMITS)
    visit.refuse_forged(site, posted.fields)
    try:
        for kind, rules in PICTURES.items():
            name = await keep_picture(site, visit, posted, kind, rules)
            if name:
                return Response(StoredPicture(name=name, url=picture_url(visit.door, name)))
    except UnusableImage as unusable:
        status = 413 if posted.too_large else 400
        return Response(StoredPicture(error=unusable.said(visit.locale)), status_code=status)
    return Response(StoredPicture())


routes: Sequence[Any] = [store_brand_picture]
