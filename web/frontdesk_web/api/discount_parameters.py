"""How discounts are asked for: a list of coupons, promotion codes and discounts that are kept; or, as older clients do,
one coupon or one promotion code."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from frontdesk.coupons import DiscountChoice
from frontdesk_web.api.errors import ApiError, exclusive_params
from frontdesk_web.api.parameters import Group, Many, Text

_FIRST = re.compile(r"^discounts\[0\]\[(\w+)\]$")
_NAMES = ("coupon", "discount", "promotion_code")
DISCOUNTS = Many(of=Group(of=dict.fromkeys(_NAMES, Text(maximum=255))), clears=True, maximum=20)
ONE: dict[str, Any] = dict.fromkeys(("coupon", "promotion_code"), Text(maximum=255, clears=True))


def as_named(given: Mapping[str, Any]) -> Callable[[str], str]:
    """What is known as `discounts[0][coupon]` is `coupon` in a request that is written as older clients do."""
    older = "discounts" not in given

    def rename(param: str) -> str:
        return _FIRST.sub(r"\1", param) if older else param

    return rename


def choices(given: Mapping[str, Any], at: str = "") -> tuple[DiscountChoice, ...] | None:
    """The discounts that a request asks for, in order; none where it takes them away, None where it says nothing.

    Raises:
        ApiError: it says so in two ways, or one entry names nothing or several things.
    """
    named = [name for name in ("discounts", "coupon", "promotion_code") if name in given]
    if len(named) > 1:
        raise exclusive_params(named[0], named[1])
    if not named:
        return None
    if named[0] != "discounts":
        value = given[named[0]]
        return () if value is None else (DiscountChoice(**{named[0]: value}),)
    param = f"{at}[discounts]" if at else "discounts"
    found = []
    for place, each in enumerate(given["discounts"]):
        if len(each) != 1:
            raise ApiError(
                "Each discount must have exactly one of `coupon`, `discount` and `promotion_code`.",
                param=f"{param}[{place}]",
            )
        found.append(DiscountChoice(**each))
    return tuple(found)
