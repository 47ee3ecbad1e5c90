"""Which domain a tenant may send from, and when it is used."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontdesk.errors import Refused
from frontdesk.sender_domains import Checks, Standing, claimed_sender, new_selector

NOW = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
OPERATORS = ("billing.frontdesk.com", "mail.frontdesk.com")
SUFFIXES = ("com", "example", "co.uk", "github.io")


def registered(host: str) -> str | None:
    """As the public suffix list says, for the suffixes above."""
    for suffix in sorted(SUFFIXES, key=len, reverse=True):
        if host == suffix:
            return None
        if host.endswith("." + suffix):
            return host.removesuffix("." + suffix).rpartition(".")[2] + "." + suffix
    return None


def claim(local: str, domain: str) -> str:
    return "@".join(claimed_sender(local, domain, registered, OPERATORS))


@pytest.mark.parametrize(
    ("local", "domain", "address"),
    [
        ("billing", "acme.example", "billing@acme.example"),
        (" Billing ", " ACME.Example. ", "Billing@acme.example"),
        ("no-reply", "mail.acme.co.uk", "no-reply@mail.acme.co.uk"),
        ("rechnung", "bücher.example", "rechnung@xn--bcher-kva.example"),
        ("billing", "acme.github.io", "billing@acme.github.io"),
        ("billing", "notfrontdesk.com", "billing@notfrontdesk.com"),
    ],
)
def test_a_domain_of_ones_own(local: str, domain: str, address: str) -> None:
    assert claim(local, domain) == address


@pytest.mark.parametrize(
    ("local", "domain", "code"),
    [
        ("billing", "com", "sender_domain_invalid"),
        ("billing", "", "sender_domain_invalid"),
        ("billing", "https://acme.example", "sender_domain_invalid"),
        ("billing", "billing@acme.example", "sender_domain_invalid"),
        ("billing", "acme example.com", "sender_domain_invalid"),
        ("billing", "*.acme.example", "sender_domain_invalid"),
        ("billing", "127.0.0.1", "sender_domain_invalid"),
        ("billing", "acme.example\r\nBcc: x", "sender_domain_invalid"),
        ("billing", "co.uk", "sender_domain_public"),
        ("billing", "github.io", "sender_domain_public"),
        ("billing", "frontdesk.com", "sender_domain_operators"),
        ("billing", "billing.frontdesk.com", "sender_domain_operators"),
        ("billing", "acme.frontdesk.com", "sender_domain_operators"),
        ("billing", "Mail.FRONTDESK.com.", "sender_domain_operators"),
        ("", "acme.example", "sender_local_part_invalid"),
        ("a b", "acme.example", "sender_local_part_invalid"),
        ("a@b", "acme.example", "sender_local_part_invalid"),
        ("jürgen", "acme.example", "sender_local_part_invalid"),
        ("x" * 65, "acme.example", "sender_local_part_invalid"),
        ("a\r\nBcc: x", "acme.example", "sender_local_part_invalid"),
        ('"a"', "acme.example", "sender_local_part_invalid"),
    ],
)
def test_what_is_no_domain_of_ones_own(local: str, domain: str, code: str) -> None:
    with pytest.raises(Refused) as raised:
        claim(local, domain)
    assert raised.value.refusal.code == code


def test_selectors_are_labels_and_never_the_same() -> None:
    made = {new_selector() for _ in range(200)}
    assert len(made) == 200
    assert all(each.isascii() and each.isalnum() and each == each.lower() and len(each) == 14 for each in made)


def walk(*looks: tuple[float, bool]) -> Checks:
    """A domain that was looked at after so many hours, with these results."""
    checks = Checks(added=NOW)
    for hours, passed in looks:
        checks = checks.after(passed, NOW + hours * HOUR)
    return checks


@pytest.mark.parametrize(
    ("looks", "hours", "standing"),
    [
        ((), 0, "pending"),
        (((1, False), (2, False)), 1000, "pending"),
        (((1, True),), 1, "in_use"),
        (((1, True),), 1000, "in_use"),
        (((1, True), (25, False)), 25, "failing"),
        (((1, True), (25, False), (49, False), (73, False)), 96.9, "failing"),
        (((1, True), (25, False), (49, False), (73, False)), 97, "let_go"),
        # A worker that stopped looking does not keep it in use.
        (((1, True), (25, False)), 97, "let_go"),
        (((1, True), (25, False), (26, True)), 97, "in_use"),
        # Two days of failing, an hour of luck, two days of failing: never three days in one piece.
        (((1, True), (25, False), (73, True), (74, False), (122, False)), 122, "failing"),
        (((1, True), (25, False), (97, False), (200, True)), 200, "in_use"),
    ],
)
def test_it_is_used_once_verified_and_let_go_after_three_days(
    looks: tuple[tuple[float, bool], ...], hours: float, standing: Standing
) -> None:
    checks, now = walk(*looks), NOW + hours * HOUR
    assert checks.standing(now) == standing
    assert checks.used(now) == (standing in ("in_use", "failing"))


@pytest.mark.parametrize(
    ("looks", "hours", "wait"),
    [
        ((), 0, 1),
        (((1, False),), 24 * 7 - 1, 1),
        (((1, False),), 24 * 7, 24),
        (((1, True),), 1, 24),
        (((1, True), (25, False)), 25, 1),
        (((1, True), (25, False)), 97, 24),
    ],
)
def test_it_is_looked_at_daily_and_hourly_while_something_may_change(
    looks: tuple[tuple[float, bool], ...], hours: float, wait: float
) -> None:
    now = NOW + hours * HOUR
    assert walk(*looks).next_check(now) == now + wait * HOUR


@given(st.lists(st.tuples(st.floats(0.1, 50), st.booleans()), max_size=30))
def test_it_is_never_used_without_proof_nor_three_days_after_the_last_one(steps: list[tuple[float, bool]]) -> None:
    checks, now, last = Checks(added=NOW), NOW, None
    for hours, passed in steps:
        now += hours * HOUR
        if checks.used(now):
            assert last is not None
        checks = checks.after(passed, now)
        if passed:
            last = now
        assert checks.used(now) <= (last is not None)
        if checks.failing_since is not None:
            assert not checks.used(checks.failing_since + 72 * HOUR)
