"""What the paths, queries and forms of every route may name.

What cannot be read from code (which field of a form names what) stands here, and a route or a field that is not known
here fails the tests.
"""

from collections.abc import Iterator, Mapping

from dashboard_routes import STAFF_FIELDS, STAFF_NEEDED, STAFF_PATH_KINDS
from msgspec import Struct
from spots import Spot, all_parameters, endpoint_of, innermost, text_parameters

from frontdesk.search_queries import FIELDS


class Slot(Struct, frozen=True, kw_only=True):
    """A place in a request that names something. `where` is path, query, form or json."""

    where: str
    name: str
    kind: str


GLOBAL = "the same for everybody"
GLOBAL_VALUES = {
    "kind": "svg",
    "stage": "friendly",
    "id": "txcd_10000000",
    "path": "/portal.css",
    "public_id": "nobody",
    "name": "resource-missing",
    "account": "acct_nobody",
    "token": "house0000000" + "x" * 32,
    "tenant": "nobody-here",
    "asked": "sup_1",
    "guest": "siv_1",
    "test_clock": "clock_1",
    "clock": "clock_1",
    "payment_method": "pm_1",
    "intent": "seti_1",
    "charge": "ch_1",
    "refund": "re_1",
    "invoice_payment": "inpay_1",
    "session": "cs_test_1",
    "report": "nobody000000.chl_1." + "x" * 43,
    "side": "nobody000000",
    "endpoint": "x" * 32,
}
INVOICE_LINKS = ("invoice link", "credited link")
BEARER = ("login link", "session link", "invitation link", *INVOICE_LINKS)
"""Whoever has one may use it: it is no id but a secret, and only parts of it can be somebody else's."""
TEAM = ("member", "invitation", "staff session")
"""What both sides of a tenant share: its team."""
NO_IDS = ("portal", "address", "lookup key")
"""Names that every side has its own of, and that are tried in tests of their own."""
PATH_KINDS = {
    "customer": "customer",
    "price": "price",
    "subscription": "subscription",
    "item": "item",
    "line_item_id": "draft line",
    "invoice": "invoice",
    "invoiceitem": "invoice item",
    "credit_note": "credit note",
    "transaction": "balance transaction",
    "coupon": "coupon",
    "promotion_code": "promotion code",
    "tax_rate": "tax rate",
    "tax_id": "tax id",
    "feedback_option": "feedback option",
    "webhook_endpoint": "webhook endpoint",
    "configuration": "configuration",
    "quote": "quote",
    "schedule": "schedule",
    "file": "file",
    "link": "file link",
    "test_clock": GLOBAL,
    "account": GLOBAL,
    "payment_method": GLOBAL,
    "intent": GLOBAL,
    "charge": GLOBAL,
    "refund": GLOBAL,
    "invoice_payment": GLOBAL,
    "portal": "portal",
    **STAFF_PATH_KINDS,
}
_CHANGED = {"POST /v1/invoices/{invoice}": "draft"}
"""What is changed by a route, where most things of its kind cannot be changed any more."""
COLLECTIONS = {
    "/v1/billing/meters/{id}": "meter",
    "/v1/tax/registrations/{id}": "tax registration",
    "/v1/products/{id}": "product",
    "/v1/invoices/{invoice}/add_lines": "draft",
    "/v1/invoices/{invoice}/update_lines": "draft",
    "/v1/invoices/{invoice}/remove_lines": "draft",
    "/v1/invoices/{invoice}/lines/": "draft",
    "/v1/tax_codes/{id}": GLOBAL,
    "/dashboard/{portal}/portal/configurations/{configuration}": "spare configuration",
    "/v2/core/accounts/{id}": "account",
    "/static/{path}": GLOBAL,
    "/brand/{public_id}/{name}": GLOBAL,
    "/images/{public_id}/small/{name}": GLOBAL,
    "/images/{public_id}/{name}": GLOBAL,
    "/docs/error-codes/{name}": GLOBAL,
    "/reports/{report}": GLOBAL,
    "/webhooks/{side}/{endpoint}": GLOBAL,
    "/p/login/{token}": "login link",
    "/p/session/{token}": "session link",
    "/p/address/{token}": GLOBAL,
    "/p/wrong-codes/{token}": GLOBAL,
    "/links/{token}": GLOBAL,
    "/p/checkout/{token}": GLOBAL,
    "/p/authenticate/{token}": GLOBAL,
    "/v1/checkout/sessions/{session}": GLOBAL,
    "/p/invoice/{token}/credit-notes": "credited link",
    "/p/invoice/{token}": "invoice link",
    "/dashboard/invitation/{token}": "invitation link",
    "/dashboard/sign-up/invitation/{token}": GLOBAL,
    "/operator/tenants/{tenant}": GLOBAL,
    "/operator/requests/{asked}": GLOBAL,
    "/operator/invitations/{guest}": GLOBAL,
}
NAMED = {
    "customer": "customer",
    "customer_account": "account",
    "file": "file",
    "icon": "file",
    "logo": "file",
    "price": "price",
    "plan": "price",
    "prices": "price",
    "default_price": "price",
    "product": "product",
    "invoice": "invoice",
    "invoice_line_item": "line",
    "ids": "product",
    "products": "product",
    "coupon": "coupon",
    "tax_rates": "tax rate",
    "default_tax_rates": "tax rate",
    "meter": "meter",
    "feedback_option": "feedback option",
    "feedback_options": "feedback option",
    "reasons": "feedback option",
    "promotion_code": "promotion code",
    "discount": "discount",
    "configuration": "configuration",
    "subscription": "subscription",
    "from_subscription": "subscription",
    "page": "account",
    "lookup_keys": "lookup key",
    "lookup_key": "lookup key",
    "email": "address",
    "contact_email": "address",
}
"""Parameters of the API that name something, by their innermost name."""
_TEXTS = """
    city country line1 line2 postal_code state name value description footer preferred_locales phone headline
    privacy_policy_url terms_of_service_url default_return_url return_url
    payment_method_configuration nickname currency statement_descriptor tax_code unit_label images url comment
    memo contact_phone display_name expand test_clock code minimum_amount_currency
    custom_message jurisdiction event_name event_payload_key identifier reference query
    api_version enabled_events type types
    payment_method default_payment_method payment_intent charge refund token primary_color secondary_color success_url
    cancel_url client_reference_id customer_email receipt_email statement_descriptor_suffix object
"""
TEXTS = frozenset(_TEXTS.split())
"""Parameters of the API that name nothing of a side. Test clocks, payment methods and charges are nobody's here: these
requests are made of live sides, which have none. `test_api_clocks`, `test_dashboard_clocks`, `test_api_payment_methods`
and `test_api_refunds` try them between sandboxes."""
OWN_CHOICE = {("POST /v1/products", "id"), ("POST /v1/prices", "product_data[id]"), ("POST /v1/coupons", "id")}
"""Ids that the caller makes up: another side's is free on this one."""
LISTED = {
    "/v1/products": "product",
    "/v1/prices": "price",
    "/v1/customers": "customer",
    "/v1/subscriptions": "subscription",
    "/v1/subscription_items": "item",
    "/v1/subscription_schedules": "schedule",
    "/v1/invoices": "invoice",
    "/v1/invoiceitems": "invoice item",
    "/v1/credit_notes": "credit note",
    "/v1/credit_notes/{credit_note}/lines": "credit note line",
    "/v1/customers/{customer}/balance_transactions": "balance transaction",
    "/v1/customers/{customer}/subscriptions": "subscription",
    "/v1/charges/{charge}/refunds": GLOBAL,
    "/v1/credit_notes/preview/lines": GLOBAL,
    "/v1/invoices/{invoice}/lines": "line",
    "/v1/frontdesk/invoices/{invoice}/payments": "payment",
    "/v1/billing_portal/configurations": "configuration",
    "/v1/coupons": "coupon",
    "/v1/tax_rates": "tax rate",
    "/v1/promotion_codes": "promotion code",
    "/v1/tax_codes": GLOBAL,
    "/v1/test_helpers/test_clocks": GLOBAL,
    "/v1/payment_methods": GLOBAL,
    "/v1/setup_intents": GLOBAL,
    "/v1/payment_intents": GLOBAL,
    "/v1/charges": GLOBAL,
    "/v1/refunds": GLOBAL,
    "/v1/invoice_payments": GLOBAL,
    "/v1/checkout/sessions": GLOBAL,
    "/v1/accounts": GLOBAL,
    "/v1/products/{id}/features": GLOBAL,
    "/v1/customers/{customer}/payment_methods": GLOBAL,
    "/v1/customers/{customer}/sources": GLOBAL,
    "/v1/billing/meters": "meter",
    "/v1/billing/meters/{id}/event_summaries": GLOBAL,
    "/v1/billing/feedback_options": "feedback option",
    "/v1/tax/registrations": "tax registration",
    "/v1/tax_ids": "tax id",
    "/v1/customers/{customer}/tax_ids": "tax id",
    "/v1/events": "event",
    "/v1/files": "file",
    "/v1/file_links": "file link",
    "/v1/webhook_endpoints": "webhook endpoint",
}
"""What cursors of a list name."""
NEEDED: Mapping[str, Mapping[str, str]] = {
    "POST /v1/products": {
        "name": "Desk",
        "default_price_data[currency]": "eur",
        "default_price_data[unit_amount]": "100",
        "default_price_data[recurring][interval]": "month",
    },
    "POST /v1/prices": {
        "currency": "eur",
        "unit_amount": "100",
        "product": "@product",
        "recurring[interval]": "month",
    },
    "POST /v1/file_links": {"file": "@file"},
    "POST /v1/subscriptions": {"customer": "@customer", "items[0][price]": "@price"},
    "POST /v1/subscriptions/{subscription}": {"items[0][id]": "@item", "items[0][quantity]": "2"},
    "POST /v1/invoices/create_preview": {
        "subscription": "@subscription",
        "subscription_details[items][0][id]": "@item",
        "subscription_details[items][0][quantity]": "2",
        "invoice_items[0][amount]": "100",
    },
    "POST /v1/invoices/{invoice}/add_lines": {"lines[0][amount]": "100"},
    "POST /v1/invoices/{invoice}/update_lines": {"lines[0][id]": "@draft line", "lines[0][amount]": "100"},
    "POST /v1/invoices/{invoice}/remove_lines": {"lines[0][id]": "@draft line", "lines[0][behavior]": "delete"},
    "POST /v1/invoices/{invoice}/lines/{line_item_id}": {"amount": "100"},
    "POST /v1/subscription_schedules": {"customer": "@customer", "phases[0][items][0][price]": "@dear price"},
    "GET /v1/subscription_schedules": {"customer": "@customer"},
    "POST /v1/subscription_schedules/{schedule}": {
        "phases[0][items][0][price]": "@price",
        "phases[0][items][0][quantity]": "3",
    },
    "POST /v1/subscription_items": {"subscription": "@subscription", "price": "@dear price"},
    "GET /v1/subscription_items": {"subscription": "@subscription"},
    "POST /v1/customers/{customer}/balance_transactions": {"amount": "-100", "currency": "sek"},
    "POST /v1/credit_notes": {
        "invoice": "@invoice",
        "lines[0][type]": "invoice_line_item",
        "lines[0][invoice_line_item]": "@line",
        "lines[0][amount]": "1",
    },
    "GET /v1/credit_notes/preview": {
        "invoice": "@invoice",
        "lines[0][type]": "invoice_line_item",
        "lines[0][invoice_line_item]": "@line",
        "lines[0][amount]": "1",
    },
    "GET /v1/credit_notes/preview/lines": {
        "invoice": "@invoice",
        "lines[0][type]": "invoice_line_item",
        "lines[0][invoice_line_item]": "@line",
        "lines[0][amount]": "1",
    },
    "POST /v1/invoices": {"customer": "@customer"},
    "POST /v1/invoiceitems": {"customer": "@customer", "amount": "100", "currency": "eur"},
    "POST /v1/coupons": {"percent_off": "25"},
    "POST /v1/webhook_endpoints": {"url": "https://hooks.example.com/", "enabled_events[0]": "*"},
    "POST /v1/billing/feedback_options": {"description": "We closed our office"},
    "POST /p/{portal}/details/tax-ids": {"type": "us_ein", "value": "12-3456789"},
    "POST /v1/customers/{customer}/tax_ids": {"type": "us_ein", "value": "12-3456789"},
    "POST /v1/tax_ids": {
        "type": "us_ein",
        "value": "12-3456789",
        "owner[type]": "customer",
        "owner[customer]": "@customer",
    },
    "GET /v1/tax_ids": {"owner[type]": "customer", "owner[customer]": "@customer"},
    "POST /v1/tax/registrations": {"active_from": "now", "country": "AT", "country_options[at][type]": "standard"},
    "POST /v1/tax_rates": {"display_name": "VAT", "percentage": "19", "inclusive": "false"},
    "POST /v1/billing/meters": {
        "display_name": "Calls",
        "event_name": "call",
        "default_aggregation[formula]": "sum",
    },
    "POST /v1/billing/meter_event_adjustments": {
        "event_name": "call",
        "type": "cancel",
        "cancel[identifier]": "none",
    },
    "POST /v1/billing/meter_events": {"event_name": "call", "payload[value]": "1"},
    "GET /v1/billing/meters/{id}/event_summaries": {
        "customer": "@customer",
        "start_time": "1800000000",
        "end_time": "1800003600",
    },
    "POST /v1/payment_methods": {"type": "card", "card[token]": "tok_visa"},
    "POST /v1/payment_methods/{payment_method}/attach": {"customer": "@customer"},
    "POST /v1/payment_intents": {"amount": "500", "currency": "eur"},
    "POST /v1/checkout/sessions": {"mode": "setup", "success_url": "https://shop.example"},
    "POST /p/checkout/{token}": {"card": "visa"},
    "POST /p/authenticate/{token}": {"answer": "yes"},
    "POST /p/{portal}/payment-methods/add": {"card": "visa"},
    "POST /p/invoice/{token}/pay": {"card": "visa"},
    "POST /p/{portal}/payment-methods/confirm": {"card": "authenticationRequired", "answer": "yes"},
    "GET /p/{portal}/payment-methods/confirm": {"card": "authenticationRequired"},
    "POST /p/{portal}/invoices/{invoice}/pay": {"method": "pm_1"},
    "GET /p/{portal}/invoices/{invoice}/pay/confirm": {"method": "pm_1"},
    "POST /p/{portal}/invoices/{invoice}/pay/confirm": {"method": "pm_1", "answer": "yes"},
    "POST /p/{portal}/subscriptions/{subscription}/payment-method": {"method": "pm_1"},
    "POST /v1/promotion_codes": {"promotion[type]": "coupon", "promotion[coupon]": "@coupon"},
    "POST /v1/billing_portal/sessions": {"customer": "@customer"},
    "GET /v1/billing_portal/permissions": {"customer": "@customer"},
    **{f"GET /v1/{each}/search": {"query": "-metadata['of']:'nobody'"} for each in FIELDS},
    "POST /v1/test_helpers/test_clocks": {"frozen_time": "1800000000"},
    "POST /v1/test_helpers/test_clocks/{test_clock}/advance": {"frozen_time": "1800000000"},
    "POST /p/{portal}/subscriptions/{subscription}/change": {
        "product": "@dear product",
        "interval": "month",
        "quantity": "3",
    },
    "POST /p/{portal}/subscriptions/{subscription}/cancel": {"?quote": "@cancellation"},
    "POST /p/{portal}/subscriptions/{subscription}/stay": {"?quote": "@stay"},
    "POST /p/{portal}/subscriptions/{subscription}/pause": {"quote": "@pause"},
    "POST /p/{portal}/subscriptions/{subscription}/resume": {"quote": "@pause"},
    "POST /p/{portal}/subscriptions/{subscription}/pause-end": {"quote": "@pause"},
    "POST /p/{portal}/subscriptions/{subscription}/reason": {"feedback": "other", "comment": "Moving away"},
    "POST /p/{portal}/details": {"name": "Jenny Rosen", "phone": "+49 40 1234567"},
    "POST /p/login/{token}": {"email": "jenny@example.com"},
    "POST /p/login/{token}/code": {"code": "000000"},
    "POST /v1/billing_portal/configurations": {
        "features[subscription_cancel][enabled]": "true",
        "features[subscription_cancel][cancellation_reason][enabled]": "true",
        "frontdesk[retention][before][0][offer][type]": "coupon",
        "frontdesk[retention][before][0][offer][coupon]": "@coupon",
        "frontdesk[retention][after][0][offer][type]": "coupon",
        "frontdesk[retention][after][0][offer][coupon]": "@coupon",
        "features[subscription_update][enabled]": "true",
        "features[subscription_update][default_allowed_updates][0]": "price",
        "features[subscription_update][products][0][product]": "@product",
        "features[subscription_update][products][0][prices][0]": "@price",
    },
    "POST /v1/billing_portal/configurations/{configuration}": {
        "features[subscription_cancel][enabled]": "true",
        "features[subscription_cancel][cancellation_reason][enabled]": "true",
        "frontdesk[retention][before][0][offer][type]": "coupon",
        "frontdesk[retention][before][0][offer][coupon]": "@coupon",
        "frontdesk[retention][after][0][offer][type]": "coupon",
        "frontdesk[retention][after][0][offer][coupon]": "@coupon",
        "features[subscription_update][enabled]": "true",
        "features[subscription_update][default_allowed_updates][0]": "price",
        "features[subscription_update][products][0][product]": "@product",
        "features[subscription_update][products][0][prices][0]": "@price",
    },
    **STAFF_NEEDED,
}
"""What a request needs so that only the thing named in the slot can be wrong with it. `?` marks the query's part of a
form that is posted, `@` an own id."""
INSTEAD = {
    "customer_account": "customer",
    "owner[customer_account]": "owner[customer]",
    "items[0][plan]": "items[0][price]",
    "items[0][price_data][product]": "items[0][price]",
    "phases[0][items][0][plan]": "phases[0][items][0][price]",
    "phases[0][items][0][price_data][product]": "phases[0][items][0][price]",
    "plan": "price",
    "price_data[product]": "price",
    "pricing[price]": "amount",
    "product_data[id]": "product",
    "product_data[name]": "product",
    "product_data[statement_descriptor]": "product",
    "product_data[tax_code]": "product",
    "product_data[unit_label]": "product",
}
"""Parameters that stand in another one's place."""
PRICE_DATA = {"[currency]": "eur", "[recurring][interval]": "month", "[unit_amount]": "1"}
"""What a price that is described for an item needs beside its product."""
DETAILS = "name phone email address_line1 address_line2 postal_code city state country adapt"
SHIPPING = "name phone line1 line2 postal_code city state country"
PORTAL_FIELDS: Mapping[str, Mapping[tuple[str, str], str | None]] = {
    "GET /p/{portal}": {("query", "saved"): None},
    "POST /p/{portal}/switch": {("form", "customer"): "customer", ("form", "page"): None},
    "POST /p/{portal}/sign-out": {},
    "GET /p/{portal}/session": {},
    "POST /p/{portal}/session": {},
    "GET /p/{portal}/flow": {("query", "saved"): None},
    "GET /p/{portal}/signed-out": {},
    "GET /p/{portal}/payment-methods": {("query", "saved"): None},
    "GET /p/{portal}/payment-methods/add": {},
    "POST /p/{portal}/payment-methods/add": {("form", "card"): None},
    "GET /p/{portal}/payment-methods/confirm": {("query", "card"): None},
    "GET /p/{portal}/payment-methods/returned": {("query", "after"): None, ("query", "proof"): None},
    "POST /p/{portal}/payment-methods/confirm": {("form", "card"): None, ("form", "answer"): None},
    "POST /p/{portal}/payment-methods/{payment_method}/default": {},
    "POST /p/{portal}/payment-methods/{payment_method}/remove": {},
    "POST /p/{portal}/subscriptions/{subscription}/payment-method": {("form", "method"): None},
    "GET /p/{portal}/invoices/{invoice}/pay": {("query", "for"): None},
    "POST /p/{portal}/invoices/{invoice}/pay": {("form", "method"): None},
    "GET /p/{portal}/invoices/{invoice}/pay/confirm": {("query", "method"): None},
    "POST /p/{portal}/invoices/{invoice}/pay/confirm": {("form", "method"): None, ("form", "answer"): None},
    "GET /p/{portal}/subscriptions/{subscription}/change": {("query", "quote"): "quote", ("query", "quantity"): None},
    "POST /p/{portal}/subscriptions/{subscription}/change": {
        ("form", "product"): "product",
        ("form", "interval"): None,
        ("form", "quantity"): None,
        ("form", "code"): None,
        ("form", "without"): None,
    },
    "GET /p/{portal}/subscriptions/{subscription}/start-again": {},
    "POST /p/{portal}/subscriptions/{subscription}/start-again": {("query", "quote"): "quote"},
    "GET /p/{portal}/subscriptions/{subscription}/confirm/{quote}": {("query", "bank"): None},
    "POST /p/{portal}/subscriptions/{subscription}/confirm/{quote}": {("form", "answer"): None},
    "GET /p/{portal}/subscriptions/{subscription}/changed/{quote}": {},
    "GET /p/{portal}/subscriptions/{subscription}/cancel": {},
    "POST /p/{portal}/subscriptions/{subscription}/cancel": {("query", "quote"): "quote"},
    "GET /p/{portal}/subscriptions/{subscription}/cancelled": {("query", "quote"): "quote"},
    "POST /p/{portal}/subscriptions/{subscription}/reason": {
        ("form", "feedback"): None,
        ("form", "comment"): None,
        ("query", "quote"): None,
    },
    "POST /p/{portal}/subscriptions/{subscription}/stay": {("query", "quote"): "quote"},
    "GET /p/{portal}/subscriptions/{subscription}/stayed/{quote}": {},
    "POST /p/{portal}/subscriptions/{subscription}/keep": {},
    "GET /p/{portal}/subscriptions/{subscription}/pause": {},
    "POST /p/{portal}/subscriptions/{subscription}/pause": {("form", "quote"): "quote"},
    "GET /p/{portal}/subscriptions/{subscription}/paused": {},
    "GET /p/{portal}/subscriptions/{subscription}/pause-end": {},
    "POST /p/{portal}/subscriptions/{subscription}/pause-end": {("form", "quote"): "quote"},
    "GET /p/{portal}/subscriptions/{subscription}/started/{quote}": {},
    "GET /p/{portal}/subscriptions/{subscription}/resume": {},
    "POST /p/{portal}/subscriptions/{subscription}/resume": {("form", "quote"): "quote"},
    "POST /p/{portal}/subscriptions/{subscription}/undo-change": {},
    "GET /p/{portal}/details": {("query", "saved"): None},
    "POST /p/{portal}/details": {("form", name): None for name in DETAILS.split()}
    | {("form", f"shipping_{name}"): None for name in SHIPPING.split()},
    "GET /p/{portal}/details/email": {("query", "again"): None},
    "POST /p/{portal}/details/email": {("form", "code"): None},
    "POST /p/{portal}/details/email/again": {},
    "GET /p/address/{token}": {},
    "HEAD /p/address/{token}": {},
    "POST /p/address/{token}": {},
    "GET /p/wrong-codes/{token}": {},
    "HEAD /p/wrong-codes/{token}": {},
    "POST /p/wrong-codes/{token}": {},
    "GET /p/checkout/{token}": {},
    "POST /p/checkout/{token}": {("form", "card"): None},
    "GET /p/authenticate/{token}": {},
    "POST /p/authenticate/{token}": {("form", "answer"): None},
    "GET /p/invoice/{token}": {("query", "paid"): None},
    "GET /p/invoice/{token}/pdf": {},
    "GET /p/invoice/{token}/transfer-code": {("query", "of"): None},
    "GET /p/invoice/{token}/credit-notes/{credit_note}/pdf": {},
    "GET /p/invoice/{token}/payments/{payment}/receipt": {},
    "GET /p/invoice/{token}/pay": {("query", "card"): None},
    "POST /p/invoice/{token}/pay": {("form", "card"): None, ("form", "answer"): None},
    "POST /p/invoice/{token}/again": {},
    "POST /p/{portal}/details/tax-ids": {("form", "type"): None, ("form", "value"): None},
    "POST /p/{portal}/details/tax-ids/{tax_id}/remove": {},
    "GET /p/{portal}/invoices": {
        ("query", "before"): "invoice",
        ("query", "after"): "invoice",
        ("query", "year"): None,
        ("query", "status"): None,
    },
    "GET /p/{portal}/invoices.zip": {("query", "year"): None, ("query", "status"): None},
    "GET /p/{portal}/invoices/{invoice}": {},
    "GET /p/{portal}/invoices/{invoice}/pdf": {},
    "GET /p/{portal}/invoices/{invoice}/transfer-code": {("query", "of"): None},
    "GET /p/{portal}/invoices/{invoice}/payments/{payment}/receipt": {},
    "GET /p/{portal}/credit-notes/{credit_note}/pdf": {},
    "GET /p/{portal}/upcoming": {},
    "POST /p/{portal}/refused/{intent}": {},
    "GET /p/{portal}/balance": {
        ("query", "before"): "balance transaction",
        ("query", "after"): "balance transaction",
    },
    "GET /p/{portal}/statement": {("query", "from"): None, ("query", "to"): None},
    "GET /p/{portal}/statement/pdf": {("query", "from"): None, ("query", "to"): None},
    "GET /p/login/{token}": {("query", "prefilled_email"): None},
    "HEAD /p/login/{token}": {("query", "prefilled_email"): None},
    "POST /p/login/{token}": {("form", "email"): "address"},
    "GET /p/login/{token}/code": {("query", "again"): None},
    "HEAD /p/login/{token}/code": {("query", "again"): None},
    "POST /p/login/{token}/code": {("form", "code"): None},
    "POST /p/login/{token}/code/again": {("form", "by"): None},
    "GET /reports/{report}": {("query", "type"): None},
    "POST /reports/{report}": {("form", "MessageStatus"): None},
    "POST /webhooks/{side}/{endpoint}": {},
    "GET /p/session/{token}": {},
    "HEAD /p/session/{token}": {},
    **STAFF_FIELDS,
}
"""What pages read from queries and forms, beside `lang` and `csrf`; None for what names nothing."""
PUBLIC = frozenset(
    {
        "GET /",
        "HEAD /",
        "GET /docs/error-codes/{name}",
        "GET /openapi.json",
        "GET /livez",
        "GET /readyz",
        "GET /static/{path}",
        "GET /brand/{public_id}/{name}",
        "GET /images/{public_id}/{name}",
        "GET /images/{public_id}/small/{name}",
        "GET /links/{token}",
    }
)


