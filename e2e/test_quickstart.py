"""The README's ten lines, in Python and in Node, are taken from the page and run against the demo."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
from demo_house import DemoHouse
from node_runtime import run_node

README = Path(__file__).parents[1] / "README.md"
_BLOCK = re.compile(r"<!-- ([\w.]+) -->\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def block(name: str) -> str:
    """A named code block of the README."""
    return dict(_BLOCK.findall(README.read_text("utf-8")))[name]


def check_portal(url: str, tenant: dict[str, Any]) -> None:
    """The printed address opens the portal of the customer that was just made."""
    with httpx.Client(follow_redirects=True) as visitor:
        page = visitor.get(url)
    assert page.status_code == 200
    assert tenant["name"] in page.text
    assert "you@example.com" in page.text
    assert "Team" in page.text


def test_python(demo: DemoHouse, tenant: dict[str, Any], tmp_path: Path) -> None:
    program = tmp_path / "quickstart.py"
    program.write_text(block("quickstart.py"), "utf-8")
    environment = {**os.environ, "API_KEY": tenant["secret_key"], "API_BASE": demo.ready["api_base"]}
    done = subprocess.run(
        [sys.executable, str(program)], env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    check_portal(done.stdout.strip(), tenant)


def test_node(demo: DemoHouse, tenant: dict[str, Any]) -> None:
    printed = run_node(
        block("quickstart.mjs"),
        ("stripe@23.1.0",),
        API_KEY=tenant["secret_key"],
        API_BASE=demo.ready["api_base"],
    )
    check_portal(printed.strip(), tenant)


def test_each_quickstart_has_ten_lines() -> None:
    for name in ("quickstart.py", "quickstart.mjs"):
        assert len([line for line in block(name).splitlines() if line.strip()]) <= 10
