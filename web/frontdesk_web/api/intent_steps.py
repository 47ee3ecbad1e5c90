"""What setup intents and payment intents share in the API: who acts, which method is meant, and what a bank refused."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from frontdesk.errors import Refusal, Refused
from frontdesk.payment_intents import PaymentIntent
from frontdesk.payment_methods import PaymentMethod
from frontdesk.portal_configuration_rules import is_web_address
from frontdesk.setup_intents import IntentFault, SetupIntent
from frontdesk_tenants import intent_record
from frontdesk_tenants.confirming import Teller
from frontdesk_tenants.database import SideTransaction
from frontdesk_tenants.listings import Kind, find
from frontdesk_web.api.calls import Call
from frontdesk_web.api.card_parameters import CARD, HOLDER, Raw, holder_of, method_named, new_card
from frontdesk_web.api.customers import named, present
from frontdesk_web.api.errors import ApiError, exclusive_params, missing_param, no_such
from frontdesk_web.api.parameters import Absent, Choice, Flag, Group, Many, Required, Text
from frontdesk_web.api.views import show, show_stored

Intent = TypeVar("Intent", SetupIntent, PaymentIntent)
_TYPES = Many(of=Choice(of=("card",)))
AUTOMATIC = Group(of={"allow_redirects": Choice(of=("always", "never")), "enabled": Required(Flag())})
NEW_METHOD = Group(
    of={
        "allow_redisplay": Absent(what="Other values of `allow_redisplay` are", harmless=("unspecified",)),
        "billing_details": HOLDER,
        "card": Group(of=CARD | {"exp_month": Raw(), "exp_year": Raw()}),
        "metadata": Absent(what="Metadata of a method that is made on the way is"),
        "radar_options": Absent(what="Radar options are"),
        "type": Required(Choice(of=("card",))),
    }
)
_OPTIONS = Group(
    of={
        "card": Group(
            of={
                "mandate_options": Absent(what="Mandates are"),
                "moto": Absent(what="Orders by telephone are"),
                "network": Absent(what="Preferred networks are"),
                "request_three_d_secure": Choice(of=("any", "automatic", "challenge")),
                "three_d_secure": Absent(what="Authentication elsewhere is"),
            }
        )
    }
)
SHARED: dict[str, Any] = {
    "confirmation_token": Absent(what="Confirmation tokens are"),
    "mandate_data": Group(of={"customer_acceptance": Absent(what="Mandates are")}, clears=True),
    "payment_method": Text(maximum=255),
    "payment_method_data": NEW_METHOD,
    "payment_method_options": Absent(what="Payment method options are"),
    "return_url": Text(),
    "use_stripe_sdk": Absent(what="Stripe's browser library is", harmless=("", "false")),
}
"""What one is confirmed with."""
MADE: dict[str, Any] = {
    "automatic_payment_methods": AUTOMATIC,
    "excluded_payment_method_types": Absent(what="Types of payment methods besides cards are"),
    "on_behalf_of": Absent(what="Connected accounts are"),
    "payment_method_configuration": Absent(what="Payment method configurations are"),
    "payment_method_types": _TYPES,
}
"""What one is made with, besides."""


def teller(call: Call, connection: SideTransaction) -> Teller:
    """The request as the one who confirms."""
    return Teller(
        connection=connection,
        tenancy=call.site.tenancy,
        side=call.side,
        actor=call.actor,
        ids=call.ids,
        now=call.now,
        request_id=call.request_id,
    )


async def customer_of(call: Call) -> str | None:
    """The id of the customer that the request names, if it does."""
    found = named(call.given)
    return None if found is None else (await present(call, *found)).id


def return_url(given: Mapping[str, Any]) -> str | None:
    """Where somebody is led back to. Raises ApiError for what is no address."""
    url: str | None = given.get("return_url")
    if url is not None and not is_web_address(url):
        raise ApiError("Not a valid URL", code="url_invalid", param="return_url")
    return url


def refuse_early_return(given: Mapping[str, Any]) -> None:
    """Raises ApiError where an intent that is not confirmed at once is told where to lead back to."""
    if given.get("return_url") and not given.get("confirm"):
        raise ApiError("The parameter `return_url` can only be passed with `confirm` set to true.", param="return_url")


async def method_given(call: Call, customer: str | None) -> PaymentMethod | None:
    """The payment method that the request names or describes. It is nobody's yet, or the customer's own."""
    given = call.given
    if "payment_method" in given and "payment_method_data" in given:
        raise exclusive_params("payment_method", "payment_method_data")
    if "payment_method_data" in given:
        data = given["payment_method_data"]
        token = (data.get("card") or {}).get("token")
        if token is None:
            raise missing_param("payment_method_data[card][token]")
        return await new_card(call, token, "payment_method_data[card][token]", holder_of(data.get("billing_details")))
    if "payment_method" not in given:
        return None
    method = await method_named(call, given["payment_method"], "payment_method")
    refuse_foreign(method, customer)
    return method


def refuse_foreign(method: PaymentMethod, customer: str | None) -> None:
    """Raises ApiError where a method is another customer's, or was let go."""
    if method.detached:
        raise ApiError(
            "This PaymentMethod was previously used without being attached to a Customer or was detached from a"
            " Customer, and may not be used again.",
            param="payment_method",
        )
    if method.customer is not None and method.customer != customer:
        owner = method.customer
        wrong = "Please include the Customer in the `customer` parameter." if customer is None else ""
        raise ApiError(
            f"The PaymentMethod you provided ({method.id}) belongs to the Customer {owner}. {wrong}".strip(),
            param="payment_method",
        )


