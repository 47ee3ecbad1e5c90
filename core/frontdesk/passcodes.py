"""One-time passcodes: how they are made, kept and judged. Figures and reasons are in trust.md §A2.

A code belongs to the challenge that it was made for: a guess is made against one challenge, which the browser's
cookie names, never against all codes that live. Storage locks the challenge, calls `judge`, and writes back what it
returns.
"""

import hashlib
import hmac
import re
import secrets
from datetime import datetime, timedelta
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from frontdesk.secret import Secret

LEAST_DIGITS = 6
MOST_DIGITS = 10

_BETWEEN = re.compile(r"[\s\u00ad\u200b-\u200f\u2010-\u2015\u2060\u2212\ufeff-]+")
_DIGITS = re.compile(r"[0-9]{1,10}", re.ASCII)
_TYPED_LENGTH = 64


class PasscodeRules(Struct, frozen=True, kw_only=True):
    """How long a code lives, how often it is guessed at and sent; how long it is says the budget (`risk_budget`).

    `resend_after` is how long to wait after the first, the second, and each later letter.

    Raises:
        ValueError: a figure is out of its bounds.
    """

    lifetime: timedelta = timedelta(minutes=10)
    attempts: int = 5
    live_per_address: int = 3
    resend_after: tuple[timedelta, ...] = (timedelta(seconds=60), timedelta(seconds=120), timedelta(seconds=300))
    letters_per_hour: int = 5
    letters_per_day: int = 10

    def __post_init__(self) -> None:
        within = (
            timedelta(minutes=3) <= self.lifetime <= timedelta(minutes=10)
            and 3 <= self.attempts <= 5
            and 1 <= self.live_per_address <= 3
            and 1 <= self.letters_per_hour <= 5
            and 1 <= self.letters_per_day <= 10
        )
        if not within:
            raise ValueError("A passcode rule is outside of the bounds of trust.md §A2.")


class Challenge(Struct, frozen=True, kw_only=True):
    """A passcode that was asked for, with or without a customer behind the address.

    `id` is the public id of at least 128 random bits that the cookie names; `address` is folded. `digest` is what
    `digest()` gave under the pepper `kid`. The code itself is not here.
    """

    id: str
    tenant: str
    address: str
    digits: int
    kid: str
    digest: bytes
    created: datetime
    expires_at: datetime
    attempts: int = 0
    used_at: datetime | None = None
    known_browser: bool = False


Outcome = Literal["accepted", "wrong", "used", "expired", "exhausted", "outgrown", "limited"]


class Judgement(Struct, frozen=True, kw_only=True):
    """What came of a typed code. The person sees the same words whatever the outcome, unless it was accepted.

    `challenge` is to be stored. `evaluated` says whether the code was really compared: only such a guess tells the
    guesser anything, so only a wrong one of those adds to the risk budget. All count for the limits of failures.
    """

    outcome: Outcome
    challenge: Challenge
    evaluated: bool

    @property
    def accepted(self) -> bool:
        """Whether the sign-in goes on."""
        return self.outcome == "accepted"

    @property
    def adds_risk(self) -> bool:
        """Whether this was a guess that failed."""
        return self.evaluated and not self.accepted


def new_code(digits: int) -> str:
    """A random code of so many digits, with leading zeros."""
    return f"{secrets.randbelow(10**digits):0{digits}d}"


def digest(pepper: Secret, kid: str, tenant: str, challenge: str, code: str) -> bytes:
    """What is stored instead of the code: HMAC-SHA-256 under a pepper that is not in the database.

    A million codes are tried in a second, so neither salt nor a slow hash would protect them; the pepper does. Each
    part goes in with its length, so that no two sets of parts are the same message.
    """
    message = b"".join(len(part).to_bytes(4, "big") + part for part in map(_encoded, (kid, tenant, challenge, code)))
    return hmac.new(_encoded(pepper.reveal()), message, hashlib.sha256).digest()


def new_challenge(
    *,
    id: str,
    tenant: str,
    address: str,
    code: str,
    pepper: Secret,
    kid: str,
    now: datetime,
    rules: PasscodeRules,
    known_browser: bool = False,
) -> Challenge:
    """The challenge for a code, which lives for `rules.lifetime` from `now`."""
    return Challenge(
        id=id,
        tenant=tenant,
        address=address,
        digits=len(code),
        kid=kid,
        digest=digest(pepper, kid, tenant, id, code),
        created=now,
        expires_at=now + rules.lifetime,
        known_browser=known_browser,
    )


def normalise(typed: str) -> str | None:
    """The digits of a typed code without the spaces and dashes that people add; None where it cannot be a code."""
    if len(typed) > _TYPED_LENGTH:
        return None
    bare = _BETWEEN.sub("", typed)
    return bare if _DIGITS.fullmatch(bare) else None


def judge(
    challenge: Challenge,
    typed: str,
    pepper: Secret,
    now: datetime,
    *,
    rules: PasscodeRules,
    least_digits: int = LEAST_DIGITS,
    limited: bool = False,
) -> Judgement:
    """Whether the typed code is the one of the challenge, and what becomes of the challenge. Never raises.

    `least_digits` is what the risk budget demands now: a shorter code that was sent before does not count any more.
    `limited` says that a limit of failures holds. The code is compared in constant time and in every case, so that
    the answer takes as long whatever the outcome.
    """
    code = normalise(typed)
    given = digest(pepper, challenge.kid, challenge.tenant, challenge.id, code or "")
    right = hmac.compare_digest(given, challenge.digest) and code is not None
    barred = _bar(challenge, now, rules, least_digits, limited)
    if barred is not None:
        return Judgement(outcome=barred, challenge=challenge, evaluated=False)
    if right:
        return Judgement(outcome="accepted", challenge=replace(challenge, used_at=now), evaluated=True)
    tried = replace(challenge, attempts=challenge.attempts + 1)
    return Judgement(outcome="wrong", challenge=tried, evaluated=True)


def _bar(challenge: Challenge, now: datetime, rules: PasscodeRules, least_digits: int, limited: bool) -> Outcome | None:
    if challenge.used_at is not None:
        return "used"
    if now >= challenge.expires_at:
        return "expired"
    if challenge.attempts >= rules.attempts:
        return "exhausted"
    if challenge.digits < least_digits:
        return "outgrown"
    return "limited" if limited else None


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
