"""`/v1/invoices/:id/add_lines`, `update_lines`, `remove_lines`: the lines of a draft, several in one request.

Each line of a draft is an invoice item, so this is another way to write those. All of a request comes true, or none.
"""

from collections.abc import Sequence
from typing import Any

from frontdesk.acts import allow
from frontdesk.book import Invoice, Line, PendingItem
from frontdesk.commands import AccountCommand
from frontdesk.errors import Refused
from frontdesk.invoice_commands import DeleteInvoiceItem, InvoiceFields, UpdateInvoice
from frontdesk.invoice_refusals import not_for_invoice
from frontdesk.invoice_rules import NOT_EDITABLE
from frontdesk_tenants import listings
from frontdesk_web.api.calls import Call, Endpoint, metadata_change
from frontdesk_web.api.errors import no_such, no_such_named
from frontdesk_web.api.invoice_items import UPDATE as ITEM
from frontdesk_web.api.invoice_items import changed_item, new_item
from frontdesk_web.api.parameters import Absent, Choice, Group, Many, Metadata, Required, Text
from frontdesk_web.api.renamed_params import inside, renamed_params
from frontdesk_web.api.shapes.invoices import line as line_shape
from frontdesk_web.api.views import show_stored

_LINE: dict[str, Any] = ITEM | {"tax_amounts": Absent(what="Tax amounts of your own are")}
_METADATA: dict[str, Any] = {"invoice_metadata": Metadata()}
ADD = _METADATA | {
    "lines": Required(Many(of=Group(of=_LINE | {"invoice_item": Absent(what="Taking items that wait is")})))
}
UPDATE = _METADATA | {"lines": Required(Many(of=Group(of=_LINE | {"id": Required(Text(maximum=255))})))}
REMOVE = _METADATA | {
    "lines": Required(
        Many(of=Group(of={"behavior": Required(Choice(of=("delete", "unassign"))), "id": Required(Text(maximum=255))}))
    )
}


async def add(call: Call) -> dict[str, Any]:
    """Write lines on a draft."""
    draft = await _draft(call)
    commands: list[AccountCommand] = []
    for place, each in enumerate(call.given["lines"]):
        with renamed_params(inside(f"lines[{place}]")):
            commands.append(await new_item(call, {**each, "invoice": draft.id}, draft.currency))
    return await _write(call, draft, commands)


async def update(call: Call) -> dict[str, Any]:
    """Change lines of a draft."""
    draft = await _draft(call)
    commands: list[AccountCommand] = []
    for place, each in enumerate(call.given["lines"]):
        item = await _item(call, draft, each["id"], f"lines[{place}][id]")
        with renamed_params(inside(f"lines[{place}]")):
            commands.append(await changed_item(call, item, each))
    return await _write(call, draft, commands)


async def remove(call: Call) -> dict[str, Any]:
    """Take lines off a draft: they are gone, or (`unassign`) wait for another invoice."""
    draft = await _draft(call)
    commands: list[AccountCommand] = []
    for place, each in enumerate(call.given["lines"]):
        item = await _item(call, draft, each["id"], f"lines[{place}][id]")
        commands.append(DeleteInvoiceItem(item=item.id, waits=each["behavior"] == "unassign"))
    return await _write(call, draft, commands)


async def update_one(call: Call) -> dict[str, Any]:
    """Change one line of a draft, and show that."""
    draft = await _draft(call)
    item = await _item(call, draft, call.path["line_item_id"], None)
    await _write(call, draft, [await changed_item(call, item, call.given)])
    after: Invoice = await call.stored("invoice", draft.id)
    changed = next(each for each in after.lines if each.pending_item == item.id)
    async with call.transaction() as connection:
        known = await listings.find_all(connection, "price", {changed.price} if changed.price else ())
    return line_shape(changed, after, known, call.livemode)


async def _draft(call: Call) -> Invoice:
    """The draft that the path names. Raises ApiError (404), and Refused for an invoice that is none any more."""
    stored: Invoice = await call.stored("invoice", call.path["invoice"])
    if stored.status != "draft":
        raise Refused(not_for_invoice("invoice_closed", NOT_EDITABLE, "invoice", "invoice_not_editable"))
    return stored


async def _item(call: Call, draft: Invoice, line: str, param: str | None) -> PendingItem:
    """The item that a line of the draft is. Raises ApiError."""
    found: Line | None = next((each for each in draft.lines if each.id == line), None)
    if found is None or found.pending_item is None:
        raise no_such("line item", line, None) if param is None else no_such_named("line item", line, param)
    item: PendingItem = await call.stored("invoiceitem", found.pending_item)
    return item


async def _write(call: Call, draft: Invoice, commands: Sequence[AccountCommand]) -> dict[str, Any]:
    metadata = call.given.get("invoice_metadata")
    if "invoice_metadata" in call.given:
        change = metadata_change({"metadata": metadata}, draft.metadata)
        commands = [*commands, UpdateInvoice(invoice=draft.id, fields=InvoiceFields(metadata=change))]
    async with call.desk(draft.customer) as desk:
        for place, each in enumerate(commands):
            await desk.know(each)
            with renamed_params(inside(f"lines[{place}]")):
                allow(desk, each)
        await desk.carry_out(*commands)
    return await show_stored(call, "invoice", draft.id)


_ONE = "/v1/invoices/{invoice:str}"
endpoints = (
    Endpoint(method="POST", path=_ONE + "/add_lines", takes=ADD, act=add),
    Endpoint(method="POST", path=_ONE + "/update_lines", takes=UPDATE, act=update),
    Endpoint(method="POST", path=_ONE + "/remove_lines", takes=REMOVE, act=remove),
    Endpoint(method="POST", path=_ONE + "/lines/{line_item_id:str}", takes=_LINE, act=update_one),
)
