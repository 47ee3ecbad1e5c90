"""What an endpoint takes, as frozen tables: each parameter's type, limits, and whether it can be cleared.

A table turns given texts (or JSON values) into typed values under the same names. What is left out stays out; what is
cleared with an empty text (or null) is None. Stripe's sentences are used word for word where they are known.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Protocol

from msgspec import Struct

from frontdesk_web.api.errors import ApiError, missing_param, unknown_params

WHOLE = re.compile(r"-?[0-9]{1,19}", re.ASCII)
DECIMAL = re.compile(r"-?[0-9]{1,19}(\.[0-9]{1,20})?", re.ASCII)
LARGEST = 2**63 - 1
LAST_INSTANT = 253_402_300_799
"""The end of the year 9999."""


class Parameter(Protocol):
    """One kind of parameter. `read` gives the typed value, or raises ApiError naming `at`."""

    def read(self, given: Any, at: str) -> Any: ...


class Required(Struct, frozen=True):
    """A parameter that must be given."""

    of: Any

    def read(self, given: Any, at: str) -> Any:
        """See `Parameter.read`."""
        return self.of.read(given, at)


class Text(Struct, frozen=True, kw_only=True):
    """A text. `clears`: an empty one unsets; otherwise it is refused."""

    maximum: int = 5000
    clears: bool = False

    def read(self, given: Any, at: str) -> str | None:
        """See `Parameter.read`."""
        if given is None or given == "":
            _refuse_empty(self.clears, at)
            return None
        if not isinstance(given, str):
            raise ApiError(f"Invalid string: {_shown(given)}", param=at)
        if len(given) > self.maximum:
            raise ApiError(
                f"Invalid string: {given[:20]}...{given[-10:]}; must be at most {self.maximum} characters",
                param=at,
            )
        return given


class Upload(Struct, frozen=True):
    """A file of a multipart form. What is read of it here only tells it from any other (`calls.Call.uploaded`)."""

    def read(self, given: Any, at: str) -> str:
        """See `Parameter.read`."""
        return str(Text(maximum=100).read(given, at))

    def schema(self) -> dict[str, Any]:
        """Bytes."""
        return {"type": "string", "format": "binary"}


class Choice(Struct, frozen=True, kw_only=True):
    """One of some words."""

    of: tuple[str, ...]
    clears: bool = False

    def read(self, given: Any, at: str) -> str | None:
        """See `Parameter.read`."""
        if given is None or given == "":
            _refuse_empty(self.clears, at)
            return None
        if given not in self.of:
            raise ApiError(f"Invalid {_name(at)}: must be one of {_listed(self.of)}", param=at)
        return str(given)


class Flag(Struct, frozen=True):
    """`true` or `false`, nothing else."""

    def read(self, given: Any, at: str) -> bool:
        """See `Parameter.read`."""
        if isinstance(given, bool):
            return given
        if given not in ("true", "false"):
            raise ApiError(f"Invalid boolean: {_shown(given)}", param=at)
        return bool(given == "true")


class Whole(Struct, frozen=True, kw_only=True):
    """An integer from `minimum` to `maximum`."""

    minimum: int = 0
    maximum: int = LARGEST
    clears: bool = False

    def read(self, given: Any, at: str) -> int | None:
        """See `Parameter.read`."""
        if given is None or given == "":
            _refuse_empty(self.clears, at)
            return None
        text = str(given) if isinstance(given, int) and not isinstance(given, bool) else given
        if not isinstance(text, str) or not WHOLE.fullmatch(text) or abs(int(text)) > LARGEST:
            raise ApiError(f"Invalid integer: {_shown(given)}", code="parameter_invalid_integer", param=at)
        number = int(text)
        if number < self.minimum or number > self.maximum:
            bound = (
                f"greater than or equal to {self.minimum}"
                if number < self.minimum
                else f"less than or equal to {self.maximum}"
            )
            raise ApiError(f"This value must be {bound}.", code="parameter_invalid_integer", param=at)
        return number


class Number(Struct, frozen=True):
    """A decimal number of at most 12 places."""

    def read(self, given: Any, at: str) -> Decimal:
        """See `Parameter.read`."""
        text = str(given) if isinstance(given, int | float) and not isinstance(given, bool) else given
        if not isinstance(text, str) or not DECIMAL.fullmatch(text):
            raise ApiError(f"Invalid decimal: {_shown(given)}", param=at)
        return Decimal(text)


class Instant(Struct, frozen=True, kw_only=True):
    """Unix seconds. `words` are texts that stand for an instant and are given back as they are."""

    words: tuple[str, ...] = ()
    clears: bool = False

    def read(self, given: Any, at: str) -> datetime | str | None:
        """See `Parameter.read`."""
        if given is None or given == "":
            _refuse_empty(self.clears, at)
            return None
        if given in self.words:
            return str(given)
        text = str(given)
        if not WHOLE.fullmatch(text) or not 0 <= int(text) <= LAST_INSTANT:
            raise ApiError(f"Invalid timestamp: {_shown(given)}. Must be an integer Unix timestamp.", param=at)
        return datetime.fromtimestamp(int(text), UTC)


class Group(Struct, frozen=True, kw_only=True):
    """An object with parameters of its own."""

    of: Mapping[str, Any]
    clears: bool = False

    def read(self, given: Any, at: str) -> dict[str, Any] | None:
        """See `Parameter.read`."""
        if given is None or given == "":
            _refuse_empty(self.clears, at)
            return None
        if not isinstance(given, dict):
            raise ApiError("Invalid object", param=at)
        return read(self.of, given, at)


class Many(Struct, frozen=True, kw_only=True):
    """A list. `[]` and `[0]`, `[1]` both write one; `clears`: an empty text empties it."""

    of: Any
    clears: bool = False
    maximum: int = 100

    def read(self, given: Any, at: str) -> tuple[Any, ...]:
        """See `Parameter.read`."""
        if given is None or given == "":
            _refuse_empty(self.clears, at)
            return ()
        if isinstance(given, dict):
            if not given or not all(WHOLE.fullmatch(key) and not key.startswith("-") for key in given):
                raise ApiError("Invalid array", param=at)
            given = [given[key] for key in sorted(given, key=int)]
        if not isinstance(given, list):
            raise ApiError("Invalid array", param=at)
        if len(given) > self.maximum:
            raise ApiError(f"Array too long: at most {self.maximum} elements.", param=at)
        return tuple(self.of.read(each, f"{at}[{place}]") for place, each in enumerate(given))


class Keyed(Struct, frozen=True, kw_only=True):
    """An object whose names are the caller's, and whose values are all alike. `clears`: an empty text empties it."""

    of: Any
    clears: bool = False
    maximum: int = 200

    def read(self, given: Any, at: str) -> dict[str, Any]:
        """See `Parameter.read`."""
        if given is None or given == "":
            _refuse_empty(self.clears, at)
            return {}
        if not isinstance(given, dict):
            raise ApiError("Invalid object", param=at)
        if len(given) > self.maximum:
            raise ApiError(f"Object too large: at most {self.maximum} keys.", param=at)
        return {name: self.of.read(value, f"{at}[{name[:40]}]") for name, value in given.items()}


