"""The schemas of the objects that we answer with, cut from Stripe's own OpenAPI document to the fields that we serve.

`data/served_fields.txt` says which: a line names a schema of Stripe's and its fields, `field?` where it may be left out
and `field-` where it is always null; `*` are all that Stripe has, each of which may be left out. A schema that is not
listed is not served: what refers to it loses that way, and a list of it is empty. `make schemas` writes them
to where the API reads it (`frontdesk_web.api.answer_schemas`); what Stripe's document does not have is written there by
hand.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
from stripe_openapi import document

from frontdesk_web.api.answer_schemas import ADDED, CUT
from frontdesk_web.api.discount_expansion import HELD
from frontdesk_web.api.expansions import EXPANDABLE

TABLE = Path(__file__).parent / "data" / "served_fields.txt"
_KEPT = ("type", "format", "enum", "maxLength", "minimum", "maximum")
_ANY_TEXT = 5000
"""The longest text that Stripe answers with where it does not care: not worth being said of each."""
ALL = "*"


class NotServed(Exception):
    """What a property may be refers to nothing that we serve."""


def served() -> dict[str, list[str]]:
    """The fields by schema, as they are marked in the table."""
    table = re.sub(r"(?m)^#.*\n", "", TABLE.read_text())
    lines = re.sub(r"\n +", " ", table).splitlines()
    return {name: fields.split() for name, _, fields in (line.partition(":") for line in lines if line)}


def cut() -> dict[str, Any]:
    """Each schema of the table, as JSON Schema 2020-12."""
    table = served()
    return {name: _Cutter(table).object(name, fields) for name, fields in sorted(table.items())}


def expandable() -> set[tuple[str, str]]:
    """What is an id, or the whole object where somebody asks for it: by schema and property."""
    named = {_place(kind, path.split(".")) for kind, paths in EXPANDABLE.items() for path in paths}
    return named | set(HELD) | {("discounts_resource_discount_amount", "discount"), ("subscription", "schedule")}


def _place(schema: str, names: Sequence[str]) -> tuple[str, str]:
    """Where a path leads that begins in a schema."""
    for name in names[:-1]:
        (schema,) = references(document()["components"]["schemas"][schema]["properties"][name])
    return schema, names[-1]


class _Cutter:
    def __init__(self, served: Mapping[str, list[str]]) -> None:
        self.served = served
        self.expandable = expandable()

    def object(self, name: str, fields: list[str]) -> dict[str, Any]:
        whole = document()["components"]["schemas"][name]["properties"]
        if fields == [ALL]:
            fields = [f"{each}?" for each in sorted(whole)]
        properties, required = {}, []
        for field in fields:
            plain = field.rstrip("?-")
            if "?" not in field:
                required.append(plain)
            if plain not in ADDED.get(name, {}):
                properties[plain] = {"type": "null"} if field.endswith("-") else self.property(name, plain)
        return _closed(properties, required)

    def property(self, schema: str, name: str) -> dict[str, Any]:
        """One of a schema's. Raises NotServed."""
        whole = document()["components"]["schemas"][schema]["properties"][name]
        try:
            return self.value(whole if (schema, name) in self.expandable else _as_id(whole))
        except NotServed as error:
            raise NotServed(f"{schema}.{name} is {error}, which the table does not have") from error

    def value(self, schema: Mapping[str, Any]) -> dict[str, Any]:
        """Raises NotServed."""
        cut = self._value(schema)
        return _or_null(cut) if schema.get("nullable") else cut

    def _value(self, schema: Mapping[str, Any]) -> dict[str, Any]:
        if "$ref" in schema:
            name = schema["$ref"].rpartition("/")[2]
            if name not in self.served:
                raise NotServed(name)
            return {"$ref": schema["$ref"]}
        if "anyOf" in schema:
            return self._any(schema["anyOf"])
        kept = {key: schema[key] for key in _KEPT if key in schema and schema[key] != _ANY_TEXT}
        if "items" in schema:
            try:
                kept["items"] = self.value(schema["items"])
            except NotServed:
                kept["maxItems"] = 0
        if "properties" in schema:
            inner = {name: self.value(each) for name, each in schema["properties"].items()}
            return _closed(inner, schema.get("required", ()))
        if isinstance(schema.get("additionalProperties"), dict):
            kept["additionalProperties"] = self.value(schema["additionalProperties"])
        return kept

    def _any(self, ways: list[Mapping[str, Any]]) -> dict[str, Any]:
        found, lost = [], NotServed("nothing")
        for each in ways:
            try:
                found.append(self.value(each))
            except NotServed as error:
                lost = error
        if not found:
            raise lost
        return found[0] if len(found) == 1 else {"anyOf": found}


def _closed(properties: Mapping[str, Any], required: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": dict(properties),
        **({"required": sorted(required)} if required else {}),
        "additionalProperties": False,
    }


def _as_id(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """What is an id or an object, as an id."""
    if "items" in schema:
        return {**schema, "items": _as_id(schema["items"])}
    texts = [each for each in schema.get("anyOf", ()) if each.get("type") == "string"]
    return {**schema, "anyOf": texts} if texts else schema


def _or_null(schema: Mapping[str, Any]) -> dict[str, Any]:
    if "enum" in schema:
        return {**schema, "type": [schema["type"], "null"], "enum": [*schema["enum"], None]}
    if isinstance(schema.get("type"), str):
        return {**schema, "type": [schema["type"], "null"]}
    ways = schema["anyOf"] if list(schema) == ["anyOf"] else [dict(schema)]
    return {"anyOf": [*ways, {"type": "null"}]}


def written() -> bytes:
    """The schemas as they are kept: one a line, so that a change of one shows as that."""
    lines = (f"{_json(name)}:{_json(schema)}" for name, schema in cut().items())
    return b"{\n" + ",\n".join(lines).encode() + b"\n}\n"


def _json(value: Any) -> str:
    return msgspec.json.encode(value, order="deterministic").decode()


def references(schema: Any) -> Iterator[str]:
    """The names of the schemas that a schema refers to."""
    if isinstance(schema, Mapping):
        if "$ref" in schema:
            yield schema["$ref"].rpartition("/")[2]
        for each in schema.values():
            yield from references(each)
    elif isinstance(schema, list):
        for each in schema:
            yield from references(each)


if __name__ == "__main__":
    CUT.write_bytes(written())
