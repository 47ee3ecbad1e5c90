"""Collect the sentences of templates and of Python into the catalogues: `python -m frontdesk_web.messages extract`."""

import ast
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from frontdesk_web.languages import LOCALES, SOURCE_LOCALE, STAFF_LOCALES, catalogue_path
from frontdesk_web.message_readers import is_for_customers
from frontdesk_web.template_messages import message_calls

# The dates in a catalogue's head would make every extraction a change.
_UNDATED = datetime(2026, 1, 1, tzinfo=UTC)

Message = str | tuple[str, str]


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
        before = stored_catalogue(locale) if catalogue_path(locale).exists() else Catalog(locale)
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


def stored_catalogue(locale: str) -> Catalog:
    """A language's catalogue with all that translators see."""
    with catalogue_path(locale).open("rb") as file:
        return read_po(file, locale=locale)


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
