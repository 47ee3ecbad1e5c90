"""Settings draw their own form, name the field at fault, and never tell a secret."""

import enum
import traceback
from typing import Annotated, Literal

import pytest
from msgspec import Meta, Struct

from frontdesk import Misconfigured, Secret
from frontdesk.settings import MASK, FormField, decode_settings, encode_settings, form_fields

SECRET = "sk_live_7f3a-do-not-tell"


class Colour(enum.Enum):
    """Words of the class, not of the form."""

    RED = "red"
    BLUE = "blue"


class Settings(Struct, frozen=True, kw_only=True):
    """Everything that a form can show."""

    host: Annotated[str, Meta(title="Mail server", description="Its name.", max_length=9)]
    api_key: Annotated[Secret, Meta(title="API key")]
    port: Annotated[int, Meta(ge=1, le=65535)] = 587
    rate: float = 0.5
    live: bool = False
    mode: Annotated[Literal["fast", "slow"], Meta(title="Mode")] = "fast"
    colour: Colour = Colour.RED
    region: Literal["eu", "us"] | None = None
    hosts: tuple[str, ...] = ()
    note: str | None = None
    old_key: Secret | None = None

    def __post_init__(self) -> None:
        if self.api_key.reveal() == "quoted-by-mistake":
            raise ValueError(f"{self.api_key.reveal()} is too simple")


MINIMAL = {"host": "mail", "api_key": SECRET}


def test_the_form_has_the_fields_in_their_order() -> None:
    assert form_fields(Settings) == (
        FormField(name="host", title="Mail server", help="Its name.", kind="text", required=True),
        FormField(name="api_key", title="API key", help="", kind="secret", required=True),
        FormField(name="port", title="Port", help="", kind="number", required=False, default=587),
        FormField(name="rate", title="Rate", help="", kind="number", required=False, default=0.5),
        FormField(name="live", title="Live", help="", kind="switch", required=False, default=False),
        FormField(
            name="mode", title="Mode", help="", kind="choice", required=False, default="fast", choices=("fast", "slow")
        ),
        FormField(
            name="colour",
            title="Colour",
            help="",
            kind="choice",
            required=False,
            default="red",
            choices=("blue", "red"),
        ),
        FormField(name="region", title="Region", help="", kind="choice", required=False, choices=("eu", "us")),
        FormField(name="hosts", title="Hosts", help="", kind="list", required=False, default=()),
        FormField(name="note", title="Note", help="", kind="text", required=False),
        FormField(name="old_key", title="Old key", help="", kind="secret", required=False),
    )


class Empty(Struct):
    pass


class Nested(Struct):
    inner: Settings


class Table(Struct):
    rows: dict[str, int]


class Numbers(Struct):
    each: list[int]


class Two(Struct):
    either: str | int


class DefaultSecret(Struct):
    key: Secret = Secret(SECRET)


def test_settings_without_fields_are_an_empty_form() -> None:
    assert form_fields(Empty) == ()
    assert decode_settings(Empty, {"old": "1"}) == Empty()


@pytest.mark.parametrize("settings", [Nested, Table, Numbers, Two, DefaultSecret])
def test_what_no_form_can_show_is_refused(settings: type[Struct]) -> None:
    with pytest.raises(TypeError) as raised:
        form_fields(settings)
    assert SECRET not in str(raised.value)


def test_a_form_gives_texts() -> None:
    filled_in = {"port": "25", "rate": "1.5", "live": "true", "mode": "slow", "colour": "blue", "note": "", "gone": "x"}
    settings = decode_settings(Settings, MINIMAL | filled_in | {"hosts": "a\r\n\n b \n"})
    assert (settings.port, settings.rate, settings.live, settings.mode) == (25, 1.5, True, "slow")
    assert (settings.colour, settings.note, settings.hosts) == (Colour.BLUE, None, ("a", "b"))
    assert settings.api_key.reveal() == SECRET


def test_settings_survive_storing() -> None:
    settings = decode_settings(Settings, MINIMAL | {"hosts": ["a", "b"], "old_key": "older"})
    assert decode_settings(Settings, encode_settings(settings, reveal=True)) == settings
    shown = encode_settings(settings)
    assert (shown["api_key"], shown["old_key"], shown["host"]) == (MASK, MASK, "mail")
    assert SECRET not in repr(shown) + repr(settings)


@pytest.mark.parametrize(
    ("wrong", "field", "words"),
    [
        ({"host": ""}, "host", "Mail server is missing."),
        ({"host": "far too long"}, "host", "Mail server: Expected `str` of length <= 9"),
        ({"api_key": ""}, "api_key", "API key is missing."),
        ({"api_key": 5}, "api_key", "API key: Expected a text"),
        ({"api_key": MASK}, "api_key", "API key: Type the secret itself"),
        ({"port": "many"}, "port", "Port: Expected `int`"),
        ({"port": 70000}, "port", "Port: Expected `int` <= 65535"),
        ({"mode": "sideways"}, "mode", "Mode: Invalid enum value 'sideways'"),
        ({"hosts": ["a", 5]}, "hosts", "Hosts: Expected `str`"),
        ({"api_key": "quoted-by-mistake"}, None, f"{MASK} is too simple"),
    ],
)
def test_the_field_at_fault_is_named(wrong: dict[str, object], field: str | None, words: str) -> None:
    with pytest.raises(Misconfigured) as raised:
        decode_settings(Settings, MINIMAL | wrong)
    assert raised.value.field == field
    assert raised.value.message.startswith(words)
    told = "".join(traceback.format_exception(raised.value))
    assert SECRET not in told
    assert "quoted-by-mistake is" not in told
