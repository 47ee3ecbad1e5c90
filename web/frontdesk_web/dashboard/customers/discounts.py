"""A customer's discounts: those there are, giving another by coupon, and taking one away."""

from typing import Any, ClassVar

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from msgspec import Struct

from frontdesk import giving_discounts
from frontdesk.book import Account, Terms
from frontdesk.coupons import Coupon, Discount, DiscountChoice
from frontdesk.roles import Right
from frontdesk_tenants import listings
from frontdesk_tenants.paging import Cursor
from frontdesk_web.any_request import AnyRequest
from frontdesk_web.dashboard.coupon_words import coupon_terms, coupon_title
from frontdesk_web.dashboard.customers.acting import posted
from frontdesk_web.dashboard.customers.places import (
    CUSTOMER,
    PLACE,
    customers_path,
    open_customer,
    read_open_customer,
    to_customer,
)
from frontdesk_web.dashboard.needs import needs
from frontdesk_web.dashboard.pages import dashboard_page
from frontdesk_web.dashboard.visit import StaffVisit
from frontdesk_web.discount_words import held_phrase
from frontdesk_web.messages import translate
from frontdesk_web.portal.answers import known_id
from frontdesk_web.portal.subscription_cards import subscription_name
from frontdesk_web.portal.views import Option
from frontdesk_web.site import Site

COUPONS_SHOWN = 100
WHOLE = "customer"
"""What stands in forms in the place of a subscription for the customer's own discount."""


class HeldDiscount(Struct, frozen=True, kw_only=True):
    """A discount that is there: what it takes off, of what, and what a form posts to take it away."""

    name: str
    phrase: str
    of: str
    holder: str
    discount: str


class DiscountsPage(Struct, frozen=True, kw_only=True):
    """The discounts, and a form that posts `coupon` and `to`. No `coupons`: there is none that could be given."""

    template: ClassVar[str] = "dashboard/customers/discounts.html"
    csrf: str
    name: str
    back_url: str
    action: str
    remove_action: str
    coupons_url: str
    held: tuple[HeldDiscount, ...]
    coupons: tuple[Option, ...]
    holders: tuple[Option, ...]


@get(f"{CUSTOMER}/discounts", **needs(Right.BILL_CUSTOMERS))
async def show_discounts(
    request: AnyRequest, customer: FromPath[str], visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[bytes]:
    """What there is, and what can be given."""
    async with site.tenancy.database.side(visit.door.tenant_id) as connection:
        found = await read_open_customer(connection, customer)
        coupons = await listings.coupons(connection, Cursor(limit=COUPONS_SHOWN))
    async with visit.desk(site, found.id) as desk:
        account, terms = desk.account, desk.terms
    path, locale = customers_path(visit, found.id), visit.locale
    page = DiscountsPage(
        csrf=visit.csrf,
        name=found.name or found.email or translate(locale, "Without a name"),
        back_url=path,
        action=f"{path}/discounts",
        remove_action=f"{path}/discounts/remove",
        coupons_url=visit.path("coupons"),
        held=_held(account, terms, locale),
        coupons=tuple(coupon_option(each, locale) for each in coupons.items if each.valid(visit.now)),
        holders=(
            *(Option(value=each.id, text=subscription_name(each, terms)) for each in account.subscriptions),
            Option(value=WHOLE, text=translate(locale, "All plans without a discount of their own")),
        ),
    )
    return dashboard_page(request, site, visit, page, place=PLACE)


@post(f"{CUSTOMER}/discounts", **needs(Right.BILL_CUSTOMERS))
async def give_discount(
    request: AnyRequest, customer: FromPath[str], visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[Any]:
    """Give a coupon to the customer or to one plan, beside the discounts that the plan has."""
    form = await posted(request, site, visit)
    found = await open_customer(site, visit, customer)
    choice, to = DiscountChoice(coupon=known_id(form.get("coupon", ""))), form.get("to", WHOLE)
    async with visit.desk(site, found.id) as desk:
        if to == WHOLE:
            await giving_discounts.of_customer(desk, choice)
        else:
            kept = _kept(_discounts_of(desk.account, to))
            await giving_discounts.of_subscription(desk, known_id(to), (*kept, choice))
    return to_customer(visit, found.id, "discounted")


@post(f"{CUSTOMER}/discounts/remove", **needs(Right.BILL_CUSTOMERS))
async def remove_discount(
    request: AnyRequest, customer: FromPath[str], visit: NamedDependency[StaffVisit], site: NamedDependency[Site]
) -> Response[Any]:
    """Take a discount away. Invoices that had it stay as they are."""
    form = await posted(request, site, visit)
    found = await open_customer(site, visit, customer)
    gone, of = form.get("discount", ""), form.get("of", WHOLE)
    async with visit.desk(site, found.id) as desk:
        if of == WHOLE:
            await giving_discounts.of_customer(desk, None)
        else:
            left = tuple(each for each in _discounts_of(desk.account, of) if each.id != gone)
            await giving_discounts.of_subscription(desk, known_id(of), _kept(left))
    return to_customer(visit, found.id, "undiscounted")


def _discounts_of(account: Account, subscription: str) -> tuple[Discount, ...]:
    found = account.subscription(known_id(subscription))
    if found is None:
        raise NotFoundException
    return found.discounts


def _kept(discounts: tuple[Discount, ...]) -> tuple[DiscountChoice, ...]:
    return tuple(DiscountChoice(discount=each.id) for each in discounts)


def _held(account: Account, terms: Terms, locale: str) -> tuple[HeldDiscount, ...]:
    own = account.customer.discount
    currency = account.customer.currency or terms.settings.currency
    held = [
        HeldDiscount(
            name=discount.name or discount.code or "",
            phrase=held_phrase(discount, each.currency, locale),
            of=subscription_name(each, terms),
            holder=each.id,
            discount=discount.id,
        )
        for each in account.subscriptions
        for discount in each.discounts
    ]
    if own is not None:
        held.append(
            HeldDiscount(
                name=own.name or own.code or "",
                phrase=held_phrase(own, currency, locale),
                of=translate(locale, "All plans without a discount of their own"),
                holder=WHOLE,
                discount=own.id,
            )
        )
    return tuple(held)


def coupon_option(coupon: Coupon, locale: str) -> Option:
    """A coupon in a list to choose from, with what it takes off."""
    terms = coupon_terms(coupon, locale)
    title = coupon_title(coupon, locale)
    return Option(value=coupon.id, text=terms if title == terms else f"{title}: {terms}")


routes = [show_discounts, give_discount, remove_discount]
