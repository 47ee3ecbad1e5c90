"""The cookies of a portal or of staff: session, challenge, known browser, a visit to an identity provider, and the way
back to a page. Each portal has its own, on any host.

`__Host-` makes browsers refuse them from subdomains, without TLS, or for another path (trust.md §A2, B12). Over plain
http, which only the demo speaks, browsers accept neither that name nor `Secure`.
"""

from typing import Literal

from litestar.datastructures import Cookie
from litestar.types import Scope

from frontdesk_web.any_request import AnyRequest
from frontdesk_web.config import Config

Kind = Literal["session", "challenge", "browser", "openid", "page"]

CHALLENGE_SECONDS = 3600
"""Longer than any code lives, so that a late one is answered on its page."""
BROWSER_SECONDS = 365 * 24 * 3600

OPENID_SECONDS = 600
"""How long somebody may take at their identity provider."""
PAGE_SECONDS = 3600
"""How long the way back to a page is known (`portal.ways_back`)."""

_SECONDS: dict[Kind, int | None] = {
    "session": None,
    "challenge": CHALLENGE_SECONDS,
    "browser": BROWSER_SECONDS,
    "openid": OPENID_SECONDS,
    "page": PAGE_SECONDS,
}
_SUFFIXES: dict[Kind, str] = {
    "session": "",
    "challenge": "-challenge",
    "browser": "-browser",
    "openid": "-openid",
    "page": "-page",
}


def cookie_name(config: Config, portal: str, kind: Kind = "session") -> str:
    """What a portal's cookie is called."""
    return f"{'' if config.plain_http else '__Host-'}fd-{portal}{_SUFFIXES[kind]}"


def read_cookie(config: Config, request: AnyRequest, portal: str, kind: Kind = "session") -> str | None:
    """The value that the browser sent, or None."""
    return request.cookies.get(cookie_name(config, portal, kind))


def sent_cookie(config: Config, scope: Scope, portal: str) -> str | None:
    """The session's value straight from the headers, where it is plain: letters and digits, once.

    None also where it is not; `read_cookie` then tells.
    """
    sent = [value for name, value in scope["headers"] if name == b"cookie"]
    if len(sent) != 1:
        return None
    name = f"{cookie_name(config, portal)}="
    found = [each.strip() for each in sent[0].decode("latin-1").split(";") if name in each]
    if len(found) != 1 or not found[0].startswith(name):
        return None
    value = found[0][len(name) :]
    return value if value.isascii() and value.isalnum() else None


def new_cookie(config: Config, portal: str, kind: Kind, value: str) -> Cookie:
    """A cookie to set. That of a session ends with the browser; the session itself ends by the server's clock."""
    return Cookie(
        key=cookie_name(config, portal, kind),
        value=value,
        max_age=_SECONDS[kind],
        path="/",
        secure=not config.plain_http,
        httponly=True,
        samesite="lax",
    )


def dead_cookie(config: Config, portal: str, kind: Kind) -> Cookie:
    """What makes a browser forget a cookie."""
    return Cookie(
        key=cookie_name(config, portal, kind),
        value="",
        max_age=0,
        path="/",
        secure=not config.plain_http,
        httponly=True,
        samesite="lax",
    )
