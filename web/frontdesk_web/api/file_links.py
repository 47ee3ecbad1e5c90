"""`/v1/file_links`: links by which anybody can fetch an uploaded file."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from msgspec.structs import replace

from frontdesk.uploaded_files import FileLink
from frontdesk_tenants import listings, uploaded_files
from frontdesk_tenants.database import SideTransaction
from frontdesk_web.api.calls import CREATED, CURSOR, Call, Endpoint, list_of, metadata_change, new_metadata
from frontdesk_web.api.errors import ApiError
from frontdesk_web.api.parameters import Flag, Instant, Metadata, Required, Text
from frontdesk_web.api.views import show_all, show_stored

DATA: dict[str, Any] = {"expires_at": Instant(), "metadata": Metadata()}
"""What a new link is made of."""
CREATE: dict[str, Any] = DATA | {"file": Required(Text(maximum=255))}
UPDATE: dict[str, Any] = {"expires_at": Instant(words=("now",), clears=True), "metadata": Metadata()}
LIST = CURSOR | CREATED | {"expired": Flag(), "file": Text(maximum=255)}


async def new_link(call: Call, connection: SideTransaction, file: str, given: Mapping[str, Any]) -> FileLink:
    """Make a link to a file that exists. Raises ApiError where it would be over already."""
    made = FileLink(
        id=call.ids("link"),
        created=call.now,
        file=file,
        expires_at=_in_future(call, given.get("expires_at")),
        metadata=new_metadata(given),
    )
    await uploaded_files.add_link(connection, call.door.tenant_id, made, call.actor, call.request_id)
    return made


async def create(call: Call) -> dict[str, Any]:
    """Let anybody fetch a file."""
    await call.stored("file upload", call.given["file"], "file")
    async with call.transaction() as connection:
        made = await new_link(call, connection, call.given["file"], call.given)
    return await show_stored(call, "file link", made.id)


async def retrieve(call: Call) -> dict[str, Any]:
    """One link."""
    await call.stored("file link", call.path["link"])
    return await show_stored(call, "file link", call.path["link"])


async def update(call: Call) -> dict[str, Any]:
    """Say until when a link is good. One that is over stays so."""
    before: FileLink = await call.stored("file link", call.path["link"])
    given, after = call.given, before
    if "expires_at" in given:
        if before.expired(call.now):
            raise ApiError("This file link has expired. Create another one.", param="expires_at")
        ends = call.now if given["expires_at"] == "now" else _in_future(call, given["expires_at"])
        after = replace(after, expires_at=ends)
    if "metadata" in given:
        change = metadata_change(given, before.metadata)
        merged = {**before.metadata, **change}
        after = replace(after, metadata={key: value for key, value in merged.items() if value is not None})
    async with call.transaction() as connection:
        await uploaded_files.change_link(
            connection, call.door.tenant_id, before, after, call.actor, call.now, call.request_id
        )
    return await show_stored(call, "file link", before.id)


async def list_all(call: Call) -> dict[str, Any]:
    """Links, newest first."""
    given = call.given
    async with call.transaction() as connection:
        page = await listings.file_links(
            connection, call.cursor(), file=given.get("file"), expired=given.get("expired"), now=call.now
        )
        return list_of("/v1/file_links", page, await show_all(call, connection, "file link", page.items))


def _in_future(call: Call, at: datetime | None) -> datetime | None:
    if at is not None and at <= call.now:
        raise ApiError("The timestamp specified for `expires_at` must be in the future.", param="expires_at")
    return at


_ONE = "/v1/file_links/{link:str}"
endpoints = (
    Endpoint(method="GET", path="/v1/file_links", takes=LIST, act=list_all),
    Endpoint(method="POST", path="/v1/file_links", takes=CREATE, act=create),
    Endpoint(method="GET", path=_ONE, takes={}, act=retrieve),
    Endpoint(method="POST", path=_ONE, takes=UPDATE, act=update),
)
