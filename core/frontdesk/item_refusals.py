"""What cannot be an item of a subscription, or not beside the others, whoever asks."""

from frontdesk.errors import Refusal


def price_inactive(price: str, param: str | None = None) -> Refusal:
    """The price, or its product, is not sold any more."""
    return Refusal(
        code="price_inactive",
        for_customer="This plan is no longer sold. Please choose another one.",
        for_tenant="The price specified is inactive: `{price}`. This field only accepts active prices of active"
        " products.",
        parameters={"price": price},
        param=param,
    )


def price_not_recurring(price: str, param: str | None = None) -> Refusal:
    """A subscription needs recurring prices."""
    return Refusal(
        code="price_not_recurring",
        for_customer="This cannot be subscribed to.",
        for_tenant="The price specified is set to `type=one_time` but this field only accepts prices with"
        " `type=recurring`: `{price}`.",
        parameters={"price": price},
        param=param,
    )


def currencies_differ(price: str, sold_in: str, currency: str, param: str | None = None) -> Refusal:
    """A subscription has one currency for its whole life. `sold_in` is the price's own."""
    return Refusal(
        code="currencies_differ",
        for_customer="This plan is sold in another currency than yours. Please contact us.",
        for_tenant="The price specified only supports `{sold_in}`."
        " This doesn't match the expected currency: `{currency}`.",
        parameters={"price": price, "sold_in": sold_in, "currency": currency},
        param=param,
    )


def intervals_differ() -> Refusal:
    """All items of a subscription are billed at the same interval."""
    return Refusal(
        code="intervals_differ",
        for_customer="These plans are billed at different intervals and cannot be combined.",
        for_tenant="All prices of a subscription must have the same `recurring.interval` and"
        " `recurring.interval_count`.",
        param="items",
    )


def no_items() -> Refusal:
    """A subscription keeps at least one item."""
    return Refusal(
        code="no_items",
        for_customer="A subscription needs at least one plan. You can cancel it instead.",
        for_tenant="A subscription must have at least one active item. Cancel it instead of deleting its last item.",
        param="items",
    )


def duplicate_price(price: str) -> Refusal:
    """One price stands in a subscription once; its quantity says how often."""
    return Refusal(
        code="duplicate_price",
        for_customer="This plan is part of your subscription already.",
        for_tenant="Cannot add multiple subscription items with the same price: `{price}`. Use `quantity` instead.",
        parameters={"price": price},
        param="items",
    )


def quantity_impossible(maximum: int, param: str | None = None) -> Refusal:
    """Nobody orders a negative quantity, or more than can be reckoned with."""
    return Refusal(
        code="quantity_impossible",
        for_customer="Please enter a whole number up to {maximum}.",
        for_tenant="The `quantity` must be an integer from 0 to {maximum}.",
        parameters={"maximum": maximum},
        param=param,
        api_code="parameter_invalid_integer",
    )


def amount_impossible(maximum: int, param: str | None = None) -> Refusal:
    """A quantity whose price is larger than can be billed. `maximum` is in minor units."""
    return Refusal(
        code="amount_impossible",
        for_customer="Please choose a smaller quantity. This one costs more than can be billed at once.",
        for_tenant="The amount of one item must be no more than {maximum} in the smallest unit of its currency.",
        parameters={"maximum": maximum},
        param=param,
        api_code="amount_too_large",
    )


def billed_by_use(price: str) -> Refusal:
    """Among several items, what is billed by use does not change places with what is not."""
    return Refusal(
        code="billed_by_use",
        for_customer="This plan is billed in another way than this part of your subscription. Choose another one.",
        for_tenant="The price `{price}` is billed by use and the present one is not, or the other way round: customers"
        " can change between the two only where a subscription has one item.",
        parameters={"price": price},
    )
