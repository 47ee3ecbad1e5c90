"""Why no code would go by text message to an address now, as far as channels and limits know it."""

from frontdesk.costly_letters import MOST, checks, since
from frontdesk.near_misses import read_as_given
from frontdesk.no_text import WhyNoText, why_no_number, why_not_there
from frontdesk.trusted_phones import number_for_codes
from frontdesk_tenants import carried_texts, sign_in
from frontdesk_web.dashboard.visit import StaffVisit
from frontdesk_web.letters import post as letters
from frontdesk_web.site import Site


async def why_no_text(site: Site, visit: StaffVisit, asked: str) -> WhyNoText | None:
    """Why none would go; None where one would, where the side sends no texts, and for an address that is nobody's."""
    address = read_as_given(asked)
    if address is None:
        return None
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        ways = await letters.ways(site, connection, visit.door)
        way = next((each for each in ways if each.address_kind == "phone"), None)
        customers = [] if way is None else await sign_in.open_customers(connection, address)
        number = number_for_codes(customers) if customers else None
        if way is None or number is None:
            return why_no_number(customers) if customers else None
        destination = way.destination(number)
        area = "" if destination is None else destination.area
        use = await carried_texts.use_of_area(connection, area, since(visit.now))
    reached = None
    if destination is not None:
        counted = await site.limiter.look(checks(str(visit.door.tenant_id), destination, way.caps or MOST), visit.now)
        reached = counted.exceeded()
    return why_not_there(destination, use, reached)
