"""What plugins say, in the reader's language, from the catalogues that they brought with them."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from frontdesk.message_catalogues import read_messages
from frontdesk.sentences import parted
from frontdesk_web.languages import spoken

_catalogues: dict[str, Mapping[str, Path]] = {}


def learn(catalogues: Mapping[str, Mapping[str, Path]]) -> None:
    """Take in where the catalogues of plugins lie, by plugin and language. They are read when first needed."""
    _catalogues.update(catalogues)
    _texts.cache_clear()


def said_by_plugin(locale: str, sentence: str) -> str:
    """A sentence that a plugin has marked, by its own catalogue; in English where that does not say it."""
    plugin, english = parted(sentence)
    return _texts(plugin, spoken(locale) or locale).get(english, english)


@cache
def _texts(plugin: str, language: str) -> Mapping[str, str]:
    """All that a plugin says in a language of ours: by the catalogue of that name, else by that of a region of it."""
    found = _catalogues.get(plugin, {})
    fitting = sorted(name for name in found if spoken(name) == language)
    chosen = language if language in found else next(iter(fitting), None)
    return {} if chosen is None else read_messages(found[chosen]).texts
