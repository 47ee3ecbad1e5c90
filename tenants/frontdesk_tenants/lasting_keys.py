"""Keys for digests that are looked up for years, such as those of recovery codes.

What is derived from the master key would be lost with it when it is changed. So these are random, made when first
needed, and lie sealed in the house; a change of the master key seals them anew like any secret.
"""

import secrets

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk_tenants.house import HOUSE
from frontdesk_tenants.tables import lasting_keys
from frontdesk_tenants.vault import Vault, place_of

BYTES = 32


async def lasting_key(connection: AsyncConnection, vault: Vault, purpose: str) -> bytes:
    """The key for a purpose, made if there is none. Wants a transaction of the house. Raises SecretUnreadable."""
    found = await known_lasting_key(connection, vault, purpose)
    if found is None:
        # Of two that make it at once, the first one's is taken by both.
        sealed = vault.seal(secrets.token_bytes(BYTES), HOUSE, _place(purpose))
        values = {"tenant_id": HOUSE, "purpose": purpose, "key_sealed": sealed}
        await connection.execute(insert(lasting_keys).values(values).on_conflict_do_nothing())
        return await lasting_key(connection, vault, purpose)
    return found


async def known_lasting_key(connection: AsyncConnection, vault: Vault, purpose: str) -> bytes | None:
    """The same for whoever only looks something up: None where nothing was ever digested. Raises SecretUnreadable."""
    question = select(lasting_keys.c.key_sealed).where(lasting_keys.c.purpose == purpose)
    sealed = (await connection.execute(question)).scalar_one_or_none()
    return None if sealed is None else vault.open(bytes(sealed), HOUSE, _place(purpose))


def _place(purpose: str) -> str:
    return place_of(lasting_keys.c.key_sealed, purpose)
