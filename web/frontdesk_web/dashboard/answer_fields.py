"""The objects that the API answers with, field by field, as the reference shows them: made of the same schemas as the
OpenAPI document."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from msgspec import Struct

from frontdesk_web.api.answer_schemas import Schema, answer_schemas
from frontdesk_web.api.calls import Endpoint
from frontdesk_web.api.documented_answers import kind_of
from frontdesk_web.messages import translate

MOST_WORDS = 12
"""So many words of a choice are shown."""
_MOST_FIELDS = 40
"""What has more fields than these, all of which may be missing, has one for each country, say."""
_NULL = {"type": "null"}


class FieldRow(Struct, frozen=True, kw_only=True):
    """A field by its way from the object, and what it holds in words."""

    name: str
    holds: str


class ObjectRow(Struct, frozen=True, kw_only=True):
    """An object of the API. `name` is what its field `object` says; `empty` are its fields that are always null."""

    id: str
    name: str
    fields: tuple[FieldRow, ...]
    empty: tuple[str, ...]


def object_id(kind: str) -> str:
    """Where an object stands on its page."""
    return f"object-{kind.replace('.', '-')}"


def objects_of(endpoints: Sequence[Endpoint], locale: str) -> tuple[ObjectRow, ...]:
    """What some endpoints are about, by name."""
    kinds = sorted({kind for each in endpoints if (kind := kind_of(each.path)) is not None})
    return tuple(_object(kind, locale) for kind in kinds)


@cache
def _object(kind: str, locale: str) -> ObjectRow:
    found = tuple(_fields(answer_schemas()[kind]))
    return ObjectRow(
        id=object_id(kind),
        name=kind,
        fields=tuple(FieldRow(name=name, holds=_words(held, locale)) for name, held in found if held != _NULL),
        empty=tuple(name for name, held in found if held == _NULL),
    )


def _fields(schema: Schema, at: str = "") -> Iterator[tuple[str, Schema]]:
    """The fields of an object, those of what lies within it and is no object of its own among them."""
    properties: Mapping[str, Schema] = schema["properties"]
    for name in sorted(properties, key=lambda each: (each not in ("id", "object"), each)):
        here, held = f"{at}.{name}" if at else name, properties[name]
        inner, nullable, many = _within(held)
        if inner is None:
            yield here, held
            continue
        if nullable:
            yield here, {"anyOf": [inner, _NULL]}
        yield from _fields(inner, f"{here}[]" if many else here)


def _ways(schema: Schema) -> tuple[list[Schema], bool]:
    """What a field may be, and whether it may be null besides."""
    ways = [each for each in schema.get("anyOf", [schema]) if each != _NULL]
    kinds = schema.get("type", ())
    return ways or [_NULL], len(ways) < len(schema.get("anyOf", ())) or (kinds != "null" and "null" in kinds)


def _within(schema: Schema) -> tuple[Schema | None, bool, bool]:
    """What a field holds if that is to be shown field by field; whether it may be null, and whether it is a list."""
    ways, nullable = _ways(schema)
    many = len(ways) == 1 and "items" in ways[0]
    found = _resolved(ways[0]["items"] if many else ways[0])
    fields = found.get("properties", {})
    a_map = len(fields) > _MOST_FIELDS and "required" not in found
    if len(ways) > 1 or not fields or "object" in fields or a_map:
        return None, nullable, many
    return found, nullable, many


def _resolved(schema: Schema) -> Schema:
    return answer_schemas()[_name(schema)] if "$ref" in schema else schema


def _name(schema: Schema) -> str:
    return str(schema["$ref"].rpartition("/")[2])


def _words(schema: Schema, locale: str) -> str:
    """What a field holds that is shown as a whole."""
    ways, nullable = _ways(schema)
    objects = [_name(each) for each in ways if "$ref" in each and not _name(each).startswith("deleted_")]
    if len(ways) > 1 and objects:
        said = translate(locale, "id, or {objects} where it is expanded", objects=", ".join(objects))
    else:
        said = ", ".join(_way(each, locale) for each in ways)
    return translate(locale, "{what}, or null", what=said) if nullable else said


def _way(schema: Schema, locale: str) -> str:
    resolved = _resolved(schema)
    if "$ref" in schema and "object" in resolved.get("properties", {}):
        return _name(schema)
    schema = _resolved(schema)
    if "const" in schema:
        return _literal(schema["const"])
    if "enum" in schema:
        words = [_literal(each) for each in schema["enum"] if each is not None]
        if len(words) == 1:
            return words[0]
        more = ", …" if len(words) > MOST_WORDS else ""
        return translate(locale, "one of {words}", words=", ".join(words[:MOST_WORDS]) + more)
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    match next((each for each in kinds if each != "null"), "null"):
        case "array" if "items" in schema:
            return translate(locale, "list: {what}", what=_words(schema["items"], locale))
        case "array":
            return translate(locale, "empty list")
        case "object":
            return _map_or_list(schema, locale)
        case "integer" if schema.get("format") == "unix-time":
            return translate(locale, "Unix seconds")
        case kind:
            return _plain(kind, locale)


def _map_or_list(schema: Schema, locale: str) -> str:
    properties = schema.get("properties", {})
    data = properties.get("data", {})
    listed = data.get("items")
    if listed is not None:
        return translate(locale, "list: {what}", what=_words(listed, locale))
    return translate(locale, "the following fields" if "required" in schema else "keys and values")


def _plain(kind: str, locale: str) -> str:
    return {
        "boolean": translate(locale, "true or false"),
        "integer": translate(locale, "whole number"),
        "null": translate(locale, "null"),
        "number": translate(locale, "number"),
        "string": translate(locale, "text"),
    }[kind]


def _literal(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
