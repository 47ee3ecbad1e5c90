"""`/v1/payment_intents`: those of invoices, and those that a program makes by itself. No money moves."""

from typing import Any

from msgspec.structs import replace

from frontdesk.money import amount_from_stripe, known_currency
from frontdesk.payment_intents import MOST, PaymentIntent, canceled, captured, payment_obstacle, with_method
from frontdesk.payment_methods import PaymentMethod
from frontdesk_tenants import confirming, intent_record, listings
from frontdesk_tenants.database import SideTransaction
from frontdesk_web.api.calls import CREATED, CURSOR, Call, Endpoint, list_of, new_metadata, noted_metadata
from frontdesk_web.api.customers import NAMES, named
from frontdesk_web.api.errors import ApiError
from frontdesk_web.api.intent_steps import (
    MADE,
    SHARED,
    customer_of,
    held,
    method_given,
    method_to_confirm,
    refuse,
    refuse_declined,
    refuse_early_return,
    return_url,
    shown,
    teller,
)
from frontdesk_web.api.parameters import Absent, Choice, Flag, Metadata, Required, Text, Whole
from frontdesk_web.api.views import show_all, show_stored

_CAPTURE = Choice(of=("automatic", "automatic_async", "manual"))
_FUTURE = Choice(of=("off_session", "on_session"), clears=True)
_ABSENT: dict[str, Any] = {
    "amount_details": Absent(what="Details of amounts are"),
    "hooks": Absent(what="Hooks are"),
    "payment_details": Absent(what="Details of payments are"),
    "shipping": Absent(what="Shipping of payments is"),
}
_CONNECTED: dict[str, Any] = {
    "application_fee_amount": Absent(what="Connected accounts are"),
    "transfer_data": Absent(what="Connected accounts are"),
    "transfer_group": Absent(what="Connected accounts are"),
}
_NOTED: dict[str, Any] = {
    "description": Text(maximum=1000, clears=True),
    "metadata": Metadata(),
    "receipt_email": Text(maximum=512, clears=True),
    "setup_future_usage": _FUTURE,
    "statement_descriptor": Text(maximum=22),
    "statement_descriptor_suffix": Text(maximum=22),
}
_ASKED: dict[str, Any] = {
    "error_on_requires_action": Absent(what="Errors in place of `requires_action` are", harmless=("", "false")),
    "mandate": Absent(what="Mandates are"),
    "off_session": Flag(),
    "radar_options": Absent(what="Radar options are"),
}
CREATE: dict[str, Any] = (
    {
        "amount": Required(Whole(minimum=1, maximum=MOST)),
        "capture_method": _CAPTURE,
        "confirm": Flag(),
        "confirmation_method": Choice(of=("automatic",)),
        "currency": Required(Text(maximum=3)),
    }
    | NAMES
    | SHARED
    | MADE
    | _NOTED
    | _ABSENT
    | _CONNECTED
    | _ASKED
)
UPDATE: dict[str, Any] = (
    {"amount": Whole(minimum=1, maximum=MOST), "capture_method": _CAPTURE, "currency": Text(maximum=3)}
    | NAMES
    | {name: SHARED[name] for name in ("payment_method", "payment_method_data", "payment_method_options")}
    | {
        name: MADE[name]
        for name in ("excluded_payment_method_types", "payment_method_configuration", "payment_method_types")
    }
    | _NOTED
    | _ABSENT
    | _CONNECTED
)
CONFIRM: dict[str, Any] = (
    SHARED
    | _ABSENT
    | _ASKED
    | {
        "amount_to_confirm": Absent(what="Confirming a part is"),
        "capture_method": _CAPTURE,
        "client_secret": Absent(what="Confirming with a client secret in a secret key's request is"),
        "excluded_payment_method_types": MADE["excluded_payment_method_types"],
        "payment_method_types": MADE["payment_method_types"],
        "receipt_email": _NOTED["receipt_email"],
        "setup_future_usage": _FUTURE,
    }
)
CAPTURE: dict[str, Any] = {
    "amount_details": _ABSENT["amount_details"],
    "amount_to_capture": Whole(minimum=1, maximum=MOST),
    "application_fee_amount": _CONNECTED["application_fee_amount"],
    "final_capture": Absent(what="Capturing more than once is", harmless=("", "true")),
    "hooks": _ABSENT["hooks"],
    "metadata": Metadata(),
    "payment_details": _ABSENT["payment_details"],
    "statement_descriptor": _NOTED["statement_descriptor"],
    "statement_descriptor_suffix": _NOTED["statement_descriptor_suffix"],
    "transfer_data": _CONNECTED["transfer_data"],
}
CANCEL: dict[str, Any] = {
    "cancellation_reason": Choice(of=("abandoned", "duplicate", "fraudulent", "requested_by_customer"))
}
KIND: listings.Kind = "payment_intent"


