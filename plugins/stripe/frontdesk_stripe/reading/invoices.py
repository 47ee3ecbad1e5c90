"""Invoices with what was paid for them."""

from collections.abc import Mapping, Sequence
from typing import Any, get_args

from msgspec import Struct

from frontdesk.book import BillingReason, CustomField, Invoice, InvoiceStatus, Party, Payment, Product
from frontdesk.coupons import Coupon
from frontdesk.payment_methods import PaymentAttempt
from frontdesk.tax_rates import TaxExempt, TaxRate
from frontdesk_stripe.reading.discounts import WireDiscount, discounts_of
from frontdesk_stripe.reading.invoice_lines import WireLine, line
from frontdesk_stripe.reading.tax_rates import WireTax, taxes
from frontdesk_stripe.reading.wire import (
    Expandable,
    ListOf,
    NotKnown,
    Unreadable,
    WireAddress,
    WireAutomaticTax,
    WireField,
    address,
    currency_of,
    decoded,
    id_of,
    id_or_none,
    instant,
    instant_or_none,
    minor,
    one_of,
    own_metadata,
)

INVOICE_EXPANSIONS = ("discounts.source.coupon", "discounts.promotion_code", "payments")
"""What must be asked for with an invoice."""
_REASONS: Mapping[str | None, BillingReason] = {
    "subscription": "subscription_update",
    "subscription_threshold": "subscription_cycle",
    "upcoming": "subscription_cycle",
    "quote_accept": "subscription_create",
}


class WireTaxNumber(Struct, frozen=True):
    """A buyer's tax id as it was printed."""

    type: str
    value: str | None = None


class WireTransitions(Struct, frozen=True, kw_only=True):
    """When it became what it is."""

    finalized_at: int | None = None
    marked_uncollectible_at: int | None = None
    paid_at: int | None = None
    voided_at: int | None = None


class WireSource(Struct, frozen=True, kw_only=True):
    """By what something was paid."""

    payment_intent: Expandable | None = None
    charge: Expandable | None = None


class WirePayment(Struct, frozen=True, kw_only=True):
    """One payment of an invoice."""

    id: str
    created: int
    status: str
    amount_paid: int | None = None
    payment: WireSource = WireSource()


class WireSubscriptionDetails(Struct, frozen=True):
    """The subscription that it bills."""

    subscription: Expandable | None = None


class WireParent(Struct, frozen=True, kw_only=True):
    """Where it comes from."""

    subscription_details: WireSubscriptionDetails | None = None


class WireInvoice(Struct, frozen=True, kw_only=True):
    """An invoice. `parent`, `total_taxes` and `payments` are of the newer era; `subscription`, `total_tax_amounts` and
    `paid_out_of_band` of the older."""

    id: str
    customer: Expandable
    status: str | None = None
    currency: str
    lines: ListOf[WireLine]
    total: int
    amount_due: int
    amount_paid: int
    amount_remaining: int
    starting_balance: int = 0
    ending_balance: int | None = None
    pre_payment_credit_notes_amount: int = 0
    post_payment_credit_notes_amount: int = 0
    created: int
    period_start: int
    period_end: int
    billing_reason: str | None = None
    number: str | None = None
    parent: WireParent | None = None
    subscription: Expandable | None = None
    collection_method: str | None = None
    due_date: int | None = None
    next_payment_attempt: int | None = None
    status_transitions: WireTransitions = WireTransitions()
    paid_out_of_band: bool = False
    amount_paid_off_stripe: int = 0
    payments: ListOf[WirePayment] | None = None
    account_name: str | None = None
    account_country: str | None = None
    customer_name: str | None = None
    customer_email: str | None = None
    customer_phone: str | None = None
    customer_address: WireAddress | None = None
    customer_tax_exempt: str | None = None
    customer_tax_ids: Sequence[WireTaxNumber] | None = None
    custom_fields: Sequence[WireField] | None = None
    footer: str | None = None
    description: str | None = None
    discounts: Sequence[str | WireDiscount] | None = None
    total_taxes: Sequence[WireTax] | None = None
    total_tax_amounts: Sequence[WireTax] | None = None
    automatic_tax: WireAutomaticTax = WireAutomaticTax()
    statement_descriptor: str | None = None
    hosted_invoice_url: str | None = None
    invoice_pdf: str | None = None
    metadata: Mapping[str, str] | None = None


