"""axe on every sample page in brands that nobody would choose, in both directions, at 320 px, light and dark.

A tenant may choose any two colours. What comes of them must be legible for whoever has to live with them.
"""

from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from node_runtime import node_program
from playwright.async_api import Browser
from test_accessibility import AXE, RUN, TAGS

from frontdesk_web.gallery import write_gallery
from frontdesk_web.gallery_brands import NORTHBEAM, Sample

pytestmark = [pytest.mark.browser, pytest.mark.long]
HOSTILE = {
    "all-white": ("#ffffff", "#ffffff"),
    "all-black": ("#000000", "#000000"),
    "yellow-on-white": ("#ffffff", "#ffff00"),
    "middle-grey": ("#777777", "#787878"),
    "red-and-green": ("#ff0000", "#00ff00"),
    "navy-on-black": ("#000000", "#00003a"),
}


@pytest.mark.parametrize("locale", ["en", "ar"])
@pytest.mark.parametrize("brand", HOSTILE)
async def test_no_brand_makes_a_page_illegible(browser: Browser, brand: str, locale: str, tmp_path: Path) -> None:
    _, folder = node_program((AXE,))
    background, accent = HOSTILE[brand]
    sample = replace(
        NORTHBEAM, locale=locale, brand=replace(NORTHBEAM.brand, background=background, accent=accent), slug=brand
    )
    found: list[str] = []
    context = await browser.new_context(viewport={"width": 320, "height": 900}, bypass_csp=True)
    page = await context.new_page()
    for file in _pages(sample, tmp_path):
        await page.goto(file.as_uri())
        await page.add_script_tag(path=folder / "node_modules" / "axe-core" / "axe.min.js")
        for scheme in ("light", "dark"):
            await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            result = await page.evaluate(RUN, [TAGS, []])
            found += [
                f"{file.stem}, {scheme}: {each['id']}: {node['target']}: {_why(node)}"
                for each in result["violations"]
                for node in each["nodes"]
            ]
            if await page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                found.append(f"{file.stem}, {scheme}: scrolls sideways")
    await context.close()
    assert not found, "\n".join(found)


def _pages(sample: Sample, folder: Path) -> list[Path]:
    """The pages of a sample as files, letters left out: mail programs have colours of their own."""
    write_gallery(folder, {sample.slug: sample})
    pages = sorted((folder / sample.slug).glob("*.html"))
    return [each for each in pages if not each.name.startswith("letter-")]


def _why(node: Any) -> str:
    return str(node["failureSummary"]).splitlines()[-1].strip()
