"""`/v1/customers/:id/balance_transactions`: what moved a customer's balance, and moving it by hand."""

from typing import Any

from frontdesk import invoices
from frontdesk.invoice_commands import AdjustBalance
from frontdesk.ledger import LedgerTransaction
from frontdesk.money import amount_from_stripe
from frontdesk_tenants import listings
from frontdesk_web.api.calls import CREATED, CURSOR, Call, Endpoint, list_of, new_metadata
from frontdesk_web.api.customers import present
from frontdesk_web.api.errors import ApiError, no_such
from frontdesk_web.api.parameters import LARGEST, Metadata, Required, Text, Whole
from frontdesk_web.api.views import show_all, show_stored

KIND: listings.Kind = "customer balance transaction"
CREATE: dict[str, Any] = {
    "amount": Required(Whole(minimum=-LARGEST)),
    "currency": Required(Text(maximum=3)),
    "description": Text(maximum=350, clears=True),
    "metadata": Metadata(),
}


async def create(call: Call) -> dict[str, Any]:
    """Move the balance: a negative amount is credit, a positive one is owed with the next invoice."""
    customer = await present(call, call.path["customer"])
    given, currency = call.given, call.given["currency"].lower()
    try:
        amount = amount_from_stripe(given["amount"], currency)
    except KeyError as error:
        raise ApiError(f"Invalid currency: {currency}", param="currency") from error
    except ValueError as error:
        raise ApiError(str(error), code="parameter_invalid_integer", param="amount") from error
    command = AdjustBalance(
        amount=amount, currency=currency, description=given.get("description"), metadata=new_metadata(given)
    )
    async with call.desk(customer.id) as desk:
        changes = await invoices.adjust_balance(desk, command)
    return await show_stored(call, KIND, changes.ledger[-1].id)


async def retrieve(call: Call) -> dict[str, Any]:
    """One movement."""
    stored: LedgerTransaction = await call.stored(KIND, call.path["transaction"])
    if stored.customer != call.path["customer"] or not stored.of("balance"):
        raise no_such(KIND, stored.id, None)
    return await show_stored(call, KIND, stored.id)


async def list_all(call: Call) -> dict[str, Any]:
    """Movements, newest first."""
    customer = await call.stored("customer", call.path["customer"])
    async with call.transaction() as connection:
        page = await listings.balance_transactions(
            connection, call.cursor(), customer.id, invoice=call.given.get("invoice")
        )
        data = await show_all(call, connection, KIND, page.items)
    return list_of(f"/v1/customers/{customer.id}/balance_transactions", page, data)


_ALL = "/v1/customers/{customer:str}/balance_transactions"
endpoints = (
    Endpoint(method="POST", path=_ALL, takes=CREATE, act=create),
    Endpoint(method="GET", path=_ALL, takes=CURSOR | CREATED | {"invoice": Text(maximum=255)}, act=list_all),
    Endpoint(method="GET", path=_ALL + "/{transaction:str}", takes={}, act=retrieve),
)
