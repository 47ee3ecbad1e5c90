"""The home page as it mostly is asked for: by somebody who is signed in, without a query.

It goes out before Litestar looks at the request, which would take a quarter of the time. Every other request is the
route's (`home`), which need not ask again what was asked here, and where errors become pages.
"""

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Receive, Scope, Send

from frontdesk_web.cookies import sent_cookie
from frontdesk_web.csrf import csrf_token
from frontdesk_web.portal.answers import PageAnswer
from frontdesk_web.portal.made_home import Wish, find_finished, make_home
from frontdesk_web.site import Site

_BEFORE = "/p/"
_TOLD = "frontdesk_home_told"
_NO_WISH = Wish()


class FrontHome:
    """Answers with the home page where it can; everything else goes on to the application."""

    def __init__(self, app: ASGIApp, site: Site) -> None:
        self._app = app
        self._site = site

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        body = None
        if scope["type"] == ScopeType.HTTP and scope["method"] == "GET" and not scope["query_string"]:
            path = scope["path"]
            portal = path[len(_BEFORE) :].removesuffix("/") if path.startswith(_BEFORE) else ""
            if portal and "/" not in portal:
                body = await self._page(scope, portal)
        answer = self._app if body is None else PageAnswer(body)
        await answer(scope, receive, send)

    async def _page(self, scope: Scope, portal: str) -> bytes | None:
        """The page, if the session is good and the portal is known here."""
        site = self._site
        secret = sent_cookie(site.config, scope, portal)
        if secret is None:
            return None
        visited = site.pages.visited(secret)
        door = site.tenancy.directory.remembered(portal) if visited is None else visited.side.door
        if door is None or door.portal != portal:
            return None
        try:
            answer = None
            if visited is not None:
                answer, page = await find_finished(scope, site, door, secret, visited)
                if page is not None:
                    return page.filled(visited.fill)
            answer = answer or await site.home_reads.read(door.tenant_id, secret)
            if answer is not None:
                # The same for as long as the session lasts.
                fill = (
                    visited.fill if visited is not None else csrf_token(site.tenancy.vault, answer.session_id).encode()
                )
                return (await make_home(scope, site, door, secret, answer, fill, _NO_WISH)).filled(fill)
        except Exception as error:
            # The route raises it again, where errors become pages.
            scope["state"][_TOLD] = error
        else:
            scope["state"][_TOLD] = None
        return None


def nobody_is_there(scope: Scope) -> bool:
    """Whether it was asked already who is there, and nobody was. Raises what came up while asking."""
    if _TOLD not in scope["state"]:
        return False
    error: Exception | None = scope["state"].pop(_TOLD)
    if error is not None:
        raise error
    return True
