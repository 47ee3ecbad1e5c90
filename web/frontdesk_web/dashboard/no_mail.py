"""Where no mail server is set nobody can be sent a code: said in the place of every page that would ask for one."""

from typing import ClassVar

from litestar import Response
from msgspec import Struct

from frontdesk_web.any_request import AnyRequest
from frontdesk_web.dashboard.house_face import house_page, staff_locale
from frontdesk_web.letters import house_post
from frontdesk_web.site import Site

RETRY_SECONDS = "60"


class NoMailPage(Struct, frozen=True, kw_only=True):
    """Says so to staff, and to whoever runs this Frontdesk what to do."""

    template: ClassVar[str] = "dashboard/no_mail.html"


def no_mail(request: AnyRequest, site: Site) -> Response[bytes] | None:
    """The page that says so; None where letters of the house can be carried. The same whoever asks."""
    if house_post.can_be_carried(site):
        return None
    response = house_page(request, site, staff_locale(request), NoMailPage(), 503)
    response.headers["Retry-After"] = RETRY_SECONDS
    return response
