"""Tax rates in the dashboard: the list with the form for a new one, and archiving them."""

import re
from decimal import Decimal
from typing import Any, ClassVar

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect
from msgspec import Struct

from frontdesk.catalogue_commands import CreateTaxRate, UpdateTaxRate
from frontdesk.errors import Refused
from frontdesk.ids import IdSource
from frontdesk.roles import Right
from frontdesk.tax_rates import TaxRate
from frontdesk_tenants import listings
from frontdesk_tenants.paging import Cursor, NoSuchCursor
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.dashboard import catalogue_changes
from frontdesk_web.dashboard.needs import needs
from frontdesk_web.dashboard.pages import dashboard_page, refusal_page
from frontdesk_web.dashboard.visit import StaffVisit
from frontdesk_web.discount_words import percent
from frontdesk_web.forms import read_form
from frontdesk_web.messages import _, translate
from frontdesk_web.portal.answers import known_id
from frontdesk_web.portal.views import Badge, Field, Notice, Option
from frontdesk_web.site import Site

PATH = "/dashboard/{portal:str}/tax-rates"
PLACE = "tax-rates"
SHOWN = 50
_PERCENT = re.compile(r"[0-9]{1,3}([.,][0-9]{1,6})?", re.ASCII)
_KINDS = {"added": _("On top of prices"), "included": _("Included in prices")}
_SENTENCES = {
    "percentage_invalid": _("Enter a percentage from 0 to 100."),
    "percentage_places": _("Please use at most four decimals."),
    "name_empty": _("Enter what your bills call it, such as VAT."),
    "text_too_long": _("Please use at most 50 characters."),
}


class RateRow(Struct, frozen=True, kw_only=True):
    """A rate. `switch_action` takes a POST; None where the role may not."""

    name: str
    percentage: str
    kind: str
    active: bool
    badge: Badge
    switch_action: str | None = None


class NewRate(Struct, frozen=True, kw_only=True):
    """The form for a rate."""

    action: str
    name: Field
    percentage: Field
    kinds: tuple[Option, ...]
    error: str = ""


class TaxRatesPage(Struct, frozen=True, kw_only=True):
    """All rates, those that can be chosen and archived ones; `new` is None where the role may not add one."""

    template: ClassVar[str] = "dashboard/tax_rates.html"
    csrf: str
    rates: tuple[RateRow, ...]
    new: NewRate | None
    older_url: str | None = None
    notice: Notice | None = None


@get(PATH, **needs(Right.SEE))
async def tax_rates(
    request: AnyRequest, visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[bytes]:
    """The rates, newest first; `?after=` is one on which an older page follows."""
    return await _page(request, site, visit)


@post(PATH, **needs(Right.EDIT_CATALOGUE))
async def add_tax_rate(
    request: AnyRequest, visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[Any]:
    """Add a rate."""
    form = await read_form(request)
    visit.refuse_forged(site, form)
    name, typed, kind = (form.get(each, "").strip()[:100] for each in ("name", "percentage", "kind"))
    bare = typed.removesuffix("%").strip()
    faults = {}
    if not _PERCENT.fullmatch(bare):
        faults = {"percentage": translate(visit.locale, _SENTENCES["percentage_invalid"])}
    else:
        command = CreateTaxRate(
            id=IdSource(visit.now)("txr"),
            display_name=name,
            percentage=Decimal(bare.replace(",", ".")),
            inclusive=kind == "included",
        )
        try:
            await catalogue_changes.carry_out(site, visit, command)
        except Refused as refused:
            refusal = refused.refusal
            field = {"display_name": "name", "percentage": "percentage"}.get(refusal.param or "", "")
            sentence = _SENTENCES.get(refusal.code, refusal.for_tenant)
            faults = {field: translate(visit.locale, sentence, **refusal.parameters)}
        else:
            return Redirect(f"{visit.path(PLACE)}?done=added", status_code=303)
    return await _page(request, site, visit, {"name": name, "percentage": typed, "kind": kind}, faults)


@post(PATH + "/{tax_rate:str}/switch", **needs(Right.EDIT_CATALOGUE))
async def switch_tax_rate(
    request: AnyRequest, tax_rate: FromPath[str], visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[Any]:
    """Archive a rate, or let it be chosen again. What has it keeps it."""
    form = await read_form(request)
    visit.refuse_forged(site, form)
    active = form.get("active") == "true"
    try:
        await catalogue_changes.carry_out(site, visit, UpdateTaxRate(id=known_id(tax_rate), active=active))
    except Refused as refused:
        return refusal_page(request, site, visit, refused.refusal, place=PLACE)
    return Redirect(f"{visit.path(PLACE)}?done={'restored' if active else 'archived'}", status_code=303)


async def _page(
    request: AnyRequest,
    site: Site,
    visit: StaffVisit,
    typed: dict[str, str] | None = None,
    faults: dict[str, str] | None = None,
) -> Response[bytes]:
    after = request.query_params.get("after")
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        try:
            found = await listings.tax_rates(connection, Cursor(limit=SHOWN, starting_after=after and known_id(after)))
        except NoSuchCursor:
            found = await listings.tax_rates(connection, Cursor(limit=SHOWN))
    may = visit.may(Right.EDIT_CATALOGUE)
    page = TaxRatesPage(
        csrf=visit.csrf,
        rates=tuple(_row(each, visit, may) for each in found.items),
        new=_new(visit, typed or {}, faults or {}) if may else None,
        older_url=f"{visit.path(PLACE)}?after={found.items[-1].id}" if found.has_more else None,
        notice=_notice(request, visit.locale),
    )
    return dashboard_page(request, site, visit, page, place=PLACE, status=400 if faults else 200)


def _row(rate: TaxRate, visit: StaffVisit, may: bool) -> RateRow:
    locale = visit.locale
    return RateRow(
        name=rate.display_name,
        percentage=percent(rate.percentage, locale),
        kind=translate(locale, _KINDS["included" if rate.inclusive else "added"]),
        active=rate.active,
        badge=Badge(translate(locale, "Active"), "success")
        if rate.active
        else Badge(translate(locale, "Archived"), "neutral"),
        switch_action=visit.path(PLACE, rate.id, "switch") if may else None,
    )


def _new(visit: StaffVisit, typed: dict[str, str], faults: dict[str, str]) -> NewRate:
    chosen = typed.get("kind", "added")
    return NewRate(
        action=visit.path(PLACE),
        name=Field(value=typed.get("name", ""), error=faults.get("name", "")),
        percentage=Field(value=typed.get("percentage", ""), error=faults.get("percentage", "")),
        kinds=tuple(
            Option(value=value, text=translate(visit.locale, text), selected=value == chosen)
            for value, text in _KINDS.items()
        ),
        error=faults.get("", ""),
    )


def _notice(request: AnyRequest, locale: str) -> Notice | None:
    match request.query_params.get("done"):
        case "added":
            text = translate(locale, "The tax rate is added. Choose it when you start a plan.")
        case "archived":
            text = translate(locale, "The tax rate is archived. Plans that have it keep it.")
        case "restored":
            text = translate(locale, "The tax rate can be chosen again.")
        case _:
            return None
    return Notice(tone="success", text=text)


routes: list[Any] = [tax_rates, add_tax_rate, switch_tax_rate]
