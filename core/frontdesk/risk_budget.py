"""The risk budget: how long a passcode must be, so that guessing never pays (trust.md §A3).

A limit per hour alone is not enough: twenty guesses a day for a year are a chance of 0.7 %. So every wrong guess adds
its chance, 10^-digits, to three counters, and codes grow as these fill:

| counter | full at | then |
|---|---|---|
| account, since its last success | 2e-5 (20 wrong at 6 digits) | two digits more until a success |
| account, since its last success | 100 wrong | 10 digits, one attempt an hour, a letter to its owner |
| tenant, 24 h | 1e-4 (100 wrong), or 5 % of its successes if more | two digits more for the tenant, 7 days |
| instance, 24 h | 1e-3 | two digits more for everybody, 24 h |

Nobody is ever locked out: only the codes become longer. A code that was sent before and is shorter than what is
demanded now is not compared any more (`passcodes.judge`), or the codes that live would be a budget of their own.

The letter goes once in each run of failures, to a customer who has the address, and holds a link by which its reader
says "it was me": the account then begins anew, as after a success. So it does at the word of staff, who speak with the
customer. Neither lets anybody guess more than the budget: to follow the link takes the mailbox, and whoever reads that
signs in with the next code anyway, which begins anew too (NIST SP 800-63B-4 §3.2.2: the count is reset by a success). A
link is good for its own run alone, once, and for `LINK_LASTS`.

Weights are integers, in units of 10^-10: the chance of one guess at ten digits.
"""

from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from frontdesk.passcodes import LEAST_DIGITS, MOST_DIGITS

STEP = 2
ACCOUNT_WEIGHT = 200_000
ACCOUNT_FAILURES = 100
TENANT_WEIGHT = 1_000_000
TENANT_SHARE = 20
"""One in so many successes is how many wrong codes an honest day has."""
INSTANCE_WEIGHT = 10_000_000
LINK_LASTS = timedelta(days=7)
"""How long the link of the letter to an account's owner is good, from when the code was asked for."""
TENANT_STICKS = timedelta(days=7)
INSTANCE_STICKS = timedelta(hours=24)
WINDOW = timedelta(hours=24)
"""Over which the weights of tenant and instance are summed."""

_DELAYS = (
    (100, timedelta(hours=1)),
    (50, timedelta(minutes=5)),
    (20, timedelta(seconds=60)),
    (10, timedelta(seconds=30)),
)


def weight_of(digits: int) -> int:
    """What one wrong guess at a code of so many digits adds, in units of 10^-10."""
    return int(10 ** (MOST_DIGITS - digits))


class AccountRisk(Struct, frozen=True, kw_only=True):
    """Wrong guesses for one (tenant, folded address) since its last success, whether or not a customer has it.

    `told` says that its owner was told of this run of failures.
    """

    weight: int = 0
    failures: int = 0
    last_failure: datetime | None = None
    told: bool = False

    @property
    def is_to_be_told(self) -> bool:
        """Whether its owner is to be told now: once in a run."""
        return self.failures >= ACCOUNT_FAILURES and not self.told


class SharedRisk(Struct, frozen=True, kw_only=True):
    """Wrong guesses of a tenant or of the instance.

    `weight` and `successes` are sums over the last `WINDOW`, which storage gives. `steps` (0 to 2) and `until` are
    kept: by how many steps codes are longer, and for how long.
    """

    weight: int = 0
    successes: int = 0
    steps: int = 0
    until: datetime | None = None

    def steps_at(self, now: datetime) -> int:
        """By how many steps codes are longer now."""
        return self.steps if self.until is not None and now < self.until else 0


def tenant_after(risk: SharedRisk, now: datetime) -> SharedRisk:
    """The tenant's risk after a failure was counted in its weight: codes grow if the budget is spent."""
    honest = risk.successes * weight_of(LEAST_DIGITS) // TENANT_SHARE
    return _raised(risk, max(TENANT_WEIGHT, honest), TENANT_STICKS, now)


def instance_after(risk: SharedRisk, now: datetime) -> SharedRisk:
    """The instance's risk after a failure was counted in its weight. Tell the operator when its steps grew."""
    return _raised(risk, INSTANCE_WEIGHT, INSTANCE_STICKS, now)


def _raised(risk: SharedRisk, budget: int, sticks: timedelta, now: datetime) -> SharedRisk:
    spent = min(2, risk.weight // budget)
    standing = risk.steps_at(now)
    if spent > standing:
        return replace(risk, steps=spent, until=now + sticks)
    return replace(risk, steps=standing, until=risk.until if standing else None)


class Demand(Struct, frozen=True, kw_only=True):
    """What the budget demands of the next code and the next guess.

    `digits` is for new codes and the least for codes sent before. No guess counts before `not_before`.
    """

    digits: int
    not_before: datetime | None = None

    def delays(self, now: datetime) -> bool:
        """Whether a guess now comes too soon."""
        return self.not_before is not None and now < self.not_before


def holds_up(account: AccountRisk, now: datetime) -> bool:
    """Whether an account's own failures make its codes longer or its guesses wait: beginning anew would end that."""
    demanded = demand(account, now)
    return demanded.digits > LEAST_DIGITS or demanded.delays(now)


def demand(
    account: AccountRisk,
    now: datetime,
    *,
    tenant: SharedRisk | None = None,
    instance: SharedRisk | None = None,
    known_browser: bool = False,
) -> Demand:
    """What is demanded now of an account.

    The delays bind browsers that never signed in to this address. One that did has its owner's limits of its own
    (`frontdesk.limits`): a stranger who keeps guessing makes the owner's codes longer, and never makes them wait.
    """
    steps = max(
        1 if account.weight >= ACCOUNT_WEIGHT else 0,
        2 if account.failures >= ACCOUNT_FAILURES else 0,
        tenant.steps_at(now) if tenant else 0,
        instance.steps_at(now) if instance else 0,
    )
    longest = account.failures >= ACCOUNT_FAILURES
    not_before = None
    if account.last_failure is not None and not known_browser:
        wait = next((delay for failures, delay in _DELAYS if account.failures >= failures), None)
        not_before = None if wait is None else account.last_failure + wait
    return Demand(
        digits=MOST_DIGITS if longest else min(MOST_DIGITS, LEAST_DIGITS + STEP * steps),
        not_before=not_before,
    )
