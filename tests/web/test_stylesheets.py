"""Stylesheets: each class of a page is drawn by one of them."""

import re
from collections import defaultdict
from pathlib import Path

import frontdesk_web

SHEETS = Path(frontdesk_web.__file__).parent / "static" / "css"
# What pages begin with, and what paper leaves out.
OF_ALL = {"base.css", "print.css"}
RULE = re.compile(r"(?:^|[{}])\s*([^{}@]+)\{")
CLASS = re.compile(r"\.([a-z0-9-]+)")


def classes(sheet: str) -> set[str]:
    """The classes that have a rule of their own, whatever is around them."""
    bare = re.sub(r"/\*.*?\*/", "", sheet, flags=re.DOTALL)
    selectors = [each.strip() for said in RULE.findall(bare) for each in said.split(",")]
    return {found[1] for each in selectors if (found := CLASS.fullmatch(each)) is not None}


def test_no_class_is_drawn_by_two_stylesheets() -> None:
    """Of two things that are called alike, one would be drawn as the other."""
    drawn: dict[str, set[str]] = defaultdict(set)
    for path in SHEETS.rglob("*.css"):
        for name in classes(path.read_text()):
            drawn[name] |= {path.name} - OF_ALL
    assert len(drawn) > 100
    assert {name: sheets for name, sheets in drawn.items() if len(sheets) > 1} == {}
