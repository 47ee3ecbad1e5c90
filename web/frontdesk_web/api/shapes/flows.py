"""The flow of a portal session, and what comes after its end."""

from typing import Any

from frontdesk.coupons import DiscountChoice
from frontdesk.flows import AfterCompletion, Flow, Recovery
from frontdesk_web.api.shapes.values import unix


def flow(stored: Flow) -> dict[str, Any]:
    """A flow. What belongs to other types is null."""
    subject = {"subscription": stored.subscription}
    retention = stored.retention
    cancel = {
        **subject,
        "retention": None
        if retention is None
        else {"coupon_offer": {"coupon": retention.coupon}, "type": "coupon_offer"},
    }
    subjects: dict[str, Any] = {
        "customer_update": {},
        "subscription_cancel": cancel,
        "subscription_pause": subject,
        "subscription_update": subject,
        "subscription_update_confirm": _confirm(stored),
    }
    shown = {name: value if name == stored.type else None for name, value in subjects.items()}
    return {"after_completion": _after(stored.after), **shown, "type": stored.type}


def after_expiration(stored: Recovery | None) -> dict[str, Any] | None:
    """How a session may be begun again, or null."""
    if stored is None:
        return None
    until = None if stored.until is None else unix(stored.until)
    return {"customer_login": {"expires_at": until}, "type": "customer_login"}


def _after(stored: AfterCompletion) -> dict[str, Any]:
    hosted = {"custom_message": stored.custom_message} if stored.type == "hosted_confirmation" else None
    redirect = {"return_url": stored.return_url} if stored.type == "redirect" else None
    return {"hosted_confirmation": hosted, "redirect": redirect, "type": stored.type}


def _confirm(stored: Flow) -> dict[str, Any] | None:
    if stored.item is None:
        return None
    item: dict[str, Any] = {"id": stored.item.id, "price": stored.item.price}
    if stored.item.quantity is not None:
        item["quantity"] = stored.item.quantity
    discounts = [_discount(each) for each in stored.discounts] or None
    return {"discounts": discounts, "items": [item], "subscription": stored.subscription}


def _discount(choice: DiscountChoice) -> dict[str, Any]:
    return {"coupon": choice.coupon, "promotion_code": choice.promotion_code}
