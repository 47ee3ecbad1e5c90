"""What reminders cannot be like."""

from frontdesk.configuration_refusals import setting_invalid
from frontdesk.errors import Refusal


def reminder_days(maximum: int, param: str) -> Refusal:
    """Days after the due date count forwards, up to a year."""
    return setting_invalid("reminder_days", "Enter a number of days, up to {maximum}.", param, maximum=maximum)


def reminder_order(param: str) -> Refusal:
    """Reminders go one after the other."""
    return setting_invalid("reminder_order", "This has to come later than the reminder before it.", param)


def reminder_text_empty(param: str) -> Refusal:
    """A letter says something."""
    return setting_invalid("reminder_text_empty", "Write something here, or go back to our text.", param)


def reminder_placeholder(name: str, param: str) -> Refusal:
    """A text names what we know of an invoice, and nothing else."""
    return setting_invalid("reminder_placeholder", "We have nothing to put in for {name}.", param, name=name)
