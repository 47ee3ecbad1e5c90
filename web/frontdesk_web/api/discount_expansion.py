"""Discounts in the place of their ids. They lie in what has them, so that is where they are read."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from frontdesk.book import Invoice, PendingItem, Subscription
from frontdesk.coupons import Discount
from frontdesk_tenants import listings
from frontdesk_web.api.calls import Call
from frontdesk_web.api.shapes.discounts import discount

Holder = Literal["subscription", "invoice", "invoiceitem"]
HELD: Mapping[tuple[str, str], tuple[Holder, str]] = {
    ("subscription", "discounts"): ("subscription", "id"),
    ("subscription_item", "discounts"): ("subscription", "subscription"),
    ("invoice", "discounts"): ("invoice", "id"),
    ("invoiceitem", "discounts"): ("invoiceitem", "id"),
    ("line_item", "discounts"): ("invoice", "invoice"),
    ("invoice", "total_discount_amounts"): ("invoice", "id"),
    ("line_item", "discount_amounts"): ("invoice", "invoice"),
}
"""Where ids of discounts stand, by kind of object and name, and which of the object's fields names what has them."""


async def expand_discounts(call: Call, owner: str, name: str, nodes: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Replace the ids under `name` in objects of one kind, in place; returns the discounts."""
    holder, field = HELD[owner, name]
    wanted = {node[field] for node in nodes if node[field]}
    found: dict[str, Any] = {id: call.foreseen[id] for id in wanted & call.foreseen.keys()}
    async with call.transaction() as connection:
        found |= await listings.find_all(connection, holder, wanted - found.keys())
    expanded = []
    for node in nodes:
        shown = _shown(found.get(node[field]))
        for place, value in enumerate(node[name]):
            held = value.get("discount", value) if isinstance(value, dict) else value
            if isinstance(held, dict):
                # Another path has been here before this one.
                expanded.append(held)
            elif isinstance(value, dict):
                if held in shown:
                    value["discount"] = dict(shown[held])
                    expanded.append(value["discount"])
            elif value in shown:
                node[name][place] = dict(shown[value])
                expanded.append(node[name][place])
    return expanded


def _shown(stored: Subscription | Invoice | PendingItem | None) -> dict[str, dict[str, Any]]:
    if stored is None:
        return {}
    held: list[Discount] = list(stored.discounts)
    if isinstance(stored, Subscription):
        held += [each for item in stored.items for each in item.discounts]
    written: set[str | None] = set()
    if isinstance(stored, Invoice):
        written = {each.pending_item for each in stored.lines}
    elif isinstance(stored, PendingItem):
        written = {stored.id}
    subscription = stored.id if isinstance(stored, Subscription) else stored.subscription
    return {
        each.id: discount(
            each,
            stored.customer,
            subscription=subscription,
            invoice=stored.id if isinstance(stored, Invoice) and subscription is None else None,
            on_item=each.item is not None and each.item in written,
        )
        for each in held
    }
