"""The list of customers as a table, and what it says where there is nothing to show."""

from typing import ClassVar
from urllib.parse import urlencode

from msgspec import Struct

from frontdesk_tenants.customer_search import FoundCustomer, FoundPage, Owed, Plan, Show
from frontdesk_web.dashboard.views import Cell, Column, Row, Tab, Table
from frontdesk_web.formatting import date_short, money, number
from frontdesk_web.messages import _, translate, translate_plural
from frontdesk_web.portal.subscription_cards import badge_of
from frontdesk_web.portal.views import Badge

SHOWN: dict[Show, str] = {
    "all": _("All"),
    "active": _("With a plan"),
    "without": _("Without a plan"),
    "open": _("Open invoices"),
    "late": _("Late invoices"),
    "closed": _("Closed"),
}


class Emptiness(Struct, frozen=True, kw_only=True):
    """What stands in the place of an empty table."""

    title: str
    text: str
    action_text: str = ""
    action_url: str = ""


class CustomersPage(Struct, frozen=True, kw_only=True):
    """The list. `table` is None where there is nothing, `nothing` then says so. `new_url` is None for who may not."""

    template: ClassVar[str] = "dashboard/customers/list.html"
    action: str
    asked: str
    tabs: tuple[Tab, ...]
    table: Table | None
    nothing: Emptiness | None
    new_url: str | None
    no_code_url: str


def customers_page(
    page: FoundPage,
    locale: str,
    *,
    base: str,
    asked: str,
    show: Show,
    may_create: bool,
    older: str | None,
    newer: str | None,
) -> CustomersPage:
    """The page. `base` is the list's path, `older` and `newer` name the places of the pages around this one."""
    new_url = f"{base}/new" if may_create else None
    return CustomersPage(
        action=base,
        asked=asked,
        tabs=tuple(
            Tab(text=translate(locale, text), url=_address(base, asked, each), current=each == show)
            for each, text in SHOWN.items()
        ),
        table=_table(page, locale, base, asked, show, older, newer) if page.found else None,
        nothing=None if page.found else _nothing(locale, base, asked, show, new_url),
        new_url=new_url,
        no_code_url=f"{base}/no-code",
    )


def _address(base: str, asked: str, show: Show, **place: str) -> str:
    query = ({"q": asked} if asked else {}) | ({"show": show} if show != "all" else {}) | place
    return base + (f"?{urlencode(query)}" if query else "")


def _table(
    page: FoundPage, locale: str, base: str, asked: str, show: Show, older: str | None, newer: str | None
) -> Table:
    return Table(
        caption=translate(locale, "Customers"),
        columns=(
            Column(title=translate(locale, "Customer")),
            Column(title=translate(locale, "Plan"), minor=True),
            Column(title=translate(locale, "Open amount"), number=True),
            Column(title=translate(locale, "Created"), number=True, minor=True),
        ),
        rows=tuple(_row(each, locale, base) for each in page.found),
        newer_url=None if newer is None else _address(base, asked, show, newer=newer),
        older_url=None if older is None else _address(base, asked, show, older=older),
    )


def _row(found: FoundCustomer, locale: str, base: str) -> Row:
    customer = found.customer
    name = customer.name or customer.email or customer.id
    return Row(
        url=f"{base}/{customer.id}",
        cells=(
            Cell(
                text=name,
                detail=customer.email if customer.email and customer.name else "",
                badge=Badge(translate(locale, "Closed")) if customer.deleted else None,
            ),
            _plans(found.plans, locale),
            _owed(found.owed, locale),
            Cell(text=date_short(customer.created, locale)),
        ),
    )


def _plans(plans: tuple[Plan, ...], locale: str) -> Cell:
    if not plans:
        return Cell(text="–")
    first = plans[0]
    names = " + ".join(
        name if quantity == 1 else f"{number(quantity, locale)} × {name}" for name, quantity in first.products
    )
    more = len(plans) - 1
    return Cell(
        text=names,
        badge=badge_of(first.status, first.ends, locale),
        detail=translate_plural(locale, "and {number} more plan", "and {number} more plans", more) if more else "",
    )


def _owed(owed: tuple[Owed, ...], locale: str) -> Cell:
    if not owed:
        return Cell(text="–")
    late = sum(each.late for each in owed)
    return Cell(
        text=" + ".join(money(each.amount, each.currency, locale) for each in owed),
        detail=translate_plural(locale, "{number} late", "{number} late", late) if late else "",
    )


def _nothing(locale: str, base: str, asked: str, show: Show, new_url: str | None) -> Emptiness:
    if asked:
        way = (translate(locale, "No code came?"), f"{base}/no-code?{urlencode({'q': asked})}")
        if "@" not in asked:
            way = (translate(locale, "Show all customers"), base)
        return Emptiness(
            title=translate(locale, "Nothing matches “{words}”", words=asked),
            text=translate(
                locale,
                "Every word must begin a word of the customer's name, address, id, metadata or invoice numbers."
                " Try fewer letters.",
            ),
            action_text=way[0],
            action_url=way[1],
        )
    if show != "all":
        return Emptiness(
            title=translate(locale, "Nobody here"),
            text=translate(locale, "No customer is in this list at the moment."),
            action_text=translate(locale, "Show all customers"),
            action_url=base,
        )
    return Emptiness(
        title=translate(locale, "No customers yet"),
        text=translate(
            locale,
            "Create your first customer here: a name and an e-mail address are enough, and they can sign in."
            " Your program can create them too, with the API: POST /v1/customers.",
        ),
        action_text=translate(locale, "Create customer") if new_url else "",
        action_url=new_url or "",
    )
