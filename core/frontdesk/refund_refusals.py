"""Refusals about refunds: what cannot go back. No customer ever asks for one, so the sentences are for staff."""

from frontdesk.errors import Refusal

_CUSTOMERS = "This cannot be done here. Please contact us."


def _refusal(
    code: str, sentence: str, param: str | None = None, api_code: str | None = None, **known: str | int
) -> Refusal:
    return Refusal(
        code=code, for_customer=_CUSTOMERS, for_tenant=sentence, param=param, api_code=api_code, parameters=known
    )


def no_such_charge(id: str) -> Refusal:
    """No charge with this id."""
    return _refusal("no_such_charge", "No such charge: '{id}'", "charge", "resource_missing", id=id)


def refunded_already(charge: str) -> Refusal:
    """All of it went back. Stripe's sentence."""
    sentence = "Charge {charge} has already been refunded."
    return _refusal("charge_already_refunded", sentence, None, "charge_already_refunded", charge=charge)


def more_than_left(amount: int, left: int, *, whole: bool) -> Refusal:
    """No more goes back than came in. Stripe's sentence, with amounts in the smallest unit."""
    of_whole = "Refund amount ({amount}) is greater than charge amount ({left})"
    of_rest = "Refund amount ({amount}) is greater than unrefunded amount on charge ({left})"
    if amount <= 0:
        return _refusal("refund_amount", "Invalid positive integer", "amount", "parameter_invalid_integer")
    return _refusal("refund_amount", of_whole if whole else of_rest, "amount", None, amount=amount, left=left)


def nothing_charged(charge: str) -> Refusal:
    """The bank declined it: there is nothing that could go back."""
    sentence = "Charge {charge} was not successful, so there is nothing to refund."
    return _refusal("charge_not_refundable", sentence, None, "charge_not_refundable", charge=charge)


def not_captured(charge: str) -> Refusal:
    """What is only held is let go, not refunded."""
    sentence = "Charge {charge} has not been captured. Cancel its PaymentIntent instead."
    return _refusal("charge_not_refundable", sentence, None, "charge_not_refundable", charge=charge)
