"""Lists of what is a side's own: how its portal is set up, its answers and files, and its test clocks."""

from datetime import datetime
from typing import Any

from sqlalchemy import and_, not_
from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk.clocks import TestClock
from frontdesk.feedback_options import FeedbackOption
from frontdesk.portal_configuration import PortalConfiguration
from frontdesk.uploaded_files import FileLink, UploadedFile
from frontdesk_tenants import tables
from frontdesk_tenants.configurations import NOT_DELETED
from frontdesk_tenants.listings.pages import equal, page_of
from frontdesk_tenants.paging import Cursor, Page


async def configurations(
    connection: AsyncConnection, cursor: Cursor, *, active: bool | None = None, is_default: bool | None = None
) -> Page[PortalConfiguration]:
    """Portal configurations that are not deleted."""
    columns = tables.configurations.c
    wanted: list[Any] = [NOT_DELETED, equal(columns.active, active), equal(columns.is_default, is_default)]
    return await page_of(connection, "configuration", cursor, wanted)


async def feedback_options(
    connection: AsyncConnection, cursor: Cursor, *, active: bool | None = None
) -> Page[FeedbackOption]:
    """The side's own answers to the question why somebody cancels."""
    return await page_of(connection, "feedback option", cursor, [equal(tables.feedback_options.c.active, active)])


async def file_uploads(
    connection: AsyncConnection, cursor: Cursor, *, purpose: str | None = None
) -> Page[UploadedFile]:
    """Files that programs have uploaded."""
    return await page_of(connection, "file upload", cursor, [equal(tables.uploaded_files.c.purpose, purpose)])


async def file_links(
    connection: AsyncConnection, cursor: Cursor, *, file: str | None = None, expired: bool | None = None, now: datetime
) -> Page[FileLink]:
    """Links to files. `expired` asks for those that lead nowhere any more, or for those that do."""
    columns = tables.file_links.c
    wanted: list[Any] = [equal(columns.file, file)]
    if expired is not None:
        over = and_(columns.expires_at.is_not(None), columns.expires_at <= now)
        wanted.append(over if expired else not_(over))
    return await page_of(connection, "file link", cursor, wanted)


async def test_clocks(connection: AsyncConnection, cursor: Cursor) -> Page[TestClock]:
    """Test clocks."""
    return await page_of(connection, "test clock", cursor, [])
