"""What a customer can choose on the plan page: products, their prices, and the quantities that are allowed.

A subscription of several items is chosen for item by item, all at one interval. No item takes a product that another
one has, and none that is billed by use changes places with one that is not: a base fee stays one, and so does use.
"""

from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from frontdesk.billing import Capabilities, Capability
from frontdesk.book import Interval, Price, Product, Subscription, SubscriptionItem, Terms
from frontdesk.portal_configuration import OfferedProduct, PortalConfiguration
from frontdesk.pricing import is_metered, rhythm, sold_in, tax_behavior_in

Rhythm = tuple[Interval, int]
# Each card of the home page asks for all three: to look one up in its class takes as long as a small rule.
_CHANGE_PRICE, _CHANGE_QUANTITY = Capability.CHANGE_PRICE, Capability.CHANGE_QUANTITY
_USAGE = Capability.USAGE


class Bounds(Struct, frozen=True, kw_only=True):
    """Quantities from `minimum` to `maximum` (None: no end), inclusive. `adjustable` False: the quantity stays."""

    adjustable: bool
    minimum: int = 0
    maximum: int | None = None

    def __contains__(self, quantity: int) -> bool:
        return self.minimum <= quantity and (self.maximum is None or quantity <= self.maximum)


class Offer(Struct, frozen=True, kw_only=True):
    """A product with the prices that can be chosen, in the configuration's order."""

    product: Product
    prices: tuple[Price, ...]
    quantities: Bounds

    def leads_elsewhere(self, item: SubscriptionItem) -> bool:
        """Whether choosing from this offer can change anything about an item."""
        for price in self.prices:
            if price.id != item.price:
                return True
        only = self.quantities.minimum if self.quantities.minimum == self.quantities.maximum else None
        return self.quantities.adjustable and only != item.quantity


class ItemOffers(Struct, frozen=True, kw_only=True):
    """What one item can be changed to: nothing where `offers` is empty, and it stays as it is."""

    item: SubscriptionItem
    offers: tuple[Offer, ...]


def bounds_of(offered: OfferedProduct, other_quantities: bool) -> Bounds:
    """Which quantities of an offered product a customer can have, who may change quantities at all or not. A product
    without bounds takes any quantity."""
    quantity = offered.adjustable_quantity
    if not quantity.enabled:
        return Bounds(adjustable=False)
    return Bounds(adjustable=other_quantities, minimum=quantity.minimum, maximum=quantity.maximum)


def quantity_before(item: SubscriptionItem, terms: Terms) -> int:
    """The quantity that a change starts from: one where the item is billed by use and has none."""
    price = terms.prices.get(item.price)
    return 1 if price is not None and is_metered(price) else item.quantity


def offers(
    subscription: Subscription, configuration: PortalConfiguration, capabilities: Capabilities, terms: Terms
) -> tuple[ItemOffers, ...]:
    """What a customer can change each item of a subscription to; the present price is among it if it is offered.

    Prices in another currency or with another tax behavior are left out, as `permitted` would refuse them; so are
    prices at an interval that not all items can go to.
    """
    found = tuple(
        ItemOffers(item=item, offers=tuple(_offers(subscription, item, configuration, capabilities, terms)))
        for item in subscription.items
    )
    if len(found) == 1:
        return found
    rhythms = set[Rhythm].intersection(*(_rhythms(each, terms) for each in found))
    return tuple(replace(each, offers=tuple(_at(rhythms, each.offers))) for each in found)


def offers_something_else(
    subscription: Subscription, configuration: PortalConfiguration, capabilities: Capabilities, terms: Terms
) -> bool:
    """Whether any of `offers` can change anything. With one item it looks no further than the first one that can."""
    if len(subscription.items) == 1:
        item = subscription.items[0]
        for each in _offers(subscription, item, configuration, capabilities, terms):
            if each.leads_elsewhere(item):
                return True
        return False
    found = offers(subscription, configuration, capabilities, terms)
    return any(offer.leads_elsewhere(each.item) for each in found for offer in each.offers)


def products_of_others(subscription: Subscription, item: SubscriptionItem, terms: Terms) -> set[str]:
    """The products of the other items of a subscription."""
    prices = (terms.prices.get(each.price) for each in subscription.items if each.id != item.id)
    return {each.product for each in prices if each is not None}


def _offers(
    subscription: Subscription,
    item: SubscriptionItem,
    configuration: PortalConfiguration,
    capabilities: Capabilities,
    terms: Terms,
) -> Iterator[Offer]:
    present = terms.prices.get(item.price)
    if present is None:
        return
    update, can = configuration.features.subscription_update, capabilities.can
    other_prices = "price" in update.default_allowed_updates and _CHANGE_PRICE in can
    other_quantities = "quantity" in update.default_allowed_updates and _CHANGE_QUANTITY in can
    by_use = _USAGE in can
    taken = products_of_others(subscription, item, terms) if len(subscription.items) > 1 else frozenset()
    for offered in update.products:
        product = terms.products.get(offered.product)
        if product is None or (product.id in taken and product.id != present.product):
            continue
        bounds = bounds_of(offered, other_quantities)
        stuck = not bounds.adjustable and product.id != present.product and quantity_before(item, terms) not in bounds
        prices, counted = [], False
        for id in offered.prices:
            price = terms.prices.get(id)
            if price is None or not _can_be_chosen(price, product, present, subscription, other_prices):
                continue
            metered = is_metered(price)
            if by_use if metered else not stuck:
                prices.append(price)
                counted = counted or not metered
        if prices:
            quantities = bounds if counted else Bounds(adjustable=False)
            yield Offer(product=product, prices=tuple(prices), quantities=quantities)


def _can_be_chosen(
    price: Price, product: Product, present: Price, subscription: Subscription, other_prices: bool
) -> bool:
    if price.id == present.id:
        return True
    currency = subscription.currency
    return (
        other_prices
        and price.active
        and product.active
        and price.recurring is not None
        and price.product == product.id
        and (len(subscription.items) == 1 or is_metered(price) == is_metered(present))
        and sold_in(price, currency)
        and tax_behavior_in(price, currency) == tax_behavior_in(present, currency)
    )


def _rhythms(found: ItemOffers, terms: Terms) -> set[Rhythm]:
    prices = (terms.prices[found.item.price], *(price for offer in found.offers for price in offer.prices))
    return {rhythm(each.recurring) for each in prices if each.recurring is not None}


def _at(rhythms: set[Rhythm], found: tuple[Offer, ...]) -> Iterator[Offer]:
    for offer in found:
        prices = tuple(each for each in offer.prices if each.recurring and rhythm(each.recurring) in rhythms)
        if prices:
            yield replace(offer, prices=prices)
