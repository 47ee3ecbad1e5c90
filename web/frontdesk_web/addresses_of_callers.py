"""Who is calling: the peer's address, or what a trusted proxy says of it."""

from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from frontdesk_web.any_request import AnyRequest
from frontdesk_web.config import Config

Address = IPv4Address | IPv6Address
NOBODY = ip_address("::")
"""Stands for a peer without an address, such as one on a Unix socket: all of them share one limit."""


def caller(request: AnyRequest, config: Config) -> Address:
    """The address that limits are counted by.

    X-Forwarded-For is read from its end, where the nearest proxy wrote, for as long as a trusted proxy stands there;
    what a stranger wrote in front of that counts for nothing (trust.md A18).
    """
    client = request.scope.get("client")
    address = _parsed(client[0]) if client else None
    proxies = trusted_networks(config.trusted_proxies)
    if address is None:
        return NOBODY
    hops = ",".join(request.headers.getall("x-forwarded-for", [])).split(",")
    while hops and any(address in network for network in proxies if network.version == address.version):
        before = _parsed(hops.pop().strip())
        if before is None:
            break
        address = before
    return address


@lru_cache(maxsize=8)
def trusted_networks(proxies: tuple[str, ...]) -> list[IPv4Network | IPv6Network]:
    """The networks of `trusted_proxies`: addresses, or blocks such as `10.0.0.0/8`."""
    return [ip_network(each, strict=False) for each in proxies]


def _parsed(text: str) -> Address | None:
    try:
        address = ip_address(text.strip("[]"))
    except ValueError:
        return None
    # A socket that listens on both shows IPv4 callers as ::ffff:192.0.2.1.
    return getattr(address, "ipv4_mapped", None) or address
