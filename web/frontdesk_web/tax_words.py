"""Taxes in the words of their reader: the rows above and below the total of a bill, and what prices leave out."""

from collections.abc import Iterable, Sequence

from frontdesk.book import Customer, Invoice, Subscription, Terms
from frontdesk.tax_rates import AppliedRate, Tax, TaxRate
from frontdesk.taxing import rates_on
from frontdesk_web.discount_words import percent
from frontdesk_web.formatting import money
from frontdesk_web.messages import _, translate
from frontdesk_web.portal.views import Option, Total

_AUTOMATIC = {"VAT": _("VAT"), "GST": _("GST"), "HST": _("HST"), "QST": _("QST")}
"""What the rates of `tax_calculators` are called."""


def rate_name(rate: AppliedRate, locale: str) -> str:
    """`VAT 19%`. What Frontdesk itself calls a tax is in the reader's language, what staff call one stays."""
    name = translate(locale, _AUTOMATIC[rate.name]) if rate.automatic and rate.name in _AUTOMATIC else rate.name
    return f"{name} {percent(rate.percentage, locale)}"


def tax_options(rates: Sequence[TaxRate], chosen: str, locale: str, *, automatic: bool = False) -> tuple[Option, ...]:
    """The rates to choose from, none of them first; nothing where there is none. `automatic`: without one tax is
    worked out."""
    if not rates:
        return ()
    return (
        Option(value="", text=translate(locale, "Worked out automatically" if automatic else "No tax")),
        *(Option(value=each.id, text=_choice(each, locale), selected=each.id == chosen) for each in rates),
    )


def _choice(rate: TaxRate, locale: str) -> str:
    name = f"{rate.display_name} {percent(rate.percentage, locale)}"
    return translate(locale, "{tax}, included in the price", tax=name) if rate.inclusive else name


def added_taxes(taxes: Iterable[Tax], currency: str, locale: str) -> tuple[Total, ...]:
    """A row for each rate that comes on top of the lines, for above the total."""
    return tuple(
        Total(label=rate_name(each.rate, locale), amount=money(each.amount, currency, locale))
        for each in taxes
        if not each.rate.inclusive and each.rate.exempt == "none"
    )


def included_taxes(invoice: Invoice, locale: str) -> tuple[Total, ...]:
    """What stands below the total: taxes that are in it, and that the buyer owes the tax where that is so."""
    rows = [
        Total(
            label=translate(locale, "Includes {tax}", tax=rate_name(each.rate, locale)),
            amount=money(each.amount, invoice.currency, locale),
        )
        for each in invoice.taxes
        if each.rate.inclusive and each.rate.exempt == "none"
    ]
    if invoice.reverse_charged:
        rows.append(reverse_charge(invoice.currency, locale))
    return tuple(rows)


def reverse_charge(currency: str, locale: str) -> Total:
    """The note that the law asks for where the buyer owes the tax (EN 16931, category AE)."""
    return Total(label=translate(locale, "Tax to be paid on reverse charge basis"), amount=money(0, currency, locale))


def plus_tax(text: str, customer: Customer, subscription: Subscription, terms: Terms, locale: str) -> str:
    """A price, `€120.00 per month`, with the names of the taxes that come on top: `€120.00 per month + VAT 19%`."""
    return " ".join((text, *taxes_on_top(customer, subscription, terms, locale)))


def taxes_on_top(customer: Customer, subscription: Subscription, terms: Terms, locale: str) -> tuple[str, ...]:
    """The taxes that a subscription's prices leave out, each as `+ VAT 19%`."""
    at, names = subscription.period_end, []
    for item in subscription.items:
        for rate in rates_on(customer, subscription, item, terms, at):
            if not rate.inclusive and rate.exempt == "none":
                names.append(f"+ {rate_name(rate, locale)}")
    return tuple(dict.fromkeys(names))
