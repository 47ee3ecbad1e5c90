"""Adding another price to a product."""

from collections.abc import Mapping, Sequence
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from frontdesk.book import Product
from frontdesk.catalogue_commands import CatalogueCommand, ProductFields, UpdateProduct
from frontdesk.errors import Refused
from frontdesk.ids import IdSource
from frontdesk.meters import Meter
from frontdesk.roles import Right
from frontdesk_tenants import listings
from frontdesk_tenants.database import SideTransaction
from frontdesk_tenants.paging import Cursor
from frontdesk_tenants.product_lists import read_product
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.dashboard import catalogue_changes
from frontdesk_web.dashboard.catalogue_words import field_of, sentence_of
from frontdesk_web.dashboard.needs import needs
from frontdesk_web.dashboard.pages import dashboard_page
from frontdesk_web.dashboard.product_edit import present_product
from frontdesk_web.dashboard.product_form import PriceForm
from frontdesk_web.dashboard.product_views import PriceFormPage, price_fields
from frontdesk_web.dashboard.products import PLACE
from frontdesk_web.dashboard.visit import StaffVisit
from frontdesk_web.forms import read_form
from frontdesk_web.headers import let_show_frames
from frontdesk_web.messages import translate
from frontdesk_web.site import Site

MOST_METERS = 100
"""That can be chosen from."""
PATH = "/dashboard/{portal:str}/products/{product:str}/prices/new"


@get(PATH, **needs(Right.EDIT_CATALOGUE))
async def new_price(
    request: AnyRequest, product: FromPath[str], visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[bytes]:
    """The form, which goes on as the product's first price did: with its currency, and tax included or not."""
    found = await present_product(site, visit, product)
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        whole = await read_product(connection, found.id)
        meters = await _meters(connection)
    first = whole.prices[0].price if whole is not None and whole.prices else None
    form = PriceForm.like(first, visit.side.settings.currency)
    return _answer(request, site, visit, found, form, meters)


@post(PATH, **needs(Right.EDIT_CATALOGUE))
async def add_price(
    request: AnyRequest, product: FromPath[str], visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[Any]:
    """Add the price; a product's only one becomes its default."""
    fields = await read_form(request)
    visit.refuse_forged(site, fields)
    found = await present_product(site, visit, product)
    form = PriceForm.read(fields)
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        meters = await _meters(connection)
    command, faults = form.command(IdSource(visit.now)("price"), found.id, visit.locale)
    if form.more.meter and form.more.meter not in {each.id for each in meters}:
        command, faults["meter"] = None, translate(visit.locale, "This is not counted any more. Choose another one.")
    if command is not None:
        commands: list[CatalogueCommand] = [command]
        if found.default_price is None:
            commands.append(UpdateProduct(id=found.id, fields=ProductFields(default_price=command.id)))
        try:
            await catalogue_changes.carry_out(site, visit, *commands)
        except Refused as refused:
            faults[field_of(refused.refusal)] = sentence_of(refused.refusal, visit.locale)
        else:
            return Redirect(f"{visit.path(PLACE, found.id)}?done=price_added", status_code=303)
    return _answer(request, site, visit, found, form, meters, faults=faults, status=400)


async def _meters(connection: SideTransaction) -> tuple[Meter, ...]:
    """What is counted now."""
    return (await listings.meters(connection, Cursor(limit=MOST_METERS), active=True)).items


def _answer(
    request: AnyRequest,
    site: Site,
    visit: StaffVisit,
    product: Product,
    form: PriceForm,
    meters: Sequence[Meter],
    *,
    faults: Mapping[str, str] | None = None,
    status: int = 200,
) -> Response[bytes]:
    let_show_frames(request.scope)
    found = faults or {}
    page = PriceFormPage(
        id=product.id,
        action=visit.path(PLACE, product.id, "prices", "new"),
        csrf=visit.csrf,
        back_url=visit.path(PLACE, product.id),
        name=product.name,
        preview_url=visit.path(PLACE, product.id, "preview"),
        preview_action=visit.path(PLACE, "new", "preview"),
        price=price_fields(form, found, visit.locale, visit.side.settings.currency, meters),
        error=found.get("", ""),
    )
    return dashboard_page(request, site, visit, page, place=PLACE, status=status)


routes: Sequence[Any] = [new_price, add_price]
