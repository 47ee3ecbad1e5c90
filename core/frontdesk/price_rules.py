"""What makes a price whole: its amount or tiers, its packages, its further currencies (portal_spec.md §D.2).

Sentences are Stripe's where they are known.
"""

from collections.abc import Iterator
from decimal import Decimal

from frontdesk.book import CurrencyOption, Price, Tier
from frontdesk.catalogue_refusals import wrong
from frontdesk.errors import Refusal
from frontdesk.money import known_currency

MAX_UNIT_AMOUNT = Decimal(999_999_999_999)
MAX_PLACES = 12
MAX_TIERS = 100
MAX_QUANTITY = 999_999_999
"""The largest bound of a tier, and size of a package: what a subscription can have of a price."""


def price_faults(price: Price) -> Iterator[Refusal]:
    """What is wrong with the amounts of a new price, as far as it goes."""
    if price.billing_scheme == "tiered":
        yield from _tiered_faults(price)
    else:
        yield from _per_unit_faults(price)
    yield from option_faults(price)
    yield from _use_faults(price)


def option_faults(price: Price) -> Iterator[Refusal]:
    """What is wrong with the further currencies of a price."""
    for currency, option in price.currency_options.items():
        at = f"currency_options[{currency}]"
        if not known_currency(currency):
            yield wrong("currency_unknown", "Invalid currency: {currency}.", at, currency=currency)
        if currency == price.currency:
            yield wrong(
                "currency_is_default",
                "The currency `{currency}` is the price's own and cannot be among its `currency_options`.",
                at,
                currency=currency,
            )
        yield from _one_option_faults(price, option, at)


def _one_option_faults(price: Price, option: CurrencyOption, at: str) -> Iterator[Refusal]:
    if price.billing_scheme == "per_unit":
        if option.tiers:
            yield _tiers_need_scheme(f"{at}[tiers]")
        yield from _needed_amount(option.unit_amount, f"{at}[unit_amount]")
        return
    if option.unit_amount is not None:
        yield _exclusive("tiers", "unit_amount", f"{at}[tiers]", f"{at}[unit_amount]")
    yield from tier_faults(option.tiers, f"{at}[tiers]")
    if [each.up_to for each in option.tiers] != [each.up_to for each in price.tiers]:
        yield wrong(
            "tiers_differ",
            "The `tiers` of every currency must have the same `up_to` values as the price's own.",
            f"{at}[tiers]",
        )


def _per_unit_faults(price: Price) -> Iterator[Refusal]:
    if price.tiers:
        yield _tiers_need_scheme("tiers")
    if price.tiers_mode is not None:
        yield wrong(
            "tiers_mode_needs_tiers", "`tiers_mode` requires `billing_scheme` to be set to `tiered`.", "tiers_mode"
        )
    yield from _needed_amount(price.unit_amount, "unit_amount")
    transform = price.transform_quantity
    if transform is not None and not 1 <= transform.divide_by <= MAX_QUANTITY:
        yield wrong(
            "package_invalid",
            "`transform_quantity[divide_by]` is a whole number from 1 to {maximum}.",
            "transform_quantity[divide_by]",
            "parameter_invalid_integer",
            maximum=MAX_QUANTITY,
        )


def _tiered_faults(price: Price) -> Iterator[Refusal]:
    if price.unit_amount is not None:
        yield _exclusive("tiers", "unit_amount", "tiers", "unit_amount")
    if price.transform_quantity is not None:
        yield _exclusive("tiers", "transform_quantity", "tiers", "transform_quantity")
    if price.tiers_mode is None:
        yield wrong("tiers_mode_missing", "Missing required param: tiers_mode.", "tiers_mode", "parameter_missing")
    yield from tier_faults(price.tiers, "tiers")


