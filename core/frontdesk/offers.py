"""What a customer can choose on the plan page: products, their prices, and the quantities that are allowed."""

from collections.abc import Collection, Iterator

from msgspec import Struct

from frontdesk.billing import Capabilities, Capability
from frontdesk.book import Price, Product, Subscription, Terms
from frontdesk.portal_configuration import AllowedUpdate, OfferedProduct, PortalConfiguration
from frontdesk.pricing import is_metered, sold_in, tax_behavior_in


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

    def leads_elsewhere(self, subscription: Subscription) -> bool:
        """Whether choosing from this offer can change anything."""
        item = subscription.items[0]
        if any(price.id != item.price for price in self.prices):
            return True
        only = self.quantities.minimum if self.quantities.minimum == self.quantities.maximum else None
        return self.quantities.adjustable and only != item.quantity


def bounds_of(offered: OfferedProduct, allowed: Collection[AllowedUpdate]) -> Bounds:
    """Which quantities of an offered product a customer can have. A product without bounds takes any quantity."""
    quantity = offered.adjustable_quantity
    if not quantity.enabled:
        return Bounds(adjustable=False)
    return Bounds(adjustable="quantity" in allowed, minimum=quantity.minimum, maximum=quantity.maximum)


def offers(
    subscription: Subscription, configuration: PortalConfiguration, capabilities: Capabilities, terms: Terms
) -> tuple[Offer, ...]:
    """What a customer can change a subscription of one item to; the present price is among it if it is offered.

    Prices in another currency or with another tax behavior are left out, as `permitted` would refuse them.
    """
    return tuple(_offers(subscription, configuration, capabilities, terms))


def offers_something_else(
    subscription: Subscription, configuration: PortalConfiguration, capabilities: Capabilities, terms: Terms
) -> bool:
    """Whether any of `offers` can change anything. It looks no further than the first one that can."""
    return any(each.leads_elsewhere(subscription) for each in _offers(subscription, configuration, capabilities, terms))


def _offers(
    subscription: Subscription, configuration: PortalConfiguration, capabilities: Capabilities, terms: Terms
) -> Iterator[Offer]:
    present = terms.prices.get(subscription.items[0].price)
    if present is None or is_metered(present) or len(subscription.items) != 1:
        return
    allowed = set(configuration.features.subscription_update.default_allowed_updates)
    if Capability.CHANGE_PRICE not in capabilities.can:
        allowed.discard("price")
    if Capability.CHANGE_QUANTITY not in capabilities.can:
        allowed.discard("quantity")
    for offered in configuration.features.subscription_update.products:
        product = terms.products.get(offered.product)
        bounds = bounds_of(offered, allowed)
        stuck = not bounds.adjustable and subscription.items[0].quantity not in bounds
        if product is None or (stuck and product.id != present.product):
            continue
        prices = tuple(
            price
            for price in (terms.prices.get(id) for id in offered.prices)
            if price is not None and _can_be_chosen(price, product, present, subscription.currency, "price" in allowed)
        )
        if prices:
            yield Offer(product=product, prices=prices, quantities=bounds)


def _can_be_chosen(price: Price, product: Product, present: Price, currency: str, other_prices: bool) -> bool:
    if price.id == present.id:
        return True
    return (
        other_prices
        and price.active
        and product.active
        and price.recurring is not None
        and price.product == product.id
        and not is_metered(price)
        and sold_in(price, currency)
        and tax_behavior_in(price, currency) == tax_behavior_in(present, currency)
    )
