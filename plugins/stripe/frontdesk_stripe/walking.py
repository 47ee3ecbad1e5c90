"""Walks through what an account has: its catalogue, a kind after the other, and its customers."""

from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct

from frontdesk.addresses import fold
from frontdesk.changes import Changes
from frontdesk.errors import Misconfigured, Refused
from frontdesk.mirroring import CustomerPage, Page, Subject
from frontdesk_stripe.connection import PAGE, Connection, Params, Shown, path
from frontdesk_stripe.reading.catalogue import PRICE_EXPANSIONS, read_price, read_product
from frontdesk_stripe.reading.discounts import COUPON_EXPANSIONS, read_coupon, read_promotion_code
from frontdesk_stripe.reading.tax_rates import read_tax_rate
from frontdesk_stripe.reading.wire import version_at
from frontdesk_stripe.refreshing import expanded, read_all


class Kind(Struct, frozen=True):
    """One kind of things that are sold: where they are listed, what is asked for with them, and how they are read."""

    part: str
    read: Callable[[Mapping[str, Any], int], Any]
    changes: Callable[[tuple[Any, ...]], Changes]
    expansions: tuple[str, ...] = ()


KINDS: Mapping[str, Kind] = {
    "tax_rate": Kind("tax_rates", read_tax_rate, lambda found: Changes(tax_rates=found)),
    "coupon": Kind("coupons", read_coupon, lambda found: Changes(coupons=found), COUPON_EXPANSIONS),
    "product": Kind("products", read_product, lambda found: Changes(products=found)),
    "price": Kind("prices", read_price, lambda found: Changes(prices=found), PRICE_EXPANSIONS),
    "promotion_code": Kind("promotion_codes", read_promotion_code, lambda found: Changes(promotion_codes=found)),
}
"""In an order in which each needs only what came before."""


async def page_of_catalogue(stripe: Connection, after: str | None) -> Page:
    """See `BillingBackend.page_of_catalogue`. `after` is a kind, and an id of that kind: `price:price_1`."""
    name, _, last = (after or next(iter(KINDS))).partition(":")
    kind = KINDS[name]
    asked: dict[str, Any] = {"limit": PAGE, **expanded(*kind.expansions, inside="data.")}
    version = version_at(stripe.now())
    page = await stripe.get(path(kind.part), {**asked, "starting_after": last} if last else asked)
    data: list[Shown] = page["data"]
    changes = kind.changes(read_all(data, lambda each: kind.read(each, version)))
    if page["has_more"] and data:
        return Page(changes=changes, after=f"{name}:{data[-1]['id']}")
    names = list(KINDS)
    following = names[names.index(name) + 1 :]
    return Page(changes=changes, after=following[0] if following else None)


async def page_of_customers(stripe: Connection, after: str | None) -> CustomerPage:
    """See `BillingBackend.page_of_customers`."""
    asked = {"limit": PAGE} if after is None else {"limit": PAGE, "starting_after": after}
    page = await stripe.get("/v1/customers", asked)
    ids = tuple(each["id"] for each in page["data"])
    return CustomerPage(customers=ids, after=ids[-1] if page["has_more"] and ids else None)


async def customers_with_address(stripe: Connection, address: str) -> tuple[str, ...]:
    """See `BillingBackend.customers_with_address`.

    Stripe's list compares addresses letter by letter, so it is asked for the address as it was typed and in small
    letters. Its search minds no case, but is a minute late, and is not there for every account.
    """
    found: dict[str, Shown] = {}
    for spelling in dict.fromkeys((address, address.lower())):
        for each in await stripe.all("/v1/customers", {"email": spelling}):
            found[each["id"]] = each
    for each in await _searched(stripe, address):
        found[each["id"]] = each
    same = [id for id, each in found.items() if fold(each.get("email") or "") == fold(address)]
    return tuple(sorted(same))


async def _searched(stripe: Connection, address: str) -> list[Shown]:
    quoted = address.replace("\\", "\\\\").replace('"', '\\"')
    try:
        page = await stripe.get("/v1/customers/search", {"query": f'email:"{quoted}"', "limit": PAGE})
    except (Refused, Misconfigured):
        return []
    data: list[Shown] = page["data"]
    return data


async def refresh_catalogue(stripe: Connection, subject: Subject) -> Changes:
    """See `BillingBackend.refresh_catalogue`. A price comes with its product, and a code with its coupon."""
    kind = KINDS.get(subject.kind)
    if kind is None:
        return Changes()
    version = version_at(stripe.now())
    given = await stripe.found(path(kind.part, subject.id), _with(kind))
    if given is None:
        return Changes()
    changes = kind.changes((kind.read(given, version),))
    need = needed(subject.kind, given)
    return changes if need is None else (await refresh_catalogue(stripe, need)).then(changes)


def needed(kind: str, given: Shown) -> Subject | None:
    """What a thing that is sold cannot be without."""
    if kind == "price":
        return Subject("product", _named(given["product"]))
    if kind == "promotion_code":
        coupon = (given.get("promotion") or given).get("coupon")
        return None if coupon is None else Subject("coupon", _named(coupon))
    return None


def _named(given: str | Shown) -> str:
    return given if isinstance(given, str) else str(given["id"])


def _with(kind: Kind) -> Params:
    return expanded(*kind.expansions) if kind.expansions else {}
