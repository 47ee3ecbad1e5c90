"""Why a customer cannot change a plan, or not in this way."""

from frontdesk.errors import Refusal


def update_disabled() -> Refusal:
    """The feature is off."""
    return Refusal(
        code="subscription_update_disabled",
        for_customer="Your plan cannot be changed online. Please contact us.",
        for_tenant="This subscription cannot be updated because the subscription update feature in the portal"
        " configuration is disabled.",
    )


def no_changes(subscription: str) -> Refusal:
    """What was asked for is what there is."""
    return Refusal(
        code="no_changes",
        for_customer="This is your present plan. Choose another plan or quantity.",
        for_tenant="Cannot update the subscription `{subscription}` because there are no changes to confirm."
        " Provide a different `price` or `quantity`.",
        parameters={"subscription": subscription},
    )


def items_stay() -> Refusal:
    """A customer changes items that there are, each once; none is added or removed."""
    return Refusal(
        code="items_stay",
        for_customer="Only the present plan can be changed here.",
        for_tenant="In the portal existing items can be changed, each once; items cannot be added or removed.",
        param="items",
    )


def product_taken(product: str) -> Refusal:
    """Another item of the subscription has this product."""
    return Refusal(
        code="product_taken",
        for_customer="This plan is part of your subscription already.",
        for_tenant="Another item of the subscription has the product `{product}`; customers cannot choose it twice.",
        parameters={"product": product},
    )


def set_to_cancel(subscription: str) -> Refusal:
    """A subscription that is going to end is kept first, then changed."""
    return Refusal(
        code="set_to_cancel",
        for_customer="This subscription is already cancelled. Keep it first if you want to change it.",
        for_tenant="The subscription `{subscription}` is already set to be canceled at period end.",
        parameters={"subscription": subscription},
    )


def status_forbids(status: str) -> Refusal:
    """The subscription is in a state in which a plan cannot be changed; of one that is not paid, that it is first."""
    owed = status in ("unpaid", "incomplete")
    return Refusal(
        code="status_forbids",
        for_customer="Something is still to be paid for this plan. Once it is paid, the plan can be changed here."
        if owed
        else "This subscription is not active now and cannot be changed. Please contact us.",
        for_tenant="A subscription with the status `{status}` cannot be updated in the portal.",
        parameters={"status": status},
    )


def nothing_put_off(subscription: str) -> Refusal:
    """Only a change that waits can be taken back."""
    return Refusal(
        code="nothing_put_off",
        for_customer="No change of this plan is waiting, so there is nothing to take back.",
        for_tenant="The subscription `{subscription}` has no change that waits for the end of its period.",
        parameters={"subscription": subscription},
    )


def price_not_adjustable() -> Refusal:
    """Only the quantity may change."""
    return Refusal(
        code="price_not_adjustable",
        for_customer="You can change the quantity here, but not the plan. Please contact us.",
        for_tenant="The portal configuration does not allow customers to change the `price`.",
    )


def quantity_not_adjustable() -> Refusal:
    """Only the price may change."""
    return Refusal(
        code="quantity_not_adjustable",
        for_customer="The quantity cannot be changed online. Please contact us.",
        for_tenant="The portal configuration does not allow customers to change the `quantity` of this product.",
    )


def quantity_out_of_bounds(minimum: int, maximum: int | None) -> Refusal:
    """The quantity is outside of what the configuration allows."""
    if maximum is None:
        return Refusal(
            code="quantity_too_small",
            for_customer="Please choose a quantity of at least {minimum}.",
            for_tenant="The `quantity` must be at least {minimum}.",
            parameters={"minimum": minimum},
        )
    return Refusal(
        code="quantity_out_of_bounds",
        for_customer="Please choose a quantity from {minimum} to {maximum}.",
        for_tenant="The `quantity` must be from {minimum} to {maximum}.",
        parameters={"minimum": minimum, "maximum": maximum},
    )


def price_not_offered(price: str) -> Refusal:
    """The price is not among those of the configuration."""
    return Refusal(
        code="price_not_offered",
        for_customer="This plan is not offered here. Please choose one of the plans shown.",
        for_tenant="The price `{price}` is not in `features.subscription_update.products` of the configuration.",
        parameters={"price": price},
    )


def nothing_else_offered() -> Refusal:
    """There is no other plan and no other quantity to choose."""
    return Refusal(
        code="nothing_else_offered",
        for_customer="There is no other plan that you could change to online. Please contact us.",
        for_tenant="The portal configuration offers nothing that this subscription could be changed to: look at its"
        " products, at their currencies and at the tax behavior of their prices.",
    )


def tax_behavior_differs(price: str) -> Refusal:
    """One price includes tax and the other does not, so that the amounts shown could not be compared."""
    return Refusal(
        code="tax_behavior_differs",
        for_customer="This plan is taxed in another way than yours and cannot be chosen online. Please contact us.",
        for_tenant="The price `{price}` does not have the `tax_behavior` of the present price, so customers cannot"
        " change to it in the portal.",
        parameters={"price": price},
    )


def metered_cannot_wait() -> Refusal:
    """What was used is billed by the price that it was used at, so such a price changes at once."""
    return Refusal(
        code="metered_cannot_wait",
        for_customer="This plan cannot be changed at the end of the period. Please contact us.",
        for_tenant="A change to or from a price with `usage_type` `metered` cannot be put off.",
    )
