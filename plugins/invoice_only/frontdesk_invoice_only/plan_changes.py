"""Changing prices, quantities and items of a subscription."""

from collections.abc import Iterable

from msgspec import UNSET, Struct
from msgspec.structs import replace

from frontdesk.automatic_tax import check_codes
from frontdesk.book import Line, PlannedItem, PutOffChange, Recurring, Subscription, SubscriptionItem
from frontdesk.catalogue import merge_metadata
from frontdesk.commands import ChangePlan, ItemChange, UndoPlanChange
from frontdesk.discounts import of_subscription
from frontdesk.errors import Refused
from frontdesk.events import PlanChangePutOff, PlanChangeTakenBack
from frontdesk.lines import full_amount
from frontdesk.metered import counted_from, unbilled_use
from frontdesk.periods import stretch_from
from frontdesk.plan_refusals import metered_cannot_wait, no_changes
from frontdesk.possibilities import is_set_to_cancel
from frontdesk.pricing import is_metered, quantity_of, rhythm
from frontdesk.taxing import applied, check_behaviors
from frontdesk_invoice_only.collecting import refuse_declined
from frontdesk_invoice_only.discounting import billed_with, chosen, give, give_item, off_items, tell_discounts
from frontdesk_invoice_only.invoices import issue, let_wait
from frontdesk_invoice_only.page import Page
from frontdesk_invoice_only.pending_updates import drop_update, let_update_wait
from frontdesk_invoice_only.plan_news import plan_changed
from frontdesk_invoice_only.prorations import remaining_time, unused_time
from frontdesk_invoice_only.refusals import ending, item_twice
from frontdesk_invoice_only.renewals import bill_ahead, catch_up, recurring_of
from frontdesk_invoice_only.trials import end_trial_now


class Swap(Struct, frozen=True):
    """One item before and after: None before where it is added, None after where it is deleted."""

    before: SubscriptionItem | None
    after: SubscriptionItem | None

    @property
    def is_new(self) -> bool:
        """Whether it has another price or other tax rates than before."""
        before, after = self.before, self.after
        if before is None or after is None:
            return True
        return (before.price, before.tax_rates) != (after.price, after.tax_rates)

    @property
    def moves_money(self) -> bool:
        """Whether price or quantity differ."""
        return _terms(self.before) != _terms(self.after)


def change_plan(page: Page, command: ChangePlan) -> None:
    """Change a subscription within its period, or begin a new period where interval or anchor change.

    At the very second at which a period ends, the change comes first and the renewal bills the new plan, so that there
    is nothing to prorate.
    """
    subscription = page.live_subscription(command.subscription)
    if subscription.cancel_at == page.now or subscription.period_end != page.now:
        catch_up(page, and_now=True)
        subscription = page.live_subscription(command.subscription)
    drop_update(page, subscription, page.now)
    subscription = page.live_subscription(command.subscription)
    swaps = _swaps(page, subscription, command)
    items = tuple(each.after for each in swaps if each.after is not None)
    new = [each.after for each in swaps if each.after is not None and each.is_new]
    check_behaviors(subscription, new, page.terms)
    if subscription.automatic_tax:
        check_codes((page.product(page.price(each.price)) for each in new), page.terms.settings)
    before, choices = subscription, chosen(subscription, command)
    if choices is not None:
        subscription = give(page, subscription, choices, items=items)
    ends_trial = command.ends_trial and subscription.status == "trialing"
    if command.anchor == "unchanged" and not ends_trial and not any(each.moves_money for each in swaps):
        if subscription.discounts == before.discounts and items == before.items:
            raise Refused(no_changes(subscription.id))
        page.save_subscription(replace(subscription, items=items))
        tell_discounts(page, subscription)
        return
    if command.when == "period_end" and subscription.period_end > page.now:
        _put_off(page, subscription, items)
        return
    page.changes_once_paid = command.payment == "pending_if_incomplete"
    page.declined = None
    if not command.keeps_schedule:
        subscription = replace(subscription, put_off=None, scheduled=None)
    recurring = recurring_of(page.price(items[0].price))
    if subscription.status == "trialing":
        _change_in_trial(page, subscription, command, swaps, items)
    elif _restarts(page, subscription, command, items, recurring):
        _restart(page, subscription, command, swaps, items, recurring)
    elif subscription.period_end == page.now:
        used = _use_that_leaves(page, subscription, swaps)
        let_wait(page, page.save_subscription(replace(subscription, items=_counting(page, items))), used)
    else:
        _change_within(page, subscription, command, swaps)
    waits, page.changes_once_paid = page.changes_once_paid and page.declined is not None, False
    if waits and before.status == "trialing":
        refuse_declined(page)
    if waits:
        let_update_wait(page, before, page.live_subscription(subscription.id))
        return
    page.tell(plan_changed(page, subscription, items, page.now))
    catch_up(page, and_now=True)