async def create(call: Call) -> dict[str, Any]:
    """A new one of no invoice, perhaps confirmed at once."""
    given = call.given
    refuse_early_return(given)
    if given.get("off_session") and not given.get("confirm"):
        raise ApiError(
            "The parameter `off_session` can only be passed with `confirm` set to true.", param="off_session"
        )
    currency = given["currency"].lower()
    if not known_currency(currency):
        raise ApiError(f"Invalid currency: {currency}", param="currency")
    async with call.transaction() as connection:
        customer = await customer_of(call)
        await confirming.refuse_without_cards(teller(call, connection))
        method = await method_given(call, customer)
        intent = PaymentIntent(
            id=call.ids("pi"),
            created=call.now,
            amount=_minor(given["amount"], currency, "amount"),
            currency=currency,
            customer=customer,
            capture=given.get("capture_method", "automatic_async"),
            automatic="payment_method_types" not in given,
            metadata=new_metadata(given),
            return_url=return_url(given),
            setup_future_usage=given.get("setup_future_usage"),
            description=given.get("description"),
            receipt_email=given.get("receipt_email"),
            statement_descriptor=given.get("statement_descriptor"),
            statement_descriptor_suffix=given.get("statement_descriptor_suffix"),
        )
        intent = with_method(intent, None if method is None else method.id)
        await intent_record.create(
            connection, call.door.tenant_id, intent, actor=call.actor, request_id=call.request_id
        )
        if given.get("confirm"):
            await _confirm(call, connection, intent, method)
    return await show_stored(call, KIND, intent.id)


async def retrieve(call: Call) -> dict[str, Any]:
    """One of them."""
    return await shown(call, KIND)


async def list_all(call: Call) -> dict[str, Any]:
    """All of them, or a customer's, newest first."""
    of = named(call.given)
    async with call.transaction() as connection:
        page = await listings.payment_intents(connection, call.cursor(), customer=None if of is None else of[0])
        return list_of("/v1/payment_intents", page, await show_all(call, connection, KIND, page.items))


async def update(call: Call) -> dict[str, Any]:
    """Change one as long as it is open. Of an invoice's, only what is noted of it and its method."""
    given = call.given
    async with call.transaction() as connection:
        named_customer = await customer_of(call)
        intent: PaymentIntent = await held(call, connection, PaymentIntent)
        refuse(payment_obstacle(intent, "update"))
        bound = [name for name in ("amount", "currency", "customer", "customer_account") if name in given]
        if intent.invoice is not None and bound:
            raise ApiError(f"You cannot change the {bound[0]} of a PaymentIntent of an invoice.", param=bound[0])
        customer = named_customer or intent.customer
        method = await method_given(call, customer)
        currency = given.get("currency", intent.currency).lower()
        if not known_currency(currency):
            raise ApiError(f"Invalid currency: {currency}", param="currency")
        after = replace(
            intent,
            customer=customer,
            currency=currency,
            amount=_minor(given["amount"], currency, "amount") if "amount" in given else intent.amount,
            capture=given.get("capture_method", intent.capture),
            **_noted(call, intent),
        )
        after = after if method is None else with_method(after, method.id)
        await confirming.write(teller(call, connection), intent, after)
    return await show_stored(call, KIND, intent.id)


