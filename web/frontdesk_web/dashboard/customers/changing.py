"""Changing the plan of a customer: choose, see what it costs to the cent, confirm exactly that."""

from typing import Any, get_args

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Redirect
from msgspec import Struct

from frontdesk import plan_changes
from frontdesk.book import Customer, ProrationBehavior, Subscription, SubscriptionItem, Terms
from frontdesk.commands import ChangePlan, ItemChange
from frontdesk.errors import Refused
from frontdesk.plan_refusals import no_changes
from frontdesk.quotes import Quote
from frontdesk.roles import Right
from frontdesk_tenants import book, configurations
from frontdesk_tenants.customer_reads import sold_terms
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.dashboard.customers.acting import once, posted
from frontdesk_web.dashboard.customers.places import PLACE, SUBSCRIPTION, customers_path, read_subscription, to_customer
from frontdesk_web.dashboard.customers.plan_form import PlanForm, WrongPlan, read_plan
from frontdesk_web.dashboard.customers.plan_pages import choose_change_page, confirm_change_page
from frontdesk_web.dashboard.customers.quotes import confirm_quote, said_again, stored_quote
from frontdesk_web.dashboard.customers.refusal_words import staff_sentence
from frontdesk_web.dashboard.needs import needs
from frontdesk_web.dashboard.pages import dashboard_page
from frontdesk_web.dashboard.visit import StaffVisit
from frontdesk_web.site import Site


class Change(Struct, frozen=True, kw_only=True):
    """What can be changed: one item of a subscription, what it may become, and the terms of what there is."""

    customer: Customer
    subscription: Subscription
    item: SubscriptionItem
    sold: Terms
    present: Terms
    proration: ProrationBehavior


@get(f"{SUBSCRIPTION}/change", **needs(Right.BILL_CUSTOMERS))
async def choose_change(
    request: AnyRequest,
    customer: FromPath[str],
    subscription: FromPath[str],
    visit: NamedDependency[StaffVisit],
    site: NamedDependency[Site],
) -> Response[bytes]:
    """What there is to choose; `?item=` says for which item."""
    change = await _read(site, visit, customer, subscription, request.query_params.get("item", ""))
    form = PlanForm(price=change.item.price, quantity=str(change.item.quantity), proration=change.proration)
    return _choose(request, site, visit, change, form, notice=said_again(request, visit.locale))


@post(f"{SUBSCRIPTION}/change", **needs(Right.BILL_CUSTOMERS))
async def quote_change(
    request: AnyRequest,
    customer: FromPath[str],
    subscription: FromPath[str],
    visit: NamedDependency[StaffVisit],
    site: NamedDependency[Site],
) -> Response[Any]:
    """Work out what the choice costs. Nothing is changed yet."""
    form = await posted(request, site, visit)
    change = await _read(site, visit, customer, subscription, form.get("item", ""))
    typed = PlanForm(
        price=form.get("price", "")[:255], quantity=form.get("quantity", "")[:20], proration=form.get("proration", "")
    )
    try:
        command = _command(change, typed, visit.locale)
        async with visit.desk(site, change.customer.id) as desk:
            quote = await plan_changes.quote(desk, command)
    except WrongPlan as wrong:
        return _choose(request, site, visit, change, typed, wrong=wrong)
    except Refused as refused:
        sentence = staff_sentence(refused.refusal, visit.locale)
        return _choose(request, site, visit, change, typed, wrong=WrongPlan(sentence, ""))
    return Redirect(_path(visit, quote), status_code=303)


@get(f"{SUBSCRIPTION}/change/{{quote:str}}", **needs(Right.BILL_CUSTOMERS))
async def show_change(
    request: AnyRequest,
    customer: FromPath[str],
    subscription: FromPath[str],
    quote: FromPath[str],
    visit: NamedDependency[StaffVisit],
    site: NamedDependency[Site],
) -> Response[Any]:
    """The quote, line by line."""
    stored = await stored_quote(site, visit, customer, quote, ChangePlan, subscription)
    back_url = customers_path(visit, customer, "subscriptions", subscription, "change")
    if stored.expired and not stored.consumed:
        return Redirect(f"{back_url}?again=1", status_code=303)
    change = await _read(site, visit, customer, subscription, "")
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        terms = await book.read_terms(connection, visit.side, _prices(stored.quote, change.subscription))
    page = confirm_change_page(
        stored.quote,
        change.subscription,
        terms,
        visit,
        notice=said_again(request, visit.locale),
        path=_path(visit, stored.quote),
        back_url=back_url,
    )
    return dashboard_page(request, site, visit, page, place=PLACE)


