"""Automatic tax: whether it is worked out, what products are, where the business is registered; and a preview."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, cast

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect
from msgspec.structs import replace

from frontdesk import tax_registrations
from frontdesk.automatic_tax import home_of
from frontdesk.book import Product
from frontdesk.errors import Refusal, Refused
from frontdesk.ids import IdSource
from frontdesk.roles import Right
from frontdesk.tax_registrations import register, reschedule
from frontdesk.tax_settings import DefaultTaxBehavior, Registration, Scheme, TaxSettings
from frontdesk_tenants import listings, tax_settings
from frontdesk_tenants.paging import Cursor
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.dashboard.needs import needs
from frontdesk_web.dashboard.pages import dashboard_page, refusal_page
from frontdesk_web.dashboard.product_views import TaxCodeField
from frontdesk_web.dashboard.tax_code_search import TaxCodeChoice, choose_tax_code, shown_tax_code
from frontdesk_web.dashboard.tax_settings_views import (
    BEHAVIORS,
    SCHEMES,
    Attempt,
    NewRegistration,
    TaxSettingsPage,
    attempt_form,
    automatic_options,
    registration_row,
    tried,
)
from frontdesk_web.dashboard.visit import StaffVisit
from frontdesk_web.forms import read_form
from frontdesk_web.messages import _, translate
from frontdesk_web.portal.answers import known_id
from frontdesk_web.portal.details_views import country_options
from frontdesk_web.portal.views import Field, Notice, Option
from frontdesk_web.postal_addresses import country_name
from frontdesk_web.site import Site
from frontdesk_web.typed_text import one_line

PLACE = "tax"
PATH = "/dashboard/{portal:str}/tax"
SHOWN_PRODUCTS = 100
_SENTENCES: Mapping[str, str] = {
    "tax_registration_exists": _("You are registered there at that time already. End that registration first."),
    "tax_place_unknown": _("The tax rates of {place} are not known here. Keep tax rates of your own for it."),
    "country_unknown": _("Choose a country from the list."),
    "scheme_invalid": _("That scheme is one of the European Union's countries."),
    "state_needed": _("There one registers with a state. Enter its letters, such as TX."),
    "state_invalid": _("There one registers with the country. Leave the state empty."),
    "registration_ends_first": _("A registration ends after it begins."),
    "too_many_registrations": _("There are at most {most} registrations."),
}
_DONE: Mapping[str, str] = {
    "saved": _("Saved. What is new is taxed like that; plans that run stay as they are."),
    "registered": _("The registration was added."),
    "ended": _("The registration ends now. Issued invoices stay as they are."),
}


@get(PATH, **needs(Right.SEE))
async def show_tax(
    request: AnyRequest, visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[bytes]:
    """The page. `country`, `state`, `kind` and `product` are what is tried."""
    return await _answer(request, site, visit)


@post(PATH, **needs(Right.EDIT_BUSINESS, home=PLACE))
async def save_tax(
    request: AnyRequest, visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[Any]:
    """Save whether tax is worked out, and what is not said by products and prices."""
    form = await read_form(request)
    visit.refuse_forged(site, form)
    picked = one_line(form.get("tax_code_pick", ""))[:255]
    choice = await choose_tax_code(site.plugins, one_line(form.get("tax_code", "")), picked, visit.locale)
    if choice.error:
        return await _answer(request, site, visit, form, choice=choice)
    behavior = form.get("behavior", "")
    await _change(
        site,
        visit,
        lambda tax: replace(
            tax,
            automatic=form.get("automatic") == "on",
            preset_code=choice.id,
            behavior=cast(DefaultTaxBehavior, behavior) if behavior in BEHAVIORS else tax.behavior,
        ),
    )
    return Redirect(f"{visit.path(PLACE)}?done=saved", status_code=303)


@post(PATH + "/registrations", **needs(Right.EDIT_BUSINESS, home=PLACE))
async def add_registration(
    request: AnyRequest, visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[Any]:
    """Register somewhere, from a day on (UTC); today where none is named."""
    form = await read_form(request)
    visit.refuse_forged(site, form)
    since = _day(form.get("since", ""), visit.now)
    if since is None:
        fault = {"since": translate(visit.locale, "Choose a day.")}
        return await _answer(request, site, visit, form, faults=fault)
    scheme = form.get("scheme", "")
    new = Registration(
        id=IdSource(visit.now)("taxreg"),
        country=one_line(form.get("country", ""))[:2].upper(),
        state=one_line(form.get("region", ""))[:3].upper() or None,
        scheme=cast(Scheme, scheme) if scheme in SCHEMES else "standard",
        created=visit.now,
        active_from=since,
    )
    try:
        await _change(site, visit, lambda tax: register(tax, new))
    except Refused as refused:
        return await _answer(request, site, visit, form, faults=_fault(refused.refusal, visit.locale))
    return Redirect(f"{visit.path(PLACE)}?done=registered", status_code=303)


@post(PATH + "/registrations/{registration:str}/end", **needs(Right.EDIT_BUSINESS, home=PLACE))
async def end_registration(
    request: AnyRequest, registration: FromPath[str], visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[Any]:
    """End a registration now; one that has not begun is dropped."""
    form = await read_form(request)
    visit.refuse_forged(site, form)
    id_ = known_id(registration)
    try:
        await _change(site, visit, lambda tax: _ended(tax, id_, visit.now))
    except Refused as refused:
        return refusal_page(request, site, visit, refused.refusal, place=PLACE)
    return Redirect(f"{visit.path(PLACE)}?done=ended", status_code=303)


def _ended(tax: TaxSettings, id_: str, now: datetime) -> TaxSettings:
    ending = tax_registrations.registration(tax, id_)
    if ending.expires_at is not None and ending.expires_at <= now:
        return tax
    if ending.active_from > now:
        return replace(tax, registrations=tuple(each for each in tax.registrations if each.id != id_))
    return reschedule(tax, id_, expires_at=now, ends=True)


async def _change(site: Site, visit: StaffVisit, change: Any) -> None:
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        await tax_settings.change_tax(
            connection,
            site.plugins,
            visit.side,
            change,
            actor=visit.actor,
            now=visit.now,
            request_id=visit.request_id,
        )


def _day(text: str, now: datetime) -> datetime | None:
    """The beginning of a day, the present instant where none is named; None for what is no day."""
    text = text.strip()
    if not text:
        return now
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        return None


def _fault(refusal: Refusal, locale: str) -> dict[str, str]:
    parameters = dict(refusal.parameters)
    if "place" in parameters:
        country, _mark, state = str(parameters["place"]).partition("-")
        parameters["place"] = country_name(country, locale) + (f" ({state})" if state else "")
    field = {"state": "region"}.get(refusal.param or "", "")
    return {field: translate(locale, _SENTENCES.get(refusal.code, refusal.for_tenant), **parameters)}


async def _answer(
    request: AnyRequest,
    site: Site,
    visit: StaffVisit,
    form: Mapping[str, str] | None = None,
    *,
    choice: TaxCodeChoice | None = None,
    faults: Mapping[str, str] | None = None,
) -> Response[bytes]:
    locale, settings = visit.locale, visit.side.settings
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        products = (await listings.products(connection, Cursor(limit=SHOWN_PRODUCTS), active=True)).items
    may, home = visit.may(Right.EDIT_BUSINESS), home_of(settings)
    choice = choice or TaxCodeChoice(id=settings.tax.preset_code)
    posted, faults = form or {}, faults or {}
    known_code = await shown_tax_code(site.plugins, settings.tax.preset_code, visit.locale)
    shown_code = posted.get("tax_code") if choice.error else known_code
    page = TaxSettingsPage(
        csrf=visit.csrf,
        may_edit=may,
        action=visit.path(PLACE),
        automatic=automatic_options(settings.tax, locale),
        behaviors=tuple(
            Option(value=value, text=translate(locale, text), selected=value == settings.tax.behavior)
            for value, text in BEHAVIORS.items()
        ),
        tax_code=TaxCodeField(
            value=shown_code or "",
            search_url=visit.path("tax-codes"),
            error=choice.error,
            options=choice.options,
        ),
        rows=tuple(
            registration_row(
                each, visit.now, locale, visit.path(PLACE, "registrations", each.id, "end") if may else None
            )
            for each in settings.tax.registrations
        ),
        new=_new(visit, posted, faults) if may else None,
        attempt=_attempt(request, visit, products),
        home=country_name(home, locale) if home else "",
        address_url=None if home else visit.path("seller"),
        notice=_notice(request, locale),
    )
    return dashboard_page(request, site, visit, page, place=PLACE, status=400 if faults or choice.error else 200)


def _new(visit: StaffVisit, form: Mapping[str, str], faults: Mapping[str, str]) -> NewRegistration:
    locale = visit.locale
    chosen = form.get("scheme", "standard")
    return NewRegistration(
        action=visit.path(PLACE, "registrations"),
        countries=country_options(form.get("country") or visit.side.country, locale),
        schemes=tuple(
            Option(value=value, text=translate(locale, text), selected=value == chosen)
            for value, text in SCHEMES.items()
        ),
        state=Field(value=one_line(form.get("region", ""))[:3], error=faults.get("region", "")),
        since=Field(value=one_line(form.get("since", ""))[:10], error=faults.get("since", "")),
        error=faults.get("", ""),
    )


def _attempt(request: AnyRequest, visit: StaffVisit, products: tuple[Product, ...]) -> Any:
    query = request.query_params
    asked = Attempt(
        country=one_line(query.get("country", ""))[:2].upper(),
        state=one_line(query.get("state", ""))[:3].upper(),
        business=query.get("kind") == "business",
        product=query.get("product", ""),
    )
    product = next((each for each in products if each.id == asked.product), None)
    answer = tried(asked, visit.side.settings, product, visit.now, visit.locale) if asked.country else None
    return attempt_form(asked, f"{visit.path(PLACE)}#try", products, answer, visit.locale)


def _notice(request: AnyRequest, locale: str) -> Notice | None:
    done = _DONE.get(request.query_params.get("done", ""))
    return None if done is None else Notice(tone="success", text=translate(locale, done))


routes: list[Any] = [show_tax, save_tax, add_registration, end_registration]
