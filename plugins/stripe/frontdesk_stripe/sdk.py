"""Stripe's official SDK, and how it speaks HTTP here.

By itself, because it is large: only what asks Stripe loads it (`Connection`).
"""

import asyncio
import ssl
from collections.abc import Mapping
from functools import cache
from typing import Any

import httpx2
import stripe

from frontdesk.errors import Unavailable
from frontdesk.secret import Secret
from frontdesk.sentences import _
from frontdesk_stripe.breaker import Outcome
from frontdesk_stripe.faults import Fault, TimedOut, Unreached, fault_of

CONNECT_SECONDS, READ_SECONDS, WRITE_SECONDS = 2.0, 8.0, 20.0
PREVIEW = "/create_preview"
"""A POST that changes nothing: somebody waits for the page, so it is given as long as what is read."""


class Sdk:
    """A client of one account: every call is made once, and what it may end in is a `Fault`."""

    def __init__(
        self, key: Secret, version: str, address: str, transport: httpx2.AsyncBaseTransport | None = None
    ) -> None:
        self._http = _Http(transport)
        self._client = stripe.StripeClient(
            key.reveal(),
            stripe_version=version,
            base_addresses={"api": address},
            http_client=self._http,
            max_network_retries=0,
        )

    async def ask(self, method: str, path: str, given: Mapping[str, Any]) -> tuple[Fault | None, dict[str, Any]]:
        """What went wrong, or else the answer. `given` are parameters and options of the SDK."""
        try:
            answer = await self._client.raw_request_async(method, path, **given)
        except stripe.StripeError as error:
            return fault_of(error), {}
        data = answer.data
        if not isinstance(data, dict):
            return Fault(Unavailable(_("Stripe answered nothing that can be read.")), Outcome.ANSWERED), {}
        return None, data

    async def aclose(self) -> None:
        """Let go of connections."""
        await self._http.close_async()


class _Http(stripe.HTTPClient):
    """How the SDK speaks HTTP. No call takes longer than Stripe is given, however slowly it drips."""

    name = "httpx2"

    def __init__(self, transport: httpx2.AsyncBaseTransport | None) -> None:
        super().__init__()
        verify = _trust() if transport is None else True
        self._http = httpx2.AsyncClient(transport=transport, trust_env=False, verify=verify)

    async def request_async(
        self, method: str, url: str, headers: Mapping[str, str], post_data: Any = None
    ) -> tuple[bytes, int, Mapping[str, str]]:
        reads = method.lower() == "get" or url.endswith(PREVIEW)
        longest = READ_SECONDS if reads else WRITE_SECONDS
        limits = httpx2.Timeout(longest, connect=CONNECT_SECONDS)
        try:
            async with asyncio.timeout(longest):
                answer = await self._http.request(method, url, headers=dict(headers), content=post_data, timeout=limits)
        except (httpx2.TimeoutException, TimeoutError) as error:
            raise TimedOut(type(error).__name__) from error
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            raise Unreached(type(error).__name__) from error
        return answer.content, answer.status_code, answer.headers

    async def close_async(self) -> None:
        await self._http.aclose()


@cache
def _trust() -> ssl.SSLContext:
    """The system's certificate authorities: read once, since that takes longer than a call."""
    return ssl.create_default_context()
