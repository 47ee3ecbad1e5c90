"""Databases of one test with two furnished tenants in them: copies of one that is furnished once.

To furnish two tenants takes as long as many a test; to copy a database takes a moment.
"""

from collections.abc import Callable
from typing import NamedTuple

import pytest
from furnished import FurnishedTenant, furnished_tenant
from servers import Databases
from sides import opened_at

from frontdesk_tenants.embedded import PostgresAddresses


class Pair(NamedTuple):
    """Two tenants with one of everything on both sides."""

    ours: FurnishedTenant
    theirs: FurnishedTenant


class Furnished(NamedTuple):
    """A database that belongs to one test, and who lives there."""

    addresses: PostgresAddresses
    pair: Pair


@pytest.fixture(scope="session")
async def furnished_template(databases: Databases, worker_name: str) -> tuple[str, Pair]:
    """The database that is copied, by its name. Nobody stays connected to it."""
    name = databases.named(f"{worker_name}_furnished")
    async with opened_at(databases.copy(name)) as tenancy:
        return name, Pair(await furnished_tenant(tenancy), await furnished_tenant(tenancy))


@pytest.fixture
def furnished_database(
    furnished_template: tuple[str, Pair], fresh_database: Callable[..., PostgresAddresses]
) -> Furnished:
    """A copy for this test alone."""
    template, pair = furnished_template
    return Furnished(fresh_database(template), pair)
