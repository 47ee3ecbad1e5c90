"""Portal configurations and sessions."""

from datetime import datetime
from typing import Any

from frontdesk.flows import Flow, Recovery
from frontdesk.portal_configuration import (
    Features,
    OfferedProduct,
    PortalConfiguration,
    SubscriptionCancel,
    SubscriptionPause,
    SubscriptionUpdate,
)
from frontdesk_tenants.directory import Door
from frontdesk_web.api.frontdesk_parameters import shown_settings
from frontdesk_web.api.shapes import flows
from frontdesk_web.api.shapes.values import account_id, unix
from frontdesk_web.config import Config
from frontdesk_web.links import login_link


def configuration(stored: PortalConfiguration, door: Door, login_token: str | None, config: Config) -> dict[str, Any]:
    """A portal configuration. Its login link is shown while its login page is on."""
    profile = stored.business_profile
    url = None
    if stored.login_page.enabled and login_token is not None:
        url = login_link(config, door, login_token)
    return {
        "id": stored.id,
        "object": "billing_portal.configuration",
        "active": stored.active,
        "application": None,
        "business_profile": {
            "headline": profile.headline,
            "privacy_policy_url": profile.privacy_policy_url,
            "terms_of_service_url": profile.terms_of_service_url,
        },
        "created": unix(stored.created),
        "default_return_url": stored.default_return_url,
        "features": _features(stored.features),
        "frontdesk": shown_settings(stored.frontdesk),
        "is_default": stored.is_default,
        "livemode": door.livemode,
        "login_page": {"enabled": stored.login_page.enabled, "url": url},
        "metadata": dict(stored.metadata),
        "name": stored.name,
        "updated": unix(stored.updated),
    }


def session(
    id_: str,
    url: str,
    *,
    customer: str,
    configuration_id: str,
    created: datetime,
    livemode: bool,
    locale: str | None,
    return_url: str | None,
    flow: Flow | None = None,
    recovery: Recovery | None = None,
) -> dict[str, Any]:
    """A portal session, as it is shown once: when it is made."""
    return {
        "id": id_,
        "object": "billing_portal.session",
        "after_expiration": flows.after_expiration(recovery),
        "configuration": configuration_id,
        "created": unix(created),
        "customer": customer,
        "customer_account": account_id(customer),
        "flow": None if flow is None else flows.flow(flow),
        "livemode": livemode,
        "locale": locale,
        "on_behalf_of": None,
        "return_url": return_url,
        "url": url,
    }


def _features(stored: Features) -> dict[str, Any]:
    details, methods = stored.customer_update, stored.payment_method_update
    return {
        "customer_update": {"allowed_updates": list(details.allowed_updates), "enabled": details.enabled},
        "invoice_history": {"enabled": stored.invoice_history.enabled},
        "payment_method_update": {
            "enabled": methods.enabled,
            "payment_method_configuration": methods.payment_method_configuration,
        },
        "subscription_cancel": _cancel(stored.subscription_cancel),
        "subscription_pause": _pause(stored.subscription_pause),
        "subscription_update": _update(stored.subscription_update),
    }


def _cancel(stored: SubscriptionCancel) -> dict[str, Any]:
    reason = stored.cancellation_reason
    return {
        "cancellation_reason": {
            "enabled": reason.enabled,
            "feedback_options": list(reason.feedback_options),
            "options": list(reason.options),
        },
        "enabled": stored.enabled,
        "mode": stored.mode,
        "proration_behavior": stored.proration_behavior,
    }


def _pause(stored: SubscriptionPause) -> dict[str, Any]:
    intervals = [
        {"interval": each.interval, "interval_count": each.interval_count} for each in stored.duration.interval_options
    ]
    return {"duration": {"interval_options": intervals, "type": stored.duration.type}, "enabled": stored.enabled}


def _update(stored: SubscriptionUpdate) -> dict[str, Any]:
    return {
        "billing_cycle_anchor": stored.billing_cycle_anchor,
        "default_allowed_updates": list(stored.default_allowed_updates),
        "enabled": stored.enabled,
        "products": [_offered(each) for each in stored.products],
        "proration_behavior": stored.proration_behavior,
        "schedule_at_period_end": {"conditions": [{"type": each} for each in stored.schedule_at_period_end]},
        "trial_update_behavior": stored.trial_update_behavior,
    }


def _offered(stored: OfferedProduct) -> dict[str, Any]:
    bounds = stored.adjustable_quantity
    return {
        "adjustable_quantity": {"enabled": bounds.enabled, "maximum": bounds.maximum, "minimum": bounds.minimum},
        "prices": list(stored.prices),
        "product": stored.product,
    }