def read_invoice(
    given: Mapping[str, Any],
    version: int,
    *,
    products: Mapping[str, Product],
    coupons: Mapping[str, Coupon],
    rates: Mapping[str, TaxRate],
    attempt: PaymentAttempt | None = None,
) -> Invoice:
    """An invoice with all its lines, asked for with `INVOICE_EXPANSIONS`. `products` give its lines their names, and
    `attempt` says why it is not paid.

    Raises:
        NotKnown: tax rates, or coupons.
        Unreadable: not all lines were asked for, or its sums are of a currency that we cannot count in.
    """
    wire = decoded(given, WireInvoice)
    if wire.lines.has_more:
        raise Unreadable(f"invoice {wire.id}: not all lines were asked for")
    currency = currency_of(wire.currency)
    unknown_coupons: set[str] = set()
    discounts = discounts_of(f"invoice {wire.id}", wire.discounts, coupons, unknown_coupons)
    if unknown_coupons:
        raise NotKnown("coupon", unknown_coupons)
    unknown_rates: set[str] = set()
    by_id = {each.id: each for each in discounts}
    lines = tuple(line(each, currency, products, by_id, rates, unknown_rates) for each in wire.lines.data)
    charged = taxes(wire.total_taxes or wire.total_tax_amounts or (), rates, currency, unknown_rates)
    if unknown_rates:
        raise NotKnown("tax_rate", unknown_rates)
    when = wire.status_transitions
    status: InvoiceStatus = one_of(wire.status, get_args(InvoiceStatus), "draft")
    starting = minor(wire.starting_balance, currency)
    return Invoice(
        id=wire.id,
        version=version,
        customer=id_of(wire.customer),
        status=status,
        currency=currency,
        lines=lines,
        total=minor(wire.total, currency),
        starting_balance=starting,
        ending_balance=starting if wire.ending_balance is None else minor(wire.ending_balance, currency),
        amount_due=_due(wire, status, currency),
        amount_paid=minor(wire.amount_paid, currency),
        amount_credited=minor(wire.pre_payment_credit_notes_amount, currency),
        amount_credited_later=minor(wire.post_payment_credit_notes_amount, currency),
        created=instant(wire.created),
        period_start=instant(wire.period_start),
        period_end=instant(wire.period_end),
        billing_reason=_REASONS.get(wire.billing_reason)
        or one_of(wire.billing_reason, get_args(BillingReason), "manual"),
        number=wire.number,
        subscription=_subscription(wire),
        collection_method=one_of(wire.collection_method, ("send_invoice",), "charge_automatically"),
        due_date=instant_or_none(wire.due_date),
        finalized_at=instant_or_none(when.finalized_at),
        paid_at=instant_or_none(when.paid_at),
        voided_at=instant_or_none(when.voided_at),
        marked_uncollectible_at=instant_or_none(when.marked_uncollectible_at),
        paid_out_of_band=wire.paid_out_of_band or wire.amount_paid_off_stripe > 0,
        payments=_payments(wire, currency),
        attempts=() if attempt is None else (attempt,),
        next_attempt=instant_or_none(wire.next_payment_attempt),
        buyer=_buyer(wire),
        seller=Party(name=wire.account_name, address=address(WireAddress(country=wire.account_country))),
        custom_fields=tuple(CustomField(each.name, each.value) for each in wire.custom_fields or ()),
        footer=wire.footer,
        description=wire.description,
        discounts=discounts,
        taxes=charged,
        tax_exempt=one_of(wire.customer_tax_exempt, get_args(TaxExempt), "none"),
        automatic_tax=wire.automatic_tax.enabled,
        statement_descriptor=wire.statement_descriptor,
        hosted_invoice_url=_page(wire.hosted_invoice_url),
        invoice_pdf=_page(wire.invoice_pdf),
        metadata=own_metadata(wire.metadata),
    )


def _due(wire: WireInvoice, status: InvoiceStatus, currency: str) -> int:
    """What was due before credit notes, so that what remains is what Stripe says remains.

    Stripe takes credit notes off `amount_due`; and it may ask for less than the total (a total under the least that
    can be charged), which no sum of ours would tell.
    """
    credited = wire.pre_payment_credit_notes_amount
    if status == "void":
        return minor(wire.amount_due + credited, currency)
    return minor(wire.amount_remaining + wire.amount_paid + credited, currency)


def _page(address: str | None) -> str | None:
    """An address that a browser can be sent to."""
    return address if address and address.startswith(("https://", "http://")) else None


def _subscription(wire: WireInvoice) -> str | None:
    details = None if wire.parent is None else wire.parent.subscription_details
    return id_or_none(wire.subscription if details is None else details.subscription)


def _payments(wire: WireInvoice, currency: str) -> tuple[Payment, ...]:
    """Those that came in, oldest first."""
    if wire.payments is None:
        return ()
    found = [each for each in wire.payments.data if each.status == "paid" and each.amount_paid]
    return tuple(
        Payment(
            id=each.id,
            amount=minor(each.amount_paid or 0, currency),
            received=instant(each.created).date(),
            recorded=instant(each.created),
            by="stripe",
            charge=id_or_none(each.payment.payment_intent or each.payment.charge),
        )
        for each in sorted(found, key=lambda each: (each.created, each.id))
    )


def _buyer(wire: WireInvoice) -> Party:
    return Party(
        name=wire.customer_name,
        email=wire.customer_email,
        phone=wire.customer_phone,
        address=address(wire.customer_address),
        tax_ids=tuple((each.type, each.value) for each in wire.customer_tax_ids or () if each.value),
    )
