"""Choosing a plan: what is offered, as cards, intervals and a quantity; and what a form's choice means."""

import re

from msgspec import Struct

from frontdesk.billing import Capabilities
from frontdesk.book import Price, Subscription, Terms
from frontdesk.commands import ChangePlan, ItemChange
from frontdesk.lines import full_amount
from frontdesk.offers import Offer, offers
from frontdesk.portal_configuration import PortalConfiguration
from frontdesk.pricing import in_currency, is_metered
from frontdesk_web.formatting import interval_name, money
from frontdesk_web.messages import translate
from frontdesk_web.portal.subscription_cards import period_phrase, quantity_phrase, subscription_name
from frontdesk_web.portal.views import (
    ChoosePlanPage,
    CodeField,
    IntervalChoice,
    PlanChoice,
    PlanPrice,
    QuantityField,
    Side,
)
from frontdesk_web.price_words import many, period_words, price_words, rhythm_words
from frontdesk_web.product_images import own_path

INTERVALS_AT_MOST = 6
_QUANTITY = re.compile(r"[0-9]{1,9}", re.ASCII)


class PlanChoices(Struct, frozen=True, kw_only=True):
    """What one subscription of one item can be changed to."""

    subscription: Subscription
    offers: tuple[Offer, ...]
    terms: Terms
    takes_codes: bool = False
    """Whether a promotion code can be typed."""

    @property
    def price(self) -> Price:
        """The present price."""
        return self.terms.prices[self.subscription.items[0].price]

    @property
    def quantity(self) -> int:
        """The present quantity."""
        return self.subscription.items[0].quantity

    @property
    def intervals(self) -> tuple[str, ...]:
        """The intervals that something is sold at, as forms name them, the shorter ones first."""
        found = {_interval_value(price): price for offer in self.offers for price in offer.prices}
        return tuple(sorted(found, key=lambda value: _length(found[value])))[:INTERVALS_AT_MOST]

    @property
    def adjustable(self) -> bool:
        """Whether a quantity can be chosen at all."""
        return any(each.quantities.adjustable for each in self.offers)

    def price_of(self, product: str, interval: str) -> Price | None:
        """The price that is sold for a product at an interval, or None. It is in the subscription's currency."""
        return next(
            (
                in_currency(price, self.subscription.currency)
                for offer in self.offers
                if offer.product.id == product
                for price in offer.prices
                if _interval_value(price) == interval
            ),
            None,
        )


class PlanForm(Struct, frozen=True, kw_only=True):
    """What was posted, as it was typed. What is missing is empty."""

    product: str = ""
    interval: str = ""
    quantity: str = ""
    code: str = ""


class ChoiceUnclear(Exception):
    """A form that names no plan or no quantity. `sentence` says what to do; `of_quantity` where it belongs."""

    def __init__(self, sentence: str, of_quantity: bool = False) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.of_quantity = of_quantity


def plan_choices(
    subscription: Subscription, configuration: PortalConfiguration, capabilities: Capabilities, terms: Terms
) -> PlanChoices:
    """What the plan page of a subscription offers."""
    return PlanChoices(
        subscription=subscription,
        offers=offers(subscription, configuration, capabilities, terms),
        terms=terms,
        takes_codes="promotion_code" in configuration.features.subscription_update.default_allowed_updates,
    )


def present_form(choices: PlanChoices) -> PlanForm:
    """The form as it is before anything was chosen: what the customer has."""
    price = choices.price
    return PlanForm(product=price.product, interval=_interval_value(price), quantity=str(choices.quantity))


def asked_change(choices: PlanChoices, form: PlanForm, locale: str) -> ChangePlan:
    """The command that a form asks for. Whether it is allowed is not decided here.

    Raises:
        ChoiceUnclear: there is no such plan at that interval, or the quantity is no whole number.
    """
    price = choices.price_of(form.product, form.interval or _interval_value(choices.price))
    if price is None:
        raise ChoiceUnclear(translate(locale, "This plan is not sold at that interval. Choose another one."))
    quantity = form.quantity.strip() or str(choices.quantity)
    if not _QUANTITY.fullmatch(quantity):
        raise ChoiceUnclear(translate(locale, "Enter a whole number, such as 10."), of_quantity=True)
    item = ItemChange(id=choices.subscription.items[0].id, price=price.id, quantity=int(quantity))
    code = form.code.strip() if choices.takes_codes else ""
    return ChangePlan(subscription=choices.subscription.id, items=(item,), code=code or None)


