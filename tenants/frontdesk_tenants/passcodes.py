"""Challenges: a passcode that was asked for, until it is typed. The rules are `frontdesk.passcodes` and its neighbours.

Opening one does the same for every address, whether or not a customer has it: a row is written and a job is enqueued.
The worker decides whether anything is sent. The code waits for it encrypted in the row and is erased once it is on its
way or too late; to check what is typed, the row keeps an HMAC under a pepper that is not in the database.
"""

import secrets
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct
from sqlalchemy import func, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk.channels import AddressKind
from frontdesk.ids import random_token
from frontdesk.limits import Visitor, may_live, next_letter_at
from frontdesk.passcodes import Challenge, Judgement, PasscodeRules, judge, new_challenge, new_code
from frontdesk.secret import Secret
from frontdesk_tenants import tallies, wrong_codes
from frontdesk_tenants.directory import PUBLIC_ID_LENGTH, Door
from frontdesk_tenants.jobs import Jobs
from frontdesk_tenants.tables import challenges
from frontdesk_tenants.vault import SecretUnreadable, Vault, hashed, place_of

RULES = PasscodeRules()
SEND_PASSCODE = "send_passcode"
"""The job that sends a challenge's code; its row id is the challenge's public id."""
SECRET_LENGTH = 22
"""Random characters of a challenge's cookie: 131 bits (trust.md §A2)."""
QUEUED_SECONDS = 60
"""How long a letter waits while its tenant sends more of them than usual."""
LETTERS_COUNTED = timedelta(hours=24)


class OpenChallenge(Struct, frozen=True, kw_only=True):
    """A challenge as its pages know it. `id` is public, `address` is folded."""

    id: str
    address: str
    configuration: str | None
    locale: str
    digits: int
    known_browser: bool
    created: datetime
    by: AddressKind | None = None
    recovers: str | None = None
    """The public id of the session that is to be begun again, if any."""


class Ask(Struct, frozen=True, kw_only=True):
    """Somebody asks for a code. `allowed` is what the rate limits say, `queued` that its letter has to wait a while.

    `current` is the value of the challenge cookie that the browser has, None for none. `configuration` is None for
    staff, who sign in to no portal; `task` is the job that sends the letter. `by` is how the code shall come; None for
    the first way of the side's order.
    `recovers` is the public id of the session that is to be begun again; None begins a new one.
    """

    visitor: Visitor
    configuration: str | None
    locale: str
    allowed: bool
    queued: bool = False
    current: str | None = None
    task: str = SEND_PASSCODE
    by: AddressKind | None = None
    recovers: str | None = None


async def open_challenge(
    connection: AsyncConnection, door: Door, vault: Vault, jobs: Jobs, ask: Ask, now: datetime
) -> str:
    """A challenge for an address; returns its secret, the cookie's value.

    Asked again before another letter may go, the browser keeps its challenge, since the code on its way belongs to
    that. A challenge without a letter takes no code at all; nobody can see the difference.
    """
    pool, network = ask.visitor.pool, hashed(ask.visitor.peer or "").hex()[:32]
    # One at a time for each pool, so that letters and living codes are counted right.
    await connection.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:pool, 0))"), {"pool": pool})
    current = await _own(connection, ask, pool, now)
    sends = ask.allowed and await _may_send(connection, ask, pool, network, current, now)
    if current is not None and ask.current is not None:
        if not sends:
            return ask.current
        await connection.execute(
            update(challenges).where(challenges.c.id == current).values(spent_at=now, code_sealed=None)
        )
    secret = door.public_id + random_token(SECRET_LENGTH)
    demand = await tallies.read_demand(
        connection, ask.visitor.address, now, known_browser=ask.visitor.browser is not None
    )
    code = new_code(demand.digits)
    kid, pepper = vault.pepper()
    challenge = new_challenge(
        id="chl_" + random_token(SECRET_LENGTH),
        tenant=str(door.tenant_id),
        address=ask.visitor.address,
        code=code,
        pepper=pepper,
        kid=kid,
        now=now,
        rules=RULES,
        known_browser=ask.visitor.browser is not None,
    )
    sealed = vault.seal(code.encode(), door.tenant_id, _place(challenge.id))
    await connection.execute(
        insert(challenges).values(
            tenant_id=door.tenant_id,
            hash=hashed(secret),
            id=challenge.id,
            address=challenge.address,
            pool=pool,
            network=network,
            configuration=ask.configuration,
            recovers=ask.recovers,
            locale=ask.locale,
            digits=challenge.digits,
            # What is never sent must not be guessed either.
            code_digest=challenge.digest if sends else secrets.token_bytes(len(challenge.digest)),
            pepper_id=kid,
            code_sealed=sealed if sends else None,
            known_browser=challenge.known_browser,
            send=sends,
            delivery="queued" if sends else "not_sent",
            channel=ask.by,
            created=now,
            expires_at=challenge.expires_at,
        )
    )
    if sends:
        await jobs.enqueue_all(
            connection, ask.task, door.tenant_id, (challenge.id,), delay=QUEUED_SECONDS if ask.queued else 0
        )
    return secret