def undo_plan_change(page: Page, command: UndoPlanChange) -> None:
    """Let a subscription go on as it is that was to change at its next renewal, or once the change was paid."""
    drop_update(page, page.live_subscription(command.subscription), page.now)
    subscription = page.live_subscription(command.subscription)
    page.save_subscription(replace(subscription, put_off=None, scheduled=None))
    if subscription.put_off is not None:
        page.tell(PlanChangeTakenBack(customer=page.customer.id, subscription=subscription.id, at=page.now))


def _put_off(page: Page, subscription: Subscription, items: tuple[SubscriptionItem, ...]) -> None:
    """Keep the change for the next renewal. One that waits already gives way to it."""
    moved = {(each.id, each.price) for each in subscription.items} ^ {(each.id, each.price) for each in items}
    if any(is_metered(page.price(price)) for _, price in moved):
        raise Refused(metered_cannot_wait())
    # A new one has its id already, so that it is not taken for one of its price that is to go.
    planned = tuple(PlannedItem(id=each.id, price=each.price, quantity=each.quantity) for each in items)
    waiting = PutOffChange(items=planned, asked=page.now)
    page.save_subscription(replace(subscription, put_off=waiting, scheduled=None))
    page.tell(
        PlanChangePutOff(
            customer=page.customer.id,
            subscription=subscription.id,
            at=page.now,
            effective=subscription.period_end,
        )
    )


def _change_in_trial(
    page: Page,
    subscription: Subscription,
    command: ChangePlan,
    swaps: tuple[Swap, ...],
    items: tuple[SubscriptionItem, ...],
) -> None:
    """Nothing was billed, so nothing is prorated: the trial goes on with the new plan, or is over now.

    What was used before the trial began is billed, as ever.
    """
    let_wait(page, subscription, _use_that_leaves(page, subscription, swaps))
    if command.ends_trial or command.anchor == "now":
        anchor = page.now if command.anchor == "now" else subscription.anchor
        end_trial_now(page, replace(subscription, anchor=anchor), items)
        return
    page.save_subscription(replace(subscription, items=items))


def _change_within(page: Page, subscription: Subscription, command: ChangePlan, swaps: tuple[Swap, ...]) -> None:
    items: list[SubscriptionItem] = []
    lines: list[Line] = []
    new = replace(subscription, items=tuple(each.after for each in swaps if each.after is not None))
    discounts = of_subscription(page.customer, new, page.now)
    off = off_items(page, subscription, new.items, discounts)
    free = subscription.is_free_at(page.now)
    lines += _use_that_leaves(page, subscription, swaps)
    for swap in swaps:
        after = swap.after
        if swap.moves_money and command.proration_behavior != "none" and not free:
            if swap.before is not None:
                lines += unused_time(page, subscription, swap.before)
            if after is not None and not is_metered(page.price(after.price)):
                after, line = remaining_time(page, subscription, after, off.get(after.id, ()))
                lines.append(line)
        if after is not None:
            items.append(after)
    changed = replace(subscription, items=tuple(items) if free else _counting(page, items))
    if lines:
        changed = billed_with(page, changed, lines, page.now)
    changed = page.save_subscription(changed)
    if command.proration_behavior == "always_invoice" and not free:
        waiting = page.waiting_for(changed, with_others=False)
        if lines or waiting:
            invoice = issue(page, changed, lines, page.now, "subscription_update", waiting)
            page.save_subscription(replace(changed, latest_invoice=invoice.id))
    else:
        let_wait(page, changed, lines)


def _restart(
    page: Page,
    subscription: Subscription,
    command: ChangePlan,
    swaps: tuple[Swap, ...],
    items: tuple[SubscriptionItem, ...],
    recurring: Recurring,
) -> None:
    """Begin a new period now: credit for what is left of the old one, the new one in full, invoiced at once."""
    # The phases that are said next say when a schedule ends it.
    if is_set_to_cancel(subscription) and not command.keeps_schedule:
        raise ending(subscription.id)
    credits: list[Line] = list(_use_that_leaves(page, subscription, swaps))
    if command.proration_behavior != "none":
        for swap in swaps:
            if swap.before is not None:
                credits += unused_time(page, subscription, swap.before)
    anew = replace(subscription, anchor=page.now, anchor_config=None, free_until=None)
    billed, charges = bill_ahead(page, anew, items, stretch_from(page.now, recurring, page.now))
    changed = page.save_subscription(replace(anew, items=billed))
    waiting = page.waiting_for(changed, with_others=False)
    invoice = issue(page, changed, [*credits, *charges], page.now, "subscription_update", waiting)
    page.save_subscription(replace(billed_with(page, changed, charges, page.now), latest_invoice=invoice.id))


