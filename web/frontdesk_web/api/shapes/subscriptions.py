"""Subscriptions and their items."""

from collections.abc import Mapping
from typing import Any

from frontdesk.book import AnchorConfig, BillingSettings, Price, Subscription, SubscriptionItem
from frontdesk.pricing import is_metered
from frontdesk.tax_rates import TaxRate
from frontdesk.trial_ends import rests_after_trial
from frontdesk_web.api.shapes.discounts import ids
from frontdesk_web.api.shapes.prices import plan, price
from frontdesk_web.api.shapes.schedules import schedule_id
from frontdesk_web.api.shapes.tax_rates import tax_rates
from frontdesk_web.api.shapes.values import account_id, list_of, unix, unix_or_none


def subscription(
    stored: Subscription,
    known: Mapping[str, Price],
    rates: Mapping[str, TaxRate],
    settings: BillingSettings,
    livemode: bool,
) -> dict[str, Any]:
    """A subscription; `known` holds the prices of its items, `rates` all tax rates of it.

    What it leaves open is as the side's settings say.
    """
    items = [subscription_item(each, stored.id, known[each.price], rates, livemode) for each in stored.items]
    flexible = stored.billing_mode == "flexible"
    return {
        "id": stored.id,
        "object": "subscription",
        "application": None,
        "application_fee_percent": None,
        "automatic_tax": {
            "disabled_reason": None,
            "enabled": stored.automatic_tax,
            "liability": {"type": "self"} if stored.automatic_tax else None,
        },
        "billing_cycle_anchor": unix(stored.anchor),
        "billing_cycle_anchor_config": _anchor_config(stored.anchor_config),
        "billing_mode": {
            "flexible": {"proration_discounts": "included"} if flexible else None,
            "type": stored.billing_mode,
        },
        "billing_schedules": [],
        "billing_thresholds": None,
        "cancel_at": unix_or_none(stored.cancel_at),
        "cancel_at_period_end": stored.cancel_at_period_end,
        "canceled_at": unix_or_none(stored.canceled_at),
        "cancellation_details": {
            "comment": stored.cancellation.comment,
            "feedback": stored.cancellation.feedback,
            "feedback_option": stored.cancellation.feedback_option,
            "reason": stored.cancellation.reason,
        },
        "collection_method": stored.collection_method,
        "created": unix(stored.created),
        "currency": stored.currency,
        "customer": stored.customer,
        "customer_account": account_id(stored.customer),
        "days_until_due": _days_until_due(stored, settings),
        "default_payment_method": stored.default_payment_method,
        "default_source": None,
        "default_tax_rates": tax_rates(stored.default_tax_rates, rates, livemode),
        "description": stored.description,
        "discounts": ids(stored.discounts),
        "ended_at": unix_or_none(stored.ended_at),
        "invoice_settings": {"account_tax_ids": None, "issuer": {"type": "self"}},
        "items": list_of(f"/v1/subscription_items?subscription={stored.id}", items),
        "latest_invoice": stored.latest_invoice,
        "livemode": livemode,
        "managed_payments": None,
        "metadata": dict(stored.metadata),
        "next_pending_invoice_item_invoice": None,
        "on_behalf_of": None,
        "pause_collection": None,
        "payment_settings": {
            "payment_method_options": None,
            "payment_method_types": None,
            "save_default_payment_method": "on_subscription" if stored.saves_method else "off",
        },
        "pending_invoice_item_interval": None,
        "pending_setup_intent": None,
        "pending_update": _pending_update(stored, known, rates, livemode),
        "schedule": schedule_id(stored) if stored.has_schedule else None,
        "start_date": unix(stored.start_date),
        "status": stored.status,
        "status_details": _status_details(stored),
        "test_clock": None,
        "transfer_data": None,
        "trial_end": unix_or_none(stored.trial_end),
        "trial_settings": {"end_behavior": {"missing_payment_method": stored.without_method}},
        "trial_start": unix_or_none(stored.trial_start),
    }


def _pending_update(
    stored: Subscription, prices: Mapping[str, Price], rates: Mapping[str, TaxRate], livemode: bool
) -> dict[str, Any] | None:
    pending = stored.pending
    if pending is None:
        return None
    return {
        "billing_cycle_anchor": unix(pending.anchor) if pending.anchor != stored.anchor else None,
        "expires_at": unix(pending.expires_at),
        "subscription_items": [
            subscription_item(each, stored.id, prices[each.price], rates, livemode) for each in pending.items
        ],
        "trial_end": None,
        "trial_from_plan": None,
    }


def _status_details(stored: Subscription) -> dict[str, Any] | None:
    """Why and since when it is paused; of what rests after a trial Stripe says nothing there."""
    if stored.paused is None or rests_after_trial(stored):
        return None
    paused = {
        "subscription": {"type": "pause_requested"},
        "transitioned_at": unix(stored.paused.since),
        "type": "subscription",
    }
    return {"paused": paused}


def _anchor_config(stored: AnchorConfig | None) -> dict[str, Any] | None:
    if stored is None:
        return None
    return {name: getattr(stored, name) for name in ("day_of_month", "hour", "minute", "month", "second")}


def _days_until_due(stored: Subscription, settings: BillingSettings) -> int | None:
    if stored.collection_method != "send_invoice":
        return None
    return settings.days_until_due if stored.days_until_due is None else stored.days_until_due


def subscription_item(
    stored: SubscriptionItem, subscription_id: str, held: Price, rates: Mapping[str, TaxRate], livemode: bool
) -> dict[str, Any]:
    """One item of a subscription; `held` is its price, and `rates` are all tax rates that it has."""
    return {
        "id": stored.id,
        "object": "subscription_item",
        "billing_thresholds": None,
        "created": unix(stored.created),
        "current_period_end": unix(stored.period_end),
        "current_period_start": unix(stored.period_start),
        "discounts": ids(stored.discounts),
        "metadata": dict(stored.metadata),
        "plan": plan(held, livemode),
        "price": price(held, livemode),
        **({} if is_metered(held) else {"quantity": stored.quantity}),
        "subscription": subscription_id,
        "tax_rates": tax_rates(stored.tax_rates, rates, livemode),
    }
