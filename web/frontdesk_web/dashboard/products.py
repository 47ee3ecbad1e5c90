"""The list of what a side sells: found by words, a page at a time."""

from collections.abc import Sequence
from typing import Any, get_args
from urllib.parse import urlencode

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.response import Redirect
from msgspec.structs import replace

from frontdesk.roles import Right
from frontdesk_tenants.product_lists import (
    ListedProduct,
    ProductPage,
    Question,
    Show,
    find_directly,
    has_products,
    list_products,
)
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.dashboard.catalogue_words import counted
from frontdesk_web.dashboard.list_places import asked_page, written
from frontdesk_web.dashboard.needs import needs
from frontdesk_web.dashboard.pages import dashboard_page
from frontdesk_web.dashboard.product_views import ProductsPage
from frontdesk_web.dashboard.views import Cell, Column, Row, Tab, Table
from frontdesk_web.dashboard.visit import StaffVisit
from frontdesk_web.messages import _, translate, translate_plural
from frontdesk_web.portal.views import Badge
from frontdesk_web.price_words import price_sentence
from frontdesk_web.product_images import own_path
from frontdesk_web.site import Site

PLACE = "products"
WORDS_AT_MOST = 200
_TABS: dict[Show, str] = {"active": _("Active"), "archived": _("Archived"), "all": _("All")}


@get("/dashboard/{portal:str}/products", **needs(Right.SEE))
async def products(
    request: AnyRequest, visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[Any]:
    """The list. An id that somebody pastes leads straight to its product."""
    question = _question(request)
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        page = await list_products(connection, question)
        named = await find_directly(connection, question.words) if question.words else None
        empty = not page.found and not await has_products(connection)
    if named is not None and not page.found:
        return Redirect(visit.path(PLACE, named), status_code=303)
    return dashboard_page(request, site, visit, _view(visit, question, page, empty), place=PLACE)


def _question(request: AnyRequest) -> Question:
    asked = {name: request.query_params.getall(name, []) for name in ("q", "show")}
    given = {name: values[0] for name, values in asked.items() if len(values) == 1}
    show: Show = next((each for each in get_args(Show) if each == given.get("show")), "active")
    which = asked_page(request.query_params)
    return Question(
        words=given.get("q", "")[:WORDS_AT_MOST],
        show=show,
        older_than=which.older_than,
        newer_than=which.newer_than,
    )


def _view(visit: StaffVisit, question: Question, page: ProductPage, empty: bool) -> ProductsPage:
    base, locale = visit.path(PLACE), visit.locale

    def url(show: Show, **query: str) -> str:
        kept = {"show": show if show != "active" else "", "q": question.words, **query}
        filled = {name: value for name, value in kept.items() if value}
        return base + (f"?{urlencode(filled)}" if filled else "")

    view = ProductsPage(
        tabs=tuple(
            Tab(text=translate(locale, text), url=url(show), current=show == question.show)
            for show, text in _TABS.items()
        ),
        search_action=base,
        show="" if question.show == "active" else question.show,
        words=question.words,
        new_url=visit.path(PLACE, "new") if visit.may(Right.EDIT_CATALOGUE) else "",
        first=empty,
    )
    if not page.found:
        return replace(view, **_nothing(visit, question, empty))
    first, last = page.found[0].place, page.found[-1].place
    table = Table(
        caption=translate(locale, "Products"),
        columns=(
            Column(title=translate(locale, "Product")),
            Column(title=translate(locale, "Price")),
            Column(title=translate(locale, "Active subscriptions"), number=True, minor=True),
        ),
        rows=tuple(_row(visit, each) for each in page.found),
        newer_url=url(question.show, newer=written(first)) if page.newer else None,
        older_url=url(question.show, older=written(last)) if page.older else None,
    )
    return replace(view, table=table)


def _row(visit: StaffVisit, listed: ListedProduct) -> Row:
    product, locale = listed.product, visit.locale
    prices = [price_sentence(each, product.unit_label, locale) for each in listed.prices]
    more = listed.active_prices - 1
    archived = Badge(translate(locale, "Archived"), "neutral")
    return Row(
        url=visit.path(PLACE, product.id),
        cells=(
            Cell(
                text=product.name,
                badge=None if product.active else archived,
                picture=own_path(visit.door.public_id, product.images),
            ),
            Cell(
                text=prices[0] if prices else translate(locale, "No price yet"),
                detail=translate_plural(locale, "and {number} more", "and {number} more", more) if more > 0 else "",
            ),
            Cell(text=counted(listed.subscriptions, locale)),
        ),
    )


def _nothing(visit: StaffVisit, question: Question, empty: bool) -> dict[str, str]:
    """Why there is nothing to see, and the next step."""
    locale, may_edit = visit.locale, visit.may(Right.EDIT_CATALOGUE)
    if empty:
        return {
            "empty_title": translate(locale, "Add what you sell"),
            "empty_text": translate(
                locale,
                "A product is what your customers pay for: a plan, a membership, a course, an hour of work. Its price "
                "says how much and how often. Customers see both in your portal and on their invoices.",
            ),
            "empty_action": translate(locale, "Add your first product") if may_edit else "",
            "empty_url": visit.path(PLACE, "new") if may_edit else "",
        }
    if question.words:
        return {
            "empty_title": translate(locale, "Nothing found"),
            "empty_text": translate(
                locale,
                "No product has a name or an id with “{words}”. Look among all products, or try fewer words.",
                words=question.words,
            ),
            "empty_action": translate(locale, "Show all products"),
            "empty_url": f"{visit.path(PLACE)}?show=all",
        }
    if question.show == "archived":
        text = translate(
            locale,
            "Archive what you no longer sell. Who has it keeps it; nobody can newly choose it. You can undo that.",
        )
        return {"empty_title": translate(locale, "Nothing is archived"), "empty_text": text}
    return {
        "empty_title": translate(locale, "Nothing is sold now"),
        "empty_text": translate(locale, "All products are archived. Unarchive one, or add another."),
        "empty_action": translate(locale, "Show archived products"),
        "empty_url": f"{visit.path(PLACE)}?show=archived",
    }


routes: Sequence[Any] = [products]
