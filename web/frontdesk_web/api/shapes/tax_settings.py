"""Tax settings and registrations."""

from datetime import datetime
from typing import Any

from frontdesk.book import BillingSettings
from frontdesk.eu_vat_area import EU_COUNTRIES
from frontdesk.tax_settings import Registration
from frontdesk_web.api.shapes.values import address, unix, unix_or_none


def settings(stored: BillingSettings, livemode: bool) -> dict[str, Any]:
    """What is said of taxes. It is active once the business has a country and products a preset code, as at Stripe."""
    missing = []
    office = stored.seller.address
    if office is None or not office.country:
        missing.append("head_office")
    if not stored.tax.preset_code:
        missing.append("defaults.tax_code")
    return {
        "object": "tax.settings",
        "defaults": {
            "provider": "stripe",
            "tax_behavior": stored.tax.behavior,
            "tax_code": stored.tax.preset_code,
        },
        "head_office": None if office is None or not office.country else {"address": address(office)},
        "livemode": livemode,
        "status": "pending" if missing else "active",
        "status_details": {"pending": {"missing_fields": missing}} if missing else {"active": {}},
    }


def registration(stored: Registration, livemode: bool, now: datetime) -> dict[str, Any]:
    """A registration."""
    return {
        "id": stored.id,
        "object": "tax.registration",
        "active_from": unix(stored.active_from),
        "country": stored.country,
        "country_options": {stored.country.lower(): _options(stored)},
        "created": unix(stored.created),
        "expires_at": unix_or_none(stored.expires_at),
        "livemode": livemode,
        "status": status(stored, now),
    }


def status(stored: Registration, now: datetime) -> str:
    """Stripe's word for whether tax is collected."""
    if stored.holds(now):
        return "active"
    return "scheduled" if now < stored.active_from else "expired"


def _options(stored: Registration) -> dict[str, Any]:
    if stored.scheme != "standard":
        return {"type": stored.scheme}
    if stored.country in EU_COUNTRIES:
        return {"standard": {"place_of_supply_scheme": "standard"}, "type": "standard"}
    if stored.country == "US":
        return {"state": stored.state, "type": "state_sales_tax"}
    if stored.state is not None:
        return {"province_standard": {"province": stored.state}, "type": "province_standard"}
    return {"type": "standard"}
