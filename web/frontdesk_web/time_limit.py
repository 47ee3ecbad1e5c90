"""How long a page may keep whoever reads it waiting (trust.md §F3).

Only what reads is cut off. An act is ended by the limits of its parts instead (a statement's, a lock's, a backend's),
each of which says what became of it: cut off anywhere, nobody would know.
"""

import asyncio

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from frontdesk.errors import Unavailable

READ_SECONDS = 10.0
_READS = frozenset({"GET", "HEAD"})


def in_time(app: ASGIApp) -> ASGIApp:
    """Litestar's middleware: whatever reads begins to answer within ten seconds, or is `Unavailable`.

    What has begun may go on: a file goes out as fast as its reader takes it.
    """

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP or scope["method"] not in _READS:
            await app(scope, receive, send)
            return
        limit = asyncio.timeout(READ_SECONDS)

        async def send_begun(message: Message) -> None:
            if message["type"] == "http.response.start" and not limit.expired():
                limit.reschedule(None)
            await send(message)

        try:
            async with limit:
                await app(scope, receive, send_begun)
        except TimeoutError as error:
            if not limit.expired():
                raise
            raise Unavailable("This took too long.", retry_after=5) from error

    return serve
