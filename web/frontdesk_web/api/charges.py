"""`/v1/charges`: what was taken from cards, or was to be; they are made by invoices and payment intents."""

from typing import Any

from msgspec.structs import replace

from frontdesk.charges import Charge
from frontdesk_tenants import charge_record, listings
from frontdesk_web.api.calls import CREATED, CURSOR, Call, Endpoint, list_of, noted_metadata
from frontdesk_web.api.customers import NAMES, named
from frontdesk_web.api.errors import no_such
from frontdesk_web.api.parameters import Absent, Metadata, Text
from frontdesk_web.api.views import show_all, show_stored

UPDATE: dict[str, Any] = {
    "customer": Absent(what="Charges that change their customer are"),
    "description": Text(maximum=1000, clears=True),
    "fraud_details": Absent(what="Reports of fraud are"),
    "metadata": Metadata(),
    "receipt_email": Text(maximum=512, clears=True),
    "shipping": Absent(what="Shipping of payments is"),
    "transfer_group": Absent(what="Connected accounts are"),
}
KIND: listings.Kind = "charge"


async def retrieve(call: Call) -> dict[str, Any]:
    """One of them."""
    await call.stored(KIND, call.path["charge"])
    return await show_stored(call, KIND, call.path["charge"])


async def list_all(call: Call) -> dict[str, Any]:
    """All of them, a customer's, or those of a payment intent, newest first."""
    of = named(call.given)
    async with call.transaction() as connection:
        page = await listings.charges(
            connection,
            call.cursor(),
            customer=None if of is None else of[0],
            intent=call.given.get("payment_intent"),
        )
        return list_of("/v1/charges", page, await show_all(call, connection, KIND, page.items))


async def update(call: Call) -> dict[str, Any]:
    """Change what is noted of one."""
    given = call.given
    async with call.transaction() as connection:
        charge = await charge_record.hold(connection, Charge, call.path["charge"])
        if charge is None:
            raise no_such(KIND, call.path["charge"], None)
        after = replace(
            charge,
            description=given.get("description", charge.description),
            receipt_email=given.get("receipt_email", charge.receipt_email),
            metadata=noted_metadata(given, charge.metadata),
        )
        await charge_record.change(
            connection,
            call.door.tenant_id,
            charge,
            after,
            actor=call.actor,
            now=call.now,
            request_id=call.request_id,
        )
    return await show_stored(call, KIND, charge.id)


_ONE = "/v1/charges/{charge:str}"
_FILTERS = {"payment_intent": Text(maximum=255), "transfer_group": Absent(what="Connected accounts are")}
endpoints = (
    Endpoint(method="GET", path="/v1/charges", takes=CURSOR | CREATED | NAMES | _FILTERS, act=list_all),
    Endpoint(method="GET", path=_ONE, takes={}, act=retrieve),
    Endpoint(method="POST", path=_ONE, takes=UPDATE, act=update),
)
