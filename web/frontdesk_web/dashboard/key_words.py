"""Kinds, permissions and lifetimes of API keys, in the words of a reader's language."""

from collections.abc import Mapping
from datetime import timedelta

from frontdesk.api_permissions import Area, Permissions
from frontdesk_tenants.api_keys import PREFIXES, ApiKey, KeyKind
from frontdesk_web.messages import _, translate

AREAS: Mapping[Area, str] = {
    Area.CUSTOMERS: _("Customers"),
    Area.PRODUCTS: _("Products"),
    Area.PRICES: _("Prices"),
    Area.COUPONS: _("Coupons"),
    Area.SUBSCRIPTIONS: _("Subscriptions"),
    Area.INVOICES: _("Invoices"),
    Area.CREDIT_NOTES: _("Credit notes"),
    Area.PAYMENT_METHODS: _("Payment methods"),
    Area.PORTAL: _("Customer portal"),
    Area.TAX: _("Tax"),
    Area.METERS: _("Meters"),
    Area.EVENTS: _("Events"),
    Area.WEBHOOKS: _("Webhook endpoints"),
    Area.FILES: _("Files"),
    Area.CLOCKS: _("Test clocks"),
    Area.ACCOUNT: _("Account and balance"),
}
KINDS: Mapping[KeyKind, str] = {
    "secret": _("Secret key"),
    "restricted": _("Restricted key"),
    "publishable": _("Publishable key"),
}
OVERLAPS: Mapping[str, tuple[str, timedelta]] = {
    "now": (_("At once"), timedelta(0)),
    "hour": (_("In one hour"), timedelta(hours=1)),
    "day": (_("In 24 hours"), timedelta(days=1)),
    "three_days": (_("In 3 days"), timedelta(days=3)),
    "week": (_("In 7 days"), timedelta(days=7)),
}
"""When a key ends that another one takes the place of."""


def shown(key: ApiKey, livemode: bool) -> str:
    """A key as its owner recognises it."""
    return f"{PREFIXES[key.kind]}_{'live' if livemode else 'test'}_…{key.last4}"


def kind_name(kind: KeyKind, locale: str) -> str:
    """What a key is."""
    return translate(locale, KINDS[kind])


def summary(permissions: Permissions | None, locale: str) -> str:
    """What a restricted key may do, in one line; empty for one that may do everything."""
    if permissions is None:
        return ""
    held = [(area, permissions[area.value]) for area in Area if area.value in permissions]
    parts = []
    for access, sentence in (("write", _("Read and write: {areas}")), ("read", _("Read: {areas}"))):
        areas = ", ".join(translate(locale, AREAS[area]) for area, has in held if has == access)
        if areas:
            parts.append(translate(locale, sentence, areas=areas))
    return " · ".join(parts)
