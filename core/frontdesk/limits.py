"""How often a sign-in may be tried: the limits of trust.md §A2 as data, and which of them count for whom.

The rule behind the table is that a stranger who floods an address must not keep its owner out:

* A browser that signed in to an address before carries a token for exactly that address. Its attempts are counted by
  that token alone, in a pool that no stranger can fill: not by address, not by network.
* All other browsers share the pool of the address. Within it one network has about half, so that one that floods
  runs dry before the pool does, and the owner gets in from anywhere else. Who floods from many networks can fill the
  pool for browsers that are new to the address, never for those that are not.

Addresses without a customer are counted like all others; the answer is the same. Counters lie with the tenants
package: it adds one to each key of `checks` and asks `first_exceeded`. Windows are fixed pieces of the clock or
sliding, as storage likes.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Literal

from msgspec import Struct

from frontdesk.passcodes import PasscodeRules

Act = Literal["request", "failure", "bundle", "new_address", "invoice_link", "backend"]
"""Asking for a code, or typing one that is not accepted; the others are in `frontdesk.customer_limits`."""
Scope = Literal[
    "address",
    "address_network",
    "known_browser",
    "network",
    "network_block",
    "tenant",
    "everywhere",
    "customer",
    "letter",
]
Effect = Literal["refuse", "queue", "longer_codes"]
"""What an exceeded limit does: no letter or no comparison; the letter waits; 8 digits everywhere for 24 h."""

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(hours=24)
LIVE_PER_NETWORK = 2


class Limit(Struct, frozen=True, kw_only=True):
    """At most `count` acts in `window` for each value of the scope."""

    name: str
    act: Act
    scope: Scope
    count: int
    window: timedelta
    effect: Effect = "refuse"

    @property
    def seconds(self) -> int:
        """The window in seconds: how long it takes until none of the acts counts any more."""
        return int(self.window.total_seconds())


def _limits(act: Act, scope: Scope, *figures: tuple[int, timedelta], effect: Effect = "refuse") -> tuple[Limit, ...]:
    return tuple(
        Limit(
            name=f"{act}:{scope}:{int(window.total_seconds())}",
            act=act,
            scope=scope,
            count=count,
            window=window,
            effect=effect,
        )
        for count, window in figures
    )


LIMITS: tuple[Limit, ...] = (
    *_limits("request", "address", (5, HOUR), (10, DAY)),
    *_limits("request", "address_network", (3, HOUR), (6, DAY)),
    *_limits("request", "known_browser", (5, HOUR), (10, DAY)),
    *_limits("request", "network", (10, 5 * MINUTE), (30, HOUR)),
    *_limits("request", "tenant", (200, 10 * MINUTE), effect="queue"),
    *_limits("failure", "address", (5, 5 * MINUTE), (10, HOUR), (20, DAY)),
    *_limits("failure", "address_network", (3, 5 * MINUTE), (6, HOUR), (10, DAY)),
    *_limits("failure", "known_browser", (5, 5 * MINUTE), (10, HOUR), (20, DAY)),
    *_limits("failure", "network", (10, 5 * MINUTE), (50, HOUR)),
    *_limits("failure", "network_block", (100, HOUR)),
    *_limits("failure", "everywhere", (3_000, HOUR), effect="longer_codes"),
)


class Visitor(Struct, frozen=True, kw_only=True):
    """Who tries to sign in, as far as limits are concerned.

    `address` is folded, `peer` is the IP address of the connection's other end (or of what a trusted proxy names);
    None where it tells nobody apart, because all visitors sit at this machine (the demo).
    `browser` is the public id of a token that was given to this browser when it signed in to *this* address; None
    for all others, whatever other tokens the browser has.
    """

    tenant: str
    address: str
    peer: str | None
    browser: str | None = None

    @property
    def pool(self) -> str:
        """The key of the pool of letters that this visitor draws from: their browser's own, or the address's."""
        if self.browser is not None:
            return key_of("known_browser", self.tenant, self.address, self.browser)
        return key_of("address", self.tenant, self.address)


class Check(Struct, frozen=True, kw_only=True):
    """A counter to add to and to compare: `key` is for storage and names no address in clear."""

    limit: Limit
    key: str


def checks(act: Act, visitor: Visitor) -> tuple[Check, ...]:
    """All counters that an act of this visitor adds to, the narrowest first."""
    keys = _keys(visitor)
    return tuple(
        Check(limit=limit, key=f"{limit.name}:{keys[limit.scope]}")
        for limit in LIMITS
        if limit.act == act and limit.scope in keys
    )


def first_exceeded(asked: Sequence[Check], counts: Sequence[int], effect: Effect = "refuse") -> Check | None:
    """The first check whose count, this act included, is past its limit; `counts` in the order of the checks."""
    pairs = zip(asked, counts, strict=True)
    return next((each for each, count in pairs if each.limit.effect == effect and count > each.limit.count), None)


def _keys(visitor: Visitor) -> dict[Scope, str]:
    keys: dict[Scope, str] = {"tenant": key_of("tenant", visitor.tenant), "everywhere": "everywhere"}
    if visitor.browser is not None:
        # Not even the network counts: a stranger may share it (an office, a mobile carrier), and a token is only
        # given to who has proven the address.
        keys["known_browser"] = visitor.pool
        return keys
    keys["address"] = visitor.pool
    if visitor.peer is None:
        return keys
    network = network_of(visitor.peer)
    keys["address_network"] = key_of("address_network", visitor.tenant, visitor.address, network)
    keys["network"] = network
    keys["network_block"] = block_of(visitor.peer)
    return keys


def key_of(*parts: str) -> str:
    """What a counter is kept under: a hash of what it counts for, so that storage names nobody."""
    text = "\0".join(parts).encode("utf-8", "surrogatepass")
    return hashlib.sha256(text).hexdigest()[:32]


# -- networks ---------------------------------------------------------------------------------------------------------


def network_of(peer: str) -> str:
    """What counts as one visitor: an IPv4 address, or the /64 of an IPv6 address. "unknown" for anything else."""
    return _prefix(peer, 32, 64)


def block_of(peer: str) -> str:
    """The neighbourhood: the /24 of an IPv4 address, or the /48 of an IPv6 address."""
    return _prefix(peer, 24, 48)


def _prefix(peer: str, four: int, six: int) -> str:
    try:
        address: IPv4Address | IPv6Address = ip_address(peer.partition("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    length = four if isinstance(address, IPv4Address) else six
    return str(ip_network((address, length), strict=False))


# -- letters ----------------------------------------------------------------------------------------------------------


def next_letter_at(
    sent: Sequence[datetime], now: datetime, rules: PasscodeRules, same_way: Sequence[datetime] | None = None
) -> datetime:
    """From when on another letter may go to a pool (`Visitor.pool`) that got letters at these times; `now` at once.

    Letters whose code was used to sign in are left out of `sent`: their owner wanted them.
    Letters are 60, 120 and then 300 seconds apart, at most five an hour and ten a day. Asked sooner, nothing is
    sent and the page says what it always says. `same_way` are those of `sent` that went as this one shall, None for
    all: who asks for a text because no e-mail came need not wait for it, but all of them count for hour and day.
    """
    times = sorted(each for each in sent if each > now - DAY)
    recent = [each for each in times if each > now - HOUR]
    alike = recent if same_way is None else sorted(each for each in same_way if each > now - HOUR)
    earliest = [now]
    if alike:
        earliest.append(alike[-1] + rules.resend_after[min(len(alike), len(rules.resend_after)) - 1])
    if len(recent) >= rules.letters_per_hour:
        earliest.append(recent[-rules.letters_per_hour] + HOUR)
    if len(times) >= rules.letters_per_day:
        earliest.append(times[-rules.letters_per_day] + DAY)
    return max(earliest)


def may_live(live_in_pool: int, live_from_network: int, visitor: Visitor, rules: PasscodeRules) -> bool:
    """Whether one more challenge may get a code that lives.

    `live_in_pool` counts the challenges of the visitor's pool that are neither used, expired nor exhausted, and
    `live_from_network` those of them asked for from the visitor's network. A challenge of the same browser, which its
    cookie names, ends when that browser asks again and is not counted. No other is ever put out by a newer one, or a
    stranger could put out the owner's.
    """
    if live_in_pool >= rules.live_per_address:
        return False
    return visitor.browser is not None or visitor.peer is None or live_from_network < LIVE_PER_NETWORK
