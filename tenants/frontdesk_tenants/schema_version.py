"""Which schema this release needs, and whether the database has it yet."""

from functools import cache
from importlib import resources

from sqlalchemy import text

from frontdesk.errors import Unavailable
from frontdesk_tenants.database import Database


async def schema_is_there(database: Database) -> None:
    """Ask PostgreSQL which schema it has.

    A newer one than this release knows is fine: old processes go on while an update rolls through.

    Raises:
        Unavailable: PostgreSQL does not answer, or its schema is an older one.
    """
    async with database.unscoped() as connection:
        found = (await connection.execute(text("SELECT version_num FROM alembic_version"))).scalar_one_or_none()
    if found is None or found in known_versions()[:-1]:
        raise Unavailable("The database is not up to date: run `frontdesk migrate`.", retry_after=5)


@cache
def known_versions() -> tuple[str, ...]:
    """The versions that this release's migrations go through, the newest last: `0001` of `0001_first_schema.py`."""
    folder = resources.files("frontdesk_tenants") / "migrations" / "versions"
    names = sorted(each.name for each in folder.iterdir() if each.name.endswith(".py") and each.name[0].isdigit())
    return tuple(name.partition("_")[0] for name in names)
