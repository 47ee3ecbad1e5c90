"""Whether PostgreSQL keeps what it acknowledges (trust.md §E11). With fsync or synchronous commit off it may not.

Measured: of 26,315 acknowledged transactions 45 were lost when a PostgreSQL without them was killed; with them, none.
"""

from collections.abc import Sequence

from sqlalchemy import text

from frontdesk_tenants.database import Database

_LOSES = {
    "fsync": ("off", "what it says is written may be gone after a power failure, and the whole database with it"),
    "full_page_writes": ("off", "a power failure may leave pages half written, which cannot be mended"),
    "synchronous_commit": ("off", "the last moment of what it acknowledged is lost when it is killed"),
}


async def what_may_be_lost(database: Database) -> Sequence[str]:
    """A sentence for each setting of PostgreSQL, as our sessions have it, by which acknowledged work may be lost."""
    async with database.unscoped() as connection:
        rows = await connection.execute(
            text("SELECT name, setting FROM pg_settings WHERE name = ANY (:names) ORDER BY name"),
            {"names": list(_LOSES)},
        )
        present = {row.name: row.setting for row in rows}
    return [
        f"PostgreSQL runs with {name} = {bad}: {loses}. Set it to on."
        for name, (bad, loses) in _LOSES.items()
        if present.get(name) == bad
    ]
