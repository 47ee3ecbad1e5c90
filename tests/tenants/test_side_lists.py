"""The lists behind the overview's numbers, with ten thousand rows: one statement a page, no gap and no repetition."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from crowd import statements
from sides import Tenant
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk_tenants import side_lists
from frontdesk_tenants.keyset import Which
from frontdesk_tenants.standing import read_standing
from frontdesk_tenants.tenancy import Tenancy

STEP = 400
SIGN_INS = """
INSERT INTO sessions (tenant_id, hash, id, source, address, customer, configuration, created, idle_seconds, expires_at)
SELECT c.tenant_id, sha256(c.id::bytea), 'ses_' || c.id, 'login_link', c.address, c.id, g.id,
       frontdesk_now() - interval '1 second' * (row_number() OVER (ORDER BY c.id) / 7), 1800,
       frontdesk_now() + interval '1 hour'
FROM customers c JOIN configurations g ON g.tenant_id = c.tenant_id AND g.is_default
"""
Listing = Callable[[AsyncConnection, Any, Which, int], Awaitable[Any]]
LISTS: tuple[tuple[Listing, str, str, str], ...] = (
    (side_lists.invoices, "all", "invoices", "status <> 'draft'"),
    (side_lists.invoices, "open", "invoices", "status = 'open'"),
    (side_lists.invoices, "late", "invoices", "status = 'open' AND (body ->> 'due_date')::timestamptz < now()"),
    (side_lists.subscriptions, "active", "subscriptions", "status IN ('active', 'trialing', 'past_due')"),
    (side_lists.sign_ins, "all", "sessions", "true"),
)


@pytest.fixture(scope="module")
async def signed_in(crowded: tuple[Tenancy, tuple[Tenant, Tenant]]) -> tuple[Tenancy, tuple[Tenant, Tenant]]:
    """Everybody of the crowd has signed in once."""
    tenancy, tenants = crowded
    for tenant in tenants:
        async with tenancy.database.side(tenant.door.tenant_id) as connection:
            await connection.execute(text(SIGN_INS))
    return crowded


@pytest.mark.parametrize("crowded", [10_000], indirect=True)
async def test_lists_are_walked_to_their_end_and_back(signed_in: tuple[Tenancy, tuple[Tenant, Tenant]]) -> None:
    tenancy, tenants = signed_in
    async with tenancy.database.side(tenants[0].door.tenant_id) as connection:
        for listing, show, table, condition in LISTS:
            ordered = f"SELECT id FROM {table} WHERE {condition} ORDER BY created DESC, id DESC"
            everything = list(await connection.scalars(text(ordered)))
            assert len(everything) > 40, (table, show)
            walked: list[str] = []
            which: Which | None = Which()
            while which is not None:
                with statements(tenancy) as seen:
                    page = await listing(connection, show, which, STEP)
                assert len(seen) == 1
                walked += [each.id for each in page.rows]
                last, which = page, None if page.older is None else Which(older_than=page.older)
            assert walked == everything, (table, show)
            back = [each.id for each in last.rows]
            while last.newer is not None:
                last = await listing(connection, show, Which(newer_than=last.newer), STEP)
                back = [each.id for each in last.rows] + back
            assert back == everything, (table, show)


@pytest.mark.parametrize("crowded", [10_000], indirect=True)
async def test_the_numbers_are_one_statement_and_what_the_lists_hold(
    signed_in: tuple[Tenancy, tuple[Tenant, Tenant]],
) -> None:
    tenancy, (ours, _) = signed_in
    async with tenancy.database.side(ours.door.tenant_id) as connection:
        with statements(tenancy) as seen:
            standing = await read_standing(connection)
        assert len(seen) == 1
        counted = [await _count(connection, table, condition) for _, _, table, condition in LISTS]
    _, open_, late, active, sign_ins = counted
    assert [each.invoices for each in standing.open] == [open_]
    assert [each.invoices for each in standing.late] == [late]
    assert [each.amount for each in standing.open] == [open_ * 1200]
    assert (standing.subscriptions, standing.sign_ins) == (active, sign_ins)


async def _count(connection: AsyncConnection, table: str, condition: str) -> int:
    return int(await connection.scalar(text(f"SELECT count(*) FROM {table} WHERE {condition}")) or 0)
