"""Whoever works without a request names its side too, or gets nowhere: jobs, renewals, commands (trust.md B7)."""

import asyncio
import re
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import timedelta
from pathlib import Path

import click
import pytest
from catalog_findings import as_admin
from click.testing import CliRunner
from digests import changed, digests
from furnished import FurnishedTenant, furnished_tenant
from furnished_database import Furnished
from sides import API, MASTER_KEY, Tenant, clock_of, new_tenant, opened_at, sell
from sqlalchemy import select, text
from sqlalchemy.exc import NoResultFound

import frontdesk
import frontdesk_tenants
import frontdesk_web
from frontdesk import customers as customer_acts
from frontdesk import subscriptions as subscription_acts
from frontdesk.commands import BillingDetails, CreateCustomer, CreateSubscription, NewItem
from frontdesk.plugins import PluginHost
from frontdesk_tenants import book
from frontdesk_tenants.announcements import announce
from frontdesk_tenants.desks import desk_on, open_desk
from frontdesk_tenants.directory import read_side
from frontdesk_tenants.embedded import PostgresAddresses
from frontdesk_tenants.renewals import advance_due
from frontdesk_tenants.sweeping import sweep
from frontdesk_tenants.tables import challenges, customers, events, intents, invoices
from frontdesk_tenants.tenancy import Tenancy
from frontdesk_web.command_line import cli
from frontdesk_web.config import Config
from frontdesk_web.site import Site
from frontdesk_web.worker import implement_jobs

OPENS_CONNECTIONS = {
    "bounded_connection.py": "what a connection of the application is made of, which hangs up in time",
    "database.py": "every transaction of the application",
    "home_lines.py": "the home page's one call, which is given its side",
    "jobs.py": "the queue, whose rows are ids",
    "migrating.py": "the owner's schema",
    "database_roles.py": "a superuser's set-up",
    "embedded.py": "a superuser's set-up",
    "owner_tools.py": "the owner's clock, for the demo and tests",
}
GOES_WITHOUT_A_SIDE = {
    "database.py": "a sign of life, and the role's own rights",
    "directory.py": "from a public id to its side",
    "provisioning.py": "makes sides",
    "rate_limits.py": "counters of hashes",
    "schema_version.py": "the number of the newest migration",
    "identity_providers.py": "from the live side to the house, where people lie, and back",
    "single_sign_on.py": "from the house to the side whose provider vouches, and back",
    "sign_in_settings.py": "to the house, to end sessions that a provider vouched for",
    "branding.py": "to the live side, where the names of staff lie, and back",
    "brand_history.py": "to the live side, where the names of staff lie",
    "invoice.py": "to the live side, where the names of staff lie",
    "page.py": "a customer: to the live side, where the names of staff lie",
    "renewals.py": "the due list, then one side after the other",
    "mirror_work.py": "what of the mirrors is due, then the side of it",
    "spreading.py": "what nobody was told of yet, then the side of it",
    "calling.py": "the endpoint that has waited longest, then its side",
    "sign_ups.py": "from the house to the sides that are made",
    "tenant_list.py": "the operator's list, one side after the other",
    "suspending.py": "both sides of one tenant, in one transaction",
    "sweeping.py": "one side after the other",
    "workplaces.py": "from the house to the tenants that somebody works for",
    "needs.py": "from the house to the side of the page",
    "key_rotation.py": "one side after the other",
    "doctor.py": "one side after the other",
    "durability.py": "PostgreSQL's own settings",
    "master_keys.py": "keys are of no side",
    "staff.py": "from a person to the tenants that they work for",
    "team.py": "from the house to a tenant's team, in one transaction",
}
_OPENING = re.compile(
    r"create_(?:async_)?engine\(|(?:psycopg|asyncpg)\.(?:Async)?[cC]onnect|PsycopgConnector\(|engine\.(?:begin|connect)\("
)
_LEAVING = re.compile(r"\.unscoped\(\)|\benter_side\(")
OF_NO_TENANT = {
    "migrate", "serve", "worker", "demo", "tenants create", "tenants list", "operators add",
    "operators reset-second-factor", "doctor", "plugins list", "keys list", "keys rotate", "keys forget",
}  # fmt: skip
"""Commands that touch no side that exists."""


def sources() -> Iterator[Path]:
    for package in (frontdesk, frontdesk_tenants, frontdesk_web):
        folder = Path(str(package.__file__)).parent
        yield from (each for each in folder.rglob("*.py") if "versions" not in each.parts)


