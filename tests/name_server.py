"""A real name server of this machine, over UDP and TCP, whose records a test writes."""

import asyncio
import struct
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.rdtypes.ANY.TXT
import dns.rrset
import pytest

STRING = 255
SMALLEST = 512


class NameServer:
    """Answers for the names that it was told; all others do not exist. `asked` are the names, in order."""

    def __init__(self) -> None:
        self.port = 0
        self.asked: list[str] = []
        self.silent = False
        self.failing: set[str] = set()
        self.over_tcp = 0
        self._texts: dict[str, tuple[str, ...]] = {}
        self._aliases: dict[str, str] = {}
        self._udp: asyncio.DatagramTransport | None = None
        self._tcp: asyncio.Server | None = None

    @property
    def address(self) -> tuple[str, int]:
        """As the configuration has it."""
        return "127.0.0.1", self.port

    def publish(self, name: str, *texts: str) -> None:
        """Put these TXT records, and no others, under a name; none means that the name holds nothing of the kind."""
        self._texts[name.lower()] = texts

    def publish_alias(self, name: str, target: str) -> None:
        """Put a CNAME under a name."""
        self._aliases[name.lower()] = target.lower()

    def withdraw(self, name: str) -> None:
        """Let a name not exist any more."""
        self._texts.pop(name.lower(), None)
        self._aliases.pop(name.lower(), None)

    def text(self, name: str) -> str | None:
        """The one TXT record under a name, as a verifier of signatures sees it."""
        found = self._texts.get(name.lower().rstrip("."), ())
        return found[0] if len(found) == 1 else None

    async def open(self) -> None:
        """Listen on a free port of both kinds."""
        loop = asyncio.get_running_loop()
        self._tcp = await asyncio.start_server(self._serve_tcp, "127.0.0.1", 0)
        self.port = self._tcp.sockets[0].getsockname()[1]
        self._udp, _ = await loop.create_datagram_endpoint(lambda: _Udp(self), ("127.0.0.1", self.port))

    async def aclose(self) -> None:
        """Stop listening."""
        if self._udp is not None and self._tcp is not None:
            self._udp.close()
            self._tcp.close()

    def answer(self, wire: bytes, most: int | None) -> bytes | None:
        """The answer to a question; cut short where it is longer than the asker takes (or than `most`)."""
        question = dns.message.from_wire(wire)
        (asked,) = question.question
        name = asked.name.to_text(omit_final_dot=True).lower()
        self.asked.append(name)
        if self.silent:
            return None
        reply = dns.message.make_response(question)
        reply.flags |= dns.flags.RA
        if name in self.failing:
            reply.set_rcode(dns.rcode.SERVFAIL)
            return reply.to_wire()
        target = name
        while target in self._aliases:
            reply.answer.append(dns.rrset.from_text(target + ".", 60, "IN", "CNAME", self._aliases[target] + "."))
            target = self._aliases[target]
        if target not in self._texts:
            reply.set_rcode(dns.rcode.NXDOMAIN)
        elif self._texts[target] and asked.rdtype == dns.rdatatype.TXT:
            reply.answer.append(_rrset(target, self._texts[target]))
        full = reply.to_wire(max_size=65535)
        if most is None or len(full) <= max(question.payload, most):
            return full
        reply.answer.clear()
        reply.flags |= dns.flags.TC
        return reply.to_wire()

    async def _serve_tcp(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            (length,) = struct.unpack("!H", await reader.readexactly(2))
            self.over_tcp += 1
            answer = self.answer(await reader.readexactly(length), None)
            if answer is not None:
                writer.write(struct.pack("!H", len(answer)) + answer)
                await writer.drain()
        finally:
            writer.close()


class _Udp(asyncio.DatagramProtocol):
    def __init__(self, server: NameServer) -> None:
        self._server = server
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.DatagramTransport) -> None:  # type: ignore[override]
        self._transport = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        answer = self._server.answer(data, SMALLEST)
        if answer is not None and self._transport is not None:
            self._transport.sendto(answer, addr)


def _rrset(name: str, texts: Iterable[str]) -> dns.rrset.RRset:
    """TXT records; long ones in several strings, as they must be."""
    rdatas: list[dns.rdata.Rdata] = []
    for text in texts:
        raw = text.encode()
        strings = [raw[start : start + STRING] for start in range(0, len(raw), STRING)] or [b""]
        rdatas.append(dns.rdtypes.ANY.TXT.TXT(dns.rdataclass.IN, dns.rdatatype.TXT, strings))
    return dns.rrset.from_rdata(name + ".", 60, *rdatas)


@asynccontextmanager
async def name_server() -> AsyncIterator[NameServer]:
    """A name server for the length of a block."""
    made = NameServer()
    await made.open()
    try:
        yield made
    finally:
        await made.aclose()


@pytest.fixture
async def names() -> AsyncIterator[NameServer]:
    """A name server of this test alone."""
    async with name_server() as made:
        yield made
