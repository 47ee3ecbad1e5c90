"""What the house writes to people: invitations, answers to requests, suspensions. All of it looks alike."""

from typing import ClassVar
from uuid import UUID

from msgspec import Struct

from frontdesk.channels import Letter
from frontdesk.errors import FrontdeskError
from frontdesk.roles import Role
from frontdesk_tenants import people, sign_up_invitations, sign_ups, staff
from frontdesk_tenants.house import HOUSE
from frontdesk_tenants.sign_ups import Request
from frontdesk_web.dashboard import ways
from frontdesk_web.languages import SOURCE_LOCALE, STAFF_LOCALES, spoken
from frontdesk_web.letter_views import LetterFrame
from frontdesk_web.letters import house_post
from frontdesk_web.messages import translate
from frontdesk_web.site import Site


class HouseLetter(Struct, frozen=True, kw_only=True):
    """A letter in finished words. `way_url` is where its button leads, None for no button."""

    template: ClassVar[str] = "letters/house"
    frame: LetterFrame
    heading: str
    sentences: tuple[str, ...]
    way_text: str = ""
    way_url: str | None = None
    quiet: str = ""


async def send_sign_up_invitation(site: Site, tenant_id: UUID, invitation_id: str) -> None:
    """Send an invitation that is still open, once.

    Raises:
        Unavailable: the mail server does not take letters now; run the job again later.
        Misconfigured: there is no mail server.
    """
    async with site.tenancy.database.side(HOUSE) as connection:
        invitation = await sign_up_invitations.by_id(connection, invitation_id)
        token = await sign_up_invitations.read_token(connection, site.tenancy.vault, invitation_id)
    if invitation is None or token is None or not invitation.open:
        return
    service, locale = site.house.settings.service_name, invitation.locale
    view = HouseLetter(
        frame=house_post.frame(site, locale),
        heading=translate(locale, "You are invited to {service}", service=service),
        sentences=(translate(locale, "Set up a billing portal: your customers see their plans and invoices there."),),
        way_text=translate(locale, "Set up a portal"),
        way_url=site.config.url(f"{ways.SIGN_UP_INVITATION}/{token}"),
        quiet=translate(
            locale,
            "The invitation is good for {days} days and for one person. If you did not expect it, leave it alone:"
            " nothing happens.",
            days=sign_up_invitations.LASTS.days,
        ),
    )
    letter = house_post.write(
        site, view, to=invitation.address, locale=locale, event_id=invitation.id, purpose="sign_up_invitation"
    )
    delivery = await house_post.deliver(site, letter)
    async with site.tenancy.database.side(HOUSE) as connection:
        await sign_up_invitations.note_delivery(connection, invitation_id, delivery.outcome)


async def tell_applicant(site: Site, tenant_id: UUID, request_id: str) -> None:
    """Tell somebody how their request stands: ready, waiting, or refused and why. Raises as above."""
    async with site.tenancy.database.side(HOUSE) as connection:
        request = await sign_ups.read(connection, request_id)
    if request is None:
        return
    # The answer is a letter of its own: it must not look like a copy of the one that said "waiting".
    event_id = request.id if request.decided_at is None else f"{request.id}.{request.state}"
    view = _answer(site, request, request.body.locale)
    letter = house_post.write(
        site, view, to=request.address, locale=request.body.locale, event_id=event_id, purpose="sign_up"
    )
    await house_post.deliver(site, letter)


async def tell_operator(site: Site, tenant_id: UUID, request_id: str) -> None:
    """Tell the operator of a request that waits, where they left an address. Raises as above."""
    settings = await site.house.refresh()
    async with site.tenancy.database.side(HOUSE) as connection:
        request = await sign_ups.read(connection, request_id)
    if request is None or request.state != "waiting" or settings.contact is None:
        return
    locale = settings.locale if settings.locale in STAFF_LOCALES else SOURCE_LOCALE
    view = HouseLetter(
        frame=house_post.frame(site, locale),
        heading=translate(locale, "{name} asks for a portal", name=request.body.name),
        sentences=(
            translate(
                locale,
                "{address} would like to set up {name} at the address {slug}, and waits for your answer.",
                address=request.address,
                name=request.body.name,
                slug=request.slug,
            ),
        ),
        way_text=translate(locale, "Look at the request"),
        way_url=site.config.url(f"{ways.OPERATOR}/tenants/{request.slug}"),
    )
    letter = house_post.write(
        site, view, to=settings.contact, locale=locale, event_id=f"{request.id}.asked", purpose="sign_up_request"
    )
    await house_post.deliver(site, letter)


