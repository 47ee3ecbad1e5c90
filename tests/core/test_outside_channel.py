"""A stranger's plugin: docs/plugins.md, followed to the letter outside this tree, works."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from tests.outside_channel import ROOT, build_outside_environment, tutorial_files

SCRIPT = """
import asyncio, json, sys
import frontdesk
from frontdesk.plugins import PluginHost
from frontdesk.sentences import in_english
from frontdesk.settings import decode_settings, form_fields
from frontdesk.testing.channels import LETTER

host = PluginHost.load()
channel = host.otp_channels()["otp_file"]
settings = decode_settings(channel.Settings, {"path": sys.argv[1]})
delivery = asyncio.run(channel(settings).deliver(LETTER))
print(json.dumps({
    "core": frontdesk.__file__,
    "installed": [(each.name, each.distribution, each.version, each.hooks) for each in host.installed()],
    "broken": [each.reason for each in host.broken()],
    "form": [(in_english(each.title), each.kind, each.required) for each in form_fields(channel.Settings)],
    "languages": {name: list(found) for name, found in host.message_catalogues().items()},
    "outcome": delivery.outcome,
}))
"""


@pytest.fixture(scope="module")
def outside(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an environment in which docs/plugins.md was followed."""
    folder = tmp_path_factory.mktemp("outside")
    build_outside_environment(folder)
    return folder


def run(outside: Path, *arguments: object) -> str:
    python = outside / "venv" / "bin" / "python"
    done = subprocess.run(
        [python, "-I", *map(str, arguments)], cwd=outside / "frontdesk-otp-file", capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_it_is_found_by_its_entry_point_and_carries_a_letter(outside: Path) -> None:
    told = json.loads(run(outside, "-c", SCRIPT, outside / "letters.txt"))
    assert not Path(told.pop("core")).is_relative_to(ROOT)
    assert told == {
        "installed": [["otp_file", "frontdesk-otp-file", "0.1.0", ["message_catalogues", "otp_channels"]]],
        "broken": [],
        "form": [["File", "text", True]],
        "languages": {"otp_file": ["de"]},
        "outcome": "accepted",
    }
    letters = (outside / "letters.txt").read_text("utf-8")
    assert letters.startswith("To: jenny@example.com\nSubject: 493827 is your code")
    assert letters.count("Your code is 493827.") == 1


def test_its_first_test_passes_there(outside: Path) -> None:
    report = run(outside, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_otp_file.py", "test_honey.py")
    assert " passed" in report
    assert "failed" not in report


def test_no_page_installs_by_its_name_what_is_in_no_package_index() -> None:
    """Until it is published, ours comes from a clone: by its name pip finds nothing, or what a stranger put there."""
    ours = re.compile(r"(?<![\w./-])frontdesk(?:-[a-z][a-z-]*)?(?:\[[a-z,]+\])?(?! @ file:)(?![\w./@\[-])")
    pages = [
        each
        for folder in (".", "core", "tenants", "web", "plugins/*", "docs", "helm")
        for each in ROOT.glob(f"{folder}/*.md")
    ]
    told = [(page, line) for page in pages for line in page.read_text("utf-8").splitlines() if "pip install" in line]
    assert len(told) > 2
    assert [(page.name, line) for page, line in told if ours.search(line.partition("pip install")[2])] == []


def test_core_is_light() -> None:
    code = """
import sys, frontdesk, frontdesk.plugins
print(sorted({name.partition('.')[0] for name in sys.modules} & {'pytest', 'litestar', 'sqlalchemy', 'aiosmtplib'}))
"""
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True)
    assert done.stdout == "[]\n", done.stderr


def test_the_channel_is_about_twenty_lines() -> None:
    source = tutorial_files()["frontdesk_otp_file/__init__.py"]
    body = source[source.index("class FileSettings") :]
    assert len([line for line in body.splitlines() if line.strip()]) <= 24
