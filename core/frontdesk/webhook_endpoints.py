"""Webhook endpoints: who is told of which happenings, how often it is tried, when we stop, and how a call is signed.

The rules are Stripe's where they are known (portal_spec.md §F.3, trust.md B26).
"""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from frontdesk.ids import random_token
from frontdesk.secret import Secret

ALL = "*"
MOST_ENDPOINTS = 16
"""Of one side, as at Stripe."""
TRIED_FOR = timedelta(days=3)
"""How long a happening is tried to be told, and how long an endpoint may fail before it is switched off."""
OVERLAPS = (timedelta(0), timedelta(hours=1), timedelta(hours=12), timedelta(hours=24))
"""How long a secret may go on signing beside the one that replaces it."""
TOGETHER = 8
"""Calls to one endpoint at a time, as long as it answers. One that does not is asked with one call at a time."""
FORGOTTEN_AFTER = timedelta(days=30)
"""How long happenings and what became of them are kept, as at Stripe."""
SECRET_LENGTH = 32
_STEPS = (5, 30, 120, 600, 1800, 3600, 7200, 14400, 28800)
_RESTS = (5, 15, 60, 180, 300)


class WebhookEndpoint(Struct, frozen=True, kw_only=True):
    """A server of the tenant's that is told what happens. `types` are outsiders' names of happenings, or `*` for all.

    `disabled_at` is set while nothing is told; `gave_up` says that it is because nobody answered for three days.
    """

    id: str
    url: str
    types: tuple[str, ...]
    created: datetime
    api_version: str | None = None
    description: str | None = None
    metadata: Mapping[str, str] = {}
    disabled_at: datetime | None = None
    gave_up: bool = False

    @property
    def enabled(self) -> bool:
        """Whether it is told anything."""
        return self.disabled_at is None

    def wants(self, type_: str) -> bool:
        """Whether it is to be told of happenings of this type."""
        return ALL in self.types or type_ in self.types


def new_secret() -> Secret:
    """A key to sign with: 190 bits behind the prefix by which the field knows it."""
    return Secret(f"whsec_{random_token(SECRET_LENGTH)}")


def next_try(attempts: int, now: datetime, since: datetime) -> datetime | None:
    """When a call is made again that has failed `attempts` times; None where it is given up.

    `since` is when it was first to be made. The last try comes when three days are over.
    """
    if now >= since + TRIED_FOR:
        return None
    return min(now + timedelta(seconds=_STEPS[min(attempts, len(_STEPS)) - 1]), since + TRIED_FOR)


def rest_after(failures: int) -> timedelta:
    """How long an endpoint that has failed so often in a row is left in peace, whatever waits to be told to it."""
    return timedelta(seconds=_RESTS[min(failures, len(_RESTS)) - 1])


def is_given_up(failing_since: datetime | None, now: datetime) -> bool:
    """Whether an endpoint has failed for so long that it is switched off."""
    return failing_since is not None and now >= failing_since + TRIED_FOR


def signature(secrets: Sequence[Secret], at: datetime, body: bytes) -> str:
    """The header `Stripe-Signature`: a time and, for each secret, the HMAC-SHA256 of time and body under it."""
    stamp = str(int(at.timestamp()))
    signed = stamp.encode() + b"." + body
    marks = [hmac.new(each.reveal().encode(), signed, hashlib.sha256).hexdigest() for each in secrets]
    return ",".join((f"t={stamp}", *(f"v1={each}" for each in marks)))
