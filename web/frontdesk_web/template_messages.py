"""The messages in a template: finding every `_("…")`, and writing its translation into the source.

Translating when a template is loaded, once per language, means that no Python runs for it when a page is rendered:
`_("Renews on {date}", date=plan.renews)` becomes the template expression `("Verlängert sich am " ~ (plan.renews))`.
The result is escaped like every other value. Messages are literal strings; a call without a literal is an error.
"""

import json
import re
from collections.abc import Callable, Iterator

import msgspec

RIGHT_TO_LEFT_MARK = "\u200f"
"""Before a sentence from right to left that begins with a place: HTML goes by the first letter, whoever wrote it."""
ISOLATE, ISOLATE_END = "\u2068", "\u2069"
"""Around a name, an amount or an address in a sentence that runs from right to left: what is between them finds its own
direction and leaves that of the sentence alone (Unicode's FIRST STRONG ISOLATE)."""

_OPENING = re.compile(r"(?<![\w.])_\(")
_LITERAL = re.compile(r"""\s*("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')\s*""")
_NAMED = re.compile(r"\s*([a-z_]+)\s*=(?!=)(.*)", re.DOTALL)
_PLACE = re.compile(r"\{([a-z_]+)\}")


class MessageCall(msgspec.Struct, frozen=True, kw_only=True):
    """One `_()` of a template: its message, the expressions for its places, and where it stands in the source."""

    message: str
    expressions: dict[str, str]
    start: int
    end: int


class MessageCallInvalid(ValueError):
    """A `_()` that cannot be translated ahead; the text names the line."""


def message_calls(source: str) -> Iterator[MessageCall]:
    """Every `_("…")` in a template's source, in order. Raises `MessageCallInvalid`."""
    for opening in _OPENING.finditer(source):
        line = source.count("\n", 0, opening.start()) + 1
        arguments, end = _arguments(source, opening.end(), line)
        literal = _LITERAL.fullmatch(arguments[0])
        if literal is None:
            raise MessageCallInvalid(f"line {line}: the message of _() must be one literal string")
        message = literal[1][1:-1].replace("\\" + literal[1][0], literal[1][0])
        expressions = {}
        for argument in arguments[1:]:
            named = _NAMED.fullmatch(argument)
            if named is None:
                raise MessageCallInvalid(
                    f"line {line}: places of _() are filled by name, as in _('… {{date}}', date=…)"
                )
            expressions[named[1]] = named[2].strip()
        if set(expressions) != places(message):
            raise MessageCallInvalid(f"line {line}: {message!r} has the places {sorted(places(message))}")
        yield MessageCall(message=message, expressions=expressions, start=opening.start(), end=end)


def places(message: str) -> set[str]:
    """The names of a message's `{places}`."""
    return set(_PLACE.findall(message))


def is_isolated(place: str) -> bool:
    """Whether a place is set apart in sentences from right to left. Codes are digits, and are copied as they are."""
    return place != "code"


def translated(source: str, translate: Callable[[str], str], isolated: bool = False) -> str:
    """The template's source with every `_()` replaced by an expression that yields the translation; its places are
    `isolated` in a language that is written from right to left."""
    parts, position = [], 0
    for call in message_calls(source):
        parts += [source[position : call.start], _expression(translate(call.message), call.expressions, isolated)]
        position = call.end
    return "".join([*parts, source[position:]])


def _expression(text: str, expressions: dict[str, str], isolated: bool) -> str:
    terms = [f'"{RIGHT_TO_LEFT_MARK}"'] if isolated and text.startswith("{") else []
    for index, piece in enumerate(_PLACE.split(text)):
        if not index % 2:
            terms += [json.dumps(piece, ensure_ascii=False)] if piece else []
        elif isolated and is_isolated(piece):
            terms += [f'"{ISOLATE}"', f"({expressions[piece]})", f'"{ISOLATE_END}"']
        else:
            terms.append(f"({expressions[piece]})")
    return f"({' ~ '.join(terms)})"


def _arguments(source: str, start: int, line: int) -> tuple[list[str], int]:
    """The comma-separated arguments from `start` to the closing parenthesis, and the position behind it."""
    arguments: list[str] = []
    begin, depth, quote, position = start, 0, "", start
    while position < len(source):
        character = source[position]
        if quote:
            if character == "\\":
                position += 1
            elif character == quote:
                quote = ""
        elif character in "\"'":
            quote = character
        elif character in "([{":
            depth += 1
        elif character == ")" and depth == 0:
            return [*arguments, source[begin:position]], position + 1
        elif character in ")]}":
            depth -= 1
        elif character == "," and depth == 0:
            arguments.append(source[begin:position])
            begin = position + 1
        position += 1
    raise MessageCallInvalid(f"line {line}: _() is never closed")
