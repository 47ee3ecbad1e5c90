"""Staff sign in: address, code, then the second factor. Who is behind an address is nobody's business before that.

The house is the side of their challenges, so they go through the same limits and the same risk budget as customers'.
"""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.response import Redirect

from frontdesk.addresses import fold, parse_address, prefill
from frontdesk.errors import Refused
from frontdesk_tenants import known_browsers, late_mail, passcodes, people, staff_sessions, tallies
from frontdesk_tenants.database import clock
from frontdesk_tenants.house import HOUSE, HOUSE_DOOR
from frontdesk_tenants.passcodes import OpenChallenge
from frontdesk_tenants.rate_limits import Counted
from frontdesk_web.addresses_of_callers import caller
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.code_requests import count_guess, open_code, take_back_guess, visitor_of
from frontdesk_web.cookies import dead_cookie, new_cookie, read_cookie
from frontdesk_web.csrf import FIELD, csrf_token, refuse_foreign_origin, refuse_forged
from frontdesk_web.dashboard import ways
from frontdesk_web.dashboard.entry_views import StaffCodePage, StaffSignInPage
from frontdesk_web.dashboard.house_face import JAR, house_page, staff_locale
from frontdesk_web.dashboard.no_mail import no_mail
from frontdesk_web.forms import read_form
from frontdesk_web.letters.staff_passcode import SEND_SIGN_UP_CODE, SEND_STAFF_CODE
from frontdesk_web.messages import translate
from frontdesk_web.site import Site

