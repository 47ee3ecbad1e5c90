"""The channel of docs/plugins.md, outside: its files taken from the page, installed from wheels, far from this tree."""

import os
import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Iterable
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "plugins.md"
UV = Path(sys.executable).with_name("uv")

_FILE = re.compile(r'^```\w+ title="([\w./-]+)"\n(.*?)^```$', re.MULTILINE | re.DOTALL)
_PACKAGE = re.compile(r"([\w/]+)(\[[\w,]+\])?")


def tutorial_files() -> dict[str, str]:
    """The files of docs/plugins.md by name: each code block with a title."""
    return dict(_FILE.findall(PAGE.read_text("utf-8")))


def write_tutorial(folder: Path) -> Path:
    """Write the files of docs/plugins.md into `folder` and give it back."""
    folder.mkdir(parents=True)
    for name, text in tutorial_files().items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    return folder


def build_outside_environment(tmp: Path, extra_packages: Iterable[str] = ()) -> Path:
    """The Python of a new environment with core and the channel of docs/plugins.md, all built and installed as wheels.

    `extra_packages` are more of our distributions by folder, with extras: `"web[demo]"`, `"plugins/invoice_only"`.
    What they need from elsewhere has the versions of uv.lock. The channel is built from `tmp / "frontdesk-otp-file"`.
    """
    channel = write_tutorial(tmp / "frontdesk-otp-file")
    constraints = tmp / "constraints.txt"
    _run("export", "--project", ROOT, "--frozen", "--no-hashes", "--no-emit-workspace", "--output-file", constraints)
    # What builds them is installed once: uv would make an environment for each, and ask an index what belongs in it.
    builder = tmp / "builder"
    _run("venv", "--python", sys.executable, builder)
    _run("pip", "install", "--python", builder / "bin" / "python", "hatchling")
    wheels = [_wheel(tmp, each, builder / "bin" / "python") for each in ("core[testing]", *extra_packages)]
    _run("venv", "--python", sys.executable, tmp / "venv")
    python = tmp / "venv" / "bin" / "python"
    _run("pip", "install", "--python", python, "--constraint", constraints, *wheels, channel)
    _hand_over_what_is_compiled(python)
    return python


def _hand_over_what_is_compiled(python: Path) -> None:
    """What this environment has compiled of other people's packages: to compile them anew takes as long as to use them.

    Python looks at size and time of each file, and compiles what is another after all.
    """
    ours = Path(sysconfig.get_path("purelib"))
    theirs = Path(sysconfig.get_path("purelib", vars={"base": str(python.parents[1])}))
    for folder, folders, _ in os.walk(theirs):
        compiled = ours / Path(folder).relative_to(theirs) / "__pycache__"
        if "__pycache__" not in folders and compiled.is_dir():
            wanted = f"*.{sys.implementation.cache_tag}.pyc"
            shutil.copytree(compiled, Path(folder) / "__pycache__", ignore=_all_but(wanted))


def _all_but(wanted: str) -> Callable[[Any, list[str]], list[str]]:
    return lambda _, names: [each for each in names if not fnmatch(each, wanted)]


def _wheel(tmp: Path, package: str, builder: Path) -> str:
    """Builds one of our distributions and gives the requirement for its wheel."""
    match = _PACKAGE.fullmatch(package)
    assert match, f"{package} is no folder with extras"
    folder, extras = match[1], match[2] or ""
    out = tmp / "wheels" / folder
    _run("build", "--wheel", "--no-build-isolation", "--python", builder, "--out-dir", out, ROOT / folder)
    (wheel,) = out.glob("*.whl")
    return f"{wheel.name.split('-')[0].replace('_', '-')}{extras} @ {wheel.as_uri()}"


def _run(*arguments: object) -> None:
    # Without the variable uv would install into the environment that runs the tests.
    environment = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
    done = subprocess.run([UV, "--quiet", *map(str, arguments)], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, f"uv {arguments[0]}: {done.stderr}"
