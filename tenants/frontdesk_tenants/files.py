"""Files of a side, named by the SHA-256 of what is in them: images of its brand and products, documents."""

import hashlib
from datetime import datetime
from uuid import UUID

from msgspec import Struct
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk_tenants.tables import files


class File(Struct, frozen=True, kw_only=True):
    """A stored file. `small` is the same picture as lists show it, a WEBP; None where there is none."""

    media_type: str
    content: bytes
    small: bytes | None = None


async def keep(connection: AsyncConnection, tenant_id: UUID, file: File, now: datetime) -> str:
    """Store a file and return its hash, in hexadecimal. The same content is stored once."""
    name = hashlib.sha256(file.content).hexdigest()
    row = {"media_type": file.media_type, "content": file.content, "small": file.small, "created": now}
    await connection.execute(
        insert(files)
        .values(tenant_id=tenant_id, hash=name, **row)
        # As if it were new, so that it is not swept before what it is kept for names it.
        .on_conflict_do_update(index_elements=["tenant_id", "hash"], set_={"created": now})
    )
    return name


async def read(connection: AsyncConnection, name: str) -> File | None:
    """A file by its hash, or None."""
    columns = select(files.c.media_type, files.c.content, files.c.small)
    row = (await connection.execute(columns.where(files.c.hash == name))).one_or_none()
    return None if row is None else File(media_type=row.media_type, content=row.content, small=row.small)


async def touch(connection: AsyncConnection, name: str, now: datetime) -> str | None:
    """The media type of a file that is about to be named, as if it were new; None where there is none."""
    again = update(files).where(files.c.hash == name).values(created=now).returning(files.c.media_type)
    media_type: str | None = (await connection.execute(again)).scalar_one_or_none()
    return media_type
