"""The choice of a price and a quantity, as staff make it: everything that is sold, grouped by product."""

import re

from msgspec import Struct

from frontdesk.book import Price, Terms
from frontdesk.bounds import MAXIMUM_QUANTITY
from frontdesk.lines import full_amount
from frontdesk.pricing import in_currency, sold_in
from frontdesk_web.messages import translate
from frontdesk_web.price_words import price_sentence

LONGEST_TRIAL = 730
"""Days."""
_QUANTITY = re.compile(r"[0-9]{1,9}", re.ASCII)


class PlanForm(Struct, frozen=True, kw_only=True):
    """What was typed. `proration` says how the difference of a change is billed, `item` which item is changed, `trial`
    how many days of a new plan are free, `tax` the rate that it has."""

    price: str = ""
    quantity: str = ""
    proration: str = ""
    item: str = ""
    trial: str = ""
    tax: str = ""


class WrongPlan(Exception):
    """A form that cannot be meant. `place` is the field at fault, empty where it is none."""

    def __init__(self, sentence: str, place: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.place = place


class PriceOption(Struct, frozen=True, kw_only=True):
    """A price to choose: `€12.00 per seat, per month`."""

    value: str
    text: str
    selected: bool = False


class PriceGroup(Struct, frozen=True, kw_only=True):
    """A product with its prices."""

    name: str
    options: tuple[PriceOption, ...]


def read_plan(form: PlanForm, terms: Terms, locale: str) -> tuple[Price, int]:
    """The price and the quantity that were chosen. Raises WrongPlan."""
    price = terms.prices.get(form.price)
    if price is None:
        raise WrongPlan(translate(locale, "Choose a plan."), "price")
    if not _QUANTITY.fullmatch(form.quantity.strip()) or not 0 < int(form.quantity) <= MAXIMUM_QUANTITY:
        raise WrongPlan(translate(locale, "Enter a whole number from 1 on."), "quantity")
    return price, int(form.quantity)


def read_trial(form: PlanForm, locale: str) -> int | None:
    """The days of the trial, None for none. Raises WrongPlan."""
    typed = form.trial.strip()
    if not typed:
        return None
    if not _QUANTITY.fullmatch(typed) or int(typed) > LONGEST_TRIAL:
        sentence = translate(locale, "Enter a whole number of days, at most {maximum}.", maximum=LONGEST_TRIAL)
        raise WrongPlan(sentence, "trial")
    return int(typed) or None


def price_groups(terms: Terms, chosen: str, currency: str | None, locale: str) -> tuple[PriceGroup, ...]:
    """All prices by product, in the order of the products' names; within one the cheaper first.

    Each is shown in `currency` where it is sold in it, else in its own. Where there is one alone it is chosen.
    """
    groups = []
    if len(terms.prices) == 1:
        (chosen,) = terms.prices
    for product in sorted(terms.products.values(), key=lambda each: (each.name.casefold(), each.id)):
        prices = sorted(
            (_shown(each, currency) for each in terms.prices.values() if each.product == product.id),
            key=lambda each: (full_amount(each, 1, each.currency), each.id),
        )
        if prices:
            options = tuple(
                PriceOption(
                    value=each.id, text=price_words(each, product.unit_label, locale), selected=each.id == chosen
                )
                for each in prices
            )
            groups.append(PriceGroup(name=product.name, options=options))
    return tuple(groups)


def _shown(price: Price, currency: str | None) -> Price:
    return in_currency(price, currency) if currency is not None and sold_in(price, currency) else price


def price_words(price: Price, unit_label: str | None, locale: str) -> str:
    """`€12.00 per seat, per month`, with the price's own name where it has one."""
    sentence = price_sentence(price, unit_label, locale)
    return f"{sentence} ({price.nickname})" if price.nickname else sentence
