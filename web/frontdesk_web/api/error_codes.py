"""What each error code means: the pages that `doc_url` leads to, as plain text for whoever debugs a program."""

from collections.abc import Mapping

from litestar import MediaType, Response, get
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

CODES: Mapping[str, str] = {
    "account_invalid": "The account is not the one that the key belongs to. There are no connected accounts.",
    "account_suspended": "The operator of this service has suspended the account, its sandbox included. Everything can "
    "still be read, and customers can still look at their invoices and cancel. Contact the operator.",
    "amount_too_large": "The amount is larger than can be billed. Use a smaller quantity.",
    "api_key_expired": "The API key was revoked, or rolled and its time is over. Use the new one.",
    "authentication_required": "The bank wants the card's holder to confirm the payment. Lead the customer to a page "
    "where they can.",
    "card_declined": "The bank declined the card; `decline_code` says why, as far as it tells. Nothing was charged.",
    "coupon_applies_to_nothing": "The coupon is for other products than those that are bought.",
    "coupon_expired": "The coupon or promotion code has expired, was used up or was switched off. Use another one.",
    "customer_max_payment_methods": "The customer has as many payment methods as there can be. Detach one first.",
    "customer_tax_location_invalid": "Tax cannot be worked out without the customer's country. Set the customer's "
    "address first.",
    "duplicate_meter_event": "An event with this identifier was counted before, so that it was not counted again.",
    "email_invalid": "The e-mail address is not one that mail could be sent to: it needs a name, an @ and a domain.",
    "expired_card": "The card has expired. Ask for another one.",
    "idempotency_key_in_use": "Another request with the same idempotency key is still running. Wait, then repeat "
    "yours with the same key: it will get the other one's answer.",
    "idempotency_error": "The idempotency key was used before with other parameters.",
    "incorrect_cvc": "The bank says that the card's security code is wrong.",
    "invoice_no_customer_line_items": "There is nothing on the invoice. Add a line first.",
    "invoice_not_editable": "The invoice is not in a state in which this can be done: lines are added to drafts, and "
    "what is paid is open.",
    "invoice_upcoming_none": "Nothing is going to be billed: no subscription goes on, and nothing waits.",
    "lock_timeout": "Another request is changing the same object. Repeat yours in a moment.",
    "parameter_invalid_empty": "The parameter cannot be unset. Leave it out, or give it a value.",
    "parameter_invalid_integer": "The parameter must be an integer within its bounds.",
    "parameter_invalid_string": "The text is too long, or has characters that cannot be printed.",
    "parameter_missing": "The request needs this parameter.",
    "parameter_unknown": "There is no such parameter here. Look for a misspelt name, or for one of another version.",
    "parameters_exclusive": "Two parameters say the same thing. Give one of them.",
    "payment_intent_authentication_failure": "The holder of the card did not confirm at the bank. Confirm again, "
    "with this method or another one.",
    "payment_intent_unexpected_state": "The payment intent's status does not allow this. Look at its `status` first.",
    "permission_denied": "The restricted key may not do this. Give it the permission that the message names, or use "
    "another key.",
    "processing_error": "The bank could not process the card just now. Try again in a moment.",
    "promotion_code_customer_not_first_time": "The promotion code is for first orders, and the customer was billed "
    "before.",
    "rate_limit": "The key asks too often. A live key has 100 requests a second, a sandbox key 25.",
    "resource_already_exists": "Something with this id exists already. Use another id.",
    "resource_missing": "There is nothing with this id on the side that the key belongs to. Live and sandbox share "
    "nothing.",
    "secret_key_required": "A publishable key cannot do this. Use the secret one.",
    "setup_intent_authentication_failure": "The card's holder did not confirm at the bank. Confirm again, with this "
    "method or another one.",
    "setup_intent_unexpected_state": "The setup intent's status does not allow this. Look at its `status` first.",
    "tax_id_invalid": "The tax id is not written as those of its type are. Compare it with the customer's papers.",
    "url_invalid": "The address must be absolute and begin with http:// or https://.",
}


def doc_path(code: str) -> str:
    """Where a code is explained."""
    return "/docs/error-codes/" + code.replace("_", "-")


@get("/docs/error-codes/{name:str}", media_type=MediaType.TEXT, name="api error code")
async def explain(name: FromPath[str]) -> Response[str]:
    """The explanation of one code."""
    code = name.replace("-", "_")
    if code not in CODES:
        raise NotFoundException
    return Response(f"{code}\n\n{CODES[code]}\n")
