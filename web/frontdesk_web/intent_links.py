"""Addresses and secrets of setup intents, payment intents and checkout sessions.

`/p/checkout/{token}` is where somebody adds a payment method, `/p/authenticate/{token}` stands for their bank. A token
names the side and the object and proves itself, as does a client secret, so nothing of either is stored.
"""

import re
from typing import Literal

from frontdesk_tenants.directory import PUBLIC_ID_LENGTH, Door
from frontdesk_tenants.vault import Vault
from frontdesk_web.csrf import is_token_of, token_of

Purpose = Literal["checkout", "authenticate"]
_TOKEN = re.compile(r"([A-Za-z0-9]+)((?:seti|pi|cs_test)_[A-Za-z0-9]+)-([A-Za-z0-9_-]{43})", re.ASCII)


def intent_path(vault: Vault, door: Door, purpose: Purpose, id_: str) -> str:
    """The path of the page for an object."""
    return f"/p/{purpose}/{door.public_id}{id_}-{_proof(vault, door, purpose, id_)}"


def public_id_in(token: str) -> str | None:
    """The public id of the side that a token speaks of, or None for what can be no token."""
    return token[:PUBLIC_ID_LENGTH] if _TOKEN.fullmatch(token) else None


def object_in(vault: Vault, door: Door, purpose: Purpose, token: str) -> str | None:
    """The id of the object that a token of a side names, or None where it is forged."""
    id_, _, proof = token[PUBLIC_ID_LENGTH:].partition("-")
    return id_ if is_token_of(vault, purpose, f"{door.public_id} {id_}", proof) else None


def client_secret(vault: Vault, door: Door, id_: str) -> str:
    """What Stripe's browser library would show for an intent; the same at each look."""
    return f"{id_}_secret_{_proof(vault, door, 'client secret', id_)}"


def _proof(vault: Vault, door: Door, purpose: str, id_: str) -> str:
    return token_of(vault, purpose, f"{door.public_id} {id_}")
