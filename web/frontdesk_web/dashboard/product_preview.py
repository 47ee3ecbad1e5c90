"""How a product appears to customers: the real plan card and the real line of an invoice, in the tenant's own look."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, ClassVar

from litestar import MediaType, Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from msgspec import Struct
from msgspec.structs import replace

from frontdesk.book import Line as BookLine
from frontdesk.book import MarketingFeature, Price, Product, Recurring
from frontdesk.periods import boundary, whole_seconds
from frontdesk.price_rules import price_faults
from frontdesk.pricing import amount_for, in_currency
from frontdesk.roles import Right
from frontdesk_tenants.product_lists import read_product
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.dashboard.needs import needs
from frontdesk_web.dashboard.product_form import PriceForm, ProductForm
from frontdesk_web.dashboard.product_pictures import images_with
from frontdesk_web.dashboard.visit import StaffVisit
from frontdesk_web.formatting import money
from frontdesk_web.headers import let_be_framed
from frontdesk_web.line_words import describe, describe_amount, describe_period, describe_unit
from frontdesk_web.messages import translate, translate_plural
from frontdesk_web.portal.frames import portal_frame
from frontdesk_web.portal.plan_views import PlanChoice, plan_price
from frontdesk_web.portal.views import Line, Total
from frontdesk_web.price_words import many, period_words, price_sentence
from frontdesk_web.product_images import own_path, parts_of
from frontdesk_web.site import Site
from frontdesk_web.uploads import BODY_BYTES, read_upload

SEVERAL = 5
"""Units on the sample invoice of what is sold by the unit."""
MANY = 12
"""The same, of what is sold in tiers."""
SHOWN_CHARACTERS = 600


class ProductPreviewPage(Struct, frozen=True, kw_only=True):
    """The card (None for what is paid once: only plans are chosen in the portal), what a quantity costs, and the
    invoice's line."""

    template: ClassVar[str] = "dashboard/product_preview.html"
    plan: PlanChoice | None
    lines: tuple[Line, ...]
    totals: tuple[Total, ...]
    costs: str = ""
    further: tuple[str, ...] = ()
    """What it is in further currencies."""


