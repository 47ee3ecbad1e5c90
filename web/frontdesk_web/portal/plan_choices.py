"""What can be chosen on the plan page, part by part, and what a form's choice means as a command."""

import re
from collections.abc import Mapping

from msgspec import Struct

from frontdesk.billing import Capabilities
from frontdesk.book import Price, Subscription, SubscriptionItem, Terms
from frontdesk.commands import ChangePlan, ItemChange
from frontdesk.offers import Offer, offers, quantity_before
from frontdesk.portal_configuration import PortalConfiguration
from frontdesk.pricing import in_currency, is_metered
from frontdesk_web.messages import translate
from frontdesk_web.typed_text import one_line

INTERVALS_AT_MOST = 6
_QUANTITY = re.compile(r"[0-9]{1,9}", re.ASCII)
_DAYS = {"day": 1, "week": 7, "month": 30, "year": 365}


class PartChoices(Struct, frozen=True, kw_only=True):
    """What one part of a subscription can be changed to. `field` follows the names of its fields: empty for the only
    part, `-si_…` where there are several."""

    item: SubscriptionItem
    offers: tuple[Offer, ...]
    terms: Terms
    currency: str
    field: str = ""

    @property
    def price(self) -> Price:
        """The present price."""
        return self.terms.prices[self.item.price]

    @property
    def quantity(self) -> int:
        """The present quantity, one where it is billed by use."""
        return quantity_before(self.item, self.terms)

    @property
    def adjustable(self) -> bool:
        """Whether a quantity can be chosen at all."""
        return any(each.quantities.adjustable for each in self.offers)

    def price_of(self, product: str, interval: str) -> Price | None:
        """The price that is sold for a product at an interval, or None. It is in the subscription's currency."""
        return next(
            (
                in_currency(price, self.currency)
                for offer in self.offers
                if offer.product.id == product
                for price in offer.prices
                if interval_value(price) == interval
            ),
            None,
        )


class PlanChoices(Struct, frozen=True, kw_only=True):
    """What a subscription can be changed to."""

    subscription: Subscription
    parts: tuple[PartChoices, ...]
    terms: Terms
    takes_codes: bool = False
    """Whether a promotion code can be typed."""

    @property
    def intervals(self) -> tuple[str, ...]:
        """The intervals that something is sold at, as forms name them, the shorter ones first.

        Several parts can stay as they are, so that their present one is among them.
        """
        prices = [price for part in self.parts for offer in part.offers for price in offer.prices]
        if len(self.parts) > 1:
            prices.append(self.parts[0].price)
        found = {interval_value(price): price for price in prices}
        return tuple(sorted(found, key=lambda value: _length(found[value])))[:INTERVALS_AT_MOST]


class PartForm(Struct, frozen=True, kw_only=True):
    """What was typed for one part."""

    product: str = ""
    quantity: str = ""

    @property
    def whole(self) -> int | None:
        """The quantity as a number, None where it is none."""
        typed = self.quantity.strip()
        return int(typed) if _QUANTITY.fullmatch(typed) else None


class PlanForm(Struct, frozen=True, kw_only=True):
    """What was posted, as it was typed. What is missing is empty. `parts` go along with those of the choices."""

    parts: tuple[PartForm, ...]
    interval: str = ""
    code: str = ""


