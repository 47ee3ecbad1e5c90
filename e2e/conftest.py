"""The demo, running as a user starts it, and browsers that look at it."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import stripe
from demo_house import DemoHouse, Look, open_demo
from demo_tour import Tour, tours
from playwright.async_api import Browser, Page
from stripe_tenant import Program, client_of, connected

from frontdesk.billing import BillingBackend, Capability
from frontdesk_invoice_only.backend import InvoiceOnly
from frontdesk_stripe.backend import StripeBackend

LANGUAGES = ("en-GB", "de-AT")
BACKENDS: dict[str, type[BillingBackend[Any]]] = {"invoice_only": InvoiceOnly, "stripe": StripeBackend}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave every second way of a story to `make test-long`.

    Stories are told at two widths, with scripts and without, by two tenants or in two languages. What is kept of the
    ways holds each pair of these, such as a phone without scripts and the second tenant on a phone. Of stories that are
    told in all eight ways two are kept, which differ in everything.
    """
    at_stripe = [item for item in items if ways_of(item).get("backend") == "stripe"]
    told_in = Counter((item.path, getattr(item, "originalname", item.name)) for item in items if item not in at_stripe)
    for item in items:
        ways = ways_of(item)
        ways.pop("backend", None)
        look = ways.get("look")
        if isinstance(look, Look | int) and len(ways) > 1:
            turns = [look == 390] if isinstance(look, int) else [look.width == 390, look.javascript]
            turns += [ways.get("tenant") == 1, ways.get("language") == LANGUAGES[1]]
            told = told_in[item.path, getattr(item, "originalname", item.name)]
            # Phone, scripts and the first of two against desk, none and the second.
            kept = turns[0] == turns[1] != any(turns[2:]) if told == 8 else sum(turns) % 2 == 0
            if not kept:
                item.add_marker(pytest.mark.long)
    # On Stripe one tenant tells each story, in those ways that `make test` keeps.
    twice = [item for item in at_stripe if item.get_closest_marker("long") or ways_of(item).get("tenant") == 1]
    items[:] = [item for item in items if item not in twice]
    for item in at_stripe:
        item.add_marker(pytest.mark.long)


def ways_of(item: pytest.Item) -> dict[str, Any]:
    """In which way a story is told."""
    return dict(getattr(getattr(item, "callspec", None), "params", {}))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Tell what is marked `any_backend(*capabilities)` on Stripe too, where that declares them."""
    mark = metafunc.definition.get_closest_marker("any_backend")
    if mark is not None:
        able = BACKENDS["stripe"].abilities(livemode=False).can.issuperset(mark.args)
        metafunc.parametrize("backend", [*BACKENDS] if able else ["invoice_only"], indirect=True)


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
    opened.set_default_timeout(60_000)
    complaints: list[str] = []
    opened.on("console", lambda said: complaints.append(f"{said.text} {said.location}") if said.type == "error" else 0)
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    yield opened
    await context.close()
    unexpected = [each for each in complaints if "status of 4" not in each]
    assert not unexpected


@pytest.fixture
def look() -> Look:
    """How a test looks at pages, where it does not say."""
    return Look(width=1280, javascript=True)


@pytest.fixture
def backend(request: pytest.FixtureRequest) -> str:
    """Which bills the tenant of this story."""
    return getattr(request, "param", "invoice_only")


@pytest.fixture
def can(backend: str) -> frozenset[Capability]:
    """What it declares that it can."""
    return BACKENDS[backend].abilities(livemode=False).can


@pytest.fixture(scope="session")
def stripe_tenant(demo: DemoHouse) -> dict[str, Any]:
    """The tenant whose billing is at Stripe, from the first story that is told there."""
    with ThreadPoolExecutor(1) as apart:
        return apart.submit(asyncio.run, connected(demo.data, demo.ready["api_base"])).result()


@pytest.fixture
def first_tenant(request: pytest.FixtureRequest, backend: str, demo: DemoHouse) -> dict[str, Any]:
    """The demo's first tenant, or the one at Stripe."""
    at_stripe = backend == "stripe"
    return request.getfixturevalue("stripe_tenant") if at_stripe else demo.ready["tenants"][0]  # type: ignore[no-any-return]


@pytest.fixture(params=[0, 1], ids=["atlas", "nordwand"])
def tenant(request: pytest.FixtureRequest, first_tenant: dict[str, Any], demo: DemoHouse) -> dict[str, Any]:
    """Each tenant of the demo in turn."""
    return demo.ready["tenants"][1] if request.param else first_tenant  # type: ignore[no-any-return]


@pytest.fixture
def client(tenant: dict[str, Any], demo: DemoHouse) -> stripe.StripeClient:
    """The official SDK, with the base URL changed."""
    own = client_of(tenant["secret_key"], demo.ready["api_base"])
    if "stripe_key" not in tenant:
        return own
    return Program(client_of(tenant["stripe_key"], demo.ready["api_base"]), own)  # type: ignore[return-value]
