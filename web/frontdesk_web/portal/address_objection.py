"""Taking a changed address back, by the link in the letter to the former one. Looking at it changes nothing."""

from typing import ClassVar

from litestar import MediaType, Response, post, route
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from msgspec import Struct

from frontdesk import billing_details
from frontdesk.address_changes import AddressChange, masked, objection_fault
from frontdesk.commands import BillingDetails
from frontdesk.desk import Actor
from frontdesk_tenants import address_changes, audit, book
from frontdesk_tenants.database import SideTransaction, clock
from frontdesk_tenants.desks import desk_on
from frontdesk_tenants.directory import PUBLIC_ID_LENGTH, Door, Side
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.csrf import FIELD, csrf_token, refuse_foreign_origin, refuse_forged
from frontdesk_web.forms import read_form
from frontdesk_web.headers import request_id
from frontdesk_web.hosts import refuse_other_portals_host
from frontdesk_web.objection_links import change_in, is_token
from frontdesk_web.portal.ended_sessions import sign_in_path
from frontdesk_web.portal.frames import asked_locale, locale_of, portal_frame
from frontdesk_web.portal.subscription_cards import sentence_of
from frontdesk_web.site import Site


class ObjectionPage(Struct, frozen=True, kw_only=True):
    """What somebody sees who was told that their address was changed: posts to `action` to take that back.

    `problem` says why that cannot be, `done` that it was.
    """

    template: ClassVar[str] = "portal/objection.html"
    action: str
    csrf: str
    former: str
    new: str
    problem: str = ""
    done: bool = False
    sign_in_url: str | None = None


@route("/p/address/{token:str}", http_method=["GET", "HEAD"])
async def ask_objection(request: AnyRequest, token: FromPath[str], site: NamedDependency[Site]) -> Response[bytes]:
    """What was changed, and a button that takes it back."""
    door, change_id = await _named(request, site, token)
    async with site.tenancy.at(door) as (connection, side):
        change = await _read(connection, change_id)
        problem = await _problem(request, connection, side, change)
    return _page(request, site, side, change, problem=problem)


@post("/p/address/{token:str}")
async def take_back(request: AnyRequest, token: FromPath[str], site: NamedDependency[Site]) -> Response[bytes]:
    """The former address counts again, and nobody stays signed in."""
    refuse_foreign_origin(request, site.config)
    form = await read_form(request)
    refuse_forged(site.tenancy.vault, _bound_to(token), form.get(FIELD))
    door, change_id = await _named(request, site, token)
    async with site.tenancy.at(door) as (connection, side):
        change = await _read(connection, change_id)
        # The account is locked before it is judged: of two clicks, one takes back.
        # Who reads the former address's mail acts: no session, and no configuration, stands in the way.
        actor = Actor(kind="scheduler", id=change.id)
        desk = await desk_on(
            connection,
            site.tenancy,
            side,
            customer_id=change.customer,
            actor=actor,
            request_id=request_id(request.scope),
        )
        change = await _read(connection, change_id)
        problem = await _problem(request, connection, side, change)
        now = await clock(connection)
        if not problem:
            await billing_details.update(desk, BillingDetails(email=change.former))
            await address_changes.take_back(connection, change, now)
            await audit.record(
                connection,
                door.tenant_id,
                actor=actor,
                action="objected_to_address",
                object_id=change.customer,
                now=now,
                before={"email": change.email},
                after={"email": change.former},
                request_id=request_id(request.scope),
            )
        path = await sign_in_path(connection, door, None)
    return _page(request, site, side, change, problem=problem, done=not problem, sign_in_url=path)


async def _named(request: AnyRequest, site: Site, token: str) -> tuple[Door, str]:
    """The side and the change that a token names. Raises NotFoundException where it is nobody's."""
    if not is_token(token):
        raise NotFoundException
    door = await site.tenancy.directory.by_public_id(token[:PUBLIC_ID_LENGTH])
    if door is None:
        raise NotFoundException
    change_id = change_in(site.tenancy.vault, door, token)
    if change_id is None:
        raise NotFoundException
    refuse_other_portals_host(request, site.config, door.portal)
    return door, change_id


async def _read(connection: SideTransaction, change_id: str) -> AddressChange:
    change = await address_changes.read(connection, change_id)
    if change is None:
        raise NotFoundException
    return change


async def _problem(request: AnyRequest, connection: SideTransaction, side: Side, change: AddressChange) -> str:
    account = await book.read_account(connection, change.customer)
    if account is None:
        raise NotFoundException
    later = await address_changes.later(connection, change)
    fault = objection_fault(change, later, account.customer, await clock(connection))
    return "" if fault is None else sentence_of(fault, _locale(request, side, change))


def _bound_to(token: str) -> str:
    """What the form's token belongs to: the link, which is all that its reader has."""
    return f"objection {token}"


def _locale(request: AnyRequest, side: Side, change: AddressChange) -> str:
    return locale_of(request, side, asked_locale(request), change.locale)


def _page(
    request: AnyRequest,
    site: Site,
    side: Side,
    change: AddressChange,
    *,
    problem: str,
    done: bool = False,
    sign_in_url: str | None = None,
) -> Response[bytes]:
    locale = _locale(request, side, change)
    page = ObjectionPage(
        action=request.scope["path"],
        csrf=csrf_token(site.tenancy.vault, _bound_to(request.path_params["token"])),
        former=change.former or "",
        new=masked(change.email),
        problem=problem,
        done=done,
        sign_in_url=sign_in_url,
    )
    body = site.renderer.page(locale, portal_frame(request, side, None, locale), page)
    return Response(body, status_code=400 if problem else 200, media_type=MediaType.HTML)


routes = [ask_objection, take_back]
