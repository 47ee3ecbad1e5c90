"""Who runs this Frontdesk: known by a keyed hash of their address, since this table is outside every side."""

import hmac

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
    key = hmac.digest(tenancy.vault.token_key("operators"), fold(parse_address(address)).encode(), "sha256")
    async with tenancy.database.unscoped() as connection:
        now = await clock(connection)
        added = await connection.execute(
            insert(operators).values(address_hash=key, id=IdSource(now)("opr"), created=now).on_conflict_do_nothing()
        )
        return added.rowcount == 1
