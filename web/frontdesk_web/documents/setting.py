"""Setting documents: each in a process of its own, once, and kept for ever with its hash."""

import asyncio
import base64
import sys
from collections.abc import Awaitable, Callable
from typing import Any
from weakref import WeakKeyDictionary

import msgspec

from frontdesk.errors import Unavailable
from frontdesk_tenants import documents
from frontdesk_tenants.database import SideTransaction, clock
from frontdesk_tenants.directory import Door, Side
from frontdesk_tenants.files import File
from frontdesk_web.documents.paper import document_logo
from frontdesk_web.site import Site

MEDIA_TYPE = "application/pdf"
TEMPLATE = "invoice.typ"
SECONDS = 30
AT_ONCE = 2
"""How many documents one process sets at a time; the others wait their turn."""
_turns: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """A document that is to be. It belongs to `invoice`, and `edition` tells it from the others that do: what it is and
    its language. `words` says what is printed; `issued` is in seconds since 1970; `code` is what a QR code says."""

    invoice: str
    edition: str
    words: Callable[[], dict[str, Any]]
    issued: int
    code: str | None = None


async def kept_document(site: Site, door: Door, read: Callable[[SideTransaction, Side], Awaitable[Document]]) -> bytes:
    """The bytes that were kept of a document; where there are none yet, those that are set now and kept.

    Raises:
        Unavailable: it could not be set now.
    """
    async with site.tenancy.at(door) as (connection, side):
        wanted = await read(connection, side)
        kept = await documents.find(connection, wanted.invoice, wanted.edition)
        if kept is not None:
            return kept.content
        logo = await document_logo(side.brand, connection)
    pdf = await typeset(wanted.words(), logo, wanted.issued, code=wanted.code)
    async with site.tenancy.at(door) as (connection, _):
        file = File(media_type=MEDIA_TYPE, content=pdf)
        now = await clock(connection)
        stays = await documents.keep(connection, door.tenant_id, wanted.invoice, wanted.edition, file, now)
    return stays.content


async def typeset(
    data: dict[str, Any], logo: bytes | None, issued: int, as_picture: bool = False, code: str | None = None
) -> bytes:
    """Set the document in a process of its own, which knows nothing but what it is handed: a PDF, or a PNG of its
    first page. `code` is what the QR code for paying says. Raises Unavailable."""
    request = {
        "template": TEMPLATE,
        "data": data,
        "logo": None if logo is None else base64.b64encode(logo).decode(),
        "issued": issued,
        "as_picture": as_picture,
        "code": code,
    }
    loop = asyncio.get_running_loop()
    turn = _turns.setdefault(loop, asyncio.Semaphore(AT_ONCE))
    async with turn:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-I",
            "-m",
            "frontdesk_web.documents.typesetting",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env={},
        )
        try:
            async with asyncio.timeout(SECONDS):
                document, complaint = await process.communicate(msgspec.json.encode(request))
        except TimeoutError as error:
            raise Unavailable("The document could not be made in time.", retry_after=30) from error
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
    if process.returncode != 0 or not document.startswith(b"\x89PNG" if as_picture else b"%PDF"):
        raise RuntimeError(f"typesetting failed: {complaint.decode(errors='replace')[-500:]}")
    return document
