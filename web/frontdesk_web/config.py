"""Configuration from the environment, read once into one frozen struct."""

import ipaddress
import os
import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from msgspec import Struct

from frontdesk.errors import Misconfigured
from frontdesk.plugins import allow_list
from frontdesk.secret import Secret

_DNS_PORT = 53
_LAST_PORT = 65535
_HOST = re.compile(r"([A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?", re.ASCII)
_REDIS_SCHEMES = ("redis://", "rediss://", "unix://")
_MECHANISM = re.compile(r"(include|a|mx|exists):[A-Za-z0-9._-]+|ip4:[0-9./]+|ip6:[0-9A-Fa-f:./]+", re.ASCII)


class Smtp(Struct, frozen=True, kw_only=True):
    """The operator's mail server, which carries passcodes and letters unless a tenant has a sender of its own."""

    host: str
    port: int = 587
    tls: str = "starttls"
    username: str | None = None
    password: Secret | None = None
    sender: str = ""

    def as_settings(self) -> dict[str, str | int]:
        """As the settings of a channel: the password is in them in clear."""
        settings: dict[str, str | int] = {"host": self.host, "port": self.port, "tls": self.tls, "sender": self.sender}
        if self.username:
            settings["username"] = self.username
        if self.password is not None:
            settings["password"] = self.password.reveal()
        return settings


class SmsGateway(Struct, frozen=True, kw_only=True):
    """The operator's gateway for text messages, which carries passcodes of tenants that have none of their own.

    The fields are settings of the plugin `otp_sms`, which checks them.
    """

    kind: str
    url: str
    account: str
    secret: Secret
    countries: tuple[str, ...]
    originator: str = ""
    home_country: str = ""


class Config(Struct, frozen=True, kw_only=True):
    """How this Frontdesk runs.

    `base_url` is the public address without a slash at its end. `plain_http` is for the demo alone: cookies are then
    neither `Secure` nor `__Host-`. In the `demo` all visitors sit at one machine, so limits do not go by network.
    `loopback_servers` lets tenants name servers on this machine, with http and any port too: webhook endpoints, an
    OpenID Connect provider, a gateway. Only for machines where nothing listens that its tenants must not reach.
    `trusted_proxies` are addresses whose X-Forwarded-For is believed. `mail_spf` are the SPF mechanisms that name the
    operator's mail servers; without any, tenants cannot send from domains of their own. `dns_servers` (address
    and port) are asked about those domains; none means the machine's own.
    """

    database_url: str
    base_url: str
    master_keys: tuple[Secret, ...]
    database_owner_url: str | None = None
    redis_url: str | None = None
    smtp: Smtp | None = None
    sms: SmsGateway | None = None
    plugins: frozenset[str] | None = None
    trusted_proxies: tuple[str, ...] = ()
    mail_spf: tuple[str, ...] = ()
    dns_servers: tuple[tuple[str, int], ...] = ()
    plain_http: bool = False
    development: bool = False
    demo: bool = False
    loopback_servers: bool = False

    def __repr__(self) -> str:
        # The addresses of servers hold passwords.
        return f"Config(base_url={self.base_url!r})"

    @property
    def host(self) -> str:
        """The host and port of `base_url`, as a Host header says it."""
        return urlsplit(self.base_url).netloc

    @property
    def own_hosts(self) -> tuple[str, ...]:
        """The hosts that are the operator's: of the public address and of the sender of mail."""
        sender = "" if self.smtp is None else self.smtp.sender.rpartition("@")[2]
        return tuple(each for each in (urlsplit(self.base_url).hostname, sender) if each)

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
    plain = _HOST.fullmatch(parts.netloc) and not parts.path and not parts.query and not parts.fragment
    if parts.scheme not in ("http", "https") or not plain:
        raise Misconfigured(
            "FRONTDESK_BASE_URL must be a scheme and a host, such as https://billing.example.com.",
            "FRONTDESK_BASE_URL",
        )
    keys = _needed(env, "FRONTDESK_MASTER_KEY", "32 or more random characters, such as `openssl rand -hex 32` prints")
    return Config(
        database_url=_needed(env, "DATABASE_URL", "the application role's PostgreSQL address"),
        database_owner_url=env.get("DATABASE_OWNER_URL") or None,
        redis_url=_redis(env),
        base_url=base_url,
        master_keys=tuple(Secret(each.strip()) for each in keys.split(",") if each.strip()),
        smtp=_smtp(env),
        sms=_sms(env),
        plugins=allow_list(env.get("FRONTDESK_PLUGINS")),
        trusted_proxies=_proxies(env),
        mail_spf=_spf(env),
        dns_servers=tuple(_name_server(each) for each in _listed(env, "FRONTDESK_DNS_SERVERS")),
        plain_http=parts.scheme == "http",
        development=env.get("FRONTDESK_DEVELOPMENT", "") == "1",
        loopback_servers=_loopback(env),
    )


