"""Tax rates in PostgreSQL: what a command names of them."""

from collections.abc import Collection, Iterable

from msgspec.structs import replace
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk.book import Terms
from frontdesk.commands import AccountCommand
from frontdesk.tax_rates import TaxRate
from frontdesk.taxing import named_rates
from frontdesk_tenants.tables import tax_rates


async def with_tax_rates(connection: AsyncConnection, terms: Terms, command: AccountCommand) -> Terms:
    """Terms with the tax rates that a command names, as far as they exist."""
    missing = named_rates(command) - terms.tax_rates.keys()
    if not missing:
        return terms
    return replace(terms, tax_rates={**terms.tax_rates, **await read_rates(connection, missing)})


async def read_rates(connection: AsyncConnection, ids: Collection[str]) -> dict[str, TaxRate]:
    """The tax rates with these ids, as far as they exist."""
    found: Iterable[TaxRate] = await connection.scalars(select(tax_rates.c.body).where(tax_rates.c.id.in_(sorted(ids))))
    return {each.id: each for each in found}
