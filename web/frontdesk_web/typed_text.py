"""Text that somebody typed into a form, without what nobody can read."""

import re

_BREAKS = re.compile(r"\s+")


def one_line(text: str) -> str:
    """On one line, without control characters: a NUL could not even be stored, and others break documents."""
    return "".join(each for each in _BREAKS.sub(_space, text) if each.isprintable()).strip()


def lines(text: str) -> str:
    """As `one_line`, with its line ends kept."""
    return "\n".join(one_line(each) for each in text.replace("\r\n", "\n").split("\n")).strip()


def whole_number(typed: str, most_digits: int) -> int | None:
    """The number that somebody typed, in plain digits and not more of them; None for anything else."""
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= most_digits else None


def _space(found: re.Match[str]) -> str:
    """Spaces stay as many as there are; what breaks or indents lines becomes one."""
    return found[0] if found[0].isprintable() else " "
