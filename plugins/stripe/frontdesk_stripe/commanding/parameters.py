"""What commands say, as Stripe's parameters. An empty word clears a field; what is left out stays as it is."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from msgspec import UNSET, UnsetType

from frontdesk.book import Address, MetadataChange, Terms
from frontdesk.commands import NewItem
from frontdesk.coupons import DiscountChoice, folded_code
from frontdesk.discount_refusals import code_unknown
from frontdesk.errors import Refused
from frontdesk.pricing import is_metered

Params = dict[str, Any]


def unix(instant: datetime) -> int:
    """Whole seconds since 1970."""
    return int(instant.timestamp())


def given(**fields: Any) -> Params:
    """The fields that are said: None clears one, UNSET leaves it as it is."""
    return {name: "" if value is None else value for name, value in fields.items() if value is not UNSET}


def said(**fields: Any) -> Params:
    """The fields that have a value."""
    return {name: value for name, value in fields.items() if value is not None and value != () and value != {}}


def address(of: Address | None) -> Params | str:
    """All six parts, so that what the customer emptied is emptied there."""
    if of is None:
        return ""
    return {name: getattr(of, name) or "" for name in of.__struct_fields__}


def metadata(changed: MetadataChange | UnsetType) -> Params:
    """Keys with their new values; an empty one deletes its key."""
    if changed is UNSET:
        return {}
    return {key: "" if value is None else value for key, value in changed.items()}


def discounts(chosen: Iterable[DiscountChoice], terms: Terms) -> list[Params]:
    """Discounts as they are chosen. Raises Refused for a code that the terms do not know."""
    return [discount(each, terms, f"discounts[{place}]") for place, each in enumerate(chosen)]


def discount(chosen: DiscountChoice, terms: Terms, at: str = "discounts[0]") -> Params:
    """One of them. `at` is what a refusal names."""
    if chosen.discount is not None:
        return {"discount": chosen.discount}
    if chosen.code is None:
        return said(coupon=chosen.coupon, promotion_code=chosen.promotion_code)
    folded = folded_code(chosen.code)
    found = next((each for each in terms.promotion_codes.values() if folded_code(each.code) == folded), None)
    if found is None:
        raise Refused(code_unknown(chosen.code, f"{at}[promotion_code]"))
    return {"promotion_code": found.id}


def new_item(item: NewItem, terms: Terms) -> Params:
    """An item that a subscription begins with. What is billed by use has no quantity."""
    price = terms.prices.get(item.price)
    metered = price is not None and is_metered(price)
    return {
        "price": item.price,
        **({} if metered else {"quantity": item.quantity}),
        **said(
            discounts=discounts(item.discounts, terms), tax_rates=list(item.tax_rates), metadata=dict(item.metadata)
        ),
    }


def details(reason: str | None, comment: str | None, option: str | None) -> Params:
    """Why somebody cancels. An answer of the tenant's own is one of Stripe's "other" reasons."""
    feedback = reason or ("other" if option is not None else None)
    return said(feedback=feedback, comment=comment)
