"""Asking servers that tenants name leads nowhere else (trust.md B14): a trap on this machine counts who comes."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import httpx2
import pytest
from certificates import certificate
from inside_addresses import ADDRESSES_INSIDE, NAMES_OF_THIS_MACHINE

from frontdesk.errors import Misconfigured, Unavailable
from frontdesk_tenants import outside
from frontdesk_tenants.outside import Outside
from frontdesk_web.config import from_environment

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


class Trap:
    """A server on this machine that says one thing to everybody, and counts them."""

    def __init__(self, answer: bytes) -> None:
        self.answer = answer
        self.visits: list[bytes] = []
        self.connections = 0
        self.port = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            self.visits.append(await reader.readuntil(b"\r\n\r\n"))
            writer.write(self.answer)
            await writer.drain()
            # Whoever hears too much, or waits too long, hangs up.
            await reader.read()
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


OpenTrap = Callable[..., Awaitable[Trap]]


@pytest.fixture
async def trap() -> AsyncIterator[OpenTrap]:
    servers: list[asyncio.Server] = []

    async def open_(answer: bytes = OK, context: ssl.SSLContext | None = None) -> Trap:
        made = Trap(answer)
        servers.append(await asyncio.start_server(made.serve, "127.0.0.1", 0, ssl=context))
        made.port = servers[-1].sockets[0].getsockname()[1]
        return made

    yield open_
    for each in servers:
        each.close()


async def _got(way: Outside, url: str) -> httpx2.Response:
    async with way.client() as client:
        return await client.get(url)


async def test_the_trap_catches_whoever_comes(trap: OpenTrap) -> None:
    """The control: where loopback is allowed, the same trap counts visits."""
    caught = await trap()
    for host in ("127.0.0.1", "localhost"):
        assert (await _got(Outside(loopback=True), f"http://{host}:{caught.port}/x")).text == "ok"
    assert caught.connections == 2
    assert b"accept-encoding: identity" in caught.visits[0].lower()


def test_only_the_operator_lets_tenants_name_servers_on_this_machine() -> None:
    needed = {"DATABASE_URL": "x", "FRONTDESK_BASE_URL": "https://b.example.com", "FRONTDESK_MASTER_KEY": "k" * 32}
    for value, allowed in ((None, False), ("", False), ("0", False), ("1", True)):
        said = {} if value is None else {"FRONTDESK_LOOPBACK_SERVERS": value}
        config = from_environment(needed | said)
        assert config.loopback_servers is allowed
        way = Outside(loopback=config.loopback_servers)
        for url in ("http://127.0.0.1:3000/hooks", "http://localhost/", "https://[::1]:9/"):
            if allowed:
                assert way.check(url) == url
            else:
                with pytest.raises(Misconfigured):
                    way.check(url)
        for url in ("http://hooks.example.com/", "http://me@127.0.0.1/", "http://10.0.0.1/", "ftp://127.0.0.1/"):
            with pytest.raises(Misconfigured):
                way.check(url)
    with pytest.raises(Misconfigured, match="is 1, so that"):
        from_environment(needed | {"FRONTDESK_LOOPBACK_SERVERS": "yes"})


@pytest.mark.parametrize("host", NAMES_OF_THIS_MACHINE)
async def test_no_name_of_this_machine_is_asked(host: str, trap: OpenTrap, monkeypatch: pytest.MonkeyPatch) -> None:
    """The system's own resolver, which reads `0x7f.1` and the like as addresses. Any port, so that only names count."""
    caught = await trap()
    monkeypatch.setattr("frontdesk.public_addresses.PORTS", (443, 8443, caught.port))
    way = Outside()
    for scheme in ("http", "https"):
        with pytest.raises((Misconfigured, httpx2.InvalidURL)):
            await _got(way, f"{scheme}://{host}:{caught.port}/")
    assert caught.connections == 0


@pytest.mark.parametrize("address", ADDRESSES_INSIDE)
async def test_a_harmless_name_that_leads_inside_is_not_followed(
    address: str, trap: OpenTrap, monkeypatch: pytest.MonkeyPatch
) -> None:
    caught = await trap()
    monkeypatch.setattr("frontdesk.public_addresses.PORTS", (caught.port,))
    for answer in ([address], ["1.1.1.1", address], [address, "1.1.1.1"], []):

        async def resolve(host: str, port: int, answer: list[str] = answer) -> list[str]:
            return answer

        with pytest.raises(Misconfigured, match=r"login\.example\.com is no server on the public internet"):
            await _got(Outside(resolve=resolve), f"https://login.example.com:{caught.port}/")
    assert caught.connections == 0


