"""Invoices and their lines, in Stripe's newer shape: `parent` says where a line comes from, `pricing` what it cost."""

from collections.abc import Mapping
from typing import Any

from frontdesk.book import Invoice, Line, Price
from frontdesk_tenants.directory import Side
from frontdesk_web.api.shapes.discounts import ids, line_discounts, total_discounts
from frontdesk_web.api.shapes.tax_rates import taxes
from frontdesk_web.api.shapes.values import (
    account_id,
    address,
    amount,
    custom_fields,
    list_of,
    unit_amounts,
    unix,
    unix_or_none,
)
from frontdesk_web.formatting import date_short, unit_price

SHOWN_LINES = 10
"""How many lines stand inside an invoice; the rest is at `/v1/invoices/:id/lines`, as at Stripe."""
_LOCALE = "en"
_BILLING_REASONS = {"subscription_cancel": "subscription_update"}
"""Stripe counts the last invoice of a cancelled subscription among its updates."""


def invoice(
    stored: Invoice,
    known: Mapping[str, Price],
    side: Side,
    livemode: bool,
    *,
    most: int = SHOWN_LINES,
    page_url: str | None = None,
) -> dict[str, Any]:
    """An invoice; `known` holds the prices of its lines, of which at most `most` are shown. `page_url` is that of its
    own page."""
    lines = [line(each, stored, known, livemode) for each in stored.lines[:most]]
    url = f"/v1/invoices/{stored.id}/lines"
    return {
        "id": stored.id,
        "object": "invoice",
        "account_country": side.country,
        "account_name": stored.seller.name or side.name,
        "account_tax_ids": None,
        **_amounts(stored),
        "application": None,
        "attempt_count": len(stored.attempts),
        "attempted": bool(stored.attempts),
        "auto_advance": stored.status == "open",
        "automatic_tax": {
            "disabled_reason": None,
            "enabled": stored.automatic_tax,
            "liability": {"type": "self"} if stored.automatic_tax else None,
            "provider": None,
            "status": "complete" if stored.automatic_tax else None,
        },
        "automatically_finalizes_at": None,
        "billing_reason": _BILLING_REASONS.get(stored.billing_reason, stored.billing_reason),
        "collection_method": stored.collection_method,
        "created": unix(stored.created),
        "currency": stored.currency,
        "custom_fields": custom_fields(stored.custom_fields),
        **_buyer(stored),
        "default_payment_method": None,
        "default_source": None,
        "default_tax_rates": [],
        "description": stored.description,
        "discounts": ids(stored.discounts),
        "due_date": unix_or_none(stored.due_date),
        "effective_at": unix_or_none(stored.finalized_at),
        "footer": stored.footer,
        "from_invoice": None,
        "hosted_invoice_url": stored.hosted_invoice_url or page_url,
        "invoice_pdf": stored.invoice_pdf or (None if page_url is None else f"{page_url}/pdf"),
        "issuer": {"type": "self"},
        "last_finalization_error": None,
        "latest_revision": None,
        "lines": list_of(url, lines, has_more=len(stored.lines) > most),
        "livemode": livemode,
        "metadata": dict(stored.metadata),
        "next_payment_attempt": unix_or_none(stored.next_attempt),
        "number": stored.number,
        "on_behalf_of": None,
        "parent": _parent(stored),
        "payment_settings": {
            "default_mandate": None,
            "payment_method_options": None,
            "payment_method_types": None,
        },
        "period_end": unix(stored.period_end),
        "period_start": unix(stored.period_start),
        "receipt_number": None,
        "rendering": None,
        "shipping_cost": None,
        "shipping_details": None,
        "statement_descriptor": stored.statement_descriptor,
        "status": stored.status,
        "status_transitions": {
            "finalized_at": unix_or_none(stored.finalized_at),
            "marked_uncollectible_at": unix_or_none(stored.marked_uncollectible_at),
            "paid_at": unix_or_none(stored.paid_at),
            "voided_at": unix_or_none(stored.voided_at),
        },
        "test_clock": None,
        "webhooks_delivered_at": None,
    }


def upcoming(
    stored: Invoice, known: Mapping[str, Price], side: Side, livemode: bool, *, test_clock: str | None
) -> dict[str, Any]:
    """An invoice that is to come, all its lines in it. `test_clock` is the one that its customer is on."""
    return invoice(stored, known, side, livemode, most=len(stored.lines)) | {
        "auto_advance": False,
        "billing_reason": "upcoming",
        "ending_balance": amount(stored.ending_balance, stored.currency),
        "number": None,
        "status": "draft",
        "test_clock": test_clock,
    }


