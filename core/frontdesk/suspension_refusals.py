"""What cannot be done while a tenant is suspended, and why it cannot be suspended or let go on."""

from frontdesk.errors import Refusal
from frontdesk.sentences import _


def side_suspended() -> Refusal:
    """The operator has suspended the tenant."""
    return Refusal(
        code="side_suspended",
        for_customer="Changes are paused at the moment. You can see everything, download your invoices and cancel.",
        for_tenant=_(
            "This account is suspended, so nothing can be changed. Reading still works. Please contact the operator of"
            " this service."
        ),
        api_code="account_suspended",
        forbidden=True,
    )


def already_suspended() -> Refusal:
    """A tenant is suspended once."""
    return Refusal(
        code="already_suspended",
        for_customer="This cannot be done here. Please contact us.",
        for_tenant=_("This tenant is suspended already."),
    )


def not_suspended() -> Refusal:
    """There is nothing to lift."""
    return Refusal(
        code="not_suspended",
        for_customer="This cannot be done here. Please contact us.",
        for_tenant=_("This tenant is not suspended."),
    )


def reason_needed() -> Refusal:
    """Whoever is suspended must be able to read why."""
    return Refusal(
        code="reason_needed",
        for_customer="Please enter a reason. The tenant's staff read it.",
        for_tenant="A reason is needed.",
        param="reason",
    )
