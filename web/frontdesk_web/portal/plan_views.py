"""The plan page: what is offered, as cards, intervals and quantities, part by part."""

from collections.abc import Mapping
from typing import ClassVar

from msgspec import Struct

from frontdesk.book import Price, SubscriptionItem, Terms
from frontdesk.lines import full_amount
from frontdesk.offers import Offer
from frontdesk.pricing import in_currency, is_metered
from frontdesk_web.formatting import interval_name, listed, money
from frontdesk_web.messages import translate
from frontdesk_web.portal.late_invoices import LateInvoice
from frontdesk_web.portal.plan_choices import PartChoices, PartForm, PlanChoices, PlanForm
from frontdesk_web.portal.subscription_cards import (
    item_phrase,
    period_phrase,
    product_name,
    quantity_phrase,
    subscription_name,
)
from frontdesk_web.portal.views import Notice
from frontdesk_web.price_words import many, period_words, price_words, rhythm_words
from frontdesk_web.product_images import own_path


class IntervalChoice(Struct, frozen=True, kw_only=True):
    """An entry of the interval switch. `value` is posted as `interval`, such as `month-1`; at most six."""

    value: str
    name: str
    selected: bool = False


class PlanPrice(Struct, frozen=True, kw_only=True):
    """A product's price at one interval: `€12.00`, with `per seat, per month` beneath.

    `total` is what the chosen quantity comes to: `8 seats: €50.00 per month`.
    """

    amount: str
    unit: str
    total: str = ""


class PlanChoice(Struct, frozen=True, kw_only=True):
    """A product to choose. `prices` goes along with the page's intervals, None where it is not sold at one."""

    product: str
    name: str
    prices: tuple[PlanPrice | None, ...]
    description: str = ""
    features: tuple[str, ...] = ()
    image_url: str = ""
    current: bool = False
    selected: bool = False


class QuantityField(Struct, frozen=True, kw_only=True):
    """The number of units, posted as `name`. `label` is the unit in the plural, such as `Seats`."""

    name: str = "quantity"
    label: str
    value: int
    minimum: int = 1
    maximum: int = 999_999
    help: str = ""
    error: str = ""


class CodeField(Struct, frozen=True, kw_only=True):
    """A promotion code, posted as `code`; may be left empty."""

    value: str = ""
    error: str = ""


class PlanPart(Struct, frozen=True, kw_only=True):
    """What can be chosen for one item of a subscription; `title` and `current` name it where there are several.

    The product is posted as `field`; `optional` where the present one is not among those that are offered, so that
    nothing need be chosen. `stays` says that nothing can be.
    """

    plans: tuple[PlanChoice, ...]
    field: str = "product"
    quantity: QuantityField | None = None
    title: str = ""
    current: str = ""
    stays: str = ""
    optional: bool = False


class ChoosePlanPage(Struct, frozen=True, kw_only=True):
    """Choosing a product, an interval and a quantity, and a code for a discount; posts `product`, `interval`,
    `quantity` and `code` to `action`, with several items a product and a quantity for each.

    `notes` say what is to be known before: what is past due, what becomes of a trial. `card_url` is where another card
    is added, after one was declined."""

    template: ClassVar[str] = "portal/choose_plan.html"
    action: str
    csrf: str
    back_url: str
    current: str
    parts: tuple[PlanPart, ...]
    intervals: tuple[IntervalChoice, ...]
    code: CodeField | None = None
    error: str = ""
    card_url: str = ""
    notes: tuple[Notice, ...] = ()
    late: tuple[LateInvoice, ...] = ()


class Side(Struct, frozen=True, kw_only=True):
    """One half of a change: what was, or what will be. `price` is left empty where it says the same as `total`."""

    name: str
    total: str
    price: str = ""


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
    card_url: str = "",
    wrong: Mapping[str, str] = {},
    notes: tuple[Notice, ...] = (),
    late: tuple[LateInvoice, ...] = (),
) -> ChoosePlanPage:
    """The page, with what was chosen still chosen. `public_id` is the side's, below which its images lie.

    `wrong` says by the name of a field what is wrong with it; `card_url` is where another card is
    added; `notes` and `late` are to be known before choosing.
    """
    intervals = choices.intervals
    selected = form.interval if form.interval in intervals else (intervals[0] if intervals else "")
    return ChoosePlanPage(
        action=action,
        csrf=csrf,
        back_url=back_url,
        current=subscription_name(choices.subscription, choices.terms),
        parts=tuple(
            _part(part, typed, choices, intervals, public_id, wrong, locale)
            for part, typed in zip(choices.parts, form.parts, strict=True)
        ),
        intervals=tuple(
            IntervalChoice(value=value, name=_interval_name(value, locale), selected=value == selected)
            for value in intervals
        ),
        code=CodeField(value=form.code, error=wrong.get("code", "")) if choices.takes_codes else None,
        error=error,
        card_url=card_url,
        notes=notes,
        late=late,
    )


