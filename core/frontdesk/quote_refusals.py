"""Why a quote that was shown cannot be confirmed."""

from frontdesk.errors import Refusal


def quote_unknown(id: str) -> Refusal:
    """No quote with this id for this customer."""
    return Refusal(
        code="quote_unknown",
        for_customer="We cannot find what you wanted to confirm. Please start again; nothing was changed.",
        for_tenant="No such quote: '{id}'",
        parameters={"id": id},
        missing=True,
    )


def quote_consumed(id: str) -> Refusal:
    """A quote is confirmed once."""
    return Refusal(
        code="quote_consumed",
        for_customer="You have confirmed this already. Your subscription is as shown on the overview.",
        for_tenant="The quote '{id}' was confirmed before.",
        parameters={"id": id},
    )


def quote_expired(id: str) -> Refusal:
    """A quote can be confirmed for 15 minutes."""
    return Refusal(
        code="quote_expired",
        for_customer="The amounts shown were valid for 15 minutes. Please look at them afresh; nothing was changed.",
        for_tenant="The quote '{id}' has expired.",
        parameters={"id": id},
    )


def quote_changed(id: str) -> Refusal:
    """The account or the portal's settings moved on since the quote."""
    return Refusal(
        code="quote_changed",
        for_customer="Something changed since you saw these amounts. Please compare the new ones and confirm again.",
        for_tenant="The quote '{id}' no longer holds, because the account or the configuration has changed since.",
        parameters={"id": id},
    )
