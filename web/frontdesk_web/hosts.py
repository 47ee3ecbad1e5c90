"""Only known hosts are served: the public one, and `{portal}.` in front of it. Links are never built from a header."""

from litestar.enums import ScopeType
from litestar.exceptions import NotFoundException
from litestar.types import ASGIApp, Receive, Scope, Send

from frontdesk_web.any_request import AnyRequest
from frontdesk_web.config import Config

_LIVENESS = ("/livez", "/readyz")
LINKED = ("login", "session", "address", "invoice", "checkout", "authenticate", "wrong-codes")
"""Paths below `/p/` that are no portal's: a secret in them says whose they are."""
_MISDIRECTED = b"This host is not served here.\n"


class KnownHosts:
    """Answers 421 to a request for a host that is not ours: missing, doubled, with another port, or foreign.

    A portal's own host serves that portal alone: `/p/{portal}/…` of another one is not there.
    """

    def __init__(self, app: ASGIApp, config: Config) -> None:
        self._app = app
        self._host = config.host.lower()
        self._suffix = "." + self._host

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != ScopeType.HTTP or scope["path"] in _LIVENESS or self._known(scope):
            await self._app(scope, receive, send)
            return
        headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", b"%d" % len(_MISDIRECTED))]
        await send({"type": "http.response.start", "status": 421, "headers": headers})
        await send({"type": "http.response.body", "body": _MISDIRECTED, "more_body": False})

    def _known(self, scope: Scope) -> bool:
        named = [value for name, value in scope["headers"] if name == b"host"]
        if len(named) != 1:
            return False
        host = named[0].decode("latin-1").lower()
        if host == self._host:
            return True
        portal = host.removesuffix(self._suffix)
        if portal == host or not portal or "." in portal:
            return False
        path = scope["path"]
        return not path.startswith("/p/") or path.startswith((f"/p/{portal}/", *(f"/p/{each}/" for each in LINKED)))


def portal_of_host(request: AnyRequest, config: Config) -> str | None:
    """The portal whose own host was asked, by its public name; None for the public host. It need not exist."""
    host = request.headers.get("host", "").lower()
    portal = host.removesuffix(f".{config.host.lower()}")
    return None if portal == host else portal


def refuse_other_portals_host(request: AnyRequest, config: Config, portal: str) -> None:
    """Refuse a link of `portal` on a host that is another portal's own. Raises NotFoundException."""
    if request.headers.get("host", "").lower() not in (config.host.lower(), f"{portal}.{config.host}".lower()):
        raise NotFoundException
