"""Files that were uploaded, and links to them. Their content lies in `files`, by hash.

Programs upload files by themselves; a picture that staff chose becomes one when a look that shows it is published.
"""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk.branding import Look
from frontdesk.desk import Actor
from frontdesk.ids import IdSource
from frontdesk.uploaded_files import FileLink, Purpose, UploadedFile
from frontdesk_tenants import audit, files
from frontdesk_tenants.tables import file_links, uploaded_files

TYPES = {"image/png": "png", "image/jpeg": "jpg"}
"""What a file's `type` is, by the media type of what is kept of it."""


async def add(
    connection: AsyncConnection, tenant_id: UUID, made: UploadedFile, actor: Actor, request_id: str | None = None
) -> None:
    """Note a file whose content was kept."""
    row = {"id": made.id, "purpose": made.purpose, "hash": made.content, "created": made.created, "body": made}
    await connection.execute(insert(uploaded_files).values(tenant_id=tenant_id, **row))
    await audit.record(
        connection,
        tenant_id,
        actor=actor,
        action="file_uploaded",
        object_id=made.id,
        now=made.created,
        after=made,
        request_id=request_id,
    )


async def add_link(
    connection: AsyncConnection, tenant_id: UUID, made: FileLink, actor: Actor, request_id: str | None = None
) -> None:
    """Let anybody fetch a file by this link."""
    row = {"id": made.id, "file": made.file, "created": made.created, "expires_at": made.expires_at, "body": made}
    await connection.execute(insert(file_links).values(tenant_id=tenant_id, **row))
    await audit.record_object(
        connection,
        tenant_id,
        None,
        made,
        actor=actor,
        now=made.created,
        request_id=request_id,
        action="file_link_created",
    )


async def change_link(
    connection: AsyncConnection,
    tenant_id: UUID,
    before: FileLink,
    after: FileLink,
    actor: Actor,
    now: datetime,
    request_id: str | None = None,
) -> None:
    """Write a changed link."""
    values = {"expires_at": after.expires_at, "body": after}
    await connection.execute(update(file_links).where(file_links.c.id == after.id).values(**values))
    await audit.record_object(
        connection,
        tenant_id,
        before,
        after,
        actor=actor,
        now=now,
        request_id=request_id,
        action="file_link_changed",
    )


async def links_of(connection: AsyncConnection, files: Collection[str]) -> dict[str, list[FileLink]]:
    """The links to some files, newest first, by the file's id."""
    found: dict[str, list[FileLink]] = {}
    question = select(file_links.c.body).where(file_links.c.file.in_(files))
    for link in await connection.scalars(question.order_by(file_links.c.created.desc(), file_links.c.id.desc())):
        found.setdefault(link.file, []).append(link)
    return found


async def known_as(connection: AsyncConnection, content: str, purpose: Purpose) -> str | None:
    """The newest upload that has this content, by its id; None where it came another way."""
    question = select(uploaded_files.c.id).where(uploaded_files.c.hash == content, uploaded_files.c.purpose == purpose)
    found: str | None = await connection.scalar(
        question.order_by(uploaded_files.c.created.desc(), uploaded_files.c.id.desc()).limit(1)
    )
    return found


async def name_pictures(
    connection: AsyncConnection,
    tenant_id: UUID,
    look: Look,
    actor: Actor,
    now: datetime,
    request_id: str | None = None,
) -> None:
    """See that each picture of a look that is published is a file which programs can ask for by its id."""
    pictures: tuple[tuple[str | None, Purpose], ...] = (
        (look.icon_file, "business_icon"),
        (look.logo_file, "business_logo"),
    )
    for content, purpose in pictures:
        if content is None or await known_as(connection, content, purpose) is not None:
            continue
        found = await files.read(connection, content)
        if found is not None and found.media_type in TYPES:
            made = UploadedFile(
                id=IdSource(now)("file"),
                created=now,
                purpose=purpose,
                content=content,
                size=len(found.content),
                type=TYPES[found.media_type],
            )
            await add(connection, tenant_id, made, actor, request_id)
