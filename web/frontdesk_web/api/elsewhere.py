"""Addresses of Stripe's that are not served: what does the same here, so that a program's refusal says what to use."""

import re

_NO_MONEY = "No money passes through Frontdesk: /v1/charges and /v1/refunds have what was paid and went back."
_BY_METER = "Report use by POST /v1/billing/meter_events, one at a time."
_METHODS = "Use /v1/payment_methods and /v1/setup_intents."
_SOLD = (
    "Sell by POST /v1/subscriptions with `payment_behavior=default_incomplete`; POST /v1/checkout/sessions in `setup` "
    "mode adds a card."
)
_PREVIEW = "Use POST /v1/invoices/create_preview."
_EVENTS = "Use /v1/events, and /v1/webhook_endpoints to be told of them."
_REFUND = "Use POST /v1/refunds with `charge`."
_INSTEAD = tuple(
    (re.compile(pattern), sentence)
    for pattern, sentence in (
        (r"/v1/plans\b", "Use /v1/prices."),
        (r"/v1/invoices/upcoming\b", _PREVIEW),
        (r"/v1/subscription_items/[^/]+/usage_record", _BY_METER),
        (r"/v2/billing/meter_event", _BY_METER),
        (r"/v1/customers/[^/]+/(sources|cards|bank_accounts)\b", _METHODS),
        (
            r"/v1/(sources|setup_attempts|mandates|confirmation_tokens)\b",
            f"{_METHODS} See `last_setup_error`.",
        ),
        (r"/v1/customers/[^/]+/subscriptions\b", "Use /v1/subscriptions."),
        (r"/v1/customers/[^/]+/(cash_balance|funding_instructions)", "/v1/customers/:id/balance_transactions is here."),
        (r"/v1/charges/[^/]+/refund", _REFUND),
        (r"/v1/charges\b", "Use POST /v1/payment_intents with `confirm=true`."),
        (r"/v1/(balance_transactions|balance/history|payouts|disputes|topups|transfers|reviews|radar)\b", _NO_MONEY),
        (r"/v1/(payment_links|quotes|customer_sessions)\b", _SOLD),
        (r"/v1/checkout/sessions/[^/]+/line_items\b", _SOLD),
        (r"/v2/core/(events|event_destinations)\b", _EVENTS),
    )
)


def instead_of(path: str) -> str:
    """A sentence about what does the same as an address that is not served; empty where nothing does."""
    return next((sentence for pattern, sentence in _INSTEAD if pattern.match(path)), "")
