"""What discounts take off lines that somebody wrote (docs.stripe.com/api/invoiceitems/create).

An item has discounts of its own, a draft has further ones for all of its lines; the item's come first. A credit and
what is not `discountable` are passed over, and so is a proration: discounts are inside of it already. A subscription's
discounts are for what the subscription itself bills: an item that waits for its invoice has only its own.
"""

from collections.abc import Sequence

from msgspec.structs import replace

from frontdesk.book import Line, PendingItem
from frontdesk.coupons import Discount
from frontdesk.discounts import Charge, taken_off, total_of


def reduced(lines: Sequence[Line], discounts: Sequence[Discount], currency: str) -> tuple[Line, ...]:
    """Lines with what these discounts take off them. `Discount.item` names the pending item that it is bound to."""
    charges = [
        Charge(amount=each.amount if _open(each) else 0, product=each.product, item=each.pending_item) for each in lines
    ]
    return tuple(
        replace(line, amount=line.amount - total_of(off), discounts=off) if off else line
        for line, off in zip(lines, taken_off(charges, discounts, currency), strict=True)
    )


def line_of(item: PendingItem) -> Line:
    """The line that a waiting item puts on the next invoice of a subscription."""
    if not item.discounts:
        return item.line
    (line,) = reduced((item.line,), item.discounts, item.line.currency)
    return line


def discountable_total(lines: Sequence[Line]) -> int:
    """What there is to take something off, in minor units: the measure of a promotion code's least amount."""
    return sum(each.gross for each in lines if each.discountable and not each.proration)


def _open(line: Line) -> bool:
    """Whether something may be taken off. What a subscription billed has its discounts taken off already."""
    return line.discountable and not line.proration and not line.discounts
