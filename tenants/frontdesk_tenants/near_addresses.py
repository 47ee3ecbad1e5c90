"""Addresses of a side that are nearly a given one: customers' and those that codes were asked for.

`frontdesk.near_misses` says which are worth fetching and which of those are near. The beginning of an address is a
range of an index, because addresses are compared byte by byte; a LIKE could use none under row-level security.
"""

from typing import Any, Literal

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk.near_misses import NearMiss, near_misses, probes

FETCHED_AT_MOST = 300
"""Addresses of one beginning that are looked at: nobody has as many near misses."""
_LAST = "\U0010ffff"
_ADDRESSES = {
    "customers": "(SELECT DISTINCT address FROM customers WHERE NOT deleted AND {0} LIMIT :fetched)",
    "challenges": "(SELECT DISTINCT address FROM challenges WHERE {0} LIMIT :fetched)",
}
_EXACT = "address = ANY(CAST(:exact AS text[]))"
_BEGINNING = "address >= :from_{0} AND address < :to_{0}"
_AT_DOMAINS = "split_part(address, '@', -1) = ANY(CAST(:domains AS text[]))"


async def near_addresses(
    connection: AsyncConnection, given: str, among: Literal["customers", "challenges"]
) -> tuple[NearMiss, ...]:
    """Addresses that are nearly the given text, the nearest first: of customers that are not closed, or of the last
    days' challenges."""
    statement, parameters = statement_of(given, among)
    return near_misses(given, (await connection.scalars(text(statement), parameters)).all())


def statement_of(given: str, among: Literal["customers", "challenges"]) -> tuple[str, dict[str, Any]]:
    """The statement that fetches the addresses to look at, and its parameters."""
    asked = probes(given)
    parameters: dict[str, Any] = {
        "exact": sorted(asked.exact),
        "domains": list(asked.domains),
        "fetched": FETCHED_AT_MOST,
    }
    conditions = [_EXACT]
    for number, beginning in enumerate((*asked.beginnings, *asked.local_beginnings)):
        condition = _BEGINNING.format(number)
        conditions.append(condition if number < len(asked.beginnings) else f"{condition} AND {_AT_DOMAINS}")
        parameters |= {f"from_{number}": beginning, f"to_{number}": beginning + _LAST}
    return " UNION ".join(_ADDRESSES[among].format(each) for each in conditions), parameters
