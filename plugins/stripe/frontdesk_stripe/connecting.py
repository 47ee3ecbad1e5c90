"""Who is at the other end of a key, and what the key may not do.

Whether something may be written is found out by changing an object that there is not: Stripe looks at the key first,
so it answers "forbidden" or "not found", and nothing is changed.
"""

from frontdesk.errors import Misconfigured, Refused
from frontdesk.mirroring import Connected
from frontdesk.secret import Secret
from frontdesk.sentences import _
from frontdesk_stripe.connection import Connection, Shown, together
from frontdesk_stripe.permissions import PERMISSIONS, Forbidden, Permission

AT_ONCE = 5


async def connected(stripe: Connection, key: Secret) -> Connected:
    """See `BillingBackend.connect`."""
    livemode = mode_of(key)
    account = await _account(stripe)
    missing: list[str] = []
    for start in range(0, len(PERMISSIONS), AT_ONCE):
        some = PERMISSIONS[start : start + AT_ONCE]
        may = await together(*(_may(stripe, each) for each in some))
        missing += [each.written for each, good in zip(some, may, strict=True) if not good]
    return Connected(account=account["id"], name=name_of(account), livemode=livemode, missing=tuple(missing))


def mode_of(key: Secret) -> bool:
    """Whether a key is of the live mode.

    Raises:
        Misconfigured: it is none that servers use.
    """
    text = key.reveal()
    kind, rest = text.partition("_")[::2]
    if kind == "pk":
        raise Misconfigured(_("This is the publishable key. Enter a restricted key, which begins with rk_."), "api_key")
    if kind not in ("rk", "sk") or not text.isascii() or any(each.isspace() for each in text):
        raise Misconfigured(_("This is no key of Stripe's. Enter a restricted key, which begins with rk_."), "api_key")
    return rest.startswith("live_")


async def _account(stripe: Connection) -> Shown:
    try:
        return await stripe.get("/v1/account")
    except Forbidden as error:
        # Stripe says whose key it is even where the key may not read more of the account.
        if error.account is None:
            raise
        return {"id": error.account}


async def _may(stripe: Connection, permission: Permission) -> bool:
    method, path = permission.probe
    try:
        if method == "GET":
            await stripe.get(path, {"limit": 1})
        else:
            await stripe.preview(path, {})
    except Forbidden:
        return False
    except Refused:
        # It may; there is no such object.
        return True
    return True


def name_of(account: Shown) -> str:
    """What an account is called, by whatever name there is."""
    dashboard = (account.get("settings") or {}).get("dashboard") or {}
    profile = account.get("business_profile") or {}
    found = dashboard.get("display_name") or profile.get("name") or account.get("email") or account["id"]
    return str(found)