def well_formed(secret: str | None) -> bool:
    """Whether a text can be a challenge's secret at all."""
    return (
        secret is not None and secret.isascii() and secret.isalnum() and len(secret) == PUBLIC_ID_LENGTH + SECRET_LENGTH
    )


async def read_challenge(connection: AsyncConnection, secret: str | None) -> OpenChallenge | None:
    """The challenge that a browser's cookie names, over or not, or None."""
    if secret is None or not well_formed(secret):
        return None
    row = (await connection.execute(select(challenges).where(challenges.c.hash == hashed(secret)))).one_or_none()
    if row is None:
        return None
    return OpenChallenge(
        id=row.id,
        address=row.address,
        configuration=row.configuration,
        locale=row.locale,
        digits=row.digits,
        known_browser=row.known_browser,
        created=row.created,
        by=row.channel,
        recovers=row.recovers,
    )


async def digits_of(connection: AsyncConnection, challenge_id: str) -> int:
    """How many digits the code of a challenge has."""
    return int(
        (await connection.execute(select(challenges.c.digits).where(challenges.c.id == challenge_id))).scalar_one()
    )


async def verify(
    connection: AsyncConnection,
    door: Door,
    vault: Vault,
    challenge_id: str,
    typed: str,
    now: datetime,
    *,
    limited: bool,
    jobs: Jobs | None,
) -> Judgement:
    """Whether the typed code is the one of the challenge; counted, and used up if it is.

    The challenge's row is locked from here to the end of the transaction: of many at once, one after the other is
    looked at. `limited` is what the rate limits say: such a guess is not compared, changes nothing and waits for
    nobody. Through `jobs` the address's owner is told of many wrong codes; None at the house's door, which has no page
    where staff could answer.
    """
    question = select(challenges).where(challenges.c.id == challenge_id)
    row = (await connection.execute(question if limited else question.with_for_update())).one()
    demand = await tallies.read_demand(connection, row.address, now, known_browser=row.known_browser, lock=not limited)
    judgement = judge(
        _challenge(door, row),
        typed,
        _pepper(vault, row.pepper_id),
        now,
        rules=RULES,
        least_digits=demand.digits,
        limited=limited or demand.delays(now),
    )
    after = judgement.challenge
    if judgement.evaluated:
        sealed = None if judgement.accepted else row.code_sealed
        await connection.execute(
            update(challenges)
            .where(challenges.c.id == challenge_id)
            .values(attempts=after.attempts, spent_at=after.used_at, proven=judgement.accepted, code_sealed=sealed)
        )
    if judgement.adds_risk:
        account = await tallies.add_wrong_guess(connection, door.tenant_id, row.address, row.digits, now)
        if jobs is not None and account.is_to_be_told:
            await wrong_codes.tell_owner(connection, jobs, door.tenant_id, row.address, challenge_id)
    elif judgement.accepted:
        await tallies.add_success(connection, door.tenant_id, row.address, now)
    return judgement


class Waiting(Struct, frozen=True, kw_only=True):
    """A code that waits to be sent since it was `asked` for. `code` is None where it is too late for that, or done
    already. `by` is how it was asked for; None for the first way of the side's order."""

    challenge: str
    asked: datetime
    address: str
    configuration: str | None
    locale: str
    code: str | None
    minutes: int
    by: AddressKind | None = None
    recovers: str | None = None