def _restarts(
    page: Page,
    subscription: Subscription,
    command: ChangePlan,
    items: tuple[SubscriptionItem, ...],
    recurring: Recurring,
) -> bool:
    """Whether a new period begins: another interval, an anchor set to now, or (classic) from free to paid."""
    if command.anchor == "now" or rhythm(recurring) != rhythm(recurring_of(page.price(subscription.items[0].price))):
        return True
    currency = subscription.currency
    from_free = not _worth(page, subscription.items, currency) and _worth(page, items, currency) > 0
    return subscription.billing_mode == "classic" and from_free


def _use_that_leaves(page: Page, subscription: Subscription, swaps: tuple[Swap, ...]) -> tuple[Line, ...]:
    """What was used until now at prices that the subscription has no more. It is billed whatever is prorated."""
    left = tuple(
        each.before
        for each in swaps
        if each.before is not None and (each.after is None or each.after.price != each.before.price)
    )
    return unbilled_use(page.customer, subscription, left, page.terms, page.now, page.ids)


def _counting(page: Page, items: Iterable[SubscriptionItem]) -> tuple[SubscriptionItem, ...]:
    """Items of which those that are newly billed by use begin to count."""
    return tuple(
        each if each.usage is not None else counted_from(each, page.price(each.price), page.now) for each in items
    )


def _worth(page: Page, items: tuple[SubscriptionItem, ...], currency: str) -> int:
    return sum(full_amount(page.price(each.price), each.quantity, currency) for each in items)


def _swaps(page: Page, subscription: Subscription, command: ChangePlan) -> tuple[Swap, ...]:
    by_id: dict[str, tuple[int, ItemChange]] = {}
    added: list[Swap] = []
    for index, change in enumerate(command.items):
        if change.id is None:
            added.append(Swap(None, _further(page, _added(page, subscription, change), change, index)))
        elif change.id in by_id:
            raise item_twice(change.id, index)
        else:
            by_id[change.id] = (index, change)
    swaps = (*(Swap(item, _changed(page, item, by_id.get(item.id))) for item in subscription.items), *added)
    return _with_item_discounts(page, subscription, command, swaps)


def _with_item_discounts(
    page: Page, subscription: Subscription, command: ChangePlan, swaps: tuple[Swap, ...]
) -> tuple[Swap, ...]:
    asked = [(place, each) for place, each in enumerate(command.items) if each.discounts is not UNSET]
    added = [each.after.id for each in swaps if each.before is None and each.after is not None]
    names = [None if each.id is None else each.id for each in command.items]
    for place, change in asked:
        id = change.id or added[names[:place].count(None)]
        swaps = tuple(
            Swap(each.before, _given(page, subscription, each.after, change, place))
            if each.after is not None and each.after.id == id
            else each
            for each in swaps
        )
    return swaps


def _given(
    page: Page, subscription: Subscription, item: SubscriptionItem, change: ItemChange, place: int
) -> SubscriptionItem:
    choices = () if change.discounts is UNSET else change.discounts
    return give_item(page, subscription, item, choices, param=f"items[{place}][discounts]")


def _changed(page: Page, item: SubscriptionItem, asked: tuple[int, ItemChange] | None) -> SubscriptionItem | None:
    if asked is None:
        return item
    index, change = asked
    if change.deleted:
        return None
    price = page.price(change.price or item.price)
    quantity = item.quantity if change.quantity is None else change.quantity
    changed = replace(
        item,
        price=price.id,
        quantity=quantity_of(price, quantity, page.price(item.price)),
        usage=item.usage if price.id == item.price else None,
    )
    return _further(page, changed, change, index)


def _further(page: Page, item: SubscriptionItem, change: ItemChange, index: int) -> SubscriptionItem:
    """An item with the tax rates and metadata that are asked for."""
    if change.metadata is not UNSET:
        item = replace(item, metadata=merge_metadata(item.metadata, change.metadata))
    if change.tax_rates is UNSET:
        return item
    return replace(item, tax_rates=applied(change.tax_rates, item.tax_rates, page.terms, f"items[{index}][tax_rates]"))


def _added(page: Page, subscription: Subscription, change: ItemChange) -> SubscriptionItem:
    return SubscriptionItem(
        id=page.ids("si"),
        price=(price := page.price(change.price or "")).id,
        quantity=quantity_of(price, 1 if change.quantity is None else change.quantity),
        created=page.now,
        period_start=subscription.period_start,
        period_end=subscription.period_end,
    )


def _terms(item: SubscriptionItem | None) -> tuple[str, int] | None:
    return None if item is None else (item.price, item.quantity)
