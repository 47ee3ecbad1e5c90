"""Pages of a remote backend's own: where customers go, and what is asked again as they come back."""

import asyncio

from frontdesk.errors import FrontdeskError
from frontdesk.ids import IdSource
from frontdesk.mirroring import HostedPage, Subject
from frontdesk_tenants.database import clock
from frontdesk_tenants.directory import Side
from frontdesk_tenants.mirror_work import refresh
from frontdesk_tenants.tenancy import Tenancy

WAIT_SECONDS = 6
"""How long somebody who comes back waits for what became of it, at most."""


async def address_of_page(tenancy: Tenancy, side: Side, page: HostedPage) -> str:
    """The address of a page that is made for this customer now.

    Raises:
        Refused, Unavailable: the backend makes none.
    """
    async with tenancy.database.side(side.tenant_id) as connection:
        backend = await tenancy.backends.of(connection, side.tenant_id, side.backend)
        key = IdSource(await clock(connection))("page")
    return await backend.hosted_page(page, key)


async def asked_again(tenancy: Tenancy, side: Side, customer: str) -> bool:
    """Whether the book now has what the backend knows of a customer. False where it did not answer in time."""
    async with tenancy.database.side(side.tenant_id) as connection:
        backend = await tenancy.backends.of(connection, side.tenant_id, side.backend)
    try:
        async with asyncio.timeout(WAIT_SECONDS):
            await refresh(tenancy, side, backend, Subject("customer", customer))
    except (FrontdeskError, TimeoutError):
        return False
    return True
