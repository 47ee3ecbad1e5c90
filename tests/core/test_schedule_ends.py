"""How and when a schedule came to its end."""

from datetime import timedelta

import pytest
from msgspec.structs import replace
from seat_shop import open_shop, subscription_of

from frontdesk.book import PlannedItem, PutOffChange, Scheduled, Subscription
from frontdesk.schedule_ends import PastSchedule

DAY = timedelta(days=1)


@pytest.fixture
async def running() -> Subscription:
    """A subscription of which nothing waits, on its first day."""
    return subscription_of(await open_shop())


def waiting(running: Subscription) -> Subscription:
    """A change waits for the end of the period since its second day."""
    items = (PlannedItem(id=running.items[0].id, price="team", quantity=5),)
    return replace(running, put_off=PutOffChange(items=items, asked=running.period_start + DAY))


def later(running: Subscription) -> Subscription:
    """The same in its next period."""
    start, end = running.period_end, running.period_end + 30 * DAY
    return replace(running, items=tuple(replace(each, period_start=start, period_end=end) for each in running.items))


async def test_what_is_taken_back_was_released_when_that_was_noted(running: Subscription) -> None:
    before, noted = waiting(running), running.period_start + 3 * DAY
    past = PastSchedule(before=before, after=running, noted_at=noted)
    assert (past.status, past.over_at) == ("released", noted)
    # A test clock goes at another time: not before it was asked for, and not after the period.
    for at, shown in ((-400, 1), (400, (running.period_end - running.period_start).days)):
        past = replace(past, noted_at=running.period_start + at * DAY)
        assert past.over_at == running.period_start + shown * DAY


async def test_what_came_about_was_released_then(running: Subscription) -> None:
    noted = running.period_end + 9 * DAY
    for before in (
        waiting(running),
        replace(
            running, scheduled=Scheduled(asked=running.created, begun=running.period_start, until=running.period_end)
        ),
    ):
        past = PastSchedule(before=before, after=later(running), noted_at=noted)
        assert (past.status, past.over_at) == ("released", running.period_end)


async def test_an_end_that_was_planned_completes_it_and_one_before_cancels_it(running: Subscription) -> None:
    before = replace(waiting(running), cancel_at=running.period_end)
    for days, status in ((0, "completed"), (1, "canceled")):
        at = running.period_end - days * DAY
        after = replace(running, status="canceled", ended_at=at)
        past = PastSchedule(before=before, after=after, noted_at=at + 50 * DAY)
        assert (past.status, past.over_at) == (status, at)
    unplanned = PastSchedule(before=waiting(running), after=after, noted_at=at)
    assert unplanned.status == "canceled"
