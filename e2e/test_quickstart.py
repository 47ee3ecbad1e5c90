"""The README's ten lines, in Python and in Node, are taken from the page and run against the demo."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
from demo_house import DemoHouse
from node import node, stripe_for_node

README = Path(__file__).parents[1] / "README.md"
_BLOCK = re.compile(r"<!-- ([\w.]+) -->\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def block(name: str) -> str:
    """A named code block of the README."""
    return dict(_BLOCK.findall(README.read_text("utf-8")))[name]


def run(command: list[str], demo: DemoHouse, tenant: dict[str, Any]) -> str:
    """What the program prints, with the API's address and a key in its environment."""
    environment = {**os.environ, "API_KEY": tenant["secret_key"], "API_BASE": demo.ready["api_base"]}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


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
    check_portal(run([sys.executable, str(program)], demo, tenant), tenant)


def test_node(demo: DemoHouse, tenant: dict[str, Any], run_dir: Path) -> None:
    folder = stripe_for_node(run_dir)
    program = folder / f"quickstart-{tenant['slug']}.mjs"
    program.write_text(block("quickstart.mjs"), "utf-8")
    check_portal(run([node(), str(program)], demo, tenant), tenant)


def test_each_quickstart_has_ten_lines() -> None:
    for name in ("quickstart.py", "quickstart.mjs"):
        assert len([line for line in block(name).splitlines() if line.strip()]) <= 10
