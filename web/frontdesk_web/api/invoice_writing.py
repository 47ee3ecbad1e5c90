"""`/v1/invoices`: written by hand. Drafts are begun, changed, deleted, issued and sent."""

from typing import Any

from msgspec import UNSET

from frontdesk import invoices
from frontdesk.book import CustomField, Invoice
from frontdesk.errors import Refused
from frontdesk.invoice_commands import (
    CreateInvoice,
    DeleteInvoice,
    FinalizeInvoice,
    InvoiceFields,
    SendInvoice,
    UpdateInvoice,
)
from frontdesk.payment_refusals import collection_method_unavailable
from frontdesk_web.api.automatic_taxes import AUTOMATIC_TAX, wanted
from frontdesk_web.api.calls import Call, Endpoint, metadata_change, new_metadata
from frontdesk_web.api.customers import CUSTOM_FIELDS, NAMES, named, present
from frontdesk_web.api.discount_parameters import DISCOUNTS, choices
from frontdesk_web.api.errors import missing_param
from frontdesk_web.api.parameters import Absent, Choice, Flag, Instant, Metadata, Text, Whole
from frontdesk_web.api.views import show_stored

_AUTOMATIC = Absent(
    what="Finalizing drafts automatically is",
    harmless=("", "false"),
    instead="POST /v1/invoices/:id/finalize issues a draft, and /send writes to the customer as well.",
)
UPDATE: dict[str, Any] = {
    "account_tax_ids": Absent(
        what="Tax ids of the seller's for single invoices are", instead="The dashboard has them for all invoices."
    ),
    "application_fee_amount": Absent(what="Application fees are"),
    "auto_advance": _AUTOMATIC,
    "automatic_tax": AUTOMATIC_TAX,
    "automatically_finalizes_at": _AUTOMATIC,
    "collection_method": Choice(of=("charge_automatically", "send_invoice")),
    "custom_fields": CUSTOM_FIELDS,
    "days_until_due": Whole(),
    "default_payment_method": Absent(what="Payment methods are"),
    "default_source": Absent(what="Sources are", instead="POST /v1/invoices/:id/pay takes a `payment_method`."),
    "default_tax_rates": Absent(what="Tax rates of single invoices are"),
    "description": Text(clears=True),
    "discounts": DISCOUNTS,
    "due_date": Instant(),
    "effective_at": Absent(what="Dates of issue other than the present are"),
    "footer": Text(clears=True),
    "issuer": Absent(what="Other issuers are"),
    "metadata": Metadata(),
    "number": Absent(what="Invoice numbers of your own are"),
    "on_behalf_of": Absent(what="Connected accounts are"),
    "payment_settings": Absent(what="Payment settings of single invoices are"),
    "rendering": Absent(what="Rendering options of invoices are"),
    "shipping_cost": Absent(what="Shipping costs are"),
    "shipping_details": Absent(what="Shipping details of single invoices are"),
    "statement_descriptor": Absent(what="Statement descriptors of single invoices are"),
    "transfer_data": Absent(what="Connected accounts are"),
}
WRITTEN = ("send_invoice",)
"""How an invoice that is written by hand is collected."""
CREATE: dict[str, Any] = (
    UPDATE
    | NAMES
    | {
        "currency": Text(maximum=3),
        "from_invoice": Absent(what="Revisions of invoices are"),
        "pending_invoice_items_behavior": Choice(of=("exclude", "include")),
        "subscription": Text(maximum=255),
    }
)


async def create(call: Call) -> dict[str, Any]:
    """Begin a draft."""
    given, of = call.given, named(call.given)
    if of is None:
        raise missing_param("customer")
    customer = await present(call, *of)
    currency = given.get("currency")
    fields = _fields(call, {})
    command = CreateInvoice(
        id=call.ids("in"),
        currency=None if currency is None else currency.lower(),
        subscription=given.get("subscription"),
        pending=given.get("pending_invoice_items_behavior", "exclude"),
        fields=fields,
    )
    async with call.desk(customer.id) as desk:
        _refuse_method(given.get("collection_method"), WRITTEN)
        await invoices.write(desk, command)
    return await show_stored(call, "invoice", command.id)


async def update(call: Call) -> dict[str, Any]:
    """Change a draft, or the metadata of an issued invoice."""
    stored = await _stored(call)
    async with call.desk(stored.customer) as desk:
        _refuse_method(call.given.get("collection_method"), WRITTEN)
        await invoices.write(desk, UpdateInvoice(invoice=stored.id, fields=_fields(call, stored.metadata)))
    return await show_stored(call, "invoice", stored.id)


async def delete(call: Call) -> dict[str, Any]:
    """Drop a draft."""
    stored = await _stored(call)
    async with call.desk(stored.customer) as desk:
        await invoices.write(desk, DeleteInvoice(invoice=stored.id))
    return {"id": stored.id, "object": "invoice", "deleted": True}


async def finalize(call: Call) -> dict[str, Any]:
    """Issue a draft. A letter is written with `auto_advance`, or later by `send`."""
    stored = await _stored(call)
    async with call.desk(stored.customer) as desk:
        await invoices.write(desk, FinalizeInvoice(invoice=stored.id, send=call.given.get("auto_advance", False)))
    return await show_stored(call, "invoice", stored.id)


async def send(call: Call) -> dict[str, Any]:
    """Send an unpaid invoice, issued first where it is a draft."""
    stored = await _stored(call)
    async with call.desk(stored.customer) as desk:
        await invoices.write(desk, SendInvoice(invoice=stored.id))
    return await show_stored(call, "invoice", stored.id)


async def _stored(call: Call) -> Invoice:
    return await call.stored("invoice", call.path["invoice"])  # type: ignore[no-any-return]


def _fields(call: Call, present_metadata: Any) -> InvoiceFields:
    given = call.given
    metadata: Any = UNSET
    if "metadata" in given:
        metadata = metadata_change(given, present_metadata) if present_metadata else new_metadata(given)
    fields: Any = given.get("custom_fields", UNSET)
    chosen = choices(given)
    return InvoiceFields(
        discounts=UNSET if chosen is None else chosen,
        days_until_due=given.get("days_until_due", UNSET),
        due_date=given.get("due_date", UNSET),
        description=given.get("description", UNSET),
        footer=given.get("footer", UNSET),
        custom_fields=fields if fields is UNSET else tuple(CustomField(each["name"], each["value"]) for each in fields),
        automatic_tax=UNSET if (taxed := wanted(given)) is None else taxed,
        metadata=metadata,
    )


def _refuse_method(method: str | None, methods: tuple[str, ...]) -> None:
    if method is not None and method not in methods:
        raise Refused(collection_method_unavailable(method, ", ".join(f"`{each}`" for each in methods)))


_ONE = "/v1/invoices/{invoice:str}"
endpoints = (
    Endpoint(method="POST", path="/v1/invoices", takes=CREATE, act=create),
    Endpoint(method="POST", path=_ONE, takes=UPDATE, act=update),
    Endpoint(method="DELETE", path=_ONE, takes={}, act=delete),
    Endpoint(method="POST", path=_ONE + "/finalize", takes={"auto_advance": Flag()}, act=finalize),
    Endpoint(method="POST", path=_ONE + "/send", takes={}, act=send),
)