def item_side(item: SubscriptionItem, currency: str, terms: Terms, locale: str) -> Side:
    """What one item of a subscription is: name, price, total."""
    return price_side(terms.prices[item.price], item.quantity, currency, terms, locale)


def price_side(price: Price, quantity: int, currency: str, terms: Terms, locale: str) -> Side:
    """What a quantity of a price is in a currency: name, price, total."""
    sold = in_currency(price, currency)
    product = terms.products.get(price.product)
    return Side(
        name="" if product is None else product.name,
        price=quantity_phrase(sold, quantity, terms, locale),
        total=rhythm_words(sold, locale)
        if is_metered(sold)
        else period_phrase(sold, full_amount(price, quantity, currency), locale),
    )


def _part(
    part: PartChoices,
    typed: PartForm,
    choices: PlanChoices,
    intervals: tuple[str, ...],
    public_id: str,
    wrong: Mapping[str, str],
    locale: str,
) -> PlanPart:
    several = len(choices.parts) > 1
    field = f"quantity{part.field}"
    offered = any(each.product.id == part.price.product for each in part.offers)
    stays = ""
    if several and not part.offers:
        stays = translate(locale, "This part of your subscription stays as it is.")
    return PlanPart(
        title=product_name(part.item, choices.terms) if several else "",
        current=item_phrase(part.item, choices.subscription.currency, choices.terms, locale) if several else "",
        field=f"product{part.field}",
        plans=tuple(_plan(each, part, typed, intervals, public_id, locale) for each in part.offers),
        quantity=_quantity_field(part, typed, field, wrong.get(field, ""), locale) if part.adjustable else None,
        stays=stays,
        optional=several and not offered,
    )


def _plan(
    offer: Offer, part: PartChoices, typed: PartForm, intervals: tuple[str, ...], public_id: str, locale: str
) -> PlanChoice:
    product = offer.product
    quantity = (typed.whole if typed.whole is not None else part.quantity) if part.adjustable else None
    return PlanChoice(
        product=product.id,
        name=product.name,
        description=product.description or "",
        features=tuple(each.name for each in product.marketing_features),
        image_url=own_path(public_id, product.images),
        prices=tuple(
            plan_price(part.price_of(product.id, each), product.unit_label, locale, quantity) for each in intervals
        ),
        current=product.id == part.price.product,
        selected=product.id == typed.product,
    )


def plan_price(
    price: Price | None, unit_label: str | None, locale: str, quantity: int | None = None
) -> PlanPrice | None:
    """What a card says of a price; None where there is none, or it is paid once. `quantity` adds what it comes to."""
    if price is None or price.recurring is None:
        return None
    words = price_words(price, unit_label, locale)
    period = rhythm_words(price, locale) if is_metered(price) else period_words(price.recurring, locale)
    total = ""
    if quantity is not None and not is_metered(price):
        amount = money(full_amount(price, quantity, price.currency), price.currency, locale)
        total = translate(locale, "{quantity}: {amount}", quantity=many(quantity, unit_label, locale), amount=amount)
    return PlanPrice(
        amount=words.amount, unit=listed((words.unit, period), locale) if words.unit else period, total=total
    )


def _quantity_field(part: PartChoices, typed: PartForm, name: str, error: str, locale: str) -> QuantityField:
    """One field for all plans of a part: its bounds are the widest, and the use case knows those of each plan."""
    bounds = [each.quantities for each in part.offers if each.quantities.adjustable]
    labels = {each.product.unit_label for each in part.offers}
    label = labels.pop() if len(labels) == 1 else None
    minimum = min(each.minimum for each in bounds)
    maximum = None if any(each.maximum is None for each in bounds) else max(each.maximum or 0 for each in bounds)
    return QuantityField(
        name=name,
        label=translate(locale, "Quantity ({unit})", unit=label) if label else translate(locale, "Quantity"),
        value=part.quantity if typed.whole is None else typed.whole,
        minimum=minimum,
        maximum=maximum or 999_999,
        help=""
        if maximum is None
        else translate(locale, "From {minimum} to {maximum}", minimum=minimum, maximum=maximum),
        error=error,
    )


def _interval_name(value: str, locale: str) -> str:
    interval, _, count = value.partition("-")
    return interval_name(interval, int(count), locale)
