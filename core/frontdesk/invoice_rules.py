"""What can be done with an invoice, by its status: draft, open, paid, uncollectible, void.

The sentences are those that Stripe's API was seen to answer; an uncollectible invoice can be voided, as Stripe's guide
says (docs.stripe.com/invoicing/overview).
"""

from collections.abc import Iterator
from datetime import datetime

from msgspec import UNSET, UnsetType
from msgspec.structs import asdict

from frontdesk import invoice_refusals, item_refusals, refusals, typed_refusals
from frontdesk.billing import Capabilities, Capability
from frontdesk.book import Account, Invoice, Price, Terms
from frontdesk.bounds import MAXIMUM_AMOUNT, MAXIMUM_DAYS_UNTIL_DUE, MAXIMUM_QUANTITY
from frontdesk.commands import MarkUncollectible, VoidInvoice
from frontdesk.errors import Refusal
from frontdesk.invoice_commands import (
    CreateInvoice,
    CreateInvoiceItem,
    DeleteInvoice,
    DeleteInvoiceItem,
    FinalizeInvoice,
    InvoiceCommand,
    InvoiceFields,
    ItemCharge,
    RemindOfInvoice,
    SendInvoice,
    UpdateInvoice,
    UpdateInvoiceItem,
)
from frontdesk.lines import full_amount
from frontdesk.money import known_currency, line_amount
from frontdesk.pricing import sold_in

CUSTOM_FIELDS = 4
CUSTOM_NAME_LENGTH = 40
CUSTOM_VALUE_LENGTH = 140
"""Of the fields that a business prints on an invoice (portal_spec.md §E.5)."""
TEXT_LENGTH = 5000

FINAL = "Finalized invoices can't be updated in this way"
ALREADY_FINAL = "This invoice is already finalized, you can't re-finalize a non-draft invoice."
NOT_EDITABLE = "Invalid invoice: This invoice is no longer editable"
HAS_NOTES = "Invoices with credit notes cannot be voided: void these first, or credit the rest."
HAS_CREDIT = "Credit was set against this invoice, so it cannot be voided. Issue a credit note over the rest instead."
NOT_SENDABLE = "This invoice cannot be sent: only drafts and unpaid invoices are."
NOT_REMINDED = "This invoice needs no reminder: only open invoices of which something is unpaid do."
MISSING_EMAIL = (
    "Missing email. In order to create invoices that are sent to the customer, the customer must have a valid email."
)
OF_SUBSCRIPTION = "Drafts that a subscription billed cannot be deleted: issue the invoice, then void it."
EMPTY = "Nothing to invoice: this draft has no lines."
ITEM_SETTLED = "This invoice item is on an invoice that is no longer editable."
ONE_CHARGE = "Give exactly one of `amount`, `unit_amount_decimal`, `pricing` and `price_data`."
RECURRING = (
    "The price specified is set to `type=recurring` but this field only accepts prices with `type=one_time`: `{price}`."
)
PERIOD = "The `end` of a period must not lie before its `start`."
DUE_TWICE = "You may only specify one of these parameters: due_date, days_until_due."
TOO_MANY_FIELDS = "An invoice has at most 4 custom fields."


def closing_obstacles(
    account: Account, command: VoidInvoice | MarkUncollectible, capabilities: Capabilities
) -> Iterator[Refusal]:
    """Why an invoice cannot be taken back or given up."""
    yield from _lacking(capabilities, Capability.CLOSE_INVOICES)
    invoice = account.invoice(command.invoice)
    if invoice is None:
        yield refusals.no_such("invoice", command.invoice, "invoice")
        return
    if isinstance(command, MarkUncollectible):
        if invoice.status == "uncollectible":
            yield invoice_refusals.already_uncollectible()
        elif invoice.status != "open":
            yield invoice_refusals.invoice_not_open()
        return
    if invoice.status == "paid" or (invoice.status in ("open", "uncollectible") and invoice.amount_paid):
        yield invoice_refusals.invoice_has_payments()
    elif invoice.set_offs and invoice.status != "void":
        yield invoice_refusals.not_for_invoice("invoice_has_credit", HAS_CREDIT)
    elif invoice.amount_credited and invoice.status != "void":
        yield invoice_refusals.not_for_invoice("invoice_has_credit_notes", HAS_NOTES)
    elif invoice.status not in ("open", "uncollectible"):
        yield invoice_refusals.invoice_not_open()


def _lacking(capabilities: Capabilities, needed: Capability) -> Iterator[Refusal]:
    if needed not in capabilities.can:
        yield refusals.cannot(needed.value)


# -- writing by hand --------------------------------------------------------------------------------------------------


