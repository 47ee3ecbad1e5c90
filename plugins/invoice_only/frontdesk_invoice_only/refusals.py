"""Why a billing command cannot be done. Stripe's sentence for the tenant where it has one (portal_spec.md §A.8)."""

from collections.abc import Mapping

from frontdesk.errors import Refusal, Refused


def refused(
    code: str,
    for_customer: str,
    for_tenant: str,
    parameters: Mapping[str, str | int] | None = None,
    *,
    param: str | None = None,
    api_code: str | None = None,
) -> Refused:
    """A refusal to raise; both sentences may hold `{named}` places."""
    return Refused(
        Refusal(
            code=code,
            for_customer=for_customer,
            for_tenant=for_tenant,
            parameters=parameters or {},
            param=param,
            api_code=api_code,
        )
    )


def missing(kind: str, id: str, param: str) -> Refused:
    """Nothing of this id belongs to the customer."""
    return Refused(
        Refusal(
            code=f"{kind}_unknown",
            for_customer="This is no longer there. Please go back and try again.",
            for_tenant=f"No such {kind}: '{{id}}'",
            parameters={"id": id},
            param=param,
            api_code="resource_missing",
            missing=True,
        )
    )


def canceled(subscription: str) -> Refused:
    """The subscription has ended."""
    return refused(
        "subscription_canceled",
        "This subscription has ended and cannot be changed any more.",
        "A canceled subscription can only update its cancellation_details and metadata.",
        {"subscription": subscription},
    )


def already_canceling(subscription: str) -> Refused:
    """The subscription is set to end already."""
    return refused(
        "already_canceling",
        "This subscription is already set to end.",
        "The subscription `{subscription}` is already set to be canceled at period end.",
        {"subscription": subscription},
        param="subscription",
    )


def not_canceling(subscription: str) -> Refused:
    """The subscription is not set to end."""
    return refused(
        "not_canceling",
        "This subscription is not set to end.",
        "The subscription `{subscription}` is not set to be canceled.",
        {"subscription": subscription},
        param="subscription",
    )


def ending(subscription: str) -> Refused:
    """A new billing period cannot begin while the subscription is set to end."""
    return refused(
        "subscription_ending",
        "This subscription is set to end. Keep it first, then change its billing period.",
        "The billing period of the subscription `{subscription}` cannot be changed while it is set to be canceled.",
        {"subscription": subscription},
    )


def no_changes(subscription: str) -> Refused:
    """Prices and quantities would stay as they are."""
    return refused(
        "no_changes",
        "This is your plan already.",
        "The subscription `{subscription}` already has these prices and quantities.",
        {"subscription": subscription},
        param="items",
    )


def bad_item(code: str, sentence: str, index: int, field: str | None = None, api_code: str | None = None) -> Refused:
    """Item number `index` of the request is at fault."""
    at = f"items[{index}]" + (f"[{field}]" if field else "")
    return refused(code, "This plan cannot be chosen.", sentence, param=at, api_code=api_code)


def mismatch(field: str) -> Refused:
    """Items of one subscription share currency and interval."""
    return refused(
        "items_mismatch",
        "These plans cannot be combined in one subscription.",
        "Currency and interval fields must match across all plans on this subscription. "
        "Found mismatch in {field} field.",
        {"field": field},
        param="items",
    )
