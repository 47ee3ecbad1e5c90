"""Processes that are at work a moment after they were started: forked off one that has loaded everything already.

A new Python takes a second of processor time to load the product, and some tests kill processes by the dozen. These are
as real: each has its own memory, and can be killed, stopped and waited for.
"""

import multiprocessing
import os
import signal
import sys
from collections.abc import Callable
from functools import cache
from multiprocessing import forkserver
from multiprocessing.context import ForkServerContext
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import pytest

LOADED = ["crash_actor", "renewing_worker"]


@cache
def _context() -> ForkServerContext:
    """The process that others are forked off. It loads what lies beside this file, for which it asks its environment:
    what it is told of this process' path it ignores before Python 3.13."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(LOADED)
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("PYTHONPATH", str(Path(__file__).parent))
        forkserver.ensure_running()
    return context


class Forked:
    """A process that runs a function of a module until it is killed; what it complains of goes to a file, if at all."""

    def __init__(self, work: Callable[..., None], *arguments: Any, complaints: Path | None = None) -> None:
        context = _context()
        self._hears, says = context.Pipe(duplex=False)
        self._process: BaseProcess = context.Process(  # type: ignore[attr-defined]
            target=_begin, args=(says, str(complaints or os.devnull), work, *arguments), daemon=True
        )
        self._process.start()
        says.close()

    def at_work(self) -> None:
        """Wait until it is: raises `EOFError` if it ends before."""
        self._hears.recv()

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal."""
        assert self._process.pid is not None
        os.kill(self._process.pid, number)

    def kill(self) -> None:
        """kill -9, and wait until it is gone."""
        self._process.kill()
        self._process.join()

    @property
    def exit_code(self) -> int | None:
        """None while it runs, and less than nothing where a signal ended it."""
        return self._process.exitcode


def _begin(says: Any, complaints: str, work: Callable[..., None], *arguments: Any) -> None:
    with open(complaints, "wb") as file:
        os.dup2(file.fileno(), sys.stderr.fileno())
    work(lambda: says.send(None), *arguments)
