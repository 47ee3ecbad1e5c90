"""The home page: the one page that everybody opens, and so the one that is made fast (DESIGN.md §9).

One call to PostgreSQL finds session and page. A page that was made before, here or on another process, is taken from
the cache by a key that holds every version it depends on; what belongs to the session alone is filled in afterwards.
"""

from typing import Any

from litestar import Request, get
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.types import ASGIApp

from frontdesk.ids import random_token
from frontdesk_tenants.directory import Door
from frontdesk_tenants.home_reads import HomeAnswer
from frontdesk_tenants.page_cache import FinishedPage, Visited
from frontdesk_web.cookies import read_cookie
from frontdesk_web.csrf import csrf_token
from frontdesk_web.portal.answers import PageAnswer
from frontdesk_web.portal.finished_home import find_finished, home_key, told
from frontdesk_web.portal.frames import asked_locale, locale_of, portal_frame
from frontdesk_web.portal.home_views import NOTICES, good_until, home_page, return_url, signed_in
from frontdesk_web.signed_in import exception_handlers, find_portal, provide_visit
from frontdesk_web.site import Site

OPEN_PLACE = random_token(32)
"""Stands where the form token goes while a page is made. Random, so that nobody's name can hold it."""


@get("/p/{portal:str}", exception_handlers=exception_handlers)
async def home(request: Request[Any, Any, Any], portal: FromPath[str], site: NamedDependency[Site]) -> ASGIApp:
    """The customer's page. `?lang=` changes the language for the session."""
    door = await find_portal(site, portal)
    notice, common, visited = None, True, None
    secret = read_cookie(site.config, request, door.portal) or ""
    if request.scope["query_string"]:
        if asked_locale(request) is not None:
            # Writes the choice down; it is then part of what the one call tells.
            await provide_visit(request, portal, site)
        notice, common = _wishes(request)
        # Without a query it was looked for already (`FinishedHome`).
        visited = site.pages.visited(secret) if common else None
    answer = told(request.scope)
    if visited is not None:
        answer, page = await find_finished(request, site, door, secret, visited, notice)
        if page is not None:
            return PageAnswer(page.filled(visited.fill))
    if answer is None:
        answer = await _asked(request, site, door, portal, secret)
    fill = csrf_token(site.tenancy.vault, answer.session_id).encode()
    page = await _made(request, site, door, secret, answer, fill, notice, common)
    return PageAnswer(page.filled(fill))


def _wishes(request: Request[Any, Any, Any]) -> tuple[str | None, bool]:
    """The notice to show, and whether the page is worth remembering."""
    query = request.query_params
    saved = query.getall("saved", [])
    notice = saved[0] if len(saved) == 1 and saved[0] in NOTICES else None
    known = {"lang"} if asked_locale(request) is not None else set()
    known |= {"saved"} if notice is not None else set()
    return notice, set(query.keys()) == known and len(known) == 1


async def _asked(request: Request[Any, Any, Any], site: Site, door: Door, portal: str, secret: str) -> HomeAnswer:
    """What the call tells. Raises NotSignedIn where there is no good session."""
    answer = await site.home_reads.read(door.tenant_id, secret)
    if answer is None:
        await provide_visit(request, portal, site)
        # It began between the two questions.
        answer = await site.home_reads.read(door.tenant_id, secret)
    if answer is None:
        raise NotFoundException
    return answer


async def _made(
    request: Request[Any, Any, Any],
    site: Site,
    door: Door,
    secret: str,
    answer: HomeAnswer,
    fill: bytes,
    notice: str | None,
    common: bool,
) -> FinishedPage:
    """The page of an answer that holds it all: from the cache if another session or process made it, else made now."""
    assert answer.page is not None
    facts, side_facts = answer.page
    side = side_facts.behind(door)
    locales = facts.customer.preferred_locales
    locale = locale_of(request, side, answer.locale, *locales)
    key = home_key(request, door, answer, locale, notice)
    if common:
        visited = Visited(page_version=answer.page_version, fill=fill, locales=locales, side=side)
        site.pages.note_visit(secret, visited)
        page = await site.pages.find(key, answer.now)
        if page is not None:
            return page
    base = f"/p/{door.portal}"
    frame = portal_frame(
        request,
        side,
        side_facts.configuration,
        locale,
        csrf=OPEN_PLACE,
        signed_in=signed_in(facts, base, locale),
        return_url=return_url(answer, side_facts),
        session_url=f"{base}/session",
    )
    view = home_page(
        answer,
        site.plugins,
        base,
        locale,
        csrf=OPEN_PLACE,
        public_id=door.public_id,
        livemode=door.livemode,
        notice=notice,
    )
    html = site.renderer.page(locale, frame, view)
    page = FinishedPage(tuple(html.split(OPEN_PLACE.encode())), good_until(facts, side_facts, answer.now))
    if common:
        await site.pages.keep(key, page)
    return page


routes = [home]
