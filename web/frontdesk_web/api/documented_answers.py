"""What each address answers with, as the OpenAPI document says it: which kind of object, or a list of which."""

import re
from collections.abc import Mapping

from frontdesk_web.api.answer_schemas import Schema, ref
from frontdesk_web.api.calls import Endpoint

_KINDS: Mapping[str, str] = {
    "/v1/account": "account",
    "/v1/accounts": "account",
    "/v1/balance": "balance",
    "/v1/billing/feedback_options": "billing.feedback_option",
    "/v1/billing/meter_event_adjustments": "billing.meter_event_adjustment",
    "/v1/billing/meter_events": "billing.meter_event",
    "/v1/billing/meters": "billing.meter",
    "/v1/billing/meters/{id}/event_summaries": "billing.meter_event_summary",
    "/v1/billing_portal/configurations": "billing_portal.configuration",
    "/v1/billing_portal/permissions": "billing_portal.permissions",
    "/v1/billing_portal/sessions": "billing_portal.session",
    "/v1/charges": "charge",
    "/v1/charges/{charge}/refunds": "refund",
    "/v1/checkout/sessions": "checkout.session",
    "/v1/coupons": "coupon",
    "/v1/credit_notes": "credit_note",
    "/v1/credit_notes/preview/lines": "credit_note_line_item",
    "/v1/credit_notes/{credit_note}/lines": "credit_note_line_item",
    "/v1/customers": "customer",
    "/v1/customers/{customer}/balance_transactions": "customer_balance_transaction",
    "/v1/customers/{customer}/discount": "discount",
    "/v1/customers/{customer}/payment_methods": "payment_method",
    "/v1/customers/{customer}/subscriptions": "subscription",
    "/v1/customers/{customer}/tax_ids": "tax_id",
    "/v1/events": "event",
    "/v1/file_links": "file_link",
    "/v1/files": "file",
    "/v1/frontdesk/invoices/{invoice}/payments": "frontdesk.payment",
    "/v1/frontdesk/invoices/{invoice}/payments/{payment}/reverse": "invoice",
    "/v1/invoice_payments": "invoice_payment",
    "/v1/invoiceitems": "invoiceitem",
    "/v1/invoices": "invoice",
    "/v1/invoices/{invoice}/lines": "line_item",
    "/v1/payment_intents": "payment_intent",
    "/v1/payment_methods": "payment_method",
    "/v1/prices": "price",
    "/v1/products": "product",
    "/v1/promotion_codes": "promotion_code",
    "/v1/refunds": "refund",
    "/v1/setup_intents": "setup_intent",
    "/v1/subscription_items": "subscription_item",
    "/v1/subscription_schedules": "subscription_schedule",
    "/v1/subscriptions": "subscription",
    "/v1/subscriptions/{subscription}/discount": "discount",
    "/v1/tax/registrations": "tax.registration",
    "/v1/tax/settings": "tax.settings",
    "/v1/tax_codes": "tax_code",
    "/v1/tax_ids": "tax_id",
    "/v1/tax_rates": "tax_rate",
    "/v1/test_helpers/test_clocks": "test_helpers.test_clock",
    "/v1/webhook_endpoints": "webhook_endpoint",
    "/v2/core/accounts": "v2.core.account",
}
"""The kind of object below each address, by the longest beginning."""
_SINGLE = ("/account", "/balance", "/settings", "/permissions", "/preview", "/discount")
"""How addresses end that are read and are no list."""
_WHOLE_AFTERWARDS = ("DELETE /v1/subscriptions/{subscription}",)
"""What is still shown whole when it was taken away."""
_SHOWN_AFTERWARDS = ("GET /v1/customers/{customer}",)
"""Where something that was deleted is not gone, but shown as deleted."""

_NEVER_ANY = ("/v1/accounts", "/v1/customers/{customer}/sources", "/v1/products/{id}/features")
"""Lists of what nobody has. They are there for programs that ask."""


def kind_of(path: str) -> str | None:
    """The kind of object that an address is about."""
    parts = open_path(path).split("/")
    found = ("/".join(parts[:length]) for length in range(len(parts), 1, -1))
    return next((_KINDS[each] for each in found if each in _KINDS), None)


def answer_of(endpoint: Endpoint) -> Schema:
    """The schema of an endpoint's answer.

    Raises:
        LookupError: nobody has said yet what kind of object it is about.
    """
    if open_path(endpoint.path) in _NEVER_ANY:
        nothing = _list({}, object={"const": "list"}, url={"type": "string"}, has_more={"const": False})
        nothing["properties"]["data"] = {"type": "array", "maxItems": 0}
        return nothing
    kind = kind_of(endpoint.path)
    if kind is None:
        raise LookupError(f"{endpoint.path} is about a kind of object that `_KINDS` does not name")
    one = ref(kind)
    asked = f"{endpoint.method} {open_path(endpoint.path)}"
    if endpoint.method == "DELETE":
        return one if asked in _WHOLE_AFTERWARDS else ref(f"deleted_{kind}")
    if asked in _SHOWN_AFTERWARDS:
        return {"anyOf": [one, ref(f"deleted_{kind}")]}
    if endpoint.method == "POST" or endpoint.path.endswith(("}", *_SINGLE)):
        return one
    if endpoint.path.startswith("/v2/"):
        page: Schema = {"type": ["string", "null"]}
        return _list(one, next_page_url=page, previous_page_url=page)
    if endpoint.path.endswith("/search"):
        shape: Schema = {"object": {"const": "search_result"}, "next_page": {"type": ["string", "null"]}}
        found = _list(one, **shape, url={"type": "string"}, has_more={"type": "boolean"})
        found["properties"]["total_count"] = {"type": "integer", "description": "Where it was asked for."}
        return found
    return _list(one, object={"const": "list"}, url={"type": "string"}, has_more={"type": "boolean"})


def open_path(path: str) -> str:
    """The path as OpenAPI writes it: `/v1/prices/{price}`."""
    return re.sub(r":\w+}", "}", path)


def _list(one: Schema, **beside: Schema) -> Schema:
    properties = {"data": {"type": "array", "items": one}, **beside}
    return {
        "type": "object",
        "required": sorted(properties),
        "properties": properties,
        "additionalProperties": False,
    }
