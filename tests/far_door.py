"""A far side behind a socket: it lives on, whatever becomes of the processes that ask it.

`opened` answers at a port of this process; a process that is to be killed takes `Reached` as the plugin of its backend.
Questions and answers are pickled, since both ends are tests.
"""

import asyncio
import copyreg
import io
import pickle
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from msgspec.structs import replace

from frontdesk.errors import FrontdeskError, Misconfigured, Refused, Unavailable
from frontdesk.hookspecs import hookimpl
from frontdesk.secret import Secret
from frontdesk.testing.mirrored import Teller, mirrored_backend
from frontdesk.testing.remote import FarSide, RemoteFake, RemoteFakeSettings
from frontdesk_invoice_only.backend import InvoiceOnly, InvoiceOnlySettings

QUESTIONS = (
    "carry_out",
    "quote",
    "connect",
    "listen",
    "stop_listening",
    "refresh",
    "refresh_catalogue",
    "page_of_catalogue",
    "page_of_customers",
    "customers_with_address",
    "heard_since",
)


@asynccontextmanager
async def opened(far: FarSide, teller: Teller) -> AsyncIterator[int]:
    """Answer for a far side; gives the port."""
    near = mirrored_backend(far, teller)(RemoteFakeSettings())

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            name, given = pickle.loads(await _received(reader))
            try:
                said = (None, await getattr(near, name)(*given))
            except FrontdeskError as error:
                said = _packed(error)
            _send(writer, said)
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            # Whoever asked is dead. What was asked for in full is done.
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1")
    async with server:
        yield server.sockets[0].getsockname()[1]


class Reached:
    """A plugin whose backend is the far side at a port. `edge` is called before each question and after each answer."""

    def __init__(self, port: int, edge: Callable[[], None]) -> None:
        self._port, self._edge = port, edge

    @hookimpl
    def billing_backends(self) -> list[type]:
        class Behind(RemoteFake):
            capabilities = replace(InvoiceOnly.capabilities, remote=True, mirrored=True)

            def __init__(self, settings: RemoteFakeSettings) -> None:
                super().__init__(settings, FarSide(InvoiceOnly(InvoiceOnlySettings())))

        for name in QUESTIONS:
            setattr(Behind, name, self._asking(name))
        return [Behind]

    def _asking(self, name: str) -> Callable[..., Awaitable[Any]]:
        async def ask(_backend: RemoteFake, *given: Any) -> Any:
            self._edge()
            reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
            try:
                _send(writer, (name, given))
                error, said = pickle.loads(await _received(reader))
            finally:
                writer.close()
            self._edge()
            if error is not None:
                raise error(*said)
            return said

        return ask


async def _received(reader: asyncio.StreamReader) -> bytes:
    size = int.from_bytes(await reader.readexactly(4), "big")
    return await reader.readexactly(size)


def _send(writer: asyncio.StreamWriter, what: Any) -> None:
    written = io.BytesIO()
    pickler = pickle.Pickler(written)
    # Not for everybody: elsewhere a secret is never pickled.
    pickler.dispatch_table = {**copyreg.dispatch_table, Secret: lambda secret: (Secret, (secret.reveal(),))}
    pickler.dump(what)
    body = written.getvalue()
    writer.write(len(body).to_bytes(4, "big") + body)


def _packed(error: FrontdeskError) -> tuple[type[FrontdeskError], tuple[Any, ...]]:
    match error:
        case Refused():
            return Refused, (error.refusal,)
        case Unavailable():
            return Unavailable, (error.message, error.retry_after)
        case Misconfigured():
            return Misconfigured, (error.message, error.field)
    raise error
