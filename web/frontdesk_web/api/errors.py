"""What a program reads when something went wrong: Stripe's envelope, types, codes and texts."""

import logging
import re
from collections.abc import Iterable, Mapping
from typing import Any, Literal

import msgspec
from litestar import Response
from litestar.exceptions import HTTPException, MethodNotAllowedException, NotFoundException
from msgspec.structs import replace

from frontdesk.errors import Misconfigured, NotSupported, Refusal, Refused, Unavailable, filled
from frontdesk_tenants.database import Busy
from frontdesk_tenants.idempotency import KeyInUse, KeyReused
from frontdesk_tenants.paging import NoSuchCursor
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.api.elsewhere import instead_of
from frontdesk_web.api.error_codes import doc_path
from frontdesk_web.config import Config
from frontdesk_web.headers import request_id
from frontdesk_web.refusal_answers import refusal_status, retry_headers

ErrorType = Literal["api_error", "card_error", "idempotency_error", "invalid_request_error"]
API_VERSION = "2026-05-27.dahlia"
"""The version of Stripe's API that the answers follow; a caller's own is echoed."""
PORTAL_STATE = "frontdesk_api_portal"
log = logging.getLogger("frontdesk.api")
OLDEST_VERSION = "2025-03-31.basil"
"""The first version with the shapes that answers have here, but for what came later."""
VERSION = re.compile(r"\d{4}-\d{2}-\d{2}(\.[a-z_]{1,40})?")


class ApiError(Exception):
    """An answer that is an error. `param` is in Stripe's bracket notation.

    `objects` are shown in it by their names, as Stripe shows the intent whose card was declined. One that `keeps`
    undoes nothing: what was written before it stays.
    """

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        param: str | None = None,
        status: int = 400,
        type: ErrorType = "invalid_request_error",
        headers: Mapping[str, str] | None = None,
        decline_code: str | None = None,
        objects: Mapping[str, Any] | None = None,
        keeps: bool = False,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.param = param
        self.status = status
        self.type = type
        self.headers = dict(headers or {})
        self.decline_code = decline_code
        self.objects = dict(objects or {})
        self.keeps = keeps


def missing_param(param: str) -> ApiError:
    """A parameter that must be given."""
    return ApiError(f"Missing required param: {param}.", code="parameter_missing", param=param)


def unknown_params(params: Iterable[str]) -> ApiError:
    """Parameters that the endpoint does not have."""
    named = list(params)
    return ApiError(
        f"Received unknown parameter{'' if len(named) == 1 else 's'}: {', '.join(named)}",
        code="parameter_unknown",
        param=named[0],
    )


def exclusive_params(*params: str) -> ApiError:
    """Two parameters that say the same thing."""
    return ApiError(
        f"Received both {' and '.join(params)} parameters. Please pass in only one.",
        code="parameters_exclusive",
        param=params[0],
    )


def no_such(kind: str, id_: str, param: str | None) -> ApiError:
    """What a path (`param` None or "id") or a parameter names does not exist on this side."""
    return ApiError(f"No such {kind}: '{id_[:255]}'", code="resource_missing", param=param or "id", status=404)


def no_such_named(kind: str, id_: str, param: str) -> ApiError:
    """What a parameter names does not exist: Stripe answers 400, not 404."""
    return ApiError(f"No such {kind}: '{id_[:255]}'", code="resource_missing", param=param)


def api_problem(config: Config, request: AnyRequest, error: Exception) -> Response[bytes]:
    """The answer to whatever was raised under `/v1` and `/v2`."""
    answer = described(request, error)
    id_ = request_id(request.scope)
    portal = request.scope["state"].get(PORTAL_STATE)
    body: dict[str, Any] = {"type": answer.type, "message": answer.message}
    if answer.code is not None:
        body["code"] = answer.code
        body["doc_url"] = config.url(doc_path(answer.code))
    if answer.param is not None:
        body["param"] = answer.param
    if answer.decline_code is not None:
        body["decline_code"] = answer.decline_code
    body |= answer.objects
    if portal is not None:
        body["request_log_url"] = config.url(f"/dashboard/{portal}/logs/{id_}")
    if answer.status >= 500:
        log.error("%s answered %d", request.scope["path"], answer.status, extra={"request_id": id_}, exc_info=error)
    return Response(
        content=msgspec.json.encode({"error": body}),
        status_code=answer.status,
        media_type="application/json",
        headers={"Stripe-Version": stated_version(request), **answer.headers},
    )


