"""Signing in: the e-mail address, then the code that was sent to it.

Whatever address is typed, the same things happen and the same bytes come back: limits are counted, a challenge is
written, a job is enqueued (`frontdesk_tenants.passcodes`). Who is behind an address is looked up when the code was
right, and not before.
"""

from typing import Any

from litestar import MediaType, Response, post, route
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ExceptionHandlersMap

from frontdesk.addresses import fold, parse_address, prefill
from frontdesk.channels import AddressKind
from frontdesk.errors import Refused
from frontdesk.limits import Visitor
from frontdesk_tenants import known_browsers, late_mail, passcodes, sessions, sign_in, tallies, typed_forms
from frontdesk_tenants.database import SideTransaction
from frontdesk_tenants.directory import Door
from frontdesk_tenants.passcodes import OpenChallenge
from frontdesk_tenants.rate_limits import Counted
from frontdesk_tenants.sign_in import Opened
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.code_requests import count_guess, open_code, take_back_guess, visitor_of
from frontdesk_web.cookies import dead_cookie, new_cookie, read_cookie
from frontdesk_web.csrf import FIELD, csrf_token, refuse_foreign_origin, refuse_forged
from frontdesk_web.forms import read_form
from frontdesk_web.headers import request_id
from frontdesk_web.letters import post as letters
from frontdesk_web.messages import translate
from frontdesk_web.portal.entrance import Entrance, LinkClosed, answer_link_closed, enter
from frontdesk_web.portal.frames import asked_locale, locale_of, portal_frame
from frontdesk_web.portal.sign_in_views import CodePage, SignInPage
from frontdesk_web.portal.views import Notice
from frontdesk_web.portal.visit import home_path
from frontdesk_web.portal.ways_back import forget_page, remembered_page, subscription_in
from frontdesk_web.site import Site

