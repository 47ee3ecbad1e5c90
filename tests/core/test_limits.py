"""Limits: every stranger runs into them, no owner is kept out by one (acceptance 6, trust.md A9, A10, A18)."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from frontdesk.limits import (
    LIMITS,
    Act,
    Check,
    Visitor,
    block_of,
    checks,
    first_exceeded,
    may_live,
    network_of,
    next_letter_at,
)
from frontdesk.passcodes import PasscodeRules

NOW = datetime(2026, 11, 22, tzinfo=UTC)
RULES = PasscodeRules()
OWNER = "jenny@example.com"


class Counters:
    """What storage does, within one window: add one to each key."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()

    def act(self, act: Act, visitor: Visitor) -> Check | None:
        asked = checks(act, visitor)
        for check in asked:
            self.counts[check.key] += 1
        return first_exceeded(asked, [self.counts[check.key] for check in asked])


def visitor(peer: str = "203.0.113.7", address: str = OWNER, browser: str | None = None) -> Visitor:
    return Visitor(tenant="ten_1", address=address, peer=peer, browser=browser)


def test_the_table_of_the_source() -> None:
    figures = {(each.act, each.scope, int(each.window.total_seconds())): each.count for each in LIMITS}
    for key, count in {
        ("request", "address", 3600): 5,
        ("request", "address", 86400): 10,
        ("failure", "address", 300): 5,
        ("failure", "address", 3600): 10,
        ("failure", "address", 86400): 20,
        ("request", "network", 300): 10,
        ("request", "network", 3600): 30,
        ("failure", "network", 300): 10,
        ("failure", "network", 3600): 50,
        ("failure", "network_block", 3600): 100,
        ("request", "tenant", 600): 200,
        ("failure", "everywhere", 3600): 3000,
    }.items():
        assert figures[key] == count
    assert len({each.name for each in LIMITS}) == len(LIMITS)


def test_a_network_can_never_fill_the_pool_of_an_address() -> None:
    shared = {(each.act, each.window): each.count for each in LIMITS if each.scope == "address"}
    own = {(each.act, each.window): each.count for each in LIMITS if each.scope == "address_network"}
    assert shared.keys() == own.keys()
    assert all(own[key] < shared[key] for key in shared)


@pytest.mark.parametrize("act", ["request", "failure"])
def test_a_flood_from_everywhere_does_not_reach_the_browser_of_the_owner(act: Act) -> None:
    counters = Counters()
    outcomes = [counters.act(act, visitor(f"203.0.{block}.{host}")) for block in range(100) for host in range(1, 11)]
    assert sum(outcome is None for outcome in outcomes) <= 5
    assert counters.act(act, visitor("198.51.100.1")) is not None
    assert counters.act(act, visitor("203.0.1.1", browser="br_owner")) is None


@pytest.mark.parametrize("act", ["request", "failure"])
def test_a_flood_from_one_network_does_not_reach_the_owner_anywhere_else(act: Act) -> None:
    counters = Counters()

    def flood(visitor: Visitor) -> int:
        """Refused attempts are not carried out, so they take nothing from the pool of the address."""
        done = 0
        for _ in range(200):
            asked = checks(act, visitor)
            counts = [counters.counts[check.key] + 1 for check in asked]
            if first_exceeded(asked, counts) is None:
                done += 1
                counters.counts.update(check.key for check in asked)
        return done

    assert flood(visitor("2001:db8:1:1::1")) == 3
    assert flood(visitor("2001:db8:1:1:ffff::2")) == 0
    assert flood(visitor("198.51.100.1")) > 0


def test_an_owner_has_quotas_too() -> None:
    counters = Counters()
    owner = visitor(browser="br_owner")
    assert [counters.act("failure", owner) is None for _ in range(6)] == [True] * 5 + [False]
    assert counters.act("failure", visitor()) is None


