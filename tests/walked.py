"""One test that walks many places and tells of all that is wrong at its end.

A test for each of some thousand places would spend more on being a test than on what it asks.
"""

import functools
import inspect
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, TypeVar

T = TypeVar("T")
Test = Callable[..., Awaitable[None]]

SHOWN = 5
"""Of how many faults the way to them is shown: the places of the others are named."""


def on_each(places: Iterable[T], name: str = "spot") -> Callable[[Test], Test]:
    """Make a test that is handed one of the places as its argument `name` walk all of them.

    A place where it fails hinders no other. What the test asks for besides is made once, for the whole walk. Places
    that leave nothing to walk are a mistake.
    """
    walked = list(places)
    assert walked, "there is nothing to walk"

    def walking(test: Test) -> Test:
        @functools.wraps(test)
        async def walk(**asked: Any) -> None:
            faults: dict[str, Exception] = {}
            for place in walked:
                try:
                    await test(**asked, **{name: place})
                except Exception as fault:
                    fault.add_note(f"at {place}")
                    faults[str(place)] = fault
            if faults:
                raise ExceptionGroup(f"at {'; '.join(faults)}", list(faults.values())[:SHOWN])

        of_test = inspect.signature(test)
        rest = [each for each in of_test.parameters.values() if each.name != name]
        walk.__signature__ = of_test.replace(parameters=rest)  # type: ignore[attr-defined]
        return walk

    return walking
