"""The login link: switched on and off, replaced, and shared as an address, a button or a QR code."""

from collections.abc import Sequence
from typing import Any, ClassVar
from urllib.parse import quote

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Redirect
from msgspec import Struct
from msgspec.structs import replace

from frontdesk.addresses import parse_address
from frontdesk.errors import Refused
from frontdesk.portal_configuration import LoginPage, PortalConfiguration
from frontdesk.roles import Right
from frontdesk_tenants import configurations, configuring
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.dashboard.needs import needs
from frontdesk_web.dashboard.pages import dashboard_page, refusal_page
from frontdesk_web.dashboard.visit import StaffVisit
from frontdesk_web.forms import read_form
from frontdesk_web.links import login_link
from frontdesk_web.messages import translate
from frontdesk_web.portal.views import Field, Notice
from frontdesk_web.qr_codes import qr_file, qr_picture
from frontdesk_web.site import Site

PATH = "/dashboard/{portal:str}/portal/link"
QR_KINDS = {"png": "image/png", "svg": "image/svg+xml"}
_SCALE = 12


class PortalLinkPage(Struct, frozen=True, kw_only=True):
    """The link. `url` is None while there never was one; `go_live_url` is set until the side has gone live."""

    template: ClassVar[str] = "dashboard/portal_link.html"
    action: str
    replace_action: str
    customer_action: str
    csrf: str
    may_edit: bool
    active: bool
    url: str | None
    html: str = ""
    qr_code: str = ""
    qr_url: str = ""
    address: Field = Field()
    customer_url: str = ""
    notice: Notice | None = None
    go_live_url: str | None = None


@get(PATH, **needs(Right.SEE))
async def portal_link(
    request: AnyRequest, visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[bytes]:
    """The page. `?customer=` asks for the link of one customer, with their address filled in."""
    configuration, token = await _read(site, visit)
    typed = request.query_params.get("customer", "").strip()
    customer_url, error = "", ""
    if typed and token is not None:
        try:
            address = parse_address(typed)
        except Refused as refused:
            error = translate(visit.locale, refused.refusal.for_customer)
        else:
            link = login_link(site.config, visit.door, token)
            customer_url = f"{link}?prefilled_email={quote(address, safe='')}"
    page = _page(visit, site, configuration, token, _told(request, visit))
    page = replace(page, address=Field(value=typed[:512], error=error), customer_url=customer_url)
    return dashboard_page(request, site, visit, page, place="link", status=400 if error else 200)


@post(PATH, **needs(Right.EDIT_PORTAL))
async def switch_portal_link(
    request: AnyRequest, visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[Any]:
    """Switch the link on or off: `act` is `activate` or `deactivate`. It keeps its address meanwhile."""
    form = await read_form(request)
    visit.refuse_forged(site, form)
    on = form.get("act") == "activate"
    try:
        async with site.tenancy.database.side(visit.door.tenant_id) as connection:
            before = await configurations.read_default(connection)
            changed = replace(before, login_page=LoginPage(enabled=on), updated=visit.now, version=before.version + 1)
            await configuring.store(
                connection,
                site.tenancy,
                visit.side,
                changed,
                before,
                actor=visit.actor,
                action="link_activated" if on else "link_deactivated",
                now=visit.now,
                request_id=visit.request_id,
            )
    except Refused as refused:
        return refusal_page(request, site, visit, refused.refusal, place="link")
    return Redirect(f"{visit.path('portal', 'link')}?done={'on' if on else 'off'}", status_code=303)


@post(f"{PATH}/replace", **needs(Right.EDIT_PORTAL))
async def replace_portal_link(
    request: AnyRequest, visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[Any]:
    """Give the portal another link; the old one is dead at once."""
    form = await read_form(request)
    visit.refuse_forged(site, form)
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        configuration = await configurations.read_default(connection)
        await configuring.replace_link(
            connection,
            visit.side,
            replace(configuration, updated=visit.now, version=configuration.version + 1),
            actor=visit.actor,
            now=visit.now,
            request_id=visit.request_id,
        )
    return Redirect(f"{visit.path('portal', 'link')}?done=replaced", status_code=303)


@get(f"{PATH}/qr/{{kind:str}}", **needs(Right.SEE))
async def portal_link_code(
    kind: FromPath[str], visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[bytes]:
    """The QR code as a file to print: `png` or `svg`."""
    _, token = await _read(site, visit)
    if kind not in QR_KINDS or token is None:
        raise NotFoundException
    file = qr_file(login_link(site.config, visit.door, token), kind, _SCALE)
    name = f'attachment; filename="{visit.door.portal}-qr.{kind}"'
    return Response(file, media_type=QR_KINDS[kind], headers={"Content-Disposition": name})


async def _read(site: Site, visit: StaffVisit) -> tuple[PortalConfiguration, str | None]:
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        configuration = await configurations.read_default(connection)
        return configuration, await configurations.login_token(connection, configuration.id)


def _page(
    visit: StaffVisit, site: Site, configuration: PortalConfiguration, token: str | None, notice: Notice | None
) -> PortalLinkPage:
    action = visit.path("portal", "link")
    page = PortalLinkPage(
        action=action,
        replace_action=f"{action}/replace",
        customer_action=action,
        csrf=visit.csrf,
        may_edit=visit.may(Right.EDIT_PORTAL),
        active=configuration.active and configuration.login_page.enabled,
        url=None,
        notice=notice,
        go_live_url=visit.path("go-live") if visit.side.live_since is None else None,
    )
    if token is None:
        return page
    url = login_link(site.config, visit.door, token)
    words = translate(visit.side.locale, "Manage your billing")
    return replace(
        page,
        url=url,
        html=f'<a href="{url}">{words}</a>',
        qr_code=qr_picture(url, scale=5),
        qr_url=f"{action}/qr",
    )


def _told(request: AnyRequest, visit: StaffVisit) -> Notice | None:
    sentences = {
        "on": translate(visit.locale, "The link works now."),
        "live": translate(visit.locale, "Your portal is live. Share its link with your customers."),
        "off": translate(
            visit.locale, "The link is off. Visitors see your name and how to reach you; nobody can sign in."
        ),
        "replaced": translate(visit.locale, "The portal has a new link. The old one does not work any more."),
    }
    told = sentences.get(request.query_params.get("done", ""))
    return None if told is None else Notice(tone="success", text=told)


routes: Sequence[Any] = [portal_link, switch_portal_link, replace_portal_link, portal_link_code]
