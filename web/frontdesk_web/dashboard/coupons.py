"""Coupons: the list, and a new one."""

from collections.abc import Mapping
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.response import Redirect

from frontdesk.coupons import Coupon
from frontdesk.errors import Refused
from frontdesk.ids import random_token
from frontdesk.money import EXPONENTS
from frontdesk.roles import Right
from frontdesk_tenants import listings
from frontdesk_tenants.paging import Cursor, NoSuchCursor
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.dashboard import catalogue_changes
from frontdesk_web.dashboard.coupon_form import CouponForm
from frontdesk_web.dashboard.coupon_views import CouponFormPage, CouponsPage
from frontdesk_web.dashboard.coupon_words import coupon_badge, coupon_terms, coupon_title, fault_of, given_words
from frontdesk_web.dashboard.needs import needs
from frontdesk_web.dashboard.pages import dashboard_page
from frontdesk_web.dashboard.views import Cell, Column, Row, Table
from frontdesk_web.dashboard.visit import StaffVisit
from frontdesk_web.forms import read_form
from frontdesk_web.messages import _, translate
from frontdesk_web.portal.answers import known_id
from frontdesk_web.portal.views import Field, Option
from frontdesk_web.site import Site

PATH = "/dashboard/{portal:str}/coupons"
PLACE = "coupons"
SHOWN = 20
ID_LENGTH = 8
_KINDS = {"percent": _("A percentage"), "amount": _("An amount")}
_DURATIONS = {
    "once": _("Once: the next invoice"),
    "repeating": _("Some months"),
    "forever": _("For ever"),
}


@get(PATH, **needs(Right.SEE))
async def coupons(
    request: AnyRequest, visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[Any]:
    """The coupons that are not archived, newest first; `?after=` is one on which an older page follows."""
    after = request.query_params.get("after")
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        try:
            found = await listings.coupons(connection, Cursor(limit=SHOWN, starting_after=after and known_id(after)))
        except NoSuchCursor:
            found = await listings.coupons(connection, Cursor(limit=SHOWN))
    older = f"{visit.path(PLACE)}?after={found.items[-1].id}" if found.has_more else None
    page = CouponsPage(
        new_url=visit.path(PLACE, "new") if visit.may(Right.EDIT_CATALOGUE) else "",
        table=_table(visit, found.items, older) if found.items else None,
    )
    return dashboard_page(request, site, visit, page, place=PLACE)


@get(f"{PATH}/new", **needs(Right.EDIT_CATALOGUE))
async def new_coupon(
    request: AnyRequest, visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[bytes]:
    """The form."""
    return _form(request, site, visit, CouponForm(currency=visit.side.settings.currency), {})


@post(f"{PATH}/new", **needs(Right.EDIT_CATALOGUE))
async def add_coupon(
    request: AnyRequest, visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[Any]:
    """Add the coupon."""
    fields = await read_form(request)
    visit.refuse_forged(site, fields)
    form = CouponForm.read(fields)
    command, faults = form.command(random_token(ID_LENGTH), visit.locale)
    if command is not None:
        try:
            await catalogue_changes.carry_out(site, visit, command)
        except Refused as refused:
            field, sentence = fault_of(refused.refusal, visit.locale)
            faults = {field: sentence}
        else:
            return Redirect(f"{visit.path(PLACE, command.id)}?done=added", status_code=303)
    return _form(request, site, visit, form, faults)


def _table(visit: StaffVisit, found: tuple[Coupon, ...], older: str | None) -> Table:
    locale = visit.locale
    return Table(
        caption=translate(locale, "Coupons"),
        columns=(
            Column(title=translate(locale, "Coupon")),
            Column(title=translate(locale, "Takes off")),
            Column(title=translate(locale, "Given"), number=True),
        ),
        rows=tuple(
            Row(
                url=visit.path(PLACE, each.id),
                cells=(
                    Cell(text=coupon_title(each, locale), badge=coupon_badge(each, visit.now, locale)),
                    Cell(text=coupon_terms(each, locale)),
                    Cell(text=given_words(each.times_redeemed, each.max_redemptions, locale)),
                ),
            )
            for each in found
        ),
        older_url=older,
    )


def _form(
    request: AnyRequest, site: Site, visit: StaffVisit, form: CouponForm, faults: Mapping[str, str]
) -> Response[bytes]:
    locale = visit.locale

    def field(name: str) -> Field:
        return Field(value=getattr(form, name), error=faults.get(name, ""))

    page = CouponFormPage(
        action=visit.path(PLACE, "new"),
        csrf=visit.csrf,
        back_url=visit.path(PLACE),
        name=field("name"),
        kinds=_options(_KINDS, form.kind, locale),
        worth=field("worth"),
        currencies=tuple(
            Option(value=each, text=each.upper(), selected=each == form.currency) for each in sorted(EXPONENTS)
        ),
        currency_error=faults.get("currency", ""),
        durations=_options(_DURATIONS, form.duration, locale),
        months=field("months"),
        most=field("most"),
        until=field("until"),
        error=faults.get("", ""),
    )
    return dashboard_page(request, site, visit, page, place=PLACE, status=400 if faults else 200)


def _options(texts: Mapping[str, str], chosen: str, locale: str) -> tuple[Option, ...]:
    return tuple(
        Option(value=value, text=translate(locale, text), selected=value == chosen) for value, text in texts.items()
    )


routes: list[Any] = [coupons, new_coupon, add_coupon]
