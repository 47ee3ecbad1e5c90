"""Every page and letter: no word outside the catalogue, no inline code, labelled, escaped, and small."""

import re
from html.parser import HTMLParser
from pathlib import Path

import minijinja
import msgspec
import pytest

from frontdesk.branding import Brand, Font
from frontdesk_web import rendering
from frontdesk_web.brand_stylesheet import FONT_STACKS, stylesheet
from frontdesk_web.gallery import exhibits
from frontdesk_web.gallery_brands import HEFEHAUS, NORTHBEAM, SAMPLES
from frontdesk_web.gallery_frames import frame
from frontdesk_web.gallery_home import home
from frontdesk_web.languages import LOCALES
from frontdesk_web.portal import details_views, frames, views
from frontdesk_web.rendering import Renderer
from frontdesk_web.static_files import HERE as STATIC
from frontdesk_web.static_files import StaticFiles

STATIC_FILES = StaticFiles()
RENDERER = Renderer(STATIC_FILES)
TEMPLATES = sorted(path for path in rendering.HERE.rglob("*.*") if "gallery" not in path.parts)
EXHIBITS = [
    (slug, name, html)
    for slug, sample in SAMPLES.items()
    for name, html in exhibits(RENDERER, sample, "/brand/x/y.css")
    if name.endswith(".html")
]
PAGES = [exhibit for exhibit in EXHIBITS if not exhibit[1].startswith("letter-")]
SPOKEN = {"alt", "aria-label", "aria-description", "content", "placeholder", "title", "data-copied"}
WORD = re.compile(r"[^\W\d_]{2,}")
EXPRESSION = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
VOID = {"br", "col", "hr", "img", "input", "link", "meta"}


