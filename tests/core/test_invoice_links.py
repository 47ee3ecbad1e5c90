"""How long the link to an invoice is good (Stripe's rule, portal_spec.md §C.10)."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace
from paid_invoices import NOON, invoice

from frontdesk.invoice_links import good_until, has_page

DAY = timedelta(days=1)
MIDNIGHT = NOON.replace(hour=0)


@pytest.mark.parametrize(
    ("due", "now", "days"),
    [
        pytest.param(None, 0, 30, id="thirty days after it was issued"),
        pytest.param(14, 0, 44, id="thirty days after it is due"),
        pytest.param(14, 33, 44, id="the same address as long as ten days are left"),
        pytest.param(14, 34, 45, id="ten days at least for whoever is given it"),
        pytest.param(200, 0, 120, id="never more than 120 days"),
        pytest.param(14, 500, 511, id="ten days, however old"),
        pytest.param(14, -300, -180, id="of next year, by a test clock: 120 days from now"),
    ],
)
def test_a_link_is_good_until_a_midnight(due: int | None, now: int, days: int) -> None:
    due_date = None if due is None else NOON + due * DAY
    one = replace(invoice(), finalized_at=NOON, due_date=due_date)
    assert good_until(one, NOON + now * DAY) == MIDNIGHT + days * DAY


def test_all_of_one_day_are_given_the_same_address() -> None:
    one = replace(invoice(), finalized_at=NOON, due_date=NOON)
    first, last = datetime(2027, 5, 1, tzinfo=UTC), datetime(2027, 5, 1, 23, 59, 59, tzinfo=UTC)
    assert good_until(one, first) == good_until(one, last) == datetime(2027, 5, 12, tzinfo=UTC)


def test_a_draft_has_no_page() -> None:
    assert has_page(invoice())
    assert not has_page(replace(invoice(), status="draft"))