def test_connections_are_opened_in_known_places_alone() -> None:
    found = {each.name for each in sources() if _OPENING.search(each.read_text())}
    assert found == OPENS_CONNECTIONS.keys()


def test_whoever_leaves_its_side_is_known() -> None:
    found = {each.name for each in sources() if _LEAVING.search(each.read_text())}
    assert found == GOES_WITHOUT_A_SIDE.keys()


async def test_reading_without_a_side_finds_nothing(tenancy: Tenancy, tenant: Tenant) -> None:
    async with tenancy.database.unscoped() as connection:
        with pytest.raises(NoResultFound):
            await read_side(connection, tenant.door)
    async with tenancy.at(tenant.door) as (_, side):
        pass
    async with tenancy.database.unscoped() as connection:
        assert await book.read_account(connection, "cus_1") is None
        with pytest.raises(NoResultFound):
            await desk_on(connection, tenancy, side, customer_id="cus_1", actor=API)


# -- jobs -------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
async def site(postgres: PostgresAddresses) -> AsyncIterator[Site]:
    opened = Site(Config(database_url=postgres.app_url, base_url="https://b.test", master_keys=(MASTER_KEY,)))
    implement_jobs(opened)
    await opened.open()
    yield opened
    await opened.aclose()


@pytest.fixture(scope="module")
async def pair(site: Site) -> tuple[FurnishedTenant, FurnishedTenant]:
    return await furnished_tenant(site.tenancy), await furnished_tenant(site.tenancy)


def tasks(site: Site) -> list[str]:
    found = [
        name
        for name, task in site.tenancy.jobs.app.tasks.items()
        if not task.func.__module__.startswith("procrastinate")
    ]
    assert len(found) >= 4
    return found


def test_jobs_say_their_side_and_a_row_and_nothing_else(
    postgres: PostgresAddresses, pair: tuple[FurnishedTenant, FurnishedTenant]
) -> None:
    sides = {side.door.tenant_id for tenant in pair for side in (tenant.live, tenant.sandbox)}
    with as_admin(postgres) as admin:
        rows = admin.execute("SELECT task_name, args FROM procrastinate_jobs").fetchall()
    assert sides <= {uuid.UUID(args["tenant_id"]) for _, args in rows}
    for name, args in rows:
        assert args.keys() == {"tenant_id", "row_id"}, name
        # A tax id is found by its customer and its own.
        assert re.fullmatch(r"[a-z]+_[0-9A-Za-z]+( txi_[0-9A-Za-z]+)?", args["row_id"]), (name, args)


async def test_a_job_without_its_side_does_not_run(site: Site) -> None:
    for name in tasks(site):
        task = site.tenancy.jobs.app.tasks[name]
        for arguments in ({}, {"row_id": "evt_1"}):
            with pytest.raises(TypeError):
                await task(**arguments)
        for wrong in (None, "", "nobody", 7):
            with pytest.raises((TypeError, ValueError, AttributeError)):
                await task(tenant_id=wrong, row_id="evt_1")


async def test_a_job_for_a_foreign_row_or_no_side_changes_nothing(
    site: Site, pair: tuple[FurnishedTenant, FurnishedTenant], postgres: PostgresAddresses
) -> None:
    ours, theirs = pair
    async with site.tenancy.database.side(theirs.live.door.tenant_id) as connection:
        rows = [
            *await connection.scalars(select(events.c.id)),
            *await connection.scalars(select(challenges.c.id)),
            *await connection.scalars(select(intents.c.id)),
        ]
    assert rows
    before = digests(postgres)
    for name in tasks(site):
        for tenant_id in (ours.live.door.tenant_id, theirs.sandbox.door.tenant_id, uuid.uuid4()):
            for row in (*rows[:3], "evt_none"):
                try:
                    await site.tenancy.jobs.app.tasks[name](tenant_id=str(tenant_id), row_id=row)
                except LookupError:
                    continue
    assert changed(before, digests(postgres)) == set()
    assert await announce(site.tenancy, ours.live.door.tenant_id, rows[0]) is None
    assert await announce(site.tenancy, theirs.live.door.tenant_id, rows[0]) is not None


# -- renewals ---------------------------------------------------------------------------------------------------------


