"""`/v1/setup_intents`: a payment method is made ready to be charged when its holder is not there."""

from typing import Any

from msgspec.structs import replace

from frontdesk.payment_methods import PaymentMethod
from frontdesk.setup_intents import SetupIntent, canceled, setup_obstacle, with_method
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
from frontdesk_web.api.parameters import Absent, Choice, Flag, Metadata, Text
from frontdesk_web.api.views import show_all, show_stored

_USAGE = Choice(of=("off_session", "on_session"))
_NOTED: dict[str, Any] = NAMES | {
    "attach_to_self": Absent(what="Setting up for the account itself is", harmless=("", "false")),
    "description": Text(maximum=1000, clears=True),
    "flow_directions": Absent(what="Money that goes out is"),
    "metadata": Metadata(),
}
CREATE: dict[str, Any] = (
    _NOTED | SHARED | MADE | {"confirm": Flag(), "single_use": Absent(what="Single use is"), "usage": _USAGE}
)
_METHODS = ("payment_method", "payment_method_data", "payment_method_options")
UPDATE: dict[str, Any] = (
    _NOTED
    | {name: SHARED[name] for name in _METHODS}
    | {name: MADE[name] for name in ("excluded_payment_method_types", "payment_method_configuration")}
    | {"payment_method_types": MADE["payment_method_types"]}
)
_SECRET = {"client_secret": Absent(what="Confirming with a client secret in a secret key's request is")}
CONFIRM: dict[str, Any] = SHARED | _SECRET
CANCEL: dict[str, Any] = {"cancellation_reason": Choice(of=("abandoned", "duplicate", "requested_by_customer"))}
LIST = CURSOR | CREATED | NAMES | {"attach_to_self": _NOTED["attach_to_self"], "payment_method": Text(maximum=255)}
KIND: listings.Kind = "setupintent"


async def create(call: Call) -> dict[str, Any]:
    """A new one, perhaps confirmed at once."""
    given = call.given
    refuse_early_return(given)
    async with call.transaction() as connection:
        customer = await customer_of(call)
        await confirming.refuse_without_cards(teller(call, connection))
        method = await method_given(call, customer)
        intent = SetupIntent(
            id=call.ids("seti"),
            created=call.now,
            customer=customer,
            usage=given.get("usage", "off_session"),
            description=given.get("description"),
            metadata=new_metadata(given),
            return_url=return_url(given),
            automatic="payment_method_types" not in given,
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
        page = await listings.setup_intents(
            connection,
            call.cursor(),
            customer=None if of is None else of[0],
            method=call.given.get("payment_method"),
        )
        return list_of("/v1/setup_intents", page, await show_all(call, connection, KIND, page.items))


async def update(call: Call) -> dict[str, Any]:
    """Change what is noted of one, its customer, or its method, as long as it is open."""
    given = call.given
    async with call.transaction() as connection:
        named_customer = await customer_of(call)
        intent: SetupIntent = await held(call, connection, SetupIntent)
        refuse(setup_obstacle(intent, "update"))
        customer = named_customer or intent.customer
        method = await method_given(call, customer)
        after = replace(
            intent,
            customer=customer,
            description=given.get("description", intent.description),
            metadata=noted_metadata(given, intent.metadata),
        )
        after = after if method is None else with_method(after, method.id)
        await confirming.write(teller(call, connection), intent, after)
    return await show_stored(call, KIND, intent.id)


async def confirm(call: Call) -> dict[str, Any]:
    """Ask the bank. What it declines is answered with 402, and stays noted."""
    async with call.transaction() as connection:
        intent: SetupIntent = await held(call, connection, SetupIntent)
        await _confirm(call, connection, intent, await method_given(call, intent.customer))
    return await show_stored(call, KIND, intent.id)


async def cancel(call: Call) -> dict[str, Any]:
    """Give an open one up."""
    async with call.transaction() as connection:
        intent: SetupIntent = await held(call, connection, SetupIntent)
        if intent.checkout is not None:
            raise ApiError(
                "You cannot cancel a SetupIntent that was created by a Checkout Session. Expire the Checkout Session"
                " instead.",
                code="setup_intent_unexpected_state",
            )
        refuse(setup_obstacle(intent, "cancel"))
        after = canceled(intent, call.given.get("cancellation_reason"))
        await confirming.write(teller(call, connection), intent, after)
    return await show_stored(call, KIND, intent.id)


async def _confirm(call: Call, connection: SideTransaction, intent: SetupIntent, method: PaymentMethod | None) -> None:
    """Confirm an intent that is held, with this method or with its own."""
    method = await method_to_confirm(connection, intent, method, setup_obstacle)
    asked = replace(intent, return_url=return_url(call.given) or intent.return_url)
    done = await confirming.confirm_setup(teller(call, connection), asked, method)
    await refuse_declined(call, connection, done)


_ALL = "/v1/setup_intents"
_ONE = _ALL + "/{intent:str}"
endpoints = (
    Endpoint(method="POST", path=_ALL, takes=CREATE, act=create),
    Endpoint(method="GET", path=_ALL, takes=LIST, act=list_all),
    Endpoint(method="GET", path=_ONE, takes={}, act=retrieve),
    Endpoint(method="POST", path=_ONE, takes=UPDATE, act=update),
    Endpoint(method="POST", path=_ONE + "/confirm", takes=CONFIRM, act=confirm),
    Endpoint(method="POST", path=_ONE + "/cancel", takes=CANCEL, act=cancel),
)
