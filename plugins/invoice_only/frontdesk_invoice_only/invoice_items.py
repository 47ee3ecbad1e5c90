"""Lines that somebody wrote: they wait for the next invoice, or stand on a draft."""

from decimal import Decimal
from typing import Any, Literal

from msgspec import UNSET, Struct, UnsetType
from msgspec.structs import replace

from frontdesk.automatic_tax import check_codes
from frontdesk.book import Line, PendingItem, Product, TaxBehavior
from frontdesk.catalogue import merge_metadata
from frontdesk.events import InvoiceItemChanged
from frontdesk.invoice_commands import CreateInvoiceItem, DeleteInvoiceItem, ItemCharge, UpdateInvoiceItem
from frontdesk.invoice_rules import charge_currency
from frontdesk.lines import full_amount
from frontdesk.money import line_amount
from frontdesk.pricing import in_currency, tax_behavior_in
from frontdesk.taxing import applied, check_behavior, rates_for
from frontdesk_invoice_only.draft_discounts import give_item
from frontdesk_invoice_only.draft_sums import rewrite
from frontdesk_invoice_only.page import Page


class _Charged(Struct, frozen=True, kw_only=True):
    """What a charge comes to, and what a line says of it."""

    amount: int
    quantity: int
    unit_amount: Decimal | None
    price: str | None = None
    product: str | None = None
    product_name: str = ""
    unit_label: str | None = None
    package: int = 1
    tax_code: str | None = None
    tax_behavior: TaxBehavior = "unspecified"


def create_item(page: Page, command: CreateInvoiceItem) -> None:
    """Make an item. It waits, or stands on its draft at once."""
    draft = None if command.invoice is None else page.invoice(command.invoice)
    price = None if command.charge.price is None else page.price(command.charge.price)
    currency = charge_currency(page.account(), command.currency, price, draft, page.terms)
    charged = _charged(page, command.charge, currency)
    rates = applied(command.tax_rates, (), page.terms, "tax_rates")
    if price is not None:
        check_behavior(price, currency, rates)
    start = command.start or command.end or page.now
    item = PendingItem(
        id=command.id,
        customer=page.customer.id,
        line=Line(
            id=page.ids("il"),
            kind="charge",
            currency=currency,
            start=start,
            end=max(start, command.end or start),
            subscription=command.subscription,
            pending_item=command.id,
            tax_rates=rates_for(page.customer, rates),
            discountable=charged.amount >= 0 if command.discountable is None else command.discountable,
            description=command.description,
            metadata=merge_metadata({}, command.metadata),
            **_fields(charged) | _own_tax(command.tax_code or UNSET, command.tax_behavior or UNSET),
        ),
        created=page.now,
        subscription=command.subscription,
        invoice=command.invoice,
        made_for_invoice=draft is not None,
    )
    item = give_item(page, item, command.discounts)
    page.save_pending(item)
    if draft is not None:
        rewrite(page, replace(draft, lines=(*draft.lines, item.line)))
    page.tell(InvoiceItemChanged(customer=page.customer.id, item=item.id, at=page.now, what="made"))


def update_item(page: Page, command: UpdateInvoiceItem) -> None:
    """Change an item, and its line on the draft where it stands on one."""
    item = page.item(command.item)
    line = item.line
    if command.charge is not UNSET:
        line = _recharged(line, _charged(page, command.charge, line.currency))
    line = replace(line, **_own_tax(command.tax_code, command.tax_behavior))
    rates = line.tax_rates
    if command.tax_rates is not UNSET:
        rates = rates_for(page.customer, applied(command.tax_rates, rates, page.terms, "tax_rates"))
    if line.price is not None and line.price in page.terms.prices:
        check_behavior(page.terms.prices[line.price], line.currency, rates)
    start = line.start if command.start is UNSET else command.start
    line = replace(
        line,
        start=start,
        end=max(start, line.end if command.end is UNSET else command.end),
        tax_rates=rates,
        discountable=line.discountable if command.discountable is UNSET else command.discountable,
        description=line.description if command.description is UNSET else command.description,
        metadata=merge_metadata(line.metadata, command.metadata),
    )
    after = replace(item, line=line)
    if command.discounts is not UNSET:
        after = give_item(page, after, command.discounts)
    if after == item:
        return
    page.save_pending(after)
    if item.invoice is not None:
        draft = page.invoice(item.invoice)
        lines = tuple(line if each.pending_item == item.id else each for each in draft.lines)
        rewrite(page, replace(draft, lines=lines))
    page.tell(InvoiceItemChanged(customer=page.customer.id, item=item.id, at=page.now, what="changed"))


def delete_item(page: Page, command: DeleteInvoiceItem) -> None:
    """Drop an item, or let it wait, and take its line off the draft where it stands on one."""
    item = page.item(command.item)
    gone = replace(item, invoice=None, made_for_invoice=False) if command.waits else replace(item, deleted=True)
    page.save_pending(gone)
    what: Literal["changed", "dropped"] = "changed" if command.waits else "dropped"
    if item.invoice is not None:
        draft = page.invoice(item.invoice)
        rewrite(page, replace(draft, lines=tuple(each for each in draft.lines if each.pending_item != item.id)))
    page.tell(InvoiceItemChanged(customer=page.customer.id, item=item.id, at=page.now, what=what))


def _charged(page: Page, charge: ItemCharge, currency: str) -> _Charged:
    if charge.price is not None:
        price = in_currency(page.price(charge.price), currency)
        product = page.product(price)
        return _Charged(
            amount=full_amount(price, charge.quantity, currency),
            quantity=charge.quantity,
            unit_amount=price.unit_amount,
            price=price.id,
            product=price.product,
            product_name=product.name if product else "",
            unit_label=product.unit_label if product else None,
            package=1 if price.transform_quantity is None else price.transform_quantity.divide_by,
            tax_code=_code(page, product),
            tax_behavior=tax_behavior_in(page.price(price.id), currency),
        )
    if charge.unit_amount is not None:
        product = None if charge.product is None else page.terms.products.get(charge.product)
        return _Charged(
            amount=line_amount(charge.unit_amount, charge.quantity),
            quantity=charge.quantity,
            unit_amount=charge.unit_amount,
            product=charge.product,
            product_name=product.name if product else "",
            unit_label=product.unit_label if product else None,
            tax_code=_code(page, product),
        )
    assert charge.amount is not None, "the rules let nothing else through"
    return _Charged(amount=charge.amount, quantity=1, unit_amount=None)


def _recharged(line: Line, charged: _Charged) -> Line:
    """What a line bills now. What was said of its tax holds for as long as it bills the same product."""
    fields = _fields(charged)
    if (charged.price, charged.product) == (line.price, line.product):
        fields = {name: value for name, value in fields.items() if not name.startswith("tax_")}
    return replace(line, **fields)


def _code(page: Page, product: Product | None) -> str | None:
    check_codes((product,), page.terms.settings)
    return None if product is None else product.tax_code


def _own_tax(code: str | UnsetType | None, behavior: TaxBehavior | UnsetType) -> dict[str, Any]:
    """What an item says of its tax itself."""
    given = {"tax_code": code, "tax_behavior": behavior}
    return {name: value for name, value in given.items() if value is not UNSET}


def _fields(charged: _Charged) -> dict[str, Any]:
    return {name: getattr(charged, name) for name in _Charged.__struct_fields__}
