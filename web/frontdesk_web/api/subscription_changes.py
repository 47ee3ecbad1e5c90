"""What an update of a subscription means: Stripe's one request is several of our commands, carried out together."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from msgspec import UNSET

from frontdesk.acts import allow
from frontdesk.book import ENDED, CancellationDetails, Subscription
from frontdesk.commands import (
    AccountCommand,
    CancelSubscription,
    ChangeDiscounts,
    ChangePayment,
    ChangePlan,
    DescribeSubscription,
    ExplainCancellation,
    ItemChange,
    KeepSubscription,
)
from frontdesk.payment_method_commands import SetDefaultPaymentMethod
from frontdesk.possibilities import is_set_to_cancel
from frontdesk.pricing import is_metered
from frontdesk_tenants import listings
from frontdesk_tenants.local_desk import LocalDesk
from frontdesk_tenants.remote_desk import RemoteDesk
from frontdesk_web.api.automatic_taxes import AUTOMATIC_TAX, wanted
from frontdesk_web.api.calls import Call, metadata_change
from frontdesk_web.api.discount_parameters import DISCOUNTS, ONE, choices
from frontdesk_web.api.errors import ApiError, missing_param, no_such, no_such_named
from frontdesk_web.api.inline_prices import PRICE_DATA, InlinePrices
from frontdesk_web.api.parameters import Absent, Choice, Flag, Group, Instant, Many, Metadata, Text, Whole
from frontdesk_web.api.subscription_times import TRIAL, ending_at, trial_commands, without_method
from frontdesk_web.api.tax_rates import TAX_RATES

COLLECTION_METHODS = ("charge_automatically", "send_invoice")
CREATE_BEHAVIORS = Choice(of=("always_invoice", "create_prorations", "none"))
QUANTITY = Whole(maximum=999_999_999)
FEEDBACK = (
    "customer_service",
    "low_quality",
    "missing_features",
    "other",
    "switched_service",
    "too_complex",
    "too_expensive",
    "unused",
)
CANCELLATION = Group(
    of={
        "comment": Text(clears=True),
        "feedback": Choice(of=FEEDBACK, clears=True),
        "feedback_option": Text(maximum=255),
    },
    clears=True,
)
PERIOD_ENDS = ("min_period_end", "max_period_end")
"""All items of a subscription share their period, so both mean its end."""
OF_ENDED = frozenset({"metadata", "cancellation_details"})
"""What can still be said of a subscription that has ended (Stripe's rule)."""
CLOCK_SKEW = timedelta(minutes=1)
"""How far a caller's clock may be ahead of ours."""

_SOURCES = Absent(what="Sources are", instead="Name a payment method in `default_payment_method`.")
_PAYMENT_SETTINGS = Group(
    of={
        "payment_method_options": Absent(what="Options of payment methods are"),
        "payment_method_types": Many(of=Choice(of=("card",)), clears=True),
        "save_default_payment_method": Choice(of=("off", "on_subscription")),
    }
)
"""Cards are all that is charged, so naming them changes nothing."""
ITEM_EXTRAS: dict[str, Any] = {
    "billing_thresholds": Absent(what="Billing thresholds are"),
    "discounts": DISCOUNTS,
    "price_data": PRICE_DATA,
    "tax_rates": TAX_RATES,
}
NOT_YET: dict[str, Any] = {
    "add_invoice_items": Absent(what="Further items for the next invoice are"),
    "application_fee_percent": Absent(what="Application fees are"),
    "automatic_tax": AUTOMATIC_TAX,
    "billing_schedules": Absent(what="Billing schedules are"),
    "billing_thresholds": Absent(what="Billing thresholds are"),
    **ONE,
    "default_payment_method": Text(maximum=255, clears=True),
    "default_source": _SOURCES,
    "default_tax_rates": TAX_RATES,
    "discounts": DISCOUNTS,
    "invoice_settings": Absent(what="Invoice settings of single subscriptions are"),
    "on_behalf_of": Absent(what="Connected accounts are"),
    "payment_settings": _PAYMENT_SETTINGS,
    "pending_invoice_item_interval": Absent(what="Intervals for waiting invoice items are"),
    "transfer_data": Absent(what="Connected accounts are"),
}
TERMS: dict[str, Any] = {
    "days_until_due": Whole(maximum=730),
    "description": Text(maximum=500, clears=True),
    "metadata": Metadata(),
    "off_session": Flag(),
    # What becomes of a charge that fails; nothing is charged where invoices are sent.
    "payment_behavior": Choice(
        of=("allow_incomplete", "default_incomplete", "error_if_incomplete", "pending_if_incomplete")
    ),
}
_ITEM = Group(
    of=ITEM_EXTRAS
    | {
        "clear_usage": Flag(),
        "deleted": Flag(),
        "id": Text(maximum=255),
        "metadata": Metadata(),
        "plan": Text(maximum=255),
        "price": Text(maximum=255),
        "quantity": QUANTITY,
    }
)
CHANGES = Many(of=_ITEM, maximum=20)
UPDATE: dict[str, Any] = (
    NOT_YET
    | TERMS
    | {name: TRIAL[name] for name in ("trial_end", "trial_from_plan", "trial_settings")}
    | {
        "billing_cycle_anchor": Choice(of=("now", "unchanged")),
        "cancel_at": Instant(words=PERIOD_ENDS, clears=True),
        "cancel_at_period_end": Flag(),
        "cancellation_details": CANCELLATION,
        "collection_method": Choice(of=COLLECTION_METHODS),
        "items": CHANGES,
        "pause_collection": Absent(
            what="`pause_collection` is",
            instead="POST /v1/subscriptions/:id/pause lets a subscription rest, and /resume lets it go on: nothing is"
            " billed meanwhile.",
        ),
        "proration_behavior": CREATE_BEHAVIORS,
        "proration_date": Instant(),
    }
)


async def change(call: Call, stored: Subscription, given: Mapping[str, Any]) -> None:
    """Carry out what an update asks for, all or nothing.

    Raises:
        ApiError, Refused: something cannot be done; nothing was.
    """
    ended = stored.status in ENDED
    if ended and not set(given) <= OF_ENDED:
        raise ApiError("A canceled subscription can only update its cancellation_details and metadata.")
    if given.get("collection_method", stored.collection_method) != stored.collection_method:
        raise ApiError(
            "The collection method of a subscription cannot be changed: this one is collected by "
            f"`{stored.collection_method}`.",
            param="collection_method",
        )
    inline = InlinePrices(call)
    if "items" in given:
        given = {**given, "items": await inline.named(given["items"])}
    async with call.desk(stored.customer) as desk:
        present = stored if ended else desk.account.subscription(stored.id)
        if present is None:
            raise no_such("subscription", stored.id, None)
        await refuse_quantities(call, given.get("items", ()), {each.id: each.price for each in present.items})
        commands = list(_commands(given, present))
        if not commands:
            return
        at = _instant(given.get("proration_date"), present, desk.now)
        # What has ended leaves the account with each commit, so it is spoken of in one at a time.
        for some in [[each] for each in commands] if ended else [commands]:
            await _carry_out(desk, some, at)
    await inline.archive()


async def change_plan(call: Call, stored: Subscription, command: ChangePlan) -> None:
    """Carry out one change of plan, as of `proration_date` where that is given.

    Raises:
        ApiError, Refused: it cannot be done; nothing was.
    """
    async with call.desk(stored.customer) as desk:
        present = desk.account.subscription(stored.id)
        if present is None:
            raise no_such_named("subscription", stored.id, "subscription")
        at = _instant(call.given.get("proration_date"), present, desk.now)
        await _carry_out(desk, [command], at)


async def _carry_out(desk: LocalDesk | RemoteDesk, commands: list[AccountCommand], at: datetime | None) -> None:
    for command in commands:
        await desk.know(command)
        allow(desk, command)
    await desk.carry_out(*commands, at=at)


def _commands(given: Mapping[str, Any], present: Subscription) -> Iterator[AccountCommand]:
    """A cancellation is taken back first and given last, so that the plan is changed of a subscription that goes on."""
    ends, stays = ending(given)
    moves = ends and present.cancel_at not in (None, present.period_end)
    if (stays or moves) and is_set_to_cancel(present):
        yield KeepSubscription(present.id)
    described = DescribeSubscription(
        subscription=present.id,
        description=given.get("description", UNSET),
        days_until_due=given.get("days_until_due", UNSET),
        default_tax_rates=given.get("default_tax_rates", UNSET),
        automatic_tax=UNSET if (taxed := wanted(given)) is None else taxed,
        saves_method=saves_method(given, UNSET),
        without_method=without_method(given, UNSET),
        metadata=metadata_change(given, present.metadata) if "metadata" in given else UNSET,
    )
    if described != DescribeSubscription(subscription=present.id):
        yield described
    if "default_payment_method" in given:
        yield SetDefaultPaymentMethod(method=given["default_payment_method"], subscription=present.id)
    yield from trial_commands(given, present)
    discounts = choices(given)
    moves_anchor = given.get("billing_cycle_anchor") == "now"
    if given.get("items") or moves_anchor:
        yield ChangePlan(
            subscription=present.id,
            items=tuple(_item(each, place, present) for place, each in enumerate(given.get("items", ()))),
            discounts=UNSET if discounts is None else discounts,
            proration_behavior=given.get("proration_behavior", "create_prorations"),
            anchor="now" if moves_anchor else "unchanged",
            payment=change_payment(given, present),
            ends_trial=given.get("trial_end") == "now",
        )
    elif discounts is not None:
        yield ChangeDiscounts(subscription=present.id, discounts=discounts)
    why = given.get("cancellation_details") or {}
    if isinstance(given.get("cancel_at"), datetime):
        yield ending_at(present.id, given["cancel_at"], given, details=details_of(why))
    elif ends and (moves or not is_set_to_cancel(present)):
        flagged = given.get("cancel_at_period_end", False)
        yield CancelSubscription(subscription=present.id, details=details_of(why), flagged=flagged)
    elif why:
        yield ExplainCancellation(
            subscription=present.id,
            feedback=why.get("feedback"),
            comment=why.get("comment"),
            feedback_option=why.get("feedback_option"),
        )


def saves_method(given: Mapping[str, Any], otherwise: Any) -> Any:
    """Whether what pays for a subscription becomes its default, or what it is where nothing is said of it."""
    asked = given.get("payment_settings", {}).get("save_default_payment_method")
    return otherwise if asked is None else asked == "on_subscription"


_CAN_WAIT = frozenset(
    ("billing_cycle_anchor", "items", "off_session", "payment_behavior", "proration_behavior", "proration_date")
)
"""What of a change can wait for its payment (docs.stripe.com/billing/subscriptions/pending-updates-reference)."""


def change_payment(given: Mapping[str, Any], present: Subscription) -> ChangePayment:
    """What becomes of a change that cannot be charged. Raises ApiError where more is asked than can wait for that."""
    asked = given.get("payment_behavior", "allow_incomplete")
    if present.collection_method != "charge_automatically" or asked == "allow_incomplete":
        return "allow_incomplete"
    if asked == "error_if_incomplete":
        return "error_if_incomplete"
    if asked == "default_incomplete":
        raise ApiError(
            "Changes whose payment a program confirms (`default_incomplete`) are not available yet. Use"
            " `pending_if_incomplete`.",
            param="payment_behavior",
        )
    more = sorted(given.keys() - _CAN_WAIT)
    if more:
        raise ApiError(
            f"When `payment_behavior` is `pending_if_incomplete`, `{more[0]}` cannot be changed. You can pass:"
            f" {', '.join(sorted(_CAN_WAIT))}.",
            param=more[0],
        )
    return "pending_if_incomplete"


def ending(given: Mapping[str, Any]) -> tuple[bool, bool]:
    """Whether the subscription is to end with its period, and whether it is to go on."""
    cancel_at = given.get("cancel_at", UNSET)
    flag = given.get("cancel_at_period_end")
    if flag and isinstance(cancel_at, str | datetime):
        raise ApiError(
            "You may only specify one of these parameters: cancel_at, cancel_at_period_end.",
            code="parameters_exclusive",
            param="cancel_at",
        )
    return bool(flag) or isinstance(cancel_at, str), flag is False or cancel_at is None


async def refuse_quantities(
    call: Call, items: Sequence[Mapping[str, Any]], held: Mapping[str, str], *, alone: bool = False
) -> None:
    """What is billed by use has no quantity. `held` are the prices of the items that are there, by the items' ids.

    `alone` says that the request is about this one item.

    Raises:
        ApiError: a quantity was given for such an item.
    """
    named = {
        place: each.get("price") or each.get("plan") or held.get(each.get("id") or "", "")
        for place, each in enumerate(items)
        if "quantity" in each
    }
    if not named:
        return
    async with call.transaction() as connection:
        found = await listings.find_all(connection, "price", set(named.values()))
    for place, price in named.items():
        if price in found and is_metered(found[price]):
            where = "." if alone else f" from `items[{place}]`"
            raise ApiError(
                f"Quantity should not be specified where usage_type is `metered`. Remove quantity{where}",
                param=f"items[{place}][quantity]",
            )


def _item(given: Mapping[str, Any], place: int, present: Subscription) -> ItemChange:
    if "id" not in given and given.get("price", given.get("plan")) is None:
        raise missing_param(f"items[{place}][price]")
    discounts = choices(given, f"items[{place}]")
    item = next((each for each in present.items if each.id == given.get("id")), None)
    return ItemChange(
        id=given.get("id"),
        price=given.get("price") or given.get("plan"),
        quantity=given.get("quantity"),
        deleted=given.get("deleted", False),
        discounts=UNSET if discounts is None else discounts,
        tax_rates=given.get("tax_rates", UNSET),
        metadata=metadata_change(given, {} if item is None else item.metadata) if "metadata" in given else UNSET,
    )


def _instant(asked: datetime | None, present: Subscription, now: datetime) -> datetime | None:
    """When the change counts from: `proration_date`, if it lies in the present period and not in the future."""
    if asked is None:
        return None
    if not present.period_start <= asked < present.period_end:
        raise ApiError("Cannot specify a proration date outside of current subscription period", param="proration_date")
    if asked > now + CLOCK_SKEW:
        raise ApiError("A proration date cannot lie in the future.", param="proration_date")
    return min(asked, now)


def details_of(given: Mapping[str, Any]) -> CancellationDetails:
    """Why a subscription ends, in the caller's words."""
    return CancellationDetails(
        reason="cancellation_requested",
        feedback=given.get("feedback"),
        comment=given.get("comment"),
        feedback_option=given.get("feedback_option"),
    )


async def known_reason(call: Call) -> None:
    """Raises ApiError where the request gives a reason of the tenant's own that does not exist."""
    option = (call.given.get("cancellation_details") or {}).get("feedback_option")
    if option is not None:
        await call.stored("feedback option", option, "cancellation_details[feedback_option]")
