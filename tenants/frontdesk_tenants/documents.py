"""Documents of invoices: the first that is set for an invoice and a language is the one that stays."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk_tenants import files
from frontdesk_tenants.files import File
from frontdesk_tenants.tables import documents


async def find(connection: AsyncConnection, invoice: str, locale: str) -> File | None:
    """The document that was kept, or None."""
    name = await connection.scalar(
        select(documents.c.file).where(documents.c.invoice == invoice, documents.c.locale == locale)
    )
    return None if name is None else await files.read(connection, name)


async def keep(
    connection: AsyncConnection, tenant_id: UUID, invoice: str, locale: str, file: File, now: datetime
) -> File:
    """Keep a document, unless one was kept meanwhile; returns the one that stays."""
    name = await files.keep(connection, tenant_id, file, now)
    await connection.execute(
        insert(documents)
        .values(tenant_id=tenant_id, invoice=invoice, locale=locale, file=name, created=now)
        .on_conflict_do_nothing()
    )
    kept = await find(connection, invoice, locale)
    assert kept is not None
    return kept