def stated_version(request: AnyRequest) -> str:
    """The API version that the caller named, where it has the form of one."""
    stated = request.headers.get("stripe-version", "")
    return stated if VERSION.fullmatch(stated) else API_VERSION


def refuse_malformed_version(request: AnyRequest) -> None:
    """Raises ApiError for a Stripe-Version that is none."""
    stated = request.headers.get("stripe-version")
    if stated is not None and not VERSION.fullmatch(stated):
        raise ApiError(f"Invalid Stripe API version: {stated[:40]}")


def described(request: AnyRequest, error: Exception) -> ApiError:
    """What an error is in the API's words; what nobody foresaw is a 500 that says nothing of it."""
    match error:
        case ApiError():
            return error
        case Refused(refusal=refusal):
            return _refused(request, refusal)
        case NoSuchCursor():
            return no_such_named(_listed(request), error.id, error.param)
        case KeyReused():
            return ApiError(
                "Keys for idempotent requests can only be used with the same parameters they were first used with. "
                "Try using a key other than the one given if you meant to execute a different request.",
                type="idempotency_error",
            )
        case KeyInUse():
            return ApiError(
                "There is currently another in-progress request using this Idempotent Key (that probably means you "
                "submitted twice, and the other request is still going through). Please try again later.",
                code="idempotency_key_in_use",
                status=409,
                type="idempotency_error",
            )
        case Busy():
            return ApiError(
                "This object cannot be accessed right now because another API request or process is currently "
                "accessing it. If you see this error intermittently, retry the request.",
                code="lock_timeout",
                status=429,
                headers={"Retry-After": "1", "Stripe-Should-Retry": "true"},
            )
        case Unavailable(message=message, retry_after=seconds):
            return ApiError(message, status=503, type="api_error", headers={"Retry-After": str(seconds)})
        case NotSupported(message=message) | Misconfigured(message=message):
            return ApiError(message)
        case HTTPException():
            return _routing(request, error)
        case _:
            return ApiError("Something went wrong on our side. We are looking into it.", status=500, type="api_error")


def _refused(request: AnyRequest, refusal: Refusal) -> ApiError:
    """Core's words are the tenant's sentence. What a path names is 404, what a parameter names is 400."""
    message = filled(refusal.for_tenant, refusal.parameters)
    param = refusal.param
    if refusal.decline_code is not None:
        return ApiError(
            message,
            code=refusal.api_code,
            param=param,
            status=402,
            type="card_error",
            decline_code=refusal.decline_code,
        )
    in_path = param in (None, "id") or refusal.parameters.get("id") in request.path_params.values()
    missing = refusal.missing and in_path
    return ApiError(
        message,
        code=refusal.api_code,
        param=("id" if missing else param),
        status=refusal_status(replace(refusal, missing=missing)),
        headers=retry_headers(refusal) or None,
    )


def leaves_something_out(request: AnyRequest) -> bool:
    """Whether a part of the path is empty. The router has smoothed the path that it shows."""
    path: bytes = request.scope.get("raw_path") or request.scope["path"].encode()
    path = path.partition(b"?")[0]
    return path.endswith(b"/") or b"//" in path


def unrecognized(request: AnyRequest) -> ApiError:
    """Nothing is served at the request's address with its method."""
    path: str = request.scope["path"]
    advice = "What is served, and how it is asked for, is listed at /openapi.json."
    if leaves_something_out(request):
        advice = (
            "If you are trying to list objects, remove the trailing slash. If you are trying to retrieve an object, "
            "make sure you passed a valid (non-empty) identifier in your code."
        )
    else:
        advice = f"{instead_of(path)} {advice}".lstrip()
    # A path may hold halves of characters, which no JSON can.
    shown = path[:200].encode("utf-8", "replace").decode()
    return ApiError(f"Unrecognized request URL ({request.scope['method'][:20]}: {shown}). {advice}", status=404)


def _routing(request: AnyRequest, error: HTTPException) -> ApiError:
    if isinstance(error, NotFoundException | MethodNotAllowedException):
        return unrecognized(request)
    if error.status_code == 413:
        return ApiError("The request is larger than 1 MiB.", status=413)
    if error.status_code < 500:
        return ApiError("This request cannot be read.", status=error.status_code)
    return ApiError("Something went wrong on our side.", status=error.status_code, type="api_error")


def _listed(request: AnyRequest) -> str:
    """What the list of this path holds, in Stripe's words: `/v1/tax_codes` is of tax codes."""
    name = request.scope["path"].rstrip("/").rpartition("/")[2]
    return name.removesuffix("s").replace("_", " ")
