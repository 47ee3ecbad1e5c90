"""The home page as it mostly is asked for: by a session that was here before, when nothing on the page has changed.

It goes out before Litestar looks at the request, which takes a quarter off. Every other request is the route's
(`home`), which need not ask again what was asked here.
"""

import re
from typing import Any

from litestar import Request
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Receive, Scope, Send

from frontdesk_tenants.directory import Door
from frontdesk_tenants.home_reads import HomeAnswer
from frontdesk_tenants.page_cache import FinishedPage, Visited, page_key
from frontdesk_web.cookies import read_cookie
from frontdesk_web.portal.answers import PageAnswer
from frontdesk_web.portal.frames import locale_of
from frontdesk_web.portal.release import release
from frontdesk_web.site import Site

_HOME = re.compile(r"/p/([^/]+)/?")
_TOLD = "frontdesk_home_told"


class FinishedHome:
    """Answers what is finished; everything else goes on to the application."""

    def __init__(self, app: ASGIApp, site: Site) -> None:
        self._app = app
        self._site = site

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        plain = scope["type"] == ScopeType.HTTP and scope["method"] == "GET" and not scope["query_string"]
        home = _HOME.fullmatch(scope["path"]) if plain else None
        body = None if home is None else await self._finished(Request(scope), home[1])
        answer = self._app if body is None else PageAnswer(body)
        await answer(scope, receive, send)

    async def _finished(self, request: Request[Any, Any, Any], portal: str) -> bytes | None:
        """The page, if the session saw it before and all that it shows is as it was."""
        secret = read_cookie(self._site.config, request, portal)
        visited = None if secret is None else self._site.pages.visited(secret)
        if secret is None or visited is None or visited.side.door.portal != portal:
            return None
        try:
            answer, page = await find_finished(request, self._site, visited.side.door, secret, visited)
        except Exception as error:
            # The route raises it again, where errors become pages.
            request.scope["state"][_TOLD] = error
            return None
        request.scope["state"][_TOLD] = answer
        return None if page is None else page.filled(visited.fill)


def told(scope: Scope) -> HomeAnswer | None:
    """What was asked already for the request, if it was and there is a session. Raises what came up while asking."""
    answer: HomeAnswer | Exception | None = scope["state"].pop(_TOLD, None)
    if isinstance(answer, Exception):
        raise answer
    return answer


async def find_finished(
    request: Request[Any, Any, Any],
    site: Site,
    door: Door,
    secret: str,
    visited: Visited,
    notice: str | None = None,
) -> tuple[HomeAnswer | None, FinishedPage | None]:
    """The finished page of a session that was here before, if nothing on it changed; else what the call told."""
    answer = await site.home_reads.read(door.tenant_id, secret, visited.page_version)
    if answer is None or answer.page is not None:
        return answer, None
    locale = locale_of(request, visited.side, answer.locale, *visited.locales)
    page = await site.pages.find(home_key(request, door, answer, locale, notice), answer.now)
    return (None, None) if page is None else (answer, page)


def home_key(request: Request[Any, Any, Any], door: Door, answer: HomeAnswer, locale: str, notice: str | None) -> str:
    """The key that a home page is kept under. Without the path: a side has one, whether a slash ends it or not."""
    query = request.scope["query_string"].decode("latin-1")
    return page_key(door.tenant_id, answer.page_version, locale, answer.return_url, notice, query, release())
