"""Credit notes and their lines."""

from typing import Any

from frontdesk.book import CreditNote, Line
from frontdesk_web.api.shapes.invoices import SHOWN_LINES, description
from frontdesk_web.api.shapes.tax_rates import taxes
from frontdesk_web.api.shapes.values import account_id, amount, list_of, unit_amounts, unix, unix_or_none


def credit_note(stored: CreditNote, livemode: bool, *, pdf: str = "", moved: str | None = None) -> dict[str, Any]:
    """A credit note with its document at `pdf`; one that was never issued has no number, and no such address.

    `moved` is the movement of the customer's balance that it caused.
    """

    def shown(minor: int) -> int:
        return amount(minor, stored.currency)

    lines = [line(each, source, livemode) for each, source in zip(stored.lines, stored.sources, strict=True)]
    net = sum(each.amount for each in stored.lines)
    untaxed = stored.total - sum(each.amount for each in stored.taxes)
    url = f"/v1/credit_notes/{stored.id}/lines"
    return {
        "id": stored.id,
        "object": "credit_note",
        "amount": shown(stored.total),
        "amount_shipping": 0,
        "created": unix(stored.created),
        "currency": stored.currency,
        "customer": stored.customer,
        "customer_account": account_id(stored.customer),
        "customer_balance_transaction": moved,
        "discount_amount": 0,
        "discount_amounts": [],
        "effective_at": unix(stored.created),
        "invoice": stored.invoice,
        "lines": list_of(url, lines[:SHOWN_LINES], has_more=len(lines) > SHOWN_LINES),
        "livemode": livemode,
        "memo": stored.memo,
        "metadata": dict(stored.metadata),
        "number": stored.number or "",
        "out_of_band_amount": shown(stored.out_of_band) or None,
        "pdf": pdf,
        "post_payment_amount": shown(stored.post_payment),
        "pre_payment_amount": shown(stored.pre_payment),
        "pretax_credit_amounts": [],
        "reason": stored.reason,
        "refunds": [
            {
                "amount_refunded": shown(each.amount),
                "payment_record_refund": None,
                "refund": each.refund,
                "type": "refund",
            }
            for each in stored.paid_back
        ],
        "shipping_cost": None,
        "status": stored.status,
        "subtotal": shown(net),
        "subtotal_excluding_tax": shown(untaxed),
        "total": shown(stored.total),
        "total_excluding_tax": shown(untaxed),
        "total_taxes": taxes(stored.taxes, stored.currency),
        "type": _type(stored),
        "voided_at": unix_or_none(stored.voided_at),
    }


def line(stored: Line, source: str | None, livemode: bool) -> dict[str, Any]:
    """One line of a credit note."""
    unit = None if stored.unit_amount is None else unit_amounts(stored.unit_amount, stored.currency)
    return {
        "id": stored.id,
        "object": "credit_note_line_item",
        "amount": amount(stored.amount, stored.currency),
        "description": stored.description or description(stored, {}),
        "discount_amount": 0,
        "discount_amounts": [],
        **({} if source is None else {"invoice_line_item": source}),
        "livemode": livemode,
        "metadata": {},
        "pretax_credit_amounts": [],
        "quantity": stored.quantity,
        "tax_rates": [],
        "taxes": taxes(stored.taxes, stored.currency),
        "type": "custom_line_item" if source is None else "invoice_line_item",
        "unit_amount": None if unit is None else unit[0],
        "unit_amount_decimal": None if unit is None else unit[1],
    }


def _type(stored: CreditNote) -> str:
    if not stored.post_payment:
        return "pre_payment"
    return "mixed" if stored.pre_payment else "post_payment"
