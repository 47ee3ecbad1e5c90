"""`/v1/subscription_items`: the items of a subscription, one at a time. To change one is to change its plan."""

import re
from typing import Any

from msgspec import UNSET

from frontdesk.book import Subscription, SubscriptionItem
from frontdesk.commands import ChangePlan, ItemChange
from frontdesk_tenants import listings
from frontdesk_tenants.subscription_items import subscription_with
from frontdesk_web.api.calls import CURSOR, Call, Endpoint, list_of, metadata_change, new_metadata, slice_of
from frontdesk_web.api.discount_parameters import choices
from frontdesk_web.api.errors import missing_param, no_such
from frontdesk_web.api.inline_prices import InlinePrices
from frontdesk_web.api.parameters import Flag, Instant, Metadata, Required, Text
from frontdesk_web.api.renamed_params import named_by, renamed_params
from frontdesk_web.api.shapes.subscriptions import subscription_item
from frontdesk_web.api.subscription_changes import (
    CREATE_BEHAVIORS,
    ITEM_EXTRAS,
    QUANTITY,
    TERMS,
    change_plan,
    refuse_quantities,
)

_HOW: dict[str, Any] = {
    "payment_behavior": TERMS["payment_behavior"],
    "proration_behavior": CREATE_BEHAVIORS,
    "proration_date": Instant(),
}
_ITEM: dict[str, Any] = (
    ITEM_EXTRAS
    | _HOW
    | {"metadata": Metadata(), "plan": Text(maximum=255), "price": Text(maximum=255), "quantity": QUANTITY}
)
CREATE = _ITEM | {"subscription": Required(Text(maximum=255))}
UPDATE = _ITEM | {"off_session": Flag()}
DELETE = _HOW | {"clear_usage": Flag()}
LIST = CURSOR | {"subscription": Required(Text(maximum=255))}
_INSIDE = re.compile(r"items\[0\]\[(\w+)\]")


async def create(call: Call) -> dict[str, Any]:
    """Add an item to a subscription."""
    named = call.given["subscription"]
    stored: Subscription = await call.stored("subscription", named, "subscription")
    inline = InlinePrices(call)
    with renamed_params(_alone), named_by("subscription", "subscription"):
        given = await inline.one(call.given, "")
        if given.get("price", given.get("plan")) is None:
            raise missing_param("price")
        await refuse_quantities(call, (given,), {}, alone=True)
        change = ItemChange(
            price=given.get("price", given.get("plan")),
            quantity=given.get("quantity"),
            metadata=new_metadata(given) if "metadata" in given else UNSET,
            **_further(given),
        )
        after = await _change(call, stored, change)
    await inline.archive()
    before = {each.id for each in stored.items}
    return await _shown(call, after, next(each for each in after.items if each.id not in before))


async def retrieve(call: Call) -> dict[str, Any]:
    """One item."""
    return await _shown(call, *await _stored(call))


async def update(call: Call) -> dict[str, Any]:
    """Give an item another price, another quantity or other words."""
    stored, item = await _stored(call)
    inline = InlinePrices(call)
    with renamed_params(_alone):
        given = await inline.one(call.given, "")
        await refuse_quantities(call, ({**given, "id": item.id},), {item.id: item.price}, alone=True)
        change = ItemChange(
            id=item.id,
            price=given.get("price", given.get("plan")),
            quantity=given.get("quantity"),
            metadata=metadata_change(given, item.metadata) if "metadata" in given else UNSET,
            **_further(given),
        )
        if change == ItemChange(id=item.id):
            return await _shown(call, stored, item)
        after = await _change(call, stored, change)
    await inline.archive()
    return await _shown(call, after, next(each for each in after.items if each.id == item.id))


async def delete(call: Call) -> dict[str, Any]:
    """Take an item out of its subscription, which keeps at least one."""
    stored, item = await _stored(call)
    with renamed_params(_alone):
        await _change(call, stored, ItemChange(id=item.id, deleted=True))
    return {"id": item.id, "object": "subscription_item", "deleted": True}


async def list_all(call: Call) -> dict[str, Any]:
    """The items of a subscription in their order."""
    stored: Subscription = await call.stored("subscription", call.given["subscription"], "subscription")
    page = slice_of(call.cursor(), stored.items, [each.id for each in stored.items])
    return list_of("/v1/subscription_items", page, [await _shown(call, stored, each) for each in page.items])


def _further(given: Any) -> dict[str, Any]:
    discounts = choices(given)
    return {
        "discounts": UNSET if discounts is None else discounts,
        "tax_rates": given.get("tax_rates", UNSET),
    }


async def _change(call: Call, stored: Subscription, change: ItemChange) -> Subscription:
    command = ChangePlan(
        subscription=stored.id,
        items=(change,),
        proration_behavior=call.given.get("proration_behavior", "create_prorations"),
    )
    await change_plan(call, stored, command)
    found: Subscription = await call.stored("subscription", stored.id)
    return found


async def _stored(call: Call) -> tuple[Subscription, SubscriptionItem]:
    """The item that the path names, and its subscription. Raises ApiError (404)."""
    id_ = call.path["item"]
    async with call.transaction() as connection:
        stored = await subscription_with(connection, id_)
    item = None if stored is None else next((each for each in stored.items if each.id == id_), None)
    if stored is None or item is None:
        raise no_such("subscription item", id_, None)
    return stored, item


async def _shown(call: Call, stored: Subscription, item: SubscriptionItem) -> dict[str, Any]:
    async with call.transaction() as connection:
        known = await listings.find_all(connection, "price", {item.price})
        rates = await listings.find_all(connection, "tax rate", {each.id for each in item.tax_rates})
    return subscription_item(item, stored.id, known[item.price], rates, call.livemode)


def _alone(param: str) -> str:
    """There is but one item here: `items[0][quantity]` is `quantity`."""
    return _INSIDE.sub(r"\1", param)


_ALL = "/v1/subscription_items"
_ONE = _ALL + "/{item:str}"
endpoints = (
    Endpoint(method="POST", path=_ALL, takes=CREATE, act=create),
    Endpoint(method="GET", path=_ALL, takes=LIST, act=list_all),
    Endpoint(method="GET", path=_ONE, takes={}, act=retrieve),
    Endpoint(method="POST", path=_ONE, takes=UPDATE, act=update),
    Endpoint(method="DELETE", path=_ONE, takes=DELETE, act=delete),
)
