"""A catalogue of messages as it lies on the disk: gettext's format, of which only what is said is kept.

Babel's reader keeps what translators see too, and leaves five megabytes behind in every process that speaks a language.
"""

import re
from collections.abc import Iterator

from msgspec import Struct

_LINE = re.compile(r'(?:(msgid|msgid_plural|msgstr)(?:\[(\d+)\])? )?"(.*)"')
_ESCAPE = re.compile(r"\\(.)")
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r"}
_PLURAL_RULE = re.compile(r"^Plural-Forms:.*plural=(.+?);?$", re.MULTILINE)


class Held(Struct, frozen=True):
    """What a catalogue says, by the source text (of plurals: by the singular). What is not translated is not there."""

    texts: dict[str, str]
    plurals: dict[str, tuple[str, ...]]
    plural_rule: str
    """In C, as gettext writes it."""


def read_catalogue(written: str) -> Held:
    """Everything that a file says, but for what is marked as a guess (`fuzzy`).

    Raises ValueError for what is no catalogue.
    """
    texts: dict[str, str] = {}
    plurals: dict[str, tuple[str, ...]] = {}
    head = ""
    for source, is_plural, forms in _entries(written):
        if not source:
            head = forms[0]
        elif is_plural:
            plurals[source] = forms
        elif forms[0]:
            texts[source] = forms[0]
    rule = _PLURAL_RULE.search(head)
    if rule is None:
        raise ValueError('the catalogue has no line "Plural-Forms: …" in its head, which says which plurals there are')
    return Held(texts, plurals, rule[1])


def _entries(written: str) -> Iterator[tuple[str, bool, tuple[str, ...]]]:
    """Each message: its source text, whether it has plurals, and what it is said in."""
    source, plural, forms, to = "", False, [""], ""
    guessed = guessing = False
    for number, line in enumerate(written.split("\n"), 1):
        if not line or line.startswith("#"):
            guessing |= line.startswith("#,") and "fuzzy" in line
            continue
        matched = _LINE.fullmatch(line)
        if matched is None:
            raise ValueError(f"line {number} is no line of a catalogue: {line[:80]}")
        keyword, form, quoted = matched.groups()
        text = _ESCAPE.sub(lambda escape: _ESCAPED.get(escape[1], escape[1]), quoted)
        if keyword == "msgid":
            if to and not (source and guessed):
                yield source, plural, tuple(forms)
            source, plural, forms = "", False, [""]
            guessed, guessing = guessing, False
        elif keyword == "msgstr" and form not in (None, "0"):
            forms.append("")
        to = keyword or to
        if to == "msgid":
            source += text
        elif to == "msgid_plural":
            plural = True
        else:
            forms[-1] += text
    if not (source and guessed):
        yield source, plural, tuple(forms)