def writing_obstacles(
    account: Account, command: InvoiceCommand, capabilities: Capabilities, terms: Terms
) -> Iterator[Refusal]:
    """Why an item or a draft cannot be made, changed, dropped, issued or sent."""
    yield from _lacking(capabilities, Capability.WRITE_INVOICES)
    match command:
        case CreateInvoiceItem():
            yield from _new_item_obstacles(account, command, terms)
        case UpdateInvoiceItem(item=id) | DeleteInvoiceItem(item=id):
            item = next((each for each in account.pending_items if each.id == id), None)
            if item is None:
                yield refusals.no_such("invoiceitem", id, "id")
                return
            if item.invoice is not None and not is_draft(account.invoice(item.invoice)):
                yield invoice_refusals.not_for_invoice("item_settled", ITEM_SETTLED)
            if isinstance(command, UpdateInvoiceItem) and command.charge is not UNSET:
                yield from _charge_obstacles(command.charge, item.line.currency, terms)
            yield from _period_obstacles(command)
        case CreateInvoice(subscription=subscription, currency=currency):
            billed = None if subscription is None else account.subscription(subscription)
            if subscription is not None and billed is None:
                yield refusals.no_such("subscription", subscription, "subscription")
            if currency is not None and not known_currency(currency):
                yield invoice_refusals.not_for_invoice(
                    "currency_unknown", f"Invalid currency: {currency[:20]}", "currency"
                )
            if billed is not None and currency not in (None, billed.currency):
                yield invoice_refusals.invoice_currencies_differ(currency or "", billed.currency)
            yield from _field_obstacles(command.fields)
        case _:
            yield from _draft_obstacles(account, command)


def due_obstacle(command: InvoiceCommand, now: datetime) -> Refusal | None:
    """Why an invoice cannot be due when a command says (Stripe's sentence)."""
    due = command.fields.due_date if isinstance(command, CreateInvoice | UpdateInvoice) else UNSET
    if not isinstance(due, datetime) or due > now:
        return None
    sentence = "Invalid timestamp: must be an integer Unix timestamp in the future."
    return invoice_refusals.not_for_invoice("due_date_past", sentence, "due_date")


def is_draft(invoice: Invoice | None) -> bool:
    """Whether there is an invoice that can still be written on."""
    return invoice is not None and invoice.status == "draft"


def charge_currency(
    account: Account, currency: str | None, price: Price | None, invoice: Invoice | None, terms: Terms
) -> str:
    """The currency of a new item: what was said, else the draft's, the price's, the customer's, the side's."""
    if currency is not None:
        return currency
    if invoice is not None:
        return invoice.currency
    mine = account.customer.currency or terms.settings.currency
    return mine if price is None or sold_in(price, mine) else price.currency


def _draft_obstacles(
    account: Account, command: UpdateInvoice | DeleteInvoice | FinalizeInvoice | SendInvoice | RemindOfInvoice
) -> Iterator[Refusal]:
    invoice = account.invoice(command.invoice)
    if invoice is None:
        yield refusals.no_such("invoice", command.invoice, "invoice")
        return
    match command:
        case UpdateInvoice(fields=fields):
            yield from _field_obstacles(fields)
            touched = [name for name, value in asdict(fields).items() if value is not UNSET and name != "metadata"]
            if touched and not is_draft(invoice):
                yield invoice_refusals.not_for_invoice("invoice_final", FINAL, touched[0])
        case DeleteInvoice() if not is_draft(invoice):
            yield invoice_refusals.not_for_invoice("only_drafts_deleted", "You can only delete draft invoices.")
        case DeleteInvoice() if invoice.billing_reason != "manual":
            yield invoice_refusals.not_for_invoice("subscription_draft_stays", OF_SUBSCRIPTION)
        case FinalizeInvoice() if not is_draft(invoice):
            yield invoice_refusals.not_for_invoice("already_final", ALREADY_FINAL)
        case SendInvoice() if invoice.status not in ("draft", "open", "uncollectible"):
            yield invoice_refusals.not_for_invoice("invoice_not_sendable", NOT_SENDABLE)
        case RemindOfInvoice() if invoice.status != "open" or not invoice.amount_remaining:
            yield invoice_refusals.not_for_invoice("invoice_not_remindable", NOT_REMINDED)
    sends = isinstance(command, SendInvoice | RemindOfInvoice) or (
        isinstance(command, FinalizeInvoice) and command.send
    )
    if sends and not account.customer.email:
        yield invoice_refusals.not_for_invoice("customer_without_address", MISSING_EMAIL, "customer")
    if isinstance(command, FinalizeInvoice | SendInvoice) and is_draft(invoice) and not invoice.lines:
        yield invoice_refusals.not_for_invoice("invoice_empty", EMPTY, api_code="invoice_no_customer_line_items")


