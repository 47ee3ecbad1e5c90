"""Who reads of a rule's source in a comment finds it: every number that is cited stands in docs/sources.md."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
CITED = re.compile(r"\b(trust|portal_spec)\.md,?[\s#]+§?([A-H](?:\.?\d+)?)\b", re.IGNORECASE)


def test_every_source_that_is_cited_is_told() -> None:
    page = (ROOT / "docs/sources.md").read_text()
    told = set()
    for head, rows in zip(("trust", "portal_spec"), re.split(r"^## ", page, flags=re.MULTILINE)[1:], strict=True):
        assert rows.startswith(f"{head}.md")
        told |= {(head, number) for number in re.findall(r"^\| ([A-H][\d.]*) \|", rows, re.MULTILINE)}
    cited = {
        (name.lower(), number)
        for folder in ("core", "tenants", "web", "plugins", "tests", "e2e")
        for path in (ROOT / folder).rglob("*.py")
        for name, number in CITED.findall(path.read_text())
    }
    assert len(cited) > 60, "citations were found"
    assert cited - told == set()
