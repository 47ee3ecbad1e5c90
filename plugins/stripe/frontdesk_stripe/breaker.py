"""When to leave Stripe alone, and when to ask it again (trust.md §F4).

Plain classes to which the clock is told: monotonic seconds.
"""

from collections import deque
from enum import Enum
from math import ceil

WINDOW_SECONDS = 30.0
LEAST_CALLS = 10
PROBE_SECONDS = 5.0
TIME_OUTS = 5
BUDGET = 0.1
MOST_SAVED = 5.0


class Outcome(Enum):
    """What became of a call: whether Stripe is well, not whether it said yes."""

    ANSWERED = "answered"
    FAILED = "failed"
    TIMED_OUT = "timed_out"


class Breaker:
    """Opens once half of at least ten calls in thirty seconds failed, or five timed out in a row.

    While it is open one call every five seconds is let through; the first that is answered closes it.
    """

    def __init__(self) -> None:
        self._calls: deque[tuple[float, Outcome]] = deque()
        self._time_outs = 0
        self._next_probe: float | None = None
        self._held_until = 0.0

    @property
    def is_open(self) -> bool:
        """Whether Stripe is taken to be away."""
        return self._next_probe is not None

    def wait(self, now: float) -> int:
        """After how many whole seconds a call may be made; 0 lets this one through, as a probe where it is open."""
        if now < self._held_until:
            return max(1, ceil(self._held_until - now))
        if self._next_probe is None:
            return 0
        if now < self._next_probe:
            return max(1, ceil(self._next_probe - now))
        self._next_probe = now + PROBE_SECONDS
        return 0

    def hold(self, now: float, seconds: float) -> None:
        """Stripe asked to be left alone for that long."""
        self._held_until = max(self._held_until, now + seconds)

    def record(self, now: float, outcome: Outcome) -> None:
        """What became of a call that was let through."""
        self._calls.append((now, outcome))
        while self._calls[0][0] <= now - WINDOW_SECONDS:
            self._calls.popleft()
        self._time_outs = self._time_outs + 1 if outcome is Outcome.TIMED_OUT else 0
        if outcome is Outcome.ANSWERED:
            if self._next_probe is not None:
                self._next_probe = None
                self._calls.clear()
            return
        if self._next_probe is None and (self._time_outs >= TIME_OUTS or self._half_failed()):
            self._next_probe = now + PROBE_SECONDS

    def _half_failed(self) -> bool:
        failed = sum(outcome is not Outcome.ANSWERED for _, outcome in self._calls)
        return len(self._calls) >= LEAST_CALLS and 2 * failed >= len(self._calls)


class RetryBudget:
    """Retries may be a tenth of all calls. What was not used is saved up for a while, but not for long."""

    def __init__(self) -> None:
        self._saved = 0.0

    def called(self) -> None:
        """A call was made that is no retry."""
        self._saved = min(MOST_SAVED, self._saved + BUDGET)

    def take(self) -> bool:
        """Whether one more retry may be made, which is then taken off."""
        if self._saved < 1 - 1e-9:
            return False
        self._saved -= 1
        return True
