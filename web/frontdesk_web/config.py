"""Configuration from the environment, read once into one frozen struct."""

import os
from collections.abc import Mapping
from urllib.parse import urlsplit

from msgspec import Struct

from frontdesk.errors import Misconfigured
from frontdesk.plugins import allow_list
from frontdesk.secret import Secret


class Smtp(Struct, frozen=True, kw_only=True):
    """The operator's mail server, which carries passcodes and letters unless a tenant has a sender of its own."""

    host: str
    port: int = 587
    tls: str = "starttls"
    username: str | None = None
    password: Secret | None = None
    sender: str = ""


class Config(Struct, frozen=True, kw_only=True):
    """How this Frontdesk runs.

    `base_url` is the public address without a slash at its end. `plain_http` is for the demo alone: cookies are then
    neither `Secure` nor `__Host-`. In the `demo` all visitors sit at one machine, so limits do not go by network.
    `loopback_servers` lets tenants name servers on this machine, an OpenID Connect provider say: demo and tests alone.
    `trusted_proxies` are addresses whose X-Forwarded-For is believed.
    """

    database_url: str
    base_url: str
    master_keys: tuple[Secret, ...]
    database_owner_url: str | None = None
    redis_url: str | None = None
    smtp: Smtp | None = None
    plugins: frozenset[str] | None = None
    trusted_proxies: tuple[str, ...] = ()
    plain_http: bool = False
    development: bool = False
    demo: bool = False
    loopback_servers: bool = False

    @property
    def host(self) -> str:
        """The host and port of `base_url`, as a Host header says it."""
        return urlsplit(self.base_url).netloc

    def url(self, path: str) -> str:
        """A public address on this Frontdesk."""
        return self.base_url + path


def from_environment(environment: Mapping[str, str] | None = None) -> Config:
    """The configuration that the environment says.

    Raises:
        Misconfigured: something is missing or cannot be read; the message names the variable and what to set.
    """
    env = os.environ if environment is None else environment
    base_url = _needed(env, "FRONTDESK_BASE_URL", "the public address, such as https://billing.example.com").rstrip("/")
    parts = urlsplit(base_url)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.path or parts.query:
        raise Misconfigured(
            "FRONTDESK_BASE_URL must be a scheme and a host, such as https://billing.example.com.",
            "FRONTDESK_BASE_URL",
        )
    keys = _needed(env, "FRONTDESK_MASTER_KEY", "32 or more random characters, such as `openssl rand -hex 32` prints")
    return Config(
        database_url=_needed(env, "DATABASE_URL", "the application role's PostgreSQL address"),
        database_owner_url=env.get("DATABASE_OWNER_URL") or None,
        redis_url=env.get("REDIS_URL") or None,
        base_url=base_url,
        master_keys=tuple(Secret(each.strip()) for each in keys.split(",") if each.strip()),
        smtp=_smtp(env),
        plugins=allow_list(env.get("FRONTDESK_PLUGINS")),
        trusted_proxies=tuple(each.strip() for each in env.get("FRONTDESK_TRUSTED_PROXIES", "").split(",") if each),
        plain_http=parts.scheme == "http",
        development=env.get("FRONTDESK_DEVELOPMENT", "") == "1",
    )


def _smtp(env: Mapping[str, str]) -> Smtp | None:
    host = env.get("SMTP_HOST")
    if not host:
        return None
    port = env.get("SMTP_PORT", "587")
    if not port.isascii() or not port.isdigit():
        raise Misconfigured("SMTP_PORT must be a number, such as 587.", "SMTP_PORT")
    tls = env.get("SMTP_TLS", "starttls")
    if tls not in ("none", "starttls", "tls"):
        raise Misconfigured("SMTP_TLS must be one of none, starttls, tls.", "SMTP_TLS")
    password = env.get("SMTP_PASSWORD")
    return Smtp(
        host=host,
        port=int(port),
        tls=tls,
        username=env.get("SMTP_USERNAME") or None,
        password=Secret(password) if password else None,
        sender=_needed(env, "SMTP_SENDER", "the address that mail comes from"),
    )


def _needed(env: Mapping[str, str], name: str, what: str) -> str:
    value = env.get(name, "").strip()
    if not value:
        raise Misconfigured(f"Set {name} to {what}.", name)
    return value
