"""`/v1/credit_notes`: what of an issued invoice is taken back."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from msgspec.structs import replace

from frontdesk import invoices
from frontdesk.acts import allow
from frontdesk.book import CreditNote, Invoice
from frontdesk.credit_notes import credit_note_over
from frontdesk.invoice_commands import CreateCreditNote, CreditLine, UpdateCreditNote, VoidCreditNote
from frontdesk.money import amount_from_stripe, unit_amount_from_stripe
from frontdesk.refunds import NoteRefund
from frontdesk_tenants import listings
from frontdesk_web.api.calls import CREATED, CURSOR, Call, Endpoint, list_of, metadata_change, new_metadata, slice_of
from frontdesk_web.api.customers import NAMES, named
from frontdesk_web.api.errors import ApiError, missing_param, no_such_named
from frontdesk_web.api.parameters import (
    LARGEST,
    Absent,
    Choice,
    Group,
    Many,
    Metadata,
    Number,
    Required,
    Text,
    Whole,
)
from frontdesk_web.api.shapes.credit_notes import credit_note, line
from frontdesk_web.api.views import show_all, show_stored

KIND: listings.Kind = "credit note"
_LINE = Group(
    of={
        "amount": Whole(),
        "description": Text(),
        "discount_amounts": Absent(what="Discounts of credit notes are"),
        "invoice_line_item": Text(maximum=255),
        "metadata": Absent(what="Metadata of single lines is"),
        "quantity": Whole(),
        "tax_amounts": Absent(what="Tax amounts of your own are"),
        "tax_rates": Absent(what="Tax rates of custom lines are"),
        "type": Required(Choice(of=("custom_line_item", "invoice_line_item"))),
        "unit_amount": Whole(minimum=-LARGEST),
        "unit_amount_decimal": Number(),
    }
)
CREATE: dict[str, Any] = {
    "amount": Whole(),
    "credit_amount": Whole(),
    "effective_at": Absent(what="Dates of issue other than the present are"),
    "email_type": Choice(of=("credit_note", "none")),
    "invoice": Required(Text(maximum=255)),
    "lines": Many(of=_LINE),
    "memo": Text(),
    "metadata": Metadata(),
    "out_of_band_amount": Whole(),
    "reason": Choice(of=("duplicate", "fraudulent", "order_change", "product_unsatisfactory")),
    "refund_amount": Whole(),
    "refunds": Many(
        of=Group(
            of={
                "amount_refunded": Whole(minimum=1),
                "payment_record_refund": Absent(what="Payment records are"),
                "refund": Text(maximum=255),
                "type": Choice(of=("refund",)),
            }
        )
    ),
    "shipping_cost": Absent(what="Shipping costs are"),
}
UPDATE: dict[str, Any] = {
    "memo": Absent(
        what="Changing the `memo` of a credit note is",
        instead="It stands on the document, which stays as it was issued; `metadata` can change.",
    ),
    "metadata": Metadata(),
}
LIST = CURSOR | CREATED | NAMES | {"invoice": Text(maximum=255)}


async def create(call: Call) -> dict[str, Any]:
    """Issue a credit note. As at Stripe it says where all goes that was paid: nothing becomes credit by itself."""
    stored: Invoice = await call.stored("invoice", call.given["invoice"], "invoice")
    await _refuse_foreign_refunds(call, stored)
    command = _command(call, stored)
    command = replace(command, credit=command.credit or 0)
    async with call.desk(stored.customer) as desk:
        await invoices.credit(desk, command)
    return await show_stored(call, KIND, command.id)


async def update(call: Call) -> dict[str, Any]:
    """Change what programs note of a credit note."""
    stored: CreditNote = await call.stored(KIND, call.path["credit_note"])
    if "metadata" in call.given:
        change = metadata_change(call.given, stored.metadata)
        async with call.desk(stored.customer) as desk:
            command = UpdateCreditNote(invoice=stored.invoice, credit_note=stored.id, metadata=change)
            await invoices.credit(desk, command)
    return await show_stored(call, KIND, stored.id)


async def preview(call: Call) -> dict[str, Any]:
    """What a credit note would say. Nothing is issued, so that it may leave open where what was paid goes."""
    return credit_note(await _foreseen(call), call.livemode)


async def preview_lines(call: Call) -> dict[str, Any]:
    """The lines of what a credit note would say."""
    return _lines_of(call, await _foreseen(call), "/v1/credit_notes/preview/lines")


async def _foreseen(call: Call) -> CreditNote:
    stored: Invoice = await call.stored("invoice", call.given["invoice"], "invoice")
    await _refuse_foreign_refunds(call, stored)
    command = _command(call, stored)
    async with call.desk(stored.customer) as desk:
        await desk.know(command)
        allow(desk, command)
        invoice = desk.account.invoice(stored.id) or stored
        return credit_note_over(invoice, desk.account.credit_notes, command, desk.now, call.ids)


async def retrieve(call: Call) -> dict[str, Any]:
    """One credit note."""
    await call.stored(KIND, call.path["credit_note"])
    return await show_stored(call, KIND, call.path["credit_note"])


async def list_all(call: Call) -> dict[str, Any]:
    """Credit notes, newest first."""
    of = named(call.given)
    async with call.transaction() as connection:
        page = await listings.credit_notes(
            connection,
            call.cursor(),
            customer=None if of is None else of[0],
            invoice=call.given.get("invoice"),
        )
        return list_of("/v1/credit_notes", page, await show_all(call, connection, KIND, page.items))


async def list_lines(call: Call) -> dict[str, Any]:
    """The lines of a credit note in their order."""
    stored: CreditNote = await call.stored(KIND, call.path["credit_note"])
    return _lines_of(call, stored, f"/v1/credit_notes/{stored.id}/lines")


def _lines_of(call: Call, note: CreditNote, path: str) -> dict[str, Any]:
    pairs = list(zip(note.lines, note.sources, strict=True))
    page = slice_of(call.cursor(), pairs, [each.id for each in note.lines])
    data = [line(each, source, call.livemode) for each, source in page.items]
    return list_of(path, page, data)


async def void(call: Call) -> dict[str, Any]:
    """Take a credit note back that only lowered what was open."""
    stored: CreditNote = await call.stored(KIND, call.path["credit_note"])
    async with call.desk(stored.customer) as desk:
        await invoices.credit(desk, VoidCreditNote(invoice=stored.invoice, credit_note=stored.id))
    return await show_stored(call, KIND, stored.id)


def _command(call: Call, invoice: Invoice) -> CreateCreditNote:
    given, currency = call.given, invoice.currency

    def minor(name: str) -> int | None:
        return None if given.get(name) is None else amount_from_stripe(given[name], currency)

    try:
        return CreateCreditNote(
            id=call.ids("cn"),
            invoice=invoice.id,
            lines=tuple(_line(each, currency) for each in given.get("lines", ())),
            amount=minor("amount"),
            credit=minor("credit_amount"),
            out_of_band=minor("out_of_band_amount") or 0,
            refund=minor("refund_amount") or 0,
            refunds=_refunds(given.get("refunds", ()), invoice),
            reason=given.get("reason"),
            memo=given.get("memo"),
            quiet=given.get("email_type") == "none",
            metadata=new_metadata(given),
        )
    except ValueError as error:
        raise ApiError(str(error), code="parameter_invalid_integer", param="amount") from error


async def _refuse_foreign_refunds(call: Call, invoice: Invoice) -> None:
    """Raises ApiError where a refund is named that is none of this invoice."""
    of_invoice = {each.id for each in invoice.refunds}
    for place, each in enumerate(call.given.get("refunds", ())):
        param = f"refunds[{place}][refund]"
        if "refund" not in each:
            raise missing_param(param)
        if each["refund"] not in of_invoice:
            raise no_such_named("refund", each["refund"], param)


def _refunds(given: Sequence[Mapping[str, Any]], invoice: Invoice) -> tuple[NoteRefund, ...]:
    """The refunds that pay it back: in whole where no amount is given."""
    whole = {each.id: each.amount for each in invoice.refunds}
    return tuple(
        NoteRefund(
            each["refund"],
            amount_from_stripe(each["amount_refunded"], invoice.currency)
            if "amount_refunded" in each
            else whole[each["refund"]],
        )
        for each in given
    )


def _line(given: dict[str, Any], currency: str) -> CreditLine:
    unit = given.get("unit_amount_decimal", given.get("unit_amount"))
    amount = given.get("amount")
    return CreditLine(
        source=given.get("invoice_line_item") if given["type"] == "invoice_line_item" else None,
        amount=None if amount is None else amount_from_stripe(amount, currency),
        quantity=given.get("quantity"),
        unit_amount=None if unit is None else unit_amount_from_stripe(Decimal(unit), currency),
        description=given.get("description"),
    )


_ONE = "/v1/credit_notes/{credit_note:str}"
endpoints = (
    Endpoint(method="POST", path="/v1/credit_notes", takes=CREATE, act=create),
    Endpoint(method="GET", path="/v1/credit_notes", takes=LIST, act=list_all),
    Endpoint(method="GET", path="/v1/credit_notes/preview", takes=CREATE, act=preview),
    Endpoint(method="GET", path="/v1/credit_notes/preview/lines", takes=CREATE | CURSOR, act=preview_lines),
    Endpoint(method="GET", path=_ONE, takes={}, act=retrieve),
    Endpoint(method="POST", path=_ONE, takes=UPDATE, act=update),
    Endpoint(method="GET", path=_ONE + "/lines", takes=CURSOR, act=list_lines),
    Endpoint(method="POST", path=_ONE + "/void", takes={}, act=void),
)
