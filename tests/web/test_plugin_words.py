"""What plugins say in other languages: their own sentences, by their own catalogues, and nobody else's words."""

import importlib
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from tests.outside_channel import write_tutorial

from frontdesk.errors import Misconfigured
from frontdesk.hookspecs import hookimpl
from frontdesk.plugins import PluginHost
from frontdesk.sentences import in_english, sentences_of
from frontdesk.settings import decode_settings, form_fields
from frontdesk.testing.channels import LETTER
from frontdesk_web import plugin_words
from frontdesk_web.dashboard import text_gateway
from frontdesk_web.messages import translate

HEAD = 'msgid ""\nmsgstr "Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n'


def write(folder: Path, plugin: str, text: str, language: str = "de") -> None:
    path = folder / language / "LC_MESSAGES" / f"{plugin}.po"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(HEAD + text, "utf-8")


def speaking(folder: Path) -> Any:
    class Plugin:
        @hookimpl
        def message_catalogues(self) -> Path:
            return folder

    return Plugin()


@pytest.fixture
def tutorial(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The plugin of docs/plugins.md."""
    monkeypatch.syspath_prepend(write_tutorial(tmp_path / "frontdesk-otp-file"))
    monkeypatch.delitem(sys.modules, "frontdesk_otp_file", raising=False)
    return importlib.import_module("frontdesk_otp_file")


async def test_the_plugin_of_the_page_speaks_german(tutorial: ModuleType, tmp_path: Path) -> None:
    plugin_words.learn(PluginHost.of(otp_file=tutorial).message_catalogues())
    channel = tutorial.FileChannel
    (field,) = form_fields(channel.Settings)
    assert [translate("de", each) for each in (channel.title, field.title, field.help)] == [
        "Eine Datei",
        "Datei",
        "Briefe werden an sie angehängt.",
    ]
    assert translate("fr", channel.title) == "A file"
    with pytest.raises(Misconfigured, match=r"^File is missing\.$") as missing:
        decode_settings(channel.Settings, {})
    assert translate("de", missing.value.sentence, **missing.value.parameters) == "Datei fehlt."
    with pytest.raises(Misconfigured) as full:
        await channel(channel.Settings(path=str(tmp_path))).deliver(LETTER)
    assert full.value.message == "The file cannot be written: Is a directory"
    assert (
        translate("de", full.value.sentence, **full.value.parameters)
        == "Die Datei kann nicht geschrieben werden: Is a directory"
    )


def test_no_catalogue_changes_what_frontdesk_or_another_plugin_says(tmp_path: Path) -> None:
    write(tmp_path / "a", "words_a", 'msgid "Invoices"\nmsgstr "Zettel"\n\nmsgid "Key"\nmsgstr "Code A"\n')
    write(tmp_path / "b", "words_b", 'msgid "Key"\nmsgstr "Code B"\n')
    ours = [translate(locale, "Invoices") for locale in ("de", "fr", "en")]
    host = PluginHost.of(words_a=speaking(tmp_path / "a"), words_b=speaking(tmp_path / "b"))
    plugin_words.learn(host.message_catalogues())
    a, b, nobody = sentences_of("words_a"), sentences_of("words_b"), sentences_of("words_c")
    assert (
        [translate(locale, "Invoices") for locale in ("de", "fr", "en")] == ours == ["Rechnungen", "Factures", ours[2]]
    )
    assert [translate("de", each("Key")) for each in (a, b, nobody)] == ["Code A", "Code B", "Key"]
    assert translate("de", a("Invoices")) == "Zettel"
    assert translate("de", b("Invoices")) == "Invoices"
    assert translate("de", "Key") == "Schlüssel"
    assert translate("de", "Not now: {reason}", reason=b("Key")).endswith("Code B")
    assert "\x04" not in in_english(a("Key")) + Misconfigured(a("Key {x}"), parameters={"x": b("Key")}).message


def test_a_region_and_a_guess_in_a_catalogue(tmp_path: Path) -> None:
    guess = '#, fuzzy\nmsgid "Key"\nmsgstr "Clé"\n\n#| msgid "Doors"\nmsgid "Door"\nmsgstr "Porte"\n'
    write(tmp_path, "words_d", guess, "fr_CA")
    plugin_words.learn(PluginHost.of(words_d=speaking(tmp_path)).message_catalogues())
    marked = sentences_of("words_d")
    assert [translate("fr", marked(each)) for each in ("Key", "Door")] == ["Key", "Porte"]


@pytest.mark.parametrize(
    ("file", "text", "reason"),
    [
        ("words_e.po", 'msgid "A {b}"\nmsgstr "{c}"\n', "has a place {c} that it has not"),
        ("words_e.po", "msgid A\n", "line 3 is no line of a catalogue: msgid A"),
        ("words_e.po", None, "Plural-Forms"),
        ("words.po", "", "must have the plugin's name: words_e.po"),
        ("words_e.mo", "", "is compiled, and Frontdesk reads words_e.po"),
        ("words_e.txt", "", "found no catalogue: there is no"),
    ],
)
def test_hook_message_catalogues_says_what_is_wrong(tmp_path: Path, file: str, text: str | None, reason: str) -> None:
    path = tmp_path / "de" / "LC_MESSAGES" / file
    path.parent.mkdir(parents=True)
    path.write_text("" if text is None else HEAD + text, "utf-8")
    with pytest.raises(ValueError, match=r"^message_catalogues ") as broken:
        PluginHost.of(words_e=speaking(tmp_path))
    assert reason in str(broken.value)


def test_what_is_no_folder_or_marked_for_another_plugin_is_named(tutorial: ModuleType) -> None:
    with pytest.raises(ValueError, match=r"message_catalogues returned str and not the pathlib\.Path of a folder"):
        PluginHost.of(words_f=speaking("locales"))  # type: ignore[arg-type]
    tutorial.FileChannel.title = sentences_of("otp_fille")("A file")
    with pytest.raises(ValueError, match="'A file' is marked as 'otp_fille', and this plugin is 'otp_file'"):
        PluginHost.of(otp_file=tutorial)


def test_a_gateway_of_somebody_elses_says_itself_what_is_wrong_with_a_field(tmp_path: Path) -> None:
    write(tmp_path, "words_g", 'msgid "The door is shut."\nmsgstr "Die Tür ist zu."\n')
    plugin_words.learn(PluginHost.of(words_g=speaking(tmp_path)).message_catalogues())
    staff: Any = SimpleNamespace(locale="de")
    theirs = Misconfigured(sentences_of("words_g")("The door is shut."), "url")
    assert text_gateway.said_of_field({"url": "Invoices"}, "url", theirs, staff) == "Die Tür ist zu."
    assert text_gateway.said_of_field({"url": "Invoices"}, "url", Misconfigured("x", "url"), staff) == "Rechnungen"
