"""What is said of a remote backend and its mirror."""

from collections.abc import Mapping
from datetime import timedelta
from math import ceil
from typing import Literal

from frontdesk.commands import AccountCommand
from frontdesk.errors import Misconfigured, Unavailable
from frontdesk.reasons import Reason
from frontdesk_web.messages import _, translate, translate_plural

Tone = Literal["neutral", "info", "success", "warning", "danger"]
STATES: Mapping[str, tuple[str, Tone]] = {
    "importing": (_("First import"), "info"),
    "mirroring": (_("Up to date"), "success"),
    "failing": (_("Does not answer"), "danger"),
    "stopped": (_("Disconnected"), "neutral"),
}
"""By the state of a mirror: the word, and the tone of its badge."""
NOTICES: Mapping[str, str] = {
    "connected": _("Connected. The first import has begun; it goes on by itself."),
    "checked": _("Checked: the key works, and events arrive at our address."),
    "replayed": _("What was given up is tried once more."),
    "rolled": _("Events are signed with a new secret from now on."),
    "stopped": _("Disconnected. What the portal shows stays as it is from now on."),
}
AWAY = _("{backend} does not answer now. Nothing was changed; try again in a moment.")
MISSING = _("Enter the key.")
LABELS: Mapping[str, str] = {"api_key": _("Key")}
HELPS: Mapping[str, str] = {"api_key": _("A restricted key with the permissions above. It begins with rk_.")}


ACTS: Mapping[str, str] = {
    "KeepSubscription": _("The plan goes on"),
    "CancelSubscription": _("Cancellation at the end of the period"),
    "UpdateBillingDetails": _("New billing details"),
    "ExplainCancellation": _("Reason for the cancellation"),
}
"""What may wait for a backend, as staff call it."""


def act_name(command: AccountCommand, locale: str) -> str:
    """What was asked for."""
    name = type(command).__name__
    return translate(locale, ACTS.get(name, name))


def lasting(span: timedelta, locale: str) -> str:
    """A span in its largest whole unit: seconds, minutes, hours or days."""
    seconds = max(int(span.total_seconds()), 0)
    if seconds < 90:
        return translate_plural(locale, "{number} second", "{number} seconds", seconds)
    if seconds < 90 * 60:
        return translate_plural(locale, "{number} minute", "{number} minutes", round(seconds / 60))
    if seconds < 36 * 3600:
        return translate_plural(locale, "{number} hour", "{number} hours", round(seconds / 3600))
    return translate_plural(locale, "{number} day", "{number} days", round(seconds / 86400))


def still_lasting(span: timedelta, locale: str) -> str:
    """How long something still takes, rounded up: who comes back then finds it done rather than nearly done."""
    minutes = ceil(span / timedelta(minutes=1))
    if span < timedelta(minutes=1):
        return translate(locale, "Less than a minute left.")
    if minutes <= 90:
        return translate_plural(locale, "About {number} minute left.", "About {number} minutes left.", minutes)
    hours = ceil(minutes / 60)
    return translate_plural(locale, "About {number} hour left.", "About {number} hours left.", hours)


def said(reason: Reason | Misconfigured | Unavailable | None, locale: str) -> str:
    """Why something failed, in the reader's language; nothing where nothing did."""
    return "" if reason is None else translate(locale, reason.sentence, **reason.parameters)
