"""What a restricted API key may do: for each area of the API nothing, read, or read and write."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Literal


class Area(StrEnum):
    """A part of the API that permissions are given for. The value is Stripe's word in the names of permissions."""

    CUSTOMERS = "customer"
    PRODUCTS = "product"
    PRICES = "plan"
    COUPONS = "coupon"
    SUBSCRIPTIONS = "subscription"
    INVOICES = "invoice"
    CREDIT_NOTES = "credit_note"
    PAYMENT_METHODS = "payment_method"
    PORTAL = "customer_portal"
    TAX = "tax"
    METERS = "billing_meter"
    EVENTS = "event"
    WEBHOOKS = "webhook"
    FILES = "file"
    CLOCKS = "billing_clock"
    ACCOUNT = "account"


Access = Literal["read", "write"]
"""Who may write may read, too."""
Permissions = Mapping[str, Access]
"""By area. What is not named is closed."""


def permits(permissions: Permissions | None, area: Area, access: Access) -> bool:
    """Whether a key may do it. A key without permissions of its own (None) may do everything."""
    if permissions is None:
        return True
    held = permissions.get(area.value)
    return held == "write" or (held is not None and held == access)


def permission_name(area: Area, access: Access) -> str:
    """The permission as Stripe writes it: `customer_read`."""
    return f"{area.value}_{access}"


def written(chosen: Mapping[str, str]) -> Permissions:
    """The permissions that somebody chose, by area; what is not "read" or "write" is nothing."""
    kept: dict[str, Access] = {}
    for area in Area:
        match chosen.get(area.value):
            case "read":
                kept[area.value] = "read"
            case "write":
                kept[area.value] = "write"
    return kept
