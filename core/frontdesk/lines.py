"""Lines of invoices and quotes, made from a price: names and labels are copied in at that moment."""

from datetime import datetime

from frontdesk.book import Line, LineKind, Price, Product, Subscription, SubscriptionItem
from frontdesk.money import line_amount
from frontdesk.pricing import amount_for, in_currency, is_metered
from frontdesk.tax_rates import AppliedRate


def full_amount(price: Price, quantity: int, currency: str) -> int:
    """What `quantity` of a price costs for one whole period, in minor units of the subscription's currency.

    That is what is billed ahead: nothing for a metered price.
    """
    if is_metered(price):
        return 0
    if price.currency == currency and price.unit_amount is not None and price.transform_quantity is None:
        # Nearly every price, and on every page.
        return line_amount(price.unit_amount, quantity)
    return amount_for(price, quantity, currency)


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
    tax_rates: tuple[AppliedRate, ...],
    partial: bool = False,
) -> Line:
    """A line for a subscription item over `[start, end)`. `partial` says that a charge bills a part of a period."""
    sold = in_currency(price, subscription.currency)
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
        unit_amount=sold.unit_amount,
        package=1 if sold.transform_quantity is None else sold.transform_quantity.divide_by,
        subscription=subscription.id,
        subscription_item=item.id,
        proration=kind in ("unused_time", "remaining_time"),
        partial=partial,
        tax_rates=tax_rates,
    )
