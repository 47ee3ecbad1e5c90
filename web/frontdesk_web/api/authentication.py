"""Who calls: the API key, as Bearer token or as the user name of Basic authentication."""

import base64
import binascii
from datetime import datetime

from frontdesk_tenants import api_keys
from frontdesk_tenants.api_keys import ApiKey
from frontdesk_tenants.database import SideTransaction
from frontdesk_tenants.directory import Door
from frontdesk_tenants.tenancy import Tenancy
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.api.errors import ApiError
from frontdesk_web.api.shapes.values import ACCOUNT_PREFIX

_MISSING = (
    "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth "
    "(e.g. 'Authorization: Bearer YOUR_SECRET_KEY')."
)
_PUBLISHABLE = (
    "This API call cannot be made with a publishable API key. Please use a secret API key. You can find a list of your "
    "API keys in the dashboard."
)


def presented_key(request: AnyRequest) -> str:
    """The key that the request carries. Raises ApiError (401) where it carries none."""
    scheme, _, credentials = request.headers.get("authorization", "").partition(" ")
    credentials = credentials.strip()
    if scheme.lower() == "basic":
        try:
            user = base64.b64decode(credentials, validate=True).decode()
        except (binascii.Error, ValueError):
            raise _unauthorized("Invalid Basic authentication: it is not base64 of a user name and password.") from None
        credentials = user.partition(":")[0]
    elif scheme.lower() != "bearer":
        raise _unauthorized(_MISSING)
    if not credentials:
        raise _unauthorized(_MISSING)
    return credentials


async def door_of(tenancy: Tenancy, key: str) -> Door:
    """The side that a key names. Raises ApiError (401) where it names none."""
    written = api_keys.read_key(key)
    door = None if written is None else await tenancy.directory.by_public_id(written.public_id)
    if written is None or door is None or door.livemode != written.livemode:
        raise _invalid(key)
    return door


async def secret_key(connection: SideTransaction, key: str, now: datetime) -> ApiKey:
    """The stored secret or restricted key, on a transaction of the side that it names. Raises ApiError (401, 403)."""
    found = await api_keys.find(connection, key)
    if found is None:
        raise _invalid(key)
    if found.has_ended(now):
        raise _unauthorized(f"Expired API Key provided: {_redacted(key)}", "api_key_expired")
    if found.kind == "publishable":
        raise ApiError(_PUBLISHABLE, code="secret_key_required", status=403)
    return found


def masked(key: ApiKey, livemode: bool) -> str:
    """A key as its owner recognises it: its kind and its last four characters."""
    prefix = f"{api_keys.PREFIXES[key.kind]}_{'live' if livemode else 'test'}_"
    return prefix + "*" * 40 + key.last4


def own_account_id(door: Door) -> str:
    """The account that a side is. Its customers' other names are longer, so that none is taken for it."""
    return ACCOUNT_PREFIX + door.public_id


def refuse_other_account(key: ApiKey, door: Door, named: str) -> None:
    """Raises ApiError (403), in Stripe's words, where an account is named that is not the key's own."""
    if named != own_account_id(door):
        raise ApiError(
            f"The provided key '{masked(key, door.livemode)}' does not have access to account"
            f" '{named[:255]}' (or that account does not exist). Application access may have been revoked.",
            code="account_invalid",
            status=403,
        )


def _invalid(key: str) -> ApiError:
    return _unauthorized(f"Invalid API Key provided: {_redacted(key)}")


def _unauthorized(message: str, code: str | None = None) -> ApiError:
    return ApiError(message, code=code, status=401, headers={"WWW-Authenticate": 'Bearer realm="Frontdesk"'})


def _redacted(key: str) -> str:
    """The kind of key and its last four characters, so that its owner recognises it and nobody else can use it."""
    known = {f"{prefix}_{mode}_" for prefix in api_keys.PREFIXES.values() for mode in ("test", "live")}
    prefix = key[:8] if key[:8] in known else ""
    rest = key[len(prefix) :]
    shown = rest[-4:] if len(rest) > 12 else ""
    return prefix + "*" * min(len(rest) - len(shown), 40) + (shown if shown.isalnum() else "")
