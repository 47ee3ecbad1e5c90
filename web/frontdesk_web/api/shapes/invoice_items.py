"""Invoice items: lines that wait for an invoice, or are on one."""

from collections.abc import Mapping
from typing import Any

from frontdesk.book import PendingItem
from frontdesk.tax_rates import TaxRate
from frontdesk_web.api.shapes.discounts import ids
from frontdesk_web.api.shapes.invoices import description, pricing
from frontdesk_web.api.shapes.tax_rates import tax_rates
from frontdesk_web.api.shapes.values import account_id, amount, unix


def invoice_item(stored: PendingItem, rates: Mapping[str, TaxRate], livemode: bool) -> dict[str, Any]:
    """An invoice item; `rates` holds its tax rates."""
    line = stored.line
    total = amount(line.amount, line.currency)
    return {
        "id": stored.id,
        "object": "invoiceitem",
        "amount": total,
        "currency": line.currency,
        "customer": stored.customer,
        "customer_account": account_id(stored.customer),
        "date": unix(stored.created),
        "description": line.description or description(line, {}),
        "discountable": line.discountable and not line.proration,
        "discounts": ids(stored.discounts),
        "invoice": stored.invoice,
        "livemode": livemode,
        "metadata": dict(line.metadata),
        "net_amount": total,
        "parent": _parent(stored),
        "period": {"end": unix(line.end), "start": unix(line.start)},
        "pricing": pricing(line),
        "proration": line.proration,
        "proration_details": {"discount_amounts": []},
        "quantity": line.quantity,
        "quantity_decimal": str(line.quantity),
        "tax_rates": tax_rates(line.tax_rates, rates, livemode),
        "test_clock": None,
    }


def _parent(stored: PendingItem) -> dict[str, Any] | None:
    if stored.subscription is None:
        return None
    details = {"subscription": stored.subscription, "subscription_item": stored.line.subscription_item}
    return {"subscription_details": details, "type": "subscription_details"}