SHOWN_LENGTH = 512
NO_WAY_SECONDS = "60"
MINUTES = int(passcodes.RULES.lifetime.total_seconds() // 60)
handlers: ExceptionHandlersMap = {LinkClosed: answer_link_closed}


@route("/p/login/{token:str}", http_method=["GET", "HEAD"], exception_handlers=handlers)
async def ask_address(request: AnyRequest, token: FromPath[str], site: NamedDependency[Site]) -> Response[bytes]:
    """The page that asks for the e-mail address, filled in with `prefilled_email` where that is one."""
    async with enter(site, request, token) as entrance:
        email = prefill(request.scope["query_string"])
        still = await _still_signed_in(request, site, entrance)
        return await _address_page(request, site, entrance, email, still=still)


@post("/p/login/{token:str}", exception_handlers=handlers)
async def take_address(request: AnyRequest, token: FromPath[str], site: NamedDependency[Site]) -> Response[Any]:
    """Open a challenge for the posted address and go on to the code."""
    refuse_foreign_origin(request, site.config)
    typed = (await read_form(request)).get("email", "")
    async with enter(site, request, token) as entrance:
        try:
            address = fold(parse_address(typed))
        except Refused as refused:
            return await _address_page(request, site, entrance, typed, refused)
        visitor = await _visitor(request, site, entrance, address)
    return await _challenged(request, site, entrance, visitor)


@route("/p/login/{token:str}/code", http_method=["GET", "HEAD"], exception_handlers=handlers)
async def ask_code(request: AnyRequest, token: FromPath[str], site: NamedDependency[Site]) -> Response[Any]:
    """The page that asks for the code. Looking at it changes nothing, so that mail scanners do no harm."""
    async with enter(site, request, token) as entrance:
        challenge = await _challenge(request, site, entrance)
        if challenge is None:
            return _to(request, entrance.path)
        return await _code_page(request, site, entrance, challenge)


@post("/p/login/{token:str}/code/again", exception_handlers=handlers)
async def send_again(request: AnyRequest, token: FromPath[str], site: NamedDependency[Site]) -> Response[Any]:
    """Open another challenge for the same address, or keep the one there is while a letter may not go yet."""
    refuse_foreign_origin(request, site.config)
    form = await read_form(request)
    async with enter(site, request, token) as entrance:
        challenge = await _challenge(request, site, entrance)
        if challenge is None:
            return _to(request, entrance.path)
        refuse_forged(site.tenancy.vault, challenge.id, form.get(FIELD))
        visitor = await _visitor(request, site, entrance, challenge.address)
    return await _challenged(request, site, entrance, visitor, again=True, by=form.get("by", ""))


@post("/p/login/{token:str}/code", exception_handlers=handlers)
async def take_code(request: AnyRequest, token: FromPath[str], site: NamedDependency[Site]) -> Response[Any]:
    """Sign in with the right code. Every other one gets one and the same page: wrong, too late, used, too many."""
    refuse_foreign_origin(request, site.config)
    form = await read_form(request)
    async with enter(site, request, token) as entrance:
        challenge = await _challenge(request, site, entrance)
        if challenge is None:
            return _to(request, entrance.path)
        refuse_forged(site.tenancy.vault, challenge.id, form.get(FIELD))
        visitor = await _visitor(request, site, entrance, challenge.address)
    counted = await count_guess(site, visitor, entrance.now)
    answer, right = await _judged(request, site, token, challenge, form.get("code", ""), counted)
    if right:
        await take_back_guess(site, visitor, counted, challenge.created)
    return answer


async def _judged(
    request: AnyRequest,
    site: Site,
    token: str,
    challenge: OpenChallenge,
    typed: str,
    counted: Counted,
) -> tuple[Response[Any], bool]:
    """The answer to a typed code, and whether the code was right."""
    async with enter(site, request, token) as entrance:
        connection, side, now = entrance.connection, entrance.side, entrance.now
        if counted.exceeded("longer_codes") is not None:
            await tallies.lengthen_everywhere(connection, now)
        limited = counted.exceeded() is not None
        vault = site.tenancy.vault
        judgement = await passcodes.verify(
            connection, side.door, vault, challenge.id, typed, now, limited=limited, jobs=site.tenancy.jobs
        )
        page = remembered_page(site.config, request, side.door.portal)
        opened = await _opened(request, site, entrance, challenge, page) if judgement.accepted else None
        if opened is None:
            return await _code_page(request, site, entrance, challenge, wrong=True), judgement.accepted
        known = read_cookie(site.config, request, side.door.portal, "browser")
        browser = await known_browsers.remember(connection, side.door, known, challenge.address, now)
    response = Redirect(page or home_path(side.door), status_code=303)
    response.set_cookie(forget_page(site.config, side.door.portal))
    response.set_cookie(new_cookie(site.config, side.door.portal, "session", opened.secret))
    response.set_cookie(new_cookie(site.config, side.door.portal, "browser", browser))
    response.set_cookie(dead_cookie(site.config, side.door.portal, "challenge"))
    return response, True


async def _opened(
    request: AnyRequest, site: Site, entrance: Entrance, challenge: OpenChallenge, page: str | None
) -> Opened | None:
    """The session that the right code begins, in the place of the one that this browser had here.

    That one ends: whoever knows its cookie is signed out with it. What was typed in it goes over to the new one, if
    that is the same customer's.
    """
    connection, side, now = entrance.connection, entrance.side, entrance.now
    former = await sessions.read_session(connection, read_cookie(site.config, request, side.door.portal) or "")
    address, jobs, asked = challenge.address, site.tenancy.jobs, request_id(request.scope)
    if entrance.recovers is not None:
        opened = await sign_in.recover(
            connection, side, jobs, address=address, session=entrance.recovers, now=now, request_id=asked
        )
    else:
        opened = await sign_in.sign_in(
            connection,
            side,
            jobs,
            address=address,
            configuration=entrance.configuration.id,
            locale=asked_locale(request),
            now=now,
            request_id=asked,
            former=former,
            subscription=subscription_in(page),
        )
    if former is not None and opened is not None:
        heir = opened.id if opened.customer == former.customer and not former.ended else None
        await typed_forms.hand_over(connection, site.tenancy.vault, side.tenant_id, former, heir, now)
        await sessions.end_session(connection, former, now)
    return opened


async def _visitor(request: AnyRequest, site: Site, entrance: Entrance, address: str) -> Visitor:
    door = entrance.door
    return await visitor_of(request, site, entrance.connection, door, door.portal, address, entrance.now)


async def _challenged(
    request: AnyRequest,
    site: Site,
    entrance: Entrance,
    visitor: Visitor,
    again: bool = False,
    by: str = "",
) -> Response[Any]:
    """Open a challenge and go on to the code. `by` is how it shall come; the tenant's first way if it has no such.

    Where no code can be sent there is none to type: the page before says so, whatever the address is.
    """
    door = entrance.door
    async with site.tenancy.database.side(door.tenant_id) as connection:
        kinds = await _kinds(site, connection, door)
    if not kinds:
        return _to(request, entrance.path)
    secret = await open_code(
        request,
        site,
        door,
        door.portal,
        visitor,
        configuration=entrance.configuration.id,
        locale=locale_of(request, entrance.side, asked_locale(request)),
        now=entrance.now,
        by=next((each for each in kinds if each == by), kinds[0]),
        recovers=None if entrance.recovers is None else entrance.recovers.id,
    )
    response = _to(request, f"{entrance.path}/code", "again=1" if again else "")
    response.set_cookie(new_cookie(site.config, door.portal, "challenge", secret))
    return response


async def _kinds(site: Site, connection: SideTransaction, door: Door) -> tuple[AddressKind, ...]:
    """How codes of a side can come, in its order: nothing that depends on who asks. None where nothing carries them."""
    found = await letters.ways(site, connection, door)
    return tuple(dict.fromkeys(each.address_kind for each in found))


async def _challenge(request: AnyRequest, site: Site, entrance: Entrance) -> OpenChallenge | None:
    """The challenge of this browser at this login link."""
    secret = read_cookie(site.config, request, entrance.door.portal, "challenge")
    challenge = await passcodes.read_challenge(entrance.connection, secret)
    if challenge is None or challenge.configuration != entrance.configuration.id:
        return None
    recovers = None if entrance.recovers is None else entrance.recovers.id
    return challenge if challenge.recovers == recovers else None


async def _address_page(
    request: AnyRequest,
    site: Site,
    entrance: Entrance,
    email: str,
    refused: Refused | None = None,
    still: str | None = None,
) -> Response[bytes]:
    locale = locale_of(request, entrance.side, asked_locale(request))
    no_way = not await _kinds(site, entrance.connection, entrance.door)
    page = SignInPage(
        action=entrance.path + _asked(request),
        csrf="",
        email=email[:SHOWN_LENGTH],
        error="" if refused is None else translate(locale, refused.refusal.for_customer),
        notice=_notice(request, site, entrance, locale),
        still=still or "",
        home_url=home_path(entrance.door),
        no_way=no_way,
    )
    body = site.renderer.page(locale, portal_frame(request, entrance.side, entrance.configuration, locale), page)
    if no_way:
        return Response(body, status_code=503, media_type=MediaType.HTML, headers={"Retry-After": NO_WAY_SECONDS})
    return Response(body, status_code=200 if refused is None else 400, media_type=MediaType.HTML)


async def _still_signed_in(request: AnyRequest, site: Site, entrance: Entrance) -> str | None:
    """The address with which this browser is signed in here: who comes by a bookmark again needs no new code."""
    secret = read_cookie(site.config, request, entrance.door.portal)
    session = None if secret is None else await sessions.read_session(entrance.connection, secret)
    if session is None or not session.live or session.confined:
        return None
    return session.address


def _notice(request: AnyRequest, site: Site, entrance: Entrance, locale: str) -> Notice | None:
    """That one comes back to where one was, where that is so."""
    if entrance.recovers is None and remembered_page(site.config, request, entrance.door.portal) is None:
        return None
    return Notice(tone="info", text=translate(locale, "Once you have signed in, you are back where you were."))


async def _code_page(
    request: AnyRequest,
    site: Site,
    entrance: Entrance,
    challenge: OpenChallenge,
    wrong: bool = False,
) -> Response[bytes]:
    locale = locale_of(request, entrance.side, asked_locale(request), challenge.locale)
    # A code that is under way counts, though none could be sent any more.
    kinds = await _kinds(site, entrance.connection, entrance.door) or ("email",)
    by = challenge.by if challenge.by in kinds else kinds[0]
    error = translate(locale, "This code is not right, or it does not count any more. Check it, or ask for a new one.")
    page = CodePage(
        action=f"{entrance.path}/code{_asked(request)}",
        csrf=csrf_token(site.tenancy.vault, challenge.id),
        email=challenge.address,
        resend_action=f"{entrance.path}/code/again{_asked(request)}",
        other_address_url=entrance.path + _asked(request),
        minutes=MINUTES,
        digits=challenge.digits,
        error=error if wrong else "",
        resent=not wrong and "again" in request.query_params,
        mail_late=by == "email" and await late_mail.is_late(entrance.connection, entrance.now),
        by=by,
        next_way=next((each for each in kinds if each != by), ""),
    )
    body = site.renderer.page(locale, portal_frame(request, entrance.side, entrance.configuration, locale), page)
    return Response(body, status_code=400 if wrong else 200, media_type=MediaType.HTML)


def _asked(request: AnyRequest, *others: str) -> str:
    """The query that keeps the language which was chosen."""
    locale = asked_locale(request)
    parts = [each for each in (*others, f"lang={locale}" if locale else "") if each]
    return "?" + "&".join(parts) if parts else ""


def _to(request: AnyRequest, path: str, *query: str) -> Redirect:
    return Redirect(path + _asked(request, *query), status_code=303)


routes = [ask_address, take_address, ask_code, take_code, send_again]
