"""Requests to Stripe, judged by its own document: addresses, parameters and their types.

Parameters come as forms do, those of `/v2` as JSON. Forms are read by the schema that the document has for them, as
Stripe reads them: what stands at the end of `items[0][price]` is a word, and it is a number where the schema wants one.
"""

import json
import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any
from urllib.parse import parse_qsl

from jsonschema import Draft202012Validator
from stripe_openapi import converted, operation

_PARTS = re.compile(r"[^\[\]]+")


def request_faults(method: str, path: str, query: str = "", sent: str = "") -> list[str]:
    """What is wrong with a request. Empty where nothing is."""
    asked = operation(method, path)
    if asked is None:
        return [f"Stripe has no {method} {path}"]
    if path.startswith("/v2/") and method == "POST":
        return _faults_of(asked["requestBody"]["content"]["application/json"]["schema"], json.loads(sent or "{}"))
    # What the document has in the body of a DELETE comes in the address: Stripe's own libraries send it there.
    in_address, in_body = (_body_schema, _query_schema) if method == "DELETE" else (_query_schema, _body_schema)
    return [
        *_judged(in_address(method, path), parse_qsl(query, keep_blank_values=True)),
        *_judged(in_body(method, path), parse_qsl(sent, keep_blank_values=True)),
    ]


def nested(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """What a form says, as objects within objects. Lists are objects whose names are numbers."""
    read: dict[str, Any] = {}
    for name, value in pairs:
        *way, last = _PARTS.findall(name)
        spot = read
        for each in way:
            spot = spot.setdefault(each, {})
        if name.endswith("[]"):
            spot, last = spot.setdefault(last, {}), ""
        spot[last or str(len(spot))] = value
    return read


def _judged(schema: Mapping[str, Any], pairs: list[tuple[str, str]]) -> list[str]:
    return _faults_of(schema, _typed(nested(pairs), schema))


def _faults_of(schema: Mapping[str, Any], given: Any) -> list[str]:
    found = Draft202012Validator(converted(schema)).iter_errors(given)
    return [f"{error.json_path}: {error.message[:300]}" for error in found]


@cache
def _body_schema(method: str, path: str) -> Mapping[str, Any]:
    asked = operation(method, path) or {}
    content = asked.get("requestBody", {}).get("content", {})
    for kind in ("application/x-www-form-urlencoded", "multipart/form-data"):
        if kind in content:
            return content[kind]["schema"]  # type: ignore[no-any-return]
    return {"type": "object", "properties": {}, "additionalProperties": False}


@cache
def _query_schema(method: str, path: str) -> Mapping[str, Any]:
    found = [each for each in (operation(method, path) or {}).get("parameters", []) if each["in"] == "query"]
    return {
        "type": "object",
        "properties": {each["name"]: each["schema"] for each in found},
        "required": [each["name"] for each in found if each.get("required")],
        "additionalProperties": False,
    }


def _typed(given: Any, schema: Mapping[str, Any]) -> Any:
    """What was given, as the schema would have it where it can be had that way."""
    ways = schema.get("anyOf")
    if ways is not None:
        readings = [_typed(given, each) for each in ways]
        fitting = (
            read
            for read, way in zip(readings, ways, strict=True)
            if Draft202012Validator(converted(way)).is_valid(read)
        )
        return next(fitting, readings[0])
    kind = schema.get("type")
    if isinstance(given, dict):
        if kind == "array":
            return [_typed(given[each], schema["items"]) for each in sorted(given, key=_place)]
        fields = schema.get("properties", {})
        rest = schema.get("additionalProperties")
        inner = rest if isinstance(rest, dict) else {}
        return {name: _typed(value, fields.get(name, inner)) for name, value in given.items()}
    if kind == "integer" and re.fullmatch(r"-?[0-9]+", given):
        return int(given)
    if kind == "number" and re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", given):
        return float(given)
    if kind == "boolean" and given in ("true", "false"):
        return given == "true"
    return given


def _place(name: str) -> tuple[int, str]:
    return (int(name), "") if name.isdigit() else (-1, name)
