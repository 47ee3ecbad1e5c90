"""Portal configurations of a side: stored, found by id or login link, one of them the default."""

from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk.portal_configuration import PortalConfiguration
from frontdesk_tenants.page_versions import renew_pages
from frontdesk_tenants.tables import configurations, sides

NOT_DELETED = text("configurations.body->>'deleted' IS DISTINCT FROM 'true'")
"""Whether a row is no deleted configuration."""


async def read_default(connection: AsyncConnection) -> PortalConfiguration:
    """The configuration that counts when nobody names one. Every side is born with it."""
    found = await connection.execute(select(configurations.c.body).where(configurations.c.is_default))
    return found.scalar_one()  # type: ignore[no-any-return]


async def read(connection: AsyncConnection, id_: str) -> PortalConfiguration | None:
    """A configuration by id, active or not."""
    found = await connection.execute(select(configurations.c.body).where(configurations.c.id == id_))
    return found.scalar_one_or_none()


async def read_all(connection: AsyncConnection, limit: int) -> tuple[PortalConfiguration, ...]:
    """The configurations that are not deleted: the default, then the newest first, at most `limit`."""
    columns = configurations.c
    found = await connection.scalars(
        select(columns.body)
        .where(NOT_DELETED)
        .order_by(columns.is_default.desc(), columns.created.desc(), columns.id.desc())
        .limit(limit)
    )
    return tuple(found)


async def login_tokens(connection: AsyncConnection) -> dict[str, str]:
    """The tokens of all login links of the side, by configuration."""
    columns = configurations.c
    rows = await connection.execute(select(columns.id, columns.login_token).where(columns.login_token.is_not(None)))
    return {row.id: row.login_token for row in rows}


async def hold(connection: AsyncConnection) -> None:
    """Let nobody else change configurations of the side until the transaction ends: what is read after this, holds.

    Without it somebody who saves what they read before another configuration was made the default would leave the side
    with two of them, or none.
    """
    await connection.execute(select(sides.c.tenant_id).with_for_update(key_share=True))


async def by_login_token(connection: AsyncConnection, token: str) -> PortalConfiguration | None:
    """The configuration whose login link carries this token. Its login page may since have been switched off."""
    found = await connection.execute(select(configurations.c.body).where(configurations.c.login_token == token))
    return found.scalar_one_or_none()


async def login_token(connection: AsyncConnection, id_: str) -> str | None:
    """The token of a configuration's login link, without the side's public id in front; None if it never had one."""
    found = await connection.execute(select(configurations.c.login_token).where(configurations.c.id == id_))
    return found.scalar_one_or_none()


async def put(
    connection: AsyncConnection, tenant_id: UUID, configuration: PortalConfiguration, login_token: str | None
) -> None:
    """Insert or replace a configuration. Pages show it at the next request."""
    columns = {
        "version": configuration.version,
        "is_default": configuration.is_default,
        "active": configuration.active,
        "login_token": login_token,
        "body": configuration,
    }
    await connection.execute(
        insert(configurations)
        .values(tenant_id=tenant_id, id=configuration.id, created=configuration.created, **columns)
        .on_conflict_do_update(index_elements=["tenant_id", "id"], set_=columns)
    )
    await renew_pages(connection)
