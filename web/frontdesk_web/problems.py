"""What a person reads when something went wrong on a page. The API has its own words, in `api/errors.py`."""

import logging
import re
from collections.abc import Mapping
from urllib.parse import quote

from litestar import MediaType, Response
from litestar.exceptions import HTTPException, InternalServerException

from frontdesk.errors import Misconfigured, NotSupported, Refused, Unavailable
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.headers import request_id
from frontdesk_web.languages import negotiate
from frontdesk_web.messages import translate
from frontdesk_web.portal.frames import BrandView, Frame
from frontdesk_web.portal.views import ErrorPage
from frontdesk_web.refusal_answers import refusal_status
from frontdesk_web.rendering import Renderer

log = logging.getLogger("frontdesk.web")
RETRY_SECONDS_AT_MOST = 60
_STAFFED = ("/dashboard", "/operator")
_PORTAL = re.compile(r"/p/(?!(?:login|session|invoice|checkout|address|authenticate)/)[a-z0-9_-]+/")
"""The beginning of an address within a portal, and not of one that holds a secret."""
_GONE = "client disconnected prematurely"
"""What Litestar says where a browser goes away while it sends a form."""


def error_page(renderer: Renderer, request: AnyRequest, error: Exception) -> Response[bytes]:
    """The page for an error: its status, a sentence where one helps, the request's id, never more."""
    status, sentence, places, retry = described(request, error)
    locale = negotiate(request.headers.get("accept-language", ""))
    page = ErrorPage(
        status=status,
        request_id=request_id(request.scope),
        sentence=sentence and translate(locale, sentence, **places),
        retry_seconds=retry,
        again_url=_again_url(request) if status >= 500 else None,
        home_url=_home_url(request.url.path),
        for_staff=request.url.path.startswith(_STAFFED),
    )
    frame = Frame(brand=BrandView(name=""), languages=())
    headers = {"Retry-After": str(retry)} if retry else {}
    if isinstance(error, HTTPException) and error.headers:
        headers |= {name: value for name, value in error.headers.items() if name.lower() in ("allow", "retry-after")}
    return Response(renderer.page(locale, frame, page), status_code=status, media_type=MediaType.HTML, headers=headers)


def _again_url(request: AnyRequest) -> str | None:
    """The address that was asked for, where asking again does no harm; on this host, whatever it looks like."""
    if request.method != "GET":
        return None
    query = quote(request.scope["query_string"], safe="=&%+-_.~:/,@[]")
    return "/" + quote(request.url.path.lstrip("/\\")) + (f"?{query}" if query else "")


def _home_url(path: str) -> str | None:
    """Where somebody goes on who is lost at this address; None where nothing is known to be, or they are there."""
    staffed = next((each for each in _STAFFED if path.startswith(each)), None)
    found = _PORTAL.match(path)
    home = staffed if staffed is not None else found and found[0]
    return None if home is None or home.strip("/") == path.strip("/") else home


def described(request: AnyRequest, error: Exception) -> tuple[int, str, Mapping[str, str | int], int]:
    """Status, message id of the sentence ("" for the standard one) with what fills its places, seconds to wait."""
    match error:
        case Refused(refusal=refusal):
            wait = refusal.retry_after if refusal.for_now else 0
            return refusal_status(refusal), refusal.for_customer, refusal.parameters, wait
        case Unavailable(retry_after=seconds):
            return 503, "", {}, min(seconds, RETRY_SECONDS_AT_MOST)
        case Misconfigured() | NotSupported():
            log.error("a page could not be shown: %s", error, extra={"request_id": request_id(request.scope)})
            return 503, "", {}, RETRY_SECONDS_AT_MOST
        case InternalServerException(detail=detail) if detail == _GONE:
            # A tab that was closed, or a preview that a newer one has overtaken: nobody reads this answer.
            return 400, "", {}, 0
        case HTTPException(status_code=status) if status < 500:
            return status, "", {}, 0
        case _:
            log.error("a page failed", exc_info=error, extra={"request_id": request_id(request.scope)})
            return 500, "", {}, 0
