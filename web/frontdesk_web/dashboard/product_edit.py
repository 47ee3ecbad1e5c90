"""Editing a product: everything but its prices, which never change once they are there."""

from collections.abc import Mapping, Sequence
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Redirect

from frontdesk.book import Product
from frontdesk.catalogue_commands import UpdateProduct
from frontdesk.errors import Refused
from frontdesk.roles import Right
from frontdesk_tenants import listings
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.dashboard import catalogue_changes
from frontdesk_web.dashboard.catalogue_words import field_of, sentence_of
from frontdesk_web.dashboard.needs import needs
from frontdesk_web.dashboard.pages import dashboard_page
from frontdesk_web.dashboard.product_form import ProductForm
from frontdesk_web.dashboard.product_new import judged, read_product_form
from frontdesk_web.dashboard.product_pictures import LIMITS, images_with, picture_of
from frontdesk_web.dashboard.product_views import ProductFormPage, product_fields
from frontdesk_web.dashboard.products import PLACE
from frontdesk_web.dashboard.tax_code_search import TaxCodeChoice, choose_tax_code, shown_tax_code
from frontdesk_web.dashboard.visit import StaffVisit
from frontdesk_web.headers import let_show_frames
from frontdesk_web.messages import translate
from frontdesk_web.site import Site
from frontdesk_web.tax_catalogues import has_tax_codes
from frontdesk_web.uploads import BODY_BYTES, read_upload

PATH = "/dashboard/{portal:str}/products/{product:str}/edit"


@get(PATH, **needs(Right.EDIT_CATALOGUE))
async def edit_product(
    request: AnyRequest, product: FromPath[str], visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[bytes]:
    """The form as the product fills it in."""
    found = await present_product(site, visit, product)
    form = ProductForm.of(
        found, await shown_tax_code(site.plugins, found.tax_code, visit.locale), picture_of(visit.door, found)
    )
    return _answer(request, site, visit, found, form)


@post(PATH, request_max_body_size=BODY_BYTES, **needs(Right.EDIT_CATALOGUE))
async def save_product(
    request: AnyRequest, product: FromPath[str], visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[Any]:
    """Save what was typed, or say what is wrong with it."""
    posted = await read_upload(request, LIMITS)
    visit.refuse_forged(site, posted.fields)
    found = await present_product(site, visit, product)
    form, faults = await read_product_form(site, visit, posted)
    tax = await _tax_code(site, visit, found, form)
    images = images_with(site.config, visit.door, found, form.picture)
    command = UpdateProduct(id=found.id, fields=form.fields(tax_code=tax.id, images=images))
    await judged(site, visit, form, command, faults)
    if not faults and not tax.error:
        try:
            await catalogue_changes.carry_out(site, visit, command)
        except Refused as refused:
            faults[field_of(refused.refusal)] = sentence_of(refused.refusal, visit.locale)
        else:
            return Redirect(f"{visit.path(PLACE, found.id)}?done=saved", status_code=303)
    status = 413 if posted.too_large else 400
    return _answer(request, site, visit, found, form, faults=faults, tax=tax, status=status)


async def present_product(site: Site, visit: StaffVisit, id_: str) -> Product:
    """The product of a path. Raises NotFoundException where there is none, or it was deleted."""
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        found: Product | None = await listings.find(connection, "product", id_)
    if found is None or found.deleted:
        raise NotFoundException
    return found


async def _tax_code(site: Site, visit: StaffVisit, product: Product, form: ProductForm) -> TaxCodeChoice:
    """What the form asks for. A code that no catalogue knows any more stays as long as nobody touches it."""
    if product.tax_code is not None and form.tax_code.strip() == product.tax_code:
        return TaxCodeChoice(id=product.tax_code)
    return await choose_tax_code(site.plugins, form.tax_code, form.tax_code_pick, visit.locale)


def _answer(
    request: AnyRequest,
    site: Site,
    visit: StaffVisit,
    product: Product,
    form: ProductForm,
    *,
    faults: Mapping[str, str] | None = None,
    tax: TaxCodeChoice | None = None,
    status: int = 200,
) -> Response[bytes]:
    let_show_frames(request.scope)
    locale, found = visit.locale, faults or {}
    page = ProductFormPage(
        title=translate(locale, "Edit {name}", name=product.name),
        lead=translate(locale, "Customers see the change at once. Issued invoices stay as they are."),
        button=translate(locale, "Save changes"),
        action=visit.path(PLACE, product.id, "edit"),
        csrf=visit.csrf,
        back_text=product.name,
        back_url=visit.path(PLACE, product.id),
        preview_url=visit.path(PLACE, product.id, "preview"),
        preview_action=visit.path(PLACE, "new", "preview"),
        product=product_fields(visit, form, found, tax or TaxCodeChoice(), with_tax_codes=has_tax_codes(site.plugins)),
        error=found.get("", ""),
    )
    return dashboard_page(request, site, visit, page, place=PLACE, status=status)


routes: Sequence[Any] = [edit_product, save_product]
