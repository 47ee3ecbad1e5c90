"""Lines of invoices and quotes, made from a price: names and labels are copied in at that moment."""

from datetime import datetime

from frontdesk.book import Line, LineKind, Price, Product, Subscription, SubscriptionItem
from frontdesk.money import line_amount


def full_amount(price: Price, quantity: int) -> int:
    """What `quantity` of a price costs for one whole period, in minor units."""
    return line_amount(price.unit_amount, quantity)


def item_line(
    id: str,
    kind: LineKind,
    subscription: Subscription,
    item: SubscriptionItem,
    price: Price,
    product: Product | None,
    *,
    amount: int,
    start: datetime,
    end: datetime,
) -> Line:
    """A line for a subscription item over `[start, end)`. Every kind but `charge` is a proration."""
    return Line(
        id=id,
        kind=kind,
        amount=amount,
        currency=subscription.currency,
        quantity=item.quantity,
        start=start,
        end=end,
        price=price.id,
        product=price.product,
        product_name=product.name if product else "",
        unit_label=product.unit_label if product else None,
        unit_amount=price.unit_amount,
        subscription=subscription.id,
        subscription_item=item.id,
        proration=kind != "charge",
    )
