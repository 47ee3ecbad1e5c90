"""From a proven address to a session: the customers that it may open, and going from one to another."""

from datetime import datetime

from msgspec import Struct
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk.book import Customer
from frontdesk.desk import Actor
from frontdesk.events import CustomerSignedIn
from frontdesk.sign_in import Candidate, choose_customer
from frontdesk.trusted_phones import number_for_codes
from frontdesk_tenants import audit, sessions
from frontdesk_tenants.committing import record_event
from frontdesk_tenants.directory import Side
from frontdesk_tenants.jobs import Jobs
from frontdesk_tenants.sessions import Session, Source
from frontdesk_tenants.tables import customers

NAMESAKES = 50
"""Customers with one address, of whom all must have one phone number; of more than these nobody asks."""
_CANDIDATES = """
    SELECT c.id AS customer, c.created, c.body ->> 'name' AS name, c.deleted, ARRAY(
             SELECT s.status FROM subscriptions s WHERE s.tenant_id = c.tenant_id AND s.customer = c.id) AS statuses
    FROM customers c WHERE c.address = :address AND (NOT c.deleted OR :closed) ORDER BY c.created DESC, c.id DESC
"""


async def read_candidates(connection: AsyncConnection, address: str, *, closed: bool = False) -> tuple[Candidate, ...]:
    """The customers of a side that have this folded address now, newest first; closed ones only if asked for.

    Ask only for an address that was proven, or for staff.
    """
    rows = await connection.execute(text(_CANDIDATES), {"address": address, "closed": closed})
    return tuple(Candidate(**{**row._mapping, "statuses": tuple(row.statuses)}) for row in rows)


class Recipient(Struct, frozen=True):
    """A customer to write to, and the address as that customer spells it."""

    customer: str
    email: str


async def recipient(connection: AsyncConnection, address: str) -> Recipient | None:
    """Whom to write to at a folded address: the newest customer that has it; None if nobody does.

    For the worker alone: no answer may depend on it, or on how long it takes.
    """
    found = await connection.execute(
        text(
            "SELECT id, body ->> 'email' FROM customers WHERE address = :address AND NOT deleted"
            " ORDER BY created DESC, id DESC LIMIT 1"
        ),
        {"address": address},
    )
    row = found.one_or_none()
    return None if row is None or row[1] is None else Recipient(*row)


async def phone_for_codes(connection: AsyncConnection, address: str) -> str | None:
    """Where a code for a folded address may be texted (`frontdesk.trusted_phones`); None for nowhere.

    For the worker alone, as `recipient` is.
    """
    bodies = await open_customers(connection, address)
    return number_for_codes(bodies) if len(bodies) <= NAMESAKES else None


async def open_customers(connection: AsyncConnection, address: str) -> list[Customer]:
    """The open customers with a folded address, one more than a code opens at most. For the worker and for staff."""
    found = await connection.scalars(
        select(customers.c.body).where(customers.c.address == address, ~customers.c.deleted).limit(NAMESAKES + 1)
    )
    return list(found.all())


class Opened(Struct, frozen=True, kw_only=True):
    """A session that was begun: its public id, its secret, which is the cookie's value, and whose it is."""

    id: str
    secret: str
    customer: str


async def sign_in(
    connection: AsyncConnection,
    side: Side,
    jobs: Jobs,
    *,
    address: str,
    configuration: str,
    locale: str | None,
    now: datetime,
    request_id: str | None = None,
    former: Session | None = None,
    subscription: str | None = None,
) -> Opened | None:
    """Open a session for a folded address that was proven just now.

    Of several customers the one is opened whose `subscription` the visitor wants to see, else that of the `former`
    session, which is over. None where the last customer with the address has gone since the code was sent.
    """
    candidates = await read_candidates(connection, address)
    owner = None
    if subscription is not None and len(candidates) > 1:
        question = text("SELECT customer FROM subscriptions WHERE id = :id")
        owner = await connection.scalar(question, {"id": subscription})
    wished = (owner, None if former is None else former.customer)
    chosen = next((each for wish in wished for each in candidates if each.customer == wish), None)
    chosen = chosen or choose_customer(candidates)
    if chosen is None:
        return None
    id_, secret = await sessions.open_session(
        connection,
        side.door,
        address=address,
        customer=chosen.customer,
        configuration=configuration,
        locale=locale,
        now=now,
    )
    await _record(connection, side, id_, "signed_in", chosen.customer, now, request_id)
    await record_event(
        connection, side.tenant_id, CustomerSignedIn(customer=chosen.customer, at=now), now=now, jobs=jobs
    )
    return Opened(id=id_, secret=secret, customer=chosen.customer)


async def recover(
    connection: AsyncConnection,
    side: Side,
    jobs: Jobs,
    *,
    address: str,
    session: Session,
    now: datetime,
    request_id: str | None = None,
) -> Opened | None:
    """Begin a session of the API again that is over, for a folded address that was proven just now.

    None where the address is not that of the session's customer, or the session cannot be begun again (any more).
    """
    customers = {each.customer for each in await read_candidates(connection, address)}
    if session.customer not in customers or not session.can_be_recovered(now):
        return None
    id_, secret = await sessions.begin_again(connection, side.door, session, now)
    await _record(connection, side, id_, "signed_in", session.customer, now, request_id, source="api_session")
    event = CustomerSignedIn(customer=session.customer, at=now)
    await record_event(connection, side.tenant_id, event, now=now, jobs=jobs)
    return Opened(id=id_, secret=secret, customer=session.customer)


async def switch_customer(
    connection: AsyncConnection,
    side: Side,
    session: Session,
    customer: str,
    now: datetime,
    request_id: str | None = None,
) -> str | None:
    """Go on as another customer with the same address: a new session, whose secret is returned; the old one ends.

    None, and nothing happens, where the address of `customer` is another one, where it does not exist, and in sessions
    made by the API, which know one customer. The new session ends when the old one would have.
    """
    if session.source != "login_link" or session.address is None:
        return None
    candidates = await read_candidates(connection, session.address)
    if customer not in {each.customer for each in candidates}:
        return None
    await sessions.end_session(connection, session, now)
    id_, secret = await sessions.open_session(
        connection,
        side.door,
        address=session.address,
        customer=customer,
        configuration=session.configuration,
        locale=session.locale,
        now=now,
        expires_at=session.expires_at,
    )
    await _record(connection, side, id_, "switched_customer", customer, now, request_id)
    return secret


async def sign_out(
    connection: AsyncConnection, side: Side, session: Session, now: datetime, request_id: str | None = None
) -> None:
    """End a session because its customer asked for it."""
    await sessions.end_session(connection, session, now)
    await audit.record(
        connection,
        side.tenant_id,
        actor=session.actor,
        action="signed_out",
        object_id=session.customer,
        now=now,
        request_id=request_id,
    )


async def _record(
    connection: AsyncConnection,
    side: Side,
    session_id: str,
    action: str,
    customer: str,
    now: datetime,
    request_id: str | None,
    source: Source = "login_link",
) -> None:
    await audit.record(
        connection,
        side.tenant_id,
        actor=Actor(kind="customer", id=session_id, source=source),
        action=action,
        object_id=customer,
        now=now,
        request_id=request_id,
    )
