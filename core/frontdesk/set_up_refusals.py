"""What a side cannot be set up with, and why it cannot go live."""

from frontdesk.errors import Refusal
from frontdesk.sentences import _


def seller_incomplete(missing: str) -> Refusal:
    """Invoices cannot be issued without these of the seller's details: `missing` is a list of field names."""
    return Refusal(
        code="seller_incomplete",
        for_customer="This cannot be done here. Please contact us.",
        for_tenant=_("The details for invoices are not complete. Enter them first."),
        parameters={"missing": missing},
    )


def not_live_yet() -> Refusal:
    """A live portal is opened by going live, once what it needs is there."""
    return Refusal(
        code="not_live_yet",
        for_customer="This cannot be done here. Please contact us.",
        for_tenant=_("This portal has not gone live yet. Go live in the dashboard; then its link can be switched on."),
        param="login_page[enabled]",
    )


def already_live() -> Refusal:
    """A side goes live once."""
    return Refusal(
        code="already_live",
        for_customer="This cannot be done here. Please contact us.",
        for_tenant=_("This portal is live already."),
    )


def backend_unknown(backend: str) -> Refusal:
    """Only what is installed can be chosen."""
    return Refusal(
        code="backend_unknown",
        for_customer="Please choose one of these.",
        for_tenant="No billing backend `{backend}` is installed.",
        parameters={"backend": backend[:60]},
        param="backend",
    )


def seller_field_needed(field: str) -> Refusal:
    """A field of the seller's details without which no invoice may be issued."""
    return Refusal(
        code="seller_field_needed",
        for_customer="Please fill this in: invoices need it.",
        for_tenant="`{field}` is needed on invoices.",
        parameters={"field": field},
        param=field,
    )


def iban_invalid() -> Refusal:
    """Country, length or check digits of an IBAN are wrong."""
    return Refusal(
        code="iban_invalid",
        for_customer="This IBAN is not right. Please compare it with your bank statement.",
        for_tenant="Invalid IBAN.",
        param="iban",
    )


def bic_invalid() -> Refusal:
    """A BIC has eight or eleven characters."""
    return Refusal(
        code="bic_invalid",
        for_customer="A BIC has 8 or 11 letters and digits, such as COBADEFFXXX. It may be left out.",
        for_tenant="Invalid BIC.",
        param="bic",
    )


def prefix_invalid(shortest: int, longest: int) -> Refusal:
    """Invoice numbers begin with letters and digits alone, so that no two series look alike."""
    return Refusal(
        code="prefix_invalid",
        for_customer="Please use {shortest} to {longest} letters and digits, without spaces or dashes.",
        for_tenant="An invoice prefix has {shortest} to {longest} capital letters and digits.",
        parameters={"shortest": shortest, "longest": longest},
        param="invoice_prefix",
    )


def prefix_taken(prefix: str) -> Refusal:
    """Invoices from elsewhere carry numbers of this series, which the counter knows nothing of."""
    return Refusal(
        code="prefix_taken",
        for_customer="There are invoices whose numbers begin like this already. Please choose another beginning.",
        for_tenant="The invoice prefix `{prefix}` is taken.",
        parameters={"prefix": prefix},
        param="invoice_prefix",
    )
