"""Whose a thing is that a signed-in address asks for: another customer's that the same address may open, or nobody's.

Only what may be switched to is told. Of everything else nothing is said here, whether it is a stranger's or does not
exist, and both cost the same one look.
"""

from typing import Literal

from msgspec import Struct
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk_tenants.sessions import Session

Thing = Literal["subscriptions", "invoices", "credit-notes"]
_SHOWN: dict[Thing, str] = {
    "subscriptions": "FROM subscriptions t WHERE t.id = :id",
    # What is written on still is the tenant's business.
    "invoices": "FROM invoices t WHERE t.id = :id AND t.status <> 'draft'",
    "credit-notes": "FROM credit_notes t WHERE t.id = :id",
}


class OwnAccount(Struct, frozen=True, kw_only=True):
    """Another customer with the signed-in address, and the one whose pages are open; names may be missing."""

    customer: str
    name: str | None
    open_name: str | None


async def owner_elsewhere(connection: AsyncConnection, session: Session, thing: Thing, id: str) -> OwnAccount | None:
    """The other customer of the session's address that a thing belongs to; None where it is this one's or nobody's.

    Sessions made by the API know one customer, whatever the address.
    """
    if session.source != "login_link" or session.address is None:
        return None
    question = f"""
        SELECT c.id, c.body ->> 'name' AS name, o.body ->> 'name' AS open_name
        FROM (SELECT t.customer {_SHOWN[thing]}) t
        JOIN customers c ON c.id = t.customer
        JOIN customers o ON o.id = :open
        WHERE c.id <> :open AND c.address = :address AND NOT c.deleted
    """  # noqa: S608
    values = {"id": id, "open": session.customer, "address": session.address}
    row = (await connection.execute(text(question), values)).one_or_none()
    return None if row is None else OwnAccount(customer=row.id, name=row.name, open_name=row.open_name)