async def test_a_name_that_changes_its_mind_is_asked_once(trap: OpenTrap, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rebinding: public when it is checked, this machine when it is connected to. It is not looked up twice."""
    caught = await trap()
    monkeypatch.setattr("frontdesk.public_addresses.PORTS", (caught.port,))
    monkeypatch.setattr(outside, "SECONDS", 0.5)
    asked: list[str] = []

    async def flip(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["198.41.0.4"] if len(asked) % 2 else ["127.0.0.1"]

    way = Outside(resolve=flip)
    with pytest.raises(Unavailable):
        await _got(way, f"https://login.example.com:{caught.port}/")
    assert len(asked) == 1
    with pytest.raises(Misconfigured):
        await _got(way, f"https://login.example.com:{caught.port}/")
    assert caught.connections == 0


@pytest.mark.parametrize("place", ["http://169.254.169.254/", "/elsewhere", "//127.0.0.1/", "file:///etc/passwd"])
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_not_followed(status: int, place: str, trap: OpenTrap) -> None:
    caught = await trap(f"HTTP/1.1 {status} Go\r\nLocation: {place}\r\nContent-Length: 0\r\n\r\n".encode())
    with pytest.raises(Misconfigured, match="leads on to another address"):
        await _got(Outside(loopback=True), f"http://127.0.0.1:{caught.port}/")
    assert caught.connections == 1


async def test_an_answer_without_end_is_cut_off(trap: OpenTrap) -> None:
    most = outside.MOST_BYTES
    fits = await trap(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % most + b"x" * most)
    assert len((await _got(Outside(loopback=True), f"http://127.0.0.1:{fits.port}/")).content) == most
    for head in (b"Content-Length: %d" % (8 * most), b"Transfer-Encoding: chunked"):
        chunk = b"100000\r\n" + b"x" * most + b"\r\n"
        endless = await trap(b"HTTP/1.1 200 OK\r\n" + head + b"\r\n\r\n" + 8 * chunk)
        with pytest.raises(Misconfigured, match="more than 1048576 bytes"):
            await _got(Outside(loopback=True), f"http://127.0.0.1:{endless.port}/")


async def test_a_packed_answer_is_not_unpacked(trap: OpenTrap) -> None:
    packed = await trap(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\nxx")
    with pytest.raises(Unavailable):
        await _got(Outside(loopback=True), f"http://127.0.0.1:{packed.port}/")


@pytest.mark.parametrize("answer", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nxx", b"HTTP/1.1 200 OK\r\nX: "])
async def test_a_silent_server_is_given_up(answer: bytes, trap: OpenTrap, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outside, "SECONDS", 0.3)
    silent = await trap(answer)
    with pytest.raises(Unavailable, match=r"127\.0\.0\.1 does not answer now"):
        await _got(Outside(loopback=True), f"http://127.0.0.1:{silent.port}/")


async def test_what_is_no_http_and_nobody_at_all_are_told_alike(trap: OpenTrap) -> None:
    noise = await trap(b"SSH-2.0-OpenSSH_9.2\r\n\r\n")
    for port in (noise.port, 1):
        with pytest.raises(Unavailable):
            await _got(Outside(loopback=True), f"http://127.0.0.1:{port}/")


async def test_the_connection_goes_to_the_checked_address_and_the_certificate_is_the_names(
    trap: OpenTrap, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No resolver but ours knows the name, so a second look-up would find nothing."""
    server, trust = certificate(tmp_path, "login.example.com")
    caught = await trap(OK, server)
    monkeypatch.setattr("frontdesk.public_addresses.PORTS", (caught.port,))

    async def here(host: str, port: int) -> list[str]:
        return ["127.0.0.1"]

    way = Outside(loopback=True, resolve=here, trust=trust)
    assert (await _got(way, f"https://login.example.com:{caught.port}/")).text == "ok"
    for stranger, host in ((way, "other.example.com"), (Outside(loopback=True, resolve=here), "login.example.com")):
        with pytest.raises(Unavailable):
            await _got(stranger, f"https://{host}:{caught.port}/")
    assert len(caught.visits) == 1


async def test_proxies_of_the_environment_are_not_used(trap: OpenTrap, monkeypatch: pytest.MonkeyPatch) -> None:
    proxy, meant = await trap(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nproxy"), await trap()
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY", "https_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
    assert (await _got(Outside(loopback=True), f"http://127.0.0.1:{meant.port}/")).text == "ok"
