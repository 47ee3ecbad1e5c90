"""`flow_data` and `after_expiration` of portal sessions, as Stripe's clients write them (portal_spec.md §B.2, B.3)."""

from datetime import datetime
from typing import Any

from frontdesk.commands import ItemChange
from frontdesk.coupons import DiscountChoice
from frontdesk.flows import AFTER_TYPES, FLOW_TYPES, MESSAGE_LENGTH, AfterCompletion, Flow, Recovery
from frontdesk.portal_configuration_rules import is_web_address
from frontdesk.retention import StayOffer
from frontdesk_web.api.errors import ApiError, missing_param, unknown_params
from frontdesk_web.api.parameters import Choice, Group, Instant, Many, Required, Text, Whole

_ID = Text(maximum=255)
_SUBSCRIPTION = Group(of={"subscription": Required(_ID)})
_RETENTION = Group(
    of={
        "coupon_offer": Required(Group(of={"coupon": Required(_ID)})),
        "type": Required(Choice(of=("coupon_offer",))),
    }
)
_ITEM = Group(of={"id": Required(_ID), "price": _ID, "quantity": Whole()})
_DISCOUNT = Group(of={"coupon": _ID, "promotion_code": _ID})
_SUBJECTS: dict[str, Any] = {
    "subscription_cancel": Group(of={"retention": _RETENTION, "subscription": Required(_ID)}),
    "subscription_pause": _SUBSCRIPTION,
    "subscription_update": _SUBSCRIPTION,
    "subscription_update_confirm": Group(
        of={"discounts": Many(of=_DISCOUNT), "items": Required(Many(of=_ITEM)), "subscription": Required(_ID)}
    ),
}
"""What belongs to one type of flow alone, under its name. The other types need nothing."""
FLOW_DATA = Group(
    of={
        "after_completion": Group(
            of={
                "hosted_confirmation": Group(of={"custom_message": Text(maximum=MESSAGE_LENGTH)}),
                "redirect": Group(of={"return_url": Required(Text())}),
                "type": Required(Choice(of=AFTER_TYPES)),
            }
        ),
        **_SUBJECTS,
        "type": Required(Choice(of=FLOW_TYPES)),
    }
)
AFTER_EXPIRATION = Group(
    of={"customer_login": Group(of={"expires_at": Instant()}), "type": Required(Choice(of=("customer_login",)))}
)


def asked_flow(given: dict[str, Any] | None) -> Flow | None:
    """The flow that a request asks for. Whether its customer can go through it is not decided here.

    Raises:
        ApiError: something that the type needs is missing, or something is given that belongs to another.
    """
    if given is None:
        return None
    type_ = given["type"]
    foreign = [f"flow_data[{name}]" for name in _SUBJECTS if name in given and name != type_]
    if foreign:
        raise unknown_params(foreign)
    if type_ in _SUBJECTS and type_ not in given:
        raise missing_param(f"flow_data[{type_}]")
    subject = given.get(type_, {})
    confirms = type_ == "subscription_update_confirm"
    retention = subject.get("retention")
    return Flow(
        type=type_,
        after=_after(given.get("after_completion")),
        subscription=subject.get("subscription"),
        retention=None if retention is None else StayOffer(type="coupon", coupon=retention["coupon_offer"]["coupon"]),
        item=_item(subject["items"]) if confirms else None,
        discounts=_discounts(subject.get("discounts", ())) if confirms else (),
    )


def asked_recovery(given: dict[str, Any] | None, now: datetime) -> Recovery | None:
    """How a session may be begun again once it is over. Raises ApiError for a time that has passed."""
    if given is None:
        return None
    until = given.get("customer_login", {}).get("expires_at")
    if until is not None and until <= now:
        raise ApiError("`expires_at` must be in the future.", param="after_expiration[customer_login][expires_at]")
    return Recovery(until=until)


def _after(given: dict[str, Any] | None) -> AfterCompletion:
    if given is None:
        return AfterCompletion()
    at, type_ = "flow_data[after_completion]", given["type"]
    foreign = [f"{at}[{name}]" for name in ("hosted_confirmation", "redirect") if name in given and name != type_]
    if foreign:
        raise unknown_params(foreign)
    if type_ == "redirect" and "redirect" not in given:
        raise missing_param(f"{at}[redirect]")
    url = given.get("redirect", {}).get("return_url")
    if url is not None and not is_web_address(url):
        raise ApiError("Not a valid URL", code="url_invalid", param=f"{at}[redirect][return_url]")
    message = given.get("hosted_confirmation", {}).get("custom_message")
    return AfterCompletion(type=type_, custom_message=message, return_url=url)


def _item(given: tuple[dict[str, Any], ...]) -> ItemChange:
    if len(given) != 1:
        raise ApiError(
            "Exactly one item must be given: subscriptions with multiple items are not updatable.",
            param="flow_data[subscription_update_confirm][items]",
        )
    return ItemChange(id=given[0]["id"], price=given[0].get("price"), quantity=given[0].get("quantity"))


def _discounts(given: tuple[dict[str, Any], ...]) -> tuple[DiscountChoice, ...]:
    at = "flow_data[subscription_update_confirm][discounts]"
    if len(given) > 1:
        raise ApiError("At most one discount can be given.", param=at)
    if any(len(each) != 1 for each in given):
        raise ApiError("A discount must have exactly one of `coupon` and `promotion_code`.", param=f"{at}[0]")
    return tuple(DiscountChoice(**each) for each in given)
