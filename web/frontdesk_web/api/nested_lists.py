"""Lists that stand within an object, at the addresses where a client asks for their next page."""

from typing import Any

from frontdesk_tenants import listings
from frontdesk_web.api.calls import CURSOR, Call, Endpoint, list_of
from frontdesk_web.api.views import show_all


async def subscriptions(call: Call) -> dict[str, Any]:
    """A customer's subscriptions but the cancelled ones, newest first: `subscriptions` of the customer."""
    customer = await call.stored("customer", call.path["customer"])
    async with call.transaction() as connection:
        page = await listings.subscriptions(
            connection, call.cursor(), customer=customer.id, statuses=listings.NOT_CANCELED
        )
        data = await show_all(call, connection, "subscription", page.items)
    return list_of(f"/v1/customers/{customer.id}/subscriptions", page, data)


async def refunds(call: Call) -> dict[str, Any]:
    """What of a charge went back, newest first: `refunds` of the charge."""
    charge = await call.stored("charge", call.path["charge"])
    async with call.transaction() as connection:
        page = await listings.refunds(connection, call.cursor(), charge=charge.id)
        data = await show_all(call, connection, "refund", page.items)
    return list_of(f"/v1/charges/{charge.id}/refunds", page, data)


endpoints = (
    Endpoint(method="GET", path="/v1/customers/{customer:str}/subscriptions", takes=CURSOR, act=subscriptions),
    Endpoint(method="GET", path="/v1/charges/{charge:str}/refunds", takes=CURSOR, act=refunds),
)
