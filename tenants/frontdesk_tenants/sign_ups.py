"""Signing up: from what somebody asked for to a tenant of theirs, at once or after an operator's yes.

Everything happens in one transaction: the request is noted, both sides are made, and the person becomes their owner.
The live side is born closed (`going_live`), the sandbox works at once.
"""

from datetime import datetime, timedelta
from typing import Any, Literal

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Row, func, insert, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk import refusals, sign_up_refusals, suspension_refusals, typed_refusals
from frontdesk.desk import Actor
from frontdesk.errors import Refused
from frontdesk.ids import IdSource
from frontdesk.roles import Role
from frontdesk.signing_up import AT_MOST_A_DAY, SignUp, closed_to, needs_approval
from frontdesk.slugs import numbered
from frontdesk.suspension import REASON_LENGTH
from frontdesk_tenants import audit, house_records, people, sign_up_invitations, staff
from frontdesk_tenants.database import clock, enter_side
from frontdesk_tenants.house import HOUSE
from frontdesk_tenants.people import Person
from frontdesk_tenants.provisioning import SANDBOX_PREFIX, NewTenant, make_sides
from frontdesk_tenants.tables import firms, sign_ups
from frontdesk_tenants.tenancy import Tenancy

TELL_APPLICANT = "tell_applicant"
"""The job that tells a person how their request stands; its row id is the request's."""
TELL_OPERATOR = "tell_operator"
"""The job that tells the operator of a request that waits."""
A_DAY = timedelta(hours=24)
SUGGESTIONS_TRIED = 50

State = Literal["waiting", "done", "approved", "refused"]


class Request(Struct, frozen=True, kw_only=True):
    """Somebody's request for a portal. `done` was answered at once, the others by an operator."""

    id: str
    person: str
    address: str
    slug: str
    state: State
    created: datetime
    decided_at: datetime | None
    reason: str | None
    body: SignUp


async def ask(
    tenancy: Tenancy, person: Person, asked: SignUp, *, suggested: bool, request_id: str | None = None
) -> Request:
    """Take the request of somebody whose address was proven; `asked` was checked. `suggested` says that nobody chose
    its slug: then the next free one is taken.

    Raises:
        Refused: signing up is not open to them, they asked too often, or the slug is taken.
    """
    try:
        async with tenancy.database.side(HOUSE) as connection:
            now = await clock(connection)
            # One at a time for each person, so that requests are counted right.
            await connection.execute(
                text("SELECT pg_advisory_xact_lock(hashtextextended(:person, 0))"), {"person": f"sign up {person.id}"}
            )
            settings = await house_records.read_settings(connection)
            invitation = await sign_up_invitations.open_for(connection, person.address, now)
            refusal = closed_to(settings.sign_up, invitation is not None)
            if refusal is not None:
                raise Refused(refusal)
            await _refuse_often(connection, person, now)
            asked = replace(asked, slug=await _free_slug(connection, asked.slug, suggested))
            waits = needs_approval(settings.sign_up, invitation is not None)
            request = await _note(connection, person, asked, "waiting" if waits else "done", now, request_id)
            if invitation is not None:
                await sign_up_invitations.accept(connection, invitation.id, now)
            await tenancy.jobs.enqueue(connection, TELL_APPLICANT, HOUSE, request.id)
            if waits:
                await tenancy.jobs.enqueue(connection, TELL_OPERATOR, HOUSE, request.id)
            else:
                await _make(connection, person, asked, request_id, now)
    except IntegrityError as error:
        raise Refused(sign_up_refusals.slug_taken(asked.slug)) from error
    return request


async def approve(tenancy: Tenancy, id_: str, actor: Actor, request_id: str | None = None) -> Request:
    """Say yes to a request that waits: the tenant is there, and its owner is told.

    Raises:
        Refused: there is no such request, it was answered already, or its slug was taken meanwhile.
    """
    try:
        async with tenancy.database.side(HOUSE) as connection:
            now = await clock(connection)
            request = await _decide(connection, id_, "approved", None, actor, now, request_id)
            await tenancy.jobs.enqueue(connection, TELL_APPLICANT, HOUSE, id_)
            person = await people.read(connection, request.person)
            assert person is not None
            await _make(connection, person, request.body, request_id, now)
    except IntegrityError as error:
        raise Refused(sign_up_refusals.slug_taken(request.slug)) from error
    return request


async def refuse(tenancy: Tenancy, id_: str, reason: str, actor: Actor, request_id: str | None = None) -> Request:
    """Say no to a request that waits, with a reason that the person reads.

    Raises:
        Refused: there is no such request, it was answered already, or the reason is missing or too long.
    """
    reason = " ".join(reason.split())
    if not reason:
        raise Refused(suspension_refusals.reason_needed())
    if len(reason) > REASON_LENGTH:
        raise Refused(typed_refusals.text_too_long(REASON_LENGTH, "reason"))
    async with tenancy.database.side(HOUSE) as connection:
        now = await clock(connection)
        request = await _decide(connection, id_, "refused", reason, actor, now, request_id)
        await tenancy.jobs.enqueue(connection, TELL_APPLICANT, HOUSE, id_)
    return request


