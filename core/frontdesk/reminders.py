"""Reminders of invoices that are past due: a friendly one, a firm one, a final one.

A side chooses for each how many days after the due date it is sent, and its words; every one can be switched off. A
customer whose metadata says `reminders` = `off` gets none. Each is sent once, and none out of order: after a later one
nobody gets an earlier one. They keep their distances: whoever was late with sending (a suspended side, a setting that
changed) does not send two at a time.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Literal, get_args

from msgspec import Struct

Stage = Literal["friendly", "firm", "final"]
STAGES: tuple[Stage, ...] = get_args(Stage)
"""In the order in which they are sent."""
PLACEHOLDERS = ("customer", "number", "amount", "due_date", "business")
"""What a text can name, as `{number}`: who is written to, the invoice's number, what is still open of it, the day by
which it was to be paid, and who writes."""
MAXIMUM_DAYS = 365
SUBJECT_LENGTH = 200
BODY_LENGTH = 3000
METADATA_KEY = "reminders"
METADATA_OFF = "off"
_SHORTEST = timedelta(days=1)
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


class ReminderText(Struct, frozen=True, kw_only=True):
    """What a reminder says in one language, with placeholders; paragraphs are apart by an empty line."""

    subject: str
    body: str


class ReminderStage(Struct, frozen=True, kw_only=True):
    """When one of the three is sent, in whole days after the due date, and a side's own words by language."""

    days: int
    on: bool = True
    texts: Mapping[str, ReminderText] = {}


class ReminderSettings(Struct, frozen=True, kw_only=True):
    """The three reminders of a side."""

    friendly: ReminderStage = ReminderStage(days=3)
    firm: ReminderStage = ReminderStage(days=10)
    final: ReminderStage = ReminderStage(days=21)

    def of(self, stage: Stage) -> ReminderStage:
        """One of the three."""
        return {"friendly": self.friendly, "firm": self.firm, "final": self.final}[stage]


class Reminder(Struct, frozen=True, kw_only=True):
    """A reminder that was sent, `by` whom; empty where nobody had to ask for it."""

    id: str
    customer: str
    invoice: str
    stage: Stage
    created: datetime
    by: str = ""
    version: int = 1


class NextReminder(Struct, frozen=True):
    """The reminder of an invoice that comes next, and when."""

    at: datetime
    stage: Stage


def leaves_out(metadata: Mapping[str, str]) -> bool:
    """Whether a customer with this metadata is never reminded by itself."""
    return metadata.get(METADATA_KEY) == METADATA_OFF


def next_reminder(due: datetime, sent: Iterable[Reminder], settings: ReminderSettings) -> NextReminder | None:
    """The reminder that comes next of an invoice that is due at `due` and stays unpaid; None where none is left."""
    latest = max(sent, key=lambda each: (STAGES.index(each.stage), each.created), default=None)
    after = -1 if latest is None else STAGES.index(latest.stage)
    for stage in STAGES[after + 1 :]:
        chosen = settings.of(stage)
        if not chosen.on:
            continue
        at = due + timedelta(days=chosen.days)
        if latest is not None:
            between = timedelta(days=chosen.days - settings.of(latest.stage).days)
            at = max(at, latest.created + max(between, _SHORTEST))
        return NextReminder(at, stage)
    return None


def filled(text: str, values: Mapping[str, str]) -> str:
    """A text with its placeholders filled in. What is no placeholder stays as it was typed."""
    return _PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), text)


def unknown_placeholder(text: str) -> str | None:
    """The first thing in braces that is no placeholder."""
    return next((each[0] for each in _PLACEHOLDER.finditer(text) if each[1] not in PLACEHOLDERS), None)
