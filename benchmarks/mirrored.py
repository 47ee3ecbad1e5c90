"""A side that mirrors a remote backend: its home page beside that of an invoice-only side, messages taken in a second,
and customers imported a second: `python benchmarks/mirrored.py --rounds 6 --seconds 2 --customers 500`.

The other end is `frontdesk.testing`'s, in memory and without a network, so that what is measured is ours.
"""

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

import mirrored_seed
import msgspec
import psutil
from mirrored_seed import Mirrored

from frontdesk_tenants.embedded import stop_servers

HERE = Path(__file__).parent
HOST = "127.0.0.1"
CONNECTIONS = 16
WORKERS = 2
INTAKE_AIM = 300
STARTS_WITHIN_SECONDS = 60


class Server:
    """A process that serves the product."""

    def __init__(self, seed_file: Path, kind: str) -> None:
        with socket.create_server((HOST, 0)) as listener:
            self.port = int(listener.getsockname()[1])
        self._process = subprocess.Popen(
            [sys.executable, HERE / "mirrored_serve.py", seed_file, str(self.port), kind],
            env={**os.environ, "PYTHONPYCACHEPREFIX": str(seed_file.parent / "bytecode")},
        )
        self.watched = psutil.Process(self._process.pid)
        deadline = time.monotonic() + STARTS_WITHIN_SECONDS
        while time.monotonic() < deadline and self._process.poll() is None:
            try:
                socket.create_connection((HOST, self.port), timeout=1).close()
            except OSError:
                time.sleep(0.1)
            else:
                return
        raise RuntimeError("a server did not start")

    def cpu(self) -> float:
        """Seconds of a processor that it has used."""
        return float(sum(self.watched.cpu_times()[:2]))

    def stop(self) -> None:
        """End the process."""
        self._process.terminate()
        self._process.wait(timeout=10)


def pages(server: Server, mirrored: Mirrored, rounds: int, seconds: float) -> list[list[tuple[float, float]]]:
    """Requests a second and CPU microseconds of each, of the invoice-only side's page and of the mirrored side's."""
    found: list[list[tuple[float, float]]] = [[], []]
    for number in range(rounds):
        # Who comes first changes from round to round.
        for at in (0, 1) if number % 2 else (1, 0):
            visit, before = mirrored.visits[at], server.cpu()
            request = (
                f"GET /p/{visit.portal}/ HTTP/1.1\r\nHost: {HOST}:{server.port}\r\nAccept-Language: en\r\n"
                f"Cookie: fd-{visit.portal}={visit.secret}\r\n\r\n"
            ).encode()
            told = subprocess.run(
                [sys.executable, HERE / "load.py", str(server.port), str(seconds), str(CONNECTIONS)],
                input=request,
                stdout=subprocess.PIPE,
                timeout=seconds + 30,
                check=True,
            )
            result = json.loads(told.stdout)
            found[at].append((result["rate"], (server.cpu() - before) / result["requests"] * 1e6))
    return found


def intake(servers: list[Server], seed_file: Path, seconds: float) -> tuple[float, float]:
    """Messages that all servers take a second, and milliseconds of a processor that each takes."""
    before = sum(each.cpu() for each in servers)
    callers = [
        subprocess.Popen(
            [sys.executable, HERE / "mirrored_load.py", seed_file, str(each.port), str(seconds), str(number)],
            stdout=subprocess.PIPE,
        )
        for number, each in enumerate(servers)
    ]
    counts = [json.loads(each.communicate(timeout=seconds + 60)[0]) for each in callers]
    taken = sum(each["requests"] for each in counts)
    return sum(each["rate"] for each in counts), (sum(each.cpu() for each in servers) - before) / taken * 1000


def main() -> None:
    """Seed, serve, measure, print."""
    parser = argparse.ArgumentParser(prog="python benchmarks/mirrored.py", description=__doc__)
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--customers", type=int, default=500, help="to import")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="frontdesk-bench-") as folder:
        data = Path(folder)
        data.chmod(0o711)
        servers: list[Server] = []
        try:
            _run(data, servers, wanted)
        finally:
            for each in servers:
                each.stop()
            stop_servers(data)


def _run(data: Path, servers: list[Server], wanted: argparse.Namespace) -> None:
    mirrored = mirrored_seed.seed(data)
    seed_file = data / "mirrored.json"
    seed_file.write_bytes(msgspec.json.encode(mirrored))
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}")
    for kind in ("cached", "uncached"):
        server = Server(seed_file, kind)
        servers.append(server)
        pages(server, mirrored, 1, 0.5)
        local, remote = pages(server, mirrored, wanted.rounds, wanted.seconds)
        for name, at in (("requests/s", 0), ("CPU µs", 1)):
            ratio = statistics.median(one[at] / other[at] for one, other in zip(remote, local, strict=True))
            ours, theirs = (statistics.median(each[at] for each in side) for side in (local, remote))
            print(
                f"home page, {kind}, {name}: invoice-only {ours:,.0f}, mirrored {theirs:,.0f}, "
                f"ratio {ratio:.2f} (aim 1.0 ± 0.1)"
            )
        servers.remove(server)
        server.stop()
    servers += [Server(seed_file, "cached") for _ in range(WORKERS)]
    intake(servers, seed_file, 0.5)
    rate, cost = intake(servers, seed_file, wanted.seconds * 3)
    print(f"messages taken in: {rate:,.0f}/s by {WORKERS} servers, {cost:.2f} CPU ms each (aim {INTAKE_AIM}/s)")
    for each in servers:
        each.stop()
    servers.clear()
    seconds, spent = asyncio.run(mirrored_seed.run_import(mirrored, wanted.customers))
    print(
        f"import: {wanted.customers} customers in {seconds:.1f} s, {wanted.customers / seconds:,.0f}/s, "
        f"{spent / wanted.customers * 1000:.1f} CPU ms each"
    )


if __name__ == "__main__":
    main()
