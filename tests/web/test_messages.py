"""Every sentence is in every language, and the languages say the same things."""

import io
import re
from collections import Counter
from functools import cache
from gettext import c2py
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po
from hypothesis import given
from hypothesis import strategies as st

from frontdesk.message_file import read_catalogue
from frontdesk_web import languages, message_extraction, messages
from frontdesk_web.languages import KNOWN_LOCALES, LOCALES
from frontdesk_web.right_to_left import set_apart
from frontdesk_web.template_messages import MessageCallInvalid, message_calls, translated

ROOT = Path(__file__).parents[2]
SOURCES = [ROOT / "core" / "frontdesk", messages.HERE, *sorted((ROOT / "plugins").glob("*/frontdesk_*"))]
MARKUP = re.compile(r"<[^>]*>")


catalogue = cache(message_extraction.stored_catalogue)
"""A language's catalogue, read once."""


def places(text: str) -> Counter[str]:
    return Counter(re.findall(r"\{[^}]*\}", text))


def test_the_catalogues_hold_what_their_readers_read_and_nothing_else() -> None:
    found = message_extraction.extract(SOURCES)
    for locale in LOCALES:
        wanted = {message for message, files in found.items() if message_extraction.is_spoken(locale, files)}
        held = {message.id for message in catalogue(locale) if message.id}
        assert len(wanted) > 400
        assert held == wanted, "run: python -m frontdesk_web.messages extract"


@pytest.mark.parametrize("locale", LOCALES)
def test_what_is_read_of_a_catalogue_is_what_translators_wrote(locale: str) -> None:
    written = catalogue(locale)
    held = read_catalogue(languages.catalogue_path(locale).read_text())
    assert held.texts == {each.id: each.string for each in written if each.id and isinstance(each.string, str)}
    assert held.plurals == {each.id[0]: each.string for each in written if isinstance(each.string, tuple)}
    rule = c2py(held.plural_rule)
    assert [rule(n) for n in range(200)] == [c2py(written.plural_expr)(n) for n in range(200)]


SAID = st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters='\n\t\r\\"'), min_size=1)


@given(st.dictionaries(SAID, SAID), SAID, SAID)
def test_whatever_is_said_is_read_as_it_was_written(texts: dict[str, str], one: str, many: str) -> None:
    texts.pop(one, None)
    made = Catalog("de", fuzzy=False)
    for source, text in texts.items():
        made.add(source, text)
    made.add((one, many), (many, one))
    made.add(f"{one}, not translated", "")
    written = io.BytesIO()
    write_po(written, made, width=40)
    held = read_catalogue(written.getvalue().decode())
    texts.pop(f"{one}, not translated", None)
    assert (held.texts, held.plurals) == (texts, {one: (many, one)})


def test_english_is_what_the_code_says() -> None:
    """So that its catalogue is not read."""
    assert all(each.string == each.id for each in catalogue("en") if each.id)
    assert [c2py(catalogue("en").plural_expr)(n) for n in range(5)] == [
        messages.words_of("en").plural_index(n) for n in range(5)
    ]


def test_a_place_may_have_any_name() -> None:
    """What Stripe says of an error is called `message`, and a customer is told of many of them."""
    assert messages.translate("en", "{locale}: {message}", locale="de", message="No") == "de: No"


@pytest.mark.parametrize("spoilt", ["", 'msgid "a"\nmsgstr "b"', "<html>"])
def test_what_is_no_catalogue_is_not_read(spoilt: str) -> None:
    with pytest.raises(ValueError, match="catalogue"):
        read_catalogue(spoilt)


def test_staff_read_two_languages_and_customers_all() -> None:
    assert message_extraction.is_spoken("ja", ["frontdesk_web/portal/home_views.py"])
    assert message_extraction.is_spoken(
        "ja", ["frontdesk_web/dashboard/coupons.py", "frontdesk_web/templates/portal/home.html"]
    )
    assert message_extraction.is_spoken("ja", ["frontdesk_web/templates/letters/invoice.subject.txt"])
    assert not message_extraction.is_spoken("ja", ["frontdesk_web/dashboard/coupons.py", "frontdesk/team_rules.py"])
    assert not message_extraction.is_spoken("ja", ["frontdesk_web/templates/letters/house.subject.txt"])
    assert message_extraction.is_spoken("de", ["frontdesk_web/dashboard/coupons.py"])


@pytest.mark.parametrize("locale", LOCALES)
def test_every_sentence_is_translated_with_the_same_places(locale: str) -> None:
    held = catalogue(locale)
    for message in held:
        if not message.id:
            continue
        sources = [message.id] if isinstance(message.id, str) else list(message.id)
        texts = [message.string] if isinstance(message.string, str) else list(message.string)
        assert len(texts) == (1 if isinstance(message.id, str) else held.num_plurals)
        for text in texts:
            assert text, f"{locale}: {sources[0]!r} has no translation"
            assert set(places(text)) <= set(places(sources[-1]))
            assert not MARKUP.search(text)
            assert text == text.strip()
        assert places(texts[-1]) == places(sources[-1]), sources


def test_each_language_has_the_plurals_of_cldr() -> None:
    assert {locale: catalogue(locale).num_plurals for locale in LOCALES} == {
        "en": 2,
        "de": 2,
        "fr": 2,
        "es": 2,
        "ja": 1,
        "ar": 6,
    }
    days = [messages.translate_plural("ar", "every {number} day", "every {number} days", n) for n in (1, 2, 3, 11, 100)]
    assert [re.sub("[\u2068\u2069]", "", each) for each in days] == [
        "كل يوم",
        "كل يومين",
        "كل 3 أيام",
        "كل 11 يومًا",
        "كل 100 يوم",
    ]
    assert messages.translate_plural("fr", "every {number} month", "every {number} months", 0) == "chaque mois"
    assert messages.translate_plural("ja", "every {number} month", "every {number} months", 1) == "1か月ごと"


