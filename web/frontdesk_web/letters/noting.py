"""The log around a letter: what becomes of it is written down, whatever that is."""

import logging
from collections.abc import Awaitable
from uuid import UUID

from frontdesk.channels import Delivery, Letter, unrevealing
from frontdesk.errors import Misconfigured, Unavailable
from frontdesk.sentences import in_english
from frontdesk_tenants import mail_log
from frontdesk_tenants.database import clock
from frontdesk_web.site import Site

log = logging.getLogger("frontdesk.letters")


async def noting(site: Site, tenant_id: UUID, row: str, letter: Letter, carried: Awaitable[Delivery]) -> Delivery:
    """Wait for a delivery, and note its outcome, or why there is none yet, in a row of the log.

    Raises:
        Unavailable, Misconfigured: what `carried` raised.
    """
    try:
        delivery = await carried
    except (Unavailable, Misconfigured) as error:
        why = unrevealing(error.message, letter)
        log.warning("a letter waits: %s", why, extra={"tenant": str(tenant_id), "purpose": letter.purpose})
        await _note(site, tenant_id, row, "waiting", why)
        raise
    await _note(site, tenant_id, row, delivery.outcome, unrevealing(in_english(delivery.detail), letter))
    return delivery


async def _note(site: Site, tenant_id: UUID, row: str, outcome: mail_log.Outcome, detail: str) -> None:
    """Write an outcome down. A letter that was taken must not go again because the log could not be written."""
    try:
        async with site.tenancy.database.side(tenant_id) as connection:
            await mail_log.note(connection, row, outcome, detail, await clock(connection))
    except Unavailable:
        log.warning("outcome of a letter not noted", extra={"tenant": str(tenant_id), "outcome": outcome})