def line(stored: Line, owner: Invoice, known: Mapping[str, Price], livemode: bool) -> dict[str, Any]:
    """One line of an invoice."""
    gross = amount(stored.gross, stored.currency)
    return {
        "id": stored.id,
        "object": "line_item",
        "amount": gross,
        "currency": stored.currency,
        "description": stored.description or description(stored, known),
        "discountable": stored.discountable and not stored.proration,
        **line_discounts(stored),
        "invoice": owner.id,
        "livemode": livemode,
        "metadata": dict(stored.metadata),
        "parent": _line_parent(stored),
        "period": {"end": unix(stored.end), "start": unix(stored.start)},
        "pretax_credit_amounts": [],
        "pricing": pricing(stored),
        "quantity": stored.quantity,
        "quantity_decimal": str(stored.quantity),
        "subscription": stored.subscription,
        "subtotal": gross,
        "taxes": taxes(stored.taxes, stored.currency),
    }


def description(stored: Line, known: Mapping[str, Price]) -> str | None:
    """A line in Stripe's English words; None where nothing is known but its amount."""
    if not stored.product_name:
        return None
    bought = f"{stored.quantity} × {stored.product_name}"
    if stored.kind == "unused_time":
        return f"Unused time on {bought} after {date_short(stored.start, _LOCALE)}"
    if stored.kind == "remaining_time":
        return f"Remaining time on {bought} after {date_short(stored.start, _LOCALE)}"
    if stored.kind == "trial":
        return f"Trial period for {stored.product_name}"
    if stored.unit_amount is None:
        return bought
    held = known.get(stored.price or "")
    each = unit_price(stored.unit_amount, stored.currency, _LOCALE)
    if stored.package > 1:
        each = f"{each} per {stored.package} units"
    if held is None or held.recurring is None:
        return f"{bought} (at {each})"
    count, interval = held.recurring.interval_count, held.recurring.interval
    return f"{bought} (at {each} / {interval if count == 1 else f'every {count} {interval}s'})"


def _amounts(stored: Invoice) -> dict[str, Any]:
    def shown(minor: int) -> int:
        return amount(minor, stored.currency)

    return {
        "amount_due": shown(stored.amount_due - stored.amount_credited),
        "amount_overpaid": shown(sum(each.overpaid for each in stored.payments)),
        "amount_paid": shown(stored.amount_paid),
        "amount_paid_off_stripe": shown(stored.amount_paid - _charged(stored)) if stored.paid_out_of_band else 0,
        "amount_remaining": shown(stored.amount_remaining),
        "amount_shipping": 0,
        "ending_balance": None if stored.status == "draft" else shown(stored.ending_balance),
        "post_payment_credit_notes_amount": shown(stored.amount_credited_later),
        "pre_payment_credit_notes_amount": shown(stored.amount_credited),
        "starting_balance": shown(stored.starting_balance),
        "subtotal": shown(sum(each.gross for each in stored.lines)),
        "subtotal_excluding_tax": shown(sum(each.gross for each in stored.lines) - _included(stored)),
        "total": shown(stored.total),
        "total_discount_amounts": total_discounts(stored.lines, stored.currency),
        "total_excluding_tax": shown(stored.total_without_tax),
        "total_pretax_credit_amounts": [],
        "total_taxes": taxes(stored.taxes, stored.currency),
    }


def _charged(stored: Invoice) -> int:
    return sum(each.amount - each.overpaid for each in stored.payments if each.charge is not None)


def _included(stored: Invoice) -> int:
    return sum(each.amount for each in stored.taxes if each.rate.inclusive)


def _buyer(stored: Invoice) -> dict[str, Any]:
    return {
        "customer": stored.customer,
        "customer_account": account_id(stored.customer),
        "customer_address": address(stored.buyer.address),
        "customer_email": stored.buyer.email,
        "customer_name": stored.buyer.name,
        "customer_phone": stored.buyer.phone,
        "customer_shipping": None,
        "customer_tax_exempt": stored.tax_exempt,
        "customer_tax_ids": [{"type": type_, "value": value} for type_, value in stored.buyer.tax_ids],
    }


def _parent(stored: Invoice) -> dict[str, Any] | None:
    if stored.subscription is None:
        return None
    return {
        "quote_details": None,
        "subscription_details": {"metadata": {}, "subscription": stored.subscription},
        "type": "subscription_details",
    }


def _line_parent(stored: Line) -> dict[str, Any] | None:
    proration = {"proration": stored.proration, "proration_details": {"credited_items": None}}
    if stored.subscription_item is not None:
        details = {
            "invoice_item": stored.pending_item,
            **proration,
            "subscription": stored.subscription,
            "subscription_item": stored.subscription_item,
        }
        return {
            "invoice_item_details": None,
            "subscription_item_details": details,
            "type": "subscription_item_details",
        }
    if stored.pending_item is not None:
        details = {"invoice_item": stored.pending_item, **proration, "subscription": stored.subscription}
        return {"invoice_item_details": details, "subscription_item_details": None, "type": "invoice_item_details"}
    return None


def pricing(stored: Line) -> dict[str, Any] | None:
    """What a line cost, and by which price; None where it was typed by hand."""
    if stored.price is None or stored.product is None:
        return None
    exact = None if stored.unit_amount is None else unit_amounts(stored.unit_amount, stored.currency)[1]
    return {
        "price_details": {"price": stored.price, "product": stored.product},
        "type": "price_details",
        "unit_amount_decimal": exact,
    }
