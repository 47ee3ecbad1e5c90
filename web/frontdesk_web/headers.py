"""The security headers of every answer (trust.md §C1), and the request's id, added outside of everything else.

A plain ASGI middleware, because it must also cover what Litestar answers by itself: 404, 405, 413, 500.
"""

import base64
import hashlib
import os
from collections.abc import Mapping
from typing import Any

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from frontdesk_web.config import Config

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'"
)
_MAX_AGE = b"max-age=63072000; includeSubDomains"
_INERT = b"sandbox; default-src 'none'"
_NO_STORE = (b"cache-control", b"no-store, private")
REQUEST_ID = "frontdesk_request_id"
_KIND, _FRAMED, _SHOWS, _UPLOADED = "frontdesk_kind", "framed", "shows", "uploaded"
_STYLE = "frontdesk_style"


class SecurityHeaders:
    """Wraps the application. Answers without a Cache-Control are never stored."""

    def __init__(self, app: ASGIApp, config: Config) -> None:
        self._app = app
        secure = not config.plain_http
        policy = _POLICY + ("; upgrade-insecure-requests" if secure else "")
        common = [
            (b"x-content-type-options", b"nosniff"),
            (b"referrer-policy", b"no-referrer"),
            (b"cross-origin-opener-policy", b"same-origin"),
            (b"permissions-policy", b"camera=(), microphone=(), geolocation=(), payment=()"),
            *([(b"strict-transport-security", _MAX_AGE)] if secure else ()),
        ]
        shows = policy.replace("connect-src 'self'", "connect-src 'self'; frame-src 'self'")
        framed = (
            policy.replace("frame-ancestors 'none'", "frame-ancestors 'self'")
            .replace("script-src 'self'", "script-src 'none'")
            .replace("form-action 'self'", "form-action 'none'")
        ) + "; sandbox allow-same-origin"
        kinds = {
            None: (policy.encode(), b"DENY", b"same-origin"),
            _SHOWS: (shows.encode(), b"DENY", b"same-origin"),
            _FRAMED: (framed.encode(), b"SAMEORIGIN", b"same-origin"),
            _UPLOADED: (_INERT, b"DENY", b"cross-origin"),
        }
        names = (b"content-security-policy", b"x-frame-options", b"cross-origin-resource-policy")
        self._headers = {kind: [*common, *zip(names, values, strict=True)] for kind, values in kinds.items()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != ScopeType.HTTP:
            await self._app(scope, receive, send)
            return
        request_id = f"req_{os.urandom(7).hex()}"
        state = scope.setdefault("state", {})
        state[REQUEST_ID] = request_id
        own = (b"request-id", request_id.encode())

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                answered = message.get("headers", ())
                headers = [*answered, *_with_style(self._headers[state.get(_KIND)], state), own]
                if b"cache-control" not in [name.lower() for name, _ in answered]:
                    headers.append(_NO_STORE)
                message["headers"] = headers
            await send(message)

        await self._app(scope, receive, send_with_headers)


def _with_style(headers: list[tuple[bytes, bytes]], state: Mapping[str, Any]) -> list[tuple[bytes, bytes]]:
    """The headers, with the one style by its hash where the answer has one."""
    style = state.get(_STYLE)
    if style is None:
        return headers
    return [(name, value.replace(b"style-src 'self'", b"style-src " + style.encode())) for name, value in headers]


def request_id(scope: Scope) -> str:
    """The id of this request, as the Request-Id header says it."""
    return str(scope["state"].get(REQUEST_ID, ""))


def let_be_framed(scope: Scope, style: str = "") -> None:
    """Let this answer be shown in a frame of our own pages: for previews, in which nothing can be done.

    Neither scripts nor forms work in it. `style` is the text of its one `<style>`, which letters have.
    """
    scope["state"][_KIND] = _FRAMED
    if style:
        digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
        scope["state"][_STYLE] = f"'sha256-{digest}'"


def let_show_frames(scope: Scope) -> None:
    """Let this page show previews of ours in frames."""
    scope["state"][_KIND] = _SHOWS


def let_do_nothing(scope: Scope) -> None:
    """Let this answer, which somebody uploaded, do nothing even if it were a page (trust.md B15).

    Pages of other origins may show it: a tenant's website has the addresses of its products' images from the API.
    """
    scope["state"][_KIND] = _UPLOADED
