"""`make screenshots`: photographs every page of the demo, in both brands, and says where one does not fit its window.

Then it photographs the portal's pages in all their states, as the gallery shows them, in two brands and from right to
left. The pictures lie in `.screenshots/`, with `index.html` as their contact sheet. It fails when a page scrolls
sideways, when text is cut off or lies upon text, or when a page is not what its route says.
"""

import asyncio
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from html import escape
from itertools import groupby
from pathlib import Path

from demo_house import open_demo
from demo_tour import Tour, tours
from playwright.async_api import Browser, BrowserContext, Page
from portal_looks import open_gallery
from servers import chromium
from sights import Sight, empty_sights, open_sight, sights

OUT = Path(__file__).parents[1] / ".screenshots"
WIDTHS, SCHEMES = (390, 1280), ("light", "dark")
HEIGHT = 900
AT_ONCE = 2
STATES = (("northbeam", "en"), ("hefehaus", "de"), ("northbeam", "ar"))
"""The gallery's brands and languages."""
FAULTS = Path(__file__).with_name("page_faults.js").read_text()


async def look_at(browser: Browser, sight: Sight, locale: str) -> BrowserContext:
    """A browser of the visitor of a sight."""
    context = await browser.new_context(viewport={"width": WIDTHS[0], "height": HEIGHT}, locale=locale)
    if sight.visitor in sight.tour.cookies:
        name, value = sight.tour.cookies[sight.visitor]
        await context.add_cookies([{"name": name, "value": value, "url": sight.tour.base_url}])
    return context


async def photograph(page: Page, sight: Sight, folder: Path) -> list[str]:
    """Take the pictures of a page; returns its faults."""
    await open_sight(page, sight)
    return await take_pictures(page, sight.name, folder)


async def take_pictures(page: Page, name: str, folder: Path) -> list[str]:
    """Take the pictures of the page that is open; returns its faults."""
    faults = []
    for width in WIDTHS:
        await page.set_viewport_size({"width": width, "height": HEIGHT})
        faults += [f"{folder.name}/{name} at {width} px {each}" for each in await page.evaluate(FAULTS)]
        for scheme in SCHEMES:
            await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            file = folder / f"{name}-{width}-{scheme}.png"
            await page.screenshot(path=file, full_page=True, animations="disabled")
    return faults


async def visit_gallery(browser: Browser, run: Path, turn: asyncio.Semaphore) -> list[str]:
    """Every page of the gallery; returns all faults."""
    faults = []
    with open_gallery(run) as gallery:
        for brand, locale in STATES:
            folder = OUT / f"{brand}-{locale}"
            folder.mkdir()
            async with turn:
                page = await browser.new_page()
                for exhibit in gallery.exhibits(brand, locale):
                    await page.goto(gallery.page(brand, locale, exhibit))
                    faults += await take_pictures(page, exhibit.name, folder)
                await page.close()
    return faults


async def visit(browser: Browser, seen: Sequence[Sight], folder: Path, turn: asyncio.Semaphore) -> list[str]:
    """Everything that one visitor sees; returns all faults."""
    faults = []
    async with turn:
        context = await look_at(browser, seen[0], seen[0].tour.company.locale)
        for sight in seen:
            page = await context.new_page()
            try:
                faults += await photograph(page, sight, folder)
            except Exception as error:
                faults.append(f"{sight.name} could not be photographed: {error}")
            await page.close()
        await context.close()
    return faults


def visits(all_tours: Sequence[Tour]) -> Iterator[list[Sight]]:
    """All sights in parts that may be seen at the same time."""
    for tour in all_tours:
        by_visitor = sorted(sights(tour), key=lambda each: each.visitor)
        for _, group in groupby(by_visitor, key=lambda each: each.visitor):
            seen = list(group)
            yield from (seen[at : at + 12] for at in range(0, len(seen), 12))
    yield list(empty_sights(all_tours[0]))


def run_folder() -> Path:
    """Where the servers of this run have their data. As root they run under another account, which passes through."""
    folder = Path(tempfile.mkdtemp(prefix="frontdesk-screenshots-"))
    folder.chmod(0o711)
    return folder


async def take() -> list[str]:
    """Start the demo and photograph it; returns all faults."""
    shutil.rmtree(OUT, ignore_errors=True)
    run = run_folder()
    try:
        with open_demo(run, "pictures") as demo:
            async with tours(demo) as all_tours, chromium() as browser:
                turn = asyncio.Semaphore(AT_ONCE)
                folders = {each.company.slug: OUT / each.company.slug for each in all_tours}
                for each in folders.values():
                    each.mkdir(parents=True)
                gallery = run / "gallery"
                gallery.mkdir()
                found = await asyncio.gather(
                    *(visit(browser, seen, folders[seen[0].tour.company.slug], turn) for seen in visits(all_tours)),
                    visit_gallery(browser, gallery, turn),
                )
    finally:
        shutil.rmtree(run, ignore_errors=True)
    write_sheet()
    return [fault for each in found for fault in each]


def write_sheet() -> None:
    """The contact sheet: one row for each page, with all its pictures."""
    rows = []
    for folder in sorted(each for each in OUT.iterdir() if each.is_dir()):
        names = sorted({each.name.rsplit("-", 2)[0] for each in folder.glob("*.png")})
        for name in names:
            figures = "".join(
                f'<figure><a href="{folder.name}/{name}-{width}-{scheme}.png"><img loading="lazy" class="w{width}" '
                f'src="{folder.name}/{name}-{width}-{scheme}.png" alt=""></a>'
                f"<figcaption>{width} px, {scheme}</figcaption></figure>"
                for width in WIDTHS
                for scheme in SCHEMES
            )
            rows.append(f"<section><h2>{escape(folder.name)}: {escape(name)}</h2><div>{figures}</div></section>")
    style = (
        "body{font:14px system-ui;margin:24px;background:#ddd}section div{display:flex;gap:12px;overflow-x:auto}"
        "figure{margin:0}img{display:block;max-height:640px;object-fit:cover;object-position:top;border:1px solid #999}"
        ".w390{width:195px}.w1280{width:512px}h2{font-size:15px}"
    )
    page = f"<!doctype html><meta charset=utf-8><title>Every page</title><style>{style}</style>{''.join(rows)}"
    (OUT / "index.html").write_text(page)


def main() -> int:
    """Take them; returns the exit code."""
    faults = asyncio.run(take())
    for each in faults:
        print(each, file=sys.stderr)
    print(f"{len(list(OUT.rglob('*.png')))} pictures: {OUT / 'index.html'}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
