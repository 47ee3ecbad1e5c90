"""Pausing a customer's plan, for a while or until further notice, and letting it go on."""

from datetime import datetime
from typing import Any, ClassVar

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect
from msgspec import Struct

from frontdesk import pausing
from frontdesk.book import Customer, Recurring, Subscription, Terms
from frontdesk.commands import PauseSubscription, ResumeSubscription
from frontdesk.periods import boundary
from frontdesk.roles import Right
from frontdesk_tenants import book
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.dashboard.customers.acting import once, posted
from frontdesk_web.dashboard.customers.places import PLACE, SUBSCRIPTION, customers_path, read_subscription, to_customer
from frontdesk_web.dashboard.customers.plan_pages import name_of
from frontdesk_web.dashboard.needs import needs
from frontdesk_web.dashboard.pages import dashboard_page
from frontdesk_web.dashboard.visit import StaffVisit
from frontdesk_web.formatting import date_long
from frontdesk_web.messages import translate
from frontdesk_web.portal.subscription_cards import subscription_name, total_phrase
from frontdesk_web.portal.views import Option
from frontdesk_web.site import Site

MONTHS = (1, 2, 3, 6)
"""Pauses with an end that the form offers."""


class PausePage(Struct, frozen=True, kw_only=True):
    """Asks how long a plan is to rest, and what becomes of the paid time; posts `until` and `credit`."""

    template: ClassVar[str] = "dashboard/customers/pause.html"
    action: str
    back_text: str
    back_url: str
    csrf: str
    name: str
    price: str
    paid_until: str
    ends: tuple[Option, ...]


class ResumePage(Struct, frozen=True, kw_only=True):
    """Asks from when on periods are counted; posts `anchor`."""

    template: ClassVar[str] = "dashboard/customers/resume.html"
    action: str
    back_text: str
    back_url: str
    csrf: str
    name: str
    price: str


class Resting(Struct, frozen=True, kw_only=True):
    """A subscription that is to rest or rests. `now` is the account's time."""

    customer: Customer
    subscription: Subscription
    terms: Terms
    now: datetime


@get(f"{SUBSCRIPTION}/pause", **needs(Right.BILL_CUSTOMERS))
async def choose_pause(
    request: AnyRequest,
    customer: FromPath[str],
    subscription: FromPath[str],
    visit: NamedDependency[StaffVisit],
    site: NamedDependency[Site],
) -> Response[Any]:
    """How long it may rest."""
    resting, locale = await _read(site, visit, customer, subscription), visit.locale
    ends = [Option(value="", text=translate(locale, "Until somebody resumes it"), selected=True)]
    ends += [
        Option(
            value=str(months),
            text=translate(locale, "Until {date}", date=date_long(_after(resting.now, months), locale)),
            selected=False,
        )
        for months in MONTHS
    ]
    page = PausePage(
        action=_path(visit, customer, subscription, "pause"),
        back_text=name_of(resting.customer, locale),
        back_url=customers_path(visit, customer),
        csrf=visit.csrf,
        name=subscription_name(resting.subscription, resting.terms),
        price=total_phrase(resting.subscription, resting.terms, locale),
        paid_until=date_long(resting.subscription.period_end, locale),
        ends=tuple(ends),
    )
    return dashboard_page(request, site, visit, page, place=PLACE)


@post(f"{SUBSCRIPTION}/pause", **needs(Right.BILL_CUSTOMERS))
async def pause_plan(
    request: AnyRequest,
    customer: FromPath[str],
    subscription: FromPath[str],
    visit: NamedDependency[StaffVisit],
    site: NamedDependency[Site],
) -> Response[Any]:
    """Let it rest from now on. A second time changes nothing."""
    form = await posted(request, site, visit)
    resting = await _read(site, visit, customer, subscription)
    months = next((each for each in MONTHS if str(each) == form.get("until")), None)
    command = PauseSubscription(
        subscription=resting.subscription.id,
        resumes_at=None if months is None else _after(resting.now, months),
        credit_from="none" if form.get("credit") == "none" else "now",
    )
    with once("subscription_paused"):
        async with visit.desk(site, resting.customer.id) as desk:
            await pausing.pause(desk, command)
    return to_customer(visit, customer, "paused")


@get(f"{SUBSCRIPTION}/resume", **needs(Right.BILL_CUSTOMERS))
async def choose_resume(
    request: AnyRequest,
    customer: FromPath[str],
    subscription: FromPath[str],
    visit: NamedDependency[StaffVisit],
    site: NamedDependency[Site],
) -> Response[Any]:
    """How it may go on; back to the customer where it does not rest."""
    resting = await _read(site, visit, customer, subscription)
    if resting.subscription.paused is None:
        return Redirect(customers_path(visit, customer), status_code=303)
    page = ResumePage(
        action=_path(visit, customer, subscription, "resume"),
        back_text=name_of(resting.customer, visit.locale),
        back_url=customers_path(visit, customer),
        csrf=visit.csrf,
        name=subscription_name(resting.subscription, resting.terms),
        price=total_phrase(resting.subscription, resting.terms, visit.locale),
    )
    return dashboard_page(request, site, visit, page, place=PLACE)


@post(f"{SUBSCRIPTION}/resume", **needs(Right.BILL_CUSTOMERS))
async def resume_plan(
    request: AnyRequest,
    customer: FromPath[str],
    subscription: FromPath[str],
    visit: NamedDependency[StaffVisit],
    site: NamedDependency[Site],
) -> Response[Any]:
    """Let it go on now. A second time changes nothing."""
    form = await posted(request, site, visit)
    resting = await _read(site, visit, customer, subscription)
    command = ResumeSubscription(
        subscription=resting.subscription.id,
        anchor="unchanged" if form.get("anchor") == "unchanged" else "now",
        proration_behavior="always_invoice",
    )
    with once("subscription_not_paused"):
        async with visit.desk(site, resting.customer.id) as desk:
            await pausing.resume(desk, command)
    return to_customer(visit, customer, "resumed")


async def _read(site: Site, visit: StaffVisit, customer: str, subscription: str) -> Resting:
    """Raises NotFoundException where the customer has no such subscription that goes on."""
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        account, present = await read_subscription(connection, customer, subscription)
        terms = await book.read_terms(connection, visit.side, present.prices)
    async with visit.desk(site, account.customer.id) as desk:
        now = desk.now
    return Resting(customer=account.customer, subscription=present, terms=terms, now=now)


def _after(now: datetime, months: int) -> datetime:
    return boundary(now.replace(microsecond=0), Recurring(interval="month"), months)


def _path(visit: StaffVisit, customer: str, subscription: str, what: str) -> str:
    return customers_path(visit, customer, "subscriptions", subscription, what)


routes = [choose_pause, pause_plan, choose_resume, resume_plan]
