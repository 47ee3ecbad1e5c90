"""One coupon: what it takes off, its promotion codes, and the end of both."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Redirect

from frontdesk.catalogue_commands import DeleteCoupon, UpdatePromotionCode
from frontdesk.coupons import Coupon, PromotionCode
from frontdesk.errors import Refused
from frontdesk.ids import IdSource
from frontdesk.roles import Right
from frontdesk_tenants import listings
from frontdesk_tenants.database import SideTransaction
from frontdesk_tenants.paging import Cursor
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.dashboard import catalogue_changes
from frontdesk_web.dashboard.coupon_form import CodeForm
from frontdesk_web.dashboard.coupon_views import CodeRow, CouponPage, NewCode
from frontdesk_web.dashboard.coupon_words import (
    code_badge,
    code_rules,
    coupon_badge,
    coupon_terms,
    coupon_title,
    fault_of,
    given_words,
)
from frontdesk_web.dashboard.coupons import PATH, PLACE
from frontdesk_web.dashboard.needs import needs
from frontdesk_web.dashboard.pages import dashboard_page
from frontdesk_web.dashboard.visit import StaffVisit
from frontdesk_web.formatting import date_long
from frontdesk_web.forms import read_form
from frontdesk_web.messages import _, translate
from frontdesk_web.portal.answers import known_id
from frontdesk_web.portal.views import Detail, Field, Notice
from frontdesk_web.site import Site

ONE = PATH + "/{coupon:str}"
SHOWN_CODES = 100
_DONE = {
    "added": _("The coupon is added. Give it to a customer, or make a code that customers can type."),
    "archived": _("The coupon is archived. Who has it keeps it; nobody is given it any more."),
    "code_added": _("The code is ready."),
    "code_off": _("The code is switched off. Who used it keeps the discount."),
    "code_on": _("The code can be used again."),
}


@get(ONE, **needs(Right.SEE))
async def coupon_page(
    request: AnyRequest, coupon: FromPath[str], visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[bytes]:
    """The coupon and its codes, with an empty form for another."""
    return await _answer(request, site, visit, coupon, CodeForm(), {})


@post(f"{ONE}/codes", **needs(Right.EDIT_CATALOGUE))
async def add_code(
    request: AnyRequest, coupon: FromPath[str], visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[Any]:
    """Add a promotion code."""
    fields = await read_form(request)
    visit.refuse_forged(site, fields)
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        found = await _read(connection, coupon)
    form = CodeForm.read(fields)
    command, faults = form.command(IdSource(visit.now)("promo"), found.id, visit.locale)
    if command is not None:
        try:
            await catalogue_changes.carry_out(site, visit, command)
        except Refused as refused:
            field, sentence = fault_of(refused.refusal, visit.locale)
            faults = {field: sentence}
        else:
            return _back(visit, found.id, "code_added")
    return await _answer(request, site, visit, coupon, form, faults)


@post(f"{ONE}/codes/{{promotion_code:str}}/switch", **needs(Right.EDIT_CATALOGUE))
async def switch_code(
    request: AnyRequest,
    coupon: FromPath[str],
    promotion_code: FromPath[str],
    visit: NamedDependency[StaffVisit],
    site: NamedDependency[Site],
) -> Response[Any]:
    """Switch a code off, or on again."""
    fields = await read_form(request)
    visit.refuse_forged(site, fields)
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        found = await _read(connection, coupon)
        code: PromotionCode | None = await listings.find(connection, "promotion code", known_id(promotion_code))
    if code is None or code.coupon != found.id:
        raise NotFoundException
    active = fields.get("active") == "true"
    try:
        await catalogue_changes.carry_out(site, visit, UpdatePromotionCode(id=code.id, active=active))
    except Refused as refused:
        _, sentence = fault_of(refused.refusal, visit.locale)
        return await _answer(request, site, visit, coupon, CodeForm(), {"": sentence})
    return _back(visit, found.id, "code_on" if active else "code_off")


@post(f"{ONE}/archive", **needs(Right.EDIT_CATALOGUE))
async def archive_coupon(
    request: AnyRequest, coupon: FromPath[str], visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[Any]:
    """Give the coupon to nobody any more. Who has it keeps it."""
    visit.refuse_forged(site, await read_form(request))
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        found = await _read(connection, coupon)
    if not found.deleted:
        await catalogue_changes.carry_out(site, visit, DeleteCoupon(found.id))
    return _back(visit, found.id, "archived")


async def _read(connection: SideTransaction, coupon: str) -> Coupon:
    found: Coupon | None = await listings.find(connection, "coupon", known_id(coupon))
    if found is None:
        raise NotFoundException
    return found


def _back(visit: StaffVisit, coupon: str, done: str) -> Redirect:
    return Redirect(f"{visit.path(PLACE, coupon)}?done={done}", status_code=303)


async def _answer(
    request: AnyRequest, site: Site, visit: StaffVisit, coupon: str, form: CodeForm, faults: Mapping[str, str]
) -> Response[bytes]:
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        found = await _read(connection, coupon)
        codes = await listings.promotion_codes(connection, Cursor(limit=SHOWN_CODES), coupon=found.id)
    locale = visit.locale
    edits = visit.may(Right.EDIT_CATALOGUE) and not visit.side.suspended
    path = visit.path(PLACE, found.id)
    done = _DONE.get(request.query_params.get("done", ""))
    page = CouponPage(
        csrf=visit.csrf,
        back_url=visit.path(PLACE),
        name=coupon_title(found, locale),
        terms=coupon_terms(found, locale),
        badge=coupon_badge(found, visit.now, locale),
        facts=_facts(found, locale),
        codes=tuple(_code(each, found, visit, path, edits) for each in codes.items),
        new_code=_new_code(form, faults, path) if edits and found.valid(visit.now) else None,
        archive_action=f"{path}/archive" if edits and not found.deleted else None,
        notice=None if done is None or faults else Notice(tone="success", text=translate(locale, done)),
    )
    return dashboard_page(request, site, visit, page, place=PLACE, status=400 if faults else 200)


def _facts(coupon: Coupon, locale: str) -> tuple[Detail, ...]:
    facts = [
        Detail(label=translate(locale, "Takes off"), value=coupon_terms(coupon, locale)),
        Detail(
            label=translate(locale, "Given"), value=given_words(coupon.times_redeemed, coupon.max_redemptions, locale)
        ),
    ]
    if coupon.redeem_by is not None:
        last = date_long(coupon.redeem_by - timedelta(seconds=1), locale)
        facts.append(Detail(label=translate(locale, "Can be given until"), value=last))
    facts.append(Detail(label=translate(locale, "ID"), value=coupon.id, copy=True))
    return tuple(facts)


def _code(code: PromotionCode, coupon: Coupon, visit: StaffVisit, path: str, edits: bool) -> CodeRow:
    can_be_on = code.active or (coupon.valid(visit.now) and not code.expired(visit.now) and not code.used_up)
    return CodeRow(
        code=code.code,
        badge=code_badge(code, coupon, visit.now, visit.locale),
        used=given_words(code.times_redeemed, code.max_redemptions, visit.locale),
        rules=code_rules(code, visit.locale),
        active=code.active,
        switch_action=f"{path}/codes/{code.id}/switch" if edits and can_be_on else None,
    )


def _new_code(form: CodeForm, faults: Mapping[str, str], path: str) -> NewCode:
    def field(name: str) -> Field:
        return Field(value=getattr(form, name), error=faults.get(name, ""))

    return NewCode(
        action=f"{path}/codes",
        code=field("code"),
        most=field("most"),
        until=field("until"),
        first=form.first == "on",
        error=faults.get("", ""),
    )


routes: list[Any] = [coupon_page, add_code, switch_code, archive_coupon]
