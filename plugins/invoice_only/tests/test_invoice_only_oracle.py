"""D9: the engine against a second biller, written differently and without its code (tests/oracle)."""

from concurrent.futures import ProcessPoolExecutor
from random import Random

import pytest
from oracle.comparing import difference, report, shrunk
from oracle.stories import lived

MANY, IN_ALL, AT_ONCE = 2_000, 100_000, 500


def test_two_thousand_random_stories() -> None:
    """Others on each day would hide what has just been broken: these are always the same."""
    assert [found for found in map(report, range(MANY)) if found] == []


@pytest.mark.long
def test_a_hundred_thousand_random_stories() -> None:
    """Another hundred thousand each time."""
    first = Random().randrange(10**9)
    starts = range(first, first + IN_ALL, AT_ONCE)
    with ProcessPoolExecutor() as processes:
        found = [each for some in processes.map(_reports, starts) for each in some]
    assert found == []


def test_a_difference_is_found_and_told_shortly() -> None:
    """A story with a flaw in it (only the engine refuses a beginning that is to come) is cut down to what shows it."""
    wait = {"do": "wait", "at": 1_700_000_000}
    items = [{"price": "m1000", "quantity": 1}, {"price": "m2001", "quantity": 2}]
    odd = {"do": "create", "at": 1_700_000_100, "mode": "flexible", "items": items, "back": -1}
    deeds = [wait, odd, wait | {"at": 1_700_900_000}]
    assert difference(lived(deeds)) == "deed 1: the oracle does it, the engine refuses"
    assert shrunk(deeds) == [odd | {"items": items[1:]}]


def _reports(first: int) -> list[str]:
    return [found for found in map(report, range(first, first + AT_ONCE)) if found]
