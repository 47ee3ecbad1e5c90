"""Why a plan cannot be paused or resumed, and what cannot be done while it rests."""

from msgspec.structs import replace

from frontdesk.errors import Refusal


def is_paused(subscription: str) -> Refusal:
    """What rests is not changed."""
    return Refusal(
        code="subscription_paused",
        for_customer="This plan is paused. It can be changed once it goes on.",
        for_tenant="The subscription `{subscription}` is paused. Resume it first.",
        parameters={"subscription": subscription},
    )


def not_paused(subscription: str, status: str) -> Refusal:
    """Only what rests goes on."""
    return Refusal(
        code="subscription_not_paused",
        for_customer="This plan is not paused, so there is nothing to resume.",
        for_tenant="The subscription `{subscription}` cannot be resumed because its status is `{status}`. Only"
        " subscriptions with the status `paused` can be resumed.",
        parameters={"subscription": subscription, "status": status},
    )


def method_first() -> Refusal:
    """What rests because a trial ended without a payment method needs one to go on."""
    return Refusal(
        code="payment_method_first",
        for_customer="Your trial ended without a payment method. Add one first, then resume your plan.",
        for_tenant="The trial ended without a payment method. Give the customer or the subscription a default one"
        " first.",
    )


def no_pause_to_move(subscription: str, status: str) -> Refusal:
    """Only a pause has an end that can be moved."""
    return replace(
        not_paused(subscription, status),
        for_customer="This plan is not paused, so there is no date to change.",
        for_tenant="The pause of the subscription `{subscription}` cannot be moved because its status is `{status}`.",
    )


def no_other_pause_end() -> Refusal:
    """A pause lasts as long as one of the configuration's lengths, and no other of them ends later than now."""
    return Refusal(
        code="no_other_pause_end",
        for_customer="There is no other date to choose. You can resume your plan at any time.",
        for_tenant="The end of this pause cannot be moved there: it is none of the lengths in the portal configuration,"
        " counted from the pause's beginning.",
    )


def cannot_be_paused(subscription: str, status: str) -> Refusal:
    """Only what is active rests: there is nothing to stop in a trial."""
    return Refusal(
        code="status_forbids_pause",
        for_customer="This plan cannot be paused at the moment.",
        for_tenant="The subscription `{subscription}` cannot be paused because its status is `{status}`.",
        parameters={"subscription": subscription, "status": status},
    )


def trial_not_paused(subscription: str) -> Refusal:
    """There is nothing to stop in a trial."""
    return replace(
        cannot_be_paused(subscription, "trialing"),
        for_customer="A plan can be paused once its trial is over.",
    )


def pause_disabled() -> Refusal:
    """The feature is off."""
    return Refusal(
        code="subscription_pause_disabled",
        for_customer="Your plan cannot be paused online. Please contact us.",
        for_tenant="This subscription cannot be paused because the subscription pause feature in the portal"
        " configuration is disabled.",
    )


def pause_needs_flexible(subscription: str) -> Refusal:
    """Stripe's rule (portal_spec.md §C.7)."""
    return Refusal(
        code="pause_needs_flexible",
        for_customer="This plan cannot be paused online. Please contact us.",
        for_tenant="The subscription `{subscription}` cannot be paused: pausing needs the billing mode `flexible`.",
        parameters={"subscription": subscription},
    )
