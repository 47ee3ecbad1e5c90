"""Why staff cannot help a customer to sign in."""

from frontdesk.errors import Refusal
from frontdesk.sentences import _


def customer_without_address() -> Refusal:
    """Nothing can be sent to a customer without an e-mail address."""
    return Refusal(
        code="customer_without_address",
        for_customer="This cannot be done here. Please contact us.",
        for_tenant=_("This customer has no e-mail address. Add one to the details first."),
    )


def login_link_off() -> Refusal:
    """There is no login link that works."""
    return Refusal(
        code="login_link_off",
        for_customer="This cannot be done here. Please contact us.",
        for_tenant=_(
            "The link to the portal is switched off, so it would lead nowhere. Activate it first, under Link."
        ),
    )


def link_sent_often(count: int) -> Refusal:
    """A mailbox is not to be flooded."""
    return Refusal(
        code="link_sent_often",
        for_customer="This cannot be done here. Please contact us.",
        for_tenant=_(
            "The link was sent {count} times within the last hour. Give the customer the link itself, or wait."
        ),
        parameters={"count": count},
    )
