"""Changing the address that a customer signs in with: a code goes to the new one, and is typed in the same session.

Asking does the same whoever has the new address, so nobody learns who that is. See `frontdesk.address_changes`.
"""

from typing import Any, ClassVar

from litestar import Response, get, post
from litestar.di import NamedDependency
from msgspec import Struct

from frontdesk import billing_details
from frontdesk.address_changes import AddressChange
from frontdesk.addresses import fold
from frontdesk.commands import BillingDetails
from frontdesk.customer_limits import customer_checks
from frontdesk.details_refusals import new_address_often
from frontdesk.errors import Refused
from frontdesk.ids import IdSource
from frontdesk_tenants import address_changes, audit, late_mail, passcodes, tallies
from frontdesk_tenants.address_changes import SEND_ADDRESS_CODE, SEND_ADDRESS_NOTICE
from frontdesk_tenants.desks import desk_on
from frontdesk_tenants.rate_limits import Counted
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.code_requests import count_guess, open_code, take_back_guess, visitor_of
from frontdesk_web.cookies import dead_cookie, new_cookie
from frontdesk_web.forms import read_form
from frontdesk_web.headers import request_id
from frontdesk_web.messages import translate
from frontdesk_web.portal.answers import base_path, go, page_answer, refusal_answer
from frontdesk_web.portal.flow_pages import saved
from frontdesk_web.portal.visit import Visit
from frontdesk_web.signed_in import dependencies, exception_handlers
from frontdesk_web.site import Site


class NewAddressPage(Struct, frozen=True, kw_only=True):
    """Asks for the code that was sent to a new address; posts `code`. `former` is the address that counts till then."""

    template: ClassVar[str] = "portal/new_address.html"
    action: str
    csrf: str
    email: str
    former: str
    resend_action: str
    back_url: str
    minutes: int = 10
    digits: int = 6
    error: str = ""
    resent: bool = False
    mail_late: bool = False


