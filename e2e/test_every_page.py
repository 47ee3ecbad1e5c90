"""Every page that a customer can see, in every state, six languages, both directions, on phones and on a desk, light
and dark, in a brand as one would wish for and in a hostile one: axe finds nothing, no page scrolls sideways, no text is
cut off, lies upon other text or sticks out, all that can be pressed is large enough, the focus is always seen, and
it is on the error where there is one.

The pages are the gallery's, and need no database, so that a page is looked at in every way within a second or two.
That the gallery shows every page and every state is seen by `tests/web/test_gallery_is_whole.py`. `make test` looks at
each page in one way, always the same one; `make test-long` looks at all of them.
"""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from node_runtime import node_program
from playwright.async_api import Browser, Page
from portal_looks import BRANDS, DIRECTIONS, WAYS, WIDTHS, Gallery, open_gallery
from some_of_many import some
from test_accessibility import AXE, COLOURS, RUN, TAGS

from frontdesk_web.languages import LOCALES, direction

pytestmark = pytest.mark.browser
FAULTS = Path(__file__).with_name("page_faults.js").read_text()
FOCUS_FAULTS = Path(__file__).with_name("focus_faults.js").read_text()
TURN = "way => { document.documentElement.dir = way; }"
OPEN = "() => document.querySelectorAll('details').forEach(each => { each.open = true; })"
BEGINS_AT_ERROR = """() => {
  const first = document.querySelector(".notice-danger, .field-wrong [aria-invalid]");
  return !first || document.body.inert || document.activeElement === first;
}"""
"""After a refusal a page begins at what it says about it: for eyes, for the keyboard and for screen readers."""
WITH_OPEN_MENUS = "home-many"
HEIGHT = 640
OF_LETTERS = ["color-contrast", "image-alt", "link-name", "html-has-lang", "document-title"]


@pytest.fixture
def gallery(tmp_path: Path) -> Iterator[Gallery]:
    """The gallery, for a browser to look at."""
    with open_gallery(tmp_path) as opened:
        yield opened


@pytest.fixture
async def page(browser: Browser) -> AsyncIterator[Page]:
    """A page that is used for one file after the other."""
    context = await browser.new_context(viewport={"width": WIDTHS[0], "height": HEIGHT}, reduced_motion="reduce")
    yield await context.new_page()
    await context.close()


@pytest.fixture
async def judge(browser: Browser) -> AsyncIterator[Page]:
    """A page with axe in every document."""
    _, folder = node_program((AXE,))
    context = await browser.new_context(
        viewport={"width": WIDTHS[0], "height": HEIGHT}, reduced_motion="reduce", bypass_csp=True
    )
    await context.add_init_script(path=folder / "node_modules" / "axe-core" / "axe.min.js")
    yield await context.new_page()
    await context.close()


async def test_every_page_fits_in_one_way(page: Page, gallery: Gallery) -> None:
    faults = []
    ways = {exhibit.name: some(WAYS, exhibit.name, 1)[0] for exhibit in gallery.exhibits("northbeam", "en")}
    for width in WIDTHS:
        await page.set_viewport_size({"width": width, "height": HEIGHT})
        for name, way in [each for each in ways.items() if each[1].width == width]:
            (shown,) = [each for each in gallery.exhibits(way.brand, way.locale) if each.name == name]
            await show(page, gallery.page(way.brand, way.locale, shown), name)
            if not await page.evaluate(BEGINS_AT_ERROR):
                faults.append(f"{name}, {way}: the focus is not on the first error")
            await page.evaluate(TURN, way.direction)
            faults += [f"{name}, {way}: {each}" for each in await page.evaluate(FAULTS)]
    assert not faults, "\n".join(faults)


@pytest.mark.long
@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("brand", BRANDS)
async def test_every_page_fits_in_every_way(page: Page, brand: str, locale: str, gallery: Gallery) -> None:
    faults = []
    for exhibit in gallery.exhibits(brand, locale):
        await show(page, gallery.page(brand, locale, exhibit), exhibit.name)
        for width in WIDTHS:
            await page.set_viewport_size({"width": width, "height": HEIGHT})
            for way in DIRECTIONS:
                await page.evaluate(TURN, way)
                found = await page.evaluate(FAULTS)
                if width != WIDTHS[1]:
                    found += await page.evaluate(FOCUS_FAULTS)
                faults += [f"{exhibit.name}, {way}, {width} px: {each}" for each in found]
    assert not faults, "\n".join(faults)


@pytest.mark.long
@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("brand", BRANDS)
async def test_axe_finds_nothing_on_any_page(judge: Page, brand: str, locale: str, gallery: Gallery) -> None:
    faults = []
    for exhibit in gallery.exhibits(brand, locale):
        await show(judge, gallery.page(brand, locale, exhibit), exhibit.name)
        for way in DIRECTIONS:
            await judge.evaluate(TURN, way)
            for width in (WIDTHS[0], WIDTHS[-1]):
                await judge.set_viewport_size({"width": width, "height": HEIGHT})
                for scheme in ("light", "dark"):
                    # What depends on neither colour nor room is asked once, in the language's own direction.
                    whole = way == direction(locale) and scheme == "light"
                    found = await violations(judge, scheme, TAGS if whole else [*COLOURS, "target-size"])
                    faults += [f"{exhibit.name}, {way}, {width} px, {scheme}: {each}" for each in found]
    assert not faults, "\n".join(faults)


@pytest.mark.long
@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("brand", BRANDS)
async def test_every_letter_fits_and_can_be_read(judge: Page, brand: str, locale: str, gallery: Gallery) -> None:
    faults = []
    for name, address in gallery.letters(brand, locale):
        await judge.goto(address)
        for width in (320, 720):
            await judge.set_viewport_size({"width": width, "height": HEIGHT})
            faults += [f"{name}, {width} px: {each}" for each in await judge.evaluate(FAULTS)]
        faults += [f"{name}: {each}" for each in await violations(judge, "light", OF_LETTERS)]
    assert not faults, "\n".join(faults)


async def show(page: Page, address: str, name: str) -> None:
    """Open a page, and on one of them what can be unfolded."""
    await page.goto(address)
    if name == WITH_OPEN_MENUS:
        await page.evaluate(OPEN)


async def violations(page: Page, scheme: Any, rules: list[str]) -> list[str]:
    """What axe says of the page that is open, in one line for each element."""
    await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    result = await page.evaluate(RUN, [rules, []])
    return [
        f"{each['id']}: {node['target']}: {node['failureSummary'].splitlines()[-1].strip()}"
        for each in result["violations"]
        for node in each["nodes"]
    ]
