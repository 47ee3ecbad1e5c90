"""Servers that several processes share: the first starts one, the last one out stops it.

A process that uses a server holds a shared lock on its `.users` file. The kernel drops the lock when the process ends,
however it ends, so the count is always right; there are no process numbers to go stale.
"""

import fcntl
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

START_SECONDS = 120

_uses: dict[Path, IO[str]] = {}
_started: dict[Path, subprocess.Popen[bytes]] = {}

# A forked child shares the locks of its parent, and must not let go of them for it.
os.register_at_fork(after_in_child=_uses.clear)
os.register_at_fork(after_in_child=_started.clear)


class EmbeddedServerError(Exception):
    """An embedded server cannot run here. The message says why and what can be done."""


@contextmanager
def take_turn(home: Path, server: str) -> Iterator[None]:
    """One process (and thread) at a time starts or stops `server` of `home`."""
    with (home / f"{server}.lock").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        yield


def join(home: Path, server: str) -> None:
    """Count this process among the users of `server`, once. In its turn only."""
    users = home / f"{server}.users"
    if users not in _uses:
        _uses[users] = users.open("w")
        fcntl.flock(_uses[users], fcntl.LOCK_SH)


def leave(home: Path, server: str) -> bool:
    """Count this process no more; whether nobody else is left. In its turn only."""
    users = home / f"{server}.users"
    with _uses.pop(users, None) or users.open("w") as use:
        try:
            fcntl.flock(use, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True


def used() -> list[Path]:
    """The homes of the servers that this process uses."""
    return sorted({users.parent for users in _uses})


def launch(
    server: str, command: list[str | Path], home: Path, answers: Callable[[], bool], account: dict[str, Any]
) -> None:
    """Run `command` apart from this process and its terminal, and wait until it answers.

    `account` is what subprocess is told of the user to run as. Raises EmbeddedServerError with the end of its log.
    """
    log = home / f"{server}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603 (no shell, and every word is ours)
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            cwd="/",
            **account,
        )
    _started[home / server] = process
    try:
        wait_until(
            lambda: process.poll() is not None or answers(),
            START_SECONDS,
            f"{server} did not answer within {START_SECONDS} s; its log is {log}.",
        )
    except EmbeddedServerError:
        process.terminate()
        raise
    if process.poll() is not None:
        raise EmbeddedServerError(f"{server} did not start. Its log, {log}:\n{log.read_text(errors='replace')[-2000:]}")


def reap(home: Path, server: str) -> None:
    """Wait for the end of a stopped server, if this process was its parent."""
    process = _started.pop(home / server, None)
    if process is not None:
        process.wait(START_SECONDS)


def wait_until(happened: Callable[[], bool], seconds: float, complaint: str) -> None:
    """Look every 20 ms; EmbeddedServerError(complaint) after `seconds`."""
    deadline = time.monotonic() + seconds
    while not happened():
        if time.monotonic() > deadline:
            raise EmbeddedServerError(complaint)
        time.sleep(0.02)
