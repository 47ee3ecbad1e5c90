"""Sections of a page that are rendered once for all who are shown the same in them, and filled with their texts.

Most of what rendering costs is the engine's asking Python for one value after the other, and turning between its text,
Python's and bytes. So a section is rendered with a mark for every text and kept, cut up at the marks, under its shape:
what there is, how much of it, and which texts are empty. Nothing of a customer's is in it. Whoever is shown the same
things, be they the next customer's, gets the cuttings with their own texts between.

It rests on what a section's template may do with a text: print it, or ask whether there is one. What a text says, it
may not ask: a mark says nothing.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import count
from operator import itemgetter

import minijinja
import msgspec
from msgspec import Struct

from frontdesk.ids import random_token
from frontdesk_web.rendering import Page, Renderer

KEPT = 1024
"""Moulds that a process keeps, of some five kilobytes each. A tenant's customers need a few dozen for each language."""
MOST_TEXTS = 1000
"""What has more of them is rendered as it is: few have as much, and none the same."""

# Random, so that nothing that a tenant or a customer wrote can hold one.
_MARK = random_token(32)
_MARKS = re.compile(rf"{_MARK}(\d+)\.".encode())
_ESCAPED = {each: minijinja.render_str("{{ text|escape }}", text=each).encode() for each in "&<>'/\""}
"""What the engine writes for a character. The first is in all that is written, so it has its turn first."""
_REPLACED = tuple((each.encode(), written) for each, written in _ESCAPED.items() if each != '"')
_JSON_ESCAPE = re.compile(rb"\\(?:u([0-9a-f]{4})|(.))")
_JSON_SHORT = {
    b'"': _ESCAPED['"'],
    b"\\": b"\\",
    b"b": b"\b",
    b"f": b"\f",
    b"n": b"\n",
    b"r": b"\r",
    b"t": b"\t",
}
_encode_lines = msgspec.json.Encoder().encode_lines


def told_lines(sections: Sequence[object]) -> list[bytes]:
    """Each section as JSON in which texts stand as they do in HTML: every quotation mark begins or ends one."""
    told = _encode_lines(sections)
    for character, written in _REPLACED:
        told = told.replace(character, written)
    # Where a line ends is found in long steps; `split` goes from byte to byte.
    lines, start = [], 0
    for _ in sections:
        end = told.index(b"\n", start)
        lines.append(told[start:end])
        start = end + 1
    if b"\\" in told:
        lines = [_JSON_ESCAPE.sub(_unescaped, each) for each in lines]
    return lines


def _unescaped(found: re.Match[bytes]) -> bytes:
    return _JSON_SHORT[found[2]] if found[1] is None else chr(int(found[1], 16)).encode()


class Mould(Struct, frozen=True):
    """A section with open places: `cuttings` has one at every second place, `texts` finds what goes there."""

    cuttings: list[bytes]
    texts: Callable[[list[bytes]], Sequence[bytes]]

    def filled(self, texts: list[bytes]) -> list[bytes]:
        """The section in pieces."""
        pieces = self.cuttings.copy()
        pieces[1::2] = self.texts(texts)
        return pieces


class Moulds:
    """The moulds of one process."""

    def __init__(self, renderer: Renderer) -> None:
        self._renderer = renderer
        self._kept: dict[tuple[str, str, bytes], Mould] = {}

    def filled(self, locale: str, template: str, fields: Sequence[str], told: bytes, page: Page) -> list[bytes]:
        """A section in pieces, the same as rendering its template: `told` is its line, made from the page's `fields`.

        Structs that a field is or lists were told as tuples, those within them by name.
        """
        parts = told.split(b'"')
        texts = parts[1::2]
        shape = b'"'.join(parts[::2])
        if not all(texts):
            shape += bytes(map(bool, texts))
        key = (template, locale, shape)
        mould = self._kept.get(key)
        if mould is None:
            views = {each: msgspec.to_builtins(getattr(page, each)) for each in fields}
            if len(texts) > MOST_TEXTS:
                return [self._renderer.render(template, locale, page=views).encode()]
            mould = self._made(template, locale, views)
            if len(self._kept) == KEPT:
                del self._kept[next(iter(self._kept))]
            self._kept[key] = mould
        return mould.filled(texts)

    def _made(self, template: str, locale: str, views: dict[str, object]) -> Mould:
        marks = (f"{_MARK}{number}." for number in count())
        marked = {name: _marked(view, marks) for name, view in views.items()}
        html = self._renderer.render(template, locale, page=marked).encode()
        # What comes again, such as what stands between the values of a row, is kept once.
        once: dict[bytes, bytes] = {}
        cuttings = [once.setdefault(each, each) for each in _MARKS.split(html)]
        return Mould(cuttings, _chosen([int(each) for each in cuttings[1::2]]))


def _chosen(order: list[int]) -> Callable[[list[bytes]], Sequence[bytes]]:
    if len(order) > 1:
        return itemgetter(*order)
    return lambda texts: [texts[each] for each in order]


def _marked(view: object, marks: Iterator[str], named: bool = False) -> object:
    """The view with marks for its texts, numbered as they stand in what was told: there names are texts as well."""
    if isinstance(view, str):
        mark = next(marks)
        return mark if view else view
    if isinstance(view, dict):
        marked = {}
        for name, value in view.items():
            if named:
                next(marks)
            marked[name] = _marked(value, marks, named=True)
        return marked
    if isinstance(view, list | tuple):
        return [_marked(each, marks, named) for each in view]
    return view
