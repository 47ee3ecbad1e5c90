"""The facts of the checklist, as a side's rows say them."""

from msgspec.structs import replace
from sides import API, Tenant, sell, subscribe

from frontdesk.branding import Brand
from frontdesk.catalogue_commands import ProductFields, UpdateProduct
from frontdesk.checklist import SetupFacts
from frontdesk_tenants import catalogues, provisioning
from frontdesk_tenants.directory import Door
from frontdesk_tenants.provisioning import NewTenant
from frontdesk_tenants.setup_state import read_setup
from frontdesk_tenants.tenancy import Tenancy


async def facts_of(tenancy: Tenancy, door: Door) -> SetupFacts:
    async with tenancy.at(door) as (connection, _):
        return await read_setup(connection)


async def test_a_tenant_of_the_command_line_is_live_from_the_start(tenancy: Tenancy, tenant: Tenant) -> None:
    facts = await facts_of(tenancy, tenant.live.door)
    assert (facts.livemode, facts.live, facts.configuration.login_page.enabled) == (True, True, True)
    assert (facts.sold, facts.has_customers, facts.settings_saved) == (False, False, False)


async def test_a_tenant_that_signs_up_has_a_sandbox_at_once_and_goes_live_later(tenancy: Tenancy) -> None:
    live, sandbox = await provisioning.create_tenant(
        tenancy, NewTenant(slug="brandt-yoga", name="Brandt Yoga", currency="eur", live=False)
    )
    before, beside = await facts_of(tenancy, live.door), await facts_of(tenancy, sandbox.door)
    assert (before.live, before.configuration.login_page.enabled) == (False, False)
    assert (beside.live, beside.configuration.login_page.enabled, beside.livemode) == (True, True, False)


async def test_what_is_set_up_on_one_side_is_not_on_the_other(tenancy: Tenancy, tenant: Tenant) -> None:
    price = await sell(tenancy, tenant.door)
    await subscribe(tenancy, tenant.door, price)
    facts = await facts_of(tenancy, tenant.door)
    assert facts.sold
    assert facts.has_customers
    other = await facts_of(tenancy, tenant.live.door)
    assert not other.sold
    assert not other.has_customers


async def test_an_archived_product_is_not_sold(tenancy: Tenancy, tenant: Tenant) -> None:
    price = await sell(tenancy, tenant.door)
    async with tenancy.at(tenant.door) as (_, side):
        pass
    command = UpdateProduct(id=price.replace("price", "prod"), fields=ProductFields(active=False))
    await catalogues.carry_out(
        lambda: tenancy.database.side(tenant.door.tenant_id), tenancy, side, command, actor=API, idempotency_key="x"
    )
    assert not (await facts_of(tenancy, tenant.door)).sold


async def test_the_brand_is_known_from_the_one_of_birth(tenancy: Tenancy, tenant: Tenant) -> None:
    born = await facts_of(tenancy, tenant.door)
    assert born.brand == Brand(business_name=born.name)
    await provisioning.brand_side(tenancy, tenant.door, replace(born.brand, accent="#aa3355"))
    assert (await facts_of(tenancy, tenant.door)).brand.accent == "#aa3355"
