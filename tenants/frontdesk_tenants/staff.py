"""Who works for a tenant, with which role. Rows lie under the tenant's live side, for both of its sides.

Functions that take a `connection` want a transaction of the live side.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct
from sqlalchemy import Row, delete, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk.ids import IdSource
from frontdesk.roles import Role
from frontdesk_tenants.database import enter_side
from frontdesk_tenants.people import Person
from frontdesk_tenants.tables import staff, staff_directory


class Member(Struct, frozen=True, kw_only=True):
    """Somebody's place with a tenant. `id` is what the audit keeps."""

    id: str
    person: str
    address: str
    name: str
    role: Role
    created: datetime


async def add_member(connection: AsyncConnection, live_id: UUID, person: Person, role: Role, now: datetime) -> Member:
    """Give a person a place. Who has one keeps it, with the role they have."""
    present = await member_of(connection, person.id)
    if present is not None:
        return present
    member = Member(
        id=IdSource(now)("stf"),
        person=person.id,
        address=person.address,
        name=person.name,
        role=role,
        created=now,
    )
    await connection.execute(
        insert(staff).values(
            tenant_id=live_id,
            id=member.id,
            person=member.person,
            address=member.address,
            name=member.name,
            role=role.value,
            created=now,
        )
    )
    await connection.execute(
        upsert(staff_directory).values(person=person.id, tenant_id=live_id).on_conflict_do_nothing()
    )
    return member


async def member_of(connection: AsyncConnection, person: str) -> Member | None:
    """The place of a person, or None."""
    row = (
        await connection.execute(select(staff).where(staff.c.person == person, staff.c.removed_at.is_(None)))
    ).one_or_none()
    return None if row is None else _member(row)


async def member(connection: AsyncConnection, id_: str) -> Member | None:
    """A member by id, or None for somebody who is not (any more)."""
    row = (await connection.execute(select(staff).where(staff.c.id == id_, staff.c.removed_at.is_(None)))).one_or_none()
    return None if row is None else _member(row)


async def members(connection: AsyncConnection) -> tuple[Member, ...]:
    """Everybody who works for the tenant, in the order in which they came."""
    rows = await connection.execute(
        select(staff).where(staff.c.removed_at.is_(None)).order_by(staff.c.created, staff.c.id)
    )
    return tuple(_member(row) for row in rows)


async def rename_everywhere(connection: AsyncConnection, person: str, name: str) -> None:
    """Call a person by another name with all tenants. Any transaction will do; it ends in one of these tenants."""
    for live_id in await tenants_of(connection, person):
        await enter_side(connection, live_id)
        await connection.execute(update(staff).where(staff.c.person == person).values(name=name))


async def names(connection: AsyncConnection, ids: Collection[str]) -> dict[str, str]:
    """What members are called, by id, whether or not they still work for the tenant: an address where no name is."""
    rows = await connection.execute(select(staff.c.id, staff.c.name, staff.c.address).where(staff.c.id.in_(ids)))
    return {row.id: row.name or row.address for row in rows}


async def change_role(connection: AsyncConnection, id_: str, role: Role) -> None:
    """Give a member another role."""
    await connection.execute(update(staff).where(staff.c.id == id_).values(role=role.value))


async def remove_member(connection: AsyncConnection, live_id: UUID, member: Member, now: datetime) -> None:
    """Take a member's place away; what they did stays in the audit under their name."""
    await connection.execute(update(staff).where(staff.c.id == member.id).values(removed_at=now))
    await connection.execute(
        delete(staff_directory).where(staff_directory.c.person == member.person, staff_directory.c.tenant_id == live_id)
    )


async def lock_owners(connection: AsyncConnection) -> int:
    """How many owners a tenant has, who stay owners until the transaction ends: two cannot remove each other."""
    found = await connection.scalars(
        select(staff.c.id).where(staff.c.role == Role.OWNER.value, staff.c.removed_at.is_(None)).with_for_update()
    )
    return len(found.all())


async def tenants_of(connection: AsyncConnection, person: str) -> tuple[UUID, ...]:
    """The live sides that a person works for. Any transaction will do: the directory holds ids alone."""
    found = await connection.scalars(select(staff_directory.c.tenant_id).where(staff_directory.c.person == person))
    return tuple(found)


def _member(row: Row[Any]) -> Member:
    return Member(
        id=row.id,
        person=row.person,
        address=row.address,
        name=row.name,
        role=Role(row.role),
        created=row.created,
    )
