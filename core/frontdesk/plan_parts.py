"""The items that a subscription would have: what a change makes of them, and what is wrong with them as they are."""

from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from frontdesk import item_refusals, refusals
from frontdesk.book import Subscription, Terms
from frontdesk.bounds import MAXIMUM_AMOUNT, MAXIMUM_QUANTITY
from frontdesk.commands import ChangePlan, NewItem
from frontdesk.errors import Refusal
from frontdesk.lines import full_amount
from frontdesk.pricing import sold_in


class Part(Struct, frozen=True, kw_only=True):
    """One item as a subscription would have it: `place` is where the request names it, -1 where it does not."""

    item: str | None
    price: str
    quantity: int
    place: int = -1


def new_parts(items: Sequence[NewItem]) -> tuple[Part, ...]:
    """The items of a subscription, or of a phase of one, that is told by all that it has."""
    return tuple(
        Part(item=None, price=each.price, quantity=each.quantity, place=place) for place, each in enumerate(items)
    )


def parts_after(subscription: Subscription, command: ChangePlan) -> tuple[Part, ...]:
    """The items that the subscription has after the change. Changes of items it does not have are passed over."""
    changes = {each.id: (place, each) for place, each in enumerate(command.items) if each.id is not None}
    parts = []
    for item in subscription.items:
        place, change = changes.get(item.id, (-1, None))
        if change is None:
            parts.append(Part(item=item.id, price=item.price, quantity=item.quantity))
        elif not change.deleted:
            quantity = item.quantity if change.quantity is None else change.quantity
            parts.append(Part(item=item.id, price=change.price or item.price, quantity=quantity, place=place))
    for place, new in enumerate(command.items):
        if new.id is None and not new.deleted and new.price is not None:
            quantity = 1 if new.quantity is None else new.quantity
            parts.append(Part(item=None, price=new.price, quantity=quantity, place=place))
    return tuple(parts)


def part_obstacles(parts: tuple[Part, ...], currency: str, sold: Iterable[str], terms: Terms) -> Iterator[Refusal]:
    """What is wrong with the items of a subscription. Prices it has already (`sold`) may have been archived since."""
    if not parts:
        yield item_refusals.no_items()
    seen: set[str] = set()
    intervals = set()
    for part in parts:
        param = f"items[{part.place}][price]" if part.place >= 0 else "items"
        price = terms.prices.get(part.price)
        if price is None:
            yield refusals.no_such("price", part.price, param)
            continue
        product = terms.products.get(price.product)
        if part.price not in sold and not (price.active and product is not None and product.active):
            yield item_refusals.price_inactive(part.price, param)
        if price.recurring is None:
            yield item_refusals.price_not_recurring(part.price, param)
            continue
        if not sold_in(price, currency):
            yield item_refusals.currencies_differ(part.price, price.currency, currency, param)
        elif not 0 <= part.quantity <= MAXIMUM_QUANTITY:
            yield item_refusals.quantity_impossible(MAXIMUM_QUANTITY, param.replace("[price]", "[quantity]"))
        elif full_amount(price, part.quantity, currency) > MAXIMUM_AMOUNT:
            yield item_refusals.amount_impossible(MAXIMUM_AMOUNT, param.replace("[price]", "[quantity]"))
        if part.price in seen:
            yield item_refusals.duplicate_price(part.price)
        seen.add(part.price)
        intervals.add((price.recurring.interval, price.recurring.interval_count))
    if len(intervals) > 1:
        yield item_refusals.intervals_differ()