async def confirm(call: Call) -> dict[str, Any]:
    """Ask the bank. An invoice's charges the invoice; what is declined is answered with 402, and stays noted."""
    async with call.transaction() as connection:
        intent: PaymentIntent = await held(call, connection, PaymentIntent)
        await _confirm(call, connection, intent, await method_given(call, intent.customer))
    return await show_stored(call, KIND, intent.id)


async def capture(call: Call) -> dict[str, Any]:
    """Take what is held, or a part of it."""
    async with call.transaction() as connection:
        intent: PaymentIntent = await held(call, connection, PaymentIntent)
        refuse(payment_obstacle(intent, "capture"))
        given = call.given.get("amount_to_capture")
        amount = intent.amount if given is None else _minor(given, intent.currency, "amount_to_capture")
        if amount > intent.amount:
            raise ApiError(
                "The requested capture amount is greater than the amount you can capture for this charge.",
                code="amount_too_large",
                param="amount_to_capture",
            )
        after = captured(replace(intent, **_noted(call, intent)), amount)
        await confirming.write(teller(call, connection), intent, after)
    return await show_stored(call, KIND, intent.id)


async def cancel(call: Call) -> dict[str, Any]:
    """Give an open one up, and let go what is held. Those of invoices end with their invoices."""
    async with call.transaction() as connection:
        intent: PaymentIntent = await held(call, connection, PaymentIntent)
        if intent.invoice is not None:
            raise ApiError(
                "You cannot cancel a PaymentIntent that was created by an invoice. Void the invoice instead.",
                code="payment_intent_unexpected_state",
            )
        refuse(payment_obstacle(intent, "cancel"))
        after = canceled(intent, call.now, call.given.get("cancellation_reason"))
        await confirming.write(teller(call, connection), intent, after)
    return await show_stored(call, KIND, intent.id)


async def _confirm(
    call: Call, connection: SideTransaction, intent: PaymentIntent, method: PaymentMethod | None
) -> None:
    """Confirm an intent that is held, with this method or with its own."""
    given = call.given
    method = await method_to_confirm(connection, intent, method, payment_obstacle)
    asked = replace(
        intent,
        return_url=return_url(given) or intent.return_url,
        capture=given.get("capture_method", intent.capture),
        setup_future_usage=given.get("setup_future_usage", intent.setup_future_usage),
        receipt_email=given.get("receipt_email", intent.receipt_email),
    )
    absent = bool(given.get("off_session"))
    done = await confirming.confirm_payment(teller(call, connection), asked, method, absent=absent)
    await refuse_declined(call, connection, done)


def _noted(call: Call, intent: PaymentIntent) -> dict[str, Any]:
    given = call.given
    noted = {name: given.get(name, getattr(intent, name)) for name in _NOTED if name != "metadata"}
    if "metadata" in given:
        noted["metadata"] = noted_metadata(given, intent.metadata)
    return noted


def _minor(amount: int, currency: str, param: str) -> int:
    try:
        return amount_from_stripe(amount, currency)
    except ValueError as error:
        raise ApiError(str(error), code="parameter_invalid_integer", param=param) from error


_ALL = "/v1/payment_intents"
_ONE = _ALL + "/{intent:str}"
endpoints = (
    Endpoint(method="POST", path=_ALL, takes=CREATE, act=create),
    Endpoint(method="GET", path=_ALL, takes=CURSOR | CREATED | NAMES, act=list_all),
    Endpoint(method="GET", path=_ONE, takes={}, act=retrieve),
    Endpoint(method="POST", path=_ONE, takes=UPDATE, act=update),
    Endpoint(method="POST", path=_ONE + "/confirm", takes=CONFIRM, act=confirm),
    Endpoint(method="POST", path=_ONE + "/capture", takes=CAPTURE, act=capture),
    Endpoint(method="POST", path=_ONE + "/cancel", takes=CANCEL, act=cancel),
)