def test_a_token_is_worth_nothing_for_another_address_or_tenant() -> None:
    mine = {check.key for check in checks("failure", visitor(browser="br_1")) if check.limit.effect == "refuse"}
    for other in (
        visitor(address="other@example.com", browser="br_1"),
        Visitor(tenant="ten_2", address=OWNER, peer="203.0.113.7", browser="br_1"),
        visitor(browser="br_2"),
        visitor(),
    ):
        keys = {check.key for check in checks("failure", other) if check.limit.effect == "refuse"}
        assert mine.isdisjoint(keys)


def test_many_addresses_from_one_network_and_one_block() -> None:
    counters = Counters()
    done = [counters.act("request", visitor(address=f"{number}@example.com")) is None for number in range(20)]
    assert done.count(True) == 10
    counters = Counters()
    done = [
        counters.act("failure", visitor(f"203.0.113.{number}", f"{number}@example.com")) is None
        for number in range(120)
    ]
    assert done.count(True) == 100


def test_what_is_global_makes_codes_longer_and_refuses_nobody() -> None:
    asked = checks("failure", visitor())
    counts = [1 if check.limit.scope != "everywhere" else 3001 for check in asked]
    assert first_exceeded(asked, counts) is None
    found = first_exceeded(asked, counts, "longer_codes")
    assert found is not None
    assert found.limit.scope == "everywhere"
    asked = checks("request", visitor())
    counts = [1 if check.limit.scope != "tenant" else 201 for check in asked]
    assert first_exceeded(asked, counts) is None
    assert first_exceeded(asked, counts, "queue") is not None


def test_no_key_names_an_address() -> None:
    for who in (visitor(), visitor(browser="br_1")):
        for act in ("request", "failure"):
            for check in checks(act, who):
                assert OWNER not in check.key
                assert "jenny" not in check.key


@pytest.mark.parametrize(
    ("peer", "network", "block"),
    [
        ("203.0.113.7", "203.0.113.7/32", "203.0.113.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64", "2001:db8:1::/48"),
        ("2001:0DB8:0001:0002::9", "2001:db8:1:2::/64", "2001:db8:1::/48"),
        ("::ffff:203.0.113.7", "203.0.113.7/32", "203.0.113.0/24"),
        ("fe80::1%eth0", "fe80::/64", "fe80::/48"),
        ("", "unknown", "unknown"),
        ("203.0.113.7, 10.0.0.1", "unknown", "unknown"),
        ("not an address", "unknown", "unknown"),
    ],
)
def test_networks(peer: str, network: str, block: str) -> None:
    assert (network_of(peer), block_of(peer)) == (network, block)


def test_letters_are_spaced() -> None:
    sent: list[datetime] = []
    waits = []
    now = NOW
    for _ in range(5):
        at = next_letter_at(sent, now, RULES)
        waits.append((at - now).total_seconds())
        now = at
        sent.append(now)
    assert waits == [0, 60, 120, 300, 300]
    assert next_letter_at(sent, now, RULES) == NOW + timedelta(hours=1)


def test_no_storm_of_requests_gets_more_than_five_an_hour_or_ten_a_day() -> None:
    sent: list[datetime] = []
    for second in range(0, 2 * 86400, 20):
        now = NOW + timedelta(seconds=second)
        if next_letter_at(sent, now, RULES) <= now:
            sent.append(now)
    assert len(sent) == 20
    for start in sent:
        assert sum(start <= each < start + timedelta(hours=1) for each in sent) <= 5
        assert sum(start <= each < start + timedelta(days=1) for each in sent) <= 10


def test_the_owner_has_a_pool_of_letters_of_their_own() -> None:
    assert visitor().pool == visitor("198.51.100.1").pool
    assert visitor(browser="br_owner").pool not in (visitor().pool, visitor(browser="br_2").pool)


def test_how_many_codes_live() -> None:
    stranger, owner = visitor(), visitor(browser="br_owner")
    assert may_live(0, 0, stranger, RULES)
    assert may_live(1, 1, stranger, RULES)
    assert not may_live(2, 2, stranger, RULES)
    assert may_live(2, 0, visitor("198.51.100.1"), RULES)
    assert not may_live(3, 0, visitor("198.51.100.1"), RULES)
    assert may_live(2, 2, owner, RULES)
    assert not may_live(3, 3, owner, RULES)
