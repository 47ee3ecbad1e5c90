"""The second factor of staff: asked for after the code, set up at the first sign-in, asked for again before secrets."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.response import Redirect
from msgspec.structs import replace

from frontdesk.limits import Visitor, checks
from frontdesk_tenants import second_factors, staff_sessions
from frontdesk_tenants.house import HOUSE
from frontdesk_tenants.rate_limits import Counted
from frontdesk_web.addresses_of_callers import caller as network_of
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.cookies import dead_cookie, new_cookie
from frontdesk_web.csrf import FIELD, refuse_forged
from frontdesk_web.dashboard import ways
from frontdesk_web.dashboard.entry_views import EnrolPage, FactorPage, RecoveryCodesPage
from frontdesk_web.dashboard.half_way import ONE_FACTOR, StaffCaller
from frontdesk_web.dashboard.house_face import JAR, house_page
from frontdesk_web.forms import read_form
from frontdesk_web.messages import translate
from frontdesk_web.qr_codes import qr_picture
from frontdesk_web.site import Site

QR_SCALE = 5


@get(ways.FACTOR, **ONE_FACTOR)
async def ask_second_factor(
    request: AnyRequest, caller: NamedDependency[StaffCaller], site: NamedDependency[Site]
) -> Response[Any]:
    """The page that asks for the authenticator's code."""
    target = ways.wanted(request)
    if caller.session.whole:
        return Redirect(target or ways.WORKPLACES, status_code=303)
    if not caller.person.has_factor:
        return Redirect(ways.with_next(ways.ENROL, target), status_code=303)
    return _factor_page(request, site, caller, ways.FACTOR)


@post(ways.FACTOR, **ONE_FACTOR)
async def take_second_factor(
    request: AnyRequest, caller: NamedDependency[StaffCaller], site: NamedDependency[Site]
) -> Response[Any]:
    """With the right code the session is whole, under a new secret."""
    form = await read_form(request)
    refuse_forged(site.tenancy.vault, caller.session.id, form.get(FIELD))
    if caller.session.whole:
        return Redirect(ways.WORKPLACES, status_code=303)
    if not await _right(request, site, caller, form.get("code", "")):
        return _factor_page(request, site, caller, ways.FACTOR, wrong=True)
    async with site.tenancy.database.side(HOUSE) as connection:
        _, secret = await staff_sessions.complete(connection, caller.session)
    return _signed_in(request, site, secret)


@get(ways.FRESH, **ONE_FACTOR)
async def ask_once_more(
    request: AnyRequest, caller: NamedDependency[StaffCaller], site: NamedDependency[Site]
) -> Response[Any]:
    """The page before secrets: asks for the code once more."""
    if not caller.session.whole:
        return Redirect(ways.with_next(ways.FACTOR, ways.wanted(request)), status_code=303)
    if caller.session.scope is not None:
        door = await site.tenancy.door(caller.session.scope)
        path = f"{ways.SINGLE_SIGN_ON}/{door.portal}"
        return Redirect(ways.with_next(path, ways.wanted(request), again="1"), status_code=303)
    return _factor_page(request, site, caller, ways.FRESH)


@post(ways.FRESH, **ONE_FACTOR)
async def take_once_more(
    request: AnyRequest, caller: NamedDependency[StaffCaller], site: NamedDependency[Site]
) -> Response[Any]:
    """With the right code the session is fresh for five minutes, under a new secret."""
    form = await read_form(request)
    refuse_forged(site.tenancy.vault, caller.session.id, form.get(FIELD))
    if not caller.session.whole:
        return Redirect(ways.FACTOR, status_code=303)
    if not await _right(request, site, caller, form.get("code", "")):
        return _factor_page(request, site, caller, ways.FRESH, wrong=True)
    async with site.tenancy.database.side(HOUSE) as connection:
        secret = await staff_sessions.refresh(connection, caller.session)
    return _signed_in(request, site, secret)


@get(ways.ENROL, **ONE_FACTOR)
async def ask_enrolment(
    request: AnyRequest, caller: NamedDependency[StaffCaller], site: NamedDependency[Site]
) -> Response[Any]:
    """The page that shows what to scan and asks for the first code."""
    if caller.person.has_factor:
        return Redirect(ways.with_next(ways.FACTOR, ways.wanted(request)), status_code=303)
    return await _enrol_page(request, site, caller)


