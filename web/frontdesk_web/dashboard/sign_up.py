"""Signing up: the address is proven as at a sign-in, one short page asks the rest, and there is a portal to set up."""

from collections.abc import Mapping, Sequence
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Redirect

from frontdesk.addresses import fold, parse_address
from frontdesk.errors import Refusal, Refused
from frontdesk.house_settings import HouseSettings
from frontdesk.signing_up import SignUp, closed_to, faults_of, needs_approval, tidied
from frontdesk.starting_points import StartingPoint
from frontdesk_tenants import sign_up_invitations, sign_ups
from frontdesk_tenants.house import HOUSE
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.csrf import FIELD, refuse_foreign_origin, refuse_forged
from frontdesk_web.currency_words import country_of, currency_of
from frontdesk_web.dashboard import ways
from frontdesk_web.dashboard.half_way import ONE_FACTOR, StaffCaller, StaffNotSignedIn
from frontdesk_web.dashboard.house_face import house_page, staff_locale
from frontdesk_web.dashboard.joining import InvitationPage
from frontdesk_web.dashboard.no_mail import no_mail
from frontdesk_web.dashboard.sign_in import challenged
from frontdesk_web.dashboard.sign_up_views import (
    SHOWN_LENGTH,
    SignUpClosedPage,
    SignUpInvitationPage,
    SignUpPage,
    SignUpWaitingPage,
    details_page,
)
from frontdesk_web.forms import read_form
from frontdesk_web.headers import request_id
from frontdesk_web.messages import translate
from frontdesk_web.site import Site


@get(ways.SIGN_UP)
async def ask_new_address(request: AnyRequest, site: NamedDependency[Site]) -> Response[bytes]:
    """The page that asks for an e-mail address, or says that one must be invited."""
    settings = await site.house.refresh()
    if settings.sign_up == "invitation":
        return _closed(request, site, settings, staff_locale(request))
    return _address_page(request, site, settings, "")


@post(ways.SIGN_UP)
async def take_new_address(request: AnyRequest, site: NamedDependency[Site]) -> Response[Any]:
    """Open a challenge for the posted address, whoever has it, and go on to the code."""
    refuse_foreign_origin(request, site.config)
    typed = (await read_form(request)).get("email", "")
    try:
        address = fold(parse_address(typed))
    except Refused as refused:
        return _address_page(request, site, await site.house.refresh(), typed, refused.refusal)
    return await challenged(request, site, address, ways.SIGN_UP_DETAILS)


@get(f"{ways.SIGN_UP_INVITATION}/{{token:str}}")
async def ask_invited(request: AnyRequest, token: FromPath[str], site: NamedDependency[Site]) -> Response[bytes]:
    """The page behind the link in an invitation. Looking at it changes nothing, so that mail scanners do no harm."""
    settings, locale = await site.house.refresh(), staff_locale(request)
    async with site.tenancy.database.side(HOUSE) as connection:
        invitation = await sign_up_invitations.by_token(connection, token)
    if invitation is None or not invitation.open:
        return house_page(request, site, locale, InvitationPage(open=False), 404)
    if (nothing := no_mail(request, site)) is not None:
        return nothing
    page = SignUpInvitationPage(action=ways.SIGN_UP, service=settings.service_name, email=invitation.address)
    return house_page(request, site, staff_locale(request, invitation.locale), page)


@get(ways.SIGN_UP_DETAILS, **ONE_FACTOR)
async def ask_details(
    request: AnyRequest, caller: NamedDependency[StaffCaller], site: NamedDependency[Site]
) -> Response[bytes]:
    """The page that asks for what a portal needs, with what can be guessed filled in."""
    _whole(caller)
    country = country_of(request.headers.get("accept-language"), caller.locale)
    return await _details(request, site, caller, {"country": country, "currency": currency_of(country)})


@post(ways.SIGN_UP_DETAILS, **ONE_FACTOR)
async def take_details(
    request: AnyRequest, caller: NamedDependency[StaffCaller], site: NamedDependency[Site]
) -> Response[Any]:
    """Make the portal, or note the request where an operator has to say yes."""
    _whole(caller)
    form = await read_form(request)
    refuse_forged(site.tenancy.vault, caller.session.id, form.get(FIELD))
    asked = tidied(_asked(form, caller.locale))
    faults = faults_of(asked, site.plugins.billing_backends())
    if faults:
        return await _details(request, site, caller, form, faults)
    try:
        made = await sign_ups.ask(
            site.tenancy,
            caller.person,
            asked,
            suggested=not form.get("slug", "").strip(),
            request_id=request_id(request.scope),
        )
    except Refused as refused:
        return await _details(request, site, caller, form, (refused.refusal,))
    return Redirect(ways.SIGN_UP_WAITING if made.state == "waiting" else f"/dashboard/{made.slug}", status_code=303)


