"""Public details: what a tenant says of itself at the foot of portal, e-mails and invoices."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.response import Redirect
from msgspec import Struct

from frontdesk.book import Address
from frontdesk.brand_rules import DETAILS, problems
from frontdesk.branding import PublicDetails
from frontdesk.countries import COUNTRIES
from frontdesk.roles import Right
from frontdesk.statement_descriptors import on_statement
from frontdesk_tenants import brand_versions
from frontdesk_tenants.other_side_brand import details_of
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.dashboard.needs import needs
from frontdesk_web.dashboard.pages import dashboard_page
from frontdesk_web.dashboard.visit import StaffVisit
from frontdesk_web.forms import read_form
from frontdesk_web.messages import translate
from frontdesk_web.portal.details_views import country_options
from frontdesk_web.portal.views import Field, Notice, Option
from frontdesk_web.site import Site
from frontdesk_web.typed_text import one_line

PATH = "/dashboard/{portal:str}/public-details"
ON = "on"
TEXTS = tuple(each for each in PublicDetails.__struct_fields__ if each not in ("phone_on_documents", "support_address"))
LINES = Address.__struct_fields__
OTHER = "other"


class PublicDetailsPage(Struct, frozen=True, kw_only=True):
    """The form. `statements` are the lines that statements of cards show: the tenant's, and one with a product."""

    template: ClassVar[str] = "dashboard/public_details.html"
    action: str
    branding_url: str
    copy_url: str
    copy_text: str
    csrf: str
    may_edit: bool
    fields: Mapping[str, Field]
    phone_on_documents: bool
    countries: tuple[Option, ...]
    country_error: str
    statements: tuple[str, ...]
    notice: Notice | None = None


@get(PATH, **needs(Right.SEE))
async def public_details(
    request: AnyRequest, visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[bytes]:
    """The page. `?from=other` fills in what the other side says, `?saved=1` says that it was saved."""
    details, notice = visit.side.brand.details, None
    if request.query_params.get("from") == OTHER:
        other = next(each for each in visit.doors if each != visit.door)
        details = await details_of(site.tenancy, other, visit.door)
        text = translate(visit.locale, "Filled in and not saved yet. Save to keep it.")
        notice = Notice(tone="info", text=text)
    elif "saved" in request.query_params:
        text = translate(visit.locale, "Saved. Portal, e-mails and new invoices say so from now on.")
        notice = Notice(tone="success", text=text)
    return _answer(request, site, visit, form_of(details), {}, notice)


@post(PATH, **needs(Right.EDIT_BRAND))
async def save_public_details(
    request: AnyRequest, visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[Any]:
    """Save what was typed. What cannot be saved is shown again with the reason, and nothing is changed."""
    form = await read_form(request)
    visit.refuse_forged(site, form)
    values = details_values(form)
    faults = {field: translate(visit.locale, sentence) for field, sentence in problems(values, DETAILS)}
    if faults:
        return _answer(request, site, visit, form, faults, None, status=400)
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        details = PublicDetails(**values)
        await brand_versions.say(connection, visit.door.tenant_id, details, visit.actor, visit.now, visit.request_id)
    return Redirect(f"{visit.path('public-details')}?saved=1", status_code=303)


def form_of(details: PublicDetails) -> dict[str, str]:
    """The form as details fill it in. A switch that is off is not there."""
    address = details.support_address or Address()
    form = {name: getattr(details, name) or "" for name in TEXTS}
    form |= {name: getattr(address, name) or "" for name in LINES}
    return form | ({"phone_on_documents": ON} if details.phone_on_documents else {})


def details_values(form: Mapping[str, str]) -> dict[str, Any]:
    """The details that a form asks for, whether or not they can be. Spaces and line ends are one space each."""
    values: dict[str, Any] = {name: _line(form, name) or None for name in TEXTS}
    values |= {name: _line(form, name) for name in ("business_name", "headline")}
    lines = {name: _line(form, name) or None for name in LINES}
    # A country alone is what a browser chose, not an address.
    written = any(value for name, value in lines.items() if name != "country")
    values["support_address"] = Address(**lines) if written else None
    values["phone_on_documents"] = form.get("phone_on_documents") == ON
    return values


def _line(form: Mapping[str, str], name: str) -> str:
    """A text on one line, with single spaces."""
    return " ".join(one_line(form.get(name, "")).split())


def _answer(
    request: AnyRequest,
    site: Site,
    visit: StaffVisit,
    form: Mapping[str, str],
    faults: Mapping[str, str],
    notice: Notice | None,
    status: int = 200,
) -> Response[bytes]:
    in_country = form.get("country", "") not in (*COUNTRIES, "")
    errors = {**faults, "country" if in_country else "line1": faults.get("support_address", "")}
    full, short = form.get("statement_descriptor"), form.get("short_descriptor")
    sample = translate(visit.locale, "Your product")
    lines = (on_statement(full, short), on_statement(full, short, sample)) if not faults else ()
    page = PublicDetailsPage(
        action=visit.path("public-details"),
        branding_url=visit.path("branding"),
        copy_url=f"{visit.path('public-details')}?from={OTHER}",
        copy_text=(
            translate(visit.locale, "Fill in from the sandbox")
            if visit.side.livemode
            else translate(visit.locale, "Fill in from live")
        ),
        csrf=visit.csrf,
        may_edit=visit.may(Right.EDIT_BRAND),
        fields={name: Field(value=form.get(name, ""), error=errors.get(name, "")) for name in (*TEXTS, *LINES)},
        phone_on_documents=form.get("phone_on_documents") == ON,
        countries=country_options(form.get("country"), visit.locale, optional=True),
        country_error=errors.get("country", ""),
        statements=tuple(dict.fromkeys(line for line in lines if line)),
        notice=notice,
    )
    return dashboard_page(request, site, visit, page, place="public-details", status=status)


routes: Sequence[Any] = [public_details, save_public_details]
