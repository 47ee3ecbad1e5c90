"""The home page: the one page that everybody opens, and so the one that is made fast.

One call to PostgreSQL finds session and page. Mostly it goes out before Litestar sees the request (`front_home`); here
are the rest: pages with a query, whoever is not signed in, and what goes wrong.
"""

from litestar import get
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.types import ASGIApp

from frontdesk_tenants.directory import Door
from frontdesk_tenants.home_reads import HomeAnswer
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.cookies import read_cookie
from frontdesk_web.csrf import csrf_token
from frontdesk_web.portal.answers import PageAnswer
from frontdesk_web.portal.frames import asked_locale
from frontdesk_web.portal.front_home import nobody_is_there
from frontdesk_web.portal.home_views import NOTICES
from frontdesk_web.portal.made_home import Wish, find_finished, make_home
from frontdesk_web.signed_in import exception_handlers, find_portal, provide_visit
from frontdesk_web.site import Site


@get("/p/{portal:str}", exception_handlers=exception_handlers)
async def home(request: AnyRequest, portal: FromPath[str], site: NamedDependency[Site]) -> ASGIApp:
    """The customer's page. `?lang=` changes the language for the session."""
    door = await find_portal(site, portal)
    wish = Wish()
    secret = read_cookie(site.config, request, door.portal) or ""
    answer = None
    if request.scope["query_string"]:
        if asked_locale(request) is not None:
            # Writes the choice down; it is then part of what the one call tells.
            await provide_visit(request, portal, site)
        wish = _wish(request)
        # Without a query it was looked for already (`FrontHome`).
        visited = site.pages.visited(secret) if wish.common else None
        if visited is not None:
            answer, page = await find_finished(request.scope, site, door, secret, visited, wish.notice)
            if page is not None:
                return PageAnswer(page.filled(visited.fill))
    if answer is None:
        answer = await _asked(request, site, door, portal, secret)
    fill = csrf_token(site.tenancy.vault, answer.session_id).encode()
    page = await make_home(request.scope, site, door, secret, answer, fill, wish)
    return PageAnswer(page.filled(fill))


def _wish(request: AnyRequest) -> Wish:
    query = request.query_params
    saved = query.getall("saved", [])
    notice = saved[0] if len(saved) == 1 and saved[0] in NOTICES else None
    known = {"lang"} if asked_locale(request) is not None else set()
    known |= {"saved"} if notice is not None else set()
    return Wish(notice, common=set(query.keys()) == known and len(known) == 1)


async def _asked(request: AnyRequest, site: Site, door: Door, portal: str, secret: str) -> HomeAnswer:
    """What the call tells. Raises NotSignedIn where there is no good session."""
    answer = None if nobody_is_there(request.scope) else await site.home_reads.read(door.tenant_id, secret)
    if answer is None:
        await provide_visit(request, portal, site)
        # It began between the two questions.
        answer = await site.home_reads.read(door.tenant_id, secret)
    if answer is None:
        raise NotFoundException
    return answer


routes = [home]
