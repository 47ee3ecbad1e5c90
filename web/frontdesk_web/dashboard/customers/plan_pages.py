"""The pages on which staff choose, look at and confirm what is billed to a customer."""

from collections.abc import Sequence
from typing import ClassVar

from msgspec import Struct

from frontdesk.book import Customer, Price, Subscription, SubscriptionItem, Terms
from frontdesk.commands import ChangePlan, CreateSubscription
from frontdesk.lines import full_amount
from frontdesk.quotes import Quote
from frontdesk.roles import Right
from frontdesk.tax_rates import TaxRate
from frontdesk_web.dashboard.customers.places import customers_path
from frontdesk_web.dashboard.customers.plan_form import PlanForm, PriceGroup, WrongPlan, price_groups
from frontdesk_web.dashboard.views import Tab
from frontdesk_web.dashboard.visit import StaffVisit
from frontdesk_web.formatting import date_long, money
from frontdesk_web.invoice_words import line_view
from frontdesk_web.messages import translate
from frontdesk_web.portal.plan_views import Side, price_side
from frontdesk_web.portal.quote_views import quote_totals, renewal_words
from frontdesk_web.portal.views import Field, Line, Option, Total
from frontdesk_web.tax_words import tax_options


class ChoosePlanPage(Struct, frozen=True, kw_only=True):
    """Choosing a price and a quantity; posts `price`, `quantity`, and `proration`, `item`, `trial` and `tax` where they
    are asked for.

    `items` are the other items of the subscription, as ways to change those. `product_url` is where a product is made,
    empty for who may not.
    """

    template: ClassVar[str] = "dashboard/customers/choose_plan.html"
    title: str
    lead: str
    action: str
    back_text: str
    back_url: str
    csrf: str
    groups: tuple[PriceGroup, ...]
    price_error: str
    quantity: Field
    item: str = ""
    items: tuple[Tab, ...] = ()
    prorations: tuple[Option, ...] = ()
    trial: Field | None = None
    taxes: tuple[Option, ...] = ()
    product_url: str = ""
    notice: str = ""
    error: str = ""


class ConfirmBillingPage(Struct, frozen=True, kw_only=True):
    """What an act bills, to the cent, and the button that does exactly that. `old` is None where there is no before."""

    template: ClassVar[str] = "dashboard/customers/confirm.html"
    title: str
    action: str
    back_text: str
    back_url: str
    csrf: str
    button: str
    old: Side | None
    new: Side | None
    due_today: str
    due_today_note: str
    next_label: str
    next_amount: str
    next_note: str
    lines: tuple[Line, ...]
    lines_title: str
    totals: tuple[Total, ...]
    facts: tuple[str, ...] = ()
    danger: bool = False
    notice: str = ""


def name_of(customer: Customer, locale: str) -> str:
    """What a customer is called on pages about them."""
    return customer.name or customer.email or translate(locale, "Without a name")


def choose_start_page(
    customer: Customer,
    terms: Terms,
    form: PlanForm,
    visit: StaffVisit,
    *,
    rates: Sequence[TaxRate],
    wrong: WrongPlan | None,
    notice: str,
) -> ChoosePlanPage:
    """What a new subscription may have; `rates` are the tax rates that can be chosen."""
    locale = visit.locale
    return _choose(
        terms,
        form,
        visit,
        title=translate(locale, "Start a plan"),
        lead=translate(locale, "It starts today. You see the first invoice before anything is billed."),
        action=customers_path(visit, customer.id, "subscribe"),
        customer=customer,
        currency=customer.currency,
        wrong=wrong,
        notice=notice,
        has_trial=True,
        taxes=tax_options(rates, form.tax, locale, automatic=visit.side.settings.tax.automatic),
    )


def choose_change_page(
    customer: Customer,
    subscription: Subscription,
    item: SubscriptionItem,
    terms: Terms,
    form: PlanForm,
    visit: StaffVisit,
    *,
    present: Terms,
    wrong: WrongPlan | None,
    notice: str,
) -> ChoosePlanPage:
    """What an item of a subscription may become. `present` are the terms of what it has."""
    locale = visit.locale
    action = customers_path(visit, customer.id, "subscriptions", subscription.id, "change")
    side = _side_of(present.prices[item.price], item.quantity, subscription.currency, present, locale)
    return _choose(
        terms,
        form,
        visit,
        title=translate(locale, "Change plan"),
        lead=translate(
            locale,
            "Now: {plan}, {total}. You see what the change costs before anything is billed.",
            plan=side.name,
            total=side.total,
        ),
        action=action,
        customer=customer,
        currency=subscription.currency,
        wrong=wrong,
        notice=notice,
        item=item.id,
        items=_items(subscription, item, present, action),
        prorations=_prorations(form.proration, locale),
    )


def confirm_start_page(
    quote: Quote, customer: Customer, terms: Terms, visit: StaffVisit, *, notice: str, path: str
) -> ConfirmBillingPage:
    """The first invoice of a new subscription."""
    assert isinstance(quote.command, CreateSubscription)
    item = quote.command.items[0]
    return confirm_page(
        quote,
        terms,
        visit,
        title=translate(visit.locale, "Start this plan?"),
        action=path,
        back_text=translate(visit.locale, "Choose another plan"),
        back_url=customers_path(visit, customer.id, "subscribe"),
        button=translate(visit.locale, "Start plan"),
        new=_side_of(terms.prices[item.price], item.quantity, quote.currency, terms, visit.locale),
        notice=notice,
    )


