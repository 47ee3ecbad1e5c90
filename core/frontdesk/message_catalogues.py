"""Catalogues that a plugin ships: what it says in other languages, in files below a folder of its own.

`<folder>/<language>/LC_MESSAGES/<plugin>.po`, as gettext and Babel lay them out. Everything is read once as the plugin
is looked at, so that a broken catalogue is named to whoever installs it and not to whoever reads the page.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from frontdesk.message_file import Held, read_catalogue

_PLACE = re.compile(r"\{([a-z_]+)\}")


def catalogues_in(folder: object, plugin: str) -> dict[str, Path]:
    """Where a plugin's catalogues lie, by language as the folders are called. Raises ValueError with the reason."""
    if not isinstance(folder, Path):
        raise ValueError(f"returned {type(folder).__name__} and not the pathlib.Path of a folder")
    wanted = f"{folder}/<language>/LC_MESSAGES/{plugin}.po"
    for other in sorted(folder.glob("*/LC_MESSAGES/*")):
        if other.name == f"{plugin}.mo" and not other.with_suffix(".po").exists():
            raise ValueError(f"{_short(other)} is compiled, and Frontdesk reads {plugin}.po")
        if other.suffix == ".po" and other.stem != plugin:
            raise ValueError(f"{_short(other)} must have the plugin's name: {plugin}.po")
    found = {path.parent.parent.name: path for path in sorted(folder.glob(f"*/LC_MESSAGES/{plugin}.po"))}
    if not found:
        raise ValueError(f"found no catalogue: there is no {wanted}")
    for path in found.values():
        try:
            _check(read_messages(path))
        except (OSError, ValueError) as error:
            raise ValueError(f"{_short(path)}: {error}") from error
    return found


def read_messages(path: Path) -> Held:
    """What a catalogue says. Raises OSError, and ValueError for what is no catalogue."""
    return read_catalogue(path.read_text("utf-8"))


def _check(held: Held) -> None:
    """Raises ValueError for a translation that fills places which its sentence does not have."""
    for source, said in _pairs(held):
        for place in _PLACE.findall(said):
            if f"{{{place}}}" not in source:
                raise ValueError(f"the translation of {source[:80]!r} has a place {{{place}}} that it has not")


def _pairs(held: Held) -> Iterator[tuple[str, str]]:
    yield from held.texts.items()
    for source, forms in held.plurals.items():
        yield from ((source, form) for form in forms)


def _short(path: Path) -> str:
    return "/".join(path.parts[-4:])
