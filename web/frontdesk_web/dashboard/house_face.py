"""The house's own face: what staff see before they have come to a tenant, on pages and in letters."""

from collections.abc import Sequence

from litestar import MediaType, Response

from frontdesk_web.any_request import AnyRequest
from frontdesk_web.languages import LOCALE_NAMES, STAFF_LOCALES, negotiate, spoken
from frontdesk_web.portal.frames import BrandView, Frame, Language, asked_locale
from frontdesk_web.rendering import Page
from frontdesk_web.site import Site

JAR = "staff"
"""What the cookies of staff are called: no portal may have this name (`frontdesk.slugs.RESERVED`)."""


def staff_locale(request: AnyRequest, *chosen: str | None) -> str:
    """The language of a page for staff: what is asked for, else the first of `chosen`, else the browser's."""
    for locale in (asked_locale(request), *chosen):
        if (ours := spoken(locale, STAFF_LOCALES)) is not None:
            return ours
    return negotiate(request.headers.get("accept-language"), STAFF_LOCALES)


def house_frame(request: AnyRequest, site: Site, locale: str, offered: Sequence[str] = STAFF_LOCALES) -> Frame:
    """The frame of a page before anybody is signed in, which can be read in the `offered` languages."""
    return Frame(brand=BrandView(name=site.house.settings.service_name), languages=languages(request, locale, offered))


def languages(request: AnyRequest, locale: str, offered: Sequence[str] = STAFF_LOCALES) -> tuple[Language, ...]:
    """The languages of this page, for a switch."""
    query = request.scope["query_string"].decode("latin-1")
    kept = [each for each in query.split("&") if each and not each.startswith("lang=")]
    return tuple(
        Language(
            locale=each,
            name=LOCALE_NAMES[each],
            url=request.scope["path"] + "?" + "&".join([*kept, f"lang={each}"]),
            current=each == locale,
        )
        for each in offered
    )


def house_page(
    request: AnyRequest,
    site: Site,
    locale: str,
    page: Page,
    status: int = 200,
    *,
    offered: Sequence[str] = STAFF_LOCALES,
) -> Response[bytes]:
    """A page in the house's frame."""
    body = site.renderer.page(locale, house_frame(request, site, locale, offered), page)
    return Response(body, status_code=status, media_type=MediaType.HTML)
