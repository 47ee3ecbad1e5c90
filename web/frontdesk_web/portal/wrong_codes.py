"""An owner says of many wrong codes that it was them, by the link in the letter. Looking at it changes nothing.

Every link that is not good (used, too old, of a run that is over, forged, another side's) is answered by one page.
"""

from typing import ClassVar

from litestar import MediaType, Response, post, route
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from msgspec import Struct

from frontdesk.desk import Actor
from frontdesk_tenants import audit, sign_in, wrong_codes
from frontdesk_tenants.database import SideTransaction, clock
from frontdesk_tenants.directory import PUBLIC_ID_LENGTH, Door, Side
from frontdesk_tenants.wrong_codes import Run
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.csrf import FIELD, csrf_token, refuse_foreign_origin, refuse_forged
from frontdesk_web.forms import read_form
from frontdesk_web.headers import request_id
from frontdesk_web.hosts import refuse_other_portals_host
from frontdesk_web.portal.ended_sessions import sign_in_path
from frontdesk_web.portal.frames import asked_locale, locale_of, portal_frame
from frontdesk_web.site import Site
from frontdesk_web.wrong_code_links import run_in

TOKEN_LENGTH = 200


class WrongCodesPage(Struct, frozen=True, kw_only=True):
    """What somebody sees who was told of many wrong codes: posts to `action` to say that it was them.

    `done` says that they did, `over` that the link is not good (any more).
    """

    template: ClassVar[str] = "portal/wrong_codes.html"
    action: str
    csrf: str
    done: bool = False
    over: bool = False
    sign_in_url: str | None = None


@route("/p/wrong-codes/{token:str}", http_method=["GET", "HEAD"])
async def ask_whether_it_was_them(
    request: AnyRequest, token: FromPath[str], site: NamedDependency[Site]
) -> Response[bytes]:
    """What happened, and a button that says "it was me"."""
    door = await _door(request, site, token)
    async with site.tenancy.at(door) as (connection, side):
        run = await _run(connection, site, door, token)
        path = await sign_in_path(connection, door, None)
    return _page(request, site, side, over=run is None, sign_in_url=path)


@post("/p/wrong-codes/{token:str}")
async def begin_anew(request: AnyRequest, token: FromPath[str], site: NamedDependency[Site]) -> Response[bytes]:
    """The wrong codes count no more, once: of two clicks, and after another run, the second finds nothing."""
    refuse_foreign_origin(request, site.config)
    form = await read_form(request)
    refuse_forged(site.tenancy.vault, _bound_to(token), form.get(FIELD))
    door = await _door(request, site, token)
    async with site.tenancy.at(door) as (connection, side):
        run = await _run(connection, site, door, token)
        done = run is not None and await wrong_codes.end_run(connection, run)
        if run is not None and done:
            await _record(request, connection, door, run)
        path = await sign_in_path(connection, door, None)
    return _page(request, site, side, done=done, over=not done, sign_in_url=path)


async def _door(request: AnyRequest, site: Site, token: str) -> Door:
    """The side that a token names. Raises NotFoundException where there is none, so that no brand could answer."""
    public_id = token[:PUBLIC_ID_LENGTH]
    plain = public_id.isascii() and public_id.isalnum() and len(token) <= TOKEN_LENGTH
    door = await site.tenancy.directory.by_public_id(public_id) if plain else None
    if door is None:
        raise NotFoundException
    refuse_other_portals_host(request, site.config, door.portal)
    return door


async def _run(connection: SideTransaction, site: Site, door: Door, token: str) -> Run | None:
    run_id = run_in(site.tenancy.vault, door, token)
    return None if run_id is None else await wrong_codes.read_run(connection, run_id, await clock(connection))


async def _record(request: AnyRequest, connection: SideTransaction, door: Door, run: Run) -> None:
    recipient = await sign_in.recipient(connection, run.address)
    if recipient is None:
        return
    await audit.record(
        connection,
        door.tenant_id,
        actor=Actor(kind="customer", id=run.id),
        action="forgot_wrong_codes",
        object_id=recipient.customer,
        now=await clock(connection),
        request_id=request_id(request.scope),
    )


def _bound_to(token: str) -> str:
    """What the form's token belongs to: the link, which is all that its reader has."""
    return f"wrong codes {token}"


def _page(
    request: AnyRequest, site: Site, side: Side, *, done: bool = False, over: bool, sign_in_url: str | None
) -> Response[bytes]:
    locale = locale_of(request, side, asked_locale(request))
    page = WrongCodesPage(
        action=request.scope["path"],
        csrf=csrf_token(site.tenancy.vault, _bound_to(request.path_params["token"])),
        done=done,
        over=over,
        sign_in_url=sign_in_url,
    )
    body = site.renderer.page(locale, portal_frame(request, side, None, locale), page)
    return Response(body, status_code=404 if over else 200, media_type=MediaType.HTML)


routes = [ask_whether_it_was_them, begin_anew]
