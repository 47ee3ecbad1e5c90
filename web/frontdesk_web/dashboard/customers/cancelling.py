"""Cancelling a customer's plan, at its period's end or now, and taking that back."""

from typing import Any, ClassVar, Literal

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect
from msgspec import Struct

from frontdesk import cancellations
from frontdesk.book import Account, Customer, Subscription, Terms
from frontdesk.commands import CancelSubscription
from frontdesk.quotes import Quote, given_back
from frontdesk.roles import Right
from frontdesk_tenants import book
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.dashboard.customers.acting import once, posted
from frontdesk_web.dashboard.customers.places import PLACE, SUBSCRIPTION, customers_path, read_subscription, to_customer
from frontdesk_web.dashboard.customers.plan_pages import confirm_page, name_of
from frontdesk_web.dashboard.customers.quotes import confirm_quote, said_again, stored_quote
from frontdesk_web.dashboard.needs import needs
from frontdesk_web.dashboard.pages import dashboard_page
from frontdesk_web.dashboard.visit import StaffVisit
from frontdesk_web.formatting import date_long, money
from frontdesk_web.messages import translate
from frontdesk_web.portal.subscription_cards import subscription_name, total_phrase
from frontdesk_web.site import Site

NOW, WITH_CREDIT = "now", "now_credit"
"""What the form posts as `when`; anything else is the end of the period."""


class CancelPlanPage(Struct, frozen=True, kw_only=True):
    """Asks when a plan is to end; posts `when`."""

    template: ClassVar[str] = "dashboard/customers/cancel.html"
    action: str
    back_text: str
    back_url: str
    csrf: str
    name: str
    price: str
    ends: str
    notice: str = ""


class Ending(Struct, frozen=True, kw_only=True):
    """A subscription that is to end."""

    customer: Customer
    account: Account
    subscription: Subscription
    terms: Terms


@get(f"{SUBSCRIPTION}/cancel", **needs(Right.BILL_CUSTOMERS))
async def choose_end(
    request: AnyRequest,
    customer: FromPath[str],
    subscription: FromPath[str],
    visit: NamedDependency[StaffVisit],
    site: NamedDependency[Site],
) -> Response[bytes]:
    """When it may end."""
    ending = await _read(site, visit, customer, subscription)
    page = CancelPlanPage(
        action=customers_path(visit, customer, "subscriptions", subscription, "cancel"),
        back_text=name_of(ending.customer, visit.locale),
        back_url=customers_path(visit, customer),
        csrf=visit.csrf,
        name=subscription_name(ending.subscription, ending.terms),
        price=total_phrase(ending.subscription, ending.terms, visit.locale),
        ends=date_long(ending.subscription.period_end, visit.locale),
        notice=said_again(request, visit.locale),
    )
    return dashboard_page(request, site, visit, page, place=PLACE)


@post(f"{SUBSCRIPTION}/cancel", **needs(Right.BILL_CUSTOMERS))
async def quote_end(
    request: AnyRequest,
    customer: FromPath[str],
    subscription: FromPath[str],
    visit: NamedDependency[StaffVisit],
    site: NamedDependency[Site],
) -> Response[Any]:
    """Work out what ending it would do. Nothing is cancelled yet."""
    form = await posted(request, site, visit)
    asked = form.get("when", "")
    when: Literal["period_end", "now"] = "now" if asked in (NOW, WITH_CREDIT) else "period_end"
    ending = await _read(site, visit, customer, subscription)
    async with visit.desk(site, ending.customer.id) as desk:
        quote = await cancellations.quote(desk, ending.subscription.id, when, prorate=asked == WITH_CREDIT)
    return Redirect(_path(visit, quote), status_code=303)


