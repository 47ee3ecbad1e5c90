"""No two pages have one key in the cache, whatever requests put into it (trust.md B13)."""

import uuid

from hypothesis import given
from hypothesis import strategies as st

from frontdesk_tenants.page_cache import page_key

A, B = uuid.UUID(int=1), uuid.UUID(int=2)
PARTS = st.lists(st.none() | st.text(alphabet="\x1f\x00:-0123a") | st.text(), min_size=3, max_size=6)


@given(st.sampled_from([A, B]), PARTS, st.sampled_from([A, B]), PARTS)
def test_different_lists_have_different_keys(
    side: uuid.UUID, parts: list[str | None], other: uuid.UUID, others: list[str | None]
) -> None:
    assert (page_key(side, *parts) == page_key(other, *others)) == ((side, parts) == (other, others))


@given(st.text(alphabet="\x1f\x00:-0123a", min_size=1), st.data())
def test_what_two_parts_say_together_is_not_what_one_says(text: str, data: st.DataObject) -> None:
    """One text, cut in two in all ways."""
    keys = {page_key(A, text[:at], text[at:]) for at in range(len(text) + 1)}
    assert len(keys) == len(text) + 1
    assert page_key(A, text, None) not in keys
    assert page_key(A, text) not in keys
