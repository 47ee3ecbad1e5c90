"""Sentences for people, on their way to the message catalogue of whoever shows them.

A sentence of Frontdesk's own is its English text. One of a plugin's carries the plugin's name in front, with the
character between them by which gettext sets contexts apart: so it is looked up in that plugin's catalogue alone, and no
catalogue of a plugin's can ever change what Frontdesk or another plugin says. It stays a plain text, and keeps its name
wherever it is stored on its way.
"""

from collections.abc import Callable

_BETWEEN = "\x04"


def _(sentence: str) -> str:
    """Marks a sentence for the catalogue and returns it as it is."""
    return sentence


def sentences_of(plugin: str) -> Callable[[str], str]:
    """The mark for a plugin's own sentences, by the plugin's name (the left side of its entry point).

    `_ = sentences_of("otp_file")`, then `_("The disk is full.")` wherever Frontdesk takes a sentence.
    """

    def mark(sentence: str) -> str:
        return f"{plugin}{_BETWEEN}{sentence}"

    return mark


def is_of_plugin(sentence: str) -> bool:
    """Whether a plugin has marked the sentence as its own."""
    return _BETWEEN in sentence


def parted(sentence: str) -> tuple[str, str]:
    """Whose sentence it is, "" for one of Frontdesk's, and what it says in English."""
    plugin, between, english = sentence.partition(_BETWEEN)
    return (plugin, english) if between else ("", sentence)


def in_english(sentence: str) -> str:
    """What a sentence says in English, whoever has marked it: for programs and logs."""
    return parted(sentence)[1]