async def tell_staff(site: Site, tenant_id: UUID, occasion: str) -> None:
    """Tell the owners and admins of a tenant that it was suspended (`suspended_…`), or that this was lifted.

    Raises as above. What has changed again meanwhile is not told, and any other occasion is none. Each is written to in
    turn; a second run writes to all of them once more, with the same Message-IDs.
    """
    door = await site.tenancy.door(tenant_id)
    if not occasion.startswith(("suspended_", "lifted_")):
        return
    async with site.tenancy.at(door) as (connection, side):
        members = await staff.members(connection)
    suspended = occasion.startswith("suspended_")
    if suspended != side.suspended:
        return
    failed: FrontdeskError | None = None
    for member in members:
        if member.role not in (Role.OWNER, Role.ADMIN):
            continue
        async with site.tenancy.database.side(HOUSE) as connection:
            person = await people.read(connection, member.person)
        locale = (person and person.locale) or spoken(side.locale, STAFF_LOCALES) or SOURCE_LOCALE
        reason = "" if side.suspension is None else side.suspension.reason
        view = _suspended(site, side.name, reason, locale) if suspended else _lifted(site, side.name, locale)
        event_id = f"{occasion}.{member.id}"
        letter = house_post.write(site, view, to=member.address, locale=locale, event_id=event_id, purpose="suspension")
        failed = await _try(site, letter) or failed
    if failed is not None:
        raise failed


async def _try(site: Site, letter: Letter) -> FrontdeskError | None:
    try:
        await house_post.deliver(site, letter)
    except FrontdeskError as error:
        return error
    return None


def _answer(site: Site, request: Request, locale: str) -> HouseLetter:
    frame, name = house_post.frame(site, locale), request.body.name
    if request.state == "waiting":
        return HouseLetter(
            frame=frame,
            heading=translate(locale, "We have your request for {name}", name=name),
            sentences=(translate(locale, "Somebody looks at it, and you hear from us at this address."),),
        )
    if request.state == "refused":
        return HouseLetter(
            frame=frame,
            heading=translate(locale, "We cannot set up {name}", name=name),
            sentences=(request.reason or "",),
        )
    return HouseLetter(
        frame=frame,
        heading=translate(locale, "The portal of {name} is ready to set up", name=name),
        sentences=(
            translate(locale, "The sandbox works at once: try everything there, nothing reaches real customers."),
            translate(locale, "A short list leads from a first product to the link for your customers."),
        ),
        way_text=translate(locale, "Open the dashboard"),
        way_url=site.config.url(f"/dashboard/{request.slug}"),
    )


def _suspended(site: Site, name: str, reason: str, locale: str) -> HouseLetter:
    sentences = [
        translate(locale, "The reason: {reason}", reason=reason),
        translate(
            locale,
            "Nothing can be changed until the operator lifts this. Your customers can still sign in, read their"
            " invoices and cancel; renewals wait.",
        ),
    ]
    if site.house.settings.contact is not None:
        contact = site.house.settings.contact
        sentences.append(translate(locale, "If you have questions, write to {email}.", email=contact))
    return HouseLetter(
        frame=house_post.frame(site, locale),
        heading=translate(locale, "The portal of {name} is suspended", name=name),
        sentences=tuple(sentences),
    )


def _lifted(site: Site, name: str, locale: str) -> HouseLetter:
    return HouseLetter(
        frame=house_post.frame(site, locale),
        heading=translate(locale, "The portal of {name} works again", name=name),
        sentences=(translate(locale, "The suspension is lifted. Renewals that waited are being caught up."),),
    )
