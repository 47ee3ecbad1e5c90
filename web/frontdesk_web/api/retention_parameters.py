"""`frontdesk[retention]` of a portal configuration: offers to stay, as a program writes them.

`before` and `after` are lists of rules, replaced as a whole. A rule is written
`[offer][type]=coupon`, `[offer][coupon]=…` (or `pause` with `[offer][months]`, or `plan` with `[offer][price]`), and
whom it is for: `[products][]`, `[from_months]`, `[to_months]`, `[reasons][]`.
"""

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from frontdesk.retention import OfferRule, RetentionSettings, StayOffer
from frontdesk_web.api.parameters import Choice, Flag, Group, Many, Required, Text, Whole

_OFFER = Group(
    of={
        "coupon": Text(maximum=255),
        "months": Whole(minimum=1),
        "price": Text(maximum=255),
        "type": Required(Choice(of=("coupon", "pause", "plan"))),
    }
)
_RULE = Group(
    of={
        "from_months": Whole(),
        "offer": Required(_OFFER),
        "products": Many(of=Text(maximum=255), clears=True),
        "reasons": Many(of=Text(maximum=255), clears=True),
        "to_months": Whole(clears=True),
    }
)
RETENTION: Mapping[str, Any] = {
    "after": Many(of=_RULE, clears=True),
    "again_after_months": Whole(),
    "before": Many(of=_RULE, clears=True),
    "enabled": Flag(),
}


def changed_retention(stored: RetentionSettings, given: Mapping[str, Any]) -> RetentionSettings:
    """The offers after a request."""
    rules = {name: tuple(map(_rule, given[name] or ())) for name in ("before", "after") if name in given}
    plain = {name: given[name] for name in ("enabled", "again_after_months") if name in given}
    return replace(stored, **plain, **rules)


def _rule(given: Mapping[str, Any]) -> OfferRule:
    return OfferRule(
        offer=StayOffer(**given["offer"]),
        products=tuple(given.get("products") or ()),
        from_months=given.get("from_months") or 0,
        to_months=given.get("to_months"),
        reasons=tuple(given.get("reasons") or ()),
    )