def _new_item_obstacles(account: Account, command: CreateInvoiceItem, terms: Terms) -> Iterator[Refusal]:
    invoice = None if command.invoice is None else account.invoice(command.invoice)
    if command.invoice is not None and invoice is None:
        yield refusals.no_such("invoice", command.invoice, "invoice")
    if invoice is not None and invoice.status != "draft":
        yield invoice_refusals.not_for_invoice("invoice_closed", NOT_EDITABLE, "invoice", "invoice_not_editable")
    subscription = None if command.subscription is None else account.subscription(command.subscription)
    if command.subscription is not None and subscription is None:
        yield refusals.no_such("subscription", command.subscription, "subscription")
    price = None if command.charge.price is None else terms.prices.get(command.charge.price)
    currency = charge_currency(account, command.currency, price, invoice, terms)
    if not known_currency(currency):
        yield invoice_refusals.not_for_invoice("currency_unknown", f"Invalid currency: {currency[:20]}", "currency")
        return
    for other in (invoice, subscription):
        if other is not None and other.currency != currency:
            yield invoice_refusals.invoice_currencies_differ(currency, other.currency)
    yield from _charge_obstacles(command.charge, currency, terms)
    yield from _period_obstacles(command)


def _charge_obstacles(charge: ItemCharge, currency: str, terms: Terms) -> Iterator[Refusal]:
    if charge.price is not None and charge.price not in terms.prices:
        yield refusals.no_such("price", charge.price, "pricing[price]")
    if charge.product is not None and charge.product not in terms.products:
        yield refusals.no_such("product", charge.product, "price_data[product]")
    ways = (charge.amount, charge.price, charge.unit_amount)
    given = sum(each is not None for each in ways)
    if given != 1 or (charge.product is not None and charge.unit_amount is None):
        yield invoice_refusals.not_for_invoice(
            "item_charge", ONE_CHARGE, "amount", "parameters_exclusive" if given > 1 else "parameter_missing"
        )
        return
    if not 0 <= charge.quantity <= MAXIMUM_QUANTITY:
        yield item_refusals.quantity_impossible(MAXIMUM_QUANTITY, "quantity")
        return
    amount = charge.amount
    if charge.price is not None:
        price = terms.prices.get(charge.price)
        if price is None:
            return
        product = terms.products.get(price.product)
        if not (price.active and product is not None and product.active):
            yield item_refusals.price_inactive(price.id, "pricing[price]")
        if price.recurring is not None:
            yield invoice_refusals.not_for_invoice(
                "price_recurring", RECURRING.format(price=price.id), "pricing[price]"
            )
        if not sold_in(price, currency):
            yield invoice_refusals.invoice_currencies_differ(price.currency, currency)
            return
        amount = full_amount(price, charge.quantity, currency)
    elif charge.unit_amount is not None:
        amount = line_amount(charge.unit_amount, charge.quantity)
    if amount is not None and abs(amount) > MAXIMUM_AMOUNT:
        yield item_refusals.amount_impossible(MAXIMUM_AMOUNT, "amount")


def _period_obstacles(command: InvoiceCommand) -> Iterator[Refusal]:
    start, end = getattr(command, "start", None), getattr(command, "end", None)
    if isinstance(start, datetime) and isinstance(end, datetime) and end < start:
        yield invoice_refusals.not_for_invoice("period_backwards", PERIOD, "period[end]")


def _field_obstacles(fields: InvoiceFields) -> Iterator[Refusal]:
    days = fields.days_until_due
    if isinstance(days, int) and not 0 <= days <= MAXIMUM_DAYS_UNTIL_DUE:
        yield invoice_refusals.days_until_due_invalid(MAXIMUM_DAYS_UNTIL_DUE)
    if isinstance(days, int) and isinstance(fields.due_date, datetime):
        yield invoice_refusals.not_for_invoice("due_twice", DUE_TWICE, "due_date", "parameters_exclusive")
    for name in ("description", "footer"):
        text = getattr(fields, name)
        if isinstance(text, str) and len(text) > TEXT_LENGTH:
            yield typed_refusals.text_too_long(TEXT_LENGTH, name)
    if isinstance(fields.custom_fields, UnsetType):
        return
    if len(fields.custom_fields) > CUSTOM_FIELDS:
        yield invoice_refusals.not_for_invoice("custom_fields", TOO_MANY_FIELDS, "custom_fields")
    for place, each in enumerate(fields.custom_fields):
        if not 0 < len(each.name) <= CUSTOM_NAME_LENGTH:
            yield typed_refusals.text_too_long(CUSTOM_NAME_LENGTH, f"custom_fields[{place}][name]")
        if not 0 < len(each.value) <= CUSTOM_VALUE_LENGTH:
            yield typed_refusals.text_too_long(CUSTOM_VALUE_LENGTH, f"custom_fields[{place}][value]")
