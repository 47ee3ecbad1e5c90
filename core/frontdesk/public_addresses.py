"""Which servers on the internet may be asked on a tenant's word, such as an OpenID Connect provider.

A tenant who could make us ask any address would see our own network through us (server-side request forgery, trust.md
B14). So: https by name, two ports, and every address that the name stands for must be a public one.
"""

import re
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

from msgspec import Struct

from frontdesk.errors import Misconfigured

PORTS = (443, 8443)
LONGEST = 2048

# https://www.iana.org/assignments/iana-ipv4-special-registry, and where clouds tell machines their secrets.
_PRIVATE_4 = tuple(
    map(
        IPv4Network,
        (
            "0.0.0.0/8",
            "10.0.0.0/8",
            "100.64.0.0/10",
            "127.0.0.0/8",
            "168.63.129.16/32",
            "169.254.0.0/16",
            "172.16.0.0/12",
            "192.0.0.0/24",
            "192.0.2.0/24",
            "192.88.99.0/24",
            "192.168.0.0/16",
            "198.18.0.0/15",
            "198.51.100.0/24",
            "203.0.113.0/24",
            "224.0.0.0/3",
        ),
    )
)
# https://www.iana.org/assignments/iana-ipv6-special-registry: what is not below 2000::/3 is no host on the internet;
# below it lie documentation, Teredo and other tunnels (2001::/23), and 6to4, which carries IPv4 addresses of any kind.
_UNICAST_6 = IPv6Network("2000::/3")
_PRIVATE_6 = tuple(map(IPv6Network, ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")))
_NAT64 = IPv6Network("64:ff9b::/96")
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)\Z")
_TOP = re.compile(r"(?:[a-z]{2,63}|xn--[a-z0-9-]{1,59})\Z")


class PublicUrl(Struct, frozen=True):
    """An address that a tenant gave, in its parts. That its form is right says nothing of where its name leads."""

    text: str
    host: str
    port: int


def parse_public_url(text: str, field: str = "url") -> PublicUrl:
    """Read an https address of a server on the internet.

    Raises:
        Misconfigured: it has another form; the sentence says what it should be.
    """
    if not text.isascii() or not text.isprintable() or any(each in text for each in ' "<>\\^`{|}'):
        raise Misconfigured("Write the address with plain letters, without spaces. IDNs begin with xn--.", field)
    if len(text) > LONGEST:
        raise Misconfigured(f"The address may have at most {LONGEST} characters.", field)
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port or 443
    except ValueError:
        raise Misconfigured("This is no address of a server, such as https://login.example.com.", field) from None
    if parts.scheme != "https" or not text.lower().startswith("https://"):
        raise Misconfigured("The address must begin with https://.", field)
    if "@" in parts.netloc:
        raise Misconfigured("The address must hold no user name and no password.", field)
    if "#" in text:
        raise Misconfigured("The address must have no part after a #.", field)
    if port not in PORTS or parts.netloc.endswith(":"):
        raise Misconfigured("Only the ports 443 and 8443 can be asked.", field)
    if not _is_name(host):
        raise Misconfigured("The address must name a server on the internet, such as login.example.com.", field)
    return PublicUrl(text, host, port)


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether an address belongs to a host on the internet: not to us, our network, a cloud's innards or nobody."""
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _PRIVATE_4)
    carried = address.ipv4_mapped or (IPv4Address(int(address) & 0xFFFFFFFF) if address in _NAT64 else None)
    if carried is not None:
        return is_public(carried)
    return address in _UNICAST_6 and not any(address in network for network in _PRIVATE_6)


def are_public(addresses: Iterable[str]) -> bool:
    """Whether there are any, and all of them are public. One that is not spoils the rest: no name is both."""
    parsed = [ip_address(each.partition("%")[0]) for each in addresses]
    return bool(parsed) and all(map(is_public, parsed))


def _is_name(host: str) -> bool:
    """A domain name with a top that is one: never an IP address in any of its spellings, never a single word."""
    labels = host.split(".")
    return (
        len(host) <= 253
        and len(labels) > 1
        and all(map(_LABEL.match, labels))
        and _TOP.match(labels[-1]) is not None
        and labels[-1] not in ("localhost", "local", "internal", "onion", "invalid")
    )
