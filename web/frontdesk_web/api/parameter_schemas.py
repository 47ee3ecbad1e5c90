"""Each kind of parameter as a JSON Schema, as the OpenAPI document writes it."""

from collections.abc import Iterator, Mapping
from typing import Any

from frontdesk_web.api.parameters import (
    LAST_INSTANT,
    Absent,
    Choice,
    Flag,
    Group,
    Instant,
    Keyed,
    Many,
    Metadata,
    Number,
    Required,
    SpanOf,
    Text,
    Whole,
)

_EMPTY: dict[str, Any] = {"type": "string", "enum": [""]}
_INSTANT: dict[str, Any] = {"type": "integer", "minimum": 0, "maximum": LAST_INSTANT, "description": "Unix seconds."}


def schema_of(parameter: Any) -> dict[str, Any]:
    """The values that a parameter takes.

    Raises:
        LookupError: it is of a kind that nobody has described yet.
    """
    match parameter:
        case Required(of=inner):
            return schema_of(inner)
        case Text(maximum=maximum, clears=clears):
            return {"type": "string", "minLength": 0 if clears else 1, "maxLength": maximum}
        case Choice(of=words, clears=clears):
            return {"type": "string", "enum": [*words, *([""] if clears else [])]}
        case Flag():
            return {"type": "boolean"}
        case Number():
            return {"type": "string", "pattern": r"^-?[0-9]{1,19}(\.[0-9]{1,20})?$", "description": "A decimal number."}
        case SpanOf():
            bounds = dict.fromkeys(("gt", "gte", "lt", "lte"), _INSTANT)
            return {"anyOf": [_INSTANT, {"type": "object", "properties": bounds, "additionalProperties": False}]}
        case Metadata():
            text = {"type": "string", "maxLength": 500}
            names = {"minLength": 1, "maxLength": 40}
            return _cleared({"type": "object", "additionalProperties": text, "propertyNames": names}, clears=True)
    return _of_several(parameter)


def _of_several(parameter: Any) -> dict[str, Any]:
    match parameter:
        case Whole(minimum=minimum, maximum=maximum, clears=clears):
            return _cleared({"type": "integer", "minimum": minimum, "maximum": maximum}, clears)
        case Instant(words=words, clears=clears):
            named = [{"type": "string", "enum": list(words)}] if words else []
            return _cleared({"anyOf": [_INSTANT, *named]} if named else _INSTANT, clears)
        case Group(of=of, clears=clears):
            return _cleared(_object(of), clears)
        case Many(of=of, clears=clears, maximum=maximum):
            return _cleared({"type": "array", "items": schema_of(of), "maxItems": maximum}, clears)
        case Keyed(of=of, clears=clears, maximum=maximum):
            keyed = {"type": "object", "additionalProperties": schema_of(of), "maxProperties": maximum}
            return _cleared(keyed, clears)
    described = getattr(parameter, "schema", None)
    if described is None:
        raise LookupError(f"{type(parameter).__name__} needs a `schema()`: the values that it takes, as JSON Schema")
    own: dict[str, Any] = described()
    return own


def absent_in(takes: Mapping[str, Any], at: str = "") -> Iterator[str]:
    """The parameters among some that are refused, in bracket notation."""
    for name, parameter in takes.items():
        here = f"{at}[{name}]" if at else name
        while isinstance(parameter, Required | Many):
            here += "[]" if isinstance(parameter, Many) else ""
            parameter = parameter.of
        if isinstance(parameter, Absent):
            yield here
        elif isinstance(parameter, Group):
            yield from absent_in(parameter.of, here)


def _object(takes: Mapping[str, Any]) -> dict[str, Any]:
    served = {name: each for name, each in takes.items() if not isinstance(each, Absent)}
    needed = sorted(name for name, each in served.items() if isinstance(each, Required))
    return {
        "type": "object",
        "properties": {name: schema_of(each) for name, each in served.items()},
        "additionalProperties": False,
        **({"required": needed} if needed else {}),
    }


def _cleared(schema: dict[str, Any], clears: bool) -> dict[str, Any]:
    return {"anyOf": [schema, _EMPTY]} if clears else schema
