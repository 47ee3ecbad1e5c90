"""Forged requests: a token in every form that is bound to the session or challenge, and where the browser comes from.

A browser says where a POST comes from in Sec-Fetch-Site and Origin, and no page can change that. Our pages send no
referrer, for which a browser writes `Origin: null`, so `null` is good where Sec-Fetch-Site vouches for it. A program
that sends neither is no browser and carries nobody's cookies. The token guards beside that: it is an HMAC of the
session's or challenge's public id, which a stranger's page can neither read nor make.
"""

import base64
import hmac
from functools import lru_cache

from litestar.exceptions import PermissionDeniedException

from frontdesk_tenants.vault import Vault
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.config import Config

FIELD = "csrf"
"""The hidden field of a form."""
_OWN = frozenset({"same-origin", "none"})


def csrf_token(vault: Vault, bound_to: str) -> str:
    """The token of every form of a session or a challenge, by its public id: 43 characters."""
    return _token(vault.token_key("csrf"), bound_to)


def refuse_forged(vault: Vault, bound_to: str, token: str | None) -> None:
    """Refuse a form whose token is missing or another one's. Raises PermissionDeniedException (403)."""
    # As bytes: comparing texts raises for one that is not ASCII.
    given = (token or "").encode("utf-8", "replace")
    if not any(hmac.compare_digest(_token(key, bound_to).encode(), given) for key in vault.token_keys("csrf")):
        raise PermissionDeniedException


def token_of(vault: Vault, purpose: str, text: str) -> str:
    """The proof that an address which holds a text was made here, for one purpose: 43 characters."""
    return _token(vault.token_key(purpose), text)


def is_token_of(vault: Vault, purpose: str, text: str, given: str) -> bool:
    """Whether somebody shows the proof of a text, under any key that still counts."""
    shown = given.encode("utf-8", "replace")
    return any(hmac.compare_digest(_token(key, text).encode(), shown) for key in vault.token_keys(purpose))


def refuse_foreign_origin(request: AnyRequest, config: Config) -> None:
    """Refuse a request that a page of another origin made, sibling subdomains among them.

    Raises PermissionDeniedException (403).
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None and site not in _OWN:
        raise PermissionDeniedException
    origin = request.headers.get("origin")
    if origin is None or (origin == "null" and site is not None):
        return
    scheme = "http" if config.plain_http else "https"
    if origin.lower() != f"{scheme}://{request.headers.get('host', '').lower()}":
        raise PermissionDeniedException


def _token(key: bytes, bound_to: str) -> str:
    signed = _keyed(key).copy()
    signed.update(bound_to.encode())
    return base64.urlsafe_b64encode(signed.digest()).rstrip(b"=").decode()


# To look the hash up and take in the key is most of it, and a key lasts. There is one for each purpose.
@lru_cache(maxsize=64)
def _keyed(key: bytes) -> hmac.HMAC:
    return hmac.new(key, digestmod="sha256")