class Reader(HTMLParser):
    """Collects what a test wants to know about a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.words: list[str] = []
        self.open: list[str] = []
        self.text_of: dict[int, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.tags.append((tag, values))
        if tag not in VOID:
            self.open.append(tag)
        for name in SPOKEN & values.keys():
            if tag != "meta":
                self.words += WORD.findall(values[name])

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag, f"</{tag}> closes another element"

    def handle_data(self, data: str) -> None:
        if not self.open or self.open[-1] not in ("style", "script"):
            self.words += WORD.findall(data)


def read(html: str) -> Reader:
    reader = Reader()
    reader.feed(html)
    reader.close()
    return reader


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.relative_to(rendering.HERE).as_posix())
def test_no_word_stands_outside_the_catalogue(path: Path) -> None:
    source = EXPRESSION.sub("", path.read_text())
    if path.suffix == ".txt":
        assert WORD.findall(source) == []
        return
    reader = HTMLWords()
    reader.feed(source)
    assert reader.words == []


class HTMLWords(Reader):
    """Templates are halves of pages: what one opens another may close."""

    def handle_endtag(self, tag: str) -> None:
        if tag in self.open:
            del self.open[len(self.open) - 1 - self.open[::-1].index(tag) :]


@pytest.mark.parametrize(("slug", "name", "html"), PAGES, ids=[f"{slug}-{name}" for slug, name, _ in PAGES])
def test_pages_are_sound(slug: str, name: str, html: str) -> None:
    reader = read(html)
    assert reader.open == []
    tags = reader.tags
    names = [tag for tag, _ in tags]
    assert names.count("h1") == 1
    assert names.count("title") == 1
    assert names.count("main") == 1
    assert ("html", {"lang": SAMPLES[slug].locale}) in tags
    ids = [values["id"] for _, values in tags if "id" in values]
    assert len(ids) == len(set(ids))
    assert "style" not in names
    for tag, values in tags:
        assert not [attribute for attribute in values if attribute == "style" or attribute.startswith("on")]
        assert not values.get("href", "").startswith("javascript:")
        if tag == "script":
            assert values["src"].startswith("/static/")
        if tag == "img":
            assert "alt" in values
        for reference in ("for", "aria-labelledby", "aria-controls"):
            assert reference not in values or values[reference] in ids
        for described in values.get("aria-describedby", "").split():
            assert described in ids
        if tag in ("input", "select", "textarea") and values.get("type") not in ("hidden", "radio"):
            assert values["id"] in [other.get("for") for _, other in tags]


@pytest.mark.parametrize(("slug", "name", "html"), PAGES, ids=[f"{slug}-{name}" for slug, name, _ in PAGES])
def test_every_form_that_posts_carries_its_token(slug: str, name: str, html: str) -> None:
    forms = re.findall(r"<form\b.*?</form>", html, re.DOTALL)
    assert len(forms) == html.count("<form")
    for form in forms:
        if 'method="get"' in form:
            # It only asks for a page, and its address would tell the token.
            assert "csrf" not in form
            continue
        assert 'method="post"' in form
        assert 'name="csrf" value="gallery"' in form
        assert "<button" in form


@pytest.mark.parametrize(("slug", "name", "html"), EXHIBITS, ids=[f"{slug}-{name}" for slug, name, _ in EXHIBITS])
def test_nothing_is_loaded_from_elsewhere(slug: str, name: str, html: str) -> None:
    for tag, values in read(html).tags:
        if tag in ("script", "img", "link", "use", "iframe", "source"):
            address = values.get("src") or values.get("href") or ""
            assert not address.startswith(("http:", "https:", "//")), address


def test_what_a_tenant_or_customer_writes_is_text() -> None:
    evil = '"><script>alert(1)</script>{{ 6007 * 7019 }}\u202e'
    page = home(NORTHBEAM)
    card = msgspec.structs.replace(page.subscriptions[0], name=evil, description=evil, prices=(evil,), notes=(evil,))
    details = msgspec.structs.replace(page.details, name=evil, address_lines=(evil,))
    around = frame(NORTHBEAM, "/brand/x/y.css", signed_in=True)
    around = msgspec.structs.replace(around, brand=msgspec.structs.replace(around.brand, name=evil, headline=evil))
    page = msgspec.structs.replace(page, subscriptions=(card,), details=details)
    html = RENDERER.page("en", around, page).decode()
    assert "<script>alert" not in html
    assert "42163133" not in html
    assert html.count("&quot;&gt;&lt;script&gt;alert(1)") >= 7
    read(html)


def test_a_place_that_a_view_does_not_have_is_an_error() -> None:
    with pytest.raises(minijinja.TemplateError):
        RENDERER.render("portal/home.html", "en", frame=frame(NORTHBEAM, "", True), page={"csrf": ""})


@pytest.mark.parametrize("name", ["../messages.py", "/etc/passwd", "portal/../../rendering.py", "nothing.html"])
def test_templates_come_from_their_folder_only(name: str) -> None:
    with pytest.raises(minijinja.TemplateError):
        RENDERER.render(name, "en")


def test_an_address_that_cannot_be_changed_has_no_field() -> None:
    page = details_views.DetailsPage(action="/x", csrf="t", back_url="/", email=views.Field(value="jenny@example.com"))
    around = frame(NORTHBEAM, "/brand/x/y.css", signed_in=True)
    fixed = RENDERER.page("en", around, page).decode()
    assert 'name="email"' not in fixed
    assert "jenny@example.com" in fixed
    assert 'name="email"' in RENDERER.page("en", around, msgspec.structs.replace(page, email_editable=True)).decode()


def test_a_page_without_a_tenant_is_whole() -> None:
    for locale in LOCALES:
        around = frames.Frame(brand=frames.BrandView(name=""), languages=())
        html = RENDERER.page(locale, around, views.ErrorPage(status=500, request_id="req_1")).decode()
        assert "req_1" in html
        assert read(html).open == []


def test_letters_have_one_line_subjects_and_both_forms() -> None:
    for sample in SAMPLES.values():
        shown = dict(exhibits(RENDERER, sample, ""))
        subject, _, text = shown["letter-passcode.txt"].partition("\n\n")
        assert "482913" in subject
        assert "\n    482913\n" in text
        assert "&" not in text.replace("Ashford & Lane", "")
        for name in ("passcode", "portal_link", "plan_changed", "subscription_cancelled", "invoice"):
            assert sample.brand.business_name in shown[f"letter-{name}.html"]
            assert "\n\n\n" not in shown[f"letter-{name}.txt"]
            assert len(shown[f"letter-{name}.html"]) < 20_000


def test_static_files_are_named_by_what_is_in_them() -> None:
    for file in STATIC_FILES.all():
        assert re.fullmatch(r"[\w/.-]+\.[0-9a-f]{12}\.(css|js|svg|woff2|txt)", file.path)
        assert STATIC_FILES.find(file.path) is file
    assert STATIC_FILES.find("../rendering.py") is None
    assert STATIC_FILES.find("portal.css") is None
    style = STATIC_FILES.find(STATIC_FILES.url("portal.css").removeprefix("/static/"))
    assert style is not None
    for address in re.findall(r'url\("([^"]*)"\)', style.body.decode()):
        assert STATIC_FILES.find(address.removeprefix("/static/")) is not None
    assert len(style.body) < 45_000


def test_every_style_and_icon_that_is_there_is_used() -> None:
    sources = "".join(path.read_text() for path in TEMPLATES)
    scripts = "".join(path.read_text() for path in (STATIC / "js").glob("*.js"))
    icons = set(re.findall(r'<symbol id="([\w-]+)"', (STATIC / "icons.svg").read_text()))
    for part in ("dashboard", "operator"):
        sources += "".join(path.read_text() for path in (rendering.HERE.parent / part).glob("*.py"))
    assert {icon for icon in icons if icon not in sources} == set()
    used = set(re.findall(r'icons\.svg"\) \}\}#([\w-]+)', sources)) | set(re.findall(r'icon\("([\w-]+)"\)', sources))
    assert used <= icons
    styles = "".join(path.read_text() for path in (STATIC / "css").glob("*.css"))
    computed = re.compile(r"(badge|notice|button|when|choice-not)-")
    for name in set(re.findall(r"\.([a-z][\w-]*[a-z0-9])(?=[\s.:,{>+\[)])", styles)):
        assert name in sources + scripts or computed.match(name), name


def test_the_neutral_brand_is_the_default_brand() -> None:
    assert stylesheet(Brand(business_name="Frontdesk")).decode() in (STATIC / "css" / "tokens.css").read_text()


def test_every_font_is_shipped() -> None:
    assert set(FONT_STACKS) == set(Font)
    sheets = STATIC_FILES.fonts()
    assert {"default", *sheets} == {font.value for font in Font}
    licences = (STATIC / "fonts" / "licences.txt").read_text()
    for font, address in sheets.items():
        sheet = STATIC_FILES.find(address.removeprefix("/static/"))
        assert sheet is not None
        text = sheet.body.decode()
        assert {FONT_STACKS[Font(font)].split(",")[0].strip('"')} == set(re.findall(r'font-family: "([^"]+)"', text))
        files = re.findall(r'url\("([^"]+)"\)', text)
        assert files
        assert all(STATIC_FILES.find(f"fonts/{file}") for file in files)
        family = re.split(r"-(?:latin|thai|greek|cyrillic|vietnamese)", files[0])[0]
        assert f"\n{family}: " in licences


def test_all_static_files_take_little_memory() -> None:
    """They lie in the memory of every process; beyond this, fonts are to be read when they are asked for."""
    assert sum(len(file.body) for file in STATIC_FILES.all()) < 3_000_000


def test_a_page_carries_the_rules_of_its_own_font_only() -> None:
    shown = dict(exhibits(RENDERER, HEFEHAUS, "brand.css"))["home.html"]
    assert [each for each in STATIC_FILES.fonts().values() if each in shown] == [STATIC_FILES.fonts()["lora"]]


def _luminance_pairs() -> list[tuple[str, str, str]]:
    tokens = (STATIC / "css" / "tokens.css").read_text()
    light, dark = tokens.split("The rest of the tokens")[1].split("@media")
    light_values = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", light))
    dark_values = {**light_values, **dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", dark))}
    pairs = [("success-text", "success-soft"), ("info-text", "info-soft"), ("warning-text", "warning-soft")]
    pairs += [("danger-text", "danger-soft"), ("on-danger", "danger"), ("on-danger", "danger-strong")]
    return [(text, values[text], values[ground]) for values in (light_values, dark_values) for text, ground in pairs]


@pytest.mark.parametrize(("name", "text", "ground"), _luminance_pairs())
def test_statuses_can_be_read(name: str, text: str, ground: str) -> None:
    from frontdesk.colours import contrast

    assert contrast(text, ground) >= 4.5


def test_both_samples_are_as_different_as_tenants_are() -> None:
    assert NORTHBEAM.brand.font != HEFEHAUS.brand.font
    assert NORTHBEAM.locale != HEFEHAUS.locale
