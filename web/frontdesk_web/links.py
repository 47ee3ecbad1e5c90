"""Addresses that are given away: login links and session links. The side's public id stands in front of the token."""

from frontdesk_tenants.directory import Door
from frontdesk_web.config import Config

SANDBOX = "test_"
RECOVERY = "again_"
"""Stands in the place of a login link where a session of the API is begun again; the browser's cookie says which."""


def login_link(config: Config, door: Door, login_token: str) -> str:
    """The address of a configuration's login page; `test_` in front marks the sandbox, as Stripe's do."""
    return config.url(f"/p/login/{'' if door.livemode else SANDBOX}{door.public_id}{login_token}")


def session_link(config: Config, token: str) -> str:
    """The address that opens a portal session made by API. `token` is the whole secret."""
    return config.url(f"/p/session/{token}")


def recovery_path(door: Door) -> str:
    """The path of the page where a browser's session that is over can be begun again."""
    return f"/p/login/{RECOVERY}{door.public_id}"
