"""Our own OpenAPI document as a judge of answers."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import httpx
import msgspec
from jsonschema_rs import Draft202012Validator
from msgspec import Struct

from frontdesk_web.api.openapi import written

DOCUMENT: Mapping[str, Any] = msgspec.json.decode(written("https://billing.example"))
Form = list[tuple[str, str]]


class Operation(Struct, frozen=True, kw_only=True):
    """One operation of the document. `path` has its places in braces."""

    method: str
    path: str
    described: Mapping[str, Any]

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def is_json(self) -> bool:
        """Whether its body is JSON; else it is a form."""
        return "application/json" in self.described.get("requestBody", {}).get("content", {})

    def takes(self) -> dict[str, Any]:
        """The schema of all that it takes, as one object."""
        queried = [each for each in self.described["parameters"] if each["in"] == "query"]
        if queried or "requestBody" not in self.described:
            return {
                "type": "object",
                "properties": {each["name"]: each["schema"] for each in queried},
                "required": [each["name"] for each in queried if each.get("required")],
            }
        (content,) = self.described["requestBody"]["content"].values()
        schema: dict[str, Any] = content["schema"]
        return schema

    def faults_in(self, answer: httpx.Response) -> list[str]:
        """What the document does not know of an answer, be it an object or a file."""
        kind = answer.headers["content-type"].partition(";")[0]
        if kind == "application/json":
            return self.faults(answer.status_code, answer.json())
        known = self.described["responses"].get(str(answer.status_code), {}).get("content", {})
        return [] if kind in known else [f"{answer.status_code} {kind} is not documented"]

    def faults(self, status: int, body: Any) -> list[str]:
        """What the document does not know of an answer."""
        answer = self.described["responses"].get(str(status))
        if answer is None:
            return [f"{status} is not documented"]
        if "$ref" in answer:
            answer = DOCUMENT["components"]["responses"][answer["$ref"].rpartition("/")[2]]
        schema = answer["content"]["application/json"]["schema"]
        found = _validator(msgspec.json.encode(schema)).iter_errors(body)
        return [f"{'.'.join(map(str, error.instance_path))}: {error.message[:300]}" for error in found]


@cache
def _validator(schema: bytes) -> Draft202012Validator:
    return Draft202012Validator({"components": DOCUMENT["components"], **msgspec.json.decode(schema)})


@cache
def operations() -> tuple[Operation, ...]:
    """All of the document."""
    return tuple(
        Operation(method=method.upper(), path=path, described=described)
        for path, item in DOCUMENT["paths"].items()
        for method, described in item.items()
    )


@cache
def _patterns() -> tuple[tuple[Operation, re.Pattern[str]], ...]:
    # Fixed addresses before those with places: `/v1/invoices/search` is no invoice.
    found = sorted(operations(), key=lambda each: each.path.count("{"))
    return tuple((each, re.compile(re.sub(r"{\w+}", "[^/]+", each.path))) for each in found)


def operation_of(method: str, path: str) -> Operation | None:
    """The operation of a request to `GET /v1/products/prod_1`, say."""
    return next((each for each, at in _patterns() if each.method == method and at.fullmatch(path)), None)


def undocumented(method: str, path: str, status: int, body: Any) -> list[str]:
    """What our document does not know of an answer. It says nothing of what is not served."""
    operation = operation_of(method, path)
    return [] if operation is None else operation.faults(status, body)


def as_form(value: Any, at: str = "") -> Iterator[tuple[str, str]]:
    """A tree as Stripe's clients write it."""
    if isinstance(value, dict):
        for name, each in value.items():
            yield from as_form(each, f"{at}[{name}]" if at else name)
    elif isinstance(value, list):
        for place, each in enumerate(value):
            yield from as_form(each, f"{at}[{place}]")
    else:
        yield at, str(value).lower() if isinstance(value, bool) else str(value)
