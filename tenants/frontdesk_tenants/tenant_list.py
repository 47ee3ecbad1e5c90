"""The tenants of this Frontdesk, as its operator sees them: a page at a time, and one of them with its facts."""

from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec
from msgspec import Struct
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk_tenants.database import clock
from frontdesk_tenants.tenancy import Tenancy
from frontdesk_tenants.tenant_list_query import TENANT_LIST_STATEMENT
from frontdesk_tenants.usage import Usage, months_until

State = Literal["live", "new", "suspended"]
"""Open to customers, being set up, suspended."""
WORDS_AT_MOST = 8
WORD_LENGTH = 100


class ListedTenant(Struct, frozen=True, kw_only=True):
    """A tenant in the list. `since` is when it went live, or when it was suspended; `usage` is of the asked months."""

    portal: str
    name: str
    state: State
    since: datetime | None
    created: datetime
    owner: str | None
    usage: tuple[Usage, ...]


class TenantPage(Struct, frozen=True, kw_only=True):
    """A page of the list by portal. `months` are this one and the last; `next` is where the following page begins."""

    tenants: tuple[ListedTenant, ...]
    months: tuple[str, ...]
    next: str | None


async def read_tenants(
    tenancy: Tenancy, *, search: str = "", state: State | None = None, after: str = "", limit: int = 25
) -> TenantPage:
    """A page of tenants whose portal, name or first owner's address hold all words of `search`."""
    words = [each[:WORD_LENGTH] for each in search.lower().replace("\x00", " ").split()[:WORDS_AT_MOST]]
    async with tenancy.database.unscoped() as connection:
        months = months_until(await clock(connection), 2)
        given = {"words": words, "after": after, "state": state, "months": list(months), "count": limit + 1}
        rows = (await connection.execute(text(TENANT_LIST_STATEMENT), given)).all()
    tenants = tuple(
        ListedTenant(
            portal=row.portal,
            name=row.name,
            state=row.state,
            since=row.since,
            created=row.created,
            owner=row.owner,
            usage=msgspec.json.decode(row.usage, type=tuple[Usage, ...]),
        )
        for row in rows[:limit]
    )
    return TenantPage(tenants=tenants, months=months, next=tenants[-1].portal if len(rows) > limit else None)


class TenantCounts(Struct, frozen=True, kw_only=True):
    """How many things a side has, and since when it is there."""

    created: datetime
    customers: int
    active_subscriptions: int
    invoices: int


async def read_counts(connection: AsyncConnection, tenant_id: UUID) -> TenantCounts:
    """The numbers of a side, on a transaction of it."""
    row = (await connection.execute(text(_COUNTS), {"side": tenant_id})).one()
    return TenantCounts(**row._mapping)


_COUNTS = """
    SELECT (SELECT created FROM sides WHERE tenant_id = :side) AS created,
           (SELECT count(*) FROM customers WHERE tenant_id = :side AND NOT deleted) AS customers,
           (SELECT count(*) FROM subscriptions WHERE tenant_id = :side AND status IN ('active', 'trialing', 'past_due'))
             AS active_subscriptions,
           (SELECT count(*) FROM invoices WHERE tenant_id = :side AND status <> 'draft') AS invoices
"""
