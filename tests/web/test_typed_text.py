"""What people type, without what nobody can read."""

import pytest

from frontdesk_web.typed_text import lines, one_line


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Ada  Lovelace ", "Ada  Lovelace"),
        ("Ada\r\nLovelace", "Ada Lovelace"),
        ("Ada\tLovelace\u2028", "Ada Lovelace"),
        ("A\0da\x1b\u202e", "Ada"),
        ("\0", ""),
    ],
)
def test_a_line(typed: str, kept: str) -> None:
    assert one_line(typed) == kept


def test_lines_stay_lines() -> None:
    assert lines(" one\r\n\r\ntwo\0 \n three\t\n\n") == "one\n\ntwo\nthree"
