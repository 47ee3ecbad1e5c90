"""A walk tells of every place at which something is wrong, and stops at none."""

import pytest
from walked import on_each


async def test_a_walk_goes_on_and_names_all_faults() -> None:
    asked = []

    @on_each(["GET /a", "GET /b", "GET /c"])
    async def test(limit: int, spot: str) -> None:
        asked.append(spot)
        assert len(asked) % 2 < limit

    with pytest.raises(ExceptionGroup, match="at GET /a; GET /c") as told:
        await test(limit=1)
    assert asked == ["GET /a", "GET /b", "GET /c"]
    assert [each.__notes__ for each in told.value.exceptions] == [["at GET /a"], ["at GET /c"]]


def test_a_walk_without_a_place_is_a_mistake() -> None:
    with pytest.raises(AssertionError, match="nothing to walk"):
        on_each([])
