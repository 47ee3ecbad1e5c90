"""What only this engine refuses; all else is refused by `frontdesk.possibilities`, in `frontdesk.refusals`' words."""

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
