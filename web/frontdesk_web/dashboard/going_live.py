"""Going live: what is still missing, and the one click that opens the portal to customers."""

from collections.abc import Sequence
from typing import Any, ClassVar

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.response import Redirect
from msgspec import Struct

from frontdesk.checklist import missing_of
from frontdesk.errors import Misconfigured, Refused
from frontdesk.roles import Right
from frontdesk_tenants.going_live import go_live, read_checklist
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.dashboard.needs import needs
from frontdesk_web.dashboard.pages import dashboard_page, refusal_page
from frontdesk_web.dashboard.visit import StaffVisit
from frontdesk_web.forms import read_form
from frontdesk_web.messages import _, translate
from frontdesk_web.site import Site

PATH = "/dashboard/{portal:str}/go-live"
_FIELDS = {
    "name": _("Legal name"),
    "line1": _("Street and number"),
    "postal_code": _("Postal code"),
    "city": _("City"),
    "country": _("Country"),
    "tax_number": _("Tax or VAT number"),
    "iban": _("Bank account"),
    "invoice_prefix": _("Beginning of invoice numbers"),
}
"""What the form calls the fields that invoices need."""


class OpenStep(Struct, frozen=True, kw_only=True):
    """A step that is not done, and that going live does not wait for."""

    title: str
    sentence: str


class GoLivePage(Struct, frozen=True, kw_only=True):
    """What is missing, by name; empty where nothing is. `later` can be done afterwards."""

    template: ClassVar[str] = "dashboard/go_live.html"
    action: str
    csrf: str
    may: bool
    missing: tuple[str, ...]
    later: tuple[OpenStep, ...]
    seller_url: str
    sandbox_url: str


@get(PATH, **needs(Right.SEE))
async def ask_to_go_live(
    request: AnyRequest, visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[Any]:
    """The page. A side that is live already has its link's page instead."""
    if visit.side.live_since is not None:
        return Redirect(visit.path("portal", "link"), status_code=303)
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        checklist, refusal = await read_checklist(connection, site.tenancy, visit.side)
    missing = () if refusal is None else missing_of(visit.side.settings)
    open_steps = (each for each in checklist.items if not (each.done or each.required or each.step == "link"))
    page = GoLivePage(
        action=visit.path("go-live"),
        csrf=visit.csrf,
        may=visit.may(Right.EDIT_BUSINESS),
        missing=tuple(translate(visit.locale, _FIELDS[each]) for each in missing),
        later=tuple(
            OpenStep(title=translate(visit.locale, each.title), sentence=translate(visit.locale, each.sentence))
            for each in open_steps
        ),
        seller_url=visit.path("seller"),
        sandbox_url=f"/dashboard/{visit.doors[1].portal}",
    )
    return dashboard_page(request, site, visit, page, place="link")


@post(PATH, **needs(Right.EDIT_BUSINESS, home="go-live"))
async def open_portal(
    request: AnyRequest, visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[Any]:
    """Open the portal to customers."""
    visit.refuse_forged(site, await read_form(request))
    try:
        async with site.tenancy.database.side(visit.door.tenant_id) as connection:
            await go_live(connection, site.tenancy, visit.side, visit.actor, visit.now, visit.request_id)
    except Misconfigured:
        # There is nothing to bill by yet: that page says what to enter.
        return Redirect(visit.path("backend"), status_code=303)
    except Refused as refused:
        if refused.refusal.code == "already_live":
            return Redirect(visit.path("portal", "link"), status_code=303)
        return refusal_page(request, site, visit, refused.refusal, place="link")
    return Redirect(f"{visit.path('portal', 'link')}?done=live", status_code=303)


routes: Sequence[Any] = [ask_to_go_live, open_portal]
