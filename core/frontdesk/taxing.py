"""Tax on lines and invoices: which rates a line has, and what they make of all lines together (trust.md §D1, §D2).

An item's own rates stand in for those of its subscription; where there are neither and its tax is automatic, they are
worked out (`frontdesk.automatic_tax`). Which rates a line has, and whether its customer is taxed,
is settled when the line is made; the tax itself is worked out once, when the invoice is issued, over all its lines and
those that had waited (`frontdesk.tax_amounts` has the arithmetic).

Nothing is charged to customers who are exempt or taxed by reverse charge: what they pay is the price as it stands, and
its rates are kept with an amount of zero.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from fractions import Fraction

from msgspec.structs import replace

from frontdesk.automatic_tax import item_rates
from frontdesk.book import Customer, Line, Price, Subscription, SubscriptionItem, Terms
from frontdesk.commands import AccountCommand, ChangePlan, CreateSubscription, DescribeSubscription
from frontdesk.errors import Refused
from frontdesk.invoice_commands import CreateInvoiceItem, UpdateInvoiceItem
from frontdesk.money import round_half_away
from frontdesk.pricing import tax_behavior_in
from frontdesk.refusals import no_such
from frontdesk.tax_amounts import LineTax, Rate, Taxable, tax_of_lines
from frontdesk.tax_rates import AppliedRate, Tax, TaxRate
from frontdesk.tax_refusals import behavior_conflicts, rate_inactive, rate_twice, rates_mixed, too_many_rates

MAX_RATES = 5
"""On one line, as in Stripe."""


def rates_on(
    customer: Customer, subscription: Subscription, item: SubscriptionItem, terms: Terms, at: datetime
) -> tuple[AppliedRate, ...]:
    """The rates that a line for an item has which is made `at` an instant."""
    chosen = item.tax_rates or subscription.default_tax_rates
    if chosen:
        return rates_for(customer, chosen)
    return item_rates(customer, subscription, item.price, terms, at) if subscription.automatic_tax else ()


def rates_for(customer: Customer, rates: tuple[AppliedRate, ...]) -> tuple[AppliedRate, ...]:
    """Rates as they apply to this customer now."""
    if not rates or all(each.exempt == customer.tax_exempt for each in rates):
        return rates
    return tuple(replace(each, exempt=customer.tax_exempt) for each in rates)


def taxed(lines: Sequence[Line]) -> tuple[Line, ...]:
    """The lines of one invoice with their taxes."""
    if not any(each.tax_rates for each in lines):
        return tuple(lines)
    found = tax_of_lines([_taxable(each.amount, each.tax_rates) for each in lines])
    return tuple(
        replace(line, taxes=_taxes(line, taxes)) if line.tax_rates else line
        for line, taxes in zip(lines, found, strict=True)
    )


def taxes_of(lines: Iterable[Line]) -> tuple[Tax, ...]:
    """The taxes of lines that have theirs, added up by rate in the order of their first line."""
    sums: dict[AppliedRate, Tax] = {}
    for each in (tax for line in lines for tax in line.taxes):
        known = sums.get(each.rate)
        sums[each.rate] = (
            each
            if known is None
            else Tax(rate=each.rate, taxable=known.taxable + each.taxable, amount=known.amount + each.amount)
        )
    return tuple(sums.values())


def added(taxes: Iterable[Tax]) -> int:
    """What taxes add to the amounts of lines, in minor units: those that are included add nothing."""
    return sum(each.amount for each in taxes if not each.rate.inclusive)


def total_with_tax(amounts: Sequence[int], rates: Sequence[tuple[AppliedRate, ...]]) -> int:
    """What an invoice with lines of these amounts and rates comes to, for who shows no taxes."""
    if not any(rates):
        return sum(amounts)
    bases: dict[AppliedRate, int] = {}
    for amount, of_line in zip(amounts, rates, strict=True):
        for rate in of_line:
            if not rate.inclusive and rate.exempt == "none":
                bases[rate] = bases.get(rate, 0) + amount
    return sum(amounts) + sum(
        round_half_away(base * Fraction(rate.percentage) / 100) for rate, base in _by_id(bases).items()
    )


def named_rates(command: AccountCommand) -> frozenset[str]:
    """The ids of all rates that a command names, those of items too."""
    match command:
        case CreateSubscription(default_tax_rates=whole, items=items):
            return frozenset({*whole, *(id for each in items for id in each.tax_rates)})
        case ChangePlan(items=changes):
            return frozenset(id for each in changes if isinstance(each.tax_rates, tuple) for id in each.tax_rates)
        case DescribeSubscription(default_tax_rates=whole) if isinstance(whole, tuple):
            return frozenset(whole)
        case CreateInvoiceItem(tax_rates=of_line) | UpdateInvoiceItem(tax_rates=of_line) if isinstance(of_line, tuple):
            return frozenset(of_line)
        case _:
            return frozenset()


def applied(ids: Sequence[str], present: Sequence[AppliedRate], terms: Terms, param: str) -> tuple[AppliedRate, ...]:
    """The rates with these ids, in that order; one that is `present` already may be archived.

    Raises:
        Refused: one is unknown, archived or named twice, there are too many, or included and added ones are mixed.
    """
    if len(ids) > MAX_RATES:
        raise Refused(too_many_rates(MAX_RATES, param))
    kept = {each.id: each for each in present}
    found: list[AppliedRate] = []
    for place, id in enumerate(ids):
        at = f"{param}[{place}]"
        rate = kept.get(id) or _new(id, terms.tax_rates, at)
        if any(each.id == id for each in found):
            raise Refused(rate_twice(id, at))
        if any(each.inclusive != rate.inclusive for each in found):
            raise Refused(rates_mixed(at))
        found.append(rate)
    return tuple(found)


def check_behaviors(subscription: Subscription, items: Iterable[SubscriptionItem], terms: Terms) -> None:
    """`check_behavior` of items of a subscription."""
    for item in items:
        rates, price = item.tax_rates or subscription.default_tax_rates, terms.prices.get(item.price)
        if price is not None:
            check_behavior(price, subscription.currency, rates)


def check_behavior(price: Price, currency: str, rates: Sequence[AppliedRate]) -> None:
    """Raises Refused where a price says that it includes tax and has rates on top of it, or the other way round."""
    behavior = tax_behavior_in(price, currency) if rates else "unspecified"
    if behavior != "unspecified" and (behavior == "inclusive") != rates[0].inclusive:
        raise Refused(behavior_conflicts())


def _new(id: str, known: Mapping[str, TaxRate], param: str) -> AppliedRate:
    rate = known.get(id)
    if rate is None:
        raise Refused(no_such("tax rate", id, param))
    if not rate.active:
        raise Refused(rate_inactive(id, param))
    return AppliedRate(id=id, name=rate.display_name, percentage=rate.percentage, inclusive=rate.inclusive)


def _taxable(amount: int, rates: Sequence[AppliedRate]) -> Taxable:
    charged = tuple(Rate(id=each.id, percentage=each.percentage) for each in rates if each.exempt == "none")
    return Taxable(amount=amount, rates=charged, inclusive=any(each.inclusive for each in rates))


def _taxes(line: Line, found: Sequence[LineTax]) -> tuple[Tax, ...]:
    by_id = {each.rate: each for each in found}
    taxes = []
    for rate in line.tax_rates:
        known = by_id.get(rate.id)
        if known is None:
            taxes.append(Tax(rate=rate, taxable=line.amount, amount=0))
        else:
            taxes.append(Tax(rate=rate, taxable=known.taxable, amount=known.amount))
    return tuple(taxes)


def _by_id(bases: Mapping[AppliedRate, int]) -> Mapping[AppliedRate, int]:
    """One entry a rate, whatever it was called when it was applied: its tax is rounded once."""
    first: dict[str, AppliedRate] = {}
    sums: dict[AppliedRate, int] = {}
    for rate, base in bases.items():
        of_all = first.setdefault(rate.id, rate)
        sums[of_all] = sums.get(of_all, 0) + base
    return sums
