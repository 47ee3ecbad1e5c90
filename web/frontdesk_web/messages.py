"""The message catalogue: every sentence that a person reads, in their language.

English is the source text and the message id; places are `{named}`. The catalogues are gettext files, read once at
start: `locales/<locale>/LC_MESSAGES/frontdesk.po`. After changing a sentence:

    python -m frontdesk_web.messages extract

It collects the sentences of templates and of Python, adds the new ones untranslated and drops the gone ones. English
and German hold every sentence, the other languages those that customers read (`message_readers.py`).
In Python a sentence is found in `translate(locale, "…")`, `translate_plural(locale, "…", "…", number)`, `_("…")`
(a mark on a sentence that is translated later), and in `for_customer="…"` of a refusal.
"""

import ast
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from functools import cache
from gettext import c2py
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po
from msgspec import Struct

from frontdesk_web.languages import LOCALES, SOURCE_LOCALE, STAFF_LOCALES, direction, spoken
from frontdesk_web.message_readers import is_for_customers
from frontdesk_web.template_messages import ISOLATE, ISOLATE_END, RIGHT_TO_LEFT_MARK, is_isolated, message_calls

HERE = Path(__file__).parent

_PLACE = re.compile(r"\{([a-z_]+)\}")
# The dates in a catalogue's head would make every extraction a change.
_UNDATED = datetime(2026, 1, 1, tzinfo=UTC)

Message = str | tuple[str, str]


def _(message: str) -> str:
    """Marks a sentence for the catalogue and returns it as it is; `translate` it where the language is known."""
    return message


def translate(locale: str, message: str, **parameters: object) -> str:
    """The message in a language, its places filled. What is not in the catalogue stays English."""
    text = _words(locale).texts.get(message, message)
    return _filled(text, parameters, direction(locale) == "rtl") if parameters else text


def translate_plural(locale: str, singular: str, plural: str, number: int, **parameters: object) -> str:
    """The form of a message that goes with `number`; the place `{number}` is filled too."""
    words = _words(locale)
    texts = words.plurals.get(singular, (singular, plural))
    index = words.plural_index(number) if len(texts) > 1 else 0
    text = texts[index] or (singular if number == 1 else plural)
    return _filled(text, {"number": number, **parameters}, direction(locale) == "rtl")


def catalogue_path(locale: str) -> Path:
    """Where a language's catalogue lies."""
    return HERE / "locales" / locale / "LC_MESSAGES" / "frontdesk.po"


def extract(source_folders: Sequence[Path]) -> dict[Message, list[str]]:
    """Every message of the templates and of the Python files below the folders, with the files that hold it."""
    found: dict[Message, list[str]] = {}
    for folder in source_folders:
        for path in sorted([*folder.rglob("*.py"), *folder.rglob("templates/**/*.*")]):
            if {"tests", "testing", "gallery", ".venv"} & set(path.parts) or path.stem.startswith("gallery_"):
                continue
            source = path.read_text()
            if path.suffix == ".py":
                messages: Iterator[Message] = _messages_in_python(source)
            else:
                messages = (call.message for call in message_calls(source))
            for message in messages:
                found.setdefault(message, []).append(path.relative_to(folder.parent).as_posix())
    return found


def update_catalogues(source_folders: Sequence[Path]) -> dict[str, int]:
    """Writes all catalogues anew; returns how many messages of each language lack a translation."""
    found, missing = extract(source_folders), {}
    for locale in LOCALES:
        before = _catalogue(locale) if catalogue_path(locale).exists() else Catalog(locale)
        after = _empty_catalogue(locale)
        for message, files in sorted(found.items(), key=lambda item: (min(item[1]), str(item[0]))):
            if not is_spoken(locale, files):
                continue
            singular = message if isinstance(message, str) else message[0]
            known = before.get(singular)
            text = message if locale == SOURCE_LOCALE else (known.string if known is not None else "")
            after.add(message, text, locations=[(file, 0) for file in sorted(set(files))])
        with catalogue_path(locale).open("wb") as file:
            write_po(file, after, width=120, include_lineno=False)
        missing[locale] = len([message for message in after if message.id and not _complete(message.string)])
    return missing


def is_spoken(locale: str, files: Sequence[str]) -> bool:
    """Whether a language says what stands in these files."""
    return locale in STAFF_LOCALES or is_for_customers(files)


def _empty_catalogue(locale: str) -> Catalog:
    head = {"version": "1", "msgid_bugs_address": "", "last_translator": "", "language_team": "", "header_comment": ""}
    return Catalog(
        locale,
        project="Frontdesk",
        creation_date=_UNDATED,
        revision_date=_UNDATED,
        fuzzy=False,
        charset="utf-8",
        **head,
    )


def _complete(string: str | Sequence[str] | None) -> bool:
    return bool(string) and all(string or ())


def _filled(text: str, parameters: dict[str, object], isolated: bool) -> str:
    def fill(place: re.Match[str]) -> str:
        value = str(parameters.get(place[1], place[0]))
        return ISOLATE + value + ISOLATE_END if isolated and is_isolated(place[1]) else value

    return (RIGHT_TO_LEFT_MARK if isolated and text.startswith("{") else "") + _PLACE.sub(fill, text)


class _Words(Struct, frozen=True):
    """What is kept of a catalogue: a sixth of what it takes with everything that translators see."""

    texts: dict[str, str]
    plurals: dict[str, tuple[str, ...]]
    plural_index: Callable[[int], int]


@cache
def _words(locale: str) -> _Words:
    catalogue = _catalogue(locale)
    texts: dict[str, str] = {}
    plurals: dict[str, tuple[str, ...]] = {}
    for message in catalogue:
        if isinstance(message.string, tuple):
            plurals[message.id[0]] = message.string
        elif isinstance(message.id, str) and isinstance(message.string, str) and message.string:
            texts[message.id] = message.string
    return _Words(texts, plurals, c2py(catalogue.plural_expr))


def _catalogue(locale: str) -> Catalog:
    ours = spoken(locale) or SOURCE_LOCALE
    with catalogue_path(ours).open("rb") as file:
        return read_po(file, locale=ours)


def _messages_in_python(source: str) -> Iterator[Message]:
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name == "_" and node.args:
            yield from _strings(node.args[0])
        elif name == "translate" and len(node.args) > 1:
            yield from _strings(node.args[1])
        elif name == "translate_plural" and len(node.args) > 2:
            yield from zip(_strings(node.args[1]), _strings(node.args[2]), strict=True)
        for keyword in node.keywords:
            if keyword.arg == "for_customer":
                yield from _strings(keyword.value)


def _strings(node: ast.expr) -> Iterator[str]:
    """The literal strings that an expression can be; adjacent literals are one."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _strings(node.body)
        yield from _strings(node.orelse)


def main(arguments: Sequence[str]) -> int:
    """`extract`: collects all messages into the catalogues."""
    if list(arguments) != ["extract"]:
        sys.stderr.write("Usage: python -m frontdesk_web.messages extract\n")
        return 2
    root = HERE.parent.parent
    folders = [root / "core" / "frontdesk", HERE, *sorted((root / "plugins").glob("*/frontdesk_*"))]
    for locale, missing in update_catalogues(folders).items():
        sys.stdout.write(f"{locale}: {missing} without translation\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
