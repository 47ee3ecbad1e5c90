"""Why tax rates cannot be applied to something, sentence by sentence; Stripe's words where it has them."""

from frontdesk.errors import Refusal

_FOR_CUSTOMER = "This cannot be done now."


def rate_inactive(rate: str, param: str) -> Refusal:
    """It was archived: what has it keeps it, and nothing new gets it."""
    return Refusal(
        code="tax_rate_inactive",
        for_customer=_FOR_CUSTOMER,
        for_tenant="The tax rate {rate} is archived and cannot be applied. Choose one that is active.",
        parameters={"rate": rate},
        param=param,
    )


def rate_twice(rate: str, param: str) -> Refusal:
    """A rate applies once to a line."""
    return Refusal(
        code="tax_rate_twice",
        for_customer=_FOR_CUSTOMER,
        for_tenant="The tax rate {rate} is named twice.",
        parameters={"rate": rate},
        param=param,
    )


def rates_mixed(param: str) -> Refusal:
    """Tax is included in a price or comes on top of it."""
    return Refusal(
        code="tax_rates_mixed",
        for_customer=_FOR_CUSTOMER,
        for_tenant="Inclusive and exclusive tax rates cannot be applied together.",
        param=param,
    )


def behavior_conflicts() -> Refusal:
    """A price says whether tax is in it, where it says anything, and so does a rate. Stripe's sentence."""
    return Refusal(
        code="tax_behavior_conflicts",
        for_customer="This plan cannot be chosen online. Please contact us.",
        for_tenant="One or more prices has a `tax_behavior` that conflicts with the tax rates that apply to the"
        " corresponding line item.",
    )


def too_many_rates(most: int, param: str) -> Refusal:
    """As many as Stripe allows."""
    return Refusal(
        code="too_many_tax_rates",
        for_customer=_FOR_CUSTOMER,
        for_tenant="At most {most} tax rates can be applied to one item.",
        parameters={"most": most},
        param=param,
    )


def tax_code_unknown(code: str, product: str) -> Refusal:
    """Tax goes by the code: without a known one it cannot be worked out."""
    return Refusal(
        code="tax_code_unknown",
        for_customer="This plan cannot be chosen online. Please contact us.",
        for_tenant="The tax code {tax_code} of {product} is unknown, so tax cannot be worked out. Give the product"
        " another code, or none: it then takes your preset.",
        parameters={"tax_code": code[:100], "product": product[:100]},
    )


def location_needed() -> Refusal:
    """Where a customer is taxed goes by the country. Stripe's code."""
    return Refusal(
        code="customer_tax_location_invalid",
        for_customer="Please add your country to your billing details first.",
        for_tenant="The customer's location isn't recognized. Set a valid customer address in order to automatically"
        " calculate tax.",
        api_code="customer_tax_location_invalid",
    )


def taxes_not_by_customers() -> Refusal:
    """How something is taxed is not for customers to say."""
    return Refusal(
        code="tax_rates_not_allowed",
        for_customer="This cannot be done here. Please contact us.",
        for_tenant="Customers cannot choose tax rates.",
    )