@post(ways.ENROL, **ONE_FACTOR)
async def take_enrolment(
    request: AnyRequest, caller: NamedDependency[StaffCaller], site: NamedDependency[Site]
) -> Response[Any]:
    """With the right first code the factor counts, the session is whole, and the recovery codes are shown once."""
    form = await read_form(request)
    refuse_forged(site.tenancy.vault, caller.session.id, form.get(FIELD))
    if caller.person.has_factor:
        return Redirect(ways.FACTOR, status_code=303)
    counted = await _count(request, site, caller)
    codes = None
    async with site.tenancy.database.side(HOUSE) as connection:
        if counted.exceeded() is None:
            vault, now = site.tenancy.vault, caller.session.now
            codes = await second_factors.confirm(connection, vault, caller.person, form.get("code", ""), now)
        if codes is not None:
            _, secret = await staff_sessions.complete(connection, caller.session)
    if codes is None:
        return await _enrol_page(request, site, caller, wrong=True)
    await site.limiter.take_back(counted)
    page = RecoveryCodesPage(
        codes=tuple(each.reveal() for each in codes), next_url=ways.wanted(request) or ways.WORKPLACES
    )
    response = house_page(request, site, caller.locale, page)
    response.set_cookie(new_cookie(site.config, JAR, "session", secret))
    return response


@post(ways.SIGN_OUT, **ONE_FACTOR)
async def sign_out_staff(
    request: AnyRequest, caller: NamedDependency[StaffCaller], site: NamedDependency[Site]
) -> Response[Any]:
    """End the session."""
    form = await read_form(request)
    refuse_forged(site.tenancy.vault, caller.session.id, form.get(FIELD))
    async with site.tenancy.database.side(HOUSE) as connection:
        await staff_sessions.end_session(connection, caller.session)
    response = Redirect(ways.SIGN_IN, status_code=303)
    response.set_cookie(dead_cookie(site.config, JAR, "session"))
    return response


async def _right(request: AnyRequest, site: Site, caller: StaffCaller, typed: str) -> bool:
    """Whether the code is right; guesses are counted as those at passcodes are."""
    counted = await _count(request, site, caller)
    if counted.exceeded() is not None:
        return False
    async with site.tenancy.database.side(HOUSE) as connection:
        vault, now = site.tenancy.vault, caller.session.now
        right = await second_factors.check(connection, vault, caller.person, typed, now)
    if right:
        await site.limiter.take_back(counted)
    return right


async def _count(request: AnyRequest, site: Site, caller: StaffCaller) -> Counted:
    peer = None if site.config.demo else str(network_of(request, site.config))
    visitor = Visitor(tenant=f"{HOUSE} second factor", address=caller.person.id, peer=peer)
    return await site.limiter.count(checks("failure", visitor), caller.session.now)


def _signed_in(request: AnyRequest, site: Site, secret: str) -> Response[Any]:
    response = Redirect(ways.wanted(request) or ways.WORKPLACES, status_code=303)
    response.set_cookie(new_cookie(site.config, JAR, "session", secret))
    return response


def _factor_page(
    request: AnyRequest, site: Site, caller: StaffCaller, path: str, wrong: bool = False
) -> Response[bytes]:
    page = FactorPage(
        action=ways.with_next(path, ways.wanted(request)),
        csrf=caller.csrf,
        sign_out_action=ways.SIGN_OUT,
        error=_wrong(caller.locale) if wrong else "",
        again=path == ways.FRESH,
    )
    return house_page(request, site, caller.locale, page, 400 if wrong else 200)


async def _enrol_page(request: AnyRequest, site: Site, caller: StaffCaller, wrong: bool = False) -> Response[bytes]:
    async with site.tenancy.database.side(HOUSE) as connection:
        issuer = site.house.settings.service_name
        enrolment = await second_factors.begin(connection, site.tenancy.vault, caller.person, issuer)
    secret = enrolment.secret.reveal()
    page = EnrolPage(
        action=ways.with_next(ways.ENROL, ways.wanted(request)),
        csrf=caller.csrf,
        qr_code=qr_picture(enrolment.uri.reveal(), QR_SCALE),
        secret=" ".join(secret[place : place + 4] for place in range(0, len(secret), 4)),
        uri=enrolment.uri.reveal(),
        sign_out_action=ways.SIGN_OUT,
    )
    page = replace(page, error=_wrong(caller.locale)) if wrong else page
    return house_page(request, site, caller.locale, page, 400 if wrong else 200)


def _wrong(locale: str) -> str:
    return translate(
        locale, "This code is not right. Wait for the next one in your app and type it in; each code counts once."
    )


routes = [
    ask_second_factor,
    take_second_factor,
    ask_once_more,
    take_once_more,
    ask_enrolment,
    take_enrolment,
    sign_out_staff,
]
