"""Who runs this Frontdesk: known by a keyed hash of their address, since this table is outside every side."""

import hmac

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from frontdesk.addresses import fold, parse_address
from frontdesk.desk import Actor
from frontdesk.ids import IdSource
from frontdesk_tenants import audit, people, second_factors, staff_sessions
from frontdesk_tenants.database import clock
from frontdesk_tenants.house import HOUSE
from frontdesk_tenants.lasting_keys import known_lasting_key, lasting_key
from frontdesk_tenants.tables import operators
from frontdesk_tenants.tenancy import Tenancy

PURPOSE = "operators"
COMMAND_LINE = Actor(kind="staff", id="operator")
"""Whoever may run the command: they have the master key."""


async def add_operator(tenancy: Tenancy, address: str) -> bool:
    """Let the holder of an e-mail address be an operator. False if they are one already.

    Raises:
        Refused: this is no e-mail address.
    """
    folded = fold(parse_address(address))
    async with tenancy.database.side(HOUSE) as connection:
        key = _digest(await lasting_key(connection, tenancy.vault, PURPOSE), folded)
        now = await clock(connection)
        added = await connection.execute(
            insert(operators)
            .values(address_hash=key, id=IdSource(now)("opr"), created=now)
            .on_conflict_do_nothing()
            # SQLAlchemy knows of no insert how many rows it made.
            .returning(operators.c.id)
        )
        return added.first() is not None


async def is_operator(tenancy: Tenancy, address: str) -> bool:
    """Whether the holder of a folded address is an operator."""
    return await operator_id(tenancy, address) is not None


async def operator_id(tenancy: Tenancy, address: str) -> str | None:
    """What the audit knows the holder of a folded address by as an operator; None for who is none."""
    async with tenancy.database.side(HOUSE) as connection:
        key = await known_lasting_key(connection, tenancy.vault, PURPOSE)
        if key is None:
            return None
        question = select(operators.c.id).where(operators.c.address_hash == _digest(key, address))
        return await connection.scalar(question)


async def reset_second_factor(tenancy: Tenancy, address: str) -> bool:
    """Take the second factor of somebody away who lost it, whatever tenants they work for; all their sessions end.

    False where nobody signs in with this address.

    Raises:
        Refused: this is no e-mail address.
    """
    async with tenancy.database.side(HOUSE) as connection:
        person = await people.find(connection, fold(parse_address(address)))
        if person is None:
            return False
        now = await clock(connection)
        await second_factors.remove(connection, person)
        await staff_sessions.end_all(connection, person.id, now)
        await audit.record(
            connection, HOUSE, actor=COMMAND_LINE, action="second_factor_reset", object_id=person.id, now=now
        )
        return True


def _digest(key: bytes, address: str) -> bytes:
    return hmac.digest(key, address.encode(), "sha256")
