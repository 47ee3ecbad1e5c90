"""What is said of a remote backend and its mirror."""

from collections.abc import Mapping
from datetime import timedelta
from math import ceil
from typing import Literal

from frontdesk.commands import (
    AccountCommand,
    CancelSubscription,
    ExplainCancellation,
    KeepSubscription,
    UpdateBillingDetails,
)
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
    "stopped": _("Disconnected. What the portal shows stays as it is from now on."),
}
REFUSED = (
    _("This is a key for test mode. Your live portal needs a live key; put this one into your sandbox."),
    _("This is a live key. Your sandbox needs a key for test mode; put this one into your live portal."),
    _("This is the publishable key. Enter a restricted key, which begins with rk_."),
    _("This is no key of Stripe's. Enter a restricted key, which begins with rk_."),
    _("Stripe does not take this key. Create a new restricted key there, and enter it."),
    _(
        "This portal bills {customers} customers in another way already. Connect an account on a side that has no"
        " customers yet."
    ),
    _("There is no such billing backend here. Ask whoever runs this Frontdesk which ones are installed."),
)
"""What backends say of a key that cannot be used, so that it is said in the reader's language."""
ANOTHER_ACCOUNT = _(
    "This key belongs to another account. This portal is connected with {account}, whose customers it shows; use a key"
    " of that account."
)
AWAY = _("{backend} does not answer now. Nothing was changed; try again in a moment.")
MISSING = _("Enter the key.")
LABELS: Mapping[str, str] = {"api_key": _("Key")}
HELPS: Mapping[str, str] = {"api_key": _("A restricted key with the permissions above. It begins with rk_.")}


ACTS: Mapping[type[AccountCommand], str] = {
    KeepSubscription: _("Take back a cancellation"),
    CancelSubscription: _("Cancel at the end of the period"),
    UpdateBillingDetails: _("Change billing details"),
    ExplainCancellation: _("Say why it was cancelled"),
}
"""What may wait for a backend, as staff call it."""


def act_name(command: AccountCommand, locale: str) -> str:
    """What was asked for."""
    return translate(locale, ACTS.get(type(command), type(command).__name__))


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


def in_words(message: str, locale: str) -> str:
    """What a backend says, in the reader's language where it is a sentence that is known."""
    return translate(locale, message)