@get(ways.SIGN_UP_WAITING, **ONE_FACTOR)
async def how_it_stands(
    request: AnyRequest, caller: NamedDependency[StaffCaller], site: NamedDependency[Site]
) -> Response[Any]:
    """How somebody's latest request stands."""
    _whole(caller)
    settings = await site.house.refresh()
    async with site.tenancy.database.side(HOUSE) as connection:
        latest = await sign_ups.latest_of(connection, caller.person.id)
    if latest is None:
        return Redirect(ways.SIGN_UP_DETAILS, status_code=303)
    if latest.state in ("done", "approved"):
        return Redirect(f"/dashboard/{latest.slug}", status_code=303)
    refused = latest.state == "refused"
    page = SignUpWaitingPage(
        csrf=caller.csrf,
        name=latest.body.name,
        address=caller.person.address,
        portal=_prefix(site) + latest.slug,
        refused=refused,
        reason=latest.reason or "",
        again_url=ways.SIGN_UP_DETAILS if refused else None,
        sign_out_action=ways.SIGN_OUT,
        contact=settings.contact,
    )
    return house_page(request, site, caller.locale, page)


def _whole(caller: StaffCaller) -> None:
    """Both factors, and an address that was proven to us: one that a tenant's provider vouches for is not."""
    if not caller.session.whole:
        raise StaffNotSignedIn(Redirect(ways.with_next(ways.FACTOR, ways.SIGN_UP_DETAILS), status_code=303))
    if caller.session.scope is not None:
        raise NotFoundException


async def _details(
    request: AnyRequest,
    site: Site,
    caller: StaffCaller,
    form: Mapping[str, str],
    faults: tuple[Refusal, ...] = (),
) -> Response[bytes]:
    settings = await site.house.refresh()
    async with site.tenancy.database.side(HOUSE) as connection:
        found = await sign_up_invitations.open_for(connection, caller.person.address, caller.session.now)
    invited = found is not None
    if closed_to(settings.sign_up, invited) is not None:
        return _closed(request, site, settings, caller.locale, 400 if faults else 200)
    page = details_page(
        form,
        faults,
        settings,
        site.plugins,
        caller.locale,
        action=ways.SIGN_UP_DETAILS,
        csrf=caller.csrf,
        address=caller.person.address,
        sign_out_action=ways.SIGN_OUT,
        portal_prefix=_prefix(site),
        approval=needs_approval(settings.sign_up, invited),
    )
    return house_page(request, site, caller.locale, page, 400 if faults else 200)


def _asked(form: Mapping[str, str], locale: str) -> SignUp:
    point = form.get("starting_point", "")
    return SignUp(
        name=form.get("name", ""),
        slug=form.get("slug", ""),
        country=form.get("country", ""),
        currency=form.get("currency", ""),
        locale=locale,
        starting_point=StartingPoint(point) if point in set(StartingPoint) else StartingPoint.SEATS,
        backend=form.get("backend", ""),
    )


def _address_page(
    request: AnyRequest, site: Site, settings: HouseSettings, email: str, refusal: Refusal | None = None
) -> Response[bytes]:
    if (nothing := no_mail(request, site)) is not None:
        return nothing
    locale = staff_locale(request)
    page = SignUpPage(
        action=ways.SIGN_UP,
        sign_in_url=ways.SIGN_IN,
        service=settings.service_name,
        approval=settings.sign_up == "approval",
        email=email[:SHOWN_LENGTH],
        error="" if refusal is None else translate(locale, refusal.for_customer),
    )
    return house_page(request, site, locale, page, 200 if refusal is None else 400)


def _closed(
    request: AnyRequest, site: Site, settings: HouseSettings, locale: str, status: int = 200
) -> Response[bytes]:
    page = SignUpClosedPage(sign_in_url=ways.SIGN_IN, contact=settings.contact)
    return house_page(request, site, locale, page, status)


def _prefix(site: Site) -> str:
    """What stands before a portal's name in its address, for people to read."""
    return f"{site.config.host}/p/"


routes: Sequence[Any] = [
    ask_new_address,
    take_new_address,
    ask_invited,
    ask_details,
    take_details,
    how_it_stands,
]
