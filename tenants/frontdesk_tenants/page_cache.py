"""Finished pages: remembered by each process, and across processes in Redis or Valkey.

A page is found by a key that holds the version of everything it shows, so a page that is found is right, and nothing
is ever taken out because something changed. What differs between two visitors of one page is cut out of it: `parts`
are what stands before, between and after the places where it goes.
"""

import hashlib
from collections import OrderedDict
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

import msgspec
from msgspec import Struct

from frontdesk_tenants.directory import Side
from frontdesk_tenants.shared_cache import SharedCache

if TYPE_CHECKING:
    from redis.asyncio import Redis

ROOM_BYTES = 16 * 1024 * 1024
VISITORS = 10_000
SHARED_SECONDS = 600
"""How long a page stays in Redis or Valkey after it was made."""


class FinishedPage(Struct, frozen=True, array_like=True):
    """A page with places left open. `good_until` is when time alone makes it wrong, None for never."""

    parts: tuple[bytes, ...]
    good_until: datetime | None

    def filled(self, text: bytes) -> bytes:
        """The page with `text` in its open places."""
        return text.join(self.parts)


class Visited(Struct, frozen=True, kw_only=True):
    """What a session saw last, on this process: the page's version, its customer's languages, its side.

    `fill` is what goes into the open places of its pages, the same for as long as the session lasts.
    """

    page_version: str
    fill: bytes
    locales: tuple[str, ...]
    side: Side


class PageCache:
    """Pages by key. Without Redis or Valkey each process has its own; with it, what one made another finds.

    `room` is in bytes; without any, nothing is remembered and nothing shared.
    """

    def __init__(self, shared: SharedCache, room: int = ROOM_BYTES) -> None:
        self._shared = shared
        self._room = room
        self._pages: OrderedDict[str, FinishedPage] = OrderedDict()
        self._size = 0
        self._visited: OrderedDict[str, Visited] = OrderedDict()
        self._decoder = msgspec.msgpack.Decoder(FinishedPage)

    def visited(self, secret: str) -> Visited | None:
        """What a session saw last."""
        return self._visited.get(secret)

    def note_visit(self, secret: str, visited: Visited) -> None:
        """Remember what a session saw."""
        if self._room == 0:
            return
        self._visited[secret] = visited
        self._visited.move_to_end(secret)
        if len(self._visited) > VISITORS:
            self._visited.popitem(last=False)

    def remembered(self, key: str, now: datetime) -> FinishedPage | None:
        """The page of a key, if this process has it."""
        page = self._pages.get(key)
        if page is None or not is_good(page, now):
            return None
        self._pages.move_to_end(key)
        return page

    async def find(self, key: str, now: datetime) -> FinishedPage | None:
        """The page of a key, if this or another process has it."""
        page = self.remembered(key, now)
        if page is not None or self._room == 0:
            return page

        async def get(redis: "Redis") -> object:
            return await redis.get(_shared_name(key))

        told = await self._shared.ask(get)
        if not isinstance(told, bytes):
            return None
        try:
            page = self._decoder.decode(told)
        except msgspec.MsgspecError:
            return None
        if not is_good(page, now):
            return None
        self._remember(key, page)
        return page

    async def keep(self, key: str, page: FinishedPage) -> None:
        """Remember a page, here and for the other processes."""
        if self._room == 0:
            return
        self._remember(key, page)

        async def put(redis: "Redis") -> bool:
            await redis.set(_shared_name(key), msgspec.msgpack.encode(page), ex=SHARED_SECONDS)
            return True

        await self._shared.ask(put)

    def _remember(self, key: str, page: FinishedPage) -> None:
        replaced = self._pages.pop(key, None)
        if replaced is not None:
            self._size -= _size(replaced)
        self._pages[key] = page
        self._size += _size(page)
        while self._size > self._room:
            _, oldest = self._pages.popitem(last=False)
            self._size -= _size(oldest)


def page_key(tenant_id: UUID, *versions: str | None) -> str:
    """A key from the side and the versions of all that a page shows: no two lists of them have the same.

    A part stands behind its length, since parts come from requests and could hold whatever would divide them.
    """
    return tenant_id.hex + "".join(["-" if each is None else f"{len(each)}:{each}" for each in versions])


def _shared_name(key: str) -> str:
    return "page:" + hashlib.sha256(key.encode()).hexdigest()


def _size(page: FinishedPage) -> int:
    return sum(map(len, page.parts))


def is_good(page: FinishedPage, now: datetime) -> bool:
    """Whether a page that is for some time only can still be shown."""
    return page.good_until is None or now < page.good_until