def slots(spot: Spot) -> list[Slot]:
    """All places of a route's requests that name something of a side.

    Raises:
        LookupError: the route, or a field of it, is not known here.
    """
    found = [Slot(where="path", name=name, kind=path_kind(spot, name)) for name in spot.parameters]
    if spot.is_api:
        found += _api_slots(spot)
    elif str(spot) in PORTAL_FIELDS:
        fields = PORTAL_FIELDS[str(spot)]
        found += [Slot(where=where, name=name, kind=kind) for (where, name), kind in fields.items() if kind]
    elif str(spot) not in PUBLIC:
        raise LookupError(f"{spot} is a new route: say in route_table.py what it can name")
    return [each for each in found if each.kind != GLOBAL]


def path_kind(spot: Spot, name: str) -> str:
    """What a name in the path stands for. Raises LookupError for one that is not known here."""
    if str(spot) in _CHANGED:
        return _CHANGED[str(spot)]
    for prefix, kind in COLLECTIONS.items():
        if spot.path.startswith(prefix) and "{" + name + "}" in prefix and name != "portal":
            return kind
    if name not in PATH_KINDS:
        raise LookupError(f"{spot}: say in route_table.py what {{{name}}} stands for")
    return PATH_KINDS[name]


def along(spot: Spot, name: str) -> dict[str, str]:
    """What a parameter needs beside itself; `@` names one of the caller's own things."""
    if name.startswith("flow_data["):
        return _flow_around(name)
    described = name.removesuffix("[product]")
    if not described.removesuffix("]").endswith("price_data"):
        return {}
    recurs = described + "[recurring][interval]" in set(all_parameters(endpoint_of(spot).takes))
    return {described + rest: value for rest, value in PRICE_DATA.items()} if recurs else {}


