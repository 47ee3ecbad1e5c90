"""Subscriptions billed a second: `python benchmarks/renewals.py --sizes 1000 10000 100000 --workers 2`.

A renewal counts when its final, numbered invoice is committed to durable storage. For each size a new book is filled,
all of it due; workers renew for some seconds or until nothing is due, and the book is looked over afterwards.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil
import psycopg
from msgspec import Struct
from renewal_book import FullBook, fill

from frontdesk_tenants.embedded import start_postgres, start_servers, stop_servers

HERE = Path(__file__).parent
AIM = 200


WRONG = {
    "tenants whose numbers have gaps": """
        SELECT count(*) FROM invoice_counters c
         WHERE c.next - 1 <> (SELECT count(DISTINCT i.number) FROM invoices i WHERE i.tenant_id = c.tenant_id)""",
    "invoices without a number": "SELECT count(*) FROM invoices WHERE number IS NULL",
    "renewals that are not on one invoice": """
        SELECT count(*) FROM (SELECT 1 FROM invoices WHERE body ->> 'billing_reason' = 'subscription_cycle'
         GROUP BY tenant_id, subscription HAVING count(*) <> 1) several""",
    "movements of money that do not sum to zero": """
        SELECT count(*) FROM (SELECT 1 FROM ledger_entries
         GROUP BY tenant_id, transaction, currency HAVING sum(amount) <> 0) unbalanced""",
}


class Run(Struct, frozen=True, kw_only=True):
    """What one run came to. Times are in seconds, of all workers together but for `took`."""

    subscriptions: int
    workers: int
    renewed: int
    took: float
    cpu: float
    database_cpu: float
    statements: int


class Worker:
    """A worker process."""

    def __init__(self, book: FullBook, seconds: float) -> None:
        command = [sys.executable, str(HERE / "renewal_worker.py"), book.database_url, str(seconds)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._line()

    def begin(self) -> None:
        """Let it go, or go on."""
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()

    def told(self) -> dict[str, float]:
        """What it says of its work."""
        told: dict[str, float] = json.loads(self._line())
        return told

    def end(self) -> None:
        """Wait for its end."""
        self.begin()
        self._process.wait(timeout=30)

    def _line(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("a worker ended early")
        return line


def main() -> None:
    """Fill, renew and look over, size after size; print a table."""
    parser = argparse.ArgumentParser(prog="python benchmarks/renewals.py", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 10_000])
    parser.add_argument("--tenants", type=int, default=4)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=20.0, help="of renewing at most, for each size")
    wanted = parser.parse_args()
    runs = [_run(size, wanted.tenants, wanted.workers, wanted.seconds) for size in wanted.sizes]
    print(f"\n{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}; aim {AIM} a second in all")
    print(f"{'due':>9}{'renewed':>9}{'/s':>8}{'/s worker':>11}{'worker ms':>11}{'database ms':>13}{'statements':>12}")
    for each in runs:
        rate = each.renewed / each.took
        print(
            f"{each.subscriptions:9,}{each.renewed:9,}{rate:8,.0f}{rate / each.workers:11,.0f}"
            f"{each.cpu / each.renewed * 1e3:11.2f}{each.database_cpu / each.renewed * 1e3:13.2f}"
            f"{each.statements / each.renewed:12.1f}"
        )
    print("worker ms, database ms and statements are processor time and statements a renewal")


def _run(size: int, tenants: int, workers: int, seconds: float) -> Run:
    with tempfile.TemporaryDirectory(prefix="frontdesk-bench-") as folder:
        data = Path(folder)
        # The embedded servers run under an account of their own where this is root.
        data.chmod(0o711)
        try:
            begun = time.monotonic()
            servers = start_servers(data)
            admin_url = start_postgres(data).admin_url.replace("/postgres?", "/frontdesk?")
            book = fill(servers, admin_url, tenants, size)
            print(f"{size:,} subscriptions of {tenants} tenants, filled in {time.monotonic() - begun:.0f} s")
            run = _renew(book, admin_url, seconds, workers)
            _look_over(admin_url)
        finally:
            stop_servers(data)
    return run


def _renew(book: FullBook, admin_url: str, seconds: float, workers: int) -> Run:
    started = [Worker(book, seconds) for _ in range(workers)]
    with psycopg.connect(admin_url, autocommit=True) as admin:
        before = _database_cpu(admin)
        for each in started:
            each.begin()
        told = [each.told() for each in started]
        after = _database_cpu(admin)
    for each in started:
        each.end()
    return Run(
        subscriptions=book.subscriptions,
        workers=workers,
        renewed=int(sum(each["renewed"] for each in told)),
        took=max(each["took"] for each in told),
        cpu=sum(each["cpu"] for each in told),
        database_cpu=after - before,
        statements=int(sum(each["statements"] for each in told)),
    )


def _database_cpu(admin: "psycopg.Connection[tuple[object, ...]]") -> float:
    """Processor time of all of PostgreSQL's processes. None of them may end meanwhile."""
    server = psutil.Process(admin.info.backend_pid).parent()
    assert server is not None
    return sum(sum(each.cpu_times()[:2]) for each in (server, *server.children()))


def _look_over(admin_url: str) -> None:
    """Whether everything that was renewed was billed once, with a number each, and the ledger sums to zero."""
    with psycopg.connect(admin_url, autocommit=True) as admin:
        for wrong, question in WRONG.items():
            row = admin.execute(question.encode()).fetchone()
            assert row == (0,), f"{wrong}: {row}"


if __name__ == "__main__":
    main()
