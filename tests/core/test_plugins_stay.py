"""A plugin that `plugins.txt` names is there after `make setup`, which removes what the lock file does not name."""

import os
import shutil
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

MAKEFILE = Path(__file__).parents[2] / "Makefile"
WORKSPACE = """
[project]
name = "workspace"
version = "0"
requires-python = ">=3.11"

[tool.uv]
package = false

[tool.uv.workspace]
members = []
"""


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A clone without packages of its own, which has an environment."""
    folder = tmp_path / "clone"
    folder.mkdir()
    shutil.copy(MAKEFILE, folder)
    (folder / "pyproject.toml").write_text(WORKSPACE)
    uv = shutil.which("uv", path=str(Path(sys.executable).parent))
    assert uv is not None
    ran(folder, uv, "lock")
    ran(folder, uv, "venv", "--python", sys.executable, ".venv")
    (folder / ".venv" / "bin" / "uv").symlink_to(uv)
    return folder


def ran(folder: Path, *words: str) -> str:
    own = {name: each for name, each in os.environ.items() if not name.startswith(("UV_", "MAKE", "VIRTUAL_ENV"))}
    done = subprocess.run(
        words, cwd=folder, env=own | {"UV_OFFLINE": "1"}, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def wheel(folder: Path) -> Path:
    """A plugin as somebody built it."""
    path = folder / "frontdesk_strange-1-py3-none-any.whl"
    about = "frontdesk_strange-1.dist-info"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("frontdesk_strange.py", "")
        file.writestr(f"{about}/METADATA", "Metadata-Version: 2.1\nName: frontdesk-strange\nVersion: 1\n")
        file.writestr(
            f"{about}/WHEEL", "Wheel-Version: 1.0\nGenerator: hand\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        file.writestr(f"{about}/RECORD", "")
    return path


def installed(clone: Path) -> bool:
    return any(clone.glob(".venv/lib/python*/site-packages/frontdesk_strange.py"))


def test_a_plugin_survives_an_update_and_goes_with_its_line(clone: Path, tmp_path: Path) -> None:
    ran(clone, "make", "setup")
    assert not installed(clone)
    (clone / "plugins.txt").write_text(f"{wheel(tmp_path)}\n")
    ran(clone, "make", "setup")
    assert installed(clone)
    # An update brings another lock file; make compares whole seconds in places.
    later = time.time() + 2
    os.utime(clone / "uv.lock", (later, later))
    assert "uv sync" in ran(clone, "make", "setup")
    assert installed(clone)
    (clone / "plugins.txt").write_text("")
    os.utime(clone / "plugins.txt", (later + 2, later + 2))
    ran(clone, "make", "setup")
    assert not installed(clone)
