"""Text messages after they were handed over: what their carriers say later on, and whether their codes were used."""

from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk.costly_letters import AreaUse
from frontdesk_tenants.mail_log import Outcome
from frontdesk_tenants.tables import challenges, mail_log


async def note_report(connection: AsyncConnection, cause: str, outcome: Outcome, detail: str, now: datetime) -> bool:
    """Note what a carrier says later on of a letter that it took; whether there is such a letter.

    A letter that did not arrive stays so, whatever is said after that.
    """
    noted = await connection.execute(
        update(mail_log)
        .where(mail_log.c.cause == cause, mail_log.c.outcome == "accepted", mail_log.c.channel.is_not(None))
        .values(outcome=outcome, detail=detail, updated=now)
    )
    return bool(noted.rowcount)


async def use_of_area(connection: AsyncConnection, area: str, since: datetime) -> AreaUse:
    """How many codes were texted to an area since then, and how many of them were typed."""
    found = await connection.execute(
        select(func.count(), func.count().filter(challenges.c.proven))
        .select_from(
            mail_log.join(
                challenges, (challenges.c.tenant_id == mail_log.c.tenant_id) & (challenges.c.id == mail_log.c.cause)
            )
        )
        .where(mail_log.c.area == area, mail_log.c.created > since)
    )
    return AreaUse(*found.one())
