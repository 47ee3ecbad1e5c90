"""Adding a product together with its first price: one page, one button."""

from collections.abc import Mapping, Sequence
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.response import Redirect
from msgspec.structs import replace

from frontdesk.catalogue_commands import CreatePrice, CreateProduct, ProductFields, UpdateProduct
from frontdesk.changes import Changes
from frontdesk.errors import Refused
from frontdesk.ids import IdSource
from frontdesk.roles import Right
from frontdesk.starting_points import SUGGESTIONS
from frontdesk_tenants import listings
from frontdesk_tenants.directory import read_starting_point
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.dashboard import catalogue_changes
from frontdesk_web.dashboard.catalogue_words import field_of, sentence_of
from frontdesk_web.dashboard.needs import needs
from frontdesk_web.dashboard.pages import dashboard_page
from frontdesk_web.dashboard.product_form import ONCE, PriceForm, ProductForm, with_picture
from frontdesk_web.dashboard.product_pictures import LIMITS, images_with, keep_picture, known_picture
from frontdesk_web.dashboard.product_views import ProductFormPage, price_fields, product_fields
from frontdesk_web.dashboard.products import PLACE
from frontdesk_web.dashboard.tax_code_search import TaxCodeChoice, choose_tax_code
from frontdesk_web.dashboard.visit import StaffVisit
from frontdesk_web.headers import let_show_frames
from frontdesk_web.image_rules import UnusableImage
from frontdesk_web.messages import translate
from frontdesk_web.site import Site
from frontdesk_web.tax_catalogues import has_tax_codes
from frontdesk_web.uploads import BODY_BYTES, Posted, read_upload

PATH = "/dashboard/{portal:str}/products/new"


@get(PATH, **needs(Right.EDIT_CATALOGUE))
async def new_product(
    request: AnyRequest, visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[bytes]:
    """The form, with what the starting point suggests. The new product's id is in it, so that a form that is sent
    twice makes one product."""
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        point = await read_starting_point(connection)
    suggestions = None if point is None else SUGGESTIONS[point]
    form = ProductForm(id=IdSource(visit.now)("prod"))
    price = PriceForm(currency=visit.side.settings.currency)
    if suggestions is not None and suggestions.unit:
        form = replace(form, unit_label=translate(visit.side.locale, "seat"))
    if suggestions is not None and not suggestions.recurring:
        price = replace(price, billing=ONCE)
    return _answer(request, site, visit, form, price)


@post(PATH, request_max_body_size=BODY_BYTES, **needs(Right.EDIT_CATALOGUE))
async def add_product(
    request: AnyRequest, visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[Any]:
    """Add the product and its price. What is wrong is said at its field, and nothing that was typed is lost."""
    posted = await read_upload(request, LIMITS)
    visit.refuse_forged(site, posted.fields)
    id_ = ProductForm.read(posted.fields).new_id or IdSource(visit.now)("prod")
    if await _is_there(site, visit, id_):
        return Redirect(visit.path(PLACE, id_), status_code=303)
    form, faults = await read_product_form(site, visit, posted)
    price_form = PriceForm.read(posted.fields)
    tax = await choose_tax_code(site.plugins, form.tax_code, form.tax_code_pick, visit.locale)
    create = CreateProduct(
        id=id_,
        fields=form.fields(tax_code=tax.id, images=images_with(site.config, visit.door, None, form.picture)),
    )
    price, price_faults = price_form.command(IdSource(visit.now)("price"), id_, visit.locale)
    faults |= price_faults
    made = await judged(site, visit, form, create, faults)
    _judge_price(visit, price, made, faults)
    if price is not None and not tax.error and not faults:
        try:
            await catalogue_changes.carry_out(
                site, visit, create, price, UpdateProduct(id=id_, fields=ProductFields(default_price=price.id))
            )
        except Refused as refused:
            faults[field_of(refused.refusal)] = sentence_of(refused.refusal, visit.locale)
        else:
            return Redirect(f"{visit.path(PLACE, id_)}?done=added", status_code=303)
    status = 413 if posted.too_large else 400
    return _answer(request, site, visit, form, price_form, faults=faults, tax=tax, status=status)


async def read_product_form(site: Site, visit: StaffVisit, posted: Posted) -> tuple[ProductForm, dict[str, str]]:
    """The product's part of a posted form with its picture stored, and what is wrong with that by field."""
    form = ProductForm.read(posted.fields)
    form = with_picture(form, "" if form.remove_picture else await known_picture(site, visit, form.picture))
    try:
        stored = await keep_picture(site, visit, posted)
    except UnusableImage as unusable:
        return form, {"image": unusable.said(visit.locale)}
    return (with_picture(form, stored) if stored else form), {}


async def _is_there(site: Site, visit: StaffVisit, id_: str) -> bool:
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        return await listings.find(connection, "product", id_) is not None


async def judged(
    site: Site, visit: StaffVisit, form: ProductForm, command: CreateProduct | UpdateProduct, faults: dict[str, str]
) -> Changes | None:
    """What the rules make of a product's form; what they refuse is added to the faults. Nothing is begun."""
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        try:
            return await catalogue_changes.try_out(connection, visit, command)
        except Refused as refused:
            field = field_of(refused.refusal)
            faults.setdefault(field, sentence_of(refused.refusal, visit.locale, getattr(form, field, "")))
            return None


def _judge_price(visit: StaffVisit, price: CreatePrice | None, product: Changes | None, faults: dict[str, str]) -> None:
    if price is None:
        return
    try:
        catalogue_changes.try_price(visit, price, product)
    except Refused as refused:
        faults.setdefault(field_of(refused.refusal), sentence_of(refused.refusal, visit.locale))


def _answer(
    request: AnyRequest,
    site: Site,
    visit: StaffVisit,
    form: ProductForm,
    price: PriceForm,
    *,
    faults: Mapping[str, str] | None = None,
    tax: TaxCodeChoice | None = None,
    status: int = 200,
) -> Response[bytes]:
    let_show_frames(request.scope)
    locale, found = visit.locale, faults or {}
    page = ProductFormPage(
        title=translate(locale, "Add a product"),
        lead=translate(
            locale, "What your customers pay for, and what it costs. Everything but the price can be changed later."
        ),
        button=translate(locale, "Add product"),
        action=visit.path(PLACE, "new"),
        csrf=visit.csrf,
        back_text=translate(locale, "Products"),
        back_url=visit.path(PLACE),
        preview_url=visit.path(PLACE, "new", "preview"),
        preview_action=visit.path(PLACE, "new", "preview"),
        product=product_fields(visit, form, found, tax or TaxCodeChoice(), with_tax_codes=has_tax_codes(site.plugins)),
        price=price_fields(price, found, locale, visit.side.settings.currency),
        error=found.get("", ""),
    )
    return dashboard_page(request, site, visit, page, place=PLACE, status=status)


routes: Sequence[Any] = [new_product, add_product]
