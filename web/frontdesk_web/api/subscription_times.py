"""Time in a subscription's life, as requests say it: trials, anchors, beginnings in the past, ends at an instant."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from frontdesk.book import AnchorConfig, Subscription
from frontdesk.commands import AccountCommand, CancelSubscription, SetTrialEnd
from frontdesk_web.api.parameters import Absent, Choice, Group, Instant, Required, Whole

LONGEST_TRIAL = 730
"""Days, as in Stripe."""

_END_BEHAVIOR = Group(of={"missing_payment_method": Required(Choice(of=("cancel", "create_invoice", "pause")))})
TRIAL: dict[str, Any] = {
    "trial_end": Instant(words=("now",)),
    "trial_from_plan": Absent(what="Trials of prices are", harmless=("", "false")),
    "trial_period_days": Whole(maximum=LONGEST_TRIAL),
    "trial_settings": Group(of={"end_behavior": Required(_END_BEHAVIOR)}, clears=True),
}
BEGINNING: dict[str, Any] = {
    "backdate_start_date": Instant(),
    "billing_cycle_anchor": Instant(),
    "billing_cycle_anchor_config": Group(
        of={
            "day_of_month": Required(Whole(minimum=1, maximum=31)),
            "hour": Whole(maximum=23),
            "minute": Whole(maximum=59),
            "month": Whole(minimum=1, maximum=12),
            "second": Whole(maximum=59),
        }
    ),
}


def beginning(given: Mapping[str, Any]) -> dict[str, Any]:
    """What `CreateSubscription` is told of time."""
    config, trial_end = given.get("billing_cycle_anchor_config"), given.get("trial_end")
    return {
        "trial_end": None if trial_end == "now" else trial_end,
        "trial_days": given.get("trial_period_days"),
        "anchor": given.get("billing_cycle_anchor"),
        "anchor_config": None if config is None else AnchorConfig(**config),
        "start": given.get("backdate_start_date"),
        "without_method": without_method(given, "create_invoice"),
        "proration_behavior": given.get("proration_behavior", "create_prorations"),
    }


def without_method(given: Mapping[str, Any], otherwise: Any) -> Any:
    """What becomes of a trial that ends without anything to charge, or what it is where nothing is said of it."""
    if "trial_settings" not in given:
        return otherwise
    behavior = ((given["trial_settings"] or {}).get("end_behavior") or {}).get("missing_payment_method")
    return behavior or "create_invoice"


def trial_commands(given: Mapping[str, Any], present: Subscription) -> Iterator[AccountCommand]:
    """The new end of a trial. One that ends now with a change of items ends by that change."""
    asked = given.get("trial_end")
    if asked == "now" and (given.get("items") or present.status != "trialing"):
        return
    if asked is not None:
        yield SetTrialEnd(
            subscription=present.id,
            at=None if asked == "now" else asked,
            proration_behavior=given.get("proration_behavior", "create_prorations"),
        )


def ending_at(id: str, at: datetime, given: Mapping[str, Any], **fields: Any) -> CancelSubscription:
    """An end at an instant; what is left of its period then is given back unless prorations are off."""
    return CancelSubscription(
        subscription=id, when="at", at=at, prorate=given.get("proration_behavior") != "none", **fields
    )
