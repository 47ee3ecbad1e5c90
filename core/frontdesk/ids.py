"""Opaque ids: Stripe's prefix and 22 base62 characters of a UUIDv7 (RFC 9562 §5.7)."""

import secrets
from collections.abc import Callable
from datetime import datetime

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

Ids = Callable[[str], str]
"""A source of ids: called with a prefix (`"sub"`), it gives a new id (`"sub_…"`)."""


def base62(number: int, length: int) -> str:
    """`number` in base 62, padded with zeros to `length` characters, so that texts sort as the numbers do."""
    digits = []
    for _ in range(length):
        number, digit = divmod(number, 62)
        digits.append(ALPHABET[digit])
    return "".join(reversed(digits))


def random_token(length: int) -> str:
    """`length` random base62 characters (5.95 bits each) from the operating system's source."""
    return base62(secrets.randbelow(62**length), length)


class IdSource:
    """New ids that sort in the order in which they were asked for, all stamped with one instant.

    The counter in the 12 bits after the time keeps the order within one millisecond; past 4,096 ids it carries
    into the time, which stays harmless because ids are opaque.
    """

    def __init__(self, now: datetime) -> None:
        self._milliseconds = int(now.timestamp() * 1000)
        self._count = 0

    def __call__(self, prefix: str) -> str:
        milliseconds, count = self._milliseconds + (self._count >> 12), self._count & 0xFFF
        self._count += 1
        number = milliseconds << 80 | 0x7 << 76 | count << 64 | 0b10 << 62 | secrets.randbits(62)
        return f"{prefix}_{base62(number, 22)}"


class CountingIds:
    """Predictable ids (`sub_0000…1`), for simulations and tests."""

    def __init__(self, start: int = 0) -> None:
        self._count = start

    def __call__(self, prefix: str) -> str:
        self._count += 1
        return f"{prefix}_{base62(self._count, 22)}"
