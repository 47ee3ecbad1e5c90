"""The address by which an owner says of many wrong codes that it was them: `/p/wrong-codes/{token}`.

The token names the side and the run of wrong codes and proves itself, so nothing of it is stored: an HMAC under the key
of this installation stands behind it. It tells no address. Whether its run goes on stands with the run.
"""

import re

from frontdesk_tenants.directory import PUBLIC_ID_LENGTH, Door
from frontdesk_tenants.vault import Vault
from frontdesk_web.csrf import is_token_of, token_of

PREFIX = "chl_"
_PURPOSE = "wrong codes"
_NAMED = re.compile(r"([0-9A-Za-z]{1,100})\.([A-Za-z0-9_-]{43})", re.ASCII)


def wrong_codes_path(vault: Vault, door: Door, run_id: str) -> str:
    """The path for a run (`chl_…`)."""
    name = run_id.removeprefix(PREFIX)
    return f"/p/wrong-codes/{door.public_id}{name}.{token_of(vault, _PURPOSE, _proven(door, name))}"


def run_in(vault: Vault, door: Door, token: str) -> str | None:
    """The run that a token of a side names, going on or not; None where it was not made here."""
    found = _NAMED.fullmatch(token[PUBLIC_ID_LENGTH:])
    if found is None or not is_token_of(vault, _PURPOSE, _proven(door, found[1]), found[2]):
        return None
    return PREFIX + found[1]


def _proven(door: Door, name: str) -> str:
    return f"{door.public_id} {name}"
