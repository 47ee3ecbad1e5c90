"""`/v1/billing_portal/permissions`: why can this customer not do that. Ours: Stripe has no such thing."""

from collections.abc import Mapping
from typing import Any

from frontdesk.customer_permissions import customer_permissions, setting_of
from frontdesk.errors import filled
from frontdesk.permissions import Permission
from frontdesk.portal_configuration import PortalConfiguration
from frontdesk_tenants import configurations
from frontdesk_tenants.permission_reads import read_question
from frontdesk_web.api.calls import Call, Endpoint
from frontdesk_web.api.customers import NAMES, must_be_named
from frontdesk_web.api.parameters import Choice, Text
from frontdesk_web.languages import negotiate
from frontdesk_web.messages import translate

TAKES = NAMES | {"configuration": Text(maximum=255), "source": Choice(of=("api_session", "login_link"))}


async def retrieve(call: Call) -> dict[str, Any]:
    """Everything that a customer could do in the portal: allowed, or the code and the sentences that say why not."""
    customer = await must_be_named(call)
    source = call.given.get("source", "api_session")
    configuration: PortalConfiguration | None = None
    if "configuration" in call.given:
        configuration = await call.stored("configuration", call.given["configuration"], "configuration")
    async with call.transaction() as connection:
        configuration = configuration or await configurations.read_default(connection)
        question = await read_question(connection, call.site.tenancy, call.side, customer, configuration, source)
    locale = negotiate(", ".join((*customer.preferred_locales, call.side.locale)))
    found = customer_permissions(question)

    def each(permissions: Mapping[Any, Permission]) -> dict[str, Any]:
        return {name: shown(permission, locale) for name, permission in permissions.items()}

    return {
        "object": "billing_portal.permissions",
        "configuration": configuration.id,
        "customer": customer.id,
        "customer_update": each(found.details),
        "ended_subscriptions": [
            {"subscription": over.id, "status": over.status, "start_again": shown(found.start_again[over.id], locale)}
            for over in question.ended
        ],
        "invoices": each({"pay": found.pay, "view": found.invoices}),
        "livemode": call.livemode,
        "payment_method_update": shown(found.payment_methods, locale),
        "source": source,
        "subscriptions": [
            {"subscription": held.id, "status": held.status, **each(found.subscriptions[held.id])}
            for held in question.account.subscriptions
        ],
    }


def shown(permission: Permission, locale: str) -> dict[str, Any]:
    """One answer. `customer_message` is in the customer's language, `setting` what would have to be set otherwise."""
    refusal = permission.refusal
    if refusal is None:
        return {"allowed": True, "code": None, "customer_message": None, "message": None, "setting": None}
    return {
        "allowed": False,
        "code": refusal.code,
        "customer_message": translate(locale, refusal.for_customer, **refusal.parameters),
        "message": filled(refusal.for_tenant, refusal.parameters),
        "setting": setting_of(refusal),
    }


endpoints = (Endpoint(method="GET", path="/v1/billing_portal/permissions", takes=TAKES, act=retrieve),)
