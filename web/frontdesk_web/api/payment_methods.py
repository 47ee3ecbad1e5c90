"""`/v1/payment_methods` and `/v1/customers/:id/payment_methods`: kept for customers, test cards in the sandbox.

Of what was there at Stripe before payment methods, `/v1/customers/:id/sources`, nobody has any.
"""

from typing import Any

from msgspec import UNSET

from frontdesk.book import Customer
from frontdesk.keeping_methods import change_methods
from frontdesk.method_kinds import TYPES
from frontdesk.payment_method_commands import AttachPaymentMethod, DetachPaymentMethod, UpdatePaymentMethod
from frontdesk.payment_methods import PaymentMethod
from frontdesk_tenants import listings
from frontdesk_tenants.paging import Page
from frontdesk_web.api.calls import CURSOR, Call, Endpoint, list_of, metadata_change, new_metadata, slice_of
from frontdesk_web.api.card_parameters import CARD, HOLDER, Raw, holder_of, method_named, new_card
from frontdesk_web.api.customers import NAMES, must_be_named, named, present
from frontdesk_web.api.errors import ApiError, missing_param, no_such
from frontdesk_web.api.parameters import Absent, Choice, Group, Metadata, Required, Text, Whole
from frontdesk_web.api.views import show_all, show_stored

_REDISPLAY = Absent(what="Other values of `allow_redisplay` than unspecified are", harmless=("", "unspecified"))
_RADAR = Absent(what="Radar options are")
CREATE: dict[str, Any] = {
    "allow_redisplay": _REDISPLAY,
    "billing_details": HOLDER,
    "card": Group(of=CARD | {"exp_month": Raw(), "exp_year": Raw()}),
    "customer": Absent(what="Copies of payment methods are"),
    "customer_account": Absent(what="Copies of payment methods are"),
    "metadata": Metadata(),
    "payment_method": Absent(what="Copies of payment methods are"),
    "radar_options": _RADAR,
    "type": Required(Choice(of=("card",))),
}
UPDATE: dict[str, Any] = {
    "allow_redisplay": _REDISPLAY,
    "billing_details": HOLDER,
    "card": Group(
        of={
            "exp_month": Whole(minimum=1, maximum=12),
            "exp_year": Whole(minimum=2000, maximum=2199),
            "networks": Absent(what="Preferred networks are"),
        }
    ),
    "metadata": Metadata(),
}
KIND: listings.Kind = "PaymentMethod"
_FILTERS = CURSOR | {"allow_redisplay": Choice(of=("unspecified",)), "type": Choice(of=TYPES)}


async def create(call: Call) -> dict[str, Any]:
    """A method of nobody's yet, from a test token."""
    token = (call.given.get("card") or {}).get("token")
    if token is None:
        raise missing_param("card[token]")
    holder = holder_of(call.given.get("billing_details"))
    made = await new_card(call, token, "card[token]", holder, new_metadata(call.given))
    return await show_stored(call, KIND, made.id)


async def retrieve(call: Call) -> dict[str, Any]:
    """One method, whoever's it is or was."""
    await call.stored(KIND, call.path["payment_method"])
    return await show_stored(call, KIND, call.path["payment_method"])


async def update(call: Call) -> dict[str, Any]:
    """Change what is noted of a customer's method."""
    stored, given = (
        await _owned(call, "You must save this PaymentMethod to a customer before you can update it."),
        call.given,
    )
    card = given.get("card") or {}
    command = UpdatePaymentMethod(
        method=stored.id,
        holder=holder_of(given["billing_details"], stored.holder) if "billing_details" in given else UNSET,
        exp_month=card.get("exp_month", UNSET),
        exp_year=card.get("exp_year", UNSET),
        metadata=metadata_change(given, stored.metadata) if "metadata" in given else UNSET,
    )
    async with call.desk(stored.customer) as desk:
        await change_methods(desk, command)
    return await show_stored(call, KIND, stored.id)


async def attach(call: Call) -> dict[str, Any]:
    """Keep a method for a customer. A test card's name makes a new one."""
    customer = await must_be_named(call)
    method = await method_named(call, call.path["payment_method"], None)
    async with call.desk(customer.id) as desk:
        await change_methods(desk, AttachPaymentMethod(method=method))
    return await show_stored(call, KIND, method.id)


async def detach(call: Call) -> dict[str, Any]:
    """Let a customer's method go, for good."""
    stored = await _owned(
        call, "The payment method you provided is not attached to a customer so detachment is impossible."
    )
    async with call.desk(stored.customer) as desk:
        await change_methods(desk, DetachPaymentMethod(method=stored.id))
    return await show_stored(call, KIND, stored.id)


async def list_all(call: Call) -> dict[str, Any]:
    """The methods of a customer, newest first. Without one there are none to list, as at Stripe."""
    if named(call.given) is None:
        return list_of("/v1/payment_methods", Page(items=(), has_more=False), [])
    return await _list(call, await must_be_named(call), "/v1/payment_methods")


async def list_of_customer(call: Call) -> dict[str, Any]:
    """The methods of the customer of the path, newest first."""
    customer = await present(call, call.path["customer"])
    return await _list(call, customer, f"/v1/customers/{customer.id}/payment_methods")


async def retrieve_of_customer(call: Call) -> dict[str, Any]:
    """One method of the customer of the path."""
    customer = await present(call, call.path["customer"])
    stored: PaymentMethod = await call.stored(KIND, call.path["payment_method"])
    if stored.customer != customer.id:
        raise no_such(KIND, stored.id, None)
    return await show_stored(call, KIND, stored.id)


async def list_sources(call: Call) -> dict[str, Any]:
    """The sources of the customer of the path: none. Payment methods are not among them, at Stripe neither."""
    customer = await present(call, call.path["customer"])
    return list_of(f"/v1/customers/{customer.id}/sources", slice_of(call.cursor(), (), ()), [])


async def _list(call: Call, customer: Customer, path: str) -> dict[str, Any]:
    async with call.transaction() as connection:
        page = await listings.payment_methods(
            connection, call.cursor(), customer=customer.id, type=call.given.get("type")
        )
        return list_of(path, page, await show_all(call, connection, KIND, page.items))


async def _owned(call: Call, otherwise: str) -> PaymentMethod:
    """The method of the path, which must be a customer's. Raises ApiError with the sentence otherwise."""
    stored: PaymentMethod = await call.stored(KIND, call.path["payment_method"])
    if stored.customer is None:
        raise ApiError(otherwise)
    return stored


_ALL = "/v1/payment_methods"
_ONE = _ALL + "/{payment_method:str}"
_OF_CUSTOMER = "/v1/customers/{customer:str}/payment_methods"
_SOURCES = "/v1/customers/{customer:str}/sources"
endpoints = (
    Endpoint(method="POST", path=_ALL, takes=CREATE, act=create),
    Endpoint(method="GET", path=_ALL, takes=_FILTERS | NAMES, act=list_all),
    Endpoint(method="GET", path=_ONE, takes={}, act=retrieve),
    Endpoint(method="POST", path=_ONE, takes=UPDATE, act=update),
    Endpoint(method="POST", path=_ONE + "/attach", takes=NAMES, act=attach),
    Endpoint(method="POST", path=_ONE + "/detach", takes={}, act=detach),
    Endpoint(method="GET", path=_OF_CUSTOMER, takes=_FILTERS, act=list_of_customer),
    Endpoint(method="GET", path=_SOURCES, takes=CURSOR | {"object": Text(maximum=255)}, act=list_sources),
    Endpoint(method="GET", path=_OF_CUSTOMER + "/{payment_method:str}", takes={}, act=retrieve_of_customer),
)
