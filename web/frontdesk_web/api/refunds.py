"""`/v1/refunds`: what goes back to the card that it was taken from.

A refund of an invoice's payment goes through the customer's account and its ledger; the invoice stays paid, and what of
it is taken back is said by a credit note. One of a payment of no invoice moves nothing in any book; its customer is
told.
"""

from typing import Any

from msgspec.structs import replace

from frontdesk import invoices
from frontdesk.charges import Charge
from frontdesk.errors import Refused
from frontdesk.events import RefundMade
from frontdesk.money import amount_from_stripe
from frontdesk.payment_method_commands import RefundCharge
from frontdesk.refund_rules import charge_obstacles
from frontdesk.refunds import Refund
from frontdesk.test_cards import CARDS
from frontdesk_tenants import charge_record, confirming, listings
from frontdesk_tenants.committing import record_event
from frontdesk_tenants.database import SideTransaction
from frontdesk_tenants.paging import Cursor
from frontdesk_web.api.calls import CREATED, CURSOR, Call, Endpoint, list_of, new_metadata, noted_metadata
from frontdesk_web.api.errors import ApiError, exclusive_params, no_such, no_such_named
from frontdesk_web.api.intent_steps import teller
from frontdesk_web.api.parameters import Absent, Choice, Metadata, Text, Whole
from frontdesk_web.api.views import show_all, show_stored

_OF_CASH = Absent(what="Cash balances of customers are")
CREATE: dict[str, Any] = {
    "amount": Whole(minimum=1),
    "charge": Text(maximum=255),
    "currency": _OF_CASH,
    "customer": _OF_CASH,
    "instructions_email": Absent(what="Refunds that customers are written to about are"),
    "metadata": Metadata(),
    "origin": _OF_CASH,
    "payment_intent": Text(maximum=255),
    "reason": Choice(of=("duplicate", "fraudulent", "requested_by_customer")),
    "refund_application_fee": Absent(what="Connected accounts are", harmless=("", "false")),
    "reverse_transfer": Absent(what="Connected accounts are", harmless=("", "false")),
}
UPDATE: dict[str, Any] = {"metadata": Metadata()}
KIND: listings.Kind = "refund"


async def create(call: Call) -> dict[str, Any]:
    """Refund a charge, or the charge of a payment intent: all that is left of it, or an amount."""
    given, id_ = call.given, call.ids("re")
    if "charge" in given and "payment_intent" in given:
        raise exclusive_params("charge", "payment_intent")
    async with call.transaction() as connection:
        await confirming.refuse_without_cards(teller(call, connection))
        charge = await _charge(call, connection)
        amount = _minor(given.get("amount"), charge.currency)
        if charge.invoice is None or charge.customer is None:
            await _refund(call, connection, charge, amount, id_)
            return await show_stored(call, KIND, id_)
    command = RefundCharge(
        id=id_,
        invoice=charge.invoice,
        charge=charge.id,
        amount=amount,
        reason=given.get("reason"),
        metadata=new_metadata(given),
        by=call.actor.id,
    )
    async with call.desk(charge.customer) as desk:
        await invoices.refund(desk, command)
    return await show_stored(call, KIND, id_)


async def retrieve(call: Call) -> dict[str, Any]:
    """One of them."""
    await call.stored(KIND, call.path["refund"])
    return await show_stored(call, KIND, call.path["refund"])


async def list_all(call: Call) -> dict[str, Any]:
    """All of them, or those of a charge or a payment intent, newest first."""
    async with call.transaction() as connection:
        page = await listings.refunds(
            connection, call.cursor(), charge=call.given.get("charge"), intent=call.given.get("payment_intent")
        )
        return list_of("/v1/refunds", page, await show_all(call, connection, KIND, page.items))


