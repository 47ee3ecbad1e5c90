"""`/v1/invoice_payments`: how invoices are paid, or were to be, by their payment intents.

What staff or a program recorded as paid has none, as at Stripe: see `payments`.
"""

from typing import Any

from msgspec.structs import replace

from frontdesk.payment_intents import PAYMENT_PREFIX, PaymentIntent
from frontdesk_tenants import listings
from frontdesk_tenants.paging import Cursor, NoSuchCursor
from frontdesk_web.api.calls import CREATED, CURSOR, Call, Endpoint, list_of
from frontdesk_web.api.errors import no_such
from frontdesk_web.api.parameters import Absent, Choice, Group, Required, Text
from frontdesk_web.api.shapes.intents import invoice_payment
from frontdesk_web.api.views import show_all

_PAYMENT = Group(
    of={
        "payment_intent": Text(maximum=255),
        "payment_record": Absent(what="Payment records are"),
        "type": Required(Choice(of=("payment_intent",))),
    }
)
LIST: dict[str, Any] = {
    "invoice": Text(maximum=255),
    "payment": _PAYMENT,
    "status": Choice(of=("canceled", "open", "paid")),
}
KIND: listings.Kind = "invoice_payment"


async def retrieve(call: Call) -> dict[str, Any]:
    """One of them."""
    id_ = call.path["invoice_payment"]
    async with call.transaction() as connection:
        found: PaymentIntent | None = await listings.find(connection, "payment_intent", _intent(id_))
    if found is None or found.invoice is None:
        raise no_such(KIND, id_, None)
    return invoice_payment(found, call.livemode)


async def list_all(call: Call) -> dict[str, Any]:
    """All of them, or those of an invoice, newest first."""
    given = call.given
    status = given.get("status")
    try:
        async with call.transaction() as connection:
            page = await listings.invoice_payments(
                connection,
                _cursor(call.cursor()),
                invoice=given.get("invoice"),
                intent=(given.get("payment") or {}).get("payment_intent"),
                status="succeeded" if status == "paid" else status,
            )
            return list_of("/v1/invoice_payments", page, await show_all(call, connection, KIND, page.items))
    except NoSuchCursor as error:
        raise NoSuchCursor(error.param, call.given[error.param]) from error


def _cursor(asked: Cursor) -> Cursor:
    """The cursor by ids of intents."""
    named = {name: getattr(asked, name) for name in ("starting_after", "ending_before")}
    return replace(asked, **{name: None if id_ is None else _intent(id_) for name, id_ in named.items()})


def _intent(id_: str) -> str:
    """The id of the intent that a payment goes by; of what is no payment's id, one that is no intent's."""
    return "pi_" + id_.removeprefix(PAYMENT_PREFIX) if id_.startswith(PAYMENT_PREFIX) else "none"


endpoints = (
    Endpoint(method="GET", path="/v1/invoice_payments", takes=CURSOR | CREATED | LIST, act=list_all),
    Endpoint(method="GET", path="/v1/invoice_payments/{invoice_payment:str}", takes={}, act=retrieve),
)
