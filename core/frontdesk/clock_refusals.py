"""Refusals of test clocks (Stripe's sentences where it has them)."""

from frontdesk.errors import Refusal


def sandbox_only() -> Refusal:
    """Test clocks are for sandboxes (Stripe's sentence)."""
    return Refusal(
        code="sandbox_only",
        for_customer="This cannot be done here. Please contact us.",
        for_tenant="This endpoint is only available in testmode. Try using your test keys instead.",
    )


def clock_advancing(clock: str) -> Refusal:
    """A test clock is on its way (Stripe's sentence)."""
    return Refusal(
        code="clock_advancing",
        for_customer="This account is just being moved on in time. Please try again in a moment.",
        for_tenant="Test clock advancement underway - cannot perform modifications: {clock}",
        parameters={"clock": clock},
        for_now=True,
    )


def clock_failed(clock: str) -> Refusal:
    """Something went wrong while a test clock was moved on."""
    return Refusal(
        code="clock_failed",
        for_customer="Something went wrong while this account was moved on in time. It is kept as it was then.",
        for_tenant="The test clock {clock} was stopped by an internal failure. It can still be read and deleted.",
        parameters={"clock": clock},
    )


def clock_time_impossible() -> Refusal:
    """Billing periods must be countable from there."""
    return Refusal(
        code="clock_time_impossible",
        for_customer="Please choose a date between 1 January 2000 and 31 December 2099.",
        for_tenant="`frozen_time` must lie between the years 2000 and 2099.",
        param="frozen_time",
    )


def clock_goes_forward() -> Refusal:
    """Time does not go back."""
    return Refusal(
        code="clock_goes_forward",
        for_customer="The clock only goes forward. Please choose a later date.",
        for_tenant="Must be after the test clock's current frozen time.",
        param="frozen_time",
    )


def clock_too_far(furthest: int) -> Refusal:
    """One move is bounded. `furthest` is in seconds since 1970."""
    return Refusal(
        code="clock_too_far",
        for_customer="The clock can be moved on by two years at most at a time. Please choose an earlier date.",
        for_tenant="Cannot be more than two years in the future of the test clock's current frozen time: at most"
        " {furthest}.",
        parameters={"furthest": furthest},
        param="frozen_time",
    )


def clock_full(most: int) -> Refusal:
    """A clock's customers are moved on, and deleted, together."""
    return Refusal(
        code="clock_full",
        for_customer="There are {most} customers on this clock already. Please create another clock.",
        for_tenant="A test clock has at most {most} customers. Create another one.",
        parameters={"most": most},
        param="test_clock",
    )
