"""Branding by property (issue 3, line 6): any two colours, every font and shape can be read, and no byte of a token
escapes its grammar, whatever text is put into it (trust.md B16)."""

import re
from collections.abc import Mapping
from html.parser import HTMLParser
from typing import Any

import msgspec
import pytest
from brand_grammar import HOSTILE, assert_grammar
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace

from frontdesk.book import Address
from frontdesk.branding import Brand, BrandInvalid, Font, Look, Radius
from frontdesk.colours import contrast
from frontdesk_web.brand_stylesheet import stylesheet
from frontdesk_web.documents.paper import document_colours
from frontdesk_web.gallery_brands import NORTHBEAM
from frontdesk_web.gallery_frames import frame
from frontdesk_web.gallery_home import home
from frontdesk_web.letter_views import PasscodeLetter, letter_frame
from frontdesk_web.rendering import Renderer
from frontdesk_web.static_files import HERE as STATIC
from frontdesk_web.static_files import StaticFiles

RENDERER = Renderer(StaticFiles())
GROUNDS = ("n0", "n1", "n2", "accent-soft")
READ_ON: Mapping[str, tuple[str, ...]] = {
    "on-brand": ("brand",),
    "on-brand-quiet": ("brand",),
    "brand": ("on-brand",),
    "on-accent": ("accent", "accent-strong"),
    "accent-text": GROUNDS,
    "n7": GROUNDS,
    "n8": GROUNDS,
    "n9": (*GROUNDS, "n3", "n4"),
    "success-text": ("success-soft", "n0"),
    "info-text": ("info-soft", "n0"),
    "warning-text": ("warning-soft", "n0"),
    "danger-text": ("danger-soft", "n0"),
    "on-danger": ("danger", "danger-strong"),
}
"""The tokens that colour text, and what they stand on."""
NOT_TEXT = {
    "n5": "a button that cannot be pressed",
    "n6": "an icon beside words",
    "accent": "a mark beside words",
}
colours = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")
brands = st.builds(
    Brand,
    business_name=st.text(min_size=1, max_size=40).filter(str.strip),
    headline=st.text(max_size=60),
    background=colours,
    accent=colours,
    font=st.sampled_from(Font),
    radius=st.sampled_from(Radius),
)


def schemes(brand: Brand) -> tuple[dict[str, str], dict[str, str]]:
    """The colours of a page in the light and in the dark scheme, as a browser takes them."""
    fixed = (STATIC / "css" / "tokens.css").read_text().split("The rest of the tokens")[1]
    both: tuple[dict[str, str], dict[str, str]] = ({}, {})
    for css in (fixed, stylesheet(brand).decode()):
        light, dark = css.split("@media")
        both[0].update(re.findall(r"--([a-z0-9-]+): (#[0-9a-f]{6});", light))
        both[1].update(re.findall(r"--([a-z0-9-]+): (#[0-9a-f]{6});", light))
        both[1].update(re.findall(r"--([a-z0-9-]+): (#[0-9a-f]{6});", dark))
    return both


# -- contrast ---------------------------------------------------------------------------------------------------------


@given(brands)
@example(Brand(business_name="x", background="#ffffff", accent="#ffffff"))
@example(Brand(business_name="x", background="#000000", accent="#000000"))
@example(Brand(business_name="x", background="#777777", accent="#777777"))
def test_all_text_of_all_pages_can_be_read(brand: Brand) -> None:
    for scheme in schemes(brand):
        for text, grounds in READ_ON.items():
            for ground in grounds:
                assert contrast(scheme[text], scheme[ground]) >= 4.5, (text, ground)
        assert contrast(scheme["n6"], scheme["n0"]) >= 3
        assert contrast(scheme["accent"], scheme["n0"]) >= 3


def test_no_style_colours_text_with_a_token_that_is_not_proven() -> None:
    used = set()
    for path in (STATIC / "css").rglob("*.css"):
        used |= set(re.findall(r"(?<![\w-])color: var\(--([\w-]+)\)", path.read_text()))
    assert used - NOT_TEXT.keys() <= READ_ON.keys()


@given(brands)
def test_letters_can_be_read(brand: Brand) -> None:
    letter = letter_frame(brand, "en")
    assert contrast(letter.on_panel, letter.panel) >= 4.5
    assert contrast(letter.on_accent, letter.accent) >= 4.5


def test_the_fixed_colours_of_letters_can_be_read() -> None:
    html = RENDERER.letter("en", PasscodeLetter(frame=letter_frame(Brand(business_name="x"), "en"), code="1")).html
    assert {"#1c1c1e", "#5c5c63", "#f2f2f4", "#b4b4bd"} <= set(re.findall(r"[^-]color: (#[0-9a-f]{6})", html))
    for text in ("#1c1c1e", "#5c5c63"):
        assert all(contrast(text, ground) >= 4.5 for ground in ("#ffffff", "#f4f4f5"))
    for text in ("#f2f2f4", "#b4b4bd"):
        assert all(contrast(text, ground) >= 4.5 for ground in ("#17171a", "#222226", "#2f2f35"))