@get("/dashboard/{portal:str}/products/new/preview", **needs(Right.SEE))
async def new_product_preview(
    request: AnyRequest, visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[bytes]:
    """A product that is not there yet."""
    return _answer(request, site, visit, *_sample(site, visit, ProductForm(), PriceForm()))


@post(
    "/dashboard/{portal:str}/products/new/preview",
    status_code=200,
    request_max_body_size=BODY_BYTES,
    **needs(Right.SEE, while_suspended=True),
)
async def typed_product_preview(
    request: AnyRequest, visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[bytes]:
    """A product as it was typed so far. Nothing is saved, and a file is not looked at."""
    posted = await read_upload(request, {"image": 0})
    visit.refuse_forged(site, posted.fields)
    form, price = ProductForm.read(posted.fields), PriceForm.read(posted.fields)
    existing = await _existing(site, visit, form.id) if form.id else None
    if existing is not None and "amount" not in posted.fields:
        return _answer(request, site, visit, _sample(site, visit, form, price)[0], existing[1])
    if existing is not None and "name" not in posted.fields:
        made = _sample(site, visit, form, price)[1]
        return _answer(request, site, visit, existing[0], made, price.scheme.quantity)
    return _answer(request, site, visit, *_sample(site, visit, form, price), price.scheme.quantity)


@get("/dashboard/{portal:str}/products/{product:str}/preview", **needs(Right.SEE))
async def product_preview(
    request: AnyRequest, product: FromPath[str], visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[bytes]:
    """A product as it is, with its first price."""
    found = await _existing(site, visit, product)
    if found is None:
        raise NotFoundException
    return _answer(request, site, visit, *found)


async def _existing(site: Site, visit: StaffVisit, product: str) -> tuple[Product, Price | None] | None:
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        found = await read_product(connection, product)
    if found is None:
        return None
    return found.product, next((each.price for each in found.prices if each.price.active), None)


def _sample(site: Site, visit: StaffVisit, form: ProductForm, price: PriceForm) -> tuple[Product, Price | None]:
    """The product and the price that a form would make, whatever is still wrong with it."""
    picture = "" if form.remove_picture or not parts_of(form.picture)[0] else form.picture
    lines = [line.strip()[:SHOWN_CHARACTERS] for line in form.features.splitlines()[:20]]
    product = Product(
        id="prod_preview",
        name=form.name.strip()[:SHOWN_CHARACTERS] or translate(visit.locale, "Your product"),
        created=visit.now,
        updated=visit.now,
        description=form.description.strip()[:SHOWN_CHARACTERS] or None,
        unit_label=form.unit_label.strip()[:20] or None,
        marketing_features=tuple(MarketingFeature(line) for line in lines if line),
        images=images_with(site.config, visit.door, None, picture),
    )
    command, _faults = price.command("price_preview", product.id, visit.locale)
    if command is None:
        return product, None
    made = Price(
        id=command.id,
        product=product.id,
        currency=command.currency,
        unit_amount=None if command.unit_amount is None else min(command.unit_amount, Decimal(10**12)),
        created=visit.now,
        recurring=None if command.recurring is None else _bounded(command.recurring),
        billing_scheme=command.billing_scheme,
        tiers=command.tiers,
        tiers_mode=command.tiers_mode,
        transform_quantity=command.transform_quantity,
        currency_options=command.currency_options,
    )
    # Tiers that are still without an end, or out of order, have no price for every quantity.
    return product, None if made.tiers_mode is not None and any(price_faults(made)) else made


def _bounded(recurring: Recurring) -> Recurring:
    return replace(recurring, interval_count=max(1, min(recurring.interval_count, 999)))


def _answer(
    request: AnyRequest,
    site: Site,
    visit: StaffVisit,
    product: Product,
    price: Price | None,
    quantity: int | None = None,
) -> Response[bytes]:
    let_be_framed(request.scope)
    frame = replace(portal_frame(request, visit.side, None, visit.locale), preview=True)
    body = site.renderer.page(visit.locale, frame, _page(visit, product, price, quantity))
    return Response(body, media_type=MediaType.HTML)


def _page(visit: StaffVisit, product: Product, price: Price | None, asked: int | None) -> ProductPreviewPage:
    plan = None
    if price is None or price.recurring is not None:
        plan = PlanChoice(
            product=product.id,
            name=product.name,
            description=product.description or "",
            features=tuple(each.name for each in product.marketing_features),
            image_url=own_path(visit.door.public_id, product.images),
            prices=(plan_price(price, product.unit_label, visit.locale),),
            selected=True,
        )
    if price is None:
        return ProductPreviewPage(plan=plan, lines=(), totals=())
    line = _line(visit, product, price, asked or _usual_quantity(product, price))
    view = Line(
        description=describe(line, visit.locale),
        amount=describe_amount(line, visit.locale),
        period=describe_period(line, visit.locale),
        unit=describe_unit(line, visit.locale),
    )
    total = Total(
        label=translate(visit.locale, "Amount due"), amount=money(line.amount, line.currency, visit.locale), strong=True
    )
    return ProductPreviewPage(
        plan=plan,
        lines=(view,),
        totals=(total,),
        costs=_costs(line, price, visit.locale),
        further=tuple(
            price_sentence(in_currency(price, each), product.unit_label, visit.locale)
            for each in sorted(price.currency_options)
        ),
    )


def _usual_quantity(product: Product, price: Price) -> int:
    """A quantity that shows how the price counts."""
    if price.tiers:
        return MANY
    if price.transform_quantity is not None:
        return 2 * price.transform_quantity.divide_by + 1
    return SEVERAL if product.unit_label else 1


def _costs(line: BookLine, price: Price, locale: str) -> str:
    """`12 seats cost €70.00 per month.`"""
    total = f"{money(line.amount, line.currency, locale)} {period_words(price.recurring, locale)}"
    return translate_plural(
        locale,
        "{quantity} costs {total}.",
        "{quantity} cost {total}.",
        line.quantity,
        quantity=many(line.quantity, line.unit_label, locale),
        total=total,
    )


def _line(visit: StaffVisit, product: Product, price: Price, quantity: int) -> BookLine:
    """What the first invoice of somebody who buys this today would say."""
    start = whole_seconds(visit.now)
    return BookLine(
        id="line_preview",
        kind="charge",
        amount=amount_for(price, quantity, price.currency),
        currency=price.currency,
        quantity=quantity,
        start=start,
        end=start if price.recurring is None else boundary(start, price.recurring, 1),
        product_name=product.name,
        unit_label=product.unit_label,
        unit_amount=price.unit_amount,
        package=1 if price.transform_quantity is None else price.transform_quantity.divide_by,
        price=price.id,
    )


routes: Sequence[Any] = [new_product_preview, typed_product_preview, product_preview]
