"""Asking for a passcode: the limits are counted, a challenge is written, a job is enqueued. The same for everybody.

Customers ask at a portal, staff at the house's door; `jar` is the name that the cookies of either go by.
"""

from datetime import datetime

from frontdesk.channels import AddressKind
from frontdesk.limits import Visitor, checks
from frontdesk_tenants import known_browsers, passcodes
from frontdesk_tenants.database import SideTransaction
from frontdesk_tenants.directory import Door
from frontdesk_tenants.passcodes import SEND_PASSCODE, Ask
from frontdesk_tenants.rate_limits import Counted
from frontdesk_web.addresses_of_callers import caller
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.cookies import read_cookie
from frontdesk_web.site import Site


async def visitor_of(
    request: AnyRequest,
    site: Site,
    connection: SideTransaction,
    door: Door,
    jar: str,
    address: str,
    now: datetime,
) -> Visitor:
    """Who asks, as the limits see them."""
    return Visitor(
        tenant=str(door.tenant_id),
        address=address,
        peer=None if site.config.demo else str(caller(request, site.config)),
        browser=await known_browsers.known_as(
            connection, read_cookie(site.config, request, jar, "browser"), address, now
        ),
    )


async def open_code(
    request: AnyRequest,
    site: Site,
    door: Door,
    jar: str,
    visitor: Visitor,
    *,
    configuration: str | None,
    locale: str,
    now: datetime,
    task: str = SEND_PASSCODE,
    by: AddressKind | None = None,
    recovers: str | None = None,
) -> str:
    """Open a challenge, or keep the one there is while a letter may not go yet; returns the cookie's value.

    `by` is how the code shall come, None for the only way there is.
    """
    counted = await site.limiter.count(checks("request", visitor), now)
    ask = Ask(
        visitor=visitor,
        configuration=configuration,
        locale=locale,
        allowed=counted.exceeded() is None,
        queued=counted.exceeded("queue") is not None,
        current=read_cookie(site.config, request, jar, "challenge"),
        task=task,
        by=by,
        recovers=recovers,
    )
    async with site.tenancy.database.side(door.tenant_id) as connection:
        return await passcodes.open_challenge(connection, door, site.tenancy.vault, site.tenancy.jobs, ask, now)


async def count_guess(site: Site, visitor: Visitor, now: datetime) -> Counted:
    """Count a guess as wrong before it is looked at, so that many at once cannot slip through together."""
    return await site.limiter.count(checks("failure", visitor), now)


async def take_back_guess(site: Site, visitor: Visitor, counted: Counted, asked_at: datetime) -> None:
    """The guess was right: uncount it, and the letter that did what it was for, so that the next may go at once."""
    await site.limiter.take_back(counted)
    asked = checks("request", visitor)
    await site.limiter.take_back(Counted(checks=asked, counts=(0,) * len(asked), now=asked_at))