@given(brands)
def test_documents_can_be_read(brand: Brand) -> None:
    paper = document_colours(brand)
    for text, grounds in (("accent", ["#ffffff"]), ("quiet", ["#ffffff", paper["ground"]]), ("text", ["#ffffff"])):
        assert all(contrast(paper[text], ground) >= 4.5 for ground in grounds)
    assert contrast(paper["text"], paper["ground"]) >= 4.5


# -- grammar ----------------------------------------------------------------------------------------------------------


@given(brands)
def test_a_stylesheet_holds_tokens_and_nothing_else(brand: Brand) -> None:
    assert_grammar(brand)


@given(st.sampled_from(Look.__struct_fields__), st.one_of(st.text(), st.sampled_from(HOSTILE), colours))
def test_whatever_text_is_put_into_a_token_stays_within_its_grammar(field: str, text: str) -> None:
    """As JSON, which is how a look is stored, and as values, which is how a form is read."""
    for make in (
        lambda: msgspec.json.decode(msgspec.json.encode({"business_name": "x", field: text}), type=Brand),
        lambda: Brand(**{"business_name": "x", field: text}),
    ):
        try:
            brand = make()
        except (BrandInvalid, msgspec.ValidationError):
            continue
        assert_grammar(brand)
        assert re.fullmatch(r"#[0-9a-f]{6}|[0-9a-f]{16,128}(\.\w{3,4})?|[a-z0-9_]+", str(getattr(brand, field)))


class Structure(HTMLParser):
    """The tags of a page with the names of their attributes, and where its links lead."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, tuple[str, ...]]] = []
        self.schemes: set[str] = set()
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, tuple(name for name, _ in attrs)))
        for name, value in attrs:
            if name in ("href", "src", "action"):
                self.schemes.add((value or "").partition(":")[0] if ":" in (value or "") else "")

    def handle_endtag(self, tag: str) -> None:
        self.tags.append(("/" + tag, ()))


PLAIN: dict[str, Any] = {
    "business_name": "Northbeam",
    "headline": "Your plan",
    "support_email": "help@northbeam.example",
    "support_phone": "+49 30 5550 142",
    "support_address": Address(line1="Lange Straße 1", city="Berlin", country="DE"),
    "support_url": "https://northbeam.example/help",
    "website": "https://northbeam.example",
    "terms_url": "https://northbeam.example/terms",
    "privacy_url": "https://northbeam.example/privacy",
    "refund_url": "https://northbeam.example/refunds",
}
EVIL = ['"><script>alert(1)</script>', "' onload=alert(1) x='", "{{ 7*7 }}{% raw %}", "</style><script>", "&quot;&#39;"]
texts = st.one_of(st.text(min_size=1, max_size=40), st.sampled_from(EVIL))


def rendered(brand: Brand) -> tuple[Structure, Structure]:
    shown = frame(replace(NORTHBEAM, slug="plain", brand=brand), "/brand/x/y.css", signed_in=True)
    page = RENDERER.page("en", shown, home(NORTHBEAM)).decode()
    letter = RENDERER.letter("en", PasscodeLetter(frame=letter_frame(brand, "en"), code="482913"))
    return Structure(page), Structure(letter.html)


@given(st.sampled_from(sorted(PLAIN)), texts)
def test_whatever_text_a_detail_is_given_no_page_and_no_letter_gets_another_shape(field: str, text: str) -> None:
    value: Any = text
    if field.endswith("_url") or field == "website":
        value = "https://northbeam.example/" + text
    elif field == "support_email":
        value = text + "@northbeam.example"
    elif field == "support_address":
        value = Address(line1=text, city=text, country="DE")
    try:
        brand = Brand(**{**PLAIN, field: value})
    except BrandInvalid:
        return
    for shown, plain in zip(rendered(brand), rendered(Brand(**PLAIN)), strict=True):
        assert shown.tags == plain.tags
        assert shown.schemes == plain.schemes


@pytest.mark.parametrize("field", sorted(set(PLAIN) - {"business_name"}))
def test_each_detail_is_shown_at_the_foot_and_hidden_when_it_is_empty(field: str) -> None:
    value = PLAIN[field]
    marks = [value.line1, value.city] if isinstance(value, Address) else [value.removeprefix("https://")]
    for brand, there in ((Brand(**PLAIN), True), (Brand(business_name="Northbeam"), False)):
        shown = frame(replace(NORTHBEAM, slug="plain", brand=brand), "/brand/x/y.css", signed_in=True)
        page = RENDERER.page("en", shown, home(NORTHBEAM)).decode().replace("&#x2f;", "/")
        letter = RENDERER.letter("en", PasscodeLetter(frame=letter_frame(brand, "en"), code="482913"))
        html, text = letter.html.replace("&#x2f;", "/"), letter.text
        for mark in marks:
            assert (mark in page) is there
            if field != "headline":
                assert (mark in html) is there
                assert (mark in text) is there
    nobody = replace(NORTHBEAM, brand=Brand(business_name="Northbeam"))
    bare = RENDERER.page("en", frame(nobody, "/brand/x/y.css", signed_in=True), home(NORTHBEAM))
    assert b"foot-help" not in bare
    assert b"foot-address" not in bare
