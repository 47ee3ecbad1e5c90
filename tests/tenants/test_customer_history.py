"""What happened to a customer is told in the order in which it happened, however quickly (trust.md B)."""

from datetime import timedelta

from sides import Tenant

from frontdesk.desk import Actor
from frontdesk_tenants import audit
from frontdesk_tenants.customer_history import read_history
from frontdesk_tenants.database import clock
from frontdesk_tenants.tenancy import Tenancy


async def test_acts_of_one_second_stand_in_the_order_in_which_they_were_done(tenancy: Tenancy, tenant: Tenant) -> None:
    # An account's clock counts whole seconds, so a customer's quick acts share one; staff's have parts of it.
    side, actions = tenant.door.tenant_id, [f"act {number:02}" for number in range(24)]
    async with tenancy.database.side(side) as connection:
        second = (await clock(connection)).replace(microsecond=0)
    for number, action in enumerate(actions):
        async with tenancy.database.side(side) as connection:
            await audit.record(
                connection,
                side,
                actor=Actor(kind="staff", id="stf_1") if number % 3 else Actor(kind="customer", id="ses_1"),
                action=action,
                object_id="cus_quick",
                now=second + (timedelta(milliseconds=900 - number) if number % 3 else timedelta()),
            )
    async with tenancy.database.side(side) as connection:
        told = await read_history(connection, "cus_quick", len(actions))
        assert [each.action for each in told] == actions[::-1]
        assert [each.action for each in await read_history(connection, "cus_quick", 5)] == actions[:-6:-1]