async def read(connection: AsyncConnection, id_: str) -> Request | None:
    """A request by its id, on a transaction of the house."""
    row = (await connection.execute(select(sign_ups).where(sign_ups.c.id == id_))).one_or_none()
    return None if row is None else _request(row)


async def waiting(connection: AsyncConnection) -> tuple[Request, ...]:
    """The requests that wait for an operator, the longest waiting first, on a transaction of the house."""
    rows = await connection.execute(
        select(sign_ups).where(sign_ups.c.state == "waiting").order_by(sign_ups.c.created, sign_ups.c.id)
    )
    return tuple(map(_request, rows))


async def waiting_for(connection: AsyncConnection, slug: str) -> Request | None:
    """The request that waits with this slug, or None, on a transaction of the house."""
    question = select(sign_ups).where(sign_ups.c.state == "waiting", sign_ups.c.slug == slug)
    row = (await connection.execute(question)).one_or_none()
    return None if row is None else _request(row)


async def latest_of(connection: AsyncConnection, person: str) -> Request | None:
    """A person's latest request, on a transaction of the house."""
    newest = (sign_ups.c.created.desc(), sign_ups.c.id.desc())
    question = select(sign_ups).where(sign_ups.c.person == person).order_by(*newest).limit(1)
    row = (await connection.execute(question)).one_or_none()
    return None if row is None else _request(row)


async def _refuse_often(connection: AsyncConnection, person: Person, now: datetime) -> None:
    asked = await connection.scalar(
        select(func.count()).where(sign_ups.c.person == person.id, sign_ups.c.created > now - A_DAY)
    )
    if (asked or 0) >= AT_MOST_A_DAY:
        raise Refused(sign_up_refusals.signed_up_often(AT_MOST_A_DAY))


async def _free_slug(connection: AsyncConnection, slug: str, suggested: bool) -> str:
    tried = [slug, *(numbered(slug, number) for number in range(2, SUGGESTIONS_TRIED))] if suggested else [slug]
    portals = tried + [SANDBOX_PREFIX + each for each in tried]
    taken = set(await connection.scalars(select(firms.c.portal).where(firms.c.portal.in_(portals))))
    asked_for = select(sign_ups.c.slug).where(sign_ups.c.state == "waiting", sign_ups.c.slug.in_(tried))
    taken |= set(await connection.scalars(asked_for))
    free = next((each for each in tried if not {each, SANDBOX_PREFIX + each} & taken), None)
    if free is None:
        raise Refused(sign_up_refusals.slug_taken(slug))
    return free


async def _note(
    connection: AsyncConnection, person: Person, asked: SignUp, state: State, now: datetime, request_id: str | None
) -> Request:
    request = Request(
        id=IdSource(now)("sup"),
        person=person.id,
        address=person.address,
        slug=asked.slug,
        state=state,
        created=now,
        decided_at=None,
        reason=None,
        body=asked,
    )
    values = {name: getattr(request, name) for name in Request.__struct_fields__}
    await connection.execute(insert(sign_ups).values(tenant_id=HOUSE, **values))
    await audit.record(
        connection,
        HOUSE,
        actor=Actor(kind="staff", id=person.id),
        action="signed_up" if state == "done" else "asked_to_sign_up",
        object_id=request.id,
        now=now,
        after=asked,
        request_id=request_id,
    )
    return request


async def _decide(
    connection: AsyncConnection,
    id_: str,
    state: State,
    reason: str | None,
    actor: Actor,
    now: datetime,
    request_id: str | None,
) -> Request:
    row = (await connection.execute(select(sign_ups).where(sign_ups.c.id == id_).with_for_update())).one_or_none()
    if row is None:
        raise Refused(refusals.no_such("sign-up", id_))
    if row.state != "waiting":
        raise Refused(sign_up_refusals.request_decided())
    await connection.execute(
        update(sign_ups)
        .where(sign_ups.c.id == id_)
        .values(state=state, decided_at=now, decided_by=actor.id, reason=reason)
    )
    await audit.record(
        connection,
        HOUSE,
        actor=actor,
        action=f"sign_up_{state}",
        object_id=id_,
        now=now,
        after={"reason": reason},
        request_id=request_id,
    )
    return replace(_request(row), state=state, decided_at=now, reason=reason)


async def _make(
    connection: AsyncConnection, person: Person, asked: SignUp, request_id: str | None, now: datetime
) -> None:
    """The tenant. Afterwards the transaction is in its live side."""
    new = NewTenant(
        slug=asked.slug,
        name=asked.name,
        currency=asked.currency,
        locale=asked.locale,
        country=asked.country,
        backend=asked.backend,
        live=False,
        starting_point=asked.starting_point,
    )
    live, _ = await make_sides(connection, new, Actor(kind="staff", id=person.id), request_id)
    await enter_side(connection, live.door.tenant_id)
    await staff.add_member(connection, live.door.tenant_id, person, Role.OWNER, now)


def _request(row: Row[Any]) -> Request:
    return Request(**{name: getattr(row, name) for name in Request.__struct_fields__})
