"""What happenings look like to outsiders: the object in its shape, read from the snapshots of the moment."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any, get_args

import msgspec

from frontdesk.book import CreditNote, Customer, Invoice, PendingItem, Price, Product, Subscription
from frontdesk.charges import Charge
from frontdesk.checkout_sessions import CheckoutSession
from frontdesk.clocks import TestClock
from frontdesk.coupons import Coupon, PromotionCode
from frontdesk.meters import Meter
from frontdesk.payment_intents import PaymentIntent
from frontdesk.portal_configuration import PortalConfiguration
from frontdesk.refunds import Refund
from frontdesk.schedule_ends import PastSchedule, ScheduleEnd
from frontdesk.setup_intents import SetupIntent
from frontdesk.tax_rates import TaxRate
from frontdesk.uploaded_files import UploadedFile
from frontdesk_tenants import clocks, listings
from frontdesk_tenants.database import SideTransaction
from frontdesk_tenants.happenings import Told
from frontdesk_tenants.listings import Kind
from frontdesk_web.api.event_types import NAMES
from frontdesk_web.api.shapes import invoices
from frontdesk_web.api.shapes.discounts import discount
from frontdesk_web.api.shapes.events import previous_attributes
from frontdesk_web.api.shapes.payment_methods import payment_method
from frontdesk_web.api.shapes.schedules import past_schedule, schedule
from frontdesk_web.api.shapes.tax_ids import tax_id
from frontdesk_web.api.viewers import Viewer
from frontdesk_web.api.views import show_all

_TYPES: Mapping[Kind, Any] = {
    "customer": Customer,
    "subscription": Subscription,
    "invoice": Invoice,
    "invoiceitem": PendingItem,
    "credit note": CreditNote,
    "setupintent": SetupIntent,
    "payment_intent": PaymentIntent,
    "charge": Charge,
    "refund": Refund,
    "invoice_payment": PaymentIntent,
    "checkout.session": CheckoutSession,
    "product": Product,
    "price": Price,
    "coupon": Coupon,
    "promotion code": PromotionCode,
    "tax rate": TaxRate,
    "billing meter": Meter,
    "configuration": PortalConfiguration,
    "file upload": UploadedFile,
    "test clock": TestClock,
}
_DECODERS: Mapping[str, msgspec.json.Decoder[Any]] = {
    kind: msgspec.json.Decoder(type_) for kind, type_ in _TYPES.items()
}
UPCOMING = "upcoming"
"""What is told of an invoice that is not there yet."""
_OWNERS = msgspec.json.Decoder(Customer), msgspec.json.Decoder(Subscription)


async def show_happenings(viewer: Viewer, connection: SideTransaction, told: Sequence[Told]) -> list[dict[str, Any]]:
    """The `data` of events, in the same order. What was kept is given as it was kept."""
    kept = [None if each.body is None else msgspec.json.decode(each.body) for each in told]
    shown: list[dict[str, Any] | None] = kept
    by_kind: dict[str, list[int]] = defaultdict(list)
    for place, each in enumerate(told):
        if shown[place] is None:
            by_kind[UPCOMING if (each.kind, each.act) == ("invoice", UPCOMING) else each.kind].append(place)
    for kind, places in by_kind.items():
        these = [told[place] for place in places]
        for place, data in zip(places, await _data(viewer, connection, kind, these), strict=True):
            shown[place] = data
    return [each or {} for each in shown]


async def _data(viewer: Viewer, connection: SideTransaction, kind: str, told: Sequence[Told]) -> list[dict[str, Any]]:
    if kind == "schedule":
        return [await _schedule(viewer, connection, each) for each in told]
    if kind == UPCOMING:
        return await _upcoming(viewer, connection, told)
    if kind in ("discount", "tax id", "payment method"):
        return [_part(viewer, each) for each in told]
    if kind == "session":
        return [{"object": msgspec.json.decode(each.after or "{}")} for each in told]
    return await _objects(viewer, connection, kind, told)


async def _objects(
    viewer: Viewer, connection: SideTransaction, kind: Any, told: Sequence[Told]
) -> list[dict[str, Any]]:
    """Objects that have records of their own, and with `updated` what they were before."""
    decode = _DECODERS[kind].decode
    now: dict[str, Any] = {}
    before: dict[str, Any] = {}
    unseen = {each.object for each in told if each.after is None and each.before is None}
    present = await listings.find_all(connection, kind, unseen) if unseen else {}
    for each in told:
        # What is deleted is shown as it was last.
        gone = each.act == "deleted" and kind != "subscription" and each.before is not None
        seen = each.before if gone or each.after is None else each.after
        stored = present.get(each.object) if seen is None else decode(seen)
        if stored is not None:
            now[each.id] = stored
        if each.act == "updated" and each.before is not None:
            before[each.id] = decode(each.before)
    ids, old = list(now), list(before)
    shapes = dict(zip(ids, await show_all(viewer, connection, kind, [now[id_] for id_ in ids]), strict=True))
    olds = dict(zip(old, await show_all(viewer, connection, kind, [before[id_] for id_ in old]), strict=True))
    found = []
    for each in told:
        data: dict[str, Any] = {"object": shapes.get(each.id) or _gone(each)}
        if each.id in olds:
            data["previous_attributes"] = previous_attributes(olds[each.id], data["object"])
        found.append(data)
    return found


def _gone(told: Told) -> dict[str, Any]:
    return {"id": told.object, "object": NAMES[told.kind].rpartition(".")[2], "deleted": True}


async def _upcoming(viewer: Viewer, connection: SideTransaction, told: Sequence[Told]) -> list[dict[str, Any]]:
    """Invoices that were to come. There is none yet, so they have no id, as at Stripe."""
    foreseen: list[Invoice] = [_DECODERS["invoice"].decode(each.after or "") for each in told]
    named = {line.price for each in foreseen for line in each.lines if line.price}
    prices = await listings.find_all(connection, "price", named)
    on_clocks = {} if viewer.livemode else await clocks.of_customers(connection, [each.customer for each in foreseen])
    found = []
    for each in foreseen:
        clock = on_clocks.get(each.customer)
        shown = invoices.upcoming(each, prices, viewer.side, viewer.livemode, test_clock=clock)
        del shown["id"]
        shown["lines"]["url"] = "/v1/invoices/upcoming/lines"
        for line in shown["lines"]["data"]:
            line["invoice"] = None
        found.append({"object": shown})
    return found


async def _schedule(viewer: Viewer, connection: SideTransaction, told: Told) -> dict[str, Any]:
    decode = _DECODERS["subscription"].decode
    after = None if told.after is None else decode(told.after)
    before = None if told.before is None else decode(told.before)
    if before is not None and after is not None and told.act in get_args(ScheduleEnd):
        past = PastSchedule(before=before, after=after, noted_at=told.created)
        prices = await listings.find_all(connection, "price", before.prices)
        return {"object": past_schedule(past, prices, viewer.livemode)}
    stored = after
    if stored is None:
        return {"object": {"id": told.object, "object": "subscription_schedule"}}
    prices = await listings.find_all(
        connection, "price", stored.prices if before is None else stored.prices | before.prices
    )
    shown = schedule(stored, prices, viewer.livemode)
    data: dict[str, Any] = {"object": shown}
    if told.act == "updated" and before is not None:
        data["previous_attributes"] = previous_attributes(schedule(before, prices, viewer.livemode), shown)
    return data


def _part(viewer: Viewer, told: Told) -> dict[str, Any]:
    """A tax id, a payment method or a discount within its owner's snapshots."""
    owners = _OWNERS[1] if told.object.startswith("sub_") else _OWNERS[0]
    after = _find_part(told, owners, told.after)
    before = _find_part(told, owners, told.before)
    data: dict[str, Any] = {"object": _shape(viewer, told, *(after or before or (None, None)))}
    if told.act == "updated" and before is not None:
        data["previous_attributes"] = previous_attributes(_shape(viewer, told, *before), data["object"])
    if told.act == "detached":
        # What is nobody's any more is shown as that.
        whose = {name: data["object"].get(name) for name in ("customer", "customer_account")}
        data = {"object": data["object"] | dict.fromkeys(whose), "previous_attributes": whose}
    return data


def _find_part(told: Told, owners: msgspec.json.Decoder[Any], snapshot: str | None) -> tuple[Any, Any] | None:
    if snapshot is None:
        return None
    owner = owners.decode(snapshot)
    parts = _PARTS[told.kind](owner)
    return next(((owner, each) for each in parts if each.id == told.part), None)


def _discounts(owner: Customer | Subscription) -> Sequence[Any]:
    if isinstance(owner, Subscription):
        return owner.discounts
    return () if owner.discount is None else (owner.discount,)


_PARTS: Mapping[str, Callable[[Any], Sequence[Any]]] = {
    "tax id": lambda owner: owner.tax_ids,
    "payment method": lambda owner: owner.payment_methods,
    "discount": _discounts,
}


def _shape(viewer: Viewer, told: Told, owner: Any, part: Any) -> dict[str, Any]:
    if part is None:
        return {"id": told.part, "object": told.kind.replace(" ", "_")}
    if told.kind == "tax id":
        return tax_id(part, owner.id, viewer.livemode)
    if told.kind == "payment method":
        return payment_method(part, viewer.livemode)
    if isinstance(owner, Subscription):
        return discount(part, owner.customer, subscription=owner.id)
    return discount(part, owner.id)
