"""Invoice numbers are of their side, without gaps and doubles; under kills: `test_billing_survives` (trust.md E3)."""

from sides import Tenant, new_tenant, sell, subscribe
from sqlalchemy import select

from frontdesk_tenants.tables import invoice_counters, invoices
from frontdesk_tenants.tenancy import Tenancy


async def numbers_of(tenancy: Tenancy, tenant: Tenant) -> tuple[list[int], int | None]:
    async with tenancy.at(tenant.door) as (connection, _):
        drawn = sorted(int(number.split("-")[-1]) for number in await connection.scalars(select(invoices.c.number)))
        return drawn, await connection.scalar(select(invoice_counters.c.next))


async def test_a_rolled_back_invoice_gives_its_number_to_the_next(tenancy: Tenancy, tenant: Tenant) -> None:
    price = await sell(tenancy, tenant.door)
    await subscribe(tenancy, tenant.door, price)
    async with tenancy.database.engine.connect() as raw:
        scoped = await raw.execution_options(tenant_id=tenant.door.tenant_id)
        transaction = await scoped.begin()
        await scoped.execute(invoice_counters.update().values(next=invoice_counters.c.next + 1))
        await transaction.rollback()
    await subscribe(tenancy, tenant.door, price)
    assert (await numbers_of(tenancy, tenant))[0] == [1, 2]


async def test_numbers_are_of_their_side_alone(tenancy: Tenancy, tenant: Tenant) -> None:
    other = await new_tenant(tenancy)
    for each in (tenant, tenant, other):
        await subscribe(tenancy, each.door, await sell(tenancy, each.door))
    assert (await numbers_of(tenancy, tenant))[0] == [1, 2]
    assert (await numbers_of(tenancy, other))[0] == [1]
