"""What the first view of home and sign-in sends, and from whom: 40 kB at most, fonts excepted, all of it ours."""

from urllib.parse import urlsplit

import pytest
from demo_tour import Tour
from playwright.async_api import Browser
from sights import open_sight, sights

pytestmark = pytest.mark.browser
MOST_BYTES = 40_000
HOMES = ("GET /p/{portal}", "GET /p/login/{token}")


@pytest.mark.parametrize("spot", HOMES, ids=["home", "sign-in"])
async def test_a_first_view_is_light_and_asks_nobody_else(browser: Browser, tour: Tour, spot: str) -> None:
    (sight,) = [each for each in sights(tour) if str(each.spot) == spot]
    context = await browser.new_context(viewport={"width": 390, "height": 900}, locale="en-GB")
    if sight.visitor in tour.cookies:
        name, value = tour.cookies[sight.visitor]
        await context.add_cookies([{"name": name, "value": value, "url": tour.base_url}])
    page = await context.new_page()
    wire = await context.new_cdp_session(page)
    await wire.send("Network.enable")
    asked: dict[str, str] = {}
    sent: dict[str, float] = {}
    wire.on("Network.requestWillBeSent", lambda event: asked.update({event["requestId"]: event["request"]["url"]}))
    wire.on("Network.loadingFinished", lambda event: sent.update({event["requestId"]: event["encodedDataLength"]}))
    await open_sight(page, sight)
    await page.wait_for_load_state("networkidle")
    await context.close()
    weights = {url: sent.get(id, 0) for id, url in asked.items() if not url.endswith(".woff2")}
    assert len(weights) > 2
    assert {urlsplit(url).netloc for url in asked.values() if not url.startswith("data:")} == {
        urlsplit(tour.base_url).netloc
    }
    assert sum(weights.values()) <= MOST_BYTES, weights
