"""Previews of a look: the real pages, letter and invoice of a made-up customer, in which nothing can be done."""

import base64
import re
from collections.abc import Sequence
from typing import Any

from litestar import MediaType, Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from msgspec import Struct
from msgspec.structs import replace

from frontdesk.billing import Capabilities
from frontdesk.brand_rules import COLOURS, BrandInvalid, problems
from frontdesk.branding import Look
from frontdesk.palettes import palette
from frontdesk.portal_configuration import PortalConfiguration
from frontdesk.roles import Right
from frontdesk_tenants import brand_versions, configurations
from frontdesk_tenants.directory import Side
from frontdesk_tenants.offerable import Offerable, read_offerable
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.brand_stylesheet import stylesheet
from frontdesk_web.dashboard.branding import PATH
from frontdesk_web.dashboard.branding_form import look_values, read_look
from frontdesk_web.dashboard.branding_views import SUBJECTS, ContrastPart, PaperPage, picture_url
from frontdesk_web.dashboard.contrast_words import corrections
from frontdesk_web.dashboard.needs import needs
from frontdesk_web.dashboard.sample_invoice import sample_invoice
from frontdesk_web.dashboard.sample_portal import EMAIL, NAME, sample_home
from frontdesk_web.dashboard.visit import StaffVisit
from frontdesk_web.documents.invoice_pdf import document_code, document_words
from frontdesk_web.documents.paper import document_logo
from frontdesk_web.documents.setting import typeset
from frontdesk_web.headers import let_be_framed
from frontdesk_web.letter_views import letter_frame
from frontdesk_web.letters.after_events import invoice_letter
from frontdesk_web.messages import translate
from frontdesk_web.portal.frames import Frame, SignedIn, portal_frame
from frontdesk_web.portal.sign_in_views import SignInPage
from frontdesk_web.rendering import Page
from frontdesk_web.site import Site
from frontdesk_web.uploads import BODY_BYTES

_STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)


class Preview(Struct, frozen=True, kw_only=True):
    """What a preview is made from: the side as it would look, and what it sells. `logo` is for documents."""

    side: Side
    configuration: PortalConfiguration
    capabilities: Capabilities
    offerable: tuple[Offerable, ...]
    logo: bytes | None


