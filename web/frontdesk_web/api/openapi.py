"""The OpenAPI document of what is served: made of the endpoints and their parameters, and of nothing else.

So it cannot say what is not so. Parameters that Stripe has and Frontdesk refuses are left out of it and named in the
operation's description.
"""

import gzip
import re
from collections.abc import Mapping
from functools import cache
from typing import Any

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency

from frontdesk_web.any_request import AnyRequest
from frontdesk_web.api.answer_schemas import answer_schemas, ref
from frontdesk_web.api.areas import NAMES, area_of
from frontdesk_web.api.calls import EXPAND, Endpoint
from frontdesk_web.api.documented_answers import answer_of, open_path
from frontdesk_web.api.errors import API_VERSION
from frontdesk_web.api.parameter_schemas import absent_in, schema_of
from frontdesk_web.api.parameters import Absent, Required
from frontdesk_web.api.router import ENDPOINTS
from frontdesk_web.public_files import takes_gzip
from frontdesk_web.site import Site
from frontdesk_web.uploads import FORM_WITH_FILES

FORM = "application/x-www-form-urlencoded"
_PROBLEMS = {
    "400": "Something is wrong with the parameters.",
    "401": "There is no valid API key.",
    "402": "A payment failed; `decline_code` says why the card was declined.",
    "403": "The key may not do this.",
    "404": "What the path names does not exist.",
    "409": "Another request with the same idempotency key is running.",
    "413": "The request is too large.",
    "429": "Too many requests, or another one is changing the same object.",
    "503": "Something that is needed does not answer now.",
}
_ERROR = {
    "type": "object",
    "required": ["error"],
    "additionalProperties": False,
    "properties": {
        "error": {
            "type": "object",
            "required": ["type", "message"],
            "additionalProperties": False,
            "properties": {
                "type": {"enum": ["api_error", "card_error", "idempotency_error", "invalid_request_error"]},
                **{
                    name: {"type": "string"}
                    for name in ("message", "code", "param", "doc_url", "request_log_url", "decline_code")
                },
                **{name: ref(name) for name in ("payment_intent", "payment_method", "setup_intent")},
            },
        }
    },
}


@get("/openapi.json", name="openapi document")
async def document(request: AnyRequest, site: NamedDependency[Site]) -> Response[bytes]:
    """The document. It is the same for everybody; in gzip, where that is taken, a twelfth of what it is otherwise."""
    base_url, headers = site.config.base_url, {"Vary": "Accept-Encoding"}
    if takes_gzip(request.headers.get("accept-encoding", "")):
        packed_too = headers | {"Content-Encoding": "gzip"}
        return Response(packed(base_url), media_type="application/json", headers=packed_too)
    return Response(written(base_url), media_type="application/json", headers=headers)


@cache
def written(base_url: str) -> bytes:
    """The document as it is sent."""
    return msgspec.json.encode(describe(ENDPOINTS, base_url))


@cache
def packed(base_url: str) -> bytes:
    """The same in gzip."""
    return gzip.compress(written(base_url), 6, mtime=0)


def describe(endpoints: tuple[Endpoint, ...], base_url: str) -> dict[str, Any]:
    """The document of some endpoints."""
    paths: dict[str, dict[str, Any]] = {}
    for each in sorted(endpoints, key=lambda endpoint: (endpoint.path, endpoint.method)):
        paths.setdefault(open_path(each.path), {})[each.method.lower()] = operation(each)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Frontdesk",
            "version": API_VERSION,
            "description": "Stripe's API for the objects that Frontdesk has. The official Stripe SDKs work with it"
            " once they are given this address.",
        },
        "servers": [{"url": base_url}],
        "security": [{"bearer": []}, {"basic": []}],
        "tags": [{"name": name} for name in NAMES.values()],
        "paths": paths,
        "components": {
            "schemas": {"error": _ERROR, **answer_schemas()},
            "responses": {status: _problem(text) for status, text in _PROBLEMS.items()},
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "basic": {"type": "http", "scheme": "basic", "description": "The key as user name, no password."},
            },
        },
    }


def operation(endpoint: Endpoint) -> dict[str, Any]:
    """One endpoint."""
    path = open_path(endpoint.path)
    takes = parameters_of(endpoint)
    described: dict[str, Any] = {
        "operationId": _operation_id(endpoint.method, path),
        "summary": summary(endpoint),
        "tags": [NAMES[area_of(endpoint.path)]],
        "parameters": [
            {"name": name, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}
            for name in re.findall(r"{(\w+)}", path)
        ],
        "responses": {
            "200": {"description": "Done.", "content": _answer(endpoint)},
            **{status: {"$ref": f"#/components/responses/{status}"} for status in _PROBLEMS},
        },
    }
    absent = sorted(absent_in(endpoint.takes))
    if absent:
        described["description"] = f"Not available yet: {', '.join(f'`{name}`' for name in absent)}."
    if endpoint.method == "GET":
        described["parameters"] += [_in_query(name, each) for name, each in takes.items()]
    elif takes:
        described["requestBody"] = _body(endpoint, takes)
    if endpoint.method == "POST":
        described["parameters"].append(
            {"name": "Idempotency-Key", "in": "header", "schema": {"type": "string", "maxLength": 255}}
        )
    return described


def _answer(endpoint: Endpoint) -> dict[str, Any]:
    if endpoint.sends is not None:
        return {endpoint.sends: {"schema": {"type": "string", "format": "binary"}}}
    return {"application/json": {"schema": answer_of(endpoint)}}


def summary(endpoint: Endpoint) -> str:
    """The first sentence of what the endpoint's act says of itself."""
    paragraph = " ".join((endpoint.act.__doc__ or "").strip().partition("\n\n")[0].split())
    return re.split(r"(?<=[.:;]) (?=[A-Z`])", paragraph)[0]


def parameters_of(endpoint: Endpoint) -> Mapping[str, Any]:
    """What an endpoint takes; without what it refuses."""
    takes = {name: each for name, each in endpoint.takes.items() if not isinstance(each, Absent)}
    return takes if endpoint.body == "json" else takes | {"expand": EXPAND}


def _in_query(name: str, parameter: Any) -> dict[str, Any]:
    schema = schema_of(parameter)
    described = {"name": name, "in": "query", "required": isinstance(parameter, Required), "schema": schema}
    if schema.get("type") in ("object", "array") or "anyOf" in schema:
        described |= {"style": "deepObject", "explode": True}
    return described


def _body(endpoint: Endpoint, takes: Mapping[str, Any]) -> dict[str, Any]:
    needed = sorted(name for name, each in takes.items() if isinstance(each, Required))
    schema: dict[str, Any] = {
        "type": "object",
        "properties": {name: schema_of(each) for name, each in takes.items()},
        "additionalProperties": False,
        **({"required": needed} if needed else {}),
    }
    if endpoint.body == "json":
        return {"required": bool(needed), "content": {"application/json": {"schema": schema}}}
    nested = [name for name, each in schema["properties"].items() if each.get("type") != "string"]
    content = {"schema": schema, "encoding": {name: {"style": "deepObject", "explode": True} for name in nested}}
    kind = FORM if endpoint.uploads is None else FORM_WITH_FILES
    return {"required": bool(needed), "content": {kind: content}}


def _problem(text: str) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/error"}
    return {"description": text, "content": {"application/json": {"schema": schema}}}


def _operation_id(method: str, path: str) -> str:
    """As Stripe makes them: `PostCustomersCustomer`."""
    words = re.findall(r"[A-Za-z0-9]+", path.removeprefix("/v1"))
    return method.capitalize() + "".join(word[0].upper() + word[1:] for word in words)


routes = [document]
