"""Discounts of drafts and of the items on them: who is given them, what they take off, when they are used up.

A draft has the discounts that were said to be its; where nothing was said it has the customer's own
(docs.stripe.com/api/invoices/create).
"""

from collections.abc import Mapping, Sequence

from msgspec import UNSET
from msgspec.structs import replace

from frontdesk.book import Invoice, Line, PendingItem
from frontdesk.coupons import DiscountChoice
from frontdesk.invoice_commands import InvoiceFields
from frontdesk.redemptions import Occasion, redeemed
from frontdesk.written_discounts import discountable_total, line_of, reduced
from frontdesk_invoice_only.page import Page


def give_draft(page: Page, draft: Invoice, fields: InvoiceFields) -> Invoice:
    """A draft with the discounts that were asked for. Raises Refused where one cannot be had.

    What a coupon applies to is not asked: lines may come later.
    """
    if fields.discounts is UNSET:
        return draft
    present = [each for each in draft.discounts if each.item is None]
    discounts, redemptions = redeemed(fields.discounts, present, _occasion(page, draft.lines, draft.currency), page.ids)
    page.redeem(redemptions)
    return replace(draft, discounts=discounts, own_discounts=True)


def give_item(page: Page, item: PendingItem, choices: Sequence[DiscountChoice]) -> PendingItem:
    """An item with these discounts and no others. Raises Refused where one cannot be had."""
    line = item.line
    occasion = _occasion(page, (line,), line.currency, frozenset((line.product,) if line.product else ()))
    discounts, redemptions = redeemed(choices, item.discounts, occasion, page.ids, item=item.id)
    page.redeem(redemptions)
    return replace(item, discounts=discounts)


def reduced_draft(page: Page, draft: Invoice) -> Invoice:
    """A draft with what its discounts, and those of its items, take off the lines as they are now.

    What a subscription bills keeps what was taken off as it was billed, unless it is said what the draft has.
    """
    if draft.billing_reason != "manual" and not draft.own_discounts:
        return _as_billed(page, draft)
    bound = tuple(each for item in page.items_on(draft) for each in item.discounts)
    wide = tuple(each for each in draft.discounts if each.item is None)
    if not draft.own_discounts:
        own = page.customer.discount
        wide = () if own is None or not own.in_force(page.now) else (own,)
    discounts = (*bound, *wide)
    page.know_discounts(discounts)
    written = {item.id: item.line for item in page.items_on(draft)}
    whole = [_whole(each, written) for each in draft.lines]
    return replace(draft, lines=reduced(whole, discounts, draft.currency), discounts=discounts)


def reduced_item(page: Page, item: PendingItem) -> Line:
    """The line of an item that goes on a subscription's invoice."""
    page.know_discounts(item.discounts)
    return line_of(item)


def use_up(page: Page, invoice: Invoice) -> None:
    """Take the customer's own discount away if this invoice had it and it can be had once."""
    own = page.customer.discount
    if own is not None and own.duration == "once" and any(each.id == own.id for each in invoice.discounts):
        page.save_customer(replace(page.customer, discount=None))


def _as_billed(page: Page, draft: Invoice) -> Invoice:
    page.know_discounts(draft.discounts)
    items = {each.id: each for each in page.items_on(draft)}
    lines = tuple(
        each if each.pending_item not in items else reduced_item(page, items[each.pending_item]) for each in draft.lines
    )
    return replace(draft, lines=lines)


def _whole(line: Line, written: Mapping[str, Line]) -> Line:
    """A draft's line as it was written, before anything was taken off it here."""
    found = written.get(line.pending_item or "")
    return line if found is None else replace(line, amount=found.amount, discounts=found.discounts)


def _occasion(page: Page, lines: Sequence[Line], currency: str, products: frozenset[str] | None = None) -> Occasion:
    return Occasion(
        account=page.account(),
        terms=page.terms,
        at=page.now,
        currency=currency,
        products=products,
        subtotal=discountable_total(lines),
    )
