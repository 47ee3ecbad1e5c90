"""How much tax is in or on the lines of one invoice: per rate over the whole invoice, then told line by line.

An *exclusive* rate adds to what a line costs, an *inclusive* one is already in it. The tax of a rate is rounded once,
over all lines that it applies to (EN 16931 BR-CO-17: BT-117 is the category's sum times its rate), never line by line:
three lines of 3.33 at 19 % hold 1.90, not 1.89. What a line shows of it is its own share, rounded to the nearest; what
is then missing or over goes to the line with the largest amount, the last of several, so that the shares add up.
"""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from msgspec import Struct

from frontdesk.money import round_half_away


class Rate(Struct, frozen=True, kw_only=True):
    """A rate as it applies to a line. `percentage` is of the net amount ("19", "8.875"), never negative."""

    id: str
    percentage: Decimal


class Taxable(Struct, frozen=True, kw_only=True):
    """A line before tax: `amount` in minor units after discounts, net or (`inclusive`) gross, and its rates."""

    amount: int
    rates: tuple[Rate, ...] = ()
    inclusive: bool = False


class LineTax(Struct, frozen=True, kw_only=True):
    """What one rate makes of one line: `amount` of tax on a `taxable` net amount, both in minor units."""

    rate: str
    taxable: int
    amount: int
    inclusive: bool


def tax_of_lines(lines: Sequence[Taxable]) -> tuple[tuple[LineTax, ...], ...]:
    """The taxes of each line, in the order of its rates; by rate they add up to the figure that the law asks for.

    Raises:
        ValueError: a rate has two percentages, or a negative one, or applies twice to one line.
    """
    percentages = _percentages(lines)
    shares: list[dict[str, LineTax]] = [{} for _ in lines]
    for id, percentage in percentages.items():
        _add_exclusive(lines, id, percentage, shares)
    for rates in dict.fromkeys(each.rates for each in lines if each.inclusive and each.rates):
        _add_inclusive(lines, rates, shares)
    return tuple(tuple(found[each.id] for each in line.rates) for line, found in zip(lines, shares, strict=True))


def _percentages(lines: Sequence[Taxable]) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for line in lines:
        if len({each.id for each in line.rates}) < len(line.rates):
            raise ValueError("a rate applies once to a line")
        for rate in line.rates:
            if rate.percentage < 0 or found.setdefault(rate.id, rate.percentage) != rate.percentage:
                raise ValueError(f"the rate {rate.id} has one percentage, of zero or more")
    return found


def _add_exclusive(lines: Sequence[Taxable], id: str, percentage: Decimal, shares: list[dict[str, LineTax]]) -> None:
    places = [
        place for place, line in enumerate(lines) if not line.inclusive and any(each.id == id for each in line.rates)
    ]
    factor = Fraction(percentage) / 100
    exact = [lines[place].amount * factor for place in places]
    for place, amount in zip(places, _parts(round_half_away(sum(exact)), exact), strict=True):
        shares[place][id] = LineTax(rate=id, taxable=lines[place].amount, amount=amount, inclusive=False)


def _add_inclusive(lines: Sequence[Taxable], rates: tuple[Rate, ...], shares: list[dict[str, LineTax]]) -> None:
    """Net first: what all these lines hold without tax is rounded, and the rest of the gross amount is tax."""
    places = [place for place, line in enumerate(lines) if line.inclusive and line.rates == rates]
    gross = [lines[place].amount for place in places]
    factors = [Fraction(each.percentage) / 100 for each in rates]
    whole = sum(factors, Fraction(1))
    exact = [amount / whole for amount in gross]
    nets = _parts(round_half_away(sum(exact)), exact)
    for place, amount, net in zip(places, gross, nets, strict=True):
        parts = _parts(amount - net, [net * factor for factor in factors])
        for rate, part in zip(rates, parts, strict=True):
            shares[place][rate.id] = LineTax(rate=rate.id, taxable=net, amount=part, inclusive=True)


def _parts(total: int, exact: Sequence[Fraction]) -> list[int]:
    """Whole numbers next to `exact` that add up to `total`."""
    parts = [round_half_away(each) for each in exact]
    if parts:
        largest = max(range(len(exact)), key=lambda place: (abs(exact[place]), place))
        parts[largest] += total - sum(parts)
    return parts
