"""What cannot be done with an invoice, and why invoices are not shown."""

from frontdesk.errors import Refusal
from frontdesk.sentences import _


def invoice_already_paid() -> Refusal:
    """There is nothing left to pay."""
    return Refusal(
        code="invoice_already_paid",
        for_customer="This invoice is already paid.",
        for_tenant="Invoice is already paid",
    )


def invoice_not_payable(status: str) -> Refusal:
    """Drafts and void invoices are not paid."""
    return Refusal(
        code="invoice_not_payable",
        for_customer="This invoice cannot be paid.",
        for_tenant="You can only pay an open invoice; this one is `{status}`.",
        parameters={"status": status},
        api_code="invoice_not_editable",
    )


def invoice_not_open() -> Refusal:
    """Only what is still asked for can be taken back or given up."""
    return Refusal(
        code="invoice_not_open",
        for_customer="This invoice is not open any more.",
        for_tenant="You can only pass in open invoices. This invoice isn't open.",
    )


def invoice_has_payments() -> Refusal:
    """What was paid for is corrected by a credit note, never taken back."""
    return Refusal(
        code="invoice_has_payments",
        for_customer="This invoice has been paid, at least in part.",
        for_tenant="Invoices with `paid` payments cannot be voided.",
    )


def no_statement() -> Refusal:
    """The billing backend keeps what was billed and paid to itself: a statement would say that nothing was."""
    return Refusal(
        code="statement_not_kept",
        for_customer="There is no statement of account here. Your invoices say what was billed and paid.",
        for_tenant=_(
            "There is no statement of account here: what was billed and paid is kept at your billing backend. The"
            " customer's invoices are on their page."
        ),
        missing=True,
    )


def not_for_invoice(code: str, sentence: str, param: str | None = None, api_code: str | None = None) -> Refusal:
    """Something about an invoice by hand, which no customer ever does."""
    return Refusal(
        code=code,
        for_customer="This cannot be done here. Please contact us.",
        for_tenant=sentence,
        param=param,
        api_code=api_code,
    )


def invoice_currencies_differ(asked: str, currency: str) -> Refusal:
    """One invoice is in one currency."""
    return Refusal(
        code="invoice_currencies_differ",
        for_customer="This cannot be done here. Please contact us.",
        for_tenant="Everything on an invoice is in one currency: `{asked}` cannot be billed in `{currency}`.",
        parameters={"asked": asked, "currency": currency},
        param="currency",
    )


def already_uncollectible() -> Refusal:
    """It is marked once."""
    return Refusal(
        code="already_uncollectible",
        for_customer="This invoice is not open any more.",
        for_tenant="This invoice has already been marked uncollectible.",
    )


def days_until_due_invalid(maximum: int) -> Refusal:
    """Days until due count forwards, up to two years."""
    return Refusal(
        code="days_until_due_invalid",
        for_customer="This cannot be done here. Please contact us.",
        for_tenant="`days_until_due` must be an integer from 0 to {maximum}.",
        parameters={"maximum": maximum},
        param="days_until_due",
        api_code="parameter_invalid_integer",
    )


def invoices_hidden() -> Refusal:
    """The feature is off."""
    return Refusal(
        code="invoice_history_disabled",
        for_customer="Your invoices are not shown here. Please contact us if you need one.",
        for_tenant="Invoices are not shown because the invoice history feature in the portal configuration is"
        " disabled.",
    )


def bundled_often(seconds: int) -> Refusal:
    """A download of many documents sets each of them. `seconds` is how long to wait."""
    return Refusal(
        code="bundled_often",
        for_customer="You have downloaded many files within a short time. Please try again in an hour.",
        for_tenant="The customer has downloaded many files of invoices within the last hour.",
        for_now=True,
        retry_after=seconds,
    )
