"""Credit notes with their lines."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct

from frontdesk.book import CreditNote, Line
from frontdesk.tax_rates import TaxRate
from frontdesk_stripe.reading.tax_rates import WireTax, taxes
from frontdesk_stripe.reading.wire import (
    Expandable,
    ListOf,
    NotKnown,
    Unreadable,
    currency_of,
    decoded,
    id_of,
    instant,
    instant_or_none,
    minor,
    one_of,
    own_metadata,
    unit_amount,
)

_REASONS = ("duplicate", "fraudulent", "order_change", "product_unsatisfactory")


class WireCreditLine(Struct, frozen=True, kw_only=True):
    """A line of a credit note. `taxes` are of the newer era, `tax_amounts` of the older."""

    id: str
    amount: int
    description: str | None = None
    discount_amount: int = 0
    invoice_line_item: str | None = None
    quantity: int | None = None
    taxes: Sequence[WireTax] | None = None
    tax_amounts: Sequence[WireTax] | None = None
    unit_amount_decimal: str | None = None
    metadata: Mapping[str, str] | None = None


class WireCreditRefund(Struct, frozen=True, kw_only=True):
    """What of it went back to where the payment came from."""

    amount_refunded: int = 0


class WireCreditNote(Struct, frozen=True, kw_only=True):
    """A credit note. The amounts before and after payment, and `refunds`, are of the newer era."""

    id: str
    customer: Expandable
    invoice: Expandable
    currency: str
    created: int
    lines: ListOf[WireCreditLine]
    total: int
    status: str | None = None
    type: str | None = None
    number: str | None = None
    memo: str | None = None
    reason: str | None = None
    pre_payment_amount: int | None = None
    post_payment_amount: int | None = None
    out_of_band_amount: int | None = None
    refunds: Sequence[WireCreditRefund] | None = None
    total_taxes: Sequence[WireTax] | None = None
    tax_amounts: Sequence[WireTax] | None = None
    voided_at: int | None = None
    metadata: Mapping[str, str] | None = None


def read_credit_note(given: Mapping[str, Any], version: int, rates: Mapping[str, TaxRate]) -> CreditNote:
    """A credit note with all its lines. Whom it is from and to, Stripe does not say.

    What was refunded is, in the book's words, out of band: it did not become credit.

    Raises:
        NotKnown: tax rates.
        Unreadable: it is none, or not all lines were asked for.
    """
    wire = decoded(given, WireCreditNote)
    if wire.lines.has_more:
        raise Unreadable(f"credit note {wire.id}: not all lines were asked for")
    currency, created = currency_of(wire.currency), instant(wire.created)
    missing: set[str] = set()
    lines = tuple(_line(each, currency, created, rates, missing) for each in wire.lines.data)
    charged = taxes(wire.total_taxes or wire.tax_amounts or (), rates, currency, missing)
    if missing:
        raise NotKnown("tax_rate", missing)
    before, after = _split(wire)
    returned = (wire.out_of_band_amount or 0) + sum(each.amount_refunded for each in wire.refunds or ())
    return CreditNote(
        id=wire.id,
        version=version,
        customer=id_of(wire.customer),
        invoice=id_of(wire.invoice),
        currency=currency,
        lines=lines,
        sources=tuple(each.invoice_line_item for each in wire.lines.data),
        total=minor(wire.total, currency),
        pre_payment=minor(before, currency),
        credited=minor(after - returned, currency),
        out_of_band=minor(returned, currency),
        created=created,
        status=one_of(wire.status, ("void",), "issued"),
        number=wire.number or None,
        taxes=charged,
        reason=one_of(wire.reason, _REASONS, None),
        memo=wire.memo,
        voided_at=instant_or_none(wire.voided_at),
        metadata=own_metadata(wire.metadata),
    )


def _split(wire: WireCreditNote) -> tuple[int, int]:
    """What of it lowered what was to be paid, and what was paid already."""
    if wire.pre_payment_amount is None or wire.post_payment_amount is None:
        return (wire.total, 0) if wire.type == "pre_payment" else (0, wire.total)
    return wire.pre_payment_amount, wire.post_payment_amount


def _line(
    wire: WireCreditLine, currency: str, created: datetime, rates: Mapping[str, TaxRate], missing: set[str]
) -> Line:
    return Line(
        id=wire.id,
        kind="charge",
        amount=minor(wire.amount - wire.discount_amount, currency),
        currency=currency,
        quantity=1 if wire.quantity is None else wire.quantity,
        start=created,
        end=created,
        unit_amount=unit_amount(None, wire.unit_amount_decimal, currency),
        taxes=taxes(wire.taxes or wire.tax_amounts or (), rates, currency, missing),
        description=wire.description,
        metadata=own_metadata(wire.metadata),
    )
