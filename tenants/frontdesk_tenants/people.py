"""People who sign in to dashboards: one row an address, in the house. What they are for a tenant is in `staff`.

Every function wants a transaction of the house (`house.HOUSE`).
"""

from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk.ids import IdSource
from frontdesk_tenants.house import HOUSE
from frontdesk_tenants.tables import people


class Person(Struct, frozen=True, kw_only=True):
    """Somebody. `address` is folded; `has_factor` says whether a second factor was set up and tried out."""

    id: str
    address: str
    name: str
    locale: str | None
    has_factor: bool
    created: datetime


async def find(connection: AsyncConnection, address: str) -> Person | None:
    """The person with a folded address, or None."""
    return await _one(connection, people.c.address == address)


async def read(connection: AsyncConnection, id_: str) -> Person | None:
    """A person by id, or None."""
    return await _one(connection, people.c.id == id_)


async def get_or_create(
    connection: AsyncConnection, address: str, now: datetime, *, name: str = "", locale: str | None = None
) -> Person:
    """The person of a folded address, made if there is none yet. Call it once the address was proven."""
    await connection.execute(
        insert(people)
        .values(tenant_id=HOUSE, id=IdSource(now)("per"), address=address, name=name, locale=locale, created=now)
        .on_conflict_do_nothing(index_elements=["tenant_id", "address"])
    )
    person = await find(connection, address)
    assert person is not None
    return person


async def rename(connection: AsyncConnection, id_: str, name: str) -> None:
    """Call a person by another name."""
    await connection.execute(update(people).where(people.c.id == id_).values(name=name))


async def speak(connection: AsyncConnection, id_: str, locale: str) -> None:
    """Show a person's pages and write their letters in this language."""
    await connection.execute(update(people).where(people.c.id == id_).values(locale=locale))


async def _one(connection: AsyncConnection, condition: Any) -> Person | None:
    columns = (people.c.id, people.c.address, people.c.name, people.c.locale, people.c.created)
    question = select(*columns, people.c.totp_confirmed.is_not(None).label("has_factor")).where(condition)
    row = (await connection.execute(question)).one_or_none()
    return None if row is None else Person(**row._mapping)