async def update(call: Call) -> dict[str, Any]:
    """Change its metadata."""
    async with call.transaction() as connection:
        refund = await charge_record.hold(connection, Refund, call.path["refund"])
        if refund is None:
            raise no_such(KIND, call.path["refund"], None)
        await charge_record.change(
            connection,
            call.door.tenant_id,
            refund,
            replace(refund, metadata=noted_metadata(call.given, refund.metadata)),
            actor=call.actor,
            now=call.now,
            request_id=call.request_id,
        )
    return await show_stored(call, KIND, refund.id)


async def cancel(call: Call) -> dict[str, Any]:
    """Refused: what goes back to a card cannot be called back, as at Stripe."""
    refund = await call.stored(KIND, call.path["refund"])
    raise ApiError(
        f"The refund {refund.id} has a status of {refund.status} and cannot be canceled. You can only cancel refunds"
        " that wait for the customer to act, which those of cards never do."
    )


async def _charge(call: Call, connection: SideTransaction) -> Charge:
    """The charge that is meant, held. Of a payment intent the one that was paid by."""
    given = call.given
    if "charge" in given:
        found = await charge_record.hold(connection, Charge, given["charge"])
        if found is None:
            raise no_such_named("charge", given["charge"], "charge")
        return found
    if "payment_intent" not in given:
        raise ApiError("One of the following params should be provided for this request: payment_intent or charge.")
    intent = given["payment_intent"]
    if await listings.find(connection, "payment_intent", intent) is None:
        raise no_such_named("payment_intent", intent, "payment_intent")
    page = await listings.charges(connection, Cursor(limit=100), intent=intent)
    paid = [each for each in page.items if each.status == "succeeded"]
    best = next((each for each in paid if each.left), paid[0] if paid else None)
    found = None if best is None else await charge_record.hold(connection, Charge, best.id)
    if found is None:
        raise ApiError(
            f"This PaymentIntent ({intent}) does not have a successful charge to refund.", param="payment_intent"
        )
    return found


async def _refund(call: Call, connection: SideTransaction, charge: Charge, amount: int | None, id_: str) -> None:
    obstacle = next(charge_obstacles(charge, amount), None)
    if obstacle is not None:
        raise Refused(obstacle)
    card = CARDS.get(charge.test_card or "")
    status, comes_to = ("succeeded", None) if card is None else card.refund
    made = Refund(
        id=id_,
        created=call.now,
        charge=charge.id,
        amount=charge.left if amount is None else amount,
        currency=charge.currency,
        status=status,
        comes_to=comes_to,
        customer=charge.customer,
        payment_intent=charge.payment_intent,
        reason=call.given.get("reason"),
        by=call.actor.id,
        metadata=new_metadata(call.given),
    )
    await charge_record.refund(
        connection,
        call.door.tenant_id,
        charge,
        made,
        actor=call.actor,
        jobs=call.site.tenancy.jobs,
        request_id=call.request_id,
    )
    if made.customer is not None:
        event = RefundMade(customer=made.customer, refund=made.id, amount=made.amount, at=made.created)
        await record_event(connection, call.door.tenant_id, event, call.now, call.site.tenancy.jobs)


def _minor(amount: int | None, currency: str) -> int | None:
    try:
        return None if amount is None else amount_from_stripe(amount, currency)
    except ValueError as error:
        raise ApiError(str(error), code="parameter_invalid_integer", param="amount") from error


_ONE = "/v1/refunds/{refund:str}"
_FILTERS = {"charge": Text(maximum=255), "payment_intent": Text(maximum=255)}
endpoints = (
    Endpoint(method="POST", path="/v1/refunds", takes=CREATE, act=create),
    Endpoint(method="GET", path="/v1/refunds", takes=CURSOR | CREATED | _FILTERS, act=list_all),
    Endpoint(method="GET", path=_ONE, takes={}, act=retrieve),
    Endpoint(method="POST", path=_ONE, takes=UPDATE, act=update),
    Endpoint(method="POST", path=_ONE + "/cancel", takes={}, act=cancel),
)
