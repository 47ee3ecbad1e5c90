"""The home page put together: it is the same as if it had been rendered whole."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from random import Random

import msgspec
import pytest
from msgspec.structs import replace

from frontdesk_web import rendering
from frontdesk_web.gallery_brands import SAMPLES, Sample
from frontdesk_web.gallery_frames import around
from frontdesk_web.gallery_home import home, home_pages
from frontdesk_web.languages import LOCALES
from frontdesk_web.portal import moulds
from frontdesk_web.portal.frames import Frame
from frontdesk_web.portal.home_sections import SECTIONS
from frontdesk_web.portal.home_views import HomePage, RefusedNotice
from frontdesk_web.portal.late_invoices import LateInvoice
from frontdesk_web.portal.panel_views import PanelLink, PanelSection
from frontdesk_web.portal.shells import Shells
from frontdesk_web.portal.views import Notice
from frontdesk_web.rendering import Renderer
from frontdesk_web.static_files import StaticFiles

ADDRESSES = ("jenny@example.com", "o'neil&<b>x/@example.com", 'a"b@example.com', "")
# All that a frame shows besides the address, each of them another one.
OTHERS = (
    {"return_url": "https://app.example/return"},
    {"csrf": "t" * 43},
    {"session_url": "/p/other/session"},
    {"preview": True},
)
TEXTS = ("Plan", "", "<b>&amp;</b>", "O'Neil/Söhne", "10\xa0× €12", "東京", "حساب", "{{ page }}", "&#x27;", "x" * 3000)
JSON_ESCAPES = ('12" screen', "back\\slash", "\\n", '\\"', "two\r\nlines", "".join(map(chr, range(128))), '"', "\\")
TONES = ("neutral", "success", "info", "warning", "danger")
SAMPLE = next(iter(SAMPLES.values()))
A_TEXT = r"[a-z_]+(\.[a-z_]+)*"
ASKED = re.compile(
    rf"(not )?{A_TEXT}(( and | or )(not )?{A_TEXT})*|[a-z]+ is not none|count [<=]+ \d|[a-z]+ in {A_TEXT}"
)
SET = re.compile(rf"[a-z_]+ = ({A_TEXT}|page\.subscriptions\|length)")
PRINTED = re.compile(rf'{A_TEXT}|icon\("[a-z-]+"\)|static\("[^"]+"\)')
MESSAGE = re.compile(rf'_\("[^"]*"(, [a-z_]+={A_TEXT})*\)( if count < 2 else _\("[^"]*"\))?')


@pytest.fixture(scope="module")
def renderer() -> Renderer:
    return Renderer(StaticFiles())


def framed(sample: Sample) -> Iterator[tuple[HomePage, Frame]]:
    """The home pages of the gallery in their frames, with and without who can switch."""
    for exhibit in home_pages(sample):
        page, frame = exhibit.page, around(sample, exhibit, "brand.css")
        assert isinstance(page, HomePage)
        assert frame.signed_in is not None
        yield page, frame
        yield page, replace(frame, signed_in=replace(frame.signed_in, switcher=None))


def alone() -> Frame:
    """The frame of somebody who cannot switch."""
    return next(
        frame for _, frame in framed(SAMPLE) if frame.signed_in is not None and frame.signed_in.switcher is None
    )


def reworded(page: HomePage, random: Random, texts: tuple[str, ...]) -> HomePage:
    """The page with other texts, a few of them empty."""

    def other(value: object, name: str = "") -> object:
        if isinstance(value, str):
            return random.choice(TONES if name == "tone" else texts)
        if isinstance(value, dict):
            return {key: other(each, key) for key, each in value.items()}
        if isinstance(value, list | tuple):
            return [other(each) for each in value]
        return value

    return msgspec.convert(other(msgspec.to_builtins(page)), HomePage)


@pytest.mark.parametrize("slug", SAMPLES)
def test_a_page_from_parts_is_the_same_as_a_whole_one(renderer: Renderer, slug: str) -> None:
    """Every home page of the gallery, one after the other in one process, so that what is kept is met again."""
    shells, sample = Shells(renderer), SAMPLES[slug]
    for page, frame in framed(sample):
        assert frame.signed_in is not None
        for address in ADDRESSES:
            shown = replace(frame, signed_in=replace(frame.signed_in, email=address))
            assert shells.page(sample.locale, shown, page) == renderer.page(sample.locale, shown, page)


@pytest.mark.parametrize("locale", LOCALES)
def test_a_page_has_its_own_texts_where_another_had_theirs(renderer: Renderer, locale: str) -> None:
    """Whatever they say, and whichever of them are empty."""
    shells, random = Shells(renderer), Random(7)
    for page, frame in framed(SAMPLE):
        for _ in range(12):
            other = reworded(page, random, TEXTS)
            assert shells.page(locale, frame, other) == renderer.page(locale, frame, other)


def test_pages_of_one_shape_are_rendered_once(renderer: Renderer, monkeypatch: pytest.MonkeyPatch) -> None:
    shells, random = Shells(renderer), Random(7)
    page = home(SAMPLE)
    frame = alone()
    filled = tuple(each for each in TEXTS if each)
    first, *others = (reworded(page, random, filled) for _ in range(5))
    shells.page("en", frame, first)
    expected = [renderer.page("en", frame, each) for each in others]
    monkeypatch.setattr(Renderer, "render", None)
    assert [shells.page("en", frame, each) for each in others] == expected
    assert len(set(expected)) == len(others)


@pytest.mark.parametrize("text", JSON_ESCAPES)
def test_a_text_that_json_would_write_another_way_is_shown_as_it_is(renderer: Renderer, text: str) -> None:
    shells, random = Shells(renderer), Random(7)
    for page, frame in framed(SAMPLE):
        other = reworded(page, random, (text, "Plan", ""))
        assert shells.page("en", frame, other) == renderer.page("en", frame, other)


def test_what_plugins_add_and_what_is_said_on_top_is_there(renderer: Renderer) -> None:
    page = replace(
        home(SAMPLE),
        notices=tuple(Notice(tone=each, text="Saved <b>.", title=each) for each in ("danger", "success", "info")),
        late=(LateInvoice(sentence="It was due.", url="/p/x/invoices/1"), LateInvoice(sentence="This too.", url=None)),
        waiting=("Change to Team",),
        refused=(RefusedNotice(title="No", text="Not now.", action="/p/x/refused/1"),),
        panels=(PanelSection(title="Usage", paragraphs=("Much.",), links=(PanelLink(text="More", url="/more"),)),),
    )
    shells, none = Shells(renderer), {"notices": (), "late": (), "waiting": (), "refused": (), "panels": ()}
    (_, frame), *_ = framed(SAMPLE)
    for locale in LOCALES:
        for missing in none:
            only = replace(page, **{name: value for name, value in none.items() if name != missing})
            for shown in (page, only, replace(page, **{missing: ()})):
                assert shells.page(locale, frame, shown) == renderer.page(locale, frame, shown)


def test_what_is_kept_is_nobody_elses(renderer: Renderer) -> None:
    """Two frames that differ in anything, and two languages, never share."""
    shells, page = Shells(renderer), home(SAMPLE)
    plain = alone()
    brands = (replace(plain.brand, name="Another"), replace(plain.brand, stylesheet_url="other.css"))
    frames = [plain, *(replace(plain, **other) for other in OTHERS), *(replace(plain, brand=each) for each in brands)]
    for _ in range(2):
        found = set()
        for locale in LOCALES:
            for frame in frames:
                html = shells.page(locale, frame, page)
                assert html == renderer.page(locale, frame, page)
                found.add(html)
        assert len(found) == len(LOCALES) * len(frames)


def test_what_is_kept_does_not_grow(renderer: Renderer, monkeypatch: pytest.MonkeyPatch) -> None:
    """More shapes than are kept, and a section that is too long to be kept, are pages like any other."""
    monkeypatch.setattr(moulds, "KEPT", 5)
    shells, page = Shells(renderer), home(SAMPLE)
    (_, frame), *_ = framed(SAMPLE)
    for number in (0, 1, 2, 3, 4, 5, 6, 500, 1):
        shown = replace(page, subscriptions=page.subscriptions * number)
        assert shells.page("en", frame, shown) == renderer.page("en", frame, shown)
        assert len(shells._moulds._kept) <= 5


def test_a_changed_template_is_read_again_in_development(tmp_path: Path) -> None:
    folder = tmp_path / "templates"
    shutil.copytree(rendering.HERE, folder)
    shells = Shells(Renderer(StaticFiles(), folder, reload=True))
    (page, frame), *_ = framed(SAMPLE)
    for name in ("layout.html", "portal/home_plans.html"):
        assert b"changed" not in shells.page("en", frame, page)
        (folder / name).write_text((folder / name).read_text().replace('class="', 'class="changed '))
        assert b"changed" in shells.page("en", frame, page)
        shutil.copytree(rendering.HERE, folder, dirs_exist_ok=True)


@pytest.mark.parametrize("template", SECTIONS)
def test_a_section_asks_of_a_text_whether_it_is_there_but_not_what_it_says(template: str) -> None:
    """What a mark stands for when a section is rendered for many may be printed and missed, and nothing else."""
    source = (rendering.HERE / template).read_text()
    parts = re.findall(r'\{% include "([^"]+)" %\}', source)
    for each in (source, *((rendering.HERE / part).read_text() for part in parts)):
        for kind, expression in re.findall(r"\{% (if|elif|for|set) (.*?) %\}", each):
            assert (SET if kind == "set" else ASKED).fullmatch(expression), expression
        for expression in re.findall(r"\{\{ (.*?) \}\}", each):
            assert PRINTED.fullmatch(expression) or MESSAGE.fullmatch(expression), expression