def test_the_letters_of_a_language_are_its_own() -> None:
    """No sentence was left in English, nor set in another script; what is said alike everywhere is named here."""
    own = {"ja": re.compile("[\u3040-\u30ff\u4e00-\u9fff]"), "ar": re.compile("[\u0620-\u064a]")}
    alike = {"PDF", "BIC", "IBAN", "GST", "HST", "QST", "VAT", "Total"}
    for locale, script in own.items():
        for message in catalogue(locale):
            text = message.string if isinstance(message.string, str) else message.string[-1]
            if message.id and text and message.id not in alike:
                bare = re.sub(r"\{[^}]*\}|[^\w]", "", text)
                assert script.search(text) or not bare, (locale, text)


def test_german_says_sie() -> None:
    for message in catalogue("de"):
        for text in [message.string] if isinstance(message.string, str) else message.string:
            assert not re.search(r"\b(du|dich|dir|dein\w*|euch|euer)\b", text, re.IGNORECASE), text


def test_french_says_vous_and_spanish_usted() -> None:
    familiar = {
        "fr": r"\b(tu|toi|ton|ta|tes|te)\b",
        "es": r"\b(tú|tu|tus|te|ti|puedes|quieres|tienes|vosotros|vuestr\w+)\b",
    }
    for locale, words in familiar.items():
        for message in catalogue(locale):
            for text in [message.string] if isinstance(message.string, str) else message.string:
                assert not re.search(words, text, re.IGNORECASE), text


def test_what_fills_a_sentence_from_right_to_left_keeps_its_own_direction() -> None:
    assert messages.translate("ar", "Return to {name}", name="Acme (Inc.)") == "العودة إلى \u2068Acme (Inc.)\u2069"
    assert (
        "\u2068" not in messages.translate("ar", "{code} is your code for {name}", code="482913", name="x").split()[0]
    )
    assert "\u2068" not in messages.translate("ja", "Return to {name}", name="Acme (Inc.)")
    source = '{{ _("{code} is your code for {name}", code=page.code, name=page.name) }}'
    written = translated(source, lambda message: "{code} - {name}", isolated=True)
    assert written == '{{ ("\u200f" ~ (page.code) ~ " - " ~ "\u2068" ~ (page.name) ~ "\u2069") }}'


def test_what_people_wrote_is_set_apart_in_templates_from_right_to_left() -> None:
    source = (
        '{% block title %}{{ page.name }}{% endblock %}<p title="{{ page.name }}">{{ page.name }} {{ page.sentence }}'
        '{% if a > 1 %}<a href="{{ page.value }}">{{ frame.brand.address|join(", ") }}</a>{% endif %}'
    )
    assert set_apart(source) == (
        '{% block title %}{{ page.name }}{% endblock %}<p title="{{ page.name }}">'
        "<bdi>{{ page.name }}</bdi> {{ page.sentence }}"
        '{% if a > 1 %}<a href="{{ page.value }}"><bdi>{{ frame.brand.address|join(", ") }}</bdi></a>'
        "{% endif %}"
    )


def test_every_locale_of_stripes_means_a_language_of_ours_or_leaves_it_to_the_next_wish() -> None:
    assert len(KNOWN_LOCALES) == 48
    means = {each: languages.spoken(each) for each in KNOWN_LOCALES}
    assert {each for each in means if means[each] is not None} == {
        *("ar", "de", "en", "en-AU", "en-CA", "en-GB", "en-IE", "en-IN", "en-NZ", "en-SG"),
        *("es", "es-419", "fr", "fr-CA", "ja"),
    }
    assert (means["fr-CA"], means["es-419"], means["en-SG"], means["auto"]) == ("fr", "es", "en", None)
    assert [languages.spoken(each) for each in (None, "", "de_AT", "FR", "pt-BR", "x" * 9, "de-\n")] == [
        *(None, None, "de", "fr", None, None, None),
    ]
    assert [languages.direction(each) for each in ("ar", "ar-EG", "ja")] == ["rtl", "rtl", "ltr"]
    assert messages.translate("fr-CA", "Invoices") == messages.translate("fr", "Invoices") == "Factures"


def test_a_sentence_is_translated_and_filled() -> None:
    assert messages.translate("de", "Return to {name}", name="Hefehaus") == "Zurück zu Hefehaus"
    assert messages.translate("en", "Return to {name}", name="{other} %s") == "Return to {other} %s"
    assert (
        messages.translate("de", "A plugin's own sentence about {thing}.", thing="x")
        == "A plugin's own sentence about x."
    )
    assert messages.translate("xx", "Sign in") == "Sign in"
    unfilled = messages.translate("en", "{thing} {other} {0} {Thing} {{thing}} }{", thing="{other}")
    assert unfilled == "{other} {other} {0} {Thing} {{other}} }{"
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
        ("pt,nl;q=0.9", "en"),
        ("pt,de;q=0.1", "de"),
        ("fr-CH, fr;q=0.9, en;q=0.8", "fr"),
        ("ar-EG,ar;q=0.9", "ar"),
        ("de;q=0", "en"),
        ("DE", "de"),
        ("*;q=0.5,de", "de"),
        (";;;,=,de;q=zwei,\x00", "en"),
        ("de" * 5000, "en"),
    ],
)
def test_the_browser_is_asked_for_the_language(header: str | None, chosen: str) -> None:
    assert languages.negotiate(header) == chosen


@given(st.text())
def test_no_header_is_too_odd(header: str) -> None:
    assert languages.negotiate(header) in LOCALES


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
