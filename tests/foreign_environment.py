"""Programs that are not ours, each in an environment of its own: what a pinned list names, in a folder in `.test/`.

What the project itself needs is not seen there, and the other way round; a second run downloads nothing.
"""

import fcntl
import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Self

_CACHE = Path(__file__).parents[1] / ".test"


def installed(requirements: Path) -> Path:
    """The folder with everything that a list with hashes names. One process installs it, others wait."""
    digest = hashlib.sha256(requirements.read_bytes()).hexdigest()[:12]
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    folder = _CACHE / f"{requirements.stem}-{version}-{digest}"
    _CACHE.mkdir(exist_ok=True)
    with (_CACHE / "python.lock").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        if not (folder / "installed").exists():
            command = [sys.executable, "-m", "uv", "pip", "install", "--quiet", "--python", sys.executable]
            pinned = ["--require-hashes", "--no-deps", "-r", str(requirements)]
            subprocess.run([*command, "--target", str(folder), *pinned], check=True, timeout=300)
            (folder / "installed").touch()
    return folder


class ForeignProgram:
    """A program in its environment, which takes orders and answers them line by line, as JSON. To be used in `with`."""

    def __init__(self, program: Path, folder: Path, **environment: str) -> None:
        # Without `site` nothing of ours is on the path.
        self._command = [sys.executable, "-S", str(program)]
        self._environment = os.environ | {"PYTHONPATH": str(folder)} | environment

    def __enter__(self) -> Self:
        self._running = subprocess.Popen(
            self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=self._environment
        )
        self._out: Any = self._running.stdout
        self._in: Any = self._running.stdin
        assert self._answer() == "ready"
        return self

    def ask(self, *order: str) -> Any:
        """Give an order and wait for what comes of it."""
        self._in.write(json.dumps(order) + "\n")
        self._in.flush()
        return self._answer()

    def _answer(self) -> Any:
        line = self._out.readline()
        assert line, "the program ended; what it said is above"
        return json.loads(line)

    def __exit__(self, *_: object) -> None:
        self._in.close()
        self._running.terminate()
        self._running.wait(10)
