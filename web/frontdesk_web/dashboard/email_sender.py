"""Where a tenant's e-mails come from: the operator's sender at once, one in a domain of its own once that is proven."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.response import Redirect
from msgspec.structs import replace

from frontdesk.errors import Misconfigured, Refusal, Refused
from frontdesk.roles import Right
from frontdesk.sender_domains import claimed_sender
from frontdesk_tenants import audit, sender_domains
from frontdesk_tenants.registered_domains import registered_domain
from frontdesk_tenants.sender_domains import SenderDomain
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.dashboard.email_sender_views import own_sender_view
from frontdesk_web.dashboard.email_views import EmailPage
from frontdesk_web.dashboard.needs import needs
from frontdesk_web.dashboard.pages import dashboard_page, refusal_page
from frontdesk_web.dashboard.visit import StaffVisit
from frontdesk_web.forms import read_form
from frontdesk_web.letters import post as letters
from frontdesk_web.letters.trial import order_test
from frontdesk_web.messages import _, translate
from frontdesk_web.portal.views import Badge, Field, Notice
from frontdesk_web.site import Site

PATH = "/dashboard/{portal:str}/email"
NOT_MORE_OFTEN = timedelta(seconds=5)
"""How long what was found in the DNS counts as fresh, however often somebody asks."""
SHOWN_LENGTH = 300


@get(PATH, **needs(Right.SEE))
async def email_sender(
    request: AnyRequest, visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[bytes]:
    """The page. `?done=` says what was just done."""
    page = await _page(site, visit)
    return _answer(request, site, visit, replace(page, notice=_told(request, visit, page)))


@post(PATH, **needs(Right.EDIT_MAIL))
async def set_email_sender(
    request: AnyRequest, visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[Any]:
    """Claim an address and look at its domain at once. What cannot be claimed is shown again with the reason."""
    form = await read_form(request)
    visit.refuse_forged(site, form)
    typed = form.get("local_part", ""), form.get("domain", "")
    page = await _page(site, visit)
    if page.not_offered:
        return refusal_page(request, site, visit, _NOT_OFFERED, place="email")
    try:
        local_part, domain = claimed_sender(*typed, registered_domain, site.config.own_hosts)
    except Refused as refused:
        return _answer(request, site, visit, _with_fault(page, typed, refused.refusal, visit), 400)
    keys = await sender_domains.new_key_pair()
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        own = await sender_domains.claim(
            connection,
            site.tenancy.vault,
            visit.door.tenant_id,
            local_part=local_part,
            domain=domain,
            keys=keys,
            actor=visit.actor,
            now=visit.now,
            request_id=visit.request_id,
        )
    await _look(site, visit, own)
    return _back(visit, "set")


@post(f"{PATH}/check", **needs(Right.EDIT_MAIL))
async def check_email_sender(
    request: AnyRequest, visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[Any]:
    """Look at the records now."""
    form = await read_form(request)
    visit.refuse_forged(site, form)
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        own = await sender_domains.read(connection)
    if own is not None:
        await _look(site, visit, own)
    return _back(visit, "checked")


@post(f"{PATH}/remove", **needs(Right.EDIT_MAIL))
async def remove_email_sender(
    request: AnyRequest, visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[Any]:
    """Go back to the operator's sender; the key is destroyed."""
    form = await read_form(request)
    visit.refuse_forged(site, form)
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        await sender_domains.give_back(
            connection, visit.door.tenant_id, actor=visit.actor, now=visit.now, request_id=visit.request_id
        )
    return _back(visit, "removed")


