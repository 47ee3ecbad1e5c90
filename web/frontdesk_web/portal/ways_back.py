"""The way back to where somebody was: the page that they asked for while nobody was signed in (any more).

Its path waits in a cookie until they have signed in. It names ids and holds no secret, and is looked at again as it
comes back: only pages of the same portal are gone to. What was typed is kept elsewhere (`typed_forms`).
"""

import base64
import binascii
import re
from collections.abc import Mapping

from litestar.datastructures import Cookie

from frontdesk_web.any_request import AnyRequest
from frontdesk_web.config import Config
from frontdesk_web.cookies import dead_cookie, new_cookie, read_cookie
from frontdesk_web.csrf import FIELD
from frontdesk_web.portal.transfer_marks import PLACE

LENGTH = 800
"""Characters of a path that is remembered, with its query."""
_PAGE = re.compile(r"[!-~]+", re.ASCII)
_SUBSCRIPTION = re.compile(r"/p/[^/]+/subscriptions/([A-Za-z0-9_-]{1,255})(?:/.*)?", re.ASCII)
_PICTURE = re.compile(rf"/invoices/[^/]+/{PLACE}")
"""What a page shows and nobody goes to."""
_LEADS_TO = (
    (re.compile(r"(/subscriptions/[^/]+)/reason"), r"\1/cancelled"),
    (re.compile(r"(/subscriptions/[^/]+)/stay"), r"\1/cancel"),
    (re.compile(r"/details/.+"), "/details"),
    (re.compile(r"/payment-methods/[^/]+/(?:default|remove)|/subscriptions/[^/]+/payment-method"), "/payment-methods"),
    (re.compile(r"/subscriptions/[^/]+/(?:keep|undo-change)|/refused/[^/]+|/sign-out|/switch|/session"), "/"),
)
"""Where the pages are that forms are on whose own path is none, below the portal's. All other forms post to their
page's path."""


def page_asked(request: AnyRequest, portal: str) -> str:
    """The path of the page that a request was about: itself, or the page of the form that was posted."""
    base, path = f"/p/{portal}", request.scope["path"]
    if request.method in ("GET", "HEAD"):
        if _PICTURE.fullmatch(path.removeprefix(base)):
            return f"{base}/"
        query = request.scope["query_string"].decode("latin-1")
        return path + (f"?{query}" if query else "")
    return base + form_page(path.removeprefix(base))


def form_page(path: str) -> str:
    """The page that a form is on which is posted to `path`, both below the portal's path."""
    for pattern, page in _LEADS_TO:
        found = pattern.fullmatch(path)
        if found is not None:
            return found.expand(page)
    return path


def typed_fields(form: Mapping[str, str]) -> dict[str, str]:
    """What somebody typed or chose in a form, without what the form brought along."""
    return {name: value for name, value in form.items() if name not in (FIELD, "quote")}


def remember_page(config: Config, portal: str, page: str) -> Cookie | None:
    """The cookie that leads back to a page; None for the home page, where one comes anyway, and for odd paths."""
    if not _is_page(portal, page) or page.rstrip("/") == f"/p/{portal}":
        return None
    return new_cookie(config, portal, "page", cookie_value(page))


def cookie_value(page: str) -> str:
    """A path as a cookie can hold it."""
    return base64.urlsafe_b64encode(page.encode()).decode().rstrip("=")


def remembered_page(config: Config, request: AnyRequest, portal: str) -> str | None:
    """The page that a browser's cookie leads back to, if it is one of this portal."""
    return page_in(read_cookie(config, request, portal, "page") or "", portal)


def page_in(value: str, portal: str) -> str | None:
    """The page in a cookie's value; None where it is none of this portal's."""
    try:
        page = base64.urlsafe_b64decode(value + "=" * (-len(value) % 4)).decode("ascii")
    except (binascii.Error, ValueError):
        return None
    return own_page(page, portal)


def own_page(page: str, portal: str) -> str | None:
    """A path that leads on, if it is one of this portal's pages."""
    return page if _is_page(portal, page) else None


def forget_page(config: Config, portal: str) -> Cookie:
    """What makes a browser forget the page."""
    return dead_cookie(config, portal, "page")


def subscription_in(page: str | None) -> str | None:
    """The subscription that a page is about, if it is about one."""
    found = _SUBSCRIPTION.fullmatch((page or "").partition("?")[0])
    return None if found is None else found[1]


def _is_page(portal: str, page: str) -> bool:
    within = page == f"/p/{portal}" or page.startswith(f"/p/{portal}/")
    return within and len(page) <= LENGTH and bool(_PAGE.fullmatch(page)) and "\\" not in page
