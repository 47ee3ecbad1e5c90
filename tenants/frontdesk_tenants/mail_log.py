"""The delivery log: what became of every letter of a side, kept for thirty days.

A row says when, to whom, about what and with which outcome; never the words of a letter, nor a code. It is written by
whoever hands letters over, which for passcodes is the worker, out of every visitor's sight: an address without a
customer gets no letter, hence no row, and no page waits for either.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from msgspec import Struct
from sqlalchemy import Row, Select, and_, desc, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk.addresses import fold
from frontdesk.channels import Destination, Letter
from frontdesk.ids import IdSource
from frontdesk_tenants.keyset import Place
from frontdesk_tenants.paging import Page
from frontdesk_tenants.tables import challenges, customers, mail_log

Outcome = Literal["queued", "waiting", "accepted", "bounced", "rejected", "expired"]
"""`queued`: about to be handed over. `waiting`: not taken yet, `detail` says why; it is tried again. `accepted`,
`bounced`, `rejected`: see `frontdesk.Delivery`. `expired`: given up, because what it carried no longer counts."""
PAGE = 50
_LAST = "\U0010ffff"
SETTLED: tuple[Outcome, ...] = ("accepted", "bounced", "rejected")


class LoggedLetter(Struct, frozen=True, kw_only=True):
    """One letter. `to` is as it was written; `sender` is None where the channel's own address was used.

    `cause` is the id of the event or challenge that it is about, `created` when it was first handed over, `updated`
    when `outcome` was last heard of. `detail` is the mail server's answer or the reason why the letter waits. `channel`
    is the name of the channel that it went by last, None for e-mail; `to` is masked where that is to phones.
    """

    id: str
    created: datetime
    updated: datetime
    to: str
    sender: str | None
    purpose: str
    language: str
    customer: str | None
    outcome: Outcome
    detail: str
    message_id: str
    cause: str
    attempts: int
    channel: str | None = None

    @property
    def place(self) -> Place:
        """Where the next page begins if this is the last row."""
        return Place(created=self.created, id=self.id)


class AskedCode(Struct, frozen=True, kw_only=True):
    """Somebody asked for a passcode. `delivery` is "queued", "accepted", "bounced" or "rejected" of a letter,
    "dropped" where no customer had the address or the code was over, "not_sent" where limits allowed no letter.

    `used` says that the code was typed. `letter` is None where none went out.
    """

    asked: datetime
    delivery: str
    used: bool
    letter: LoggedLetter | None


# -- reading ----------------------------------------------------------------------------------------------------------


async def letters_of_customer(connection: AsyncConnection, customer: str, limit: int = 10) -> tuple[LoggedLetter, ...]:
    """The letters that were written to a customer, at whichever address, newest first."""
    return await _letters(connection, _newest(limit).where(mail_log.c.customer == customer))


async def latest_outcome(connection: AsyncConnection, customer: str) -> LoggedLetter | None:
    """The newest letter to the address that a customer has now of which the outcome is known; None without any.

    Goes by the address: a bounce says something about a mailbox, and nothing once the address was corrected.
    """
    address = select(customers.c.address).where(customers.c.id == customer).scalar_subquery()
    wanted = _newest(1).where(mail_log.c.address == address, mail_log.c.outcome.in_(SETTLED))
    return next(iter(await _letters(connection, wanted)), None)


async def bounced_at(connection: AsyncConnection, address: str) -> datetime | None:
    """When the newest letter to a folded address of which the outcome is known came back; None if it did not."""
    wanted = _newest(1).where(mail_log.c.address == address, mail_log.c.outcome.in_(SETTLED))
    newest = next(iter(await _letters(connection, wanted)), None)
    return newest.updated if newest is not None and newest.outcome == "bounced" else None


async def codes_asked(connection: AsyncConnection, address: str, limit: int = 10) -> tuple[AskedCode, ...]:
    """Who asked for passcodes for an address of late (a week), newest first; whether or not a customer has it.

    For staff alone: it tells whether an address is known.
    """
    asked = (
        select(challenges.c.created, challenges.c.delivery, challenges.c.proven, challenges.c.id.label("challenge"))
        .where(challenges.c.address == fold(address))
        .order_by(desc(challenges.c.created), desc(challenges.c.id))
        .limit(limit)
    )
    rows = (await connection.execute(asked)).all()
    causes = [row.challenge for row in rows]
    letters = await _letters(connection, _newest(limit).where(mail_log.c.cause.in_(causes))) if causes else ()
    by_cause = {each.cause: each for each in letters}
    return tuple(
        AskedCode(asked=row.created, delivery=row.delivery, used=row.proven, letter=by_cause.get(row.challenge))
        for row in rows
    )


async def search(
    connection: AsyncConnection,
    *,
    address: str = "",
    outcomes: Collection[Outcome] = (),
    purpose: str | None = None,
    after: Place | None = None,
    before: Place | None = None,
    limit: int = PAGE,
) -> Page[LoggedLetter]:
    """A page of the log, newest first. `address` is a whole one or how one begins; no `outcomes` mean all.

    `after` begins the page after a letter, going back in time; `before` gives the letters just newer than one, and
    `has_more` then says whether there are newer ones still.
    """
    folded = fold(address.strip())
    if not folded.isprintable():
        return Page((), False)
    place = tuple_(mail_log.c.created, mail_log.c.id)
    question = select(mail_log).limit(limit + 1)
    if folded:
        # A range, since a LIKE could not use the index: under row-level security only leakproof operators may.
        question = question.where(mail_log.c.address >= folded, mail_log.c.address < folded + _LAST)
    if outcomes:
        question = question.where(mail_log.c.outcome.in_(outcomes))
    if purpose is not None:
        question = question.where(mail_log.c.purpose == purpose)
    if before is not None:
        question = question.where(place > tuple_(before.created, before.id)).order_by(mail_log.c.created, mail_log.c.id)
    else:
        question = question.order_by(desc(mail_log.c.created), desc(mail_log.c.id))
    if after is not None:
        question = question.where(place < tuple_(after.created, after.id))
    found = await _letters(connection, question)
    shown = found[:limit]
    return Page(shown if before is None else tuple(reversed(shown)), len(found) > limit)


async def read(connection: AsyncConnection, id_: str) -> LoggedLetter | None:
    """One row of the log."""
    return next(iter(await _letters(connection, _newest(1).where(mail_log.c.id == id_))), None)


# -- writing ----------------------------------------------------------------------------------------------------------


async def begin(
    connection: AsyncConnection,
    tenant_id: UUID,
    letter: Letter,
    now: datetime,
    customer: str | None = None,
    *,
    channel: str | None = None,
    destination: Destination | None = None,
) -> str:
    """Note that a letter is about to be handed over; returns the row's id.

    Every copy of a letter has one Message-ID, so it has one row: a second try is counted in it, and it says which way
    the last one went. `channel` is None for e-mail; a `destination` says how the address is kept.
    """
    shown = letter.to if destination is None else destination.shown
    values: dict[str, Any] = {
        "tenant_id": tenant_id,
        "id": IdSource(now)("mail"),
        "cause": cause_of(letter.message_id),
        "message_id": letter.message_id,
        "recipient": shown,
        "address": fold(shown),
        "channel": channel,
        "area": None if destination is None else destination.area or None,
        "sender": letter.sender,
        "purpose": letter.purpose,
        "language": letter.language,
        "customer": customer,
        "outcome": "queued",
        "detail": "",
        "attempts": 1,
        "created": now,
        "updated": now,
    }
    row = insert(mail_log).values(values)
    again = row.on_conflict_do_update(
        index_elements=["tenant_id", "cause"],
        set_={
            "attempts": mail_log.c.attempts + 1,
            **{name: row.excluded[name] for name in ("sender", "updated", "recipient", "address", "channel", "area")},
        },
    ).returning(mail_log.c.id)
    return str((await connection.execute(again)).scalar_one())


async def queue(
    connection: AsyncConnection, tenant_id: UUID, host: str, *, to: str, purpose: str, language: str, now: datetime
) -> str:
    """Note that a letter which nothing in the book is about is to be written; returns the row's id, its cause too.

    `host` is that of its Message-ID.
    """
    id_ = IdSource(now)("mail")
    await connection.execute(
        insert(mail_log).values(
            tenant_id=tenant_id,
            id=id_,
            cause=id_,
            message_id=f"<{id_}@{host}>",
            recipient=to,
            address=fold(to),
            purpose=purpose,
            language=language,
            outcome="queued",
            detail="",
            attempts=0,
            created=now,
            updated=now,
        )
    )
    return id_


async def note(connection: AsyncConnection, id_: str, outcome: Outcome, detail: str, now: datetime) -> None:
    """Note what became of a letter. One that was taken stays so, whatever a second copy meets."""
    open_ = mail_log.c.outcome != "accepted"
    await connection.execute(
        update(mail_log).where(and_(mail_log.c.id == id_, open_)).values(outcome=outcome, detail=detail, updated=now)
    )


async def give_up(connection: AsyncConnection, cause: str, now: datetime) -> None:
    """Note that a letter which was not taken in time is not tried again. Does nothing where none was tried."""
    await connection.execute(
        update(mail_log)
        .where(mail_log.c.cause == cause, mail_log.c.outcome.not_in(SETTLED))
        .values(outcome="expired", updated=now)
    )


def cause_of(message_id: str) -> str:
    """What a letter is about, which is the part of its Message-ID before the @."""
    return message_id.strip("<>").partition("@")[0]


def _newest(limit: int) -> Select[Any]:
    return select(mail_log).order_by(desc(mail_log.c.created), desc(mail_log.c.id)).limit(limit)


async def _letters(connection: AsyncConnection, question: Select[Any]) -> tuple[LoggedLetter, ...]:
    return tuple(_letter(row) for row in await connection.execute(question))


def _letter(row: Row[Any]) -> LoggedLetter:
    return LoggedLetter(
        id=row.id,
        created=row.created,
        updated=row.updated,
        to=row.recipient,
        sender=row.sender,
        purpose=row.purpose,
        language=row.language,
        customer=row.customer,
        outcome=row.outcome,
        detail=row.detail,
        message_id=row.message_id,
        cause=row.cause,
        attempts=row.attempts,
        channel=row.channel,
    )