SHOWN_LENGTH = 512
MINUTES = int(passcodes.RULES.lifetime.total_seconds() // 60)


@get(ways.SIGN_IN)
async def ask_staff_address(request: AnyRequest, site: NamedDependency[Site]) -> Response[bytes]:
    """The page that asks for the e-mail address."""
    return _address_page(request, site, prefill(request.scope["query_string"]))


@post(ways.SIGN_IN)
async def take_staff_address(request: AnyRequest, site: NamedDependency[Site]) -> Response[Any]:
    """Open a challenge for the posted address, whoever has it, and go on to the code."""
    refuse_foreign_origin(request, site.config)
    typed = (await read_form(request)).get("email", "")
    try:
        address = fold(parse_address(typed))
    except Refused as refused:
        return _address_page(request, site, typed, refused)
    return await challenged(request, site, address, ways.wanted(request))


@get(ways.CODE)
async def ask_staff_code(request: AnyRequest, site: NamedDependency[Site]) -> Response[Any]:
    """The page that asks for the code."""
    challenge = await _challenge(request, site)
    if challenge is None:
        return Redirect(ways.with_next(ways.SIGN_IN, ways.wanted(request)), status_code=303)
    return await _code_page(request, site, challenge)


@post(ways.CODE_AGAIN)
async def send_staff_code_again(request: AnyRequest, site: NamedDependency[Site]) -> Response[Any]:
    """Open another challenge for the same address, or keep the one there is while a letter may not go yet."""
    refuse_foreign_origin(request, site.config)
    form = await read_form(request)
    challenge = await _challenge(request, site)
    if challenge is None:
        return Redirect(ways.SIGN_IN, status_code=303)
    refuse_forged(site.tenancy.vault, challenge.id, form.get(FIELD))
    return await challenged(request, site, challenge.address, ways.wanted(request), again=True)


@post(ways.CODE)
async def take_staff_code(request: AnyRequest, site: NamedDependency[Site]) -> Response[Any]:
    """With the right code begins a session that still wants its second factor."""
    refuse_foreign_origin(request, site.config)
    form = await read_form(request)
    challenge = await _challenge(request, site)
    if challenge is None:
        return Redirect(ways.SIGN_IN, status_code=303)
    refuse_forged(site.tenancy.vault, challenge.id, form.get(FIELD))
    async with site.tenancy.database.side(HOUSE) as connection:
        now = await clock(connection)
        visitor = await visitor_of(request, site, connection, HOUSE_DOOR, JAR, challenge.address, now)
    counted = await count_guess(site, visitor, now)
    answer, right = await _judged(request, site, challenge, form.get("code", ""), counted)
    if right:
        await take_back_guess(site, visitor, counted, challenge.created)
    return answer


async def _judged(
    request: AnyRequest, site: Site, challenge: OpenChallenge, typed: str, counted: Counted
) -> tuple[Response[Any], bool]:
    async with site.tenancy.database.side(HOUSE) as connection:
        now = await clock(connection)
        if counted.exceeded("longer_codes") is not None:
            await tallies.lengthen_everywhere(connection, now)
        limited = counted.exceeded() is not None
        vault = site.tenancy.vault
        judgement = await passcodes.verify(
            connection, HOUSE_DOOR, vault, challenge.id, typed, now, limited=limited, jobs=None
        )
        if judgement.accepted:
            # A session that was there before ends: whoever knows its cookie is signed out with it.
            former = await staff_sessions.read_session(connection, read_cookie(site.config, request, JAR) or "")
            if former is not None:
                await staff_sessions.end_session(connection, former)
            person = await people.get_or_create(connection, challenge.address, now, locale=challenge.locale)
            _, secret = await staff_sessions.open_session(
                connection,
                person=person.id,
                method="passcode",
                agent=request.headers.get("user-agent", ""),
                network=str(caller(request, site.config)),
                locale=None,
                now=now,
            )
            known = read_cookie(site.config, request, JAR, "browser")
            browser = await known_browsers.remember(connection, HOUSE_DOOR, known, challenge.address, now)
    if not judgement.accepted:
        return await _code_page(request, site, challenge, wrong=True), False
    response = Redirect(ways.with_next(ways.FACTOR, ways.wanted(request)), status_code=303)
    response.set_cookie(new_cookie(site.config, JAR, "session", secret))
    response.set_cookie(new_cookie(site.config, JAR, "browser", browser))
    response.set_cookie(dead_cookie(site.config, JAR, "challenge"))
    return response, True


async def challenged(
    request: AnyRequest, site: Site, address: str, target: str | None, again: bool = False
) -> Response[Any]:
    """Open a challenge for a folded address, and go on to the page that asks for its code, then to `target`.

    Who is on the way to signing up gets a letter whether or not they are known here. Without a mail server there is
    none, for anybody.
    """
    if (nothing := no_mail(request, site)) is not None:
        return nothing
    async with site.tenancy.database.side(HOUSE) as connection:
        now = await clock(connection)
        visitor = await visitor_of(request, site, connection, HOUSE_DOOR, JAR, address, now)
    secret = await open_code(
        request,
        site,
        HOUSE_DOOR,
        JAR,
        visitor,
        configuration=None,
        locale=staff_locale(request),
        now=now,
        task=SEND_SIGN_UP_CODE if ways.signs_up(target) else SEND_STAFF_CODE,
    )
    query = {"again": "1"} if again else {}
    response = Redirect(ways.with_next(ways.CODE, target, **query), status_code=303)
    response.set_cookie(new_cookie(site.config, JAR, "challenge", secret))
    return response


async def _challenge(request: AnyRequest, site: Site) -> OpenChallenge | None:
    async with site.tenancy.database.side(HOUSE) as connection:
        return await passcodes.read_challenge(connection, read_cookie(site.config, request, JAR, "challenge"))


def _address_page(request: AnyRequest, site: Site, email: str, refused: Refused | None = None) -> Response[bytes]:
    if (nothing := no_mail(request, site)) is not None:
        return nothing
    locale = staff_locale(request)
    page = StaffSignInPage(
        action=ways.with_next(ways.SIGN_IN, ways.wanted(request)),
        email=email[:SHOWN_LENGTH],
        error="" if refused is None else translate(locale, refused.refusal.for_customer),
        sign_up_url=None if site.house.settings.sign_up == "invitation" else ways.SIGN_UP,
    )
    return house_page(request, site, locale, page, 200 if refused is None else 400)


async def _code_page(request: AnyRequest, site: Site, challenge: OpenChallenge, wrong: bool = False) -> Response[bytes]:
    locale = staff_locale(request, challenge.locale)
    target = ways.wanted(request)
    async with site.tenancy.database.side(HOUSE) as connection:
        late = await late_mail.is_late(connection, await clock(connection))
    error = translate(locale, "This code is not right, or it does not count any more. Check it, or ask for a new one.")
    page = StaffCodePage(
        action=ways.with_next(ways.CODE, target),
        csrf=csrf_token(site.tenancy.vault, challenge.id),
        email=challenge.address,
        resend_action=ways.with_next(ways.CODE_AGAIN, target),
        other_address_url=ways.SIGN_UP if ways.signs_up(target) else ways.with_next(ways.SIGN_IN, target),
        minutes=MINUTES,
        digits=challenge.digits,
        error=error if wrong else "",
        resent=not wrong and "again" in request.query_params,
        mail_late=late,
        signing_up=ways.signs_up(target) and site.house.settings.sign_up != "invitation",
    )
    return house_page(request, site, locale, page, 400 if wrong else 200)


routes = [ask_staff_address, take_staff_address, ask_staff_code, send_staff_code_again, take_staff_code]
