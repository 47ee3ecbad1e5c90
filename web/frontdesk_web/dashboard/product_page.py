"""One product: what is known of it, its prices, and what can be done with both."""

from collections.abc import Sequence
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Redirect

from frontdesk.book import Price
from frontdesk.catalogue_commands import CatalogueCommand, DeleteProduct, ProductFields, UpdatePrice, UpdateProduct
from frontdesk.errors import Refused
from frontdesk.roles import Right
from frontdesk_tenants import configurations, listings
from frontdesk_tenants.product_lists import read_product
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.dashboard import catalogue_changes
from frontdesk_web.dashboard.catalogue_words import sentence_of
from frontdesk_web.dashboard.needs import needs
from frontdesk_web.dashboard.pages import dashboard_page
from frontdesk_web.dashboard.product_edit import present_product
from frontdesk_web.dashboard.product_facts import product_view
from frontdesk_web.dashboard.products import PLACE
from frontdesk_web.dashboard.tax_code_search import shown_tax_code
from frontdesk_web.dashboard.visit import StaffVisit
from frontdesk_web.forms import read_form
from frontdesk_web.headers import let_show_frames
from frontdesk_web.messages import _, translate
from frontdesk_web.portal.views import Notice
from frontdesk_web.site import Site

PATH = "/dashboard/{portal:str}/products/{product:str}"
DONE = {
    "added": _("The product is added. Customers can choose it once you offer it in the portal settings."),
    "saved": _("Your changes are saved."),
    "archived": _("The product is archived. Who has it keeps it; nobody can newly choose it."),
    "unarchived": _("The product is sold again."),
    "price_added": _("The price is added. Customers can choose it once you offer it in the portal settings."),
    "price_archived": _("The price is archived. Who pays it goes on paying it; nobody can newly choose it."),
    "price_unarchived": _("The price is sold again."),
    "default": _("The default price is changed."),
}
"""What the page says after something was done, by the value of `?done=`."""


@get(PATH, **needs(Right.SEE))
async def product_page(
    request: AnyRequest, product: FromPath[str], visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[bytes]:
    """The product. `?done=` says what was just done."""
    asked = request.query_params.getall("done", [])
    done = DONE.get(asked[0]) if len(asked) == 1 else None
    notice = None if done is None else Notice(tone="success", text=translate(visit.locale, done))
    return await _answer(request, site, visit, product, notice)


@post(f"{PATH}/archive", **needs(Right.EDIT_CATALOGUE))
async def archive_product(
    request: AnyRequest, product: FromPath[str], visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[Any]:
    """Stop selling it. Who has it keeps it."""
    command = UpdateProduct(id=product, fields=ProductFields(active=False))
    return await _do(request, site, visit, product, command, "archived")


@post(f"{PATH}/unarchive", **needs(Right.EDIT_CATALOGUE))
async def unarchive_product(
    request: AnyRequest, product: FromPath[str], visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[Any]:
    """Sell it again."""
    command = UpdateProduct(id=product, fields=ProductFields(active=True))
    return await _do(request, site, visit, product, command, "unarchived")


@post(f"{PATH}/delete", **needs(Right.EDIT_CATALOGUE))
async def delete_product(
    request: AnyRequest, product: FromPath[str], visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[Any]:
    """Remove a product that never had a price."""
    return await _do(request, site, visit, product, DeleteProduct(product), "")


@post(f"{PATH}/prices/{{price:str}}/archive", **needs(Right.EDIT_CATALOGUE))
async def archive_price(
    request: AnyRequest,
    product: FromPath[str],
    price: FromPath[str],
    visit: NamedDependency[StaffVisit],
    site: NamedDependency[Site],
) -> Response[Any]:
    """Stop selling at it. Who pays it goes on paying it."""
    await _own_price(site, visit, product, price)
    return await _do(request, site, visit, product, UpdatePrice(id=price, active=False), "price_archived")


@post(f"{PATH}/prices/{{price:str}}/unarchive", **needs(Right.EDIT_CATALOGUE))
async def unarchive_price(
    request: AnyRequest,
    product: FromPath[str],
    price: FromPath[str],
    visit: NamedDependency[StaffVisit],
    site: NamedDependency[Site],
) -> Response[Any]:
    """Sell at it again."""
    await _own_price(site, visit, product, price)
    return await _do(request, site, visit, product, UpdatePrice(id=price, active=True), "price_unarchived")


@post(f"{PATH}/prices/{{price:str}}/default", **needs(Right.EDIT_CATALOGUE))
async def make_default(
    request: AnyRequest,
    product: FromPath[str],
    price: FromPath[str],
    visit: NamedDependency[StaffVisit],
    site: NamedDependency[Site],
) -> Response[Any]:
    """Make it the price that stands first."""
    await _own_price(site, visit, product, price)
    command = UpdateProduct(id=product, fields=ProductFields(default_price=price))
    return await _do(request, site, visit, product, command, "default")


async def _do(
    request: AnyRequest, site: Site, visit: StaffVisit, product: str, command: CatalogueCommand, done: str
) -> Response[Any]:
    visit.refuse_forged(site, await read_form(request))
    await present_product(site, visit, product)
    try:
        await catalogue_changes.carry_out(site, visit, command)
    except Refused as refused:
        notice = Notice(tone="danger", text=sentence_of(refused.refusal, visit.locale))
        return await _answer(request, site, visit, product, notice, status=400)
    if not done:
        return Redirect(visit.path(PLACE), status_code=303)
    return Redirect(f"{visit.path(PLACE, product)}?done={done}", status_code=303)


async def _own_price(site: Site, visit: StaffVisit, product: str, price: str) -> None:
    """Raises NotFoundException for a price that is not the product's."""
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        found: Price | None = await listings.find(connection, "price", price)
    if found is None or found.product != product:
        raise NotFoundException


async def _answer(
    request: AnyRequest, site: Site, visit: StaffVisit, product: str, notice: Notice | None, status: int = 200
) -> Response[bytes]:
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        found = await read_product(connection, product)
        configuration = await configurations.read_default(connection)
    if found is None:
        raise NotFoundException
    let_show_frames(request.scope)
    tax_code = await shown_tax_code(site.plugins, found.product.tax_code, visit.locale)
    page = product_view(visit, found, configuration, tax_code, notice)
    return dashboard_page(request, site, visit, page, place=PLACE, status=status)


routes: Sequence[Any] = [
    product_page,
    archive_product,
    unarchive_product,
    delete_product,
    archive_price,
    unarchive_price,
    make_default,
]
