"""What time it is for the customer whose pages are open: that of their test clock, else real time."""

from datetime import datetime

from frontdesk_tenants import clocks
from frontdesk_tenants.database import SideTransaction
from frontdesk_web.portal.visit import Visit


async def customers_time(connection: SideTransaction, visit: Visit) -> datetime:
    """The time that counts for the customer's invoices."""
    if visit.door.livemode:
        return visit.now
    test_clock = await clocks.of_customer(connection, visit.customer)
    return visit.now if test_clock is None else test_clock.frozen_time
