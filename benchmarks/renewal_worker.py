"""A worker of the renewal benchmark: renews what is due until its time is over, and says what that took."""

import asyncio
import json
import sys
import time
from typing import Any

from seeded import MASTER_KEY
from sqlalchemy import event

from frontdesk.plugins import PluginHost
from frontdesk_tenants.renewals import advance_due
from frontdesk_tenants.tenancy import Tenancy

AT_ONCE = 100
WARM_UP = 40


async def main(database_url: str, seconds: float) -> None:
    """Get ready, wait to be told, work, report, wait until everybody has been looked at."""
    tenancy = Tenancy(database_url, (MASTER_KEY,), PluginHost.load())
    statements = 0

    def count(_: Any, __: Any, ___: Any, parameters: Any, ____: Any, many: bool) -> None:
        nonlocal statements
        # The engine sends the rows of such a statement one by one.
        statements += len(parameters) if many else 1

    event.listen(tenancy.database.engine.sync_engine, "before_cursor_execute", count)
    await tenancy.open()
    await advance_due(tenancy, WARM_UP)
    say("ready")
    sys.stdin.readline()
    begun, cpu, statements = time.monotonic(), time.process_time(), 0
    renewed = 0
    while time.monotonic() - begun < seconds:
        done = await advance_due(tenancy, AT_ONCE)
        if not done:
            break
        renewed += done
    took = time.monotonic() - begun
    say(json.dumps({"renewed": renewed, "took": took, "cpu": time.process_time() - cpu, "statements": statements}))
    sys.stdin.readline()
    await tenancy.aclose()


def say(line: str) -> None:
    """One line to whoever began this process."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], float(sys.argv[2])))
