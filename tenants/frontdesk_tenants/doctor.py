"""Looking a running house over: whether it keeps what it acknowledges, and whether every side's book holds together."""

from collections.abc import AsyncIterator

from msgspec import Struct
from sqlalchemy import select

from frontdesk.errors import FrontdeskError
from frontdesk_tenants.book_checks import faults_of
from frontdesk_tenants.database import unhurried
from frontdesk_tenants.directory import Door
from frontdesk_tenants.durability import what_may_be_lost
from frontdesk_tenants.tables import firms
from frontdesk_tenants.tenancy import Tenancy

QUESTION_SECONDS = 15 * 60


class Finding(Struct, frozen=True, kw_only=True):
    """Something that is wrong. `slug` and `livemode` name the side; None where it is the whole house."""

    sentence: str
    slug: str | None = None
    livemode: bool = True


async def examine(tenancy: Tenancy) -> AsyncIterator[Finding]:
    """What is wrong, one side after the other. Nothing is changed.

    Raises:
        Unavailable: PostgreSQL does not answer.
    """
    for sentence in await what_may_be_lost(tenancy.database):
        yield Finding(sentence=sentence)
    async with tenancy.database.unscoped() as connection:
        doors = [Door(**row._mapping) for row in await connection.execute(select(firms).order_by(firms.c.portal))]
    for door in doors:
        async with tenancy.at(door) as (connection, side):
            # Of a large book, a question may take longer than a page may.
            async with unhurried(connection, QUESTION_SECONDS):
                try:
                    remote = (await tenancy.backends.of(connection, side.tenant_id, side.backend)).capabilities.remote
                except FrontdeskError as error:
                    yield Finding(
                        sentence=f"The billing backend {side.backend} does not start: {error}",
                        slug=side.slug,
                        livemode=side.livemode,
                    )
                    continue
                for each in await faults_of(connection, remote=remote):
                    yield Finding(sentence=each.sentence, slug=side.slug, livemode=side.livemode)