def _redis(env: Mapping[str, str]) -> str | None:
    url = env.get("REDIS_URL", "").strip()
    if url and not url.startswith(_REDIS_SCHEMES):
        # Without the address: it holds a password.
        raise Misconfigured("REDIS_URL must be an address such as redis://:password@host:6379.", "REDIS_URL")
    return url or None


def _proxies(env: Mapping[str, str]) -> tuple[str, ...]:
    proxies = _listed(env, "FRONTDESK_TRUSTED_PROXIES")
    try:
        for each in proxies:
            ipaddress.ip_network(each, strict=False)
    except ValueError as error:
        raise Misconfigured(
            "FRONTDESK_TRUSTED_PROXIES holds addresses or blocks with commas between, such as 10.0.0.0/8.",
            "FRONTDESK_TRUSTED_PROXIES",
        ) from error
    return proxies


def _smtp(env: Mapping[str, str]) -> Smtp | None:
    host = env.get("SMTP_HOST")
    if not host:
        return None
    port = env.get("SMTP_PORT", "587")
    if not port.isascii() or not port.isdigit() or not 0 < int(port[:6]) <= _LAST_PORT:
        raise Misconfigured("SMTP_PORT must be the number of a port, such as 587.", "SMTP_PORT")
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


def _sms(env: Mapping[str, str]) -> SmsGateway | None:
    if not env.get("SMS_URL"):
        return None
    return SmsGateway(
        kind=_needed(env, "SMS_KIND", "kannel or twilio"),
        url=env["SMS_URL"],
        account=_needed(env, "SMS_ACCOUNT", "the user name at the gateway"),
        secret=Secret(_needed(env, "SMS_SECRET", "the password at the gateway")),
        countries=_listed(env, "SMS_COUNTRIES"),
        originator=env.get("SMS_ORIGINATOR", ""),
        home_country=env.get("SMS_HOME_COUNTRY", ""),
    )


def _loopback(env: Mapping[str, str]) -> bool:
    value = env.get("FRONTDESK_LOOPBACK_SERVERS", "") or "0"
    if value not in ("0", "1"):
        raise Misconfigured(
            "FRONTDESK_LOOPBACK_SERVERS is 1, so that tenants may name servers on this machine, or 0.",
            "FRONTDESK_LOOPBACK_SERVERS",
        )
    return value == "1"


def _spf(env: Mapping[str, str]) -> tuple[str, ...]:
    mechanisms = tuple(env.get("FRONTDESK_MAIL_SPF", "").split())
    for each in mechanisms:
        if not _MECHANISM.fullmatch(each):
            raise Misconfigured(
                "FRONTDESK_MAIL_SPF holds SPF mechanisms with spaces between, such as include:spf.example.com or"
                " ip4:192.0.2.10.",
                "FRONTDESK_MAIL_SPF",
            )
    return mechanisms


def _name_server(server: str) -> tuple[str, int]:
    """Address and port of `10.0.0.53`, `10.0.0.53:5353`, `::1` or `[::1]:5353`."""
    try:
        return str(ipaddress.ip_address(server)), _DNS_PORT
    except ValueError:
        pass
    try:
        parts = urlsplit(f"//{server}")
        return str(ipaddress.ip_address(parts.hostname or "")), parts.port or _DNS_PORT
    except ValueError:
        raise Misconfigured(
            "FRONTDESK_DNS_SERVERS holds addresses with commas between, such as 10.0.0.53 or 127.0.0.1:5353.",
            "FRONTDESK_DNS_SERVERS",
        ) from None


def _listed(env: Mapping[str, str], name: str) -> tuple[str, ...]:
    return tuple(each.strip() for each in env.get(name, "").split(",") if each.strip())


def _needed(env: Mapping[str, str], name: str, what: str) -> str:
    value = env.get(name, "").strip()
    if not value:
        raise Misconfigured(f"Set {name} to {what}.", name)
    return value
