"""The first page of a side: what is set up, what is not, and how it stands."""

from collections.abc import Mapping
from typing import ClassVar

from litestar import Response, get
from litestar.di import NamedDependency
from msgspec import Struct

from frontdesk.checklist import Checklist, ChecklistItem, Step
from frontdesk.roles import Right
from frontdesk_tenants.going_live import read_checklist
from frontdesk_tenants.lately import Happened, read_lately
from frontdesk_tenants.standing import SIGN_IN_DAYS, Owed, Standing, read_standing
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.dashboard.needs import needs
from frontdesk_web.dashboard.pages import dashboard_page
from frontdesk_web.dashboard.visit import StaffVisit
from frontdesk_web.formatting import date_time, money, number
from frontdesk_web.messages import _, translate, translate_plural
from frontdesk_web.site import Site

_WAYS: Mapping[Step, tuple[str, Right, str]] = {
    Step.PRODUCT: ("products/new", Right.EDIT_CATALOGUE, "products"),
    Step.BRAND: ("branding", Right.SEE, "branding"),
    Step.PORTAL_SETTINGS: ("portal", Right.SEE, "portal"),
    Step.SELLER: ("seller", Right.SEE, "seller"),
    Step.CUSTOMER: ("customers/new", Right.HELP_CUSTOMERS, "customers"),
    Step.LINK: ("portal/link", Right.SEE, "portal/link"),
}
"""Where a step is taken, the right that it needs, and where it is looked at by somebody without it."""
HAPPENED: Mapping[str, str] = {
    "customer_deleted": _("Closed the account"),
    "subscription_created": _("Started a plan"),
    "plan_changed": _("Changed the plan"),
    "plan_change_put_off": _("Planned a change of plan"),
    "plan_change_taken_back": _("Took back a change of plan"),
    "cancellation_scheduled": _("Cancelled the plan"),
    "cancellation_taken_back": _("Took the cancellation back"),
    "offer_taken": _("Stayed for an offer"),
    "subscription_canceled": _("The plan ended"),
    "subscription_past_due": _("A renewal was not paid"),
    "subscription_paused": _("Paused the plan"),
    "subscription_resumed": _("Resumed the plan"),
    "payment_failed": _("A payment failed"),
}
"""What staff want to know of without asking, by the event's kind. What is as usual (new customers, sign-ins, renewals,
payments) has lists of its own, and would leave no room for the rest."""


class StepView(Struct, frozen=True, kw_only=True):
    """A step of the checklist."""

    title: str
    sentence: str
    url: str
    done: bool
    required: bool


class Figure(Struct, frozen=True, kw_only=True):
    """A number that leads to its list. `detail` is smaller beneath; `alarming` where somebody should look."""

    name: str
    value: str
    url: str
    detail: str = ""
    alarming: bool = False


class LatelyRow(Struct, frozen=True, kw_only=True):
    """Something that happened to a customer, and their page."""

    customer: str
    url: str
    what: str
    at: str


class OverviewPage(Struct, frozen=True, kw_only=True):
    """How a side stands."""

    template: ClassVar[str] = "dashboard/overview.html"
    figures: tuple[Figure, ...]
    steps: tuple[StepView, ...]
    progress: str
    complete: bool
    link_url: str
    lately: tuple[LatelyRow, ...] = ()


@get("/dashboard/{portal:str}", **needs(Right.SEE))
async def overview(
    request: AnyRequest, visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[bytes]:
    """How the side stands, what is still to be set up, and what happened lately."""
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        checklist, _refusal = await read_checklist(connection, site.tenancy, visit.side)
        standing = await read_standing(connection)
        lately = await read_lately(connection, HAPPENED)
    page = OverviewPage(
        figures=_figures(standing, visit),
        steps=tuple(_step(each, visit) for each in checklist.items),
        progress=_progress(checklist, visit.locale),
        complete=checklist.complete,
        link_url=visit.path("portal", "link"),
        lately=tuple(_lately(each, visit) for each in lately),
    )
    return dashboard_page(request, site, visit, page, place="overview")


def _lately(happened: Happened, visit: StaffVisit) -> LatelyRow:
    who = happened.customer
    return LatelyRow(
        customer=who.name or who.email or who.id,
        url=visit.path("customers", who.id),
        what=translate(visit.locale, HAPPENED[happened.kind]),
        at=date_time(happened.at, visit.locale),
    )


def _step(item: ChecklistItem, visit: StaffVisit) -> StepView:
    way, right, otherwise = _WAYS[item.step]
    if item.step is Step.LINK and visit.side.live_since is None:
        way = "go-live"
    elif item.done and item.step in (Step.PRODUCT, Step.CUSTOMER):
        way = otherwise
    return StepView(
        title=translate(visit.locale, item.title),
        sentence=translate(visit.locale, item.sentence),
        url=visit.path(way if visit.may(right) else otherwise),
        done=item.done,
        required=item.required and not item.done,
    )


def _progress(checklist: Checklist, locale: str) -> str:
    return translate(
        locale,
        "{done} of {all} done",
        done=number(checklist.done, locale),
        all=number(len(checklist.items), locale),
    )


def _figures(standing: Standing, visit: StaffVisit) -> tuple[Figure, ...]:
    locale = visit.locale
    return (
        Figure(
            name=translate(locale, "Sign-ins"),
            value=number(standing.sign_ins, locale),
            detail=translate_plural(locale, "in the last day", "in the last {number} days", SIGN_IN_DAYS),
            url=visit.path("sign-ins"),
        ),
        Figure(
            name=translate(locale, "Active subscriptions"),
            value=number(standing.subscriptions, locale),
            url=visit.path("subscriptions"),
        ),
        _invoices(translate(locale, "Open invoices"), "open", standing.open, visit),
        _invoices(translate(locale, "Late invoices"), "late", standing.late, visit, alarming=bool(standing.late)),
    )


def _invoices(name: str, show: str, owed: tuple[Owed, ...], visit: StaffVisit, *, alarming: bool = False) -> Figure:
    """How many there are, and what is still to be paid in each currency."""
    return Figure(
        name=name,
        value=number(sum(each.invoices for each in owed), visit.locale),
        detail=" + ".join(money(each.amount, each.currency, visit.locale) for each in owed),
        url=f"{visit.path('invoices')}?show={show}",
        alarming=alarming,
    )


routes = [overview]