def confirm_change_page(
    quote: Quote, subscription: Subscription, terms: Terms, visit: StaffVisit, *, notice: str, path: str, back_url: str
) -> ConfirmBillingPage:
    """What a change of plan costs. `subscription` is as it was before."""
    assert isinstance(quote.command, ChangePlan)
    change, locale = quote.command.items[0], visit.locale
    item = next(each for each in subscription.items if each.id == change.id)
    quantity = item.quantity if change.quantity is None else change.quantity
    return confirm_page(
        quote,
        terms,
        visit,
        title=translate(locale, "Confirm the change"),
        action=path,
        back_text=translate(locale, "Choose another plan"),
        back_url=back_url,
        button=translate(locale, "Change plan"),
        old=_side_of(terms.prices[item.price], item.quantity, subscription.currency, terms, locale),
        new=_side_of(terms.prices[change.price or item.price], quantity, subscription.currency, terms, locale),
        notice=notice,
    )


def confirm_page(
    quote: Quote,
    terms: Terms,
    visit: StaffVisit,
    *,
    title: str,
    action: str,
    back_text: str,
    back_url: str,
    button: str,
    old: Side | None = None,
    new: Side | None = None,
    facts: tuple[str, ...] = (),
    danger: bool = False,
    notice: str = "",
) -> ConfirmBillingPage:
    """A quote, line by line."""
    locale = visit.locale
    lines = quote.lines if quote.invoice is None else quote.invoice.lines
    label, amount, note = renewal_words(quote, terms, locale)
    return ConfirmBillingPage(
        title=title,
        action=action,
        back_text=back_text,
        back_url=back_url,
        csrf=visit.csrf,
        button=button,
        old=old,
        new=new,
        due_today=money(quote.due_now, quote.currency, locale),
        due_today_note=_today(quote, locale),
        next_label=label,
        next_amount=amount,
        next_note=note,
        lines=tuple(line_view(each, locale) for each in lines),
        lines_title=_lines_title(quote, locale),
        totals=quote_totals(quote, lines, locale),
        facts=facts,
        danger=danger,
        notice=notice,
    )


def _choose(
    terms: Terms,
    form: PlanForm,
    visit: StaffVisit,
    *,
    title: str,
    lead: str,
    action: str,
    customer: Customer,
    currency: str | None,
    wrong: WrongPlan | None,
    notice: str,
    item: str = "",
    items: tuple[Tab, ...] = (),
    prorations: tuple[Option, ...] = (),
    has_trial: bool = False,
    taxes: tuple[Option, ...] = (),
) -> ChoosePlanPage:
    place, sentence = ("", "") if wrong is None else (wrong.place, wrong.sentence)
    return ChoosePlanPage(
        title=title,
        lead=lead,
        action=action,
        back_text=name_of(customer, visit.locale),
        back_url=customers_path(visit, customer.id),
        csrf=visit.csrf,
        groups=price_groups(terms, form.price, currency, visit.locale),
        price_error=sentence if place == "price" else "",
        quantity=Field(value=form.quantity, error=sentence if place == "quantity" else ""),
        item=item,
        items=items if len(items) > 1 else (),
        prorations=prorations,
        taxes=taxes,
        trial=Field(value=form.trial, error=sentence if place == "trial" else "") if has_trial else None,
        product_url=visit.path("products", "new") if visit.may(Right.EDIT_CATALOGUE) else "",
        notice=notice,
        error="" if place else sentence,
    )


def _side_of(price: Price, quantity: int, currency: str, terms: Terms, locale: str) -> Side:
    side = price_side(price, quantity, currency, terms, locale)
    if side.price or quantity == 1:
        return side
    total = money(full_amount(price, quantity, currency), currency, locale)
    return Side(name=f"{quantity} × {side.name}", total=total)


def _items(subscription: Subscription, chosen: SubscriptionItem, terms: Terms, action: str) -> tuple[Tab, ...]:
    tabs = []
    for each in subscription.items:
        product = terms.products.get(terms.prices[each.price].product)
        name = product.name if product is not None else each.id
        tabs.append(Tab(text=name, url=f"{action}?item={each.id}", current=each.id == chosen.id))
    return tuple(tabs)


def _prorations(chosen: str, locale: str) -> tuple[Option, ...]:
    words = {
        "always_invoice": translate(locale, "Bill or credit the difference today"),
        "create_prorations": translate(locale, "Put the difference on the next invoice"),
        "none": translate(locale, "Bill no difference: the new amount counts from the next renewal"),
        "period_end": translate(locale, "Change at the end of the period: the present plan stays until then"),
    }
    return tuple(Option(value=value, text=text, selected=value == chosen) for value, text in words.items())


def _today(quote: Quote, locale: str) -> str:
    if isinstance(quote.command, ChangePlan) and quote.command.when == "period_end" and quote.renewal is not None:
        date = date_long(quote.renewal.at, locale)
        return translate(locale, "The present plan stays until {date}; then the new one begins.", date=date)
    kept = []
    if quote.set_off:
        credit = money(quote.set_off, quote.currency, locale)
        kept.append(translate(locale, "{credit} is taken off what is still to be paid.", credit=credit))
    if quote.credited:
        credit = money(quote.credited, quote.currency, locale)
        kept.append(translate(locale, "{credit} is kept as credit and used for the next invoices.", credit=credit))
    if kept:
        return " ".join(kept)
    if quote.due_now and quote.invoice is not None and quote.invoice.due_date is not None:
        date = date_long(quote.invoice.due_date, locale)
        return translate(locale, "The customer gets an invoice, payable by {date}.", date=date)
    if quote.due_now:
        return translate(locale, "The customer gets an invoice.")
    if quote.invoice is None and quote.lines:
        return translate(locale, "The difference goes on the next invoice.")
    return ""


def _lines_title(quote: Quote, locale: str) -> str:
    if quote.invoice is not None:
        return translate(locale, "On today's invoice")
    return translate(locale, "On the next invoice")
