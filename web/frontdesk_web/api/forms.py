"""Bodies and queries as Stripe's clients write them: `items[0][price]=p&expand[]=customer`, read strictly.

What cannot be read is refused in a sentence; nothing is guessed, and nothing that PostgreSQL could not store gets past.
"""

from typing import Any, TypeAlias
from urllib.parse import unquote_to_bytes

import msgspec

from frontdesk_web.api.errors import ApiError

MAXIMUM_DEPTH = 32
MAXIMUM_MEMBERS = 100
"""Members of one object or list (trust.md §C9)."""
MAXIMUM_PARTS = 1000
MAXIMUM_KEY_BYTES = 1000

Tree: TypeAlias = dict[str, Any]
"""Nested texts: `a[b]=c` is a dict in a dict, `a[]=c` a list. `a[0]=c` is a dict with the key "0" until its schema
says that it is a list."""

_UNREADABLE = (
    "Invalid request (check that your POST content type is application/x-www-form-urlencoded). "
    "The parameters could not be read: {why}."
)


def read_form(raw: bytes) -> Tree:
    """The parameters of a form body or a query string.

    Raises:
        ApiError: they are malformed, too many or too deep.
    """
    tree: Tree = {}
    parts = [part for part in raw.split(b"&") if part]
    if len(parts) > MAXIMUM_PARTS:
        raise ApiError(f"A request has at most {MAXIMUM_PARTS} parameters.")
    for part in parts:
        key, _, value = part.partition(b"=")
        if len(key) > MAXIMUM_KEY_BYTES:
            raise _unreadable("a name is too long")
        _put(tree, _segments(_text(key)), _text(value))
    return tree


def read_json(raw: bytes) -> Tree:
    """The parameters of a JSON body.

    Raises:
        ApiError: it is no JSON object, too large or too deep.
    """
    if not raw:
        return {}
    try:
        tree = msgspec.json.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise ApiError("The request body is not valid JSON.") from None
    if not isinstance(tree, dict):
        raise ApiError("The request body must be a JSON object.")
    _check_members(tree, 1)
    return tree


def _text(raw: bytes) -> str:
    """One percent-encoded name or value."""
    encoded = raw.replace(b"+", b" ")
    if b"%" in encoded:
        for piece in encoded.split(b"%")[1:]:
            if len(piece) < 2 or not all(each in b"0123456789abcdefABCDEF" for each in piece[:2]):
                raise _unreadable("a percent sign is not followed by two hexadecimal digits")
        encoded = unquote_to_bytes(encoded)
    try:
        text = encoded.decode()
    except UnicodeDecodeError:
        raise _unreadable("a value is not valid UTF-8") from None
    if "\x00" in text:
        raise _unreadable("a value contains a NUL character")
    return text


def _segments(key: str) -> list[str]:
    """`items[0][price]` is items, 0, price; `expand[]` is expand and an empty one."""
    name, bracket, rest = key.partition("[")
    if not name or "]" in name:
        raise _unreadable(f"'{key[:100]}' is not the name of a parameter")
    if not bracket:
        return [name]
    if not rest.endswith("]"):
        raise _unreadable(f"the brackets of '{key[:100]}' do not match")
    inner = rest[:-1].split("][")
    if len(inner) >= MAXIMUM_DEPTH:
        raise _unreadable(f"parameters are nested more than {MAXIMUM_DEPTH} levels deep")
    if any("[" in each or "]" in each for each in inner):
        raise _unreadable(f"the brackets of '{key[:100]}' do not match")
    return [name, *inner]


def _put(tree: Tree, segments: list[str], value: str) -> None:
    node: Any = tree
    for place, segment in enumerate(segments):
        last = place == len(segments) - 1
        following = None if last else segments[place + 1]
        if isinstance(node, list):
            node = _step_into_list(node, last, following, value)
        else:
            node = _step_into_dict(node, segment, last, following, value)
        if len(node if isinstance(node, list | dict) else ()) > MAXIMUM_MEMBERS:
            raise _unreadable(f"an object or a list has at most {MAXIMUM_MEMBERS} members")


def _step_into_dict(node: Tree, segment: str, last: bool, following: str | None, value: str) -> Any:
    if segment == "":
        raise _unreadable("a list is also used as an object")
    if last:
        if isinstance(node.get(segment), dict | list):
            raise _unreadable(f"'{segment[:100]}' is given both as a value and as an object")
        node[segment] = value
        return node
    child = node.setdefault(segment, [] if following == "" else {})
    if not isinstance(child, list if following == "" else dict):
        raise _unreadable(f"'{segment[:100]}' is given in two different forms")
    return child


def _step_into_list(node: list[Any], last: bool, following: str | None, value: str) -> Any:
    """`a[][b]=1&a[][c]=2` goes on in the same member until a name comes again."""
    if last:
        node.append(value)
        return node
    if not node or not isinstance(node[-1], dict) or following in node[-1]:
        node.append({})
    if len(node) > MAXIMUM_MEMBERS:
        raise _unreadable(f"an object or a list has at most {MAXIMUM_MEMBERS} members")
    return node[-1]


def _check_members(node: Any, depth: int) -> None:
    if isinstance(node, str):
        if "\x00" in node:
            raise ApiError("The request body contains a NUL character.")
        return
    if not isinstance(node, dict | list):
        return
    if depth > MAXIMUM_DEPTH:
        raise ApiError(f"A request body is nested at most {MAXIMUM_DEPTH} levels deep.")
    if len(node) > MAXIMUM_MEMBERS:
        raise ApiError(f"An object or a list has at most {MAXIMUM_MEMBERS} members.")
    for each in node:
        _check_members(each, depth + 1)
    if isinstance(node, dict):
        for each in node.values():
            _check_members(each, depth + 1)


def _unreadable(why: str) -> ApiError:
    return ApiError(_UNREADABLE.format(why=why))
