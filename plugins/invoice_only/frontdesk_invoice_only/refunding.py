"""Refunds: what goes back to the card that paid, at once or as its bank sees fit."""

from msgspec.structs import replace

from frontdesk.events import RefundFailed, RefundMade
from frontdesk.payment_intents import intent_id
from frontdesk.payment_method_commands import RefundCharge, SettleRefund
from frontdesk.refund_rules import charge_named
from frontdesk.refunds import Refund, settled
from frontdesk.test_cards import CARDS
from frontdesk_invoice_only.page import LedgerSource, Page


def refund_charge(page: Page, command: RefundCharge) -> None:
    """Let a charge go back, or a part of it. The invoice stays paid."""
    invoice = page.invoice(command.invoice)
    charge = charge_named(invoice, command.charge)
    assert charge is not None, "it was asked before whether there is one"
    card = CARDS.get(charge.test_card or "")
    status, comes_to = ("succeeded", None) if card is None else card.refund
    refund = Refund(
        id=command.id,
        created=page.now,
        charge=charge.id,
        amount=charge.left if command.amount is None else command.amount,
        currency=invoice.currency,
        status=status,
        comes_to=comes_to,
        customer=page.customer.id,
        invoice=invoice.id,
        payment_intent=intent_id(invoice.id),
        reason=command.reason,
        by=command.by,
        metadata=dict(command.metadata),
    )
    page.save_invoice(replace(invoice, refunds=(*invoice.refunds, refund)))
    source = LedgerSource(invoice=invoice.id, payment=refund.id)
    page.post("refund", invoice.currency, source, paid=-refund.amount, refunded=refund.amount)
    page.tell(
        RefundMade(customer=page.customer.id, invoice=invoice.id, refund=refund.id, amount=refund.amount, at=page.now)
    )


def settle_refund(page: Page, command: SettleRefund) -> None:
    """Note what the bank made of a refund. What it sends back did not go back after all."""
    invoice = page.invoice(command.invoice)
    before = next((each for each in invoice.refunds if each.id == command.refund), None)
    if before is None or before.comes_to is None:
        return
    after = settled(before)
    kept = tuple(after if each.id == after.id else each for each in invoice.refunds)
    page.save_invoice(replace(invoice, refunds=kept))
    if after.status == "failed":
        source = LedgerSource(invoice=invoice.id, payment=after.id)
        page.post("refund_failure", invoice.currency, source, paid=after.amount, refunded=-after.amount)
        page.tell(
            RefundFailed(
                customer=page.customer.id, invoice=invoice.id, refund=after.id, amount=after.amount, at=page.now
            )
        )
