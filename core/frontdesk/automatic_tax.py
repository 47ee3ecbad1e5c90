"""Tax that acts by code and place: the rates of a line from its product's tax code and its customer's whereabouts.

A product without a code takes the side's preset. Rates are those of the day on which the line is made (UTC), of the
places that `tax_sourcing` names. Rates that somebody chose by hand always win.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal

from msgspec.structs import replace

from frontdesk.book import BillingSettings, Customer, Line, Price, Product, Subscription, TaxBehavior, Terms
from frontdesk.errors import Refused
from frontdesk.pricing import tax_behavior_in
from frontdesk.tax_rates import AppliedRate, TaxRate
from frontdesk.tax_refusals import location_needed, tax_code_unknown
from frontdesk.tax_settings import PlaceRate
from frontdesk.tax_sourcing import treatment_of

EXCLUSIVE_CURRENCIES = frozenset({"usd", "cad"})
"""Where tax comes on top of prices unless they say otherwise, as in Stripe."""


def automatic_rates(
    customer: Customer, code: str | None, behavior: TaxBehavior, currency: str, terms: Terms, at: datetime
) -> tuple[AppliedRate, ...]:
    """The rates of a line made `at` for a customer. `code` None means the preset.

    A code that is not known (any more) is taken for the preset: it was refused at the door (`check_codes`), and a
    renewal must not fail over it.
    """
    tax = terms.settings.tax
    treatment = treatment_of(customer, tax, home_of(terms.settings), at)
    if not treatment.places:
        return ()
    inclusive = _is_inclusive(behavior, currency, terms.settings)
    reverse = treatment.reason == "reverse_charge"
    if reverse:
        # What the buyer owes is of their own country: its percentage is not ours to name.
        return (_reverse(treatment.places[0], inclusive),)
    known = code if code and _is_known(code, terms.settings) else tax.preset_code
    found = []
    for place in treatment.places:
        rate = rate_at(tax.rates.get(place, ()), known, treatment.state, at.date())
        if rate is not None and rate.percentage is not None:
            found.append(_applied(place, rate, rate.percentage, inclusive))
    return tuple(found)


def rate_at(rates: Sequence[PlaceRate], code: str | None, state: str | None, day: date) -> PlaceRate | None:
    """The row for a code and a customer's state on a day: the most particular one, of several the latest."""
    fitting = [
        each
        for each in rates
        if each.since <= day and each.in_state in (None, state) and (not each.codes or code in each.codes)
    ]
    return max(fitting, key=lambda each: (bool(each.codes), each.in_state is not None, each.since), default=None)


def rate_called(id: str, settings: BillingSettings) -> TaxRate | None:
    """What the id of an automatic rate of a bill stands for; None where it is none of the places that are known."""
    for place, rows in settings.tax.rates.items():
        for row in rows:
            for inclusive in (False, True):
                if row.percentage is not None and _id(place, row.tax_type, row.percentage, inclusive) == id:
                    country, _, state = place.partition("-")
                    return TaxRate(
                        id=id,
                        display_name=row.name,
                        percentage=row.percentage,
                        inclusive=inclusive,
                        created=datetime(row.since.year, row.since.month, row.since.day, tzinfo=UTC),
                        # As at Stripe: it is there to be read, and not to be chosen.
                        active=False,
                        country=country,
                        state=state or row.in_state,
                        tax_type=row.tax_type,
                    )
    return None


def item_rates(
    customer: Customer, subscription: Subscription, price_id: str, terms: Terms, at: datetime
) -> tuple[AppliedRate, ...]:
    """The rates of a line for an item of a subscription."""
    price = terms.prices.get(price_id)
    if price is None:
        return ()
    behavior = tax_behavior_in(price, subscription.currency)
    return automatic_rates(customer, code_of(price, terms), behavior, subscription.currency, terms, at)


def code_of(price: Price, terms: Terms) -> str | None:
    """The tax code of a price's product; None means the preset."""
    product = terms.products.get(price.product)
    return None if product is None else product.tax_code


def with_automatic(
    lines: Sequence[Line], customer: Customer, automatic: bool, terms: Terms, at: datetime
) -> tuple[Line, ...]:
    """The lines of a bill; if its tax is automatic, those that were written by hand have rates where none were given.

    Lines of subscriptions have theirs from when they were made. A draft whose tax is automatic no more loses what was
    worked out.
    """
    return tuple(_filled(each, customer, automatic, terms, at) for each in lines)


def check_codes(products: Iterable[Product | None], settings: BillingSettings) -> None:
    """Raises Refused where a product has a tax code that nothing is known of."""
    for product in products:
        if product is not None and product.tax_code and not _is_known(product.tax_code, settings):
            raise Refused(tax_code_unknown(product.tax_code, product.name))


def check_location(customer: Customer) -> None:
    """Raises Refused for a customer of whom the country is not known: tax cannot be worked out."""
    if customer.address is None or not customer.address.country:
        raise Refused(location_needed())


def home_of(settings: BillingSettings) -> str | None:
    """The country of a side's business: that of its address."""
    address = settings.seller.address
    return None if address is None else address.country


def _filled(line: Line, customer: Customer, automatic: bool, terms: Terms, at: datetime) -> Line:
    if line.subscription_item is not None or line.pending_item is None:
        return line
    if line.tax_rates and not all(each.automatic for each in line.tax_rates):
        return line
    rates: tuple[AppliedRate, ...] = ()
    if automatic:
        rates = automatic_rates(customer, line.tax_code, line.tax_behavior, line.currency, terms, at)
    return line if rates == line.tax_rates else replace(line, tax_rates=rates, taxes=())


def _is_known(code: str, settings: BillingSettings) -> bool:
    return not settings.tax.codes or code in settings.tax.codes


def _is_inclusive(behavior: TaxBehavior, currency: str, settings: BillingSettings) -> bool:
    if behavior != "unspecified":
        return behavior == "inclusive"
    default = settings.tax.behavior
    if default == "inferred_by_currency":
        return currency not in EXCLUSIVE_CURRENCIES
    return default == "inclusive"


def _applied(place: str, rate: PlaceRate, percentage: Decimal, inclusive: bool) -> AppliedRate:
    return AppliedRate(
        id=_id(place, rate.tax_type, percentage, inclusive),
        name=rate.name,
        percentage=percentage,
        inclusive=inclusive,
        automatic=True,
        place=place,
        tax_type=rate.tax_type,
    )


def _reverse(place: str, inclusive: bool) -> AppliedRate:
    return AppliedRate(
        id=_id(place, "reverse", Decimal(0), inclusive),
        name="VAT",
        percentage=Decimal(0),
        inclusive=inclusive,
        exempt="reverse",
        automatic=True,
        place=place,
        tax_type="vat",
    )


def _id(place: str, kind: str, percentage: Decimal, inclusive: bool) -> str:
    """The same for the same rate everywhere, so that taxes add up by it."""
    written = f"{percentage.normalize():f}".replace(".", "_")
    return f"txr_{place.lower().replace('-', '_')}_{kind}_{written}_{'in' if inclusive else 'ex'}"