async def read_waiting(
    connection: AsyncConnection, door: Door, vault: Vault, challenge_id: str, now: datetime
) -> Waiting | None:
    """What the worker needs to send a challenge's code; None where there is no such challenge any more."""
    row = (await connection.execute(select(challenges).where(challenges.c.id == challenge_id))).one_or_none()
    if row is None:
        return None
    over = row.code_sealed is None or row.spent_at is not None or now >= row.expires_at
    code = None if over else vault.open(row.code_sealed, door.tenant_id, _place(row.id)).decode()
    return Waiting(
        challenge=row.id,
        asked=row.created,
        address=row.address,
        configuration=row.configuration,
        locale=row.locale,
        code=code,
        minutes=int((row.expires_at - row.created) / timedelta(minutes=1)),
        by=row.channel,
        recovers=row.recovers,
    )


async def note_delivery(connection: AsyncConnection, challenge_id: str, outcome: str) -> None:
    """Note what became of a letter ("accepted", "bounced", "rejected", "dropped"), and erase the code.

    The first note counts: a job may run twice.
    """
    await connection.execute(
        update(challenges)
        .where(challenges.c.id == challenge_id, challenges.c.code_sealed.is_not(None))
        .values(delivery=outcome, code_sealed=None)
    )


async def note_report(connection: AsyncConnection, challenge_id: str, outcome: str) -> None:
    """Note what a carrier said later on of a letter that it took."""
    await connection.execute(
        update(challenges)
        .where(challenges.c.id == challenge_id, challenges.c.delivery == "accepted")
        .values(delivery=outcome)
    )


async def _own(connection: AsyncConnection, ask: Ask, pool: str, now: datetime) -> str | None:
    """The living challenge of this browser for the same address at the same door, locked, by its public id."""
    found = await connection.execute(
        select(challenges.c.id)
        .where(
            challenges.c.hash == hashed(ask.current or ""),
            challenges.c.pool == pool,
            challenges.c.configuration == ask.configuration,
            challenges.c.recovers.is_not_distinct_from(ask.recovers),
            *_lives(now),
        )
        .with_for_update()
    )
    return found.scalar_one_or_none()


async def _may_send(
    connection: AsyncConnection, ask: Ask, pool: str, network: str, current: str | None, now: datetime
) -> bool:
    found = await connection.execute(
        select(challenges.c.created, challenges.c.channel).where(
            challenges.c.pool == pool,
            challenges.c.send,
            ~challenges.c.proven,
            challenges.c.created > now - LETTERS_COUNTED,
        )
    )
    sent = found.all()
    alike = [row.created for row in sent if row.channel == ask.by]
    living = (
        await connection.execute(
            select(func.count(), func.count().filter(challenges.c.network == network)).where(
                challenges.c.pool == pool, challenges.c.id != (current or ""), *_lives(now)
            )
        )
    ).one()
    next_one = next_letter_at([row.created for row in sent], now, RULES, alike)
    return next_one <= now and may_live(living[0], living[1], ask.visitor, RULES)


def _lives(now: datetime) -> tuple[Any, ...]:
    return (
        challenges.c.send,
        challenges.c.spent_at.is_(None),
        challenges.c.expires_at > now,
        challenges.c.attempts < RULES.attempts,
    )


def _challenge(door: Door, row: Any) -> Challenge:
    return Challenge(
        id=row.id,
        tenant=str(door.tenant_id),
        address=row.address,
        digits=row.digits,
        kid=row.pepper_id,
        digest=bytes(row.code_digest),
        created=row.created,
        expires_at=row.expires_at,
        attempts=row.attempts,
        used_at=row.spent_at,
        known_browser=row.known_browser,
    )


def _pepper(vault: Vault, pepper_id: str) -> Secret:
    """The pepper of a digest; another one, under which no code is right, where its key was taken away."""
    try:
        return vault.pepper_of(pepper_id)
    except SecretUnreadable:
        return Secret(secrets.token_hex())


def _place(challenge_id: str) -> str:
    return place_of(challenges.c.code_sealed, challenge_id)
