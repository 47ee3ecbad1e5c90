"""Starting a subscription: choose a price and a quantity, see the first invoice, confirm exactly that."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from frontdesk import subscriptions
from frontdesk.book import Customer, Terms
from frontdesk.commands import CreateSubscription, NewItem
from frontdesk.errors import Refused
from frontdesk.quotes import Quote
from frontdesk.roles import Right
from frontdesk_tenants import book, listings
from frontdesk_tenants.customer_reads import sold_terms
from frontdesk_tenants.paging import Cursor
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.dashboard.customers.acting import posted
from frontdesk_web.dashboard.customers.places import CUSTOMER, PLACE, customers_path, read_open_customer
from frontdesk_web.dashboard.customers.plan_form import PlanForm, WrongPlan, read_plan, read_trial
from frontdesk_web.dashboard.customers.plan_pages import choose_start_page, confirm_start_page
from frontdesk_web.dashboard.customers.quotes import confirm_quote, said_again, stored_quote
from frontdesk_web.dashboard.customers.refusal_words import staff_sentence
from frontdesk_web.dashboard.needs import needs
from frontdesk_web.dashboard.pages import dashboard_page
from frontdesk_web.dashboard.visit import StaffVisit
from frontdesk_web.site import Site
from frontdesk_web.typed_text import one_line

MOST_RATES = 100
"""That can be chosen from."""


@get(f"{CUSTOMER}/subscribe", **needs(Right.BILL_CUSTOMERS))
async def choose_start(
    request: AnyRequest, customer: FromPath[str], visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[bytes]:
    """What is sold."""
    again = said_again(request, visit.locale)
    return await _choose(request, site, visit, customer, PlanForm(quantity="1"), notice=again)


@post(f"{CUSTOMER}/subscribe", **needs(Right.BILL_CUSTOMERS))
async def quote_start(
    request: AnyRequest, customer: FromPath[str], visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[Any]:
    """Work out the first invoice. Nothing is started yet."""
    form = await posted(request, site, visit)
    typed = PlanForm(
        price=form.get("price", "")[:255],
        quantity=form.get("quantity", "")[:20],
        trial=form.get("trial", "")[:20],
        tax=one_line(form.get("tax", ""))[:255],
    )
    found, terms = await _read(site, visit, customer)
    try:
        price, quantity = read_plan(typed, terms, visit.locale)
        trial = read_trial(typed, visit.locale)
        command = CreateSubscription(
            items=(NewItem(price=price.id, quantity=quantity),),
            trial_days=trial,
            default_tax_rates=(typed.tax,) if typed.tax else (),
        )
        async with visit.desk(site, found.id) as desk:
            quote = await subscriptions.quote(desk, command)
    except WrongPlan as wrong:
        return await _choose(request, site, visit, customer, typed, wrong=wrong)
    except Refused as refused:
        sentence = staff_sentence(refused.refusal, visit.locale)
        return await _choose(request, site, visit, customer, typed, wrong=WrongPlan(sentence, ""))
    return Redirect(customers_path(visit, found.id, "subscribe", quote.id), status_code=303)


@get(f"{CUSTOMER}/subscribe/{{start:str}}", **needs(Right.BILL_CUSTOMERS))
async def show_start(
    request: AnyRequest,
    customer: FromPath[str],
    start: FromPath[str],
    visit: NamedDependency[StaffVisit],
    site: NamedDependency[Site],
) -> Response[Any]:
    """The first invoice, line by line."""
    stored = await stored_quote(site, visit, customer, start, CreateSubscription, None)
    if stored.expired and not stored.consumed:
        return Redirect(f"{customers_path(visit, customer, 'subscribe')}?again=1", status_code=303)
    command = stored.quote.command
    assert isinstance(command, CreateSubscription)
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        found = await read_open_customer(connection, customer)
        terms = await book.read_terms(connection, visit.side, [each.price for each in command.items])
    page = confirm_start_page(
        stored.quote, found, terms, visit, notice=said_again(request, visit.locale), path=_path(visit, stored.quote)
    )
    return dashboard_page(request, site, visit, page, place=PLACE)


@post(f"{CUSTOMER}/subscribe/{{start:str}}", **needs(Right.BILL_CUSTOMERS))
async def start_subscription(
    request: AnyRequest,
    customer: FromPath[str],
    start: FromPath[str],
    visit: NamedDependency[StaffVisit],
    site: NamedDependency[Site],
) -> Response[Any]:
    """Start it as it was shown."""
    await posted(request, site, visit)
    stored = await stored_quote(site, visit, customer, start, CreateSubscription, None)
    return await confirm_quote(
        request,
        site,
        visit,
        stored,
        subscriptions.confirm,
        "started",
        customers_path(visit, customer, "subscribe"),
        lambda new: _path(visit, new),
    )


def _path(visit: StaffVisit, quote: Quote) -> str:
    return customers_path(visit, quote.customer, "subscribe", quote.id)


async def _read(site: Site, visit: StaffVisit, customer: str) -> tuple[Customer, Terms]:
    """An open customer, and what can be sold to it: in its currency, once it has one."""
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        found = await read_open_customer(connection, customer)
        return found, await sold_terms(connection, visit.side, found.currency)


async def _choose(
    request: AnyRequest,
    site: Site,
    visit: StaffVisit,
    customer: str,
    form: PlanForm,
    wrong: WrongPlan | None = None,
    notice: str = "",
) -> Response[bytes]:
    found, terms = await _read(site, visit, customer)
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        rates = (await listings.tax_rates(connection, Cursor(limit=MOST_RATES), active=True)).items
    page = choose_start_page(found, terms, form, visit, rates=rates, wrong=wrong, notice=notice)
    return dashboard_page(request, site, visit, page, place=PLACE, status=200 if wrong is None else 400)


routes = [choose_start, quote_start, show_start, start_subscription]
