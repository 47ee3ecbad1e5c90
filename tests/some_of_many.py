"""Some of many things to try at one place, where there are many places that are alike.

Each thing is met at many places, though no place meets them all; `make test-long` tries everything everywhere.
"""

import zlib
from collections.abc import Sequence
from typing import Protocol, TypeVar

import pytest

T = TypeVar("T")


class Choice(Protocol):
    """Which of the things a place meets: `count` of them, or more."""

    def __call__(self, things: Sequence[T], place: str, count: int) -> Sequence[T]: ...


def some(things: Sequence[T], place: str, count: int) -> Sequence[T]:
    """`count` of the things: others at other places, always the same at one."""
    first = zlib.crc32(place.encode())
    return [things[(first + step) % len(things)] for step in range(min(count, len(things)))]


def every(things: Sequence[T], place: str, count: int) -> Sequence[T]:
    """All of them, whatever the place."""
    return things


@pytest.fixture(params=[pytest.param(some, id="some"), pytest.param(every, id="every", marks=pytest.mark.long)])
def choose(request: pytest.FixtureRequest) -> Choice:
    """Some of them in `make test`, all in `make test-long`."""
    chosen: Choice = request.param
    return chosen
