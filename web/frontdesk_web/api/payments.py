"""Payments in part: what came in for an invoice, on which day, with which reference; and that one was none.

Stripe has no word for it where nothing is charged. So these are extensions with our name on them: a `frontdesk` block
of `/v1/invoices/:id/pay`, and `/v1/frontdesk/invoices/:id/payments`.
"""

from collections.abc import Mapping
from typing import Any

from frontdesk import invoices
from frontdesk.book import Invoice, Payment
from frontdesk.desk import Desk
from frontdesk.money import amount_from_stripe
from frontdesk_web.api.calls import CURSOR, Call, Endpoint, list_of, slice_of
from frontdesk_web.api.errors import ApiError
from frontdesk_web.api.parameters import Group, Instant, Text, Whole
from frontdesk_web.api.shapes.values import amount, unix
from frontdesk_web.api.views import show_stored

PART = Group(of={"amount": Whole(), "received_at": Instant(), "reference": Text(maximum=140)})
_PAYMENTS = "/v1/frontdesk/invoices/{invoice:str}/payments"


async def record_part(desk: Desk, invoice: Invoice, part: Mapping[str, Any]) -> None:
    """Record what came in: all that is open where no amount is given, today where no day is.

    Raises:
        ApiError: an amount lies between two units of the currency.
        Refused: the invoice is not to be paid, or amount, day or reference are impossible.
    """
    came = part.get("amount")
    try:
        minor = invoice.amount_remaining if came is None else amount_from_stripe(came, invoice.currency)
    except ValueError as error:
        raise ApiError(str(error), code="parameter_invalid_integer", param="frontdesk[amount]") from error
    received = part.get("received_at") or desk.now
    await invoices.record_payment(desk, invoice.id, minor, received.date(), part.get("reference"))


async def list_payments(call: Call) -> dict[str, Any]:
    """What came in for an invoice, and what of it was none, in the order in which it was recorded."""
    stored: Invoice = await call.stored("invoice", call.path["invoice"])
    page = slice_of(call.cursor(), stored.payments, [each.id for each in stored.payments])
    data = [_shown(each, stored) for each in page.items]
    return list_of(f"/v1/frontdesk/invoices/{stored.id}/payments", page, data)


async def reverse(call: Call) -> dict[str, Any]:
    """Record that a payment was none after all. Answers the invoice."""
    stored: Invoice = await call.stored("invoice", call.path["invoice"])
    async with call.desk(stored.customer) as desk:
        await invoices.reverse_payment(desk, stored.id, call.path["payment"])
    return await show_stored(call, "invoice", stored.id)


def _shown(payment: Payment, invoice: Invoice) -> dict[str, Any]:
    return {
        "id": payment.id,
        "object": "frontdesk.payment",
        "amount": amount(payment.amount, invoice.currency),
        "amount_overpaid": amount(payment.overpaid, invoice.currency),
        "created": unix(payment.recorded),
        "currency": invoice.currency,
        "invoice": invoice.id,
        "received_on": payment.received.isoformat(),
        "reference": payment.reference,
        "reverses": payment.reverses,
    }


endpoints = (
    Endpoint(method="GET", path=_PAYMENTS, takes=CURSOR, act=list_payments),
    Endpoint(method="POST", path=_PAYMENTS + "/{payment:str}/reverse", takes={}, act=reverse),
)
