"""What reminders of a side can be: days in their order, texts that name nothing unknown."""

from collections.abc import Iterator

from frontdesk.billing_details import plain_text
from frontdesk.book import BillingSettings
from frontdesk.errors import Refusal, Refused
from frontdesk.reminder_refusals import reminder_days, reminder_order, reminder_placeholder, reminder_text_empty
from frontdesk.reminders import (
    BODY_LENGTH,
    MAXIMUM_DAYS,
    STAGES,
    SUBJECT_LENGTH,
    ReminderText,
    unknown_placeholder,
)


def faults_of(settings: BillingSettings) -> tuple[Refusal, ...]:
    """What is wrong with the days, each with the field in `param`: a stage's name, or `cancel_late_after`."""
    return tuple(_faults(settings))


def text_faults(text: ReminderText) -> tuple[Refusal, ...]:
    """What is wrong with a text, each with `subject` or `body` in `param`."""
    return (*_text_faults(text.subject, "subject", SUBJECT_LENGTH), *_text_faults(text.body, "body", BODY_LENGTH))


def _faults(settings: BillingSettings) -> Iterator[Refusal]:
    before = -1
    for stage in STAGES:
        chosen = settings.reminders.of(stage)
        if not 0 <= chosen.days <= MAXIMUM_DAYS:
            yield reminder_days(MAXIMUM_DAYS, stage)
        elif chosen.on and chosen.days <= before:
            yield reminder_order(stage)
        elif chosen.on:
            before = chosen.days
    after = settings.cancel_late_after
    if after is not None and not 1 <= after <= MAXIMUM_DAYS:
        yield reminder_days(MAXIMUM_DAYS, "cancel_late_after")


def _text_faults(text: str, param: str, length: int) -> Iterator[Refusal]:
    if not text.strip():
        yield reminder_text_empty(param)
        return
    try:
        plain_text(text.replace("\n", " "), length, param)
    except Refused as refused:
        yield refused.refusal
    unknown = unknown_placeholder(text)
    if unknown is not None:
        yield reminder_placeholder(unknown[:40], param)
