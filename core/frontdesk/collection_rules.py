"""What a side can say of charging: how often it is tried again, and what becomes of a plan that nobody pays."""

from collections.abc import Iterator

from frontdesk.book import BillingSettings
from frontdesk.configuration_refusals import setting_invalid
from frontdesk.errors import Refusal

MOST_RETRIES = 8
"""Attempts after the first one, as at Stripe."""
LONGEST_WAIT = 30
"""Days from one attempt to the next."""


def collection_faults(settings: BillingSettings) -> tuple[Refusal, ...]:
    """What is wrong with the settings, each with its field in `param`."""
    return tuple(_faults(settings))


def _faults(settings: BillingSettings) -> Iterator[Refusal]:
    days = settings.collection.retry_days
    if len(days) > MOST_RETRIES:
        yield too_many_retries()
    elif any(not 1 <= each <= LONGEST_WAIT for each in days):
        yield retry_days_invalid()


def too_many_retries() -> Refusal:
    """A bank that is asked too often refuses for good."""
    return setting_invalid(
        "too_many_retries", "A payment can be tried again {maximum} times at most.", "retry_days", maximum=MOST_RETRIES
    )


def retry_days_invalid() -> Refusal:
    """The days from one attempt to the next."""
    return setting_invalid(
        "retry_days_invalid",
        "Enter days from 1 to {maximum}, with commas between them: 3, 5, 7.",
        "retry_days",
        maximum=LONGEST_WAIT,
    )
