"""The one door to Stripe: the official SDK, with time-outs, a breaker, few retries, and our own errors.

Everything that the plugin asks goes through `Connection`: answers are plain JSON objects, errors are those of
`frontdesk.errors`. What changes something is asked for with an idempotency key, so that it can be asked for again.
"""

import asyncio
import os
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import UTC, datetime
from time import monotonic
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote
from uuid import uuid4

from msgspec import Struct

from frontdesk.errors import Refused, Unavailable
from frontdesk.secret import Secret
from frontdesk.sentences import _
from frontdesk_stripe.breaker import Breaker, Outcome, RetryBudget

if TYPE_CHECKING:
    import httpx2

    from frontdesk_stripe.faults import Fault
    from frontdesk_stripe.sdk import Sdk

DOMAIN = "stripe.com"
API = f"https://api.{DOMAIN}"
API_VERSION = "2026-05-27.dahlia"
"""What we speak, whatever the account's own version is."""
RETRIES = 2
FIRST_PAUSE_SECONDS, MOST_PAUSE_SECONDS = 0.5, 2.0
PAGE = 100
"""Objects of a list that Stripe gives at once, at most."""
T = TypeVar("T")
Params = Mapping[str, Any]
Shown = dict[str, Any]
"""An object of Stripe's, as JSON."""


class World(Struct, frozen=True):
    """What a connection has of the world besides the network; tests give their own."""

    monotonic: Callable[[], float] = monotonic
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    chance: Callable[[], float] = random.random


def stripe_address() -> str:
    """Where Stripe answers: at its own address, unless the operator says otherwise (`FRONTDESK_STRIPE_API`)."""
    return os.environ.get("FRONTDESK_STRIPE_API") or API


class Connection:
    """Asks one account's Stripe. `address` is Stripe's, unless the operator says otherwise (`FRONTDESK_STRIPE_API`)."""

    def __init__(
        self,
        key: Secret,
        *,
        transport: "httpx2.AsyncBaseTransport | None" = None,
        address: str | None = None,
        world: World = World(),
    ) -> None:
        self._key = key
        self._transport = transport
        self._address = address or stripe_address()
        self._sdk: Sdk | None = None
        self._loading = asyncio.Lock()
        self._world = world
        self._breaker = Breaker()
        self._budget = RetryBudget()

    def now(self) -> datetime:
        """What time it is: the version of what is asked for from here on."""
        return self._world.now()

    async def get(self, path: str, params: Params | None = None) -> Shown:
        """An object, or one page of a list.

        Raises:
            Refused: Stripe has none, or does not understand. Misconfigured, Unavailable likewise.
        """
        return await self._asked("get", path, params, {})

    async def found(self, path: str, params: Params | None = None) -> Shown | None:
        """An object; None where Stripe has none."""
        try:
            return await self.get(path, params)
        except Refused as error:
            if gone(error):
                return None
            raise

    async def post(self, path: str, params: Params, *, key: str) -> Shown:
        """Make or change something, once for each `key`."""
        return await self._asked("post", path, params, {"idempotency_key": key})

    async def preview(self, path: str, params: Params) -> Shown:
        """Ask by POST what would be. It changes nothing, so no key has to be remembered."""
        return await self._asked("post", path, params, {"idempotency_key": str(uuid4())})

    async def delete(self, path: str, params: Params | None = None, *, key: str) -> Shown:
        """Remove something."""
        return await self._asked("delete", path, params, {"idempotency_key": key})

    async def each(self, path: str, params: Params | None = None) -> AsyncIterator[Shown]:
        """All objects of a list, page by page."""
        asked = {"limit": PAGE, **(params or {})}
        while True:
            page = await self.get(path, asked)
            data = page["data"]
            for each in data:
                yield each
            if not page.get("has_more") or not data:
                return
            asked = {**asked, "starting_after": data[-1]["id"]}

    async def all(self, path: str, params: Params | None = None) -> list[Shown]:
        """All objects of a list."""
        return [each async for each in self.each(path, params)]

    async def rest(self, given: Shown, path: str, params: Params | None = None) -> list[Shown]:
        """All objects of a list that lies in an object, of which Stripe put the first few there."""
        if not given.get("has_more"):
            return list(given["data"])
        return await self.all(path, params)

    async def aclose(self) -> None:
        """Let go of connections."""
        if self._sdk is not None:
            await self._sdk.aclose()

    async def _asked(self, method: str, path: str, params: Params | None, options: Mapping[str, str]) -> Shown:
        self._budget.called()
        attempt = 0
        while True:
            wait = self._breaker.wait(self._world.monotonic())
            if wait:
                raise Unavailable(_("Stripe does not answer at present."), retry_after=wait)
            fault, answer = await self._once(method, path, params, options)
            if fault is None:
                return answer
            again = fault.retry and attempt < RETRIES and not self._breaker.is_open and self._budget.take()
            if not again:
                raise fault.raises
            longest = min(MOST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2**attempt)
            await self._world.sleep(max(fault.pause, self._world.chance() * longest))
            attempt += 1

    async def _once(
        self, method: str, path: str, params: Params | None, options: Mapping[str, str]
    ) -> "tuple[Fault | None, Shown]":
        sdk = await self._loaded()
        fault, answer = await sdk.ask(method, path, {**(params or {}), **options})
        now = self._world.monotonic()
        self._breaker.record(now, Outcome.ANSWERED if fault is None else fault.outcome)
        if fault is not None and fault.pause:
            self._breaker.hold(now, fault.pause)
        return fault, answer

    async def _loaded(self) -> "Sdk":
        """The SDK, which takes a tenth of a process's memory: where nobody has an account at Stripe, it stays away.

        It is read in a thread, since others are served meanwhile.
        """
        async with self._loading:
            if self._sdk is None:
                self._sdk = await asyncio.to_thread(self._made)
        return self._sdk

    def _made(self) -> "Sdk":
        from frontdesk_stripe.sdk import Sdk

        return Sdk(self._key, API_VERSION, self._address, self._transport)


async def together(*calls: Awaitable[T]) -> list[T]:
    """The answers of calls that are made at once. All have ended when the first error is raised."""
    answers = await asyncio.gather(*calls, return_exceptions=True)
    for each in answers:
        if isinstance(each, BaseException):
            raise each
    return [each for each in answers if not isinstance(each, BaseException)]


def path(*parts: str) -> str:
    """A path of Stripe's API: ids are theirs or were typed by somebody, so each stays one part."""
    return "/v1/" + "/".join(quote(each, safe="") for each in parts)


def gone(error: Refused) -> bool:
    """Whether Stripe has no such object."""
    return error.refusal.missing
