"""One text message: what fits, and the line by which phones know a code."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from frontdesk.short_texts import fits, is_gsm, one_text, units

HOST, CODE = "billing.example.com", "482913"


@pytest.mark.parametrize(
    ("text", "gsm", "taken"),
    [
        ("Grüße, Zoë? Äß@£", False, 16),
        ("Grüße @£", True, 8),
        ("5 € [x]", True, 10),
        ("コード", False, 3),
        ("😀", False, 2),
    ],
)
def test_places(text: str, gsm: bool, taken: int) -> None:
    assert (is_gsm(text), units(text)) == (gsm, taken)


@pytest.mark.parametrize(
    ("text", "one"), [("a" * 160, True), ("a" * 161, False), ("あ" * 70, True), ("あ" * 71, False), ("€" * 80, True)]
)
def test_one_message(text: str, one: bool) -> None:
    assert fits(text) is one


def test_the_longest_wording_that_fits_is_taken() -> None:
    tail = f"\n\n@{HOST} #{CODE}"
    assert one_text(HOST, CODE, "long " * 20, "short") == "long " * 20 + tail
    assert one_text(HOST, CODE, "long " * 40, "short") == "short" + tail
    assert one_text(HOST, CODE, "あ" * 60, "ありがとう") == "ありがとう" + tail
    assert one_text("x" * 60, CODE, "あ") == f"{CODE}\n\n@{'x' * 60} #{CODE}"
    assert one_text("x" * 150, CODE, "short") == CODE


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=200), st.integers(1, 200))
def test_whatever_the_words_it_is_one_message_with_the_code(words: str, length: int) -> None:
    text = one_text("h" * length, CODE, f"{CODE} {words}")
    assert fits(text)
    assert CODE in text
