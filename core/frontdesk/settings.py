"""Settings of a plugin: a struct that is read from what a tenant filled in, and that draws its own form.

A field is text, a number, a switch, a choice, a secret or a list of texts; nothing else, so that the forms of all
plugins look alike. `Annotated[str, Meta(title=…, description=…)]` gives a field its label and its help.
"""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any, Literal, TypeVar

import msgspec

from frontdesk.errors import Misconfigured
from frontdesk.secret import Secret
from frontdesk.sentences import _

SettingsT = TypeVar("SettingsT", bound=msgspec.Struct)
Kind = Literal["text", "number", "switch", "choice", "secret", "list"]

MASK = str(Secret(""))
"""What stands in a form for a secret that is set."""

_PATH = re.compile(r" - at `\$\.?(\w*).*`$")
_MISSING = re.compile(r"^Object missing required field `(\w+)`$")


class FormField(msgspec.Struct, frozen=True, kw_only=True):
    """One field of a settings form. `default` is JSON's kind of value, None where there is none or it is secret."""

    name: str
    title: str
    help: str
    kind: Kind
    required: bool
    default: str | int | float | bool | tuple[str, ...] | None = None
    choices: tuple[str, ...] = ()


@cache
def form_fields(settings: type[msgspec.Struct]) -> tuple[FormField, ...]:
    """The fields of a settings struct in their order.

    Raises:
        TypeError: a field is of a kind that no form can show, or a secret has a default other than None.
    """
    schema = msgspec.json.schema(settings, schema_hook=_schema)
    definitions = schema["$defs"]
    described = _followed(schema, definitions)
    required = described.get("required", ())
    return tuple(
        _form_field(name, _followed(each, definitions), name in required)
        for name, each in described["properties"].items()
    )


def decode_settings(settings: type[SettingsT], filled_in: Mapping[str, Any]) -> SettingsT:
    """Settings from stored JSON or from a form, in which numbers and switches are texts.

    An empty text counts as not given. A list may come as one text with an entry on each line. Unknown names are
    passed over, so that a plugin may drop a setting.

    Raises:
        Misconfigured: names the field at fault; no secret is in its message.
    """
    fields = {each.name: each for each in form_fields(settings)}
    given = {
        name: _entries(value) if fields[name].kind == "list" else value
        for name, value in filled_in.items()
        if name in fields and value != ""
    }
    secrets = [
        value for name, value in given.items() if fields[name].kind == "secret" and isinstance(value, str) and value
    ]
    try:
        return msgspec.convert(given, settings, strict=False, dec_hook=_decode)
    except msgspec.ValidationError as error:
        message = str(error)
    # A plugin's own checks may quote what they were given.
    for secret in secrets:
        message = message.replace(secret, MASK)
    raise _misconfigured(message, fields)


def encode_settings(settings: msgspec.Struct, reveal: bool = False) -> dict[str, Any]:
    """Settings as JSON's kinds of values. Secrets are masked unless `reveal`, which is for the vault alone."""
    encoded = msgspec.to_builtins(settings, enc_hook=lambda value: _encode(value, reveal))
    if not isinstance(encoded, dict):
        raise TypeError(f"{type(settings).__name__} is no struct of named fields")
    return encoded


def _misconfigured(message: str, fields: Mapping[str, FormField]) -> Misconfigured:
    if missing := _MISSING.match(message):
        field = fields[missing[1]]
        return Misconfigured(_("{name} is missing."), field.name, parameters={"name": field.title})
    path = _PATH.search(message)
    reason = _PATH.sub("", message)
    if path is None or path[1] not in fields:
        return Misconfigured(reason)
    field = fields[path[1]]
    return Misconfigured("{name}: {reason}", field.name, parameters={"name": field.title, "reason": reason})


def _form_field(name: str, described: Mapping[str, Any], required: bool) -> FormField:
    kind, choices = _kind(name, described)
    default = described.get("default")
    return FormField(
        name=name,
        title=described.get("title", name.replace("_", " ").capitalize()),
        help=described.get("description", ""),
        kind=kind,
        required=required,
        default=tuple(default) if isinstance(default, list) else default,
        choices=choices,
    )


def _kind(name: str, described: Mapping[str, Any]) -> tuple[Kind, tuple[str, ...]]:
    match described:
        case {"enum": choices} if all(isinstance(each, str) for each in choices):
            return "choice", tuple(choices)
        case {"type": "string", "format": "password"}:
            return "secret", ()
        case {"type": "string"}:
            return "text", ()
        case {"type": "integer" | "number"}:
            return "number", ()
        case {"type": "boolean"}:
            return "switch", ()
        case {"type": "array", "items": {"type": "string"}}:
            return "list", ()
    raise TypeError(f"the setting {name} is of a kind that no form can show")


def _followed(schema: Mapping[str, Any], definitions: Mapping[str, Any]) -> dict[str, Any]:
    """A schema with its reference and its "or nothing" resolved; what the field itself says wins."""
    own = dict(schema)
    if "anyOf" in own:
        kinds = [each for each in own.pop("anyOf") if each != {"type": "null"}]
        if len(kinds) == 1:
            return _followed(kinds[0], definitions) | own
    if "enum" in own:
        own["enum"] = [each for each in own["enum"] if each is not None]
    if "$ref" in own:
        target = dict(definitions[own.pop("$ref").removeprefix("#/$defs/")])
        if "enum" in target:
            # An enumeration's title and text are its class's name and docstring: not words for a form.
            target = {"enum": target["enum"]}
        return target | own
    return own


def _entries(value: Any) -> Any:
    if isinstance(value, str):
        return [line.strip() for line in value.splitlines() if line.strip()]
    return value


def _schema(kind: type) -> dict[str, Any]:
    if kind is Secret:
        return {"type": "string", "format": "password"}
    raise TypeError(f"a setting cannot be of type {kind.__name__}")


def _decode(kind: type, value: Any) -> Any:
    if kind is not Secret:
        raise TypeError(f"a setting cannot be of type {kind.__name__}")
    if not isinstance(value, str):
        raise TypeError("Expected a text")
    if value == MASK:
        raise ValueError("Type the secret itself, not the dots that stand for it")
    return Secret(value)


def _encode(value: Any, reveal: bool) -> Any:
    if isinstance(value, Secret):
        return value.reveal() if reveal else MASK
    raise TypeError(f"a setting cannot be of type {type(value).__name__}")
