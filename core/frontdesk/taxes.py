"""Tax catalogues: the codes that say what a product is for tax purposes."""

import re
import unicodedata
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from typing import ClassVar

from msgspec import Struct

from frontdesk.sentences import in_english

_WORD = re.compile(r"[^\W_]+")


class TaxCode(Struct, frozen=True, kw_only=True):
    """One kind of product. `id` is stable and stored with products ("txcd_10103001")."""

    id: str
    name: str
    description: str


class TaxCatalogue(ABC):
    """What a tax plugin provides; subclass it and return the class from the hook `tax_catalogues()`.

    It is made once, without arguments, and serves all tenants. `codes` is enough to write; the other two may be
    answered faster by a catalogue that is large.
    """

    name: ClassVar[str]
    """Stored in the tenant's row: never change it."""
    title: ClassVar[str]
    """Shown to the tenant's staff."""

    @abstractmethod
    async def codes(self) -> Sequence[TaxCode]:
        """All codes in the catalogue's own order. Raises Unavailable."""

    async def find(self, id: str) -> TaxCode | None:
        """The code with this id, or None. Raises Unavailable."""
        return next((each for each in await self.codes() if each.id == id), None)

    async def search(self, words: str, limit: int = 20) -> Sequence[TaxCode]:
        """At most `limit` codes that all the words match, best first. Raises Unavailable."""
        return matching(await self.codes(), words, limit)


def matching(codes: Iterable[TaxCode], words: str, limit: int) -> list[TaxCode]:
    """The codes of which the name or id holds every one of the `words`; case, accents and punctuation do not count.

    Whole words come before beginnings of words, these before any other place; then shorter names, then the order of
    `codes`. Without a word all codes match.
    """
    wanted = _words(words)
    if words.strip() and not wanted:
        return []
    ranked = []
    for place, code in enumerate(codes):
        held = _words(f"{in_english(code.name)} {code.id}")
        distances = [_distance(word, held) for word in wanted]
        if None not in distances:
            ranked.append((sum(filter(None, distances)), len(held) if wanted else 0, place, code))
    ranked.sort(key=lambda each: each[:3])
    return [code for *_, code in ranked[: max(limit, 0)]]


def _words(text: str) -> list[str]:
    folded = unicodedata.normalize("NFKD", text.casefold())
    return _WORD.findall("".join(each for each in folded if not unicodedata.combining(each)))


def _distance(word: str, held: list[str]) -> int | None:
    if word in held:
        return 0
    if any(each.startswith(word) for each in held):
        return 1
    return 2 if any(word in each for each in held) else None
