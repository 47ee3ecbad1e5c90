"""What a customer or a product is found by: the words of its record, and the words that somebody types to find it.

It is found if each word of the question is the beginning of one of its words. `lane.example` and `example`
are words of `ashford-lane.example` too: a word begins wherever letters or digits begin. Both sides are folded alike:
letter case, accents and the width of characters make no difference. Where a German umlaut stands, the spelling with an
e is a word too, as addresses and old records have it.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator

from frontdesk.book import Customer, Product

WORD_LENGTH = 128
"""Characters of a word that count; what is longer is cut, in the record and in the question alike."""
WORDS_AT_MOST = 400
"""Words of one record: metadata may hold 25,000 characters, and nobody looks for the last of them."""
CUT = "…"
"""Stands among the words of a record that has more of them than count. No text folds to it."""
ASKED_AT_MOST = 6
"""Words of a question that count."""

_BEGINNING = re.compile(r"(?<!\w)\w")
_AROUND = "\"'<>()[]{},;:"
_ALIKE = str.maketrans(dict.fromkeys("’‘‛´`", "'") | dict.fromkeys("‐‑‒–—", "-"))
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})


def words_of(customer: Customer) -> frozenset[str]:
    """The words of a customer's id, address, name and metadata. Those of invoices are added as these come up."""
    return _first(_all_words(customer))


def product_words(product: Product) -> frozenset[str]:
    """The words of a product's id and name."""
    return _first((folded(product.id)[:WORD_LENGTH], *_text_words(product.name)))


def number_words(number: str) -> frozenset[str]:
    """The words that an invoice's number is found by: `inv-0042` and `0042`."""
    return frozenset(_tails(folded(number)))


def asked_words(question: str) -> tuple[str, ...]:
    """The beginnings of words that a question asks for; empty where it asks for nothing.

    Marks around a word are dropped, so that `"Jenny Rosen" <jenny@example.com>` can be pasted from a letter.
    """
    bare = (folded(chunk).strip(_AROUND)[:WORD_LENGTH] for chunk in question.split())
    return tuple(dict.fromkeys(word for word in bare if word))[:ASKED_AT_MOST]


def word_within(value: str) -> str:
    """The word that every customer has who has just this text as a name or in metadata, but for those with `CUT`.

    The longest one, as it tells most; empty where the text has none.
    """
    words = (next(_tails(folded(chunk)), "") for chunk in value.split())
    return max(words, key=len, default="")


def folded(text: str) -> str:
    """A text without what people leave out when they look for it: letter case, accents, width, control characters."""
    apart = unicodedata.normalize("NFKD", text.translate(_ALIKE).casefold()).translate(_ALIKE)
    kept = "".join(each for each in apart if unicodedata.category(each) not in ("Mn", "Cc", "Cf", "Cs", "Cn", "Co"))
    return unicodedata.normalize("NFC", kept.casefold())


def _first(words: Iterable[str]) -> frozenset[str]:
    found: dict[str, None] = {}
    for word in words:
        if len(found) == WORDS_AT_MOST and word not in found:
            found[CUT] = None
            break
        found[word] = None
    return frozenset(found)


def _all_words(customer: Customer) -> Iterator[str]:
    """The most telling first, because of `WORDS_AT_MOST`."""
    yield folded(customer.id)[:WORD_LENGTH]
    if customer.email:
        address = folded(customer.email)
        # Nobody looks for "com".
        yield from (word for word in _tails(address) if "." in word or "@" in word)
    for text in (customer.name or "", *(customer.metadata[key] for key in sorted(customer.metadata))):
        yield from _text_words(text)


def _text_words(text: str) -> Iterator[str]:
    for chunk in text.split():
        yield from _tails(folded(chunk))
        yield from _tails(folded(unicodedata.normalize("NFC", chunk).casefold().translate(_UMLAUTS)))


def _tails(chunk: str) -> Iterator[str]:
    """The chunk from each place on at which letters or digits begin."""
    bare = chunk.strip(_AROUND)
    begins = [found.start() for found in _BEGINNING.finditer(bare)]
    for begin in sorted({0, *begins}):
        word = bare[begin : begin + WORD_LENGTH]
        if word:
            yield word
