"""`/v1/invoiceitems`: lines that wait for the customer's next invoice, or stand on a draft."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from msgspec import UNSET

from frontdesk import invoices
from frontdesk.book import Invoice, PendingItem, TaxBehavior
from frontdesk.invoice_commands import CreateInvoiceItem, DeleteInvoiceItem, ItemCharge, UpdateInvoiceItem
from frontdesk.money import amount_from_stripe, unit_amount_from_stripe
from frontdesk_tenants import listings
from frontdesk_web.api import tax_codes
from frontdesk_web.api.calls import CREATED, CURSOR, Call, Endpoint, list_of, metadata_change, new_metadata
from frontdesk_web.api.customers import NAMES, named, present
from frontdesk_web.api.discount_parameters import DISCOUNTS, choices
from frontdesk_web.api.errors import ApiError, missing_param, no_such_named
from frontdesk_web.api.parameters import (
    LARGEST,
    Absent,
    Choice,
    Flag,
    Group,
    Instant,
    Metadata,
    Number,
    Required,
    Text,
    Whole,
)
from frontdesk_web.api.tax_rates import TAX_RATES
from frontdesk_web.api.views import show_all, show_stored

_AMOUNT = Whole(minimum=-LARGEST)
_BEHAVIOR = Choice(of=("exclusive", "inclusive", "unspecified"))
UPDATE: dict[str, Any] = {
    "amount": _AMOUNT,
    "description": Text(clears=True),
    "discountable": Flag(),
    "discounts": DISCOUNTS,
    "metadata": Metadata(),
    "period": Group(of={"end": Required(Instant()), "start": Required(Instant())}),
    "price_data": Group(
        of={
            "currency": Text(maximum=3),
            "product": Required(Text(maximum=255)),
            "tax_behavior": _BEHAVIOR,
            "unit_amount": _AMOUNT,
            "unit_amount_decimal": Number(),
        }
    ),
    "pricing": Group(of={"price": Text(maximum=255)}),
    "quantity": Whole(),
    "quantity_decimal": Absent(what="Quantities with decimals are"),
    "tax_behavior": _BEHAVIOR,
    "tax_code": Text(clears=True),
    "tax_rates": TAX_RATES,
    "unit_amount_decimal": Number(),
}
CREATE: dict[str, Any] = (
    UPDATE | NAMES | {"currency": Text(maximum=3), "invoice": Text(maximum=255), "subscription": Text(maximum=255)}
)
LIST = CURSOR | CREATED | NAMES | {"invoice": Text(maximum=255), "pending": Flag()}
_WAYS = ("amount", "unit_amount_decimal", "pricing", "price_data")


async def create(call: Call) -> dict[str, Any]:
    """Put a line aside, or on a draft."""
    given = call.given
    of = named(given)
    if of is None:
        raise missing_param("customer")
    customer = await present(call, *of)
    draft: Invoice | None = None
    if "invoice" in given:
        draft = await call.stored("invoice", given["invoice"], "invoice")
        if draft is None or draft.customer != customer.id:
            raise no_such_named("invoice", given["invoice"], "invoice")
    command = await new_item(call, given, None if draft is None else draft.currency)
    async with call.desk(customer.id) as desk:
        await invoices.write(desk, command)
    return await show_stored(call, "invoiceitem", command.id)


async def _code(call: Call, given: Mapping[str, Any]) -> str | None:
    """The tax code that is given, which must be known."""
    code: str | None = given.get("tax_code")
    if code:
        await tax_codes.must_exist(call, code, "tax_code")
    return code


def _behavior(given: Mapping[str, Any]) -> TaxBehavior | None:
    found: TaxBehavior | None = given.get("tax_behavior") or (given.get("price_data") or {}).get("tax_behavior")
    return found


async def retrieve(call: Call) -> dict[str, Any]:
    """One item."""
    await call.stored("invoiceitem", call.path["invoiceitem"])
    return await show_stored(call, "invoiceitem", call.path["invoiceitem"])


async def update(call: Call) -> dict[str, Any]:
    """Change an item that is on no invoice, or on a draft."""
    stored: PendingItem = await call.stored("invoiceitem", call.path["invoiceitem"])
    command = await changed_item(call, stored, call.given)
    async with call.desk(stored.customer) as desk:
        await invoices.write(desk, command)
    return await show_stored(call, "invoiceitem", stored.id)


async def changed_item(call: Call, stored: PendingItem, given: Mapping[str, Any]) -> UpdateInvoiceItem:
    """What is to become of an item. Raises ApiError where an amount lies between two units of the currency."""
    line, period = stored.line, given.get("period") or {}
    charge: Any = UNSET
    if "quantity" in given and not any(way in given for way in _WAYS):
        charge = _same(stored, given["quantity"])
    elif any(way in given for way in (*_WAYS, "quantity")):
        charge = _charge(given, line.currency, line.quantity)
    return UpdateInvoiceItem(
        item=stored.id,
        charge=charge,
        description=given.get("description", UNSET),
        start=period.get("start", UNSET),
        end=period.get("end", UNSET),
        tax_rates=given.get("tax_rates", UNSET),
        tax_code=await _code(call, given) if "tax_code" in given else UNSET,
        tax_behavior=_behavior(given) or UNSET,
        discounts=UNSET if (chosen := choices(given)) is None else chosen,
        discountable=given.get("discountable", UNSET),
        metadata=metadata_change(given, line.metadata) if "metadata" in given else UNSET,
    )


async def delete(call: Call) -> dict[str, Any]:
    """Drop an item that is on no invoice, or on a draft."""
    stored: PendingItem = await call.stored("invoiceitem", call.path["invoiceitem"])
    async with call.desk(stored.customer) as desk:
        await invoices.write(desk, DeleteInvoiceItem(item=stored.id))
    return {"id": stored.id, "object": "invoiceitem", "deleted": True}


async def list_all(call: Call) -> dict[str, Any]:
    """Items, newest first."""
    of = named(call.given)
    async with call.transaction() as connection:
        page = await listings.invoice_items(
            connection,
            call.cursor(),
            customer=None if of is None else of[0],
            invoice=call.given.get("invoice"),
            pending=call.given.get("pending"),
        )
        return list_of("/v1/invoiceitems", page, await show_all(call, connection, "invoiceitem", page.items))


async def new_item(call: Call, given: Mapping[str, Any], currency: str | None) -> CreateInvoiceItem:
    """The item that is described. `currency` is that of the draft or subscription that it is for.

    Raises:
        ApiError: its currency is not known, or its amount lies between two units of the currency.
    """
    said = (given.get("price_data") or {}).get("currency") or given.get("currency")
    currency = said.lower() if said else currency
    if currency is None and "pricing" not in given:
        raise missing_param("currency")
    period = given.get("period") or {}
    return CreateInvoiceItem(
        id=call.ids("ii"),
        charge=_charge(given, currency),
        currency=currency,
        invoice=given.get("invoice"),
        subscription=given.get("subscription"),
        description=given.get("description"),
        start=period.get("start"),
        end=period.get("end"),
        tax_rates=given.get("tax_rates", ()),
        tax_code=await _code(call, given),
        tax_behavior=_behavior(given),
        discounts=choices(given) or (),
        discountable=given.get("discountable"),
        metadata=new_metadata(given),
    )


def _charge(given: Mapping[str, Any], currency: str | None, quantity: int = 1) -> ItemCharge:
    """What was given of an item's price; the rules say if it is too much or too little.

    Raises:
        ApiError: an amount lies between two units of the currency.
    """
    data = given.get("price_data") or {}
    unit = data.get("unit_amount_decimal", data.get("unit_amount", given.get("unit_amount_decimal")))
    if "amount" in given and "quantity" in given:
        raise ApiError(
            "You may only specify one of these parameters: amount, quantity.",
            code="parameters_exclusive",
            param="amount",
        )
    try:
        return ItemCharge(
            amount=None if given.get("amount") is None else amount_from_stripe(given["amount"], currency or ""),
            price=(given.get("pricing") or {}).get("price"),
            unit_amount=None if unit is None else unit_amount_from_stripe(Decimal(unit), currency or ""),
            product=data.get("product"),
            quantity=given.get("quantity", quantity),
        )
    except KeyError as error:
        raise ApiError(f"Invalid currency: {currency}", param="currency") from error
    except ValueError as error:
        raise ApiError(str(error), code="parameter_invalid_integer", param="amount") from error


def _same(stored: PendingItem, quantity: int) -> ItemCharge:
    line = stored.line
    if line.price is not None:
        return ItemCharge(price=line.price, quantity=quantity)
    if line.unit_amount is not None:
        return ItemCharge(unit_amount=line.unit_amount, product=line.product, quantity=quantity)
    return ItemCharge(unit_amount=Decimal(line.amount), quantity=quantity)


_ONE = "/v1/invoiceitems/{invoiceitem:str}"
endpoints = (
    Endpoint(method="POST", path="/v1/invoiceitems", takes=CREATE, act=create),
    Endpoint(method="GET", path="/v1/invoiceitems", takes=LIST, act=list_all),
    Endpoint(method="GET", path=_ONE, takes={}, act=retrieve),
    Endpoint(method="POST", path=_ONE, takes=UPDATE, act=update),
    Endpoint(method="DELETE", path=_ONE, takes={}, act=delete),
)
