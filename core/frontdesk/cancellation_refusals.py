"""Why a subscription cannot be cancelled or kept, an offer not taken, a reason not given."""

from frontdesk.errors import Refusal


def cancel_disabled() -> Refusal:
    """The feature is off."""
    return Refusal(
        code="subscription_cancel_disabled",
        for_customer="This subscription cannot be cancelled online. Please contact us.",
        for_tenant="This subscription cannot be canceled because the subscription cancel feature in the portal"
        " configuration is disabled.",
    )


def already_set_to_cancel(subscription: str) -> Refusal:
    """It is going to end anyway."""
    return Refusal(
        code="already_set_to_cancel",
        for_customer="This subscription is already cancelled.",
        for_tenant="The subscription `{subscription}` is already set to be canceled at period end.",
        parameters={"subscription": subscription},
        param="flow_data[subscription_cancel][subscription]",
    )


def not_set_to_cancel(subscription: str) -> Refusal:
    """There is nothing to take back."""
    return Refusal(
        code="not_set_to_cancel",
        for_customer="This subscription is not cancelled, so there is nothing to take back.",
        for_tenant="The subscription `{subscription}` is not set to be canceled.",
        parameters={"subscription": subscription},
    )


def offer_taken(subscription: str) -> Refusal:
    """Nobody is paid again and again for threatening to leave."""
    return Refusal(
        code="offer_taken",
        for_customer="You have already used this offer. Your subscription is as shown on the overview.",
        for_tenant="An offer to stay was already taken for the subscription `{subscription}`.",
        parameters={"subscription": subscription},
    )


def reason_not_asked() -> Refusal:
    """The configuration does not ask for reasons."""
    return Refusal(
        code="reason_not_asked",
        for_customer="There is no need to give a reason.",
        for_tenant="Cancellation reasons are disabled in the portal configuration.",
    )


def reason_unknown(reason: str) -> Refusal:
    """The feedback is none of those that can be chosen."""
    return Refusal(
        code="reason_unknown",
        for_customer="Please choose one of the reasons shown, or leave the question open.",
        for_tenant="The cancellation feedback '{reason}' is not one of those that can be chosen.",
        parameters={"reason": reason},
        param="cancellation_details[feedback]",
    )
