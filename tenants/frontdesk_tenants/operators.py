"""Who runs this Frontdesk: known by a keyed hash of their address, since this table is outside every side."""

import hmac

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from frontdesk.addresses import fold, parse_address
from frontdesk.ids import IdSource
from frontdesk_tenants.database import clock
from frontdesk_tenants.tables import operators
from frontdesk_tenants.tenancy import Tenancy


async def add_operator(tenancy: Tenancy, address: str) -> bool:
    """Let the holder of an e-mail address be an operator. False if they are one already.

    Raises:
        Refused: this is no e-mail address.
    """
    key = _key(tenancy, fold(parse_address(address)))
    async with tenancy.database.unscoped() as connection:
        now = await clock(connection)
        added = await connection.execute(
            insert(operators).values(address_hash=key, id=IdSource(now)("opr"), created=now).on_conflict_do_nothing()
        )
        return added.rowcount == 1


async def is_operator(tenancy: Tenancy, address: str) -> bool:
    """Whether the holder of a folded address is an operator."""
    async with tenancy.database.unscoped() as connection:
        found = await connection.execute(
            select(operators.c.id).where(operators.c.address_hash == _key(tenancy, address))
        )
        return found.first() is not None


def _key(tenancy: Tenancy, address: str) -> bytes:
    return hmac.digest(tenancy.vault.token_key("operators"), address.encode(), "sha256")
