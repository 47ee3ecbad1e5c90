"""Ask servers that tenants name, and be led nowhere else (trust.md B14).

A name is resolved once, every address that it stands for is checked, and the connection goes to one of those: what the
name means a moment later does not matter. No redirects but those that whoever asks wants to see, each of which is asked
and checked anew; no proxies of the environment; five seconds and one mebibyte for each answer.
`frontdesk.public_addresses` has the rules.
"""

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Iterable
from functools import cache
from typing import Any

import httpcore2
import httpx2
from httpcore2 import SOCKET_OPTION

from frontdesk.errors import Misconfigured, Unavailable
from frontdesk.public_addresses import are_public, parse_public_url

SECONDS = 5.0
MOST_BYTES = 1024 * 1024
AT_ONCE = 100
"""Servers that are asked at a time: one that hangs must not make the others wait."""
LOOPBACK = ("127.0.0.1", "::1", "localhost")

Resolve = Callable[[str, int], Awaitable[list[str]]]


async def resolve(host: str, port: int) -> list[str]:
    """The addresses of a name, as the system says them. Raises OSError."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_, address in found]


@cache
def _system_trust() -> ssl.SSLContext:
    """The system's certificate authorities: read once, since that takes longer than a call."""
    return ssl.create_default_context()


class Outside:
    """The way out, made once per process.

    `loopback` lets addresses of this machine through, with http and any port too: for the demo, and for operators whose
    machine holds nothing that tenants must not reach.
    `resolve` and `trust` stand in for the system's resolver and its certificate authorities.
    """

    def __init__(
        self, *, loopback: bool = False, resolve: Resolve = resolve, trust: ssl.SSLContext | None = None
    ) -> None:
        self._loopback = loopback
        self._pool = httpcore2.AsyncConnectionPool(
            ssl_context=trust or _system_trust(),
            max_connections=AT_ONCE,
            max_keepalive_connections=0,
            network_backend=_Pinned(resolve, loopback),
        )

    def check(self, url: str, field: str = "url") -> str:
        """An address as a form takes it; where its name leads is seen when it is asked. Raises Misconfigured."""
        if not (self._loopback and _is_loopback(url)):
            parse_public_url(url, field)
        return url

    def transport(self, *, detours: bool = False) -> httpx2.AsyncBaseTransport:
        """What `client` is built on, for libraries that bring a client of their own.

        Its requests raise Misconfigured for an address that may not be asked and an answer that is too long or leads
        elsewhere, Unavailable when the server does not answer. With `detours` an answer that leads elsewhere is given
        as it is: whoever asks decides whether to go there, and is checked there too.
        """
        return _Transport(self, self._pool, detours=detours)

    def client(self, *, detours: bool = False, **settings: Any) -> httpx2.AsyncClient:
        """A client that asks servers of tenants and nothing else; close it after use.

        `settings` are httpx2's: headers, auth, base_url. It never goes by itself where an answer leads (`detours`).
        """
        return httpx2.AsyncClient(
            transport=self.transport(detours=detours), follow_redirects=False, trust_env=False, **settings
        )

    async def aclose(self) -> None:
        """Let go of all connections."""
        await self._pool.aclose()


class _Transport(httpx2.AsyncBaseTransport):
    """One request and its whole answer, within the limits."""

    def __init__(self, outside: Outside, pool: httpcore2.AsyncConnectionPool, *, detours: bool) -> None:
        self._outside = outside
        self._detours = detours
        self._pool = pool

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request and read its answer to the end."""
        self._outside.check(str(request.url))
        # What is packed could be far more than it seems.
        request.headers["Accept-Encoding"] = "identity"
        try:
            async with asyncio.timeout(SECONDS):
                return await self._ask(request)
        except (TimeoutError, OSError, httpcore2.TimeoutException) as error:
            raise Unavailable(f"{request.url.host} does not answer now.") from error
        except (httpcore2.NetworkError, httpcore2.ProtocolError) as error:
            raise Unavailable(f"{request.url.host} does not answer as it should.") from error

    async def _ask(self, request: httpx2.Request) -> httpx2.Response:
        asked = httpcore2.Request(
            method=request.method,
            url=httpcore2.URL(
                scheme=request.url.raw_scheme,
                host=request.url.raw_host,
                port=request.url.port,
                target=request.url.raw_path,
            ),
            headers=request.headers.raw,
            content=request.stream,
        )
        answer = await self._pool.handle_async_request(asked)
        try:
            headers = httpx2.Headers(answer.headers)
            if not self._detours:
                _refuse_detours(request.url.host, answer.status)
            _refuse_packed(request.url.host, headers)
            return httpx2.Response(
                answer.status, headers=answer.headers, content=await _whole(request.url.host, answer)
            )
        finally:
            await answer.aclose()


class _Pinned(httpcore2.AsyncNetworkBackend):
    """Connections to checked addresses: the name is not looked up again by whoever connects."""

    def __init__(self, resolve: Resolve, loopback: bool) -> None:
        self._resolve = resolve
        self._loopback = loopback
        self._network = httpcore2.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109
        local_address: str | None = None,
        socket_options: Iterable[SOCKET_OPTION] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        """Connect to the first address of `host`, if all of them are public. Raises Misconfigured, OSError."""
        addresses = await self._resolve(host, port)
        if not (are_public(addresses) or (self._loopback and all(each in LOOPBACK for each in addresses))):
            raise Misconfigured(f"{host} is no server on the public internet.", "url")
        return await self._network.connect_tcp(addresses[0], port, timeout, local_address, socket_options)

    async def sleep(self, seconds: float) -> None:
        """Wait, as the pool does between attempts."""
        await asyncio.sleep(seconds)


def _is_loopback(url: str) -> bool:
    try:
        parsed = httpx2.URL(url)
    except httpx2.InvalidURL:
        return False
    return parsed.scheme in ("http", "https") and parsed.host in LOOPBACK and not parsed.userinfo


def _refuse_detours(host: str, status: int) -> None:
    if 300 <= status < 400:
        raise Misconfigured(f"{host} leads on to another address. Give the one that it leads to.", "url")


def _refuse_packed(host: str, headers: httpx2.Headers) -> None:
    if headers.get("content-encoding", "identity") != "identity":
        raise Unavailable(f"{host} does not answer as it should.")


async def _whole(host: str, answer: httpcore2.Response) -> bytes:
    whole = bytearray()
    async for chunk in answer.aiter_stream():
        whole += chunk
        if len(whole) > MOST_BYTES:
            raise Misconfigured(f"{host} answers with more than {MOST_BYTES} bytes.", "url")
    return bytes(whole)