def choose_plan_page(
    choices: PlanChoices,
    form: PlanForm,
    locale: str,
    *,
    action: str,
    csrf: str,
    back_url: str,
    public_id: str,
    error: str = "",
    quantity_error: str = "",
    code_error: str = "",
) -> ChoosePlanPage:
    """The page, with what was chosen still chosen. `public_id` is the side's, below which its images lie."""
    intervals = choices.intervals
    selected = form.interval if form.interval in intervals else (intervals[0] if intervals else "")
    return ChoosePlanPage(
        action=action,
        csrf=csrf,
        back_url=back_url,
        current=plan_side(choices.subscription, choices.terms, locale).name,
        plans=tuple(_plan(each, choices, form, intervals, public_id, locale) for each in choices.offers),
        intervals=tuple(
            IntervalChoice(value=value, name=_interval_name(value, locale), selected=value == selected)
            for value in intervals
        ),
        quantity=_quantity_field(choices, form, quantity_error, locale) if choices.adjustable else None,
        code=CodeField(value=form.code, error=code_error) if choices.takes_codes else None,
        error=error,
    )


def plan_side(subscription: Subscription, terms: Terms, locale: str) -> Side:
    """What a subscription of one item is: name, price, total."""
    item = subscription.items[0]
    name = subscription_name(subscription, terms)
    return price_side(terms.prices[item.price], item.quantity, subscription.currency, terms, locale, name)


def price_side(price: Price, quantity: int, currency: str, terms: Terms, locale: str, name: str = "") -> Side:
    """What a quantity of a price is in a currency: name, price, total."""
    sold = in_currency(price, currency)
    product = terms.products.get(price.product)
    return Side(
        name=name or (product.name if product is not None else ""),
        price=quantity_phrase(sold, quantity, terms, locale),
        total=rhythm_words(sold, locale)
        if is_metered(sold)
        else period_phrase(sold, full_amount(price, quantity, currency), locale),
    )


def _plan(
    offer: Offer, choices: PlanChoices, form: PlanForm, intervals: tuple[str, ...], public_id: str, locale: str
) -> PlanChoice:
    product, typed = offer.product, form.quantity.strip()
    quantity = None
    if choices.adjustable:
        quantity = int(typed) if _QUANTITY.fullmatch(typed) else choices.quantity
    return PlanChoice(
        product=product.id,
        name=product.name,
        description=product.description or "",
        features=tuple(each.name for each in product.marketing_features),
        image_url=own_path(public_id, product.images),
        prices=tuple(
            plan_price(choices.price_of(product.id, each), product.unit_label, locale, quantity) for each in intervals
        ),
        current=product.id == choices.price.product,
        selected=product.id == form.product,
    )


def plan_price(
    price: Price | None, unit_label: str | None, locale: str, quantity: int | None = None
) -> PlanPrice | None:
    """What a card says of a price; None where there is none, or it is paid once. `quantity` adds what it comes to."""
    if price is None or price.recurring is None:
        return None
    words, period = price_words(price, unit_label, locale), period_words(price.recurring, locale)
    total = ""
    if quantity is not None:
        amount = money(full_amount(price, quantity, price.currency), price.currency, locale)
        total = translate(locale, "{quantity}: {amount}", quantity=many(quantity, unit_label, locale), amount=amount)
    return PlanPrice(amount=words.amount, unit=f"{words.unit}, {period}" if words.unit else period, total=total)


def _quantity_field(choices: PlanChoices, form: PlanForm, error: str, locale: str) -> QuantityField:
    """One field for all plans: its bounds are the widest, and the use case knows those of each plan."""
    bounds = [each.quantities for each in choices.offers if each.quantities.adjustable]
    labels = {each.product.unit_label for each in choices.offers}
    label = labels.pop() if len(labels) == 1 else None
    minimum = min(each.minimum for each in bounds)
    maximum = None if any(each.maximum is None for each in bounds) else max(each.maximum or 0 for each in bounds)
    typed = form.quantity.strip()
    return QuantityField(
        label=translate(locale, "Quantity ({unit})", unit=label) if label else translate(locale, "Quantity"),
        value=int(typed) if _QUANTITY.fullmatch(typed) else choices.quantity,
        minimum=minimum,
        maximum=maximum or 999_999,
        help=""
        if maximum is None
        else translate(locale, "From {minimum} to {maximum}", minimum=minimum, maximum=maximum),
        error=error,
    )


def _interval_value(price: Price) -> str:
    recurring = price.recurring
    return "" if recurring is None else f"{recurring.interval}-{recurring.interval_count}"


def _interval_name(value: str, locale: str) -> str:
    interval, _, count = value.partition("-")
    return interval_name(interval, int(count), locale)


def _length(price: Price) -> int:
    """About how many days a price's interval lasts, for sorting."""
    recurring = price.recurring
    return (
        0
        if recurring is None
        else {"day": 1, "week": 7, "month": 30, "year": 365}[recurring.interval] * (recurring.interval_count)
    )


def quoted_form(choices: PlanChoices, command: ChangePlan, terms: Terms) -> PlanForm:
    """The form that led to a command, to look at the same choice again."""
    item = command.items[0]
    price = terms.prices.get(item.price or "", choices.price)
    quantity = choices.quantity if item.quantity is None else item.quantity
    return PlanForm(
        product=price.product, interval=_interval_value(price), quantity=str(quantity), code=command.code or ""
    )