@post(f"{SUBSCRIPTION}/change/{{quote:str}}", **needs(Right.BILL_CUSTOMERS))
async def confirm_change(
    request: AnyRequest,
    customer: FromPath[str],
    subscription: FromPath[str],
    quote: FromPath[str],
    visit: NamedDependency[StaffVisit],
    site: NamedDependency[Site],
) -> Response[Any]:
    """Change it as it was shown."""
    await posted(request, site, visit)
    stored = await stored_quote(site, visit, customer, quote, ChangePlan, subscription)
    return await confirm_quote(
        request,
        site,
        visit,
        stored,
        plan_changes.confirm,
        "changed",
        customers_path(visit, customer, "subscriptions", subscription, "change"),
        lambda new: _path(visit, new),
    )


@post(f"{SUBSCRIPTION}/undo-change", **needs(Right.BILL_CUSTOMERS))
async def undo_change(
    request: AnyRequest,
    customer: FromPath[str],
    subscription: FromPath[str],
    visit: NamedDependency[StaffVisit],
    site: NamedDependency[Site],
) -> Response[Any]:
    """Take back a change that waits for the end of the period. A second time changes nothing."""
    await posted(request, site, visit)
    change = await _read(site, visit, customer, subscription, "")
    with once("nothing_put_off"):
        async with visit.desk(site, change.customer.id) as desk:
            await plan_changes.undo(desk, change.subscription.id)
    return to_customer(visit, customer, "undone")


def _command(change: Change, form: PlanForm, locale: str) -> ChangePlan:
    """Raises WrongPlan."""
    known = {**change.present.prices, **change.sold.prices}
    price, quantity = read_plan(form, Terms(settings=change.sold.settings, prices=known), locale)
    if (price.id, quantity) == (change.item.price, change.item.quantity):
        raise WrongPlan(staff_sentence(no_changes(change.subscription.id), locale), "")
    waits = form.proration == "period_end"
    proration = form.proration if form.proration in get_args(ProrationBehavior) else change.proration
    item = ItemChange(id=change.item.id, price=price.id, quantity=quantity)
    return ChangePlan(
        subscription=change.subscription.id,
        items=(item,),
        proration_behavior="none" if waits else proration,  # type: ignore[arg-type]
        when="period_end" if waits else "now",
    )


async def _read(site: Site, visit: StaffVisit, customer: str, subscription: str, item: str) -> Change:
    """Raises NotFoundException where the customer has no such subscription, or it has no such item."""
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        account, present = await read_subscription(connection, customer, subscription)
        chosen = next((each for each in present.items if not item or each.id == item), None)
        if chosen is None:
            raise NotFoundException
        configuration = await configurations.read_default(connection)
        return Change(
            customer=account.customer,
            subscription=present,
            item=chosen,
            sold=await sold_terms(connection, visit.side, present.currency),
            present=await book.read_terms(connection, visit.side, [each.price for each in present.items]),
            proration=configuration.features.subscription_update.proration_behavior,
        )


def _prices(quote: Quote, subscription: Subscription) -> set[str]:
    assert isinstance(quote.command, ChangePlan)
    named = {each.price for each in quote.command.items if each.price is not None}
    return named | {each.price for each in subscription.items}


def _path(visit: StaffVisit, quote: Quote) -> str:
    subscription = getattr(quote.command, "subscription", "")
    return customers_path(visit, quote.customer, "subscriptions", subscription, "change", quote.id)


def _choose(
    request: AnyRequest,
    site: Site,
    visit: StaffVisit,
    change: Change,
    form: PlanForm,
    wrong: WrongPlan | None = None,
    notice: str = "",
) -> Response[bytes]:
    page = choose_change_page(
        change.customer,
        change.subscription,
        change.item,
        _with_present(change),
        form,
        visit,
        present=change.present,
        wrong=wrong,
        notice=notice,
    )
    return dashboard_page(request, site, visit, page, place=PLACE, status=200 if wrong is None else 400)


def _with_present(change: Change) -> Terms:
    """What is sold, and what the item has: an archived price can be kept while the quantity changes."""
    own = change.present.prices[change.item.price]
    product = change.present.products[own.product]
    return Terms(
        settings=change.sold.settings,
        prices={**change.sold.prices, own.id: own},
        products={**change.sold.products, product.id: product},
    )


routes = [choose_change, quote_change, show_change, confirm_change, undo_change]
