"""A connection to PostgreSQL that hangs up where nothing is answered any more.

PostgreSQL's own time-outs are PostgreSQL's to keep: where it, or the way to it, is gone without a word, none of them
comes true, and whoever waits would wait for ever with one of the pool's connections in hand.
"""

import asyncio
import contextlib
import os
import socket
from typing import Any, TypeVar

import psycopg
from psycopg.abc import PQGen
from psycopg.pq.abc import PGconn

ANSWER_SECONDS = 6.0
"""One more than a statement may take, so that PostgreSQL comes first where it is there at all."""
Answer = TypeVar("Answer")


class BoundedConnection(psycopg.AsyncConnection[Any]):
    """Ends, as if the server had, when an answer takes longer than `longest` seconds."""

    longest: float = ANSWER_SECONDS

    async def wait(self, gen: PQGen[Answer], *given: Any, **named: Any) -> Answer:
        """What the server answers. Raises psycopg.OperationalError where it does not."""
        loop = asyncio.get_running_loop()
        timer: asyncio.TimerHandle

        def once_more() -> None:
            nonlocal timer
            timer = loop.call_later(self.longest / 2, _hang_up, self.pgconn)

        # In two halves: a process that stood still for long first reads what has arrived meanwhile.
        timer = loop.call_later(self.longest / 2, once_more)
        try:
            return await super().wait(gen, *given, **named)
        finally:
            timer.cancel()


def _hang_up(connection: PGconn) -> None:
    """Whoever waits reads the end of the line. The socket itself stays psycopg's to close."""
    with contextlib.suppress(OSError, psycopg.Error), socket.socket(fileno=os.dup(connection.socket)) as line:
        line.shutdown(socket.SHUT_RDWR)
