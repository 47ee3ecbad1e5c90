"""Which area of permissions an address of the API belongs to, and an object that an answer can be expanded with."""

from collections.abc import Mapping

from frontdesk.api_permissions import Access, Area, permission_name, permits
from frontdesk_tenants.api_keys import ApiKey
from frontdesk_tenants.listings import Kind
from frontdesk_web.api.authentication import masked
from frontdesk_web.api.errors import ApiError
from frontdesk_web.api.shapes.values import ACCOUNT_PREFIX

NAMES: Mapping[Area, str] = {
    Area.CUSTOMERS: "Customers",
    Area.PRODUCTS: "Products",
    Area.PRICES: "Prices",
    Area.COUPONS: "Coupons",
    Area.SUBSCRIPTIONS: "Subscriptions",
    Area.INVOICES: "Invoices",
    Area.CREDIT_NOTES: "Credit notes",
    Area.PAYMENT_METHODS: "Payment methods",
    Area.PORTAL: "Customer portal",
    Area.TAX: "Tax",
    Area.METERS: "Meters",
    Area.EVENTS: "Events",
    Area.WEBHOOKS: "Webhook endpoints",
    Area.FILES: "Files",
    Area.CLOCKS: "Test clocks",
    Area.ACCOUNT: "Account and balance",
}
"""Their names in error messages."""
_BY_PATH: Mapping[str, Area] = {
    "/v1/account": Area.ACCOUNT,
    "/v1/accounts": Area.ACCOUNT,
    "/v1/balance": Area.ACCOUNT,
    "/v1/billing/feedback_options": Area.PORTAL,
    "/v1/billing/meter_event_adjustments": Area.METERS,
    "/v1/billing/meter_events": Area.METERS,
    "/v1/billing/meters": Area.METERS,
    "/v1/billing_portal": Area.PORTAL,
    "/v1/charges": Area.PAYMENT_METHODS,
    "/v1/checkout": Area.PAYMENT_METHODS,
    "/v1/coupons": Area.COUPONS,
    "/v1/credit_notes": Area.CREDIT_NOTES,
    "/v1/customers": Area.CUSTOMERS,
    "/v1/customers/{customer}/payment_methods": Area.PAYMENT_METHODS,
    "/v1/customers/{customer}/sources": Area.PAYMENT_METHODS,
    "/v1/customers/{customer}/subscriptions": Area.SUBSCRIPTIONS,
    "/v1/events": Area.EVENTS,
    "/v1/file_links": Area.FILES,
    "/v1/files": Area.FILES,
    "/v1/frontdesk/invoices": Area.INVOICES,
    "/v1/frontdesk/webhook_deliveries": Area.WEBHOOKS,
    "/v1/frontdesk/webhook_endpoints": Area.WEBHOOKS,
    "/v1/invoice_payments": Area.PAYMENT_METHODS,
    "/v1/invoiceitems": Area.INVOICES,
    "/v1/invoices": Area.INVOICES,
    "/v1/payment_intents": Area.PAYMENT_METHODS,
    "/v1/payment_methods": Area.PAYMENT_METHODS,
    "/v1/prices": Area.PRICES,
    "/v1/products": Area.PRODUCTS,
    "/v1/promotion_codes": Area.COUPONS,
    "/v1/refunds": Area.PAYMENT_METHODS,
    "/v1/setup_intents": Area.PAYMENT_METHODS,
    "/v1/subscription_items": Area.SUBSCRIPTIONS,
    "/v1/subscription_schedules": Area.SUBSCRIPTIONS,
    "/v1/subscriptions": Area.SUBSCRIPTIONS,
    "/v1/tax": Area.TAX,
    "/v1/tax_codes": Area.TAX,
    "/v1/tax_ids": Area.CUSTOMERS,
    "/v1/tax_rates": Area.TAX,
    "/v1/test_helpers/test_clocks": Area.CLOCKS,
    "/v1/tokens": Area.PAYMENT_METHODS,
    "/v1/webhook_endpoints": Area.WEBHOOKS,
    "/v2/core/accounts": Area.CUSTOMERS,
}
_BY_KIND: Mapping[Kind, Area] = {
    "billing meter": Area.METERS,
    "configuration": Area.PORTAL,
    "coupon": Area.COUPONS,
    "credit note": Area.CREDIT_NOTES,
    "customer": Area.CUSTOMERS,
    "customer balance transaction": Area.CUSTOMERS,
    "feedback option": Area.PORTAL,
    "file link": Area.FILES,
    "file upload": Area.FILES,
    "invoice": Area.INVOICES,
    "invoiceitem": Area.INVOICES,
    "PaymentMethod": Area.PAYMENT_METHODS,
    "charge": Area.PAYMENT_METHODS,
    "refund": Area.PAYMENT_METHODS,
    "invoice_payment": Area.PAYMENT_METHODS,
    "checkout.session": Area.PAYMENT_METHODS,
    "payment_intent": Area.PAYMENT_METHODS,
    "setupintent": Area.PAYMENT_METHODS,
    "price": Area.PRICES,
    "product": Area.PRODUCTS,
    "promotion code": Area.COUPONS,
    "subscription": Area.SUBSCRIPTIONS,
    "tax rate": Area.TAX,
    "test clock": Area.CLOCKS,
}


def area_of(path: str) -> Area:
    """The area of an endpoint's path: that of the longest beginning which has one.

    Raises:
        LookupError: nobody has said yet where it belongs.
    """
    parts = path.replace(":str}", "}").split("/")
    for length in range(len(parts), 1, -1):
        found = _BY_PATH.get("/".join(parts[:length]))
        if found is not None:
            return found
    raise LookupError(f"say in areas.py which area {path} belongs to")


def refuse_unpermitted(key: ApiKey, livemode: bool, public_id: str, area: Area, access: Access) -> None:
    """Raises ApiError (403), in Stripe's words, where a restricted key may not do something."""
    if permits(key.permissions, area, access):
        return
    raise ApiError(
        f"The provided key '{masked(key, livemode)}' does not have the required permissions for this endpoint on"
        f" account '{ACCOUNT_PREFIX}{public_id}'. Enabling \"{NAMES[area]} {access.capitalize()}\""
        f" ('{permission_name(area, access)}') permissions on this key would allow this request to continue.",
        code="permission_denied",
        status=403,
    )


def refuse_unpermitted_kind(key: ApiKey, livemode: bool, public_id: str, kind: Kind) -> None:
    """The same of an object that an answer would be expanded with."""
    if key.permissions is not None:
        # What nobody has sorted in yet is for unrestricted keys alone.
        refuse_unpermitted(key, livemode, public_id, _BY_KIND.get(kind, Area.ACCOUNT), "read")
