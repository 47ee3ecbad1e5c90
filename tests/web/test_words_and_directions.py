"""No template says a word that is not in the catalogue, and no stylesheet speaks of left and right."""

import re
from collections.abc import Iterator

from frontdesk_web import rendering, static_files

TEMPLATES = [each for each in sorted(rendering.HERE.rglob("*.*")) if each.suffix in (".html", ".txt")]
STYLESHEETS = sorted((static_files.HERE / "css").rglob("*.css"))

_JINJA = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
_SILENT = re.compile(r"<(style|script)\b.*?</\1>", re.DOTALL)
_TAG = re.compile(r"<[^>]*>", re.DOTALL)
_READ_ALOUD = re.compile(r'\b(?:aria-label|aria-description|title|alt|placeholder|label)="([^"]*)"')
_WORD = re.compile(r"[^\W\d_]{2,}")
_TRANSLATED = re.compile(r'(?<![\w.])_\(\s*(?:"(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)*\')')
_LITERAL = re.compile(r'"((?:[^"\\]|\\.)*)"')
_SENTENCE = re.compile(r"[A-Z][a-z]+|[a-z]+ [a-z]+")


def words_outside_the_catalogue(source: str, is_html: bool) -> Iterator[str]:
    """What a template says by itself: in its text, in attributes that are read aloud, and in what it hands to parts."""
    plain = _SILENT.sub("", _JINJA.sub("\0", source))
    if is_html:
        for spoken in _READ_ALOUD.findall(plain):
            yield from _WORD.findall(spoken)
        plain = _TAG.sub(" ", plain)
    yield from _WORD.findall(re.sub(r"&\w+;", " ", plain))
    for expression in _JINJA.findall(source):
        if not expression.startswith("{#"):
            for literal in _LITERAL.findall(_TRANSLATED.sub("", expression)):
                # What browsers fill in by themselves is named in English: autocomplete="billing postal-code".
                if _SENTENCE.search(literal) and not literal.startswith(("billing ", "shipping ")):
                    yield literal


def test_every_word_of_a_template_is_in_the_catalogue() -> None:
    found = {
        path.relative_to(rendering.HERE).as_posix(): words
        for path in TEMPLATES
        if "gallery" not in path.parts
        and (words := list(words_outside_the_catalogue(path.read_text(), path.suffix == ".html")))
    }
    assert found == {}


def test_words_outside_the_catalogue_are_found_wherever_they_stand() -> None:
    source = (
        '{# a note #}<p class="lead" title="Sum">{{ _("Total") }} Left <b aria-label="{{ page.x }}">7 &nbsp;</b></p>'
        '{{ action("Pay now", "primary") }}{{ field("name", _("Name"), page.name, autocomplete="billing name") }}'
    )
    assert list(words_outside_the_catalogue(source, is_html=True)) == ["Sum", "Left", "Pay now"]


_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_SIDES = re.compile(
    r"(?:margin|padding|border|inset|scroll-\w+)-(?:left|right)\b|(?:text-align|float|clear): (?:left|right)"
    r"|(?<![-\w])(?:left|right):"
)
_FOUR = re.compile(r"(?<![-\w])(?:margin|padding|inset): ([^\s;]+) ([^\s;]+) ([^\s;]+) ([^\s;}]+)")


def sides(style: str) -> Iterator[str]:
    """Where a stylesheet says left or right, or what is one and not the other."""
    style = _COMMENT.sub("", style)
    yield from _SIDES.findall(style)
    for four in _FOUR.finditer(style):
        if "(" not in four[0] and four[2] != four[4]:
            yield four[0]


def test_no_stylesheet_speaks_of_left_and_right() -> None:
    found = {path.name: said for path in STYLESHEETS if (said := list(sides(path.read_text())))}
    assert found == {}, "say -inline-start and -inline-end, for languages from right to left"


def test_sides_are_found() -> None:
    style = "a { margin-left: 1px; left: 0; padding: 1px 2px 3px 4px; margin: 1px 2px 3px 2px; text-align: right; }"
    assert list(sides(style)) == ["margin-left", "left:", "text-align: right", "padding: 1px 2px 3px 4px"]
    assert list(sides("/* left: */ a { margin-inline-start: 1px; inset-inline-end: 0; padding: 1px 2px; }")) == []
