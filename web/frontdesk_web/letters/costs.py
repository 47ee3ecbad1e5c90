"""Whether a letter that costs money may go: the caps of `frontdesk.costly_letters`, counted before it goes."""

from frontdesk.channels import Caps, Destination
from frontdesk.costly_letters import checks, is_pumped, since, tries
from frontdesk_tenants import carried_texts
from frontdesk_tenants.database import clock
from frontdesk_tenants.directory import Door
from frontdesk_tenants.rate_limits import Counted
from frontdesk_web.site import Site


async def count_cost(site: Site, door: Door, challenge: str, destination: Destination, caps: Caps) -> Counted | None:
    """Count a code that goes to a destination; None where it may not. The limiter takes back one that did not go."""
    async with site.tenancy.database.side(door.tenant_id) as connection:
        now = await clock(connection)
        if is_pumped(await carried_texts.use_of_area(connection, destination.area, since(now))):
            return None
    if (await site.limiter.count(tries(challenge), now)).exceeded() is not None:
        return None
    counted = await site.limiter.count(checks(str(door.tenant_id), destination, caps), now)
    return None if counted.exceeded() is not None else counted