async def held(call: Call, connection: SideTransaction, kind: Any) -> Any:
    """The intent of the path, for as long as the request lasts. Raises ApiError (404), and where a secret is wrong."""
    found = await intent_record.hold(connection, kind, call.path["intent"])
    if found is None:
        name = "setupintent" if kind is SetupIntent else "payment_intent"
        raise no_such(name, call.path["intent"], "intent")
    return found


def refuse(obstacle: Refusal | None) -> None:
    """Raises Refused where a step is in the way."""
    if obstacle is not None:
        raise Refused(obstacle)


async def shown(call: Call, kind: Kind) -> dict[str, Any]:
    """The intent of the path. Raises ApiError (404)."""
    await call.stored(kind, call.path["intent"])
    return await show_stored(call, kind, call.path["intent"])


async def method_to_confirm(
    connection: SideTransaction,
    intent: Intent,
    method: PaymentMethod | None,
    obstacle: Callable[[Intent, str, str | None], Refusal | None],
) -> PaymentMethod:
    """What an intent is confirmed with: this method, else its own. Raises Refused where there is an obstacle."""
    if method is None and intent.payment_method is not None:
        method = await find(connection, "PaymentMethod", intent.payment_method)
    refuse(obstacle(intent, "confirm", None if method is None else method.id))
    assert method is not None, "it was asked for"
    refuse_foreign(method, intent.customer)
    return method


async def refuse_declined(call: Call, connection: SideTransaction, intent: SetupIntent | PaymentIntent) -> None:
    """Raises ApiError, which keeps what was written, where a bank declined the last confirmation."""
    fault = intent.fault
    if fault is not None:
        raise await declined(call, connection, intent, fault)


async def declined(
    call: Call, connection: SideTransaction, intent: SetupIntent | PaymentIntent, fault: IntentFault
) -> ApiError:
    """The answer to a confirmation that a bank declined: the intent as it is now stands in it."""
    kind: Any = "setupintent" if isinstance(intent, SetupIntent) else "payment_intent"
    shown = await show(call, connection, kind, intent)
    name = shown["object"]
    last = shown["last_setup_error" if name == "setup_intent" else "last_payment_error"]
    return ApiError(
        fault.message,
        code=fault.code,
        status=402,
        type="card_error",
        decline_code=fault.decline_code or None,
        objects={name: shown, "payment_method": last["payment_method"]},
        keeps=True,
    )
