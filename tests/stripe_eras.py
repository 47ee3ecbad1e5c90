"""Stripe's objects as they were before API version 2025-03-31, made of those of today."""

from collections.abc import Mapping
from typing import Any

Shown = Mapping[str, Any]


def newer(given: Shown) -> Shown:
    """As it is today."""
    return given


def older(given: Shown) -> Shown:
    """As it was then: a subscription or an invoice."""
    return _subscription(given) if given["object"] == "subscription" else _invoice(given)


def _subscription(given: Shown) -> Shown:
    """The period was the subscription's, and there was one discount."""
    items = given["items"]["data"]
    periods = ("current_period_start", "current_period_end")
    bare = [{name: value for name, value in each.items() if name not in periods} for each in items]
    shown = {name: value for name, value in given.items() if name != "billing_mode" or value["type"] != "classic"}
    shown |= {name: items[0][name] for name in periods}
    shown["items"] = {**given["items"], "data": [_with_old_discounts(each) for each in bare]}
    shown = _with_old_discounts(shown)
    if len(shown["discounts"]) == 1:
        shown |= {"discount": shown["discounts"][0], "discounts": []}
    return shown


def _invoice(given: Shown) -> Shown:
    """`parent`, `total_taxes` and `amount_paid_off_stripe` were not there yet."""
    gone = ("parent", "total_taxes", "amount_paid_off_stripe", "payments")
    shown = {name: value for name, value in given.items() if name not in gone}
    details = (given.get("parent") or {}).get("subscription_details") or {}
    shown["subscription"] = details.get("subscription")
    shown["total_tax_amounts"] = _taxes(given.get("total_taxes"))
    shown["paid_out_of_band"] = given["amount_paid_off_stripe"] > 0
    shown["lines"] = {**given["lines"], "data": [_line(each) for each in given["lines"]["data"]]}
    return _with_old_discounts(shown)


def _line(given: Shown) -> Shown:
    """The price lay in the line, and so did what `parent` says."""
    shown = {name: value for name, value in given.items() if name not in ("parent", "pricing", "taxes")}
    parent = given.get("parent") or {}
    details = parent.get("subscription_item_details") or parent.get("invoice_item_details") or {}
    shown["type"] = "subscription" if details.get("subscription_item") else "invoiceitem"
    for name in ("subscription", "subscription_item", "invoice_item"):
        shown[name] = details.get(name) or given.get(name)
    shown["proration"] = details.get("proration", False)
    shown["tax_amounts"] = _taxes(given.get("taxes"))
    pricing = given.get("pricing") or {}
    named = pricing.get("price_details")
    shown["price"] = None
    if named is not None:
        exact = pricing.get("unit_amount_decimal")
        shown["price"] = {"id": named["price"], "product": named["product"], "unit_amount_decimal": exact}
    return shown


def _taxes(given: list[dict[str, Any]] | None) -> list[dict[str, Any]]:
    return [
        {
            "amount": each["amount"],
            "inclusive": each["tax_behavior"] == "inclusive",
            "tax_rate": (each.get("tax_rate_details") or {}).get("tax_rate"),
            "taxability_reason": each["taxability_reason"],
            "taxable_amount": each.get("taxable_amount"),
        }
        for each in given or ()
    ]


def _with_old_discounts(given: Shown) -> dict[str, Any]:
    """The coupon lay in the discount."""
    found = []
    for each in given["discounts"]:
        old = {name: value for name, value in each.items() if name != "source"}
        found.append({**old, "coupon": each["source"]["coupon"]})
    return {**given, "discounts": found}
