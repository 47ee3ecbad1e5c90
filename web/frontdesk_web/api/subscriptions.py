"""`/v1/subscriptions`: started, read, changed, cancelled. What an update means is read in `subscription_changes`."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from frontdesk import cancellations, subscriptions
from frontdesk.book import Subscription
from frontdesk.commands import CancelSubscription, CreateSubscription, FirstPayment, NewItem
from frontdesk.money import known_currency
from frontdesk_tenants import listings
from frontdesk_tenants.local_desk import LocalDesk
from frontdesk_tenants.remote_desk import RemoteDesk
from frontdesk_web.api.automatic_taxes import wanted
from frontdesk_web.api.calls import CREATED, CURSOR, Call, Endpoint, list_of, new_metadata, span
from frontdesk_web.api.customers import NAMES, must_be_named, named
from frontdesk_web.api.discount_parameters import as_named, choices
from frontdesk_web.api.errors import ApiError
from frontdesk_web.api.inline_prices import InlinePrices
from frontdesk_web.api.parameters import Absent, Choice, Flag, Group, Instant, Many, Metadata, Required, SpanOf, Text
from frontdesk_web.api.renamed_params import renamed_params
from frontdesk_web.api.subscription_changes import (
    CANCELLATION,
    COLLECTION_METHODS,
    CREATE_BEHAVIORS,
    ITEM_EXTRAS,
    NOT_YET,
    QUANTITY,
    TERMS,
    UPDATE,
    change,
    details_of,
    ending,
    known_reason,
    refuse_quantities,
    saves_method,
)
from frontdesk_web.api.subscription_pauses import PAUSE, RESUME, pause, resume
from frontdesk_web.api.subscription_times import BEGINNING, TRIAL, beginning, ending_at
from frontdesk_web.api.views import show_all, show_stored

_NEW_ITEM = Group(
    of=ITEM_EXTRAS
    | {"metadata": Metadata(), "plan": Text(maximum=255), "price": Text(maximum=255), "quantity": QUANTITY}
)
BILLING_MODE = Group(
    of={
        "flexible": Group(of={"proration_discounts": Absent(what="Itemized discounts are", harmless=("", "included"))}),
        "type": Required(Choice(of=("classic", "flexible"))),
    }
)
CREATE = (
    NAMES
    | NOT_YET
    | TERMS
    | TRIAL
    | BEGINNING
    | {
        "billing_mode": BILLING_MODE,
        "cancel_at": Instant(words=("min_period_end", "max_period_end")),
        "cancel_at_period_end": Flag(),
        "collection_method": Choice(of=COLLECTION_METHODS),
        "currency": Text(maximum=10),
        "items": Required(Many(of=_NEW_ITEM, maximum=20)),
        "proration_behavior": CREATE_BEHAVIORS,
    }
)
CANCEL = {"cancellation_details": CANCELLATION, "invoice_now": Flag(), "prorate": Flag()}
STATUSES = ("active", "canceled", "incomplete", "incomplete_expired", "past_due", "paused", "trialing", "unpaid")
LIST = (
    CURSOR
    | CREATED
    | NAMES
    | {
        "automatic_tax": Absent(what="Lists by automatic tax are"),
        "collection_method": Choice(of=COLLECTION_METHODS),
        "current_period_end": SpanOf(),
        "current_period_start": SpanOf(),
        "price": Text(maximum=255),
        "status": Choice(of=(*STATUSES, "all", "ended")),
        "test_clock": Text(maximum=255),
    }
)


async def create(call: Call) -> dict[str, Any]:
    """Start a subscription and bill its first period."""
    given = call.given
    customer = await must_be_named(call)
    inline = InlinePrices(call)
    command = await create_command(call, {**given, "items": await inline.named(given["items"])})
    with renamed_params(as_named(given)):
        async with call.desk(customer.id) as desk:
            before = {each.id for each in desk.account.subscriptions}
            changes = await subscriptions.create(desk, command)
            (created,) = (each.id for each in changes.subscriptions if each.id not in before)
            await set_end(desk, created, given)
    await inline.archive()
    return await show_stored(call, "subscription", created)


def first_payment(given: Mapping[str, Any]) -> FirstPayment:
    """What becomes of a first bill that cannot be charged. Raises ApiError for what is for updates alone."""
    asked: str = given.get("payment_behavior", "allow_incomplete")
    if asked == "pending_if_incomplete":
        raise ApiError(
            "`pending_if_incomplete` is for updates: use `default_incomplete` to wait for the first payment.",
            param="payment_behavior",
        )
    return asked  # type: ignore[return-value]


async def create_command(call: Call, given: Mapping[str, Any]) -> CreateSubscription:
    """The subscription that is asked for. Raises ApiError where it cannot be meant."""
    ending(given)
    if "currency" in given and not known_currency(given["currency"].lower()):
        raise ApiError(f"Invalid currency: {given['currency']}", param="currency")
    items = tuple(
        NewItem(
            price=_price(item, place),
            quantity=item.get("quantity", 1),
            discounts=choices(item, f"items[{place}]") or (),
            tax_rates=item.get("tax_rates", ()),
            metadata=new_metadata(item),
        )
        for place, item in enumerate(given["items"])
    )
    await refuse_quantities(call, given["items"], {})
    return CreateSubscription(
        items=items,
        discounts=choices(given) or (),
        default_tax_rates=given.get("default_tax_rates", ()),
        automatic_tax=wanted(given),
        currency=given["currency"].lower() if "currency" in given else None,
        collection_method=given.get("collection_method"),
        default_payment_method=given.get("default_payment_method"),
        saves_method=saves_method(given, False),
        payment=first_payment(given),
        days_until_due=given.get("days_until_due"),
        billing_mode=given.get("billing_mode", {}).get("type", "flexible"),
        description=given.get("description"),
        metadata=new_metadata(given),
        **beginning(given),
    )


async def set_end(desk: LocalDesk | RemoteDesk, created: str, given: Mapping[str, Any]) -> None:
    """Set the end of a new subscription where one is asked for."""
    if isinstance(given.get("cancel_at"), datetime):
        await cancellations.cancel(desk, ending_at(created, given["cancel_at"], given))
    elif given.get("cancel_at_period_end") or given.get("cancel_at"):
        flagged = given.get("cancel_at_period_end", False)
        await cancellations.cancel(desk, CancelSubscription(subscription=created, flagged=flagged))


async def retrieve(call: Call) -> dict[str, Any]:
    """One subscription, ended or not."""
    await call.stored("subscription", call.path["subscription"])
    return await show_stored(call, "subscription", call.path["subscription"])


async def update(call: Call) -> dict[str, Any]:
    """Change a subscription: all of what is asked, or nothing."""
    stored: Subscription = await call.stored("subscription", call.path["subscription"])
    await known_reason(call)
    with renamed_params(as_named(call.given)):
        await change(call, stored, call.given)
    return await show_stored(call, "subscription", stored.id)


async def cancel(call: Call) -> dict[str, Any]:
    """End a subscription now."""
    given = call.given
    stored: Subscription = await call.stored("subscription", call.path["subscription"])
    await known_reason(call)
    command = CancelSubscription(
        subscription=stored.id,
        when="now",
        prorate=given.get("prorate", False),
        invoice_now=given.get("invoice_now", False),
        details=details_of(given.get("cancellation_details") or {}),
    )
    async with call.desk(stored.customer) as desk:
        await cancellations.cancel(desk, command)
    return await show_stored(call, "subscription", stored.id)


async def list_all(call: Call) -> dict[str, Any]:
    """Subscriptions, newest first; cancelled ones only where `status` asks for them."""
    given = call.given
    of = named(given)
    async with call.transaction() as connection:
        page = await listings.subscriptions(
            connection,
            call.cursor(),
            customer=None if of is None else of[0],
            statuses=_statuses(given.get("status")),
            price=given.get("price"),
            collection_method=given.get("collection_method"),
            period_start=span(given.get("current_period_start")),
            period_end=span(given.get("current_period_end")),
            # Stripe's rule: those on test clocks are listed where the clock or the customer is named.
            test_clock=given.get("test_clock", "any" if call.livemode or of is not None else "none"),
        )
        return list_of("/v1/subscriptions", page, await show_all(call, connection, "subscription", page.items))


def _statuses(status: str | None) -> frozenset[str] | None:
    if status == "all":
        return None
    if status == "ended":
        return frozenset({"canceled", "incomplete_expired"})
    return listings.NOT_CANCELED if status is None else frozenset({status})


def _price(item: dict[str, Any], place: int) -> str:
    """Older clients call it `plan`."""
    price: str | None = item.get("price") or item.get("plan")
    if price is None:
        raise ApiError(
            f"Missing required param: items[{place}][price].",
            code="parameter_missing",
            param=f"items[{place}][price]",
        )
    return price


_ONE = "/v1/subscriptions/{subscription:str}"
endpoints = (
    Endpoint(method="POST", path="/v1/subscriptions", takes=CREATE, act=create),
    Endpoint(method="GET", path="/v1/subscriptions", takes=LIST, act=list_all),
    Endpoint(method="GET", path=_ONE, takes={}, act=retrieve),
    Endpoint(method="POST", path=_ONE, takes=UPDATE, act=update),
    Endpoint(method="DELETE", path=_ONE, takes=CANCEL, act=cancel),
    Endpoint(method="POST", path=_ONE + "/pause", takes=PAUSE, act=pause),
    Endpoint(method="POST", path=_ONE + "/resume", takes=RESUME, act=resume),
)
