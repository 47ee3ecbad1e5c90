"""The second factor of staff: a time-based code (RFC 6238: SHA-1, 6 digits, 30 s, one step either way), recovery codes.

A code counts once: the step of the last one is kept, and no earlier or equal step is taken again (trust.md A25). The
secret is sealed in the vault; recovery codes are kept as keyed hashes. Every function wants a transaction of the house.
"""

import hmac
import secrets
from datetime import datetime
from typing import Any
from urllib.parse import quote

import pyotp
from msgspec import Struct
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk.secret import Secret
from frontdesk_tenants.house import HOUSE
from frontdesk_tenants.lasting_keys import known_lasting_key, lasting_key
from frontdesk_tenants.people import Person
from frontdesk_tenants.tables import people, recovery_codes
from frontdesk_tenants.vault import Vault, place_of

STEP_SECONDS = 30
DIGITS = 6
DRIFT_STEPS = 1
RECOVERY_CODES = 10
RECOVERY = "recovery codes"
"""The purpose of the key that they are hashed with."""
# Without letters and digits that look alike.
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
_RECOVERY_LENGTH = 10


class Enrolment(Struct, frozen=True, kw_only=True):
    """What an authenticator app needs. `uri` is what its QR code says."""

    secret: Secret
    uri: Secret


async def begin(connection: AsyncConnection, vault: Vault, person: Person, issuer: str) -> Enrolment:
    """The secret that a person is about to put into an app; the same until it was confirmed, so that a page can be
    loaded again.

    Raises:
        ValueError: the person has a second factor already.
    """
    row = await _row(connection, person.id)
    if row.totp_confirmed is not None:
        raise ValueError("a second factor is replaced by removing the old one first")
    if row.totp_sealed is not None:
        secret = vault.open(row.totp_sealed, HOUSE, _place(person.id)).decode()
    else:
        secret = pyotp.random_base32()
        sealed = vault.seal(secret.encode(), HOUSE, _place(person.id))
        await connection.execute(update(people).where(people.c.id == person.id).values(totp_sealed=sealed))
    label = quote(f"{issuer}:{person.address}", safe="@:")
    uri = f"otpauth://totp/{label}?secret={secret}&issuer={quote(issuer, safe='')}"
    return Enrolment(secret=Secret(secret), uri=Secret(uri))


async def confirm(
    connection: AsyncConnection, vault: Vault, person: Person, typed: str, now: datetime
) -> tuple[Secret, ...] | None:
    """Take the first code of a new app; returns the recovery codes, which are shown once. None for a wrong code."""
    row = await _row(connection, person.id)
    if row.totp_confirmed is not None or not await _take(connection, vault, person.id, typed, now):
        return None
    await connection.execute(update(people).where(people.c.id == person.id).values(totp_confirmed=now))
    return await renew_recovery_codes(connection, vault, person, now)


async def check(connection: AsyncConnection, vault: Vault, person: Person, typed: str, now: datetime) -> bool:
    """Whether what was typed is the app's present code or an unused recovery code. Either counts once."""
    row = await _row(connection, person.id)
    if row.totp_confirmed is None:
        return False
    return await _take(connection, vault, person.id, typed, now) or await _use_recovery_code(
        connection, vault, person.id, typed, now
    )


def shown(secret: Secret, at: datetime) -> str:
    """What an app with this secret shows at an instant."""
    return pyotp.TOTP(secret.reveal()).generate_otp(int(at.timestamp()) // STEP_SECONDS)


async def renew_recovery_codes(
    connection: AsyncConnection, vault: Vault, person: Person, now: datetime
) -> tuple[Secret, ...]:
    """New recovery codes; the old ones count no more."""
    await connection.execute(delete(recovery_codes).where(recovery_codes.c.person == person.id))
    codes = tuple("".join(secrets.choice(_ALPHABET) for _ in range(_RECOVERY_LENGTH)) for _ in range(RECOVERY_CODES))
    key = await lasting_key(connection, vault, RECOVERY)
    rows = [
        {"tenant_id": HOUSE, "person": person.id, "hash": _hashed(key, person.id, code), "created": now}
        for code in codes
    ]
    await connection.execute(insert(recovery_codes), rows)
    return tuple(Secret(f"{code[:5]}-{code[5:]}") for code in codes)


async def unused_recovery_codes(connection: AsyncConnection, person: Person) -> int:
    """How many recovery codes are left."""
    found = await connection.scalar(
        select(func.count()).where(recovery_codes.c.person == person.id, recovery_codes.c.used_at.is_(None))
    )
    return int(found or 0)


async def remove(connection: AsyncConnection, person: Person) -> None:
    """Take a person's second factor away, so that they set up another at the next sign-in."""
    await connection.execute(delete(recovery_codes).where(recovery_codes.c.person == person.id))
    await connection.execute(
        update(people).where(people.c.id == person.id).values(totp_sealed=None, totp_confirmed=None, totp_step=None)
    )


async def _take(connection: AsyncConnection, vault: Vault, person: str, typed: str, now: datetime) -> bool:
    """Use up a code of the app. The person's row is locked, so that one code cannot count twice at once."""
    digits = "".join(typed.split())
    row = await _row(connection, person)
    if row.totp_sealed is None or not (digits.isascii() and digits.isdigit() and len(digits) == DIGITS):
        return False
    totp = pyotp.TOTP(vault.open(row.totp_sealed, HOUSE, _place(person)).decode())
    present = int(now.timestamp()) // STEP_SECONDS
    for step in range(present - DRIFT_STEPS, present + DRIFT_STEPS + 1):
        if step > (row.totp_step or 0) and hmac.compare_digest(totp.generate_otp(step), digits):
            await connection.execute(update(people).where(people.c.id == person).values(totp_step=step))
            return True
    return False


async def _use_recovery_code(connection: AsyncConnection, vault: Vault, person: str, typed: str, now: datetime) -> bool:
    code = "".join(each for each in typed.lower() if each in _ALPHABET)
    key = await known_lasting_key(connection, vault, RECOVERY)
    if key is None:
        return False
    used = await connection.execute(
        update(recovery_codes)
        .where(
            recovery_codes.c.person == person,
            recovery_codes.c.hash == _hashed(key, person, code),
            recovery_codes.c.used_at.is_(None),
        )
        .values(used_at=now)
    )
    return used.rowcount == 1


async def _row(connection: AsyncConnection, person: str) -> Any:
    question = select(people.c.totp_sealed, people.c.totp_confirmed, people.c.totp_step).where(people.c.id == person)
    return (await connection.execute(question.with_for_update())).one()


def _hashed(key: bytes, person: str, code: str) -> bytes:
    return hmac.digest(key, f"{person}\x1f{code}".encode(), "sha256")


def _place(person: str) -> str:
    return place_of(people.c.totp_sealed, person)
