"""Flows: one job of the portal on a page of its own, prepared by the tenant's program (portal_spec.md §B.3).

A session with a flow shows that job and nothing else, until it is done; `after` then says what comes. What a flow may
be made for is what its customer could do by themselves in the same moment: whoever makes one learns at once, and not
from a customer before a closed door, that the configuration or the subscription's state forbids it. Two things are the
tenant's to prepare which customers cannot ask for by themselves: the discount of a change, and an offer to stay.
"""

from datetime import datetime
from typing import Literal, get_args

from msgspec import UNSET, Struct, UnsetType
from msgspec.structs import replace

from frontdesk import details_refusals, payment_refusals, plan_refusals, refusals
from frontdesk.acts import allow, as_asked
from frontdesk.book import Subscription
from frontdesk.commands import ChangeDiscounts, ChangePlan, ItemChange
from frontdesk.coupons import DiscountChoice
from frontdesk.desk import Desk
from frontdesk.errors import Refusal, Refused
from frontdesk.permissions import may_change, permissions_of
from frontdesk.retention import StayOffer

FlowType = Literal[
    "customer_update",
    "payment_method_update",
    "subscription_cancel",
    "subscription_pause",
    "subscription_update",
    "subscription_update_confirm",
]
FLOW_TYPES: tuple[FlowType, ...] = get_args(FlowType)
AfterType = Literal["hosted_confirmation", "portal_homepage", "redirect"]
AFTER_TYPES: tuple[AfterType, ...] = get_args(AfterType)
MESSAGE_LENGTH = 500
"""Characters of `hosted_confirmation.custom_message` (portal_spec.md §B.3)."""


class AfterCompletion(Struct, frozen=True, kw_only=True):
    """What comes once the job is done: a page that says so, with the tenant's own words; the portal's home page, from
    which on the session is like any other; or the tenant's page at `return_url`."""

    type: AfterType = "hosted_confirmation"
    custom_message: str | None = None
    return_url: str | None = None


class Flow(Struct, frozen=True, kw_only=True):
    """The one job of a session. `subscription` is None where it is about the customer.

    `retention` is an offer to stay, of a cancellation; `item` and `discounts` are the change that is to be confirmed.
    """

    type: FlowType
    after: AfterCompletion = AfterCompletion()
    subscription: str | None = None
    retention: StayOffer | None = None
    item: ItemChange | None = None
    discounts: tuple[DiscountChoice, ...] = ()

    @property
    def granted(self) -> tuple[DiscountChoice, ...]:
        """The discounts that the tenant prepared: in this flow the customer may have them."""
        return self.discounts


class Recovery(Struct, frozen=True, kw_only=True):
    """After its end a session may be begun again by whoever proves the customer's address: until then, or ever."""

    until: datetime | None = None

    def holds(self, now: datetime) -> bool:
        """Whether that is so now."""
        return self.until is None or now < self.until


async def check(desk: Desk, flow: Flow) -> None:
    """Whether the desk's customer could go through the flow now. Nothing is changed.

    Raises:
        Refused: they could not; `param` names what is wrong as in Stripe's request.
    """
    refusal = _obstacle(desk, flow)
    if refusal is not None:
        raise Refused(refusal)
    if flow.item is not None:
        present = {each.id for each in _subscription(desk, flow).items}
        if flow.item.id not in present:
            raise Refused(refusals.no_such("subscription item", flow.item.id or "", f"{_at(flow)}[items][0][id]"))
        await _try(desk, prepared(flow, _subscription(desk, flow)), _at(flow))
    if flow.retention is not None and flow.retention.coupon is not None:
        kept = tuple(DiscountChoice(discount=each.id) for each in _subscription(desk, flow).discounts)
        offer = ChangeDiscounts(
            subscription=flow.subscription or "", discounts=(*kept, DiscountChoice(coupon=flow.retention.coupon))
        )
        await desk.know(offer)
        try:
            await desk.preview(offer)
        except Refused as refused:
            param = f"{_at(flow)}[retention][coupon_offer][coupon]"
            raise Refused(replace(refused.refusal, param=param)) from refused


def prepared(flow: Flow, subscription: Subscription) -> ChangePlan:
    """The change that a flow is there to confirm. Discounts that the subscription has stay."""
    assert flow.item is not None
    discounts: tuple[DiscountChoice, ...] | UnsetType = UNSET
    if flow.discounts:
        discounts = (*(DiscountChoice(discount=each.id) for each in subscription.discounts), *flow.discounts)
    return ChangePlan(subscription=subscription.id, items=(flow.item,), discounts=discounts)


def _obstacle(desk: Desk, flow: Flow) -> Refusal | None:
    """Why the flow's page could offer nothing."""
    features = desk.configuration.features
    if flow.type == "payment_method_update":
        if not desk.capabilities.payment_methods:
            return payment_refusals.flow_needs_payment_methods()
        barred = may_change(desk.suspended).refusal
        return barred or (
            None if features.payment_method_update.enabled else payment_refusals.payment_methods_disabled()
        )
    if flow.type == "customer_update":
        update = features.customer_update
        barred = may_change(desk.suspended).refusal
        return barred or (None if update.enabled and update.allowed_updates else details_refusals.details_disabled())
    param = f"{_at(flow)}[subscription]"
    subscription = desk.account.subscription(flow.subscription or "")
    if subscription is None:
        return refusals.no_such("subscription", flow.subscription or "", param)
    may = permissions_of(
        desk.actor,
        desk.account,
        subscription,
        desk.configuration,
        desk.capabilities,
        desk.terms,
        suspended=desk.suspended,
        now=desk.now,
    )
    if flow.type == "subscription_cancel":
        refusal = may.cancel.refusal
    elif flow.type == "subscription_pause":
        refusal = may.pause.refusal
    else:
        refusal = may.change_plan.refusal
        if flow.type == "subscription_update_confirm" and refusal == plan_refusals.nothing_else_offered():
            # What is to be confirmed is judged by itself.
            refusal = None
    return refusal and (refusal if _is_of_configuration(refusal) else replace(refusal, param=param))


async def _try(desk: Desk, command: ChangePlan, at: str) -> None:
    """Raises Refused where the command could not be carried out now."""
    try:
        await desk.know(command)
        asked = as_asked(desk, command)
        allow(desk, asked)
        await desk.preview(asked)
    except Refused as refused:
        refusal = refused.refusal
        raise Refused(replace(refusal, param=f"{at}{_bracketed(refusal.param or 'items')}")) from refused


def _subscription(desk: Desk, flow: Flow) -> Subscription:
    found = desk.account.subscription(flow.subscription or "")
    assert found is not None
    return found


def _at(flow: Flow) -> str:
    return f"flow_data[{flow.type}]"


def _bracketed(param: str) -> str:
    """`items[0][price]` below another one: `[items][0][price]`."""
    name, bracket, rest = param.partition("[")
    return f"[{name}]{bracket}{rest}"


def _is_of_configuration(refusal: Refusal) -> bool:
    """Whether it is the configuration that forbids it, whatever the subscription: Stripe then names no parameter."""
    return refusal.code.endswith("_disabled")