class Metadata(Struct, frozen=True):
    """Keys and values of the caller's own. An empty value deletes its key; None means that all were cleared."""

    def read(self, given: Any, at: str) -> dict[str, str | None] | None:
        """See `Parameter.read`."""
        if given is None or given == "":
            return None
        if not isinstance(given, dict):
            raise ApiError("Invalid object", param=at)
        for key, value in given.items():
            if not key or len(key) > 40:
                raise ApiError(
                    f"Metadata keys must be at most 40 characters long; '{key[:50]}' is {len(key)}.", param=at
                )
            if value is not None and not isinstance(value, str):
                raise ApiError("Metadata values must be strings.", param=f"{at}[{key}]")
            if value is not None and len(value) > 500:
                raise ApiError(
                    f"Metadata values can have up to 500 characters, but you passed in a value that is {len(value)} "
                    f"characters. Invalid value: {value[:30]}...",
                    param=f"{at}[{key}]",
                )
        return {key: value or None for key, value in given.items()}


class Absent(Struct, frozen=True, kw_only=True):
    """Something that Stripe has and Frontdesk does not have yet: refused in a sentence, unless it asks for nothing.

    `what` begins the sentence "… not available yet." with its verb: "Coupons are". `instead` is a sentence about what
    does the same here.
    """

    what: str
    harmless: tuple[Any, ...] = ("",)
    instead: str = ""

    def read(self, given: Any, at: str) -> None:
        """See `Parameter.read`."""
        asked = {"true": "true", "false": "false"}.get(str(given).lower(), given) if isinstance(given, bool) else given
        if asked is None or asked in self.harmless or asked == {"enabled": "false"} or asked == {"enabled": False}:
            return
        raise ApiError(f"{self.what} not available yet. {self.instead}".rstrip(), param=at)


class SpanOf(Struct, frozen=True):
    """An interval of instants in a list's filter: `created=123` or `created[gte]=123`."""

    def read(self, given: Any, at: str) -> dict[str, datetime]:
        """See `Parameter.read`."""
        if isinstance(given, dict):
            bounds: dict[str, datetime] = read(dict.fromkeys(("gt", "gte", "lt", "lte"), Instant()), given, at)
            return bounds
        instant = Instant().read(given, at)
        assert isinstance(instant, datetime)
        return {"gte": instant, "lte": instant}


def read(table: Mapping[str, Any], given: Mapping[str, Any], at: str = "") -> dict[str, Any]:
    """The typed values of what was given. Unknown names are refused first, then missing ones, as Stripe does.

    Raises:
        ApiError: something is unknown, missing or cannot be read.
    """
    unknown = [_below(at, name) for name in given if name not in table]
    if unknown:
        raise unknown_params(unknown)
    for name, parameter in table.items():
        if isinstance(parameter, Required) and name not in given:
            raise missing_param(_below(at, name))
    values = {name: table[name].read(value, _below(at, name)) for name, value in given.items()}
    return {name: value for name, value in values.items() if not isinstance(table[name], Absent)}


def _below(at: str, name: str) -> str:
    return f"{at}[{name}]" if at else name[:200]


def _name(at: str) -> str:
    """The innermost name that is no index: `items[0][price]` is `price`."""
    names = [each for each in at.replace("]", "").split("[") if each and not each.isdigit()]
    return names[-1] if names else at


def _refuse_empty(clears: bool, at: str) -> None:
    if not clears:
        raise ApiError(
            f"You passed an empty string for '{at}'. We assume empty values are an attempt to unset a parameter; "
            f"however '{at}' cannot be unset. You should remove '{at}' from your request or supply a non-empty value.",
            code="parameter_invalid_empty",
            param=at,
        )


def _listed(words: tuple[str, ...]) -> str:
    if len(words) < 3:
        return " or ".join(words)
    return f"{', '.join(words[:-1])}, or {words[-1]}"


def _shown(given: Any) -> str:
    return given[:50] if isinstance(given, str) else type(given).__name__
