"""A card is good until its month is over, and is said to be about to end from the month before on."""

from datetime import UTC, datetime, timedelta

import pytest

from frontdesk.payment_methods import Standing
from frontdesk.test_cards import CARDS, new_method

MADE = datetime(2026, 11, 16, tzinfo=UTC)
CARD = new_method("pm_1", CARDS["visa"], MADE).card
INSTANT = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("now", "standing", "until"),
    [
        (MADE, "good", datetime(2030, 11, 1, tzinfo=UTC)),
        (datetime(2030, 11, 1, tzinfo=UTC) - INSTANT, "good", datetime(2030, 11, 1, tzinfo=UTC)),
        (datetime(2030, 11, 1, tzinfo=UTC), "ending", datetime(2031, 1, 1, tzinfo=UTC)),
        (datetime(2031, 1, 1, tzinfo=UTC) - INSTANT, "ending", datetime(2031, 1, 1, tzinfo=UTC)),
        (datetime(2031, 1, 1, tzinfo=UTC), "expired", None),
    ],
)
def test_a_card_of_december_2030(now: datetime, standing: Standing, until: datetime | None) -> None:
    assert CARD is not None
    assert (CARD.exp_month, CARD.exp_year) == (12, 2030)
    assert CARD.standing(now) == standing
    assert CARD.stands_until(now) == until
