"""What is said of webhooks: states, kinds of events, and the lines of a program that takes them."""

from collections.abc import Mapping
from datetime import datetime

from frontdesk.happenings import ACTS
from frontdesk.webhook_endpoints import ALL, WebhookEndpoint
from frontdesk_tenants.webhook_record import Attempt, Delivery
from frontdesk_web.api.event_types import KNOWN, OURS, TOLD, type_of
from frontdesk_web.dashboard.webhook_views import EventGroup, Sample
from frontdesk_web.formatting import date_time, number
from frontdesk_web.messages import _, translate
from frontdesk_web.portal.views import Badge, Option

KINDS: Mapping[str, str] = {
    "customer": _("Customers"),
    "tax id": _("Tax ids"),
    "payment method": _("Payment methods"),
    "setupintent": _("Setup intents"),
    "payment_intent": _("Payment intents"),
    "checkout.session": _("Checkout sessions"),
    "subscription": _("Subscriptions"),
    "schedule": _("Changes that were put off"),
    "discount": _("Discounts"),
    "invoice": _("Invoices"),
    "invoiceitem": _("Invoice items"),
    "credit note": _("Credit notes"),
    "product": _("Products"),
    "price": _("Prices"),
    "coupon": _("Coupons"),
    "promotion code": _("Promotion codes"),
    "tax rate": _("Tax rates"),
    "billing meter": _("Meters"),
    "configuration": _("Portal settings"),
    "session": _("Portal sessions"),
    "file upload": _("Files"),
    "test clock": _("Test clocks"),
}
"""What the groups of events are called."""

_PYTHON = """import stripe

@app.post("/webhooks")
def webhook():
    try:
        event = stripe.Webhook.construct_event(
            request.data,
            request.headers["Stripe-Signature"],
            "{secret}",
        )
    except stripe.SignatureVerificationError:
        return "", 400
    if event.type == "invoice.paid":
        unlock(event.data.object.customer)
    return "", 200
"""
_NODE = """app.post("/webhooks", express.raw({{ type: "application/json" }}), (request, response) => {{
  let event;
  try {{
    event = stripe.webhooks.constructEvent(
      request.body, request.headers["stripe-signature"], "{secret}");
  }} catch {{
    return response.sendStatus(400);
  }}
  if (event.type === "invoice.paid") unlock(event.data.object.customer);
  response.sendStatus(200);
}});
"""


PLACEHOLDER = "whsec_…"
"""Stands where a secret would."""


def samples(secret: str = PLACEHOLDER) -> tuple[Sample, ...]:
    """Programs that take a call and look at its signature."""
    return (
        Sample(language="Python", code=_PYTHON.format(secret=secret)),
        Sample(language="Node.js", code=_NODE.format(secret=secret)),
    )


def groups(chosen: tuple[str, ...], locale: str) -> tuple[EventGroup, ...]:
    """All types that can be told, by what they are of, with those that are chosen. A chosen one that never comes, which
    a program may have asked for, is kept in a group of its own."""
    found = []
    for kind, title in KINDS.items():
        types = sorted((type_of(kind, act) for act in ACTS[kind]), key=lambda each: (each.startswith(OURS), each))
        options = tuple(Option(value=each, text=each, selected=each in chosen) for each in types)
        open_ = any(each.selected for each in options)
        found.append(EventGroup(title=translate(locale, title), options=options, open=open_))
    others = tuple(Option(value=each, text=each, selected=True) for each in chosen if each in KNOWN - {ALL, *TOLD})
    if others:
        found.append(EventGroup(title=translate(locale, "Never told by us"), options=others, open=True))
    return tuple(found)


def endpoint_badge(endpoint: WebhookEndpoint, failing_since: datetime | None, locale: str) -> Badge:
    """How an endpoint is."""
    if endpoint.gave_up:
        return Badge(translate(locale, "Given up"), "danger")
    if not endpoint.enabled:
        return Badge(translate(locale, "Off"), "neutral")
    if failing_since is not None:
        return Badge(translate(locale, "Failing"), "warning")
    return Badge(translate(locale, "On"), "success")


def types_words(endpoint: WebhookEndpoint, locale: str) -> str:
    """What an endpoint is told of, in a few words."""
    if ALL in endpoint.types:
        return translate(locale, "All events")
    first, *more = endpoint.types
    return first if not more else translate(locale, "{first} and {count} more", first=first, count=len(more))


def delivery_badge(delivery: Delivery, locale: str) -> Badge:
    """What became of a delivery."""
    if delivery.state == "delivered":
        return Badge(translate(locale, "Delivered"), "success")
    if delivery.state == "failed":
        return Badge(translate(locale, "Failed"), "danger")
    return Badge(translate(locale, "Waiting"), "warning" if delivery.attempts else "neutral")


def delivery_meaning(delivery: Delivery, locale: str) -> str:
    """What became of a delivery, and what comes next, as a sentence."""
    if delivery.state == "delivered":
        return translate(locale, "The endpoint took it.")
    if delivery.state == "failed":
        return translate(locale, "It is not tried any more. Send it again once the endpoint answers.")
    if delivery.next_try is None or not delivery.attempts:
        return translate(locale, "It is about to be sent.")
    at = date_time(delivery.next_try, locale)
    return translate(locale, "The endpoint did not take it. The next try is at {time} or soon after.", time=at)


def attempt_badge(attempt: Attempt, locale: str) -> Badge:
    """What a call came to: the status of its answer, or that there was none."""
    if attempt.status is None:
        return Badge(translate(locale, "No answer"), "danger")
    return Badge(str(attempt.status), "success" if 200 <= attempt.status < 300 else "danger")


def took(milliseconds: int, locale: str) -> str:
    """How long a call took."""
    return translate(locale, "{count} ms", count=number(milliseconds, locale))
