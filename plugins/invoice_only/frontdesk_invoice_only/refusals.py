"""What only this engine refuses; all else is refused by `frontdesk.possibilities`, in the words of core's refusals."""

from frontdesk.errors import Refusal, Refused


def customer_exists(id: str) -> Refused:
    """An account is opened once."""
    return Refused(
        Refusal(
            code="customer_exists",
            for_customer="This account is open already.",
            for_tenant="Customer already exists: '{id}'",
            parameters={"id": id},
            param="id",
            api_code="resource_already_exists",
        )
    )


def item_twice(id: str, index: int) -> Refused:
    """One request names an item once."""
    return Refused(
        Refusal(
            code="item_twice",
            for_customer="This change cannot be made.",
            for_tenant="The subscription item '{id}' is named twice.",
            parameters={"id": id},
            param=f"items[{index}][id]",
        )
    )


def ending(subscription: str) -> Refused:
    """A new billing period cannot begin while the subscription is set to end."""
    return Refused(
        Refusal(
            code="subscription_ending",
            for_customer="This subscription is set to end. Keep it first, then change its billing period.",
            for_tenant="The billing period of the subscription `{subscription}` cannot be changed while it is set to"
            " be canceled.",
            parameters={"subscription": subscription},
        )
    )


def _time_refused(
    code: str, param: str, sentence: str, *, api_code: str | None = None, **parameters: str | int
) -> Refused:
    """Times are given by the tenant's programs and staff alone, so customers are never told more."""
    return Refused(
        Refusal(
            code=code,
            for_customer="This change cannot be made.",
            for_tenant=sentence,
            parameters=parameters,
            param=param,
            api_code=api_code,
        )
    )


def trial_end_not_ahead() -> Refused:
    """A trial ends in the future."""
    return _time_refused("trial_end_past", "trial_end", "The trial must end in the future, or `now`.")


def trial_too_long() -> Refused:
    """Two years at most, as in Stripe."""
    return _time_refused("trial_too_long", "trial_end", "The maximum number of trial period days is 730 (2 years).")


def trial_twice() -> Refused:
    """One of the two ways to say it."""
    return _time_refused(
        "trial_twice",
        "trial_period_days",
        "You may only specify one of these parameters: trial_end, trial_period_days.",
        api_code="parameters_exclusive",
    )


def start_not_past() -> Refused:
    """Backdating means the past."""
    return _time_refused("start_ahead", "backdate_start_date", "`backdate_start_date` must be in the past.")


def start_too_early() -> Refused:
    """Five years at most, which bounds the lines of the first invoice."""
    return _time_refused(
        "start_too_early", "backdate_start_date", "`backdate_start_date` must be within the last five years."
    )


def anchor_not_ahead() -> Refused:
    """Periods are counted from an instant to come, that lies in no trial."""
    return _time_refused(
        "anchor_past",
        "billing_cycle_anchor",
        "`billing_cycle_anchor` must be in the future, and not before the end of the trial.",
    )


def anchor_too_far(latest: int) -> Refused:
    """The first part of a period is no longer than a period. Stripe's sentence."""
    return _time_refused(
        "anchor_too_far",
        "billing_cycle_anchor",
        "billing_cycle_anchor cannot be later than next natural billing date ({latest}) for plan",
        latest=latest,
    )


def anchor_twice() -> Refused:
    """One of the two ways to say it."""
    return _time_refused(
        "anchor_twice",
        "billing_cycle_anchor_config",
        "You may only specify one of these parameters: billing_cycle_anchor, billing_cycle_anchor_config.",
        api_code="parameters_exclusive",
    )


def anchor_not_for(what: str) -> Refused:
    """Days of the month make sense for months and years."""
    return _time_refused(
        "anchor_config_unfit",
        "billing_cycle_anchor_config",
        "`billing_cycle_anchor_config` cannot be used for this: {what}.",
        what=what,
    )


def phase_within_period(param: str, before: int, after: int) -> Refused:
    """A phase begins with a period, so that nothing is prorated. `before` and `after` are seconds since 1970."""
    return _time_refused(
        "phase_within_period",
        param,
        "A phase must end with a billing period: at {before} or {after}, say. Phases that end within one are not"
        " available yet.",
        before=before,
        after=after,
    )


def end_not_ahead() -> Refused:
    """A subscription is set to end in the future."""
    return _time_refused("cancel_at_past", "cancel_at", "`cancel_at` must be in the future.")


def resume_not_ahead() -> Refused:
    """A pause ends in the future."""
    return _time_refused("resumes_at_past", "resumes_at", "`resumes_at` must be in the future.")


def trial_ends_first(subscription: str) -> Refused:
    """A trial begins within a period and is not for a subscription that is about to end."""
    return _time_refused(
        "trial_after_end",
        "trial_end",
        "The subscription `{subscription}` is set to be canceled before that trial would end.",
        subscription=subscription,
    )
