"""The addresses of PostgreSQL as an operator writes them, and why one of them does not lead there.

What is said never repeats an address: it holds a password.
"""

import psycopg
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from frontdesk.errors import Misconfigured

_SCHEMES = ("postgresql", "postgres")


def driver_url(url: str, variable: str) -> URL:
    """A libpq URL, which the operator wrote into `variable`, as SQLAlchemy takes it. Raises Misconfigured."""
    try:
        found = make_url(url)
    except (ArgumentError, ValueError):
        found = None
    if found is None or found.drivername not in _SCHEMES:
        raise Misconfigured(
            f"{variable} must be an address such as postgresql://role:password@host:5432/database.", variable
        )
    return found.set(drivername="postgresql+psycopg")


def reason_of(error: BaseException) -> str | None:
    """What PostgreSQL or the way to it said, in one line without a full stop, where it is behind `error`."""
    behind: BaseException | None = error
    while behind is not None:
        cause = getattr(behind, "orig", behind)
        if isinstance(cause, psycopg.Error):
            line = str(cause).strip().partition("\n")[0]
            return line.removeprefix("connection failed: ").rstrip(".") or None
        behind = behind.__cause__
    return None
