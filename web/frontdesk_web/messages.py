"""The message catalogue: every sentence that a person reads, in their language.

English is the source text and the message id; places are `{named}`. The catalogues are gettext files, read once at
start: `locales/<locale>/LC_MESSAGES/frontdesk.po`. After changing a sentence:

    python -m frontdesk_web.messages extract

It collects the sentences of templates and of Python, adds the new ones untranslated and drops the gone ones. English
and German hold every sentence, the other languages those that customers read (`message_readers.py`).
In Python a sentence is found in `translate(locale, "…")`, `translate_plural(locale, "…", "…", number)`, `_("…")`
(a mark on a sentence that is translated later), and in `for_customer="…"` of a refusal.
"""

import re
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import cache, lru_cache
from gettext import c2py
from pathlib import Path

from msgspec import Struct

from frontdesk.message_file import read_catalogue
from frontdesk.sentences import is_of_plugin
from frontdesk_web.languages import SOURCE_LOCALE, catalogue_path, direction, spoken
from frontdesk_web.plugin_words import said_by_plugin
from frontdesk_web.template_messages import ISOLATE, ISOLATE_END, RIGHT_TO_LEFT_MARK, is_isolated

HERE = Path(__file__).parent

_PLACE = re.compile(r"\{([a-z_]+)\}")


def _(message: str) -> str:
    """Marks a sentence for the catalogue and returns it as it is; `translate` it where the language is known."""
    return message


def translate(locale: str, message: str, /, **parameters: object) -> str:
    """The message in a language, its places filled. What is not in the catalogue stays English.

    A plugin's sentence, also one that fills a place, is looked up in the plugin's own catalogue and in no other.
    """
    if is_of_plugin(message):
        text = said_by_plugin(locale, message)
        return _filled(_pattern(text, locale), parameters, locale) if parameters else text
    if not parameters:
        return words_of(locale).texts.get(message, message)
    return _filled(_own_pattern(message, locale), parameters, locale)


def translate_plural(locale: str, singular: str, plural: str, number: int, /, **parameters: object) -> str:
    """The form of a message that goes with `number`; the place `{number}` is filled too."""
    words = words_of(locale)
    texts = words.plurals.get(singular, (singular, plural))
    index = words.plural_index(number) if len(texts) > 1 else 0
    text = texts[index] or (singular if number == 1 else plural)
    return _filled(_pattern(text, locale), {"number": number, **parameters}, locale)


class _Filling(dict[str, str]):
    """What goes into the places of a message. A place that nobody fills stays as it is."""

    def __missing__(self, place: str) -> str:
        return f"{{{place}}}"


def _filled(pattern: str, parameters: Mapping[str, object], locale: str) -> str:
    for given in parameters.values():
        if is_of_plugin(str(given)):
            break
    else:
        # Nearly always, and a third faster.
        try:
            return pattern % parameters
        except KeyError:
            pass
    filling = _Filling()
    for place, given in parameters.items():
        value = str(given)
        filling[place] = said_by_plugin(locale, value) if is_of_plugin(value) else value
    return pattern % filling


# Taking a sentence apart takes longer than filling it; pages say the same ones again and again.
@lru_cache(maxsize=4096)
def _own_pattern(message: str, locale: str) -> str:
    """A message of Frontdesk's own, in a language, as `%` reads it."""
    return _pattern(words_of(locale).texts.get(message, message), locale)


@lru_cache(maxsize=4096)
def _pattern(text: str, locale: str) -> str:
    """The message as `%` reads it, which fills in a third less time than `str.format` does."""
    isolated = direction(locale) == "rtl"
    pattern = [RIGHT_TO_LEFT_MARK] if isolated and text.startswith("{") else []
    for index, part in enumerate(_PLACE.split(text)):
        if not index % 2:
            pattern.append(part.replace("%", "%%"))
        elif isolated and is_isolated(part):
            pattern.append(f"{ISOLATE}%({part})s{ISOLATE_END}")
        else:
            pattern.append(f"%({part})s")
    return "".join(pattern)


class _Words(Struct, frozen=True):
    """What a language says, by what English says. What is not there is said in English."""

    texts: dict[str, str]
    plurals: dict[str, tuple[str, ...]]
    plural_index: Callable[[int], int]


@cache
def words_of(locale: str) -> _Words:
    """All that the language of a locale says; in English nothing, since the code says it."""
    ours = spoken(locale) or SOURCE_LOCALE
    if ours == SOURCE_LOCALE:
        # Its catalogue says again what the code says: nobody has to keep it.
        return _Words({}, {}, lambda number: int(number != 1))
    held = read_catalogue(catalogue_path(ours).read_text())
    return _Words(held.texts, held.plurals, c2py(held.plural_rule))


def main(arguments: Sequence[str]) -> int:
    """`extract`: collects all messages into the catalogues, and what pages write of CLDR."""
    # Nothing that serves collects messages, and what writes catalogues is large.
    from frontdesk_web.locale_data_extraction import update_locale_data
    from frontdesk_web.message_extraction import update_catalogues

    if list(arguments) != ["extract"]:
        sys.stderr.write("Usage: python -m frontdesk_web.messages extract\n")
        return 2
    root = HERE.parent.parent
    folders = [root / "core" / "frontdesk", HERE, *sorted((root / "plugins").glob("*/frontdesk_*"))]
    for locale, missing in update_catalogues(folders).items():
        sys.stdout.write(f"{locale}: {missing} without translation\n")
    update_locale_data()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