def tier_faults(tiers: tuple[Tier, ...], at: str) -> Iterator[Refusal]:
    """What is wrong with tiers that stand at `at` in the request.

    A tier begins with the unit after the one before it, so that a gap can only be written as a wrong order.
    """
    if not tiers:
        yield wrong("tiers_missing", "Missing required param: {name}.", at, "parameter_missing", name=at)
        return
    if len(tiers) > MAX_TIERS:
        yield wrong("tiers_too_many", "A price has at most {maximum} tiers.", at, maximum=MAX_TIERS)
    before = 0
    for place, tier in enumerate(tiers):
        here = f"{at}[{place}]"
        if tier.unit_amount is None and tier.flat_amount is None:
            yield wrong("tier_without_amount", "An entry in the tiers array is missing an amount.", here)
        yield from amount_faults(tier.unit_amount, f"{here}[unit_amount]")
        yield from amount_faults(tier.flat_amount, f"{here}[flat_amount]")
        yield from _bound_faults(tier, before, place == len(tiers) - 1, f"{here}[up_to]")
        before = before if tier.up_to is None else tier.up_to


def _bound_faults(tier: Tier, before: int, last: bool, at: str) -> Iterator[Refusal]:
    if last != (tier.up_to is None):
        sentence = (
            "The last tier must have `up_to` set to `inf`."
            if last
            else "Only the last tier can have `up_to` set to `inf`."
        )
        yield wrong("last_tier_ends" if last else "tier_endless", sentence, at)
    elif tier.up_to is not None and tier.up_to <= before:
        yield wrong(
            "tiers_order", "Each tier must have an `up_to` that is greater than that of the tier before it.", at
        )
    elif tier.up_to is not None and tier.up_to > MAX_QUANTITY:
        yield wrong("tier_too_large", "`up_to` is at most {maximum}.", at, maximum=MAX_QUANTITY)


def amount_faults(amount: Decimal | None, at: str) -> Iterator[Refusal]:
    """What is wrong with an amount, where there is one."""
    if amount is None:
        return
    if not amount.is_finite() or amount < 0 or amount > MAX_UNIT_AMOUNT:
        yield wrong(
            "unit_amount_invalid",
            "A unit amount is a non-negative number of at most {limit}.",
            at,
            "parameter_invalid_integer",
            limit=str(MAX_UNIT_AMOUNT),
        )
        return
    places = amount.normalize().as_tuple().exponent
    if isinstance(places, int) and -places > MAX_PLACES:
        yield wrong(
            "unit_amount_places",
            "A unit amount has at most {places} decimal places.",
            f"{at[:-1]}_decimal]" if at.endswith("]") else f"{at}_decimal",
            places=MAX_PLACES,
        )


def _needed_amount(amount: Decimal | None, at: str) -> Iterator[Refusal]:
    if amount is None:
        yield wrong(
            "unit_amount_missing",
            "Must provide one of `unit_amount` and `unit_amount_decimal`.",
            at,
            "parameter_missing",
        )
    yield from amount_faults(amount, at)


def _use_faults(price: Price) -> Iterator[Refusal]:
    recurring = price.recurring
    if recurring is None:
        return
    if recurring.usage_type == "metered" and recurring.meter is None:
        yield wrong(
            "meter_missing",
            "Missing required param: recurring[meter].",
            "recurring[meter]",
            "parameter_missing",
        )
    if recurring.usage_type == "licensed" and recurring.meter is not None:
        yield wrong(
            "meter_needs_use",
            "`recurring[meter]` requires `recurring[usage_type]` to be set to `metered`.",
            "recurring[meter]",
        )


def _tiers_need_scheme(at: str) -> Refusal:
    return wrong("tiers_need_scheme", "`tiers` requires `billing_scheme` to be set to `tiered`.", at)


def _exclusive(code_of: str, other: str, at: str, at_other: str) -> Refusal:
    return wrong(
        f"{code_of}_and_{other}",
        "You may only specify one of these parameters: {first}, {second}.",
        at,
        "parameters_exclusive",
        first=at,
        second=at_other,
    )
