"""What restricted keys may do."""

from hypothesis import given
from hypothesis import strategies as st

from frontdesk.api_permissions import Area, permission_name, permits, written

AREAS = st.sampled_from(list(Area))
CHOICES = st.sampled_from(["read", "write", "none", "all", ""])


@given(st.dictionaries(AREAS.map(lambda area: area.value), CHOICES), AREAS)
def test_who_may_write_may_read_and_nobody_more_than_was_chosen(chosen: dict[str, str], area: Area) -> None:
    kept = written(chosen)
    assert permits(kept, area, "write") == (chosen.get(area.value) == "write")
    assert permits(kept, area, "read") == (chosen.get(area.value) in ("read", "write"))
    assert set(kept.values()) <= {"read", "write"}


def test_a_key_without_permissions_of_its_own_may_everything() -> None:
    assert all(permits(None, area, "write") for area in Area)
    assert not any(permits({}, area, "read") for area in Area)
    assert written({"no such area": "write"}) == {}
    assert permission_name(Area.PRICES, "read") == "plan_read"