class ChoiceUnclear(Exception):
    """A form that names no plan or no quantity. `sentence` says what to do; `field` names where it belongs."""

    def __init__(self, sentence: str, field: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.field = field


def plan_choices(
    subscription: Subscription, configuration: PortalConfiguration, capabilities: Capabilities, terms: Terms
) -> PlanChoices:
    """What the plan page of a subscription offers."""
    several = len(subscription.items) > 1
    return PlanChoices(
        subscription=subscription,
        parts=tuple(
            PartChoices(
                item=each.item,
                offers=each.offers,
                terms=terms,
                currency=subscription.currency,
                field=f"-{each.item.id}" if several else "",
            )
            for each in offers(subscription, configuration, capabilities, terms)
        ),
        terms=terms,
        takes_codes="promotion_code" in configuration.features.subscription_update.default_allowed_updates,
    )


def present_form(choices: PlanChoices) -> PlanForm:
    """The form as it is before anything was chosen: what the customer has."""
    return PlanForm(
        interval=interval_value(choices.parts[0].price),
        parts=tuple(PartForm(product=each.price.product, quantity=str(each.quantity)) for each in choices.parts),
    )


def typed_form(choices: PlanChoices, fields: Mapping[str, str]) -> PlanForm:
    """The form as it was posted."""
    return PlanForm(
        interval=fields.get("interval", "")[:255],
        code=one_line(fields.get("code", "")[:255]),
        parts=tuple(
            PartForm(
                product=fields.get(f"product{each.field}", "")[:255],
                quantity=fields.get(f"quantity{each.field}", "")[:255],
            )
            for each in choices.parts
        ),
    )


def quoted_form(choices: PlanChoices, command: ChangePlan, terms: Terms) -> PlanForm:
    """The form that led to a command, to look at the same choice again."""
    wanted = {each.id: each for each in command.items}
    parts, interval = [], interval_value(choices.parts[0].price)
    for part in choices.parts:
        item = wanted.get(part.item.id)
        price = part.price if item is None else terms.prices.get(item.price or "", part.price)
        quantity = part.quantity if item is None or item.quantity is None else item.quantity
        parts.append(PartForm(product=price.product, quantity=str(quantity)))
        interval = interval_value(price) if item is not None else interval
    return PlanForm(parts=tuple(parts), interval=interval, code=command.code or "")


def form_fields(choices: PlanChoices, form: PlanForm) -> tuple[tuple[str, str], ...]:
    """A form's fields by name, as a page posts them."""
    parts = zip(choices.parts, form.parts, strict=True)
    named = [
        (f"{name}{part.field}", value)
        for part, typed in parts
        for name, value in (("product", typed.product), ("quantity", typed.quantity))
    ]
    return (("interval", form.interval), *named)


def asked_change(choices: PlanChoices, form: PlanForm, locale: str) -> ChangePlan:
    """The command that a form asks for. Whether it is allowed is not decided here.

    Raises:
        ChoiceUnclear: there is no such plan at that interval, or the quantity is no whole number.
    """
    interval = form.interval or interval_value(choices.parts[0].price)
    pairs = zip(choices.parts, form.parts, strict=True)
    asked = [_asked(part, typed, interval, len(choices.parts) > 1, locale) for part, typed in pairs]
    items = tuple(each for each in asked if each is not None)
    code = form.code.strip() if choices.takes_codes else ""
    return ChangePlan(
        subscription=choices.subscription.id,
        items=items or (ItemChange(id=choices.parts[0].item.id),),
        code=code or None,
    )


def _asked(part: PartChoices, typed: PartForm, interval: str, several: bool, locale: str) -> ItemChange | None:
    """What is asked for one part. None: it stays, since nothing is offered for it or nothing was chosen."""
    present = interval_value(part.price)
    if several and interval == present and (not part.offers or not typed.product or not _offered(part, typed)):
        return None
    price = part.price_of(typed.product, interval)
    if price is None:
        raise ChoiceUnclear(translate(locale, "This plan is not sold at that interval. Choose another one."))
    if is_metered(price):
        return ItemChange(id=part.item.id, price=price.id)
    if typed.quantity.strip() and typed.whole is None:
        raise ChoiceUnclear(translate(locale, "Enter a whole number, such as 10."), f"quantity{part.field}")
    quantity = part.quantity if typed.whole is None else typed.whole
    return ItemChange(id=part.item.id, price=price.id, quantity=quantity)


def _offered(part: PartChoices, typed: PartForm) -> bool:
    """Whether what was typed is offered; what is not and is the present product stays."""
    return typed.product != part.price.product or any(each.product.id == typed.product for each in part.offers)


def interval_value(price: Price) -> str:
    """An interval as forms name it, such as `month-1`."""
    recurring = price.recurring
    return "" if recurring is None else f"{recurring.interval}-{recurring.interval_count}"


def _length(price: Price) -> int:
    """About how many days a price's interval lasts, for sorting."""
    recurring = price.recurring
    return 0 if recurring is None else _DAYS[recurring.interval] * recurring.interval_count