_SIGNED_IN: dict[str, Any] = {"dependencies": dependencies, "exception_handlers": exception_handlers}
MINUTES = int(passcodes.RULES.lifetime.total_seconds() // 60)


async def ask_new_address(
    request: AnyRequest, site: Site, visit: Visit, email: str, former: str | None, again: bool = False
) -> Response[Any]:
    """Send a code to an address that the customer wants to have, and go on to the page that asks for it.

    Whether the customer may have another one at all was asked before.

    Raises:
        Refused: this customer has asked too often.
    """
    checks = customer_checks("new_address", str(visit.door.tenant_id), visit.customer)
    reached = (await site.limiter.count(checks, visit.now)).exceeded()
    if reached is not None:
        raise Refused(new_address_often(reached.limit.seconds))
    door, address = visit.door, fold(email)
    async with site.tenancy.database.side(door.tenant_id) as connection:
        visitor = await visitor_of(request, site, connection, door, door.portal, address, visit.now)
    secret = await open_code(
        request,
        site,
        door,
        door.portal,
        visitor,
        configuration=None,
        locale=visit.locale,
        now=visit.now,
        task=SEND_ADDRESS_CODE,
    )
    async with site.tenancy.database.side(door.tenant_id) as connection:
        challenge = await passcodes.read_challenge(connection, secret)
        assert challenge is not None
        change = AddressChange(
            id=IdSource(visit.now)("ach"),
            customer=visit.customer,
            session=visit.session.id,
            email=email,
            former=former,
            challenge=challenge.id,
            locale=visit.locale,
            created=visit.now,
            expires_at=challenge.created + passcodes.RULES.lifetime,
        )
        await address_changes.ask(connection, door.tenant_id, change)
        await audit.record(
            connection,
            door.tenant_id,
            actor=visit.actor,
            action="asked_for_address",
            object_id=visit.customer,
            now=visit.now,
            after={"email": email},
            request_id=request_id(request.scope),
        )
    response = go(f"{base_path(visit)}/details/email{'?again=1' if again else ''}")
    response.set_cookie(new_cookie(site.config, door.portal, "challenge", secret))
    return response


@get("/p/{portal:str}/details/email", **_SIGNED_IN)
async def show_new_address(
    request: AnyRequest, visit: NamedDependency[Visit], site: NamedDependency[Site]
) -> Response[Any]:
    """The page that asks for the code."""
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        change = await address_changes.waiting(connection, visit.session, visit.now)
    if change is None:
        return go(f"{base_path(visit)}/details")
    return await _code_page(request, site, visit, change)


@post("/p/{portal:str}/details/email/again", **_SIGNED_IN)
async def send_again(request: AnyRequest, visit: NamedDependency[Visit], site: NamedDependency[Site]) -> Response[Any]:
    """Another code to the same address, or none while a letter may not go yet."""
    visit.refuse_forged(site, await read_form(request))
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        change = await address_changes.waiting(connection, visit.session, visit.now)
    if change is None:
        return go(f"{base_path(visit)}/details")
    try:
        return await ask_new_address(request, site, visit, change.email, change.former, again=True)
    except Refused as refused:
        return refusal_answer(request, site, visit, refused.refusal)


@post("/p/{portal:str}/details/email", **_SIGNED_IN)
async def confirm_new_address(
    request: AnyRequest, visit: NamedDependency[Visit], site: NamedDependency[Site]
) -> Response[Any]:
    """With the right code the new address counts from now on. Every other code gets one and the same page."""
    form = await read_form(request)
    visit.refuse_forged(site, form)
    door = visit.door
    async with site.tenancy.database.side(door.tenant_id) as connection:
        change = await address_changes.waiting(connection, visit.session, visit.now)
        if change is None:
            return go(f"{base_path(visit)}/details")
        address = fold(change.email)
        visitor = await visitor_of(request, site, connection, door, door.portal, address, visit.now)
    counted = await count_guess(site, visitor, visit.now)
    try:
        right = await _confirmed(request, site, visit, change, form.get("code", ""), counted)
    except Refused as refused:
        return refusal_answer(request, site, visit, refused.refusal)
    if not right:
        return await _code_page(request, site, visit, change, wrong=True)
    await take_back_guess(site, visitor, counted, change.created)
    response = await saved(site, visit, "email")
    response.set_cookie(dead_cookie(site.config, door.portal, "challenge"))
    return response


async def _confirmed(
    request: AnyRequest, site: Site, visit: Visit, change: AddressChange, typed: str, counted: Counted
) -> bool:
    """Judge the code and, if it is right, change the address, all in one transaction: no change without its notice.

    Raises:
        Refused: the customer may not change the address any more. Then nothing is used up.
    """
    door = visit.door
    async with site.tenancy.at(door) as (connection, side):
        if counted.exceeded("longer_codes") is not None:
            await tallies.lengthen_everywhere(connection, visit.now)
        limited = counted.exceeded() is not None
        judgement = await passcodes.verify(
            connection,
            door,
            site.tenancy.vault,
            change.challenge,
            typed,
            visit.now,
            limited=limited,
            jobs=site.tenancy.jobs,
        )
        if not judgement.accepted:
            return False
        desk = await desk_on(
            connection,
            site.tenancy,
            side,
            customer_id=visit.customer,
            actor=visit.actor,
            configuration_id=visit.configuration_id,
            request_id=request_id(request.scope),
        )
        await billing_details.update(desk, BillingDetails(email=change.email), proven=True)
        await address_changes.confirm(connection, change, visit.now)
        await site.tenancy.jobs.enqueue(connection, SEND_ADDRESS_NOTICE, door.tenant_id, change.id)
    return True


async def _code_page(
    request: AnyRequest, site: Site, visit: Visit, change: AddressChange, wrong: bool = False
) -> Response[bytes]:
    base = f"{base_path(visit)}/details/email"
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        late = await late_mail.is_late(connection, visit.now)
        digits = await passcodes.digits_of(connection, change.challenge)
    error = translate(
        visit.locale, "This code is not right, or it does not count any more. Check it, or ask for a new one."
    )
    page = NewAddressPage(
        action=base,
        csrf=visit.csrf,
        email=change.email,
        former=change.former or "",
        resend_action=f"{base}/again",
        back_url=f"{base_path(visit)}/details",
        minutes=MINUTES,
        digits=digits,
        error=error if wrong else "",
        resent=not wrong and "again" in request.query_params,
        mail_late=late,
    )
    return page_answer(request, site, visit, page, email=change.former, status=400 if wrong else 200)


routes = [show_new_address, send_again, confirm_new_address]
