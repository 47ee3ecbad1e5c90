"""What a quantity of a price costs for one whole period, in one of the currencies that the price is sold in.

The sum is exact and rounded once, half away from zero (trust.md §D1). Quantity 0 lies in the first tier, so that its
flat fee is due: that is how "ten included, for 10.00" is written.
"""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from msgspec.structs import replace

from frontdesk.book import Customer, Interval, Price, Recurring, TaxBehavior, Tier, TransformQuantity
from frontdesk.commands import CreateSubscription
from frontdesk.money import line_amount, round_half_away


def sold_in(price: Price, currency: str) -> bool:
    """Whether a price can be billed in a currency."""
    return price.currency == currency or currency in price.currency_options


def rhythm(recurring: Recurring) -> tuple[Interval, int]:
    """How often something is billed, whatever it is billed by."""
    return recurring.interval, recurring.interval_count


def is_metered(price: Price) -> bool:
    """Whether a price is billed by use."""
    return price.recurring is not None and price.recurring.usage_type == "metered"


def quantity_of(price: Price, asked: int, before: Price | None = None) -> int:
    """The quantity that an item of a price has: none where it is billed by use, one where it was until now."""
    if is_metered(price):
        return 0
    return 1 if before is not None and is_metered(before) and not asked else asked


def currencies_of(price: Price) -> frozenset[str]:
    """The currencies that a price is sold in."""
    return frozenset({price.currency, *price.currency_options})


def tax_behavior_in(price: Price, currency: str) -> TaxBehavior:
    """Whether what is paid in a currency includes the tax. `price` must be sold in it."""
    return price.tax_behavior if price.currency == currency else price.currency_options[currency].tax_behavior


def in_currency(price: Price, currency: str) -> Price:
    """The price as it is sold in a currency: amounts, tiers and tax behavior of its option there.

    Raises:
        ValueError: it is not sold in that currency.
    """
    if price.currency == currency:
        return price
    option = price.currency_options.get(currency)
    if option is None:
        raise ValueError(f"{price.id} is not sold in {currency}")
    return replace(
        price,
        currency=currency,
        unit_amount=option.unit_amount,
        tiers=option.tiers,
        tax_behavior=option.tax_behavior,
    )


def starting_currency(command: CreateSubscription, customer: Customer, first: Price) -> str:
    """The currency that a new subscription is billed in for its whole life."""
    if command.currency is not None:
        return command.currency
    if customer.currency is not None and sold_in(first, customer.currency):
        return customer.currency
    return first.currency


def amount_for(price: Price, quantity: int, currency: str) -> int:
    """What `quantity` of a price costs for one whole period, in minor units of `currency`.

    Raises:
        ValueError: it is not sold in that currency.
    """
    sold = in_currency(price, currency)
    if sold.billing_scheme == "tiered":
        return round_half_away(tiered(sold.tiers, sold.tiers_mode == "volume", quantity))
    if sold.unit_amount is None:
        raise ValueError(f"{price.id} has neither a unit amount nor tiers")
    if sold.transform_quantity is not None:
        quantity = packages(sold.transform_quantity, quantity)
    return line_amount(sold.unit_amount, quantity)


def packages(transform: TransformQuantity, quantity: int) -> int:
    """How many packages a quantity is billed as."""
    if transform.round == "up":
        return -(-quantity // transform.divide_by)
    return quantity // transform.divide_by


def tiered(tiers: Sequence[Tier], volume: bool, quantity: int) -> Fraction:
    """The exact sum of a quantity in tiers, whose last has no end."""
    return _volume(tiers, quantity) if volume else _graduated(tiers, quantity)


def tier_of(tiers: Sequence[Tier], quantity: int) -> Tier:
    """The tier that a quantity lies in; 0 lies in the first."""
    return next(each for each in tiers if each.up_to is None or quantity <= each.up_to)


def _volume(tiers: Sequence[Tier], quantity: int) -> Fraction:
    tier = tier_of(tiers, quantity)
    return _exact(tier.unit_amount) * quantity + _exact(tier.flat_amount)


def _graduated(tiers: Sequence[Tier], quantity: int) -> Fraction:
    total, below = Fraction(0), 0
    for tier in tiers:
        upper = quantity if tier.up_to is None else min(quantity, tier.up_to)
        total += _exact(tier.unit_amount) * (upper - below) + _exact(tier.flat_amount)
        if upper == quantity:
            break
        below = upper
    return total


def _exact(amount: Decimal | None) -> Fraction:
    return Fraction(0) if amount is None else Fraction(amount)
