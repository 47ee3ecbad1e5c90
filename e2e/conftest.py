"""The demo, running as a user starts it, and browsers that look at it."""

from collections import Counter
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
import stripe
from demo_house import DemoHouse, Look, open_demo
from demo_tour import Tour, tours
from playwright.async_api import Browser, Page

LANGUAGES = ("en-GB", "de-AT")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave every second way of a story to `make test-long`.

    Stories are told at two widths, with scripts and without, by two tenants or in two languages. What is kept of the
    ways holds each pair of these, such as a phone without scripts and the second tenant on a phone. Of stories that are
    told in all eight ways two are kept, which differ in everything.
    """
    ways_of = Counter((item.path, getattr(item, "originalname", item.name)) for item in items)
    for item in items:
        ways: dict[str, Any] = getattr(getattr(item, "callspec", None), "params", {})
        look = ways.get("look")
        if isinstance(look, Look | int) and len(ways) > 1:
            turns = [look == 390] if isinstance(look, int) else [look.width == 390, look.javascript]
            turns += [ways.get("tenant") == 1, ways.get("language") == LANGUAGES[1]]
            told = ways_of[item.path, getattr(item, "originalname", item.name)]
            # Phone, scripts and the first of two against desk, none and the second.
            kept = turns[0] == turns[1] != any(turns[2:]) if told == 8 else sum(turns) % 2 == 0
            if not kept:
                item.add_marker(pytest.mark.long)


@pytest.fixture(scope="session")
def demo(worker_name: str, run_dir: Path) -> Iterator[DemoHouse]:
    """`frontdesk demo` on a free port, in a directory of this run."""
    with open_demo(run_dir, worker_name) as house:
        yield house


@pytest.fixture(scope="session")
async def tour(demo: DemoHouse) -> AsyncIterator[Tour]:
    """Everybody who looks at the pages of the demo's first tenant, signed in."""
    async with tours(demo) as all_tours:
        yield all_tours[0]


@pytest.fixture
async def page(browser: Browser, look: Look, demo: DemoHouse) -> AsyncIterator[Page]:
    """A page with the test's look. Console errors, refused resources and policy violations fail the test."""
    context = await browser.new_context(
        viewport={"width": look.width, "height": 900},
        java_script_enabled=look.javascript,
        locale="en-GB",
        accept_downloads=True,
    )
    opened = await context.new_page()
    opened.set_default_timeout(15_000)
    complaints: list[str] = []
    opened.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    yield opened
    await context.close()
    unexpected = [each for each in complaints if "status of 4" not in each]
    assert not unexpected


@pytest.fixture
def look() -> Look:
    """How a test looks at pages, where it does not say."""
    return Look(width=1280, javascript=True)


@pytest.fixture(params=[0, 1], ids=["atlas", "nordwand"])
def tenant(request: pytest.FixtureRequest, demo: DemoHouse) -> dict[str, Any]:
    """Each tenant of the demo in turn."""
    return demo.ready["tenants"][request.param]  # type: ignore[no-any-return]


@pytest.fixture
def client(tenant: dict[str, Any], demo: DemoHouse) -> stripe.StripeClient:
    """The official SDK, with the base URL changed."""
    return stripe.StripeClient(
        tenant["secret_key"],
        base_addresses={"api": demo.ready["api_base"]},
        http_client=stripe.HTTPXClient(allow_sync_methods=True, verify_ssl_certs=False),
    )
