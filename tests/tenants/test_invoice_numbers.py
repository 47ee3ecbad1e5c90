"""Invoice numbers have no gaps and no doubles, whatever is rolled back or killed meanwhile (trust.md E3)."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from sides import MASTER_KEY, Tenant, new_tenant, sell, subscribe
from sqlalchemy import select

from frontdesk.plugins import PluginHost
from frontdesk_tenants.embedded import PostgresAddresses
from frontdesk_tenants.tables import invoice_counters, invoices
from frontdesk_tenants.tenancy import Tenancy

TESTS = Path(__file__).parents[1]
PROCESSES = 5
KILLS = 3
INVOICES = 60
SPOKEN_BYTES = 300
PATIENCE = 60
# Bills one customer after the other until it is killed; every fifth is rolled back. Says what was acknowledged.
BILLING = """
import asyncio, os, random, sys
sys.path.insert(0, sys.argv[1])
from uuid import UUID
from sides import MASTER_KEY
from frontdesk.commands import BillingDetails, CreateCustomer, CreateSubscription, NewItem
from frontdesk.desk import Actor
from frontdesk.errors import Unavailable
from frontdesk.ids import random_token
from frontdesk.plugins import PluginHost
from frontdesk_tenants.desks import open_desk
from frontdesk_tenants.tenancy import Tenancy

class Undone(Exception):
    pass

async def main(url, sides):
    tenancy = Tenancy(url, (MASTER_KEY,), PluginHost.load())
    await tenancy.open()
    actor, chance = Actor(kind="api", id="key_1"), random.Random(os.getpid())
    while True:
        tenant_id, price = chance.choice(sides)
        customer = "cus_" + random_token(14)
        door = await tenancy.door(UUID(tenant_id))
        try:
            async with open_desk(tenancy, door, customer_id=None, actor=actor) as desk:
                await desk.carry_out(CreateCustomer(id=customer, details=BillingDetails()))
                made = await desk.carry_out(CreateSubscription(items=(NewItem(price=price),)))
                if chance.random() < 0.2:
                    raise Undone
        except (Undone, Unavailable):
            # On a busy machine a lock may take too long; then nothing was billed.
            continue
        print(tenant_id, made.invoices[0].number, flush=True)

asyncio.run(main(sys.argv[2], [tuple(each.split("=")) for each in sys.argv[3:]]))
"""


def bill_in_a_process(url: str, sides: list[str], said: Path) -> "subprocess.Popen[bytes]":
    with said.open("ab") as out:
        command = [sys.executable, "-c", BILLING, str(TESTS), url, *sides]
        return subprocess.Popen(command, stdout=out, stderr=said.with_suffix(".err").open("wb"))


async def numbers_of(tenancy: Tenancy, tenant: Tenant) -> tuple[list[int], int | None]:
    async with tenancy.at(tenant.door) as (connection, _):
        drawn = sorted(int(number.split("-")[-1]) for number in await connection.scalars(select(invoices.c.number)))
        return drawn, await connection.scalar(select(invoice_counters.c.next))


async def test_no_gap_and_no_double_under_rollbacks_and_kills(
    fresh_database: Callable[[], PostgresAddresses], tmp_path: Path
) -> None:
    addresses = fresh_database()
    tenancy = Tenancy(addresses.app_url, (MASTER_KEY,), PluginHost.load())
    await tenancy.open()
    tenants = [await new_tenant(tenancy) for _ in range(3)]
    sides = [f"{each.door.tenant_id}={await sell(tenancy, each.door)}" for each in tenants]
    outputs = [tmp_path / f"said-{number}" for number in range(PROCESSES)]
    processes = [bill_in_a_process(addresses.app_url, sides, said) for said in outputs]
    killed: list[int] = []
    try:
        async with asyncio.timeout(PATIENCE):
            while len(killed) < KILLS or len(acknowledged(outputs)) < INVOICES:
                await asyncio.sleep(0.05)
                for number in set(range(PROCESSES)) - set(killed):
                    assert processes[number].poll() is None, outputs[number].with_suffix(".err").read_text()
                ready = [each for each in range(PROCESSES) if outputs[each].stat().st_size > SPOKEN_BYTES]
                for victim in [each for each in ready if each not in killed][: KILLS - len(killed)]:
                    # In the middle of the next invoice, most likely: it has billed several without a rest.
                    os.kill(processes[victim].pid, signal.SIGKILL)
                    killed.append(victim)
    finally:
        for each in processes:
            each.kill()
            each.wait()
    confirmed = acknowledged(outputs)
    for tenant in tenants:
        drawn, following = await numbers_of(tenancy, tenant)
        assert drawn == list(range(1, len(drawn) + 1))
        assert following == len(drawn) + 1
        mine = {number for tenant_id, number in confirmed if tenant_id == str(tenant.door.tenant_id)}
        assert mine <= set(drawn)
    await tenancy.aclose()


def acknowledged(outputs: list[Path]) -> list[tuple[str, int]]:
    """What a process was told is done; a line that a kill cut off was never said."""
    lines = [line for said in outputs for line in said.read_text().splitlines(keepends=True) if line.endswith("\n")]
    return [(line.split()[0], int(line.split()[1].split("-")[-1])) for line in lines]


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
