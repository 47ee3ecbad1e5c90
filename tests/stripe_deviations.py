"""Where our answers go beyond Stripe's OpenAPI document of 2026-05-27: fields that are newer, or that it left out.

Each is known to the official SDK, whose types they follow; `tests/web/test_stripe_deviations.py` holds this list to it.
What is ours alone is listed apart, and must be unknown to Stripe.
"""

from msgspec import Struct
from stripe import Price, Product, Subscription, SubscriptionItem
from stripe.billing_portal import Configuration, Session


class Deviation(Struct, frozen=True, kw_only=True):
    """A property that the document's schema does not have. `sdk` is the class whose type it follows."""

    schema: str
    property: str
    sdk: type
    since: str


_LEFT_OUT = "left out of the document, still sent and typed"
DEVIATIONS = (
    Deviation(schema="product", property="type", sdk=Product, since=_LEFT_OUT),
    Deviation(schema="recurring", property="trial_period_days", sdk=Price.Recurring, since=_LEFT_OUT),
    Deviation(schema="subscription_item", property="plan", sdk=SubscriptionItem, since=_LEFT_OUT),
    Deviation(
        schema="portal_features",
        property="subscription_pause",
        sdk=Configuration.Features,
        since="2026-09-30.endive",
    ),
    Deviation(
        schema="portal_subscription_cancellation_reason",
        property="feedback_options",
        sdk=Configuration.Features.SubscriptionCancel.CancellationReason,
        since="2026-09-30.endive",
    ),
    Deviation(
        schema="cancellation_details",
        property="feedback_option",
        sdk=Subscription.CancellationDetails,
        since="2026-09-30.endive",
    ),
    Deviation(schema="subscription", property="status_details", sdk=Subscription, since="2026-09-30.endive"),
    Deviation(schema="portal_flows_flow", property="customer_update", sdk=Session.Flow, since="2026-08-26.dahlia"),
    Deviation(schema="portal_flows_flow", property="subscription_pause", sdk=Session.Flow, since="2026-10-28.endive"),
    Deviation(schema="billing_portal.session", property="after_expiration", sdk=Session, since="2026-10-28.endive"),
)
OURS = (("billing_portal.configuration", "frontdesk"), ("account", "frontdesk"))
"""Properties that are ours alone, by schema: an SDK hands them on as it hands on whatever it does not know."""