def _flow_around(name: str) -> dict[str, str]:
    """A flow in which nothing is wrong but what the parameter names."""
    type_ = name.split("[")[1].rstrip("]")
    around = {"flow_data[type]": type_, f"flow_data[{type_}][subscription]": "@subscription"}
    retention, at = "flow_data[subscription_cancel][retention]", "flow_data[subscription_update_confirm]"
    if name.startswith(retention):
        around[f"{retention}[type]"] = "coupon_offer"
    if name.startswith(at):
        around |= {f"{at}[items][0][id]": "@item", f"{at}[items][0][quantity]": "3"}
    return {each: value for each, value in around.items() if each != name}


def _api_slots(spot: Spot) -> Iterator[Slot]:
    endpoint = endpoint_of(spot)
    where = "query" if spot.method == "GET" else endpoint.body
    for name, _ in text_parameters(endpoint.takes):
        kind = _api_kind(spot, name)
        if kind is not None:
            yield Slot(where=where, name=name, kind=kind)
    if endpoint.body == "form":
        yield Slot(where=where, name="expand[0]", kind="customer")


def _api_kind(spot: Spot, name: str) -> str | None:
    if name in ("starting_after", "ending_before"):
        if spot.path not in LISTED:
            raise LookupError(f"{spot} is a new list: say in route_table.py what it holds")
        return LISTED[spot.path]
    if (str(spot), name) in OWN_CHOICE:
        return "product"
    if name.endswith("[0][id]"):
        return "draft line" if name.startswith("lines") else "item"
    last = innermost(name)
    if last in NAMED:
        return NAMED[last]
    if last in TEXTS:
        return None
    raise LookupError(f"{spot}: say in route_table.py what {name} names, or that it names nothing")