@get(f"{SUBSCRIPTION}/cancel/{{cancellation:str}}", **needs(Right.BILL_CUSTOMERS))
async def show_end(
    request: AnyRequest,
    customer: FromPath[str],
    subscription: FromPath[str],
    cancellation: FromPath[str],
    visit: NamedDependency[StaffVisit],
    site: NamedDependency[Site],
) -> Response[Any]:
    """What will happen."""
    stored = await stored_quote(site, visit, customer, cancellation, CancelSubscription, subscription)
    back_url = customers_path(visit, customer, "subscriptions", subscription, "cancel")
    if stored.consumed:
        return to_customer(visit, customer, "cancelled")
    if stored.expired:
        return Redirect(f"{back_url}?again=1", status_code=303)
    ending = await _read(site, visit, customer, subscription)
    name = subscription_name(ending.subscription, ending.terms)
    page = confirm_page(
        stored.quote,
        ending.terms,
        visit,
        title=translate(visit.locale, "Cancel {plan}?", plan=name),
        action=_path(visit, stored.quote),
        back_text=translate(visit.locale, "Choose another end"),
        back_url=back_url,
        button=translate(visit.locale, "Cancel plan"),
        facts=_facts(stored.quote, ending, visit.locale),
        danger=True,
        notice=said_again(request, visit.locale),
    )
    return dashboard_page(request, site, visit, page, place=PLACE)


@post(f"{SUBSCRIPTION}/cancel/{{cancellation:str}}", **needs(Right.BILL_CUSTOMERS))
async def confirm_end(
    request: AnyRequest,
    customer: FromPath[str],
    subscription: FromPath[str],
    cancellation: FromPath[str],
    visit: NamedDependency[StaffVisit],
    site: NamedDependency[Site],
) -> Response[Any]:
    """Cancel it as it was shown."""
    await posted(request, site, visit)
    stored = await stored_quote(site, visit, customer, cancellation, CancelSubscription, subscription)
    return await confirm_quote(
        request,
        site,
        visit,
        stored,
        cancellations.confirm,
        "cancelled",
        customers_path(visit, customer, "subscriptions", subscription, "cancel"),
        lambda new: _path(visit, new),
    )


@post(f"{SUBSCRIPTION}/keep", **needs(Right.BILL_CUSTOMERS))
async def keep_plan(
    request: AnyRequest,
    customer: FromPath[str],
    subscription: FromPath[str],
    visit: NamedDependency[StaffVisit],
    site: NamedDependency[Site],
) -> Response[Any]:
    """Take the cancellation back. A second time changes nothing."""
    await posted(request, site, visit)
    ending = await _read(site, visit, customer, subscription)
    with once("not_set_to_cancel"):
        async with visit.desk(site, ending.customer.id) as desk:
            await cancellations.keep(desk, ending.subscription.id)
    return to_customer(visit, customer, "kept")


async def _read(site: Site, visit: StaffVisit, customer: str, subscription: str) -> Ending:
    """Raises NotFoundException where the customer has no such subscription that goes on."""
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        account, present = await read_subscription(connection, customer, subscription)
        terms = await book.read_terms(connection, visit.side, [each.price for each in present.items])
    return Ending(customer=account.customer, account=account, subscription=present, terms=terms)


def _facts(quote: Quote, ending: Ending, locale: str) -> tuple[str, ...]:
    assert isinstance(quote.command, CancelSubscription)
    facts = []
    if quote.command.when == "now":
        facts.append(translate(locale, "The plan ends now. This cannot be taken back."))
        credit = given_back(quote)
        if credit > 0:
            amount = money(credit, quote.currency, locale)
            facts.append(translate(locale, "{amount} for unused time is credited to the customer.", amount=amount))
        else:
            facts.append(translate(locale, "Unused time is not credited."))
    else:
        date = date_long(ending.subscription.period_end, locale)
        facts.append(translate(locale, "The plan stays as it is until {date}, then it ends.", date=date))
        facts.append(translate(locale, "Until then you and the customer can take this back."))
    for each in ending.account.invoices:
        if each.status == "open" and each.subscription == ending.subscription.id and each.amount_remaining > 0:
            amount = money(each.amount_remaining, each.currency, locale)
            facts.append(
                translate(
                    locale,
                    "Invoice {number} over {amount} is still to be paid.",
                    number=each.number or "",
                    amount=amount,
                )
            )
    return tuple(facts)


def _path(visit: StaffVisit, quote: Quote) -> str:
    subscription = getattr(quote.command, "subscription", "")
    return customers_path(visit, quote.customer, "subscriptions", subscription, "cancel", quote.id)


routes = [choose_end, quote_end, show_end, confirm_end, keep_plan]
