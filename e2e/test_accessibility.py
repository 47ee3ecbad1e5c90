"""axe on every page that a person can see, on a phone, light and dark: WCAG 2.2 A and AA, and what is good practice."""

from collections.abc import Sequence
from typing import Any

import pytest
from demo_tour import Tour
from node_runtime import node_program
from playwright.async_api import Browser, Page
from sights import open_sight, pages, sights, visitor_of
from some_of_many import Choice

pytestmark = pytest.mark.browser
AXE = "axe-core@4.14.1"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]
# Frames are pages of their own here: each preview is in the list. A preview is inert, a picture of a page: it has no
# landmarks and headings of its own to go by. No rule here reads style sheets, so none is fetched again.
RUN = """([tags, without]) => axe.run(document, {
  runOnly: tags,
  iframes: false,
  resultTypes: ['violations'],
  preload: { assets: ['media'] },
  rules: Object.fromEntries(
    [...without, ...(document.body.inert ? ['landmark-one-main', 'page-has-heading-one'] : [])]
      .map(each => [each, { enabled: false }])
  ),
})"""
COLOURS = ["color-contrast", "link-in-text-block"]
"""The rules to which it matters whether a page is light or dark."""
LOOKS_CLOSELY = [*COLOURS, "target-size"]
"""The rules that look at each element as it is drawn, which takes as long as all the others together."""
SCHEMES = ("light", "dark")
VISITORS = sorted({visitor_of(each) for each in pages()})


@pytest.mark.parametrize("visitor", VISITORS)
async def test_no_page_has_a_violation(browser: Browser, tour: Tour, visitor: str, choose: Choice) -> None:
    """Every page, in the light or in the dark, and in both when there is time.

    What a page is drawn with is the same everywhere: in `make test` a sixth of the pages are looked at closely.
    """
    _, folder = node_program((AXE,))
    context = await browser.new_context(viewport={"width": 390, "height": 900}, locale="en-GB", bypass_csp=True)
    if visitor in tour.cookies:
        name, value = tour.cookies[visitor]
        await context.add_cookies([{"name": name, "value": value, "url": tour.base_url}])
    # Every document begins with it: to hand half a megabyte to each page takes as long as to look at it.
    await context.add_init_script(path=folder / "node_modules" / "axe-core" / "axe.min.js")
    page = await context.new_page()
    found: list[str] = []
    for sight in sights(tour):
        if sight.visitor == visitor:
            await open_sight(page, sight)
            closely = choose((True, *[False] * 5), f"{sight.name} closely", 1)[0]
            for scheme in choose(SCHEMES, sight.name, 1):
                found += await violations(page, sight.name, scheme, () if closely else LOOKS_CLOSELY)
    await context.close()
    assert not found, "\n".join(found)


async def violations(page: Page, name: str, scheme: Any, without: Sequence[str]) -> list[str]:
    """What axe says of a page, in one line for each element; `without` are rules that are left out."""
    await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    result = await page.evaluate(RUN, [TAGS, list(without)])
    return [
        f"{name}, {scheme}: {each['id']}: {node['target']}: {node['failureSummary'].splitlines()[-1].strip()}"
        for each in result["violations"]
        for node in each["nodes"]
    ]
