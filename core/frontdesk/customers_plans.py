"""What customers may change of their plan, and how their change is then billed. `frontdesk.permissions` asks here.

A subscription of several items can be changed item by item (Stripe lets customers only cancel it, portal_spec.md
§C.2): no item is added or removed, none takes a product that another has, and none that is billed by use changes places
with one that is not. With one item, a plan that is billed by use can be changed to one that is not and back.
A code alone is a change too: the discount counts from the next bill on.
"""

from collections.abc import Iterator
from typing import Any

from msgspec import UNSET
from msgspec.structs import replace

from frontdesk import discount_refusals, item_refusals, pause_refusals, plan_refusals, refusals, tax_refusals
from frontdesk.book import ACTIVE, Account, Subscription, SubscriptionItem, Terms
from frontdesk.commands import ChangePlan
from frontdesk.desk import Actor
from frontdesk.errors import Refusal
from frontdesk.offers import bounds_of, products_of_others, quantity_before
from frontdesk.plan_parts import Part, parts_after
from frontdesk.portal_configuration import PortalConfiguration, SubscriptionUpdate
from frontdesk.possibilities import is_set_to_cancel
from frontdesk.pricing import is_metered, quantity_of, sold_in, tax_behavior_in
from frontdesk.put_off import is_to_wait


def billed_as_configured(
    command: ChangePlan, update: SubscriptionUpdate, account: Account | None, terms: Terms
) -> dict[str, Any]:
    """When a customer's change comes, and how it is billed: fields of the command."""
    subscription = None if account is None else account.subscription(command.subscription)
    if subscription is not None and _gives_code_alone(subscription, command, terms):
        return {"when": "now", "proration_behavior": "none", "anchor": "unchanged", "ends_trial": False}
    if subscription is not None and is_to_wait(subscription, command, update, terms):
        return {"when": "period_end", "proration_behavior": "none", "anchor": "unchanged", "ends_trial": False}
    goes_on = update.trial_update_behavior == "continue_trial"
    in_trial = subscription is not None and subscription.status == "trialing"
    return {
        "when": "now",
        "proration_behavior": update.proration_behavior,
        "anchor": "unchanged" if in_trial and goes_on else update.billing_cycle_anchor,
        "ends_trial": in_trial and not goes_on,
        # Nobody gets a dearer plan whose payment failed.
        "payment": "error_if_incomplete",
    }


def plan_bars(subscription: Subscription, configuration: PortalConfiguration) -> Iterator[Refusal]:
    """Why nothing about the plan can be changed, whatever is chosen."""
    feature = configuration.features.subscription_update
    if not feature.enabled or not feature.default_allowed_updates:
        yield plan_refusals.update_disabled()
    if subscription.paused is not None:
        yield pause_refusals.is_paused(subscription.id)
    if subscription.status not in ACTIVE:
        yield plan_refusals.status_forbids(subscription.status)
    if is_set_to_cancel(subscription):
        yield plan_refusals.set_to_cancel(subscription.id)


def discount_bars(actor: Actor, command: ChangePlan, configuration: PortalConfiguration) -> Iterator[Refusal]:
    """Customers add a discount by typing a code, where they are asked for one, or have what was prepared for them."""
    asked = command.discounts
    prepared = asked is UNSET or any(each in actor.granted for each in asked)
    if not prepared or any(each.discounts is not UNSET for each in command.items):
        yield discount_refusals.only_by_code()
    if any(each.tax_rates is not UNSET for each in command.items):
        yield tax_refusals.taxes_not_by_customers()
    allowed = configuration.features.subscription_update.default_allowed_updates
    if command.code is not None and "promotion_code" not in allowed:
        yield discount_refusals.codes_not_asked()


def choice_bars(
    subscription: Subscription, command: ChangePlan, configuration: PortalConfiguration, terms: Terms
) -> Iterator[Refusal]:
    """Why this choice cannot be made, where some can."""
    known = {each.id for each in subscription.items}
    named = [each.id for each in command.items]
    if not named or len(set(named)) < len(named) or any(each not in known for each in named):
        yield plan_refusals.items_stay()
        return
    if any(each.deleted for each in command.items):
        yield plan_refusals.items_stay()
        return
    changed = _changed(subscription, command, terms)
    if not changed and command.code is None:
        yield plan_refusals.no_changes(subscription.id)
    for item, part in changed:
        yield from _item_bars(subscription, item, part, configuration, terms)


def _changed(
    subscription: Subscription, command: ChangePlan, terms: Terms
) -> tuple[tuple[SubscriptionItem, Part], ...]:
    """The items that become something else, each with what it becomes."""
    pairs = zip(subscription.items, parts_after(subscription, command), strict=True)
    return tuple(
        (item, part)
        for item, part in pairs
        if part.price != item.price or _quantity(item, part, terms) != item.quantity
    )


def _quantity(item: SubscriptionItem, part: Part, terms: Terms) -> int:
    """The quantity that the item would have: none where it is billed by use."""
    price, present = terms.prices.get(part.price), terms.prices.get(item.price)
    return part.quantity if price is None else quantity_of(price, part.quantity, present)


def _gives_code_alone(subscription: Subscription, command: ChangePlan, terms: Terms) -> bool:
    if command.code is None or {each.id for each in command.items} - {each.id for each in subscription.items}:
        return False
    return not any(each.deleted for each in command.items) and not _changed(subscription, command, terms)


def _item_bars(
    subscription: Subscription,
    item: SubscriptionItem,
    part: Part,
    configuration: PortalConfiguration,
    terms: Terms,
) -> Iterator[Refusal]:
    place = f"items[{part.place}]"
    allowed = configuration.features.subscription_update.default_allowed_updates
    if part.price != item.price and "price" not in allowed:
        yield plan_refusals.price_not_adjustable()
    price, present = terms.prices.get(part.price), terms.prices.get(item.price)
    if price is None or present is None:
        yield refusals.no_such("price", part.price, f"{place}[price]")
        return
    offered = configuration.offered(price.product)
    if offered is None or price.id not in offered.prices:
        yield plan_refusals.price_not_offered(price.id)
        return
    if len(subscription.items) > 1:
        if is_metered(price) != is_metered(present):
            yield item_refusals.billed_by_use(price.id)
        if price.product != present.product and price.product in products_of_others(subscription, item, terms):
            yield replace(plan_refusals.product_taken(price.product), param=f"{place}[price]")
    if not sold_in(price, subscription.currency):
        yield item_refusals.currencies_differ(price.id, price.currency, subscription.currency)
    elif tax_behavior_in(price, subscription.currency) != tax_behavior_in(present, subscription.currency):
        yield plan_refusals.tax_behavior_differs(price.id)
    if is_metered(price):
        return
    quantity, before = _quantity(item, part, terms), quantity_before(item, terms)
    bounds = bounds_of(offered, "quantity" in allowed)
    if quantity != before and not bounds.adjustable:
        yield replace(plan_refusals.quantity_not_adjustable(), param=f"{place}[quantity]")
    if (quantity != before or price.product != present.product) and quantity not in bounds:
        yield replace(plan_refusals.quantity_out_of_bounds(bounds.minimum, bounds.maximum), param=f"{place}[quantity]")
