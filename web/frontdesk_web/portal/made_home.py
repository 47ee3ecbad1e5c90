"""The home page from what its one call told: found among those that were made before, or made now.

A page that was made before, here or on another process, is found by a key that holds every version it depends on; what
belongs to the session alone is filled in afterwards.
"""

import secrets

from litestar.types import Scope
from msgspec import Struct

from frontdesk_tenants.directory import Door, Side
from frontdesk_tenants.home_reads import HomeAnswer
from frontdesk_tenants.page_cache import FinishedPage, Visited, page_key
from frontdesk_web.portal.frames import frame_at, locale_at
from frontdesk_web.portal.home_views import good_until, home_page, return_url, signed_in
from frontdesk_web.portal.panel_views import good_until_asked_again, panel_sections
from frontdesk_web.portal.release import release
from frontdesk_web.site import Site

OPEN_PLACE = "".join(secrets.choice("QX") for _ in range(96))
"""Stands where the form token goes while a page is made. Random, so that nobody's name can hold it, and of two letters
that pages seldom have: what is searched for it is passed over in long steps."""
_OPEN_BYTES = OPEN_PLACE.encode()


class Wish(Struct, frozen=True):
    """What the query asks for: the notice to show; `common` says that the page is worth remembering."""

    notice: str | None = None
    common: bool = True


async def find_finished(
    scope: Scope, site: Site, door: Door, secret: str, visited: Visited, notice: str | None = None
) -> tuple[HomeAnswer | None, FinishedPage | None]:
    """The finished page of a session that was here before, if nothing on it changed; else what the call told.

    Neither where there is no such session any more, and where the page is not at hand.
    """
    answer = await site.home_reads.read(door.tenant_id, secret, visited.page_version)
    if answer is None or answer.page is not None:
        return answer, None
    locale = locale_at(scope, visited.side, answer.locale, *visited.locales)
    page = await site.pages.find(_key(scope, site, door, answer, locale, notice), answer.now)
    return (None, None) if page is None else (answer, page)


async def make_home(
    scope: Scope, site: Site, door: Door, secret: str, answer: HomeAnswer, fill: bytes, wish: Wish
) -> FinishedPage:
    """The page of an answer that holds it all: from the cache if another session or process made it, else made now.

    `fill` goes into its open places, as long as the session lasts.
    """
    assert answer.page is not None
    facts, side_facts = answer.page
    side = side_facts.behind(door)
    locales = facts.customer.preferred_locales
    locale = locale_at(scope, side, answer.locale, *locales)
    if not wish.common:
        return await _made(scope, site, side, answer, locale, wish.notice)
    site.pages.note_visit(secret, Visited(page_version=answer.page_version, fill=fill, locales=locales, side=side))
    key = _key(scope, site, door, answer, locale, wish.notice)
    page = await site.pages.find(key, answer.now)
    if page is None:
        page = await _made(scope, site, side, answer, locale, wish.notice)
        await site.pages.keep(key, page)
    return page


async def _made(
    scope: Scope, site: Site, side: Side, answer: HomeAnswer, locale: str, notice: str | None
) -> FinishedPage:
    assert answer.page is not None
    facts, side_facts = answer.page
    door = side.door
    base = f"/p/{door.portal}"
    frame = frame_at(
        scope,
        side,
        side_facts.configuration,
        locale,
        csrf=OPEN_PLACE,
        signed_in=signed_in(facts, base, locale),
        return_url=return_url(answer, side_facts),
        session_url=f"{base}/session",
    )
    shown = await site.plugins.panels(facts.account, locale, side_facts.plugins)
    view = home_page(
        answer,
        site.plugins,
        base,
        locale,
        csrf=OPEN_PLACE,
        public_id=door.public_id,
        livemode=door.livemode,
        notice=notice,
        panels=panel_sections(shown, locale),
    )
    html = site.shells.page(locale, frame, view)
    ends = good_until_asked_again(shown, good_until(facts, side_facts, answer.now), answer.now)
    return FinishedPage(tuple(html.split(_OPEN_BYTES)), ends)


def _key(scope: Scope, site: Site, door: Door, answer: HomeAnswer, locale: str, notice: str | None) -> str:
    """The key that a page is kept under. Without the path: a side has one, whether a slash ends it or not."""
    query = scope["query_string"].decode("latin-1")
    return page_key(
        door.tenant_id, answer.page_version, locale, answer.return_url, notice, query, release(site.plugins)
    )
