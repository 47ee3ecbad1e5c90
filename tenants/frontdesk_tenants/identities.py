"""Who somebody is for a tenant's identity provider, and what a visit there takes along. The talking is `openid`."""

from datetime import datetime

from msgspec import Struct

from frontdesk.secret import Secret


class Client(Struct, frozen=True, kw_only=True):
    """What a provider knows us by."""

    issuer: str
    client_id: str
    client_secret: Secret


class Attempt(Struct, frozen=True, kw_only=True):
    """A visit to a provider, from leaving to coming back. It goes with the browser, sealed."""

    provider: str
    tenant: str
    state: str
    nonce: str
    verifier: str
    expires_at: datetime
    next: str | None = None
    session: str | None = None
    """The staff session that is to be made fresh; None to begin one."""


class Identity(Struct, frozen=True, kw_only=True):
    """Who somebody is for a provider. `email` is None unless the provider vouches for it."""

    issuer: str
    subject: str
    email: str | None
    name: str
    authenticated_at: datetime | None


class NotTrusted(Exception):
    """What came back does not prove who somebody is. The text is for the log and names no secret."""
