"""Which master keys this database knows, so that a process with the wrong one says so and does not start.

Only public ids are kept. A key is noted when a process begins to seal with it, and forgotten when nothing is sealed
with it any more (`key_rotation`) or its loss is owned up to.
"""

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert

from frontdesk.errors import Misconfigured
from frontdesk_tenants.database import Database
from frontdesk_tenants.tables import master_keys
from frontdesk_tenants.vault import Vault


async def refuse_wrong_keys(database: Database, vault: Vault) -> None:
    """See that the vault has every key that secrets of this database are sealed with, and note the one in use.

    Raises:
        Misconfigured: a key is missing; the message says what to do.
    """
    async with database.unscoped() as connection:
        known = set((await connection.scalars(select(master_keys.c.id))).all())
        missing = sorted(each.hex() for each in known - set(vault.key_ids))
        if missing:
            raise Misconfigured(
                f"FRONTDESK_MASTER_KEY lacks a key that secrets in this database are sealed with (id "
                f"{', '.join(missing)}). Put it back, after a comma, behind the key in use; `frontdesk keys rotate` "
                "makes it needless. If it is lost for good: `frontdesk keys forget`.",
                "FRONTDESK_MASTER_KEY",
            )
        current = vault.key_ids[0]
        if current not in known:
            await connection.execute(
                insert(master_keys).values(id=current, created=func.frontdesk_now()).on_conflict_do_nothing()
            )


async def known_keys(database: Database) -> tuple[bytes, ...]:
    """The ids of the keys that this database knows, the oldest first."""
    async with database.unscoped() as connection:
        return tuple((await connection.scalars(select(master_keys.c.id).order_by(master_keys.c.created))).all())


async def forget_key(database: Database, key_id: bytes) -> bool:
    """Forget a key: nothing needs it, or it is lost. False if it was not known."""
    async with database.unscoped() as connection:
        return (await connection.execute(delete(master_keys).where(master_keys.c.id == key_id))).rowcount == 1
