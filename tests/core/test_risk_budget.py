"""A-BUDGET: whatever is tried, in whatever order, the chance of having guessed a code stays below the bound."""

from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from msgspec.structs import replace

from frontdesk.passcodes import Challenge, PasscodeRules, judge, new_challenge, new_code
from frontdesk.risk_budget import (
    INSTANCE_WEIGHT,
    TENANT_WEIGHT,
    AccountRisk,
    SharedRisk,
    demand,
    holds_up,
    instance_after,
    tenant_after,
    weight_of,
)
from frontdesk.secret import Secret

NOW = datetime(2026, 11, 22, tzinfo=UTC)
RULES = PasscodeRules()
PEPPER = Secret("pepper")
HOUR = timedelta(hours=1)
BOUND = 208_000  # 2.08e-5 in units of 1e-10: twenty guesses at six digits and eighty at eight


def fail(account: AccountRisk, times: int, digits: int, now: datetime = NOW) -> AccountRisk:
    """What is kept of an address after so many wrong guesses more (`tallies`)."""
    weight = account.weight + times * weight_of(digits)
    return AccountRisk(weight=weight, failures=account.failures + times, last_failure=now)


def test_weights() -> None:
    assert [weight_of(digits) for digits in (6, 8, 10)] == [10_000, 100, 1]


def test_codes_grow_with_the_account() -> None:
    account = fail(AccountRisk(), 19, 6)
    assert demand(account, NOW).digits == 6
    account = fail(account, 1, 6)
    assert demand(account, NOW).digits == 8
    account = fail(account, 79, 8)
    assert demand(account, NOW).digits == 8
    account = fail(account, 1, 8)
    assert demand(account, NOW).digits == 10
    assert account.weight == BOUND
    assert demand(AccountRisk(), NOW).digits == 6


def test_after_a_hundred_failures_strangers_wait_an_hour_and_the_owner_does_not() -> None:
    account = fail(AccountRisk(), 100, 8)
    assert demand(account, NOW).not_before == NOW + HOUR
    assert demand(account, NOW).delays(NOW + timedelta(minutes=59))
    assert not demand(account, NOW).delays(NOW + HOUR)
    owner = demand(account, NOW, known_browser=True)
    assert (owner.not_before, owner.digits) == (None, 10)


def test_the_owner_is_told_once_in_a_run() -> None:
    assert not fail(AccountRisk(), 99, 8).is_to_be_told
    account = fail(AccountRisk(), 100, 8)
    assert account.is_to_be_told
    assert fail(AccountRisk(), 101, 8).is_to_be_told, "who was there before this was told of"
    assert not replace(account, told=True).is_to_be_told


def test_what_beginning_anew_would_end() -> None:
    assert not holds_up(fail(AccountRisk(), 9, 6), NOW)
    assert holds_up(fail(AccountRisk(), 10, 6), NOW)
    assert not holds_up(fail(AccountRisk(), 10, 6), NOW + timedelta(seconds=30))
    assert holds_up(fail(AccountRisk(), 20, 6), NOW + timedelta(days=365))


def test_delays_grow() -> None:
    waits = [demand(fail(AccountRisk(), failures, 8), NOW).not_before for failures in (9, 10, 20, 50, 100)]
    seconds = [(wait - NOW).total_seconds() if wait else 0 for wait in waits]
    assert seconds == [0, 30, 60, 300, 3600]


def test_codes_grow_with_the_tenant_for_a_week() -> None:
    calm = tenant_after(SharedRisk(weight=TENANT_WEIGHT - 1), NOW)
    assert demand(AccountRisk(), NOW, tenant=calm).digits == 6
    alarmed = tenant_after(SharedRisk(weight=TENANT_WEIGHT), NOW)
    assert demand(AccountRisk(), NOW, tenant=alarmed).digits == 8
    quiet = tenant_after(SharedRisk(weight=0, steps=alarmed.steps, until=alarmed.until), NOW + timedelta(days=3))
    assert quiet.until == alarmed.until
    assert demand(AccountRisk(), NOW + timedelta(days=6, hours=23), tenant=quiet).digits == 8
    assert demand(AccountRisk(), NOW + timedelta(days=7), tenant=quiet).digits == 6
    assert demand(AccountRisk(), NOW, tenant=tenant_after(SharedRisk(weight=2 * TENANT_WEIGHT), NOW)).digits == 10


def test_a_tenant_with_many_sign_ins_may_have_many_typing_errors() -> None:
    """5 % of 10,000 successes are 500 wrong codes."""
    busy = SharedRisk(weight=499 * weight_of(6), successes=10_000)
    assert tenant_after(busy, NOW).steps == 0
    assert tenant_after(SharedRisk(weight=500 * weight_of(6), successes=10_000), NOW).steps == 1


