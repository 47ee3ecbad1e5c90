"""The discounts that customers and subscriptions have: looked at, and taken away."""

from typing import Any

from frontdesk import giving_discounts
from frontdesk.book import Subscription
from frontdesk_web.api.calls import Call, Endpoint
from frontdesk_web.api.customers import present
from frontdesk_web.api.errors import ApiError
from frontdesk_web.api.shapes.discounts import deleted_discount, discount


async def of_customer(call: Call) -> dict[str, Any]:
    """A customer's own discount."""
    stored = await present(call, call.path["customer"])
    if stored.discount is None:
        raise _none("customer", stored.id)
    return discount(stored.discount, stored.id)


async def delete_customers(call: Call) -> dict[str, Any]:
    """Take away a customer's own discount. Bills that had it stay as they are."""
    stored = await present(call, call.path["customer"])
    if stored.discount is None:
        raise _none("customer", stored.id)
    async with call.desk(stored.id) as desk:
        await giving_discounts.of_customer(desk, None)
    return deleted_discount(stored.discount, stored.id)


async def delete_subscriptions(call: Call) -> dict[str, Any]:
    """Take away the discounts of a subscription. The answer tells of the first."""
    stored: Subscription = await call.stored("subscription", call.path["subscription"])
    if not stored.discounts:
        raise _none("subscription", stored.id)
    async with call.desk(stored.customer) as desk:
        await giving_discounts.of_subscription(desk, stored.id, ())
    return deleted_discount(stored.discounts[0], stored.customer, stored.id)


def _none(kind: str, id_: str) -> ApiError:
    return ApiError(f"No active discount for {kind}: {id_}", status=404, code="resource_missing")


endpoints = (
    Endpoint(method="GET", path="/v1/customers/{customer:str}/discount", takes={}, act=of_customer),
    Endpoint(method="DELETE", path="/v1/customers/{customer:str}/discount", takes={}, act=delete_customers),
    Endpoint(method="DELETE", path="/v1/subscriptions/{subscription:str}/discount", takes={}, act=delete_subscriptions),
)
