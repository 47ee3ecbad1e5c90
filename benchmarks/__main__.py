"""The home page against a bare answer, in one interleaved run: `make bench`, or `python benchmarks --rounds 8`."""

import argparse
import asyncio
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import msgspec
import psutil
from load import first_answer
from seed import seed
from seeded import Seeded
from serve import HOST, PAGE

from frontdesk_tenants.embedded import stop_servers

HERE = Path(__file__).parent
NAMES = ("bare", "lean", "uncached", "cached", "usual")
AIMS = {"uncached": 0.18, "cached": 0.45}
MEMORY_AIM_MB = 120
LEAST_BYTES = 15_000
STARTS_WITHIN_SECONDS = 60


class Server:
    """One measured server: its process, and what the rounds said of it."""

    def __init__(self, name: str, seeded: Seeded, seed_file: Path) -> None:
        self.name = name
        self.port = _free_port()
        self.request = (
            f"GET /p/{seeded.portal}/ HTTP/1.1\r\nHost: {HOST}:{self.port}\r\nAccept-Language: en\r\n"
            f"Cookie: fd-{seeded.portal}={seeded.secret}\r\n\r\n"
        ).encode()
        self._process = subprocess.Popen(
            [sys.executable, HERE / "serve.py", name, seed_file, str(self.port)], env=_environment(seed_file.parent)
        )
        self.watched = psutil.Process(self._process.pid)
        self.rates: list[float] = []
        self.cpu: list[float] = []
        self.medians: list[float] = []

    def wait(self) -> None:
        """Until it answers."""
        deadline = time.monotonic() + STARTS_WITHIN_SECONDS
        while time.monotonic() < deadline and self._process.poll() is None:
            try:
                socket.create_connection((HOST, self.port), timeout=1).close()
            except OSError:
                time.sleep(0.1)
            else:
                return
        raise RuntimeError(f"the server {self.name} did not start")

    def measure(self, seconds: float, connections: int) -> None:
        """One round."""
        before = sum(self.watched.cpu_times()[:2])
        told = subprocess.run(
            [sys.executable, HERE / "load.py", str(self.port), str(seconds), str(connections)],
            input=self.request,
            stdout=subprocess.PIPE,
            timeout=seconds + 30,
            check=True,
        )
        result = json.loads(told.stdout)
        self.rates.append(result["rate"])
        self.cpu.append((sum(self.watched.cpu_times()[:2]) - before) / result["requests"] * 1e6)
        self.medians.append(result["median_ms"])

    def page(self) -> bytes:
        """The body of one answer."""
        return asyncio.run(first_answer(self.port, self.request)).partition(b"\r\n\r\n")[2]

    def stop(self) -> None:
        """End the process."""
        self._process.terminate()
        self._process.wait(timeout=10)


def main() -> None:
    """Seed, serve, measure in turns, print."""
    parser = argparse.ArgumentParser(prog="python benchmarks", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2.0, help="of each server in each round")
    parser.add_argument("--connections", type=int, default=16)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="frontdesk-bench-") as folder:
        data = Path(folder)
        # The embedded servers run under an account of their own where this is root.
        data.chmod(0o711)
        servers: list[Server] = []
        try:
            _run(data, servers, wanted.rounds, wanted.seconds, wanted.connections)
        finally:
            for each in servers:
                each.stop()
            stop_servers(data)


def _run(data: Path, servers: list[Server], rounds: int, seconds: float, connections: int) -> None:
    seeded = seed(data)
    seed_file = data / "seed.json"
    seed_file.write_bytes(msgspec.json.encode(seeded))
    # What is installed has its bytecode; a process that has to compile stays 9 MB larger. Here the first start does it,
    # and its page what is loaded late. It leaves no page in Valkey, so that each server makes its own.
    first = Server("uncached", seeded, seed_file)
    servers.append(first)
    first.wait()
    first.page()
    servers.remove(first)
    first.stop()
    for name in ("cached", "uncached", "usual", "lean", "bare"):
        server = Server(name, seeded, seed_file)
        servers.append(server)
        server.wait()
        page = server.page()
        if name == "cached":
            (data / PAGE).write_bytes(page)
            if len(page) < LEAST_BYTES:
                raise RuntimeError("the page is smaller than what was to be measured")
        print(f"{name}: {len(page):,} bytes")
    servers.sort(key=lambda each: NAMES.index(each.name))
    for each in servers:
        each.measure(0.5, connections)
        for series in (each.rates, each.cpu, each.medians):
            series.clear()
    for number in range(rounds):
        for each in servers:
            each.measure(seconds, connections)
        print(
            f"round {number + 1} of {rounds}: " + ", ".join(f"{each.name} {each.rates[-1]:,.0f}/s" for each in servers)
        )
    _report(servers)


def _report(servers: list[Server]) -> None:
    by_name = {each.name: each for each in servers}
    bare = by_name["bare"]
    load = os.getloadavg()[0]
    print(f"\n{os.cpu_count()} processors, load {load:.1f}. Compare rows; absolute figures are this machine's.")
    print(
        f"{'':10}{'requests/s':>12}{'of bare':>10}{'aim':>7}{'CPU µs':>9}{'least':>7}{'median ms':>11}{'memory MB':>11}"
    )
    for name in NAMES:
        each = by_name[name]
        # The ratio of each round by itself: what else the machine does changes from round to round.
        ratio = statistics.median(one / other for one, other in zip(each.rates, bare.rates, strict=True))
        aim = f"{AIMS[name]:.2f}" if name in AIMS else ""
        memory = each.watched.memory_info().rss / 1024 / 1024
        print(
            f"{name:10}{statistics.median(each.rates):12,.0f}{ratio:10.3f}{aim:>7}"
            f"{statistics.median(each.cpu):9,.0f}{min(each.cpu):7,.0f}"
            f"{statistics.median(each.medians):11.1f}{memory:11.0f}"
        )
    uncached, lean = by_name["uncached"], by_name["lean"]
    ratio = statistics.median(one / other for one, other in zip(uncached.rates, lean.rates, strict=True))
    print(f"uncached is {ratio:.2f} of lean, and takes {min(uncached.cpu) / min(lean.cpu):.2f} times the least CPU µs")
    print(f"memory: aim under {MEMORY_AIM_MB} MB for a worker")


def _environment(data: Path) -> dict[str, str]:
    """A server's environment: ours, with a place of its own for bytecode."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONPYCACHEPREFIX": str(data / "bytecode")}


def _free_port() -> int:
    with socket.create_server((HOST, 0)) as listener:
        return int(listener.getsockname()[1])


if __name__ == "__main__":
    main()