@post(f"{PATH}/test", **needs(Right.EDIT_MAIL))
async def send_test_email(
    request: AnyRequest, visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[Any]:
    """Send a test e-mail to whoever asks for it."""
    form = await read_form(request)
    visit.refuse_forged(site, form)
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        letter = await order_test(site, connection, visit.door, visit.person.address, visit.locale, visit.now)
        await audit.record(
            connection,
            visit.door.tenant_id,
            actor=visit.actor,
            action="test_email_sent",
            object_id=letter,
            now=visit.now,
            request_id=visit.request_id,
        )
    return _back(visit, "tested")


async def _look(site: Site, visit: StaffVisit, own: SenderDomain) -> None:
    if own.checked_at is not None and visit.now - own.checked_at < NOT_MORE_OFTEN:
        return
    await sender_domains.check(
        site.tenancy,
        visit.door.tenant_id,
        own.id,
        site.names,
        site.config.mail_spf,
        actor=visit.actor,
        request_id=visit.request_id,
    )


async def _page(site: Site, visit: StaffVisit) -> EmailPage:
    brand, locale = visit.side.brand, visit.locale
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        own = await sender_domains.read(connection)
        try:
            taken = await letters.way(site, connection, visit.door, visit.now)
        except Misconfigured:
            taken = None
    operators = "" if taken is None else taken.channel.sender or ""
    page = EmailPage(
        action=visit.path("email"),
        check_action=visit.path("email", "check"),
        remove_action=visit.path("email", "remove"),
        test_action=visit.path("email", "test"),
        csrf=visit.csrf,
        may_edit=visit.may(Right.EDIT_MAIL),
        from_name=brand.business_name,
        from_address="",
        from_badge=Badge(translate(locale, "Not set up"), "danger"),
        from_sentence=translate(
            locale, "No mail server is set up, so no e-mail goes out. Ask whoever runs this Frontdesk."
        ),
        reply_to=brand.support_email or "",
        details_url=visit.path("public-details"),
        staff_address=visit.person.address,
        log_url=visit.path("email", "log") if visit.may(Right.SEE_LOGS) else None,
        not_offered=translate(locale, _NOT_OFFERED.for_tenant),
        local_part=Field(value="billing" if own is None else own.local_part),
        domain=Field(value="" if own is None else own.domain),
    )
    if taken is None:
        return page
    badge, sentence = _origin(taken, locale)
    page = replace(page, from_address=taken.address or "", from_badge=badge, from_sentence=sentence)
    if not taken.channel.operators:
        return replace(page, not_offered=translate(locale, _("To change the address, change that plugin's settings.")))
    if not (taken.channel.own_senders and site.config.mail_spf):
        return page
    view = None if own is None else own_sender_view(own, site.config.mail_spf, operators, visit.now, locale)
    return replace(page, not_offered="", own=view)


def _origin(taken: letters.Way, locale: str) -> tuple[Badge, str]:
    """Whose the sender is, as a badge and a sentence."""
    if not taken.channel.operators:
        return (
            Badge(translate(locale, "Your mail server")),
            translate(locale, "E-mails go out by your own mail server, which a plugin is set up for."),
        )
    if taken.sender is not None:
        return (
            Badge(translate(locale, "Your domain"), "success"),
            translate(locale, "E-mails come from your own domain and are signed for it."),
        )
    return (
        Badge(translate(locale, "Shared sender")),
        translate(locale, "E-mails go out at once, in your name, from the address of whoever runs this Frontdesk."),
    )


_NOT_OFFERED = Refusal(
    code="own_sender_not_offered",
    for_customer="This cannot be done here. Please contact us.",
    for_tenant=_("Whoever runs this Frontdesk has not set up sending from domains of your own. Ask them for it."),
)


def _with_fault(page: EmailPage, typed: tuple[str, str], refusal: Refusal, visit: StaffVisit) -> EmailPage:
    sentence = translate(visit.locale, refusal.for_tenant, **refusal.parameters)
    at_domain = refusal.param == "domain"
    return replace(
        page,
        local_part=Field(value=typed[0][:SHOWN_LENGTH], error="" if at_domain else sentence),
        domain=Field(value=typed[1][:SHOWN_LENGTH], error=sentence if at_domain else ""),
    )


def _told(request: AnyRequest, visit: StaffVisit, page: EmailPage) -> Notice | None:
    done, own = request.query_params.get("done", ""), page.own
    if done in ("set", "checked") and own is not None:
        if all(each.badge.tone == "success" for each in own.records) and own.problem is None:
            text = translate(
                visit.locale, "All three records are found. E-mails come from {address}.", address=own.address
            )
            return Notice(tone="success", text=text)
        text = translate(
            visit.locale,
            "We have looked at your domain just now. New records can take up to an hour to be seen everywhere.",
        )
        return Notice(tone="info", text=text)
    sentences = {
        "removed": translate(visit.locale, "E-mails come from the shared sender again."),
        "tested": translate(visit.locale, "A test e-mail is on its way to {address}.", address=visit.person.address),
    }
    told = sentences.get(done)
    return None if told is None else Notice(tone="success", text=told)


def _answer(request: AnyRequest, site: Site, visit: StaffVisit, page: EmailPage, status: int = 200) -> Response[bytes]:
    return dashboard_page(request, site, visit, page, place="email", status=status)


def _back(visit: StaffVisit, done: str) -> Response[Any]:
    return Redirect(f"{visit.path('email')}?done={done}", status_code=303)


routes: Sequence[Any] = [
    email_sender,
    set_email_sender,
    check_email_sender,
    remove_email_sender,
    send_test_email,
]
