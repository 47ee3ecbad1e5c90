"""The lists behind the overview's numbers: invoices, subscriptions and sign-ins of a whole side."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from litestar import Response, get
from litestar.di import NamedDependency

from frontdesk.roles import Right
from frontdesk_tenants import clocks, side_lists
from frontdesk_tenants.side_lists import InvoiceShow, ListedPage, SignInShow, SubscriptionShow
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.dashboard.list_places import asked_page, written
from frontdesk_web.dashboard.needs import needs
from frontdesk_web.dashboard.pages import dashboard_page
from frontdesk_web.dashboard.side_list_views import SideListPage, invoice_table, sign_in_table, subscription_table
from frontdesk_web.dashboard.views import Tab, Table
from frontdesk_web.dashboard.visit import StaffVisit
from frontdesk_web.messages import _, translate
from frontdesk_web.site import Site

INVOICES: Mapping[InvoiceShow, str] = {"all": _("All"), "open": _("Open"), "late": _("Late"), "paid": _("Paid")}
SUBSCRIPTIONS: Mapping[SubscriptionShow, str] = {"active": _("Active"), "ended": _("Ended"), "all": _("All")}
SIGN_INS: Mapping[SignInShow, str] = {"all": _("All"), "open": _("Signed in now")}


@get("/dashboard/{portal:str}/invoices", **needs(Right.SEE))
async def invoices(
    request: AnyRequest, visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[bytes]:
    """Invoices of all customers: `?show=` which, `?older=` or `?newer=` the place."""
    show: InvoiceShow = next((each for each in INVOICES if each == request.query_params.get("show")), "all")
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        found = await side_lists.invoices(connection, show, asked_page(request.query_params))
        owners = () if visit.side.livemode else tuple(each.customer.id for each in found.rows)
        times = await clocks.times_of_customers(connection, owners)
    around = _around(visit, "invoices", show, found)
    page = _page(
        visit,
        title=translate(visit.locale, "Invoices"),
        lead=translate(visit.locale, "Every invoice of all your customers."),
        tabs=_tabs(visit, "invoices", INVOICES, show),
        tabs_label=translate(visit.locale, "Which invoices"),
        table=invoice_table(found.rows, times, visit, **around) if found.rows else None,
        empty=translate(visit.locale, "An invoice appears here as soon as a plan is started or renewed."),
        whole=show == "all",
    )
    return dashboard_page(request, site, visit, page, place="invoices")


@get("/dashboard/{portal:str}/subscriptions", **needs(Right.SEE))
async def subscriptions(
    request: AnyRequest, visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[bytes]:
    """Subscriptions of all customers."""
    show: SubscriptionShow = next(
        (each for each in SUBSCRIPTIONS if each == request.query_params.get("show")), "active"
    )
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        found = await side_lists.subscriptions(connection, show, asked_page(request.query_params))
    around = _around(visit, "subscriptions", show, found)
    page = _page(
        visit,
        title=translate(visit.locale, "Subscriptions"),
        lead=translate(visit.locale, "Who is on which plan."),
        tabs=_tabs(visit, "subscriptions", SUBSCRIPTIONS, show),
        tabs_label=translate(visit.locale, "Which subscriptions"),
        table=subscription_table(found.rows, visit, **around) if found.rows else None,
        empty=translate(visit.locale, "Start a plan on a customer's page, or let your program do it with the API."),
        whole=show != "ended",
    )
    return dashboard_page(request, site, visit, page, place="subscriptions")


@get("/dashboard/{portal:str}/sign-ins", **needs(Right.SEE))
async def sign_ins(
    request: AnyRequest, visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[bytes]:
    """Sign-ins of all customers."""
    show: SignInShow = next((each for each in SIGN_INS if each == request.query_params.get("show")), "all")
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        found = await side_lists.sign_ins(connection, show, asked_page(request.query_params))
    page = _page(
        visit,
        title=translate(visit.locale, "Sign-ins"),
        lead=translate(visit.locale, "Customers who signed in to the portal with a code in the last weeks."),
        tabs=_tabs(visit, "sign-ins", SIGN_INS, show),
        tabs_label=translate(visit.locale, "Which sign-ins"),
        table=sign_in_table(found.rows, visit, **_around(visit, "sign-ins", show, found)) if found.rows else None,
        empty=translate(visit.locale, "Share the link of your portal: who signs in appears here."),
        whole=show == "all",
    )
    return dashboard_page(request, site, visit, page, place="sign_ins")


def _page(
    visit: StaffVisit,
    *,
    title: str,
    lead: str,
    tabs: tuple[Tab, ...],
    tabs_label: str,
    table: Table | None,
    empty: str,
    whole: bool,
) -> SideListPage:
    """The page; `whole` says that nothing of the list is left out, so that an empty one means there is nothing yet."""
    nothing = translate(visit.locale, "None at the moment.")
    return SideListPage(
        title=title,
        lead=lead,
        tabs=tabs,
        tabs_label=tabs_label,
        table=table,
        empty_title=translate(visit.locale, "Nothing here yet") if whole else translate(visit.locale, "Nothing here"),
        empty_text=empty if whole else nothing,
    )


def _tabs(visit: StaffVisit, path: str, names: Mapping[Any, str], show: str) -> tuple[Tab, ...]:
    return tuple(
        Tab(text=translate(visit.locale, text), url=_url(visit, path, key), current=key == show)
        for key, text in names.items()
    )


def _around(visit: StaffVisit, path: str, show: str, found: ListedPage[Any]) -> dict[str, str | None]:
    """The ways to the pages around one."""
    return {
        "older_url": None if found.older is None else _url(visit, path, show, older=written(found.older)),
        "newer_url": None if found.newer is None else _url(visit, path, show, newer=written(found.newer)),
    }


def _url(visit: StaffVisit, path: str, show: str, **place: str) -> str:
    return f"{visit.path(path)}?{urlencode({'show': show} | place)}"


routes: list[Any] = [invoices, subscriptions, sign_ins]
