"""The address by which a changed address is taken back: `/p/address/{token}`.

The token names the side and the change and proves itself, so nothing of it is stored: an HMAC under the key of this
installation stands behind it.
"""

import hmac
import re

from frontdesk_tenants.directory import PUBLIC_ID_LENGTH, Door
from frontdesk_tenants.vault import Vault
from frontdesk_web.csrf import csrf_token

PREFIX = "ach_"
_TOKEN = re.compile(r"[A-Za-z0-9_-]{30,200}", re.ASCII)


def objection_path(vault: Vault, door: Door, change_id: str) -> str:
    """The path for a change (`ach_…`)."""
    return f"/p/address/{door.public_id}{change_id.removeprefix(PREFIX)}-{_proof(vault, door, change_id)}"


def is_token(text: str) -> bool:
    """Whether a text can be a token at all."""
    return _TOKEN.fullmatch(text) is not None


def change_in(vault: Vault, door: Door, token: str) -> str | None:
    """The change that a token of a side names, or None where it is forged."""
    name, mark, given = token[PUBLIC_ID_LENGTH:].partition("-")
    change_id = PREFIX + name
    right = _proof(vault, door, change_id).encode()
    return change_id if mark and hmac.compare_digest(right, given.encode("utf-8", "replace")) else None


def _proof(vault: Vault, door: Door, change_id: str) -> str:
    return csrf_token(vault, f"objection {door.public_id} {change_id}")