async def test_the_due_list_cannot_lead_from_one_side_into_another(
    furnished_database: Furnished,
) -> None:
    """Its rows are outside of row-level security; what they name is looked up within it."""
    addresses, (ours, theirs) = furnished_database
    async with opened_at(addresses) as tenancy:
        async with tenancy.database.unscoped() as connection:
            await connection.execute(text("DELETE FROM due"))
            for side in (ours.live.door.tenant_id, uuid.uuid4()):
                await connection.execute(
                    text("INSERT INTO due (tenant_id, account_id, wake_at) VALUES (:side, :account, frontdesk_now())"),
                    {"side": side, "account": theirs.live.jenny.ids["customer"]},
                )
        clock_of(addresses)(timedelta(days=40))
        before = digests(addresses, ignored=("due",))
        await advance_due(tenancy)
        assert changed(before, digests(addresses, ignored=("due",))) == set()


async def test_an_account_that_is_held_does_not_hold_up_its_namesake(
    fresh_database: Callable[[], PostgresAddresses],
) -> None:
    """Customers of two tenants may have one id."""
    addresses = fresh_database()
    tenancy = Tenancy(addresses.app_url, (MASTER_KEY,), PluginHost.load())
    await tenancy.open()
    try:
        first, second = await new_tenant(tenancy), await new_tenant(tenancy)
        for tenant in (first, second):
            await namesake(tenancy, tenant)
        clock_of(addresses)(timedelta(days=40))
        async with tenancy.database.side(first.door.tenant_id) as holding:
            await holding.execute(select(customers.c.id).with_for_update())
            assert await advance_due(tenancy) == 1
        for tenant, count in ((first, 1), (second, 2)):
            async with tenancy.database.side(tenant.door.tenant_id) as connection:
                assert len((await connection.scalars(select(invoices.c.id))).all()) == count
    finally:
        await tenancy.aclose()


async def namesake(tenancy: Tenancy, tenant: Tenant) -> None:
    price = await sell(tenancy, tenant.door)
    async with open_desk(tenancy, tenant.door, customer_id=None, actor=API) as desk:
        await customer_acts.create(desk, CreateCustomer(id="cus_same", details=BillingDetails(email="a@example.com")))
    async with open_desk(tenancy, tenant.door, customer_id="cus_same", actor=API) as desk:
        await subscription_acts.create(desk, CreateSubscription(items=(NewItem(price=price, quantity=1),)))


async def test_sweeping_deletes_what_is_over_and_nothing_of_a_living_side(
    furnished_database: Furnished,
) -> None:
    addresses, _ = furnished_database
    async with opened_at(addresses) as tenancy:
        before = digests(addresses)
        await sweep(tenancy)
        assert changed(before, digests(addresses)) == set()


# -- commands ---------------------------------------------------------------------------------------------------------


def commands(group: click.Group, before: str = "") -> Iterator[tuple[str, click.Command]]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, f"{before}{name} ")
        else:
            yield before + name, command


def test_a_command_about_a_tenant_must_be_told_which() -> None:
    known = dict(commands(cli))
    assert known.keys() >= OF_NO_TENANT
    for name, command in known.items():
        if name not in OF_NO_TENANT:
            assert any(each.name == "slug" and each.required for each in command.params), name


async def test_a_command_changes_the_tenant_that_it_names_alone(
    postgres: PostgresAddresses, pair: tuple[FurnishedTenant, FurnishedTenant]
) -> None:
    ours, theirs = pair
    environment = {
        "DATABASE_URL": postgres.app_url,
        "FRONTDESK_BASE_URL": "https://billing.example.com",
        "FRONTDESK_MASTER_KEY": MASTER_KEY.reveal(),
    }

    def run(slug: str) -> int:
        return CliRunner(env=environment).invoke(cli, ["tenants", "brand", slug, "--headline", "Welcome"]).exit_code

    before = digests(postgres)
    for nobody in ("nobody", "", "%", "*", theirs.slug + " ", theirs.slug.upper(), "' OR true --", "\x00"):
        assert await asyncio.to_thread(run, nobody) != 0, nobody
    assert changed(before, digests(postgres)) == set()
    assert await asyncio.to_thread(run, ours.slug) == 0
    after = digests(postgres)
    assert changed(before, after, ours.live.door.tenant_id) == {"sides", "audit"}
    for side in (theirs.live, theirs.sandbox):
        assert changed(before, after, side.door.tenant_id) == set()
