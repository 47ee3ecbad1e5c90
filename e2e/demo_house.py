"""The running demo as a test sees it: where things are, the mailbox, the clock."""

import asyncio
import contextlib
import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import httpx
from msgspec import Struct

from frontdesk_tenants.embedded import start_postgres, stop_servers
from frontdesk_tenants.owner_tools import set_clock

READY_SECONDS = 600


class Look(Struct, frozen=True, kw_only=True):
    """How somebody looks at a page."""

    width: int
    javascript: bool


class DemoHouse:
    """`frontdesk demo` as a process."""

    def __init__(self, process: subprocess.Popen[bytes], data: Path, ready_file: Path, log: Path) -> None:
        self.process = process
        self.data = data
        self._ready_file = ready_file
        self._log = log

    @cached_property
    def ready(self) -> Any:
        """What the ready file says, once it is there."""
        until = time.monotonic() + READY_SECONDS
        while time.monotonic() < until:
            if self._ready_file.exists():
                return json.loads(self._ready_file.read_bytes())
            if self.process.poll() is not None:
                break
            time.sleep(0.1)
        raise AssertionError(f"the demo did not become ready:\n{self._log.read_text()[-4000:]}")

    async def code_for(self, address: str, after: int = 0) -> str:
        """The newest passcode for an address, when more than `after` of its passcodes have arrived."""
        for _ in range(600):
            codes = [each["code"] for each in await self.letters(address) if each["code"]]
            if len(codes) > after:
                return str(codes[0])
            await asyncio.sleep(0.1)
        raise AssertionError(f"no code arrived for {address}:\n{self._log.read_text()[-4000:]}")

    async def letter_about(self, address: str, subject: str) -> str:
        """The text of the newest letter to an address whose subject holds some words, once it has arrived."""
        for _ in range(600):
            found = [each["text"] for each in await self.letters(address) if subject in each["subject"]]
            if found:
                return found[0]
            await asyncio.sleep(0.1)
        raise AssertionError(f"no letter about {subject!r} arrived for {address}:\n{self._log.read_text()[-4000:]}")

    async def letters(self, address: str) -> list[dict[str, str]]:
        """All letters to an address, newest first."""
        # It speaks plain HTTP. To read all authorities that the world trusts takes longer than the question.
        async with httpx.AsyncClient(trust_env=False, verify=False) as http:
            answer = await http.get(f"{self.ready['mailbox']}.json")
        return [each for each in answer.json() if each["to"] == address]

    def move_clock(self, moved: timedelta) -> None:
        """Set the database's clock, which is everybody's, to the real time plus `moved`."""
        set_clock(start_postgres(self.data).owner_url, moved)


@contextmanager
def open_demo(folder: Path, name: str) -> Iterator[DemoHouse]:
    """`frontdesk demo` on a free port until the end of the block, with its data and log in a folder of the run."""
    data, ready_file = folder / f"demo-{name}", folder / f"ready-{name}.json"
    log = (folder / f"demo-{name}.log").open("w+")
    port = str(free_port())
    command = [str(Path(sys.executable).with_name("frontdesk")), "demo", "--port", port, "--data", str(data)]
    # Who is at Stripe there is at the demo's own API.
    environment = {**os.environ, "FRONTDESK_STRIPE_API": f"http://127.0.0.1:{port}"}
    process = subprocess.Popen(
        [*command, "--ready-file", str(ready_file)], stdout=log, stderr=subprocess.STDOUT, env=environment
    )
    try:
        yield DemoHouse(process, data, ready_file, Path(log.name))
    finally:
        stop(process)
        # Whoever else asked for the demo's servers has kept them up.
        stop_servers(data)
        log.close()


def free_port() -> int:
    """A port that is free, below those that systems give to connections."""
    while True:
        with socket.socket() as tried, contextlib.suppress(OSError):
            tried.bind(("127.0.0.1", port := random.randrange(20_000, 30_000)))
            return port


def stop(process: subprocess.Popen[bytes]) -> None:
    """End the demo as Ctrl+C does; kill it if that takes longer than half a minute."""
    process.send_signal(signal.SIGINT)
    try:
        process.wait(30)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
