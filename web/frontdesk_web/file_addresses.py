"""Addresses of uploaded files: `/v1/files/{file}/contents` for who has a key, and `/links/{token}` for anybody.

The token of a link names the side and the link and proves itself, so nothing of it is stored. Whether the link is still
good stands with the link.
"""

import re

from frontdesk_tenants.directory import PUBLIC_ID_LENGTH, Door
from frontdesk_tenants.vault import Vault
from frontdesk_web.csrf import is_token_of, token_of

_PURPOSE = "file link"
_TOKEN = re.compile(r"(link_[0-9A-Za-z]{1,100})\.([A-Za-z0-9_-]{43})", re.ASCII)


def content_path(file: str) -> str:
    """Where the content of a file lies for who has a key."""
    return f"/v1/files/{file}/contents"


def link_path(vault: Vault, door: Door, link: str) -> str:
    """Where a link (`link_…`) leads anybody to its file."""
    return f"/links/{door.public_id}{link}.{token_of(vault, _PURPOSE, _proven(door, link))}"


def link_in(vault: Vault, door: Door, token: str) -> str | None:
    """The link that a token of a side names, or None where it was not made here."""
    found = _TOKEN.fullmatch(token[PUBLIC_ID_LENGTH:])
    if found is None or not is_token_of(vault, _PURPOSE, _proven(door, found[1]), found[2]):
        return None
    return found[1]


def _proven(door: Door, link: str) -> str:
    return f"{door.public_id} {link}"
