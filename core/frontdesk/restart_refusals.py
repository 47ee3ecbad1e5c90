"""Why a subscription that has ended cannot be started again."""

from frontdesk.errors import Refusal


def restart_disabled() -> Refusal:
    """The setting is off."""
    return Refusal(
        code="restart_disabled",
        for_customer="This plan cannot be started again online. Please contact us.",
        for_tenant="Customers cannot start a subscription again: `frontdesk[restart][enabled]` of the portal"
        " configuration is false.",
    )


def not_ended(subscription: str, status: str) -> Refusal:
    """Only what has ended can start again."""
    return Refusal(
        code="not_ended",
        for_customer="This plan has not ended.",
        for_tenant="The subscription `{subscription}` cannot be started again: its status is `{status}`.",
        parameters={"subscription": subscription, "status": status},
    )


def no_longer_sold(price: str) -> Refusal:
    """A price of what ended is not sold any more."""
    return Refusal(
        code="no_longer_sold",
        for_customer="This plan is no longer sold. Please contact us.",
        for_tenant="The subscription cannot be started again: its price `{price}`, or the product of it, is inactive.",
        parameters={"price": price},
    )


def had_already(subscription: str) -> Refusal:
    """Another subscription has one of its products."""
    return Refusal(
        code="had_already",
        for_customer="You have this plan already.",
        for_tenant="Customers cannot start `{subscription}` again: another subscription of theirs has one of its"
        " products.",
        parameters={"subscription": subscription},
    )


def owed_for(subscription: str) -> Refusal:
    """What was billed for it is not paid."""
    return Refusal(
        code="owed_for",
        for_customer="An invoice of this plan is still open. Once it is paid, you can start the plan again here.",
        for_tenant="Customers cannot start `{subscription}` again before its invoices are paid.",
        parameters={"subscription": subscription},
    )
