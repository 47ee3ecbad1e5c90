"""Lighthouse on the three pages that most customers see: accessibility and best practices 100, performance 95 or more.

Performance is a measurement, so that all of this is for `make test-long`, on a machine that does nothing else.
"""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from demo_tour import Tour
from node_runtime import node_program
from playwright.async_api import async_playwright
from servers import SYSTEM_BROWSERS, WINDOWLESS_BROWSERS
from sights import sights

pytestmark = [pytest.mark.browser, pytest.mark.long]
LIGHTHOUSE = "lighthouse@12.8.2"
SEEN = {
    "home": "GET /p/{portal}",
    "confirmation": "GET /p/{portal}/subscriptions/{subscription}/confirm/{quote}",
    "sign-in": "GET /p/login/{token}",
}
LEAST = {"accessibility": 100, "best-practices": 100, "performance": 95}


@pytest.mark.parametrize("page", SEEN)
async def test_lighthouse_finds_nothing_to_mend(tour: Tour, page: str, tmp_path: Path) -> None:
    (sight,) = [each for each in sights(tour) if str(each.spot) == SEEN[page]]
    node, folder = node_program((LIGHTHOUSE,))
    report = tmp_path / "report.json"
    headers = {}
    if sight.visitor in tour.cookies:
        name, value = tour.cookies[sight.visitor]
        headers["Cookie"] = f"{name}={value}"
    command = [
        *node,
        str(folder / "node_modules" / "lighthouse" / "cli" / "index.js"),
        sight.url,
        "--quiet",
        "--output=json",
        f"--output-path={report}",
        f"--only-categories={','.join(LEAST)}",
        f"--extra-headers={json.dumps(headers)}",
        "--chrome-flags=--headless=new --no-sandbox",
    ]
    done = subprocess.run(  # noqa: ASYNC221
        command, capture_output=True, text=True, timeout=240, env=os.environ | {"CHROME_PATH": await _chromium()}
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(report.read_bytes())
    scores = {each: round(found["categories"][each]["score"] * 100) for each in LEAST}
    short = {
        audit["id"]: audit.get("displayValue", audit["title"])
        for audit in found["audits"].values()
        if audit["score"] is not None and audit["score"] < 1
    }
    assert all(scores[each] >= least for each, least in LEAST.items()), (scores, short)


async def _chromium() -> str:
    """A whole browser, as people have it, where there is one."""
    system = next(filter(None, map(shutil.which, (*SYSTEM_BROWSERS, *WINDOWLESS_BROWSERS))), None)
    if system is not None:
        return system
    async with async_playwright() as playwright:
        return playwright.chromium.executable_path
