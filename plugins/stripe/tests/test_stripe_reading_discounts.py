"""Discounts of which no more than the id was given are never read as none."""

import pytest

from frontdesk_stripe.reading.discounts import discounts_of
from frontdesk_stripe.reading.wire import Unreadable


def test_discounts_that_were_not_asked_for_are_not_passed_over() -> None:
    with pytest.raises(Unreadable, match="invoice in_1: its discounts were not asked for"):
        discounts_of("invoice in_1", ["di_1"], {}, set())


@pytest.mark.parametrize("none", [None, []])
def test_who_has_no_discount_has_none(none: list[str] | None) -> None:
    assert discounts_of("sub_1", none, {}, set()) == ()
