"""The addresses of the dashboard's doors, and the safe part of "go on to where I wanted to go"."""

import re
from urllib.parse import quote

from frontdesk_web.any_request import AnyRequest

SIGN_IN = "/dashboard/sign-in"
CODE = f"{SIGN_IN}/code"
CODE_AGAIN = f"{CODE}/again"
FACTOR = f"{SIGN_IN}/second-factor"
ENROL = f"{FACTOR}/set-up"
FRESH = "/dashboard/confirm"
"""Where somebody proves once more who they are."""
SIGN_OUT = "/dashboard/sign-out"
SESSION = "/dashboard/session"
"""Where pages ask how long their session lasts."""
WORKPLACES = "/dashboard"
ACCOUNT = "/dashboard/account"
INVITATION = "/dashboard/invitation"
SINGLE_SIGN_ON = "/dashboard/sso"
CALLBACK = "/dashboard/sso-callback"
"""Where identity providers send people back to."""
SIGN_UP = "/dashboard/sign-up"
SIGN_UP_DETAILS = f"{SIGN_UP}/details"
SIGN_UP_WAITING = f"{SIGN_UP}/waiting"
SIGN_UP_INVITATION = f"{SIGN_UP}/invitation"
OPERATOR = "/operator"

# Below our own pages, and nothing that a browser could read as another host.
_NEXT = re.compile(r"/(dashboard|operator)(/[A-Za-z0-9_.-]+)*/?(\?[A-Za-z0-9_=&%.-]*)?", re.ASCII)


def wanted(request: AnyRequest) -> str | None:
    """Where the visitor wanted to go before they had to sign in: `?next=`, if it is one of our own pages."""
    asked = request.query_params.getall("next", [])
    return asked[0] if len(asked) == 1 and len(asked[0]) <= 500 and _NEXT.fullmatch(asked[0]) else None


def signs_up(target: str | None) -> bool:
    """Whether somebody is on the way to signing up."""
    return target is not None and target.startswith(SIGN_UP)


def with_next(path: str, target: str | None, **query: str) -> str:
    """A path that remembers where to go on to."""
    parts = [f"{name}={quote(value, safe='')}" for name, value in query.items()]
    if target is not None:
        parts.append(f"next={quote(target, safe='')}")
    return path + ("?" + "&".join(parts) if parts else "")


def here(request: AnyRequest) -> str:
    """The page that was asked for, to come back to by GET."""
    query = request.scope["query_string"].decode("latin-1")
    return str(request.scope["path"]) + (f"?{query}" if query else "")