@get(f"{PATH}/preview", **needs(Right.SEE))
async def branding_preview(
    request: AnyRequest, visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[bytes]:
    """The draft, or what customers see where there is none. `?what=` is of `SUBJECTS`, `?version=` a former look."""
    wanted = request.query_params.get("version")
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        version = None if wanted is None else await brand_versions.read_version(connection, wanted)
        if wanted is not None and version is None:
            raise NotFoundException
        found = version or await brand_versions.read_draft(connection)
    look = visit.side.brand.look if found is None else found.look
    return await _preview(request, site, visit, look, request.query_params.get("what", ""))


@post(f"{PATH}/preview", **needs(Right.EDIT_BRAND), request_max_body_size=BODY_BYTES)
async def preview_branding(
    request: AnyRequest, visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[bytes]:
    """What was chosen, of which nothing is published; where it cannot be used, what customers see."""
    asked = await read_look(request, site, visit)
    return await _preview(request, site, visit, asked.look or visit.side.brand.look, asked.posted.get("what", ""))


@get(f"{PATH}/colours.css", **needs(Right.SEE))
async def preview_stylesheet(request: AnyRequest, visit: NamedDependency[StaffVisit]) -> Response[bytes]:
    """The stylesheet of a look that is not published: the query holds its tokens, and nothing else is taken."""
    values = {name: value for name, value in look_values(request.query_params).items() if not name.endswith("_file")}
    try:
        look = Look(**values)
    except BrandInvalid as error:
        raise NotFoundException from error
    return Response(stylesheet(visit.side.brand.looking(look)), headers={"Content-Type": "text/css; charset=utf-8"})


@get(f"{PATH}/contrast", **needs(Right.SEE))
async def contrast_part(
    request: AnyRequest, visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[bytes]:
    """What becomes of two colours, as a piece of the editor's page. Nothing for what is no colour yet."""
    colours = {name: request.query_params.get(name, "") for name in COLOURS}
    wrong = any(problems(colours, COLOURS))
    moved = () if wrong else palette(colours["background"], colours["accent"]).moved
    part = ContrastPart(corrections=corrections(moved, visit.locale))
    return Response(site.renderer.page(visit.locale, None, part), media_type=MediaType.HTML)


async def _preview(request: AnyRequest, site: Site, visit: StaffVisit, look: Look, what: str) -> Response[bytes]:
    preview = await _read(site, visit, look)
    match what if what in SUBJECTS else "home":
        case "sign-in":
            let_be_framed(request.scope)
            return _page(request, site, visit, preview, SignInPage(action="", csrf=""), signed_in=None)
        case "letter":
            return _letter(request, site, visit, preview)
        case "invoice":
            return await _invoice(request, site, visit, preview)
    let_be_framed(request.scope)
    page = sample_home(
        preview.side, preview.configuration, preview.capabilities, preview.offerable, visit.now, visit.locale
    )
    signed_in = SignedIn(email=EMAIL, home_url="#", sign_out_action="#")
    return _page(request, site, visit, preview, page, signed_in=signed_in)


async def _read(site: Site, visit: StaffVisit, look: Look) -> Preview:
    brand = visit.side.brand.looking(look)
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        configuration = await configurations.read_default(connection)
        backend = await site.tenancy.backends.of(connection, visit.door.tenant_id, visit.side.backend)
        offered = [each.product for each in configuration.features.subscription_update.products]
        return Preview(
            side=replace(visit.side, brand=brand),
            configuration=configuration,
            capabilities=backend.capabilities,
            offerable=await read_offerable(connection, offered),
            logo=await document_logo(brand, connection),
        )


def _page(
    request: AnyRequest, site: Site, visit: StaffVisit, preview: Preview, page: Page, signed_in: SignedIn | None
) -> Response[bytes]:
    """A page of the portal in a look that is not published, so with pictures and colours from where staff see them."""
    look, configuration = preview.side.brand.look, preview.configuration
    frame: Frame = portal_frame(
        request,
        preview.side,
        configuration,
        visit.locale,
        signed_in=signed_in,
        return_url=configuration.default_return_url if signed_in is not None else None,
    )
    query = f"background=%23{look.background[1:]}&accent=%23{look.accent[1:]}&font={look.font}&radius={look.radius}"
    brand = replace(
        frame.brand,
        stylesheet_url=f"{visit.path('branding', 'colours.css')}?{query}",
        icon_url=picture_url(visit.door, look.icon_file) if look.icon_file else None,
        logo_url=picture_url(visit.door, look.logo_file) if look.logo_file else None,
    )
    body = site.renderer.page(visit.locale, replace(frame, brand=brand, preview=True), page)
    return Response(body, status_code=200, media_type=MediaType.HTML)


def _letter(request: AnyRequest, site: Site, visit: StaffVisit, preview: Preview) -> Response[bytes]:
    """The letter that carries an invoice."""
    look = preview.side.brand.look
    logo_url = picture_url(visit.door, look.logo_file) if look.logo_file else None
    frame = letter_frame(preview.side.brand, visit.locale, logo_url)
    invoice = sample_invoice(preview.side, preview.configuration, preview.offerable, visit.now, visit.locale)
    html = site.renderer.letter(visit.locale, invoice_letter(frame, NAME, invoice, preview.side, "#")).html
    style = _STYLE.search(html)
    let_be_framed(request.scope, "" if style is None else style[1])
    return Response(html.replace("<body>", "<body inert>", 1).encode(), status_code=200, media_type=MediaType.HTML)


async def _invoice(request: AnyRequest, site: Site, visit: StaffVisit, preview: Preview) -> Response[bytes]:
    """The first page of the PDF as a picture: phones show no PDF in a frame."""
    invoice = sample_invoice(preview.side, preview.configuration, preview.offerable, visit.now, visit.locale)
    words = document_words(preview.side, invoice, visit.locale)
    code = document_code(preview.side, invoice)
    picture = await typeset(words, preview.logo, int(visit.now.timestamp()), as_picture=True, code=code)
    let_be_framed(request.scope)
    page = PaperPage(
        title=translate(visit.locale, "Invoice {number}", number=invoice.number),
        picture="data:image/png;base64," + base64.b64encode(picture).decode(),
    )
    return Response(site.renderer.page(visit.locale, None, page), status_code=200, media_type=MediaType.HTML)


routes: Sequence[Any] = [branding_preview, preview_branding, preview_stylesheet, contrast_part]
