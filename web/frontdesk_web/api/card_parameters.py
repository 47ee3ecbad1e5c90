"""How a payment method is named in a request: by its id, or by the name of one of Stripe's test cards.

Numbers are refused, as at Stripe by default: nothing that could be a real card ever reaches us.
"""

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from frontdesk.keeping_methods import change_methods
from frontdesk.payment_method_commands import AttachPaymentMethod, SetDefaultPaymentMethod
from frontdesk.payment_methods import CardHolder, PaymentMethod
from frontdesk.test_cards import METHOD_PREFIX, TOKEN_PREFIX, named, new_method
from frontdesk_tenants import payment_methods
from frontdesk_web.api.calls import Call
from frontdesk_web.api.errors import ApiError, no_such_named
from frontdesk_web.api.parameters import Absent, Group, Text


class Raw(Absent, frozen=True, kw_only=True):
    """A part of a card's number, as it would be typed. It is refused before it is read."""

    what: str = "Card numbers are"

    def read(self, given: Any, at: str) -> None:
        """See `Parameter.read`."""
        raise ApiError(
            "Sending credit card numbers directly to the Stripe API is generally unsafe. We suggest you use test "
            "tokens that map to the test card you are using, see https://stripe.com/docs/testing.",
            status=402,
        )


CARD: dict[str, Any] = {"cvc": Raw(), "number": Raw(), "token": Text(maximum=255)}
HOLDER = Group(
    of={
        "address": Group(
            of=dict.fromkeys(
                ("city", "country", "line1", "line2", "postal_code", "state"), Text(maximum=500, clears=True)
            ),
            clears=True,
        ),
        "email": Text(maximum=512, clears=True),
        "name": Text(maximum=500, clears=True),
        "phone": Text(maximum=20, clears=True),
    }
)


def holder_of(given: Mapping[str, Any] | None, before: CardHolder | None = None) -> CardHolder:
    """Whose card it is, with what was left out as it was before. An address replaces the whole one."""
    values = {} if given is None else dict(given)
    known = before or CardHolder()
    return CardHolder(
        name=values.get("name", known.name),
        email=values.get("email", known.email),
        phone=values.get("phone", known.phone),
        address=(values["address"] or {}) if "address" in values else known.address,
    )


async def new_card(
    call: Call, name: str, param: str, holder: CardHolder | None = None, metadata: Mapping[str, str] | None = None
) -> PaymentMethod:
    """A new method of nobody's that is a test card. Raises ApiError for a name that none has, and on a live side."""
    kind = "token" if name.startswith(TOKEN_PREFIX) else "PaymentMethod"
    card = named(name)
    if card is None:
        raise no_such_named(kind, name, param)
    if call.livemode:
        raise ApiError(
            f"No such {kind}: '{name}'; a test card exists in the sandbox, but a live mode key was used to make this "
            "request.",
            code="resource_missing",
            param=param,
        )
    made = replace(new_method(call.ids("pm"), card, call.now, holder), metadata=metadata or {})
    async with call.transaction() as connection:
        await payment_methods.create(
            connection, call.door.tenant_id, made, actor=call.actor, request_id=call.request_id
        )
    return made


async def method_named(call: Call, id_: str, param: str | None) -> PaymentMethod:
    """The method with this id, or a new one where a test card is named. `param` None: the path names it."""
    if id_.startswith(METHOD_PREFIX):
        return await new_card(call, id_, param or "payment_method")
    found: PaymentMethod = await call.stored("PaymentMethod", id_, param)
    return found


async def give_methods(call: Call, customer: str, attach: str | None, given: Mapping[str, Any]) -> None:
    """Attach a method to a customer, and make one the default, as far as the request says so."""
    settings = given.get("invoice_settings") or {}
    commands: list[AttachPaymentMethod | SetDefaultPaymentMethod] = []
    default = settings.get("default_payment_method")
    if attach is not None:
        method = await method_named(call, attach, "payment_method")
        commands.append(AttachPaymentMethod(method=method, default=default == attach))
    if "default_payment_method" in settings and (attach is None or default != attach):
        commands.append(SetDefaultPaymentMethod(method=default))
    if commands:
        async with call.desk(customer) as desk:
            for each in commands:
                await change_methods(desk, each)
