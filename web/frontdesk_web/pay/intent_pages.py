"""What the pages of checkout sessions and of banks share: their address proves itself, and nobody is signed in."""

from typing import Any

from litestar import MediaType, Response
from litestar.exceptions import NotFoundException
from msgspec import Struct
from msgspec.structs import replace

from frontdesk.desk import Actor
from frontdesk.ids import IdSource
from frontdesk_tenants.confirming import Teller
from frontdesk_tenants.database import SideTransaction, clock
from frontdesk_tenants.directory import Door, Side
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.csrf import FIELD, csrf_token, refuse_foreign_origin, refuse_forged
from frontdesk_web.forms import read_form
from frontdesk_web.headers import request_id
from frontdesk_web.hosts import refuse_other_portals_host
from frontdesk_web.intent_links import Purpose, object_in, public_id_in
from frontdesk_web.portal.done_views import LeavingPage
from frontdesk_web.portal.frames import asked_locale, locale_of, portal_frame
from frontdesk_web.portal.views import ErrorPage
from frontdesk_web.rendering import Page
from frontdesk_web.site import Site


class Opened(Struct, frozen=True, kw_only=True):
    """A page's address that proved itself: the side, and the id of the object that it is of."""

    request: Any
    site: Site
    door: Door
    token: str
    id: str

    @property
    def csrf(self) -> str:
        """The form's token belongs to the address, which is all that its reader has."""
        return csrf_token(self.site.tenancy.vault, f"intent {self.token}")

    async def teller(self, connection: SideTransaction, side: Side) -> Teller:
        """Whoever has the address acts, in the name of the object: no portal configuration stands in their way."""
        now = await clock(connection)
        return Teller(
            connection=connection,
            tenancy=self.site.tenancy,
            side=side,
            actor=Actor(kind="scheduler", id=self.id),
            ids=IdSource(now),
            now=now.replace(microsecond=0),
            request_id=request_id(self.request.scope),
        )

    def locale(self, side: Side, wanted: str | None = None) -> str:
        """The language of the page: the one that was asked for, the object's, the browser's."""
        return locale_of(self.request, side, asked_locale(self.request), wanted)

    def answer(
        self, side: Side, locale: str, page: Page, *, status: int = 200, return_url: str | None = None
    ) -> Response[bytes]:
        """A page in the tenant's brand. `return_url` is the way back to where its reader came from."""
        frame = replace(portal_frame(self.request, side, None, locale, return_url=return_url), leaves=True)
        body = self.site.renderer.page(locale, frame, page)
        return Response(body, status_code=status, media_type=MediaType.HTML)

    def leave(self, side: Side, locale: str, url: str) -> Response[bytes]:
        """On to the tenant's own page, which a form may not lead to at once."""
        return self.answer(side, locale, LeavingPage(url=url))

    def refuse(self, side: Side, locale: str, sentence: str, return_url: str | None = None) -> Response[bytes]:
        """Why nothing can be done here any more."""
        page = ErrorPage(status=403, sentence=sentence)
        return self.answer(side, locale, page, status=403, return_url=return_url)


async def form_of(request: AnyRequest, site: Site, token: str) -> dict[str, str]:
    """The form that was sent. Raises PermissionDeniedException where it is another page's."""
    refuse_foreign_origin(request, site.config)
    form = await read_form(request)
    refuse_forged(site.tenancy.vault, f"intent {token}", form.get(FIELD))
    return dict(form)


async def opened(request: AnyRequest, site: Site, purpose: Purpose, token: str) -> Opened:
    """The page's object. Raises NotFoundException for an address that nobody was given."""
    public_id = public_id_in(token)
    door = None if public_id is None else await site.tenancy.directory.by_public_id(public_id)
    if door is None:
        raise NotFoundException
    id_ = object_in(site.tenancy.vault, door, purpose, token)
    if id_ is None:
        raise NotFoundException
    refuse_other_portals_host(request, site.config, door.portal)
    return Opened(request=request, site=site, door=door, token=token, id=id_)
