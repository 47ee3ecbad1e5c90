"""Which customer is opened (acceptance 3): the table, and that its order does not matter."""

from datetime import UTC, datetime
from itertools import permutations

import pytest

from frontdesk.book import SubscriptionStatus
from frontdesk.sign_in import Candidate, choose_customer, others, why_opened


def candidate(customer: str, year: int, *statuses: SubscriptionStatus, deleted: bool = False) -> Candidate:
    created = datetime(year, 1, 1, tzinfo=UTC)
    return Candidate(customer=customer, created=created, statuses=statuses, deleted=deleted)


TABLE = [
    ("nobody", [], None),
    ("one without subscriptions", [candidate("a", 2020)], "a"),
    ("the newest with an active subscription", [candidate("a", 2020, "active"), candidate("b", 2021, "active")], "b"),
    ("an older one with, a newer one without", [candidate("a", 2020, "active"), candidate("b", 2021)], "a"),
    ("trialing is active", [candidate("a", 2020, "trialing"), candidate("b", 2021, "canceled")], "a"),
    ("past due is active", [candidate("a", 2020, "past_due"), candidate("b", 2021, "unpaid")], "a"),
    ("unpaid is not", [candidate("a", 2020, "unpaid"), candidate("b", 2021)], "b"),
    ("paused is not", [candidate("a", 2020, "paused"), candidate("b", 2021)], "b"),
    ("incomplete is not", [candidate("a", 2020, "incomplete"), candidate("b", 2021)], "b"),
    ("expired is not", [candidate("a", 2020, "incomplete_expired"), candidate("b", 2021)], "b"),
    ("none has one: the newest", [candidate("a", 2020, "canceled"), candidate("b", 2021, "canceled")], "b"),
    ("one active among ended ones", [candidate("a", 2020, "canceled", "active"), candidate("b", 2021)], "a"),
    ("deleted never", [candidate("a", 2020), candidate("b", 2021, "active", deleted=True)], "a"),
    ("only deleted ones", [candidate("a", 2020, "active", deleted=True)], None),
    ("one instant: the greater id", [candidate("a", 2020, "active"), candidate("b", 2020, "active")], "b"),
]


@pytest.mark.parametrize(("candidates", "opened"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_which_customer_is_opened(candidates: list[Candidate], opened: str | None) -> None:
    for order in permutations(candidates):
        chosen = choose_customer(order)
        assert (chosen.customer if chosen else None) == opened


def test_the_switcher_has_the_others() -> None:
    candidates = [candidate("a", 2019), candidate("b", 2021, "active"), candidate("c", 2020, deleted=True)]
    candidates.append(candidate("d", 2022))
    assert [each.customer for each in others(candidates, "b")] == ["d", "a"]


@pytest.mark.parametrize(
    ("candidates", "why"),
    [
        ([], None),
        ([candidate("a", 2020, deleted=True)], None),
        ([candidate("a", 2020, "canceled"), candidate("b", 2021, deleted=True)], "only"),
        ([candidate("a", 2020, "active"), candidate("b", 2021)], "only_active"),
        ([candidate("a", 2020, "active"), candidate("b", 2021, "trialing")], "newest_active"),
        ([candidate("a", 2020), candidate("b", 2021, "canceled")], "newest"),
    ],
)
def test_the_reason_is_told(candidates: list[Candidate], why: str | None) -> None:
    assert why_opened(candidates) == why
