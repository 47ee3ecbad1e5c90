"""Every sentence is in every language, and the languages say the same things."""

import re
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontdesk_web import messages
from frontdesk_web.template_messages import MessageCallInvalid, message_calls, translated

ROOT = Path(__file__).parents[2]
SOURCES = [ROOT / "core" / "frontdesk", messages.HERE, *sorted((ROOT / "plugins").glob("*/frontdesk_*"))]
MARKUP = re.compile(r"<[^>]*>")


def places(text: str) -> Counter[str]:
    return Counter(re.findall(r"\{[^}]*\}", text))


def test_the_catalogues_hold_every_sentence_and_no_other() -> None:
    found = set(messages.extract(SOURCES))
    assert len(found) > 100
    for locale in messages.LOCALES:
        held = {message.id for message in messages._catalogue(locale) if message.id}
        assert held == found, "run: python -m frontdesk_web.messages extract"


@pytest.mark.parametrize("locale", messages.LOCALES)
def test_every_sentence_is_translated_with_the_same_places(locale: str) -> None:
    for message in messages._catalogue(locale):
        if not message.id:
            continue
        sources = [message.id] if isinstance(message.id, str) else list(message.id)
        texts = [message.string] if isinstance(message.string, str) else list(message.string)
        for text in texts:
            assert text, f"{locale}: {sources[0]!r} has no translation"
            assert set(places(text)) <= set(places(sources[-1]))
            assert not MARKUP.search(text)
            assert text == text.strip()
        assert places(texts[-1]) == places(sources[-1]), sources


def test_german_says_sie() -> None:
    for message in messages._catalogue("de"):
        for text in [message.string] if isinstance(message.string, str) else message.string:
            assert not re.search(r"\b(du|dich|dir|dein\w*|euch|euer)\b", text, re.IGNORECASE), text


def test_a_sentence_is_translated_and_filled() -> None:
    assert messages.translate("de", "Return to {name}", name="Hefehaus") == "Zurück zu Hefehaus"
    assert messages.translate("en", "Return to {name}", name="{other} %s") == "Return to {other} %s"
    assert (
        messages.translate("de", "A plugin's own sentence about {thing}.", thing="x")
        == "A plugin's own sentence about x."
    )
    assert messages.translate("xx", "Sign in") == "Sign in"
    assert messages.translate_plural("de", "every {number} month", "every {number} months", 3) == "alle 3 Monate"
    assert messages.translate_plural("en", "{number} file", "{number} files", 1) == "1 file"
    assert messages.translate_plural("de", "{number} file", "{number} files", 2) == "2 files"


@pytest.mark.parametrize(
    ("header", "chosen"),
    [
        (None, "en"),
        ("", "en"),
        ("de", "de"),
        ("de-AT,de;q=0.9,en;q=0.8", "de"),
        ("en;q=0.8,de;q=0.9", "de"),
        ("fr,nl;q=0.9", "en"),
        ("fr,de;q=0.1", "de"),
        ("de;q=0", "en"),
        ("DE", "de"),
        ("*;q=0.5,de", "de"),
        (";;;,=,de;q=zwei,\x00", "en"),
        ("de" * 5000, "en"),
    ],
)
def test_the_browser_is_asked_for_the_language(header: str | None, chosen: str) -> None:
    assert messages.negotiate(header) == chosen


@given(st.text())
def test_no_header_is_too_odd(header: str) -> None:
    assert messages.negotiate(header) in messages.LOCALES


def test_calls_in_templates_are_found_whatever_surrounds_them() -> None:
    source = """<a title="{{ _("It's {name}", name=page.name|upper) }}">{{ button(_('Say "yes"'), f(x, (1, 2))) }}"""
    first, second = message_calls(source)
    assert (first.message, first.expressions) == ("It's {name}", {"name": "page.name|upper"})
    assert second.message == 'Say "yes"'
    written = translated(source, lambda message: {"It's {name}": '{name} "ist" es'}.get(message, message))
    assert written == (
        """<a title="{{ ((page.name|upper) ~ " \\"ist\\" es") }}">{{ button(("Say \\"yes\\""), f(x, (1, 2))) }}"""
    )


@pytest.mark.parametrize(
    "source",
    ['{{ _("Hello {name}") }}', '{{ _("Hello", name=x) }}', "{{ _(text) }}", '{{ _("a" }}', '{{ _("a {b}", x) }}'],
)
def test_a_call_that_cannot_be_translated_ahead_is_an_error(source: str) -> None:
    with pytest.raises(MessageCallInvalid, match="line 1"):
        list(message_calls(source))
