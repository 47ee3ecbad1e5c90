"""One line to a real Valkey: many questions at once, answers that nobody waits for, lost lines, passwords, TLS."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import hiredis
import pytest
from certificates import certificate

from frontdesk.errors import Misconfigured
from frontdesk.secret import Secret
from frontdesk_tenants.redis_line import FAILURES, Place, RedisLine, place_of
from frontdesk_tenants.shared_cache import SharedCache


@pytest.fixture
async def line(valkey_url: str) -> AsyncIterator[RedisLine]:
    line = RedisLine(valkey_url)
    yield line
    line.close()


async def test_what_is_laid_down_is_found(line: RedisLine) -> None:
    value = bytes(range(256)) * 500
    await line.set("line:a", value, ex=60)
    assert await line.get("line:a") == value
    assert await line.get("line:none") is None
    assert await line.mget(["line:a", "line:none"]) == [value, None]
    assert await line.eval("return {KEYS[1], tonumber(ARGV[1])}", 1, "line:a", 7) == [b"line:a", 7]
    assert 0 < await line.ask("TTL", "line:a") <= 60


async def test_everybody_gets_their_own_answer(line: RedisLine) -> None:
    """Over one connection, and also where an answer among them is an error."""

    async def ask(number: int) -> object:
        if number % 7 == 0:
            with pytest.raises(hiredis.ReplyError):
                await line.ask("NO SUCH", number)
            return number
        return int(await line.ask("ECHO", number))

    before = await connections(line)
    assert await asyncio.gather(*(ask(number) for number in range(500))) == list(range(500))
    assert await connections(line) == before


async def test_an_answer_that_nobody_waits_for_is_nobody_elses(line: RedisLine) -> None:
    await line.ask("PING")
    given_up = asyncio.create_task(line.ask("EVAL", "for i = 1, 1000000 do end return 'late'", 0))
    await asyncio.sleep(0)
    given_up.cancel()
    assert await line.ask("ECHO", "mine") == b"mine"


async def test_a_lost_line_is_told_of_and_opened_anew(line: RedisLine, valkey_url: str) -> None:
    own = await line.ask("CLIENT", "ID")
    waiting = asyncio.create_task(line.ask("BLPOP", "line:never", 0))
    await asyncio.sleep(0)
    other = RedisLine(valkey_url)
    assert await other.ask("CLIENT", "KILL", "ID", own) == 1
    other.close()
    with pytest.raises(FAILURES):
        await waiting
    assert await line.ask("CLIENT", "ID") != own


async def test_a_cache_begins_anew_after_a_failure(valkey_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the server still owes is not taken for the answer to what is asked after it has rested."""
    monkeypatch.setattr("frontdesk_tenants.shared_cache.REST_SECONDS", 0.0)
    monkeypatch.setattr("frontdesk_tenants.shared_cache.CALL_TIMEOUT_SECONDS", 0.02)
    cache = SharedCache(valkey_url)
    assert await cache.ask(lambda redis: redis.ask("BLPOP", "line:never", 0)) is None
    monkeypatch.setattr("frontdesk_tenants.shared_cache.CALL_TIMEOUT_SECONDS", 1.0)
    assert await cache.ask(lambda redis: redis.ask("ECHO", "mine")) == b"mine"
    await cache.aclose()
    await SharedCache(None).aclose()


async def test_what_answers_otherwise_is_no_redis() -> None:
    async def chat(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(100)
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    server = await asyncio.start_server(chat, "127.0.0.1", 0)
    line = RedisLine(f"redis://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    with pytest.raises(FAILURES):
        await line.ask("PING")
    line.close()
    server.close()


async def test_name_password_and_database_are_those_of_the_address(line: RedisLine, valkey_url: str) -> None:
    await line.ask("ACL", "SETUSER", "desk", "on", ">p@ss/word", "~*", "&*", "+@all")
    path = urlsplit(valkey_url).path
    known = RedisLine(f"unix://desk:p%40ss%2Fword@{path}?db=3")
    assert await known.ask("ACL", "WHOAMI") == b"desk"
    assert b" db=3 " in await known.ask("CLIENT", "INFO")
    known.close()
    unknown = RedisLine(f"unix://desk:guessed@{path}")
    with pytest.raises(hiredis.ReplyError, match="WRONGPASS"):
        await unknown.ask("PING")
    await line.ask("ACL", "DELUSER", "desk")


async def test_a_server_is_asked_by_tls_and_has_to_prove_itself(valkey_url: str, tmp_path: Path) -> None:
    async with behind_tls(valkey_url, tmp_path) as port:
        proven = RedisLine(f"rediss://localhost:{port}/?ssl_ca_certs={tmp_path / 'server.pem'}")
        assert await proven.ask("ECHO", "seen") == b"seen"
        believed = RedisLine(f"rediss://localhost:{port}?ssl_cert_reqs=none")
        assert await believed.ask("ECHO", "seen") == b"seen"
        strange = RedisLine(f"rediss://localhost:{port}")
        with pytest.raises(FAILURES):
            await strange.ask("ECHO", "seen")
        for each in (proven, believed, strange):
            each.close()


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("redis://", Place()),
        ("redis://cache.test", Place(host="cache.test")),
        ("redis://:a%3Ab@cache.test:7000/2", Place(host="cache.test", port=7000, database=2, password=Secret("a:b"))),
        ("redis://cache.test?db=4", Place(host="cache.test", database=4)),
        ("rediss://u:p@[::1]:1/0", Place(host="::1", port=1, username="u", password=Secret("p"), tls=True)),
        ("unix:///run/valkey.sock?db=1", Place(socket="/run/valkey.sock", database=1)),
    ],
)
def test_addresses_are_read(url: str, place: Place) -> None:
    assert place_of(url) == place


@pytest.mark.parametrize(
    "url", ["", "cache.test:6379", "http://s3cret@cache.test", "redis://s3cret@x:port", "redis://x/s3cret", "unix://",
            "redis://x?socket_timeout=3", "redis://x?s3cret"],
)  # fmt: skip
def test_what_is_no_address_is_refused_without_telling_it(url: str) -> None:
    with pytest.raises(Misconfigured) as refused:
        RedisLine(url)
    assert "REDIS_URL" in str(refused.value)
    assert "s3cret" not in str(refused.value)
    assert refused.value.__cause__ is None
    assert refused.value.__suppress_context__


async def connections(line: RedisLine) -> int:
    """How many clients the server has."""
    return len((await line.ask("CLIENT", "LIST")).splitlines())


@asynccontextmanager
async def behind_tls(valkey_url: str, folder: Path) -> AsyncIterator[int]:
    """A port where what is said by TLS is handed on to Valkey."""

    async def hand_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        inner_reader, inner_writer = await asyncio.open_unix_connection(urlsplit(valkey_url).path)
        await asyncio.gather(copy(reader, inner_writer), copy(inner_reader, writer), return_exceptions=True)

    async def copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(4096):
            writer.write(data)
        writer.close()

    ours, _ = certificate(folder, "localhost")
    server = await asyncio.start_server(hand_on, "localhost", 0, ssl=ours)
    yield server.sockets[0].getsockname()[1]
    server.close()