def test_codes_grow_everywhere_for_a_day() -> None:
    alarmed = instance_after(SharedRisk(weight=INSTANCE_WEIGHT), NOW)
    assert demand(AccountRisk(), NOW + timedelta(hours=23), instance=alarmed).digits == 8
    assert demand(AccountRisk(), NOW + timedelta(hours=24), instance=alarmed).digits == 6
    assert instance_after(SharedRisk(weight=INSTANCE_WEIGHT - 1), NOW).steps == 0


class Attack:
    """One address under attack, with the clock, the letters and the guesses in a random order.

    `exposed` sums the chances of the guesses that were compared since the last success; `compared` counts them.
    """

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.patience = self.random.choice((0.13, 0.131, 0.2))
        self.now = NOW
        self.account = AccountRisk()
        self.live: list[tuple[Challenge, str]] = []
        self.exposed = 0
        self.compared = 0
        self.last: datetime | None = None

    def step(self) -> None:
        """Mostly a patient attacker, who asks for letters and waits as long as must be; sometimes the customer."""
        act = self.random.random()
        until = demand(self.account, self.now).not_before
        if until is not None and self.random.random() < 0.8:
            self.now = max(self.now, until)
        if act < 0.1 or not self.live or self.now >= self.live[-1][0].expires_at:
            self.ask()
        elif act < 0.13:
            self.now += timedelta(minutes=self.random.choice((1, 5, 11)))
        elif act < self.patience:
            self.guess(right=True)
        else:
            self.guess(right=False)

    def ask(self) -> None:
        code = new_code(demand(self.account, self.now).digits)
        made = new_challenge(
            id="ch_1",
            tenant="t",
            address="a@x.de",
            code=code,
            pepper=PEPPER,
            kid="k",
            now=self.now,
            rules=RULES,
        )
        self.live = [*self.live, (made, code)][-40:]

    def guess(self, *, right: bool) -> None:
        # Mostly the newest code, sometimes one that was sent long before.
        place = self.random.randrange(len(self.live)) if self.random.random() < 0.2 else len(self.live) - 1
        challenge, code = self.live[place]
        wanted = demand(self.account, self.now)
        wrong = f"{(int(code) + 1) % 10 ** len(code):0{len(code)}d}"
        judgement = judge(
            challenge,
            code if right else wrong,
            PEPPER,
            self.now,
            rules=RULES,
            least_digits=wanted.digits,
            limited=wanted.delays(self.now),
        )
        self.live[place] = (judgement.challenge, code)
        if judgement.accepted:
            self.account, self.exposed, self.compared, self.last = AccountRisk(), 0, 0, None
        elif judgement.adds_risk:
            self.exposed += weight_of(challenge.digits)
            self.check(challenge.digits)
            self.account = fail(self.account, 1, challenge.digits, self.now)

    def check(self, digits: int) -> None:
        """A guess was compared: is the sum within the bound, and did the hundred before it have their effect?"""
        self.compared += 1
        assert self.exposed <= BOUND + max(0, self.compared - 100)
        if self.compared > 100:
            assert digits == 10
            assert self.last is not None
            assert self.now - self.last >= HOUR
        self.last = self.now


def swarm(sequences: int, first: int = 0) -> int:
    """Runs attacks; how many of them went on until codes had ten digits."""
    driven = 0
    for seed in range(first, first + sequences):
        attack = Attack(seed)
        for _ in range(attack.random.choice((15, 15, 15, 40, 300))):
            attack.step()
        assert attack.exposed == attack.account.weight
        driven += demand(attack.account, attack.now).digits == 10
    return driven


def test_no_sequence_exceeds_the_budget() -> None:
    assert swarm(300) > 20


@pytest.mark.long
def test_no_sequence_of_ten_thousand_exceeds_the_budget() -> None:
    assert swarm(10_000, first=1_000) > 500


def test_without_outgrown_codes_the_budget_would_not_hold() -> None:
    """The control: forty codes of six digits, sent before the account grew suspicious, are a budget of their own."""
    attack = Attack(1)
    for _ in range(40):
        attack.ask()
    compared = sum(
        judge(challenge, "x", PEPPER, NOW, rules=RULES).adds_risk for challenge, _ in attack.live for _ in range(5)
    )
    assert compared * weight_of(6) > BOUND
    for _ in range(500):
        attack.now += timedelta(seconds=1)
        attack.guess(right=False)
    assert attack.exposed == 20 * weight_of(6)
