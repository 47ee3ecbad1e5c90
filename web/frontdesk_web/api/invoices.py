"""`/v1/invoices`: read, and marked as paid outside of the billing backend."""

from typing import Any

from frontdesk import invoices
from frontdesk.book import Invoice
from frontdesk.errors import Refused, filled
from frontdesk.payment_intents import intent_id
from frontdesk_tenants import listings
from frontdesk_web.api.calls import CREATED, CURSOR, Call, Endpoint, list_of, slice_of, span
from frontdesk_web.api.customers import NAMES, named
from frontdesk_web.api.errors import ApiError, exclusive_params
from frontdesk_web.api.parameters import Absent, Choice, Flag, SpanOf, Text
from frontdesk_web.api.payments import PART, record_part
from frontdesk_web.api.shapes.invoices import line
from frontdesk_web.api.views import show, show_all, show_stored

LIST = (
    CURSOR
    | CREATED
    | NAMES
    | {
        "collection_method": Choice(of=("charge_automatically", "send_invoice")),
        "due_date": SpanOf(),
        "status": Choice(of=("draft", "open", "paid", "uncollectible", "void")),
        "subscription": Text(maximum=255),
    }
)
PAY: dict[str, Any] = {
    "forgive": Absent(what="Forgiving what is left of an invoice is", harmless=("", "false")),
    "mandate": Absent(what="Mandates are"),
    "off_session": Flag(),
    "paid_out_of_band": Flag(),
    "payment_method": Text(maximum=255),
    "source": Absent(what="Sources are"),
    # An extension of ours: a part of it, on another day, with its reference. See `api.payments`.
    "frontdesk": PART,
}


async def retrieve(call: Call) -> dict[str, Any]:
    """One invoice with its first lines."""
    await call.stored("invoice", call.path["invoice"])
    return await show_stored(call, "invoice", call.path["invoice"])


async def list_all(call: Call) -> dict[str, Any]:
    """Invoices, newest first."""
    given = call.given
    of = named(given)
    async with call.transaction() as connection:
        page = await listings.invoices(
            connection,
            call.cursor(),
            customer=None if of is None else of[0],
            subscription=given.get("subscription"),
            status=given.get("status"),
            collection_method=given.get("collection_method"),
            due_date=span(given.get("due_date")),
        )
        return list_of("/v1/invoices", page, await show_all(call, connection, "invoice", page.items))


async def list_lines(call: Call) -> dict[str, Any]:
    """The lines of an invoice in their order."""
    stored: Invoice = await call.stored("invoice", call.path["invoice"])
    page = slice_of(call.cursor(), stored.lines, [each.id for each in stored.lines])
    async with call.transaction() as connection:
        known = await listings.find_all(connection, "price", {each.price for each in page.items if each.price})
    data = [line(each, stored, known, call.livemode) for each in page.items]
    return list_of(f"/v1/invoices/{stored.id}/lines", page, data)


async def pay(call: Call) -> dict[str, Any]:
    """Charge an open invoice, or record that it was paid in full outside of the billing backend."""
    stored: Invoice = await call.stored("invoice", call.path["invoice"])
    outside, method = call.given.get("paid_out_of_band", False), call.given.get("payment_method")
    if outside and method is not None:
        raise exclusive_params("paid_out_of_band", "payment_method")
    part = call.given.get("frontdesk")
    async with call.desk(stored.customer) as desk:
        if not outside and not desk.capabilities.charges:
            raise ApiError(
                "Charging an invoice is not available yet: the billing backend collects by invoice. Set "
                "`paid_out_of_band` to true to record that it was paid.",
                param="paid_out_of_band",
            )
        if not outside:
            try:
                await invoices.charge(desk, stored.id, method)
            except Refused as refused:
                raise await _with_intent(call, stored, refused) from refused
        elif part:
            await record_part(desk, stored, part)
        else:
            await invoices.pay_out_of_band(desk, stored.id)
    return await show_stored(call, "invoice", stored.id)


async def _with_intent(call: Call, stored: Invoice, refused: Refused) -> Exception:
    """What the bank refused, with the invoice's payment intent, by which programs go on (Stripe's errors have it)."""
    refusal = refused.refusal
    if refusal.decline_code is None:
        return refused
    async with call.transaction() as connection:
        intent = await listings.find(connection, "payment_intent", intent_id(stored.id))
        shown = {} if intent is None else {"payment_intent": await show(call, connection, "payment_intent", intent)}
    return ApiError(
        filled(refusal.for_tenant, refusal.parameters),
        code=refusal.api_code,
        param=refusal.param,
        status=402,
        type="card_error",
        decline_code=refusal.decline_code,
        objects=shown,
    )


async def void(call: Call) -> dict[str, Any]:
    """Take an invoice back that nothing was paid for."""
    stored: Invoice = await call.stored("invoice", call.path["invoice"])
    async with call.desk(stored.customer) as desk:
        await invoices.void(desk, stored.id)
    return await show_stored(call, "invoice", stored.id)


async def mark_uncollectible(call: Call) -> dict[str, Any]:
    """Give up on an open invoice."""
    stored: Invoice = await call.stored("invoice", call.path["invoice"])
    async with call.desk(stored.customer) as desk:
        await invoices.mark_uncollectible(desk, stored.id)
    return await show_stored(call, "invoice", stored.id)


_ONE = "/v1/invoices/{invoice:str}"
endpoints = (
    Endpoint(method="GET", path="/v1/invoices", takes=LIST, act=list_all),
    Endpoint(method="GET", path=_ONE, takes={}, act=retrieve),
    Endpoint(method="GET", path=_ONE + "/lines", takes=CURSOR, act=list_lines),
    Endpoint(method="POST", path=_ONE + "/pay", takes=PAY, act=pay),
    Endpoint(method="POST", path=_ONE + "/void", takes={}, act=void),
    Endpoint(method="POST", path=_ONE + "/mark_uncollectible", takes={}, act=mark_uncollectible),
)
