"""`/v1/checkout/sessions` in setup mode: a page of ours, in the tenant's brand, where somebody adds a card."""

from typing import Any

from frontdesk.checkout_sessions import OPEN_FOR, PLACEHOLDER, CheckoutSession, good_expiry, is_over
from frontdesk.errors import Refused
from frontdesk.intent_refusals import session_closed
from frontdesk.money import known_currency
from frontdesk.portal_configuration_rules import is_web_address
from frontdesk.setup_intents import SetupIntent
from frontdesk_tenants import confirming, intent_record, listings
from frontdesk_web.api.calls import CREATED, CURSOR, Call, Endpoint, list_of, new_metadata
from frontdesk_web.api.customers import NAMES, named
from frontdesk_web.api.errors import ApiError, exclusive_params, missing_param
from frontdesk_web.api.intent_steps import customer_of, teller
from frontdesk_web.api.parameters import Absent, Choice, Group, Instant, Many, Metadata, Text
from frontdesk_web.api.views import show_all, show_stored
from frontdesk_web.languages import KNOWN_LOCALES

_OTHER_MODES = (
    "adaptive_pricing after_expiration allow_promotion_codes automatic_tax billing_address_collection "
    "branding_settings consent_collection custom_fields custom_text customer_update discounts "
    "excluded_payment_method_types integration_identifier invoice_creation line_items managed_payments "
    "name_collection optional_items origin_context payment_intent_data payment_method_configuration "
    "payment_method_data payment_method_options permissions phone_number_collection redirect_on_completion "
    "return_url saved_payment_method_options shipping_address_collection shipping_options submit_type "
    "subscription_data tax_id_collection wallet_options"
)
CREATE: dict[str, Any] = (
    {
        name: Absent(
            what=f"`{name}` of checkout sessions is",
            instead="Sessions are in `setup` mode here: they collect a payment method, which subscriptions and invoices"
            " charge.",
        )
        for name in _OTHER_MODES.split()
    }
    | NAMES
    | {
        "cancel_url": Text(),
        "client_reference_id": Text(maximum=200),
        "currency": Text(maximum=3),
        "customer_creation": Choice(of=("if_required",)),
        "customer_email": Text(maximum=512),
        "expires_at": Instant(),
        "locale": Choice(of=KNOWN_LOCALES),
        "metadata": Metadata(),
        "mode": Choice(of=("payment", "setup", "subscription")),
        "payment_method_collection": Choice(of=("always",)),
        "payment_method_types": Many(of=Choice(of=("card",))),
        "setup_intent_data": Group(
            of={
                "description": Text(maximum=1000),
                "metadata": Metadata(),
                "on_behalf_of": Absent(what="Connected accounts are"),
            }
        ),
        "success_url": Text(),
        "ui_mode": Choice(of=("hosted", "hosted_page")),
    }
)
LIST = (
    CURSOR
    | CREATED
    | NAMES
    | {"status": Choice(of=("complete", "expired", "open"))}
    | {name: Absent(what=f"Finding sessions by `{name}` is") for name in ("payment_intent", "payment_link")}
    | {name: Absent(what=f"Finding sessions by `{name}` is") for name in ("customer_details", "subscription")}
)
KIND: listings.Kind = "checkout.session"


async def create(call: Call) -> dict[str, Any]:
    """A new session with its setup intent. Its page is at `url` until it is over."""
    given = call.given
    if "mode" not in given:
        raise missing_param("mode")
    if given["mode"] != "setup":
        raise ApiError(
            f"Checkout Sessions in `{given['mode']}` mode are not available yet. Use `setup` mode to collect a payment"
            " method, and subscriptions or invoices to charge it.",
            param="mode",
        )
    _check(call)
    if "customer_email" in given and named(given) is not None:
        raise exclusive_params("customer", "customer_email")
    async with call.transaction() as connection:
        customer, data = await customer_of(call), given.get("setup_intent_data") or {}
        await confirming.refuse_without_cards(teller(call, connection))
        id_ = call.ids("cs_test")
        intent = SetupIntent(
            id=call.ids("seti"),
            created=call.now,
            customer=customer,
            description=data.get("description"),
            metadata=new_metadata(data),
            automatic="payment_method_types" not in given,
            checkout=id_,
        )
        session = CheckoutSession(
            id=id_,
            created=call.now,
            expires_at=given.get("expires_at", call.now + OPEN_FOR),
            setup_intent=intent.id,
            customer=customer,
            metadata=new_metadata(given),
            success_url=given["success_url"],
            cancel_url=given.get("cancel_url"),
            client_reference_id=given.get("client_reference_id"),
            currency=given.get("currency"),
            customer_email=given.get("customer_email"),
            locale=given.get("locale"),
        )
        for made in (intent, session):
            await intent_record.create(
                connection, call.door.tenant_id, made, actor=call.actor, request_id=call.request_id
            )
    return await show_stored(call, KIND, id_)


async def retrieve(call: Call) -> dict[str, Any]:
    """One session, over once its time is."""
    session: CheckoutSession = await call.stored(KIND, call.path["session"], None)
    if is_over(session, call.now):
        await _expire(call)
    return await show_stored(call, KIND, session.id)


async def list_all(call: Call) -> dict[str, Any]:
    """All sessions, or a customer's, newest first."""
    of, given = named(call.given), call.given
    async with call.transaction() as connection:
        page = await listings.checkout_sessions(
            connection,
            call.cursor(),
            customer=None if of is None else of[0],
            status=given.get("status"),
        )
        return list_of("/v1/checkout/sessions", page, await show_all(call, connection, KIND, page.items))


async def expire(call: Call) -> dict[str, Any]:
    """End an open session."""
    session: CheckoutSession = await call.stored(KIND, call.path["session"], None)
    if session.status != "open":
        raise Refused(session_closed(session.status))
    await _expire(call)
    return await show_stored(call, KIND, session.id)


async def _expire(call: Call) -> None:
    async with call.transaction() as connection:
        session = await intent_record.hold(connection, CheckoutSession, call.path["session"])
        if session is not None and session.status == "open":
            await intent_record.expire(
                connection,
                call.door.tenant_id,
                session,
                actor=call.actor,
                now=call.now,
                request_id=call.request_id,
            )


def _check(call: Call) -> None:
    """Raises ApiError for addresses, a time or a currency that cannot be."""
    given = call.given
    if "success_url" not in given:
        raise missing_param("success_url")
    for name in ("success_url", "cancel_url"):
        url = given.get(name)
        if url is not None and not is_web_address(url.replace(PLACEHOLDER, "id")):
            raise ApiError("Not a valid URL", code="url_invalid", param=name)
    if "expires_at" in given and not good_expiry(call.now, given["expires_at"]):
        raise ApiError(
            "The `expires_at` timestamp must be at least 30 minutes and less than 24 hours from Checkout Session"
            " creation.",
            param="expires_at",
        )
    if "currency" in given and not known_currency(given["currency"]):
        raise ApiError(f"Invalid currency: {given['currency']}", param="currency")


_ALL = "/v1/checkout/sessions"
_ONE = _ALL + "/{session:str}"
endpoints = (
    Endpoint(method="POST", path=_ALL, takes=CREATE, act=create),
    Endpoint(method="GET", path=_ALL, takes=LIST, act=list_all),
    Endpoint(method="GET", path=_ONE, takes={}, act=retrieve),
    Endpoint(method="POST", path=_ONE + "/expire", takes={}, act=expire),
)
