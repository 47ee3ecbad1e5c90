"""A receipt in the words of its reader."""

from frontdesk.book import Invoice
from frontdesk.receipts import Receipt
from frontdesk_web.formatting import date_long, money
from frontdesk_web.invoice_words import totals
from frontdesk_web.messages import translate
from frontdesk_web.portal.views import Total
from frontdesk_web.refund_words import refund_totals


def receipt_totals(receipt: Receipt, invoice: Invoice, locale: str) -> tuple[Total, ...]:
    """The sums of the invoice, what had been paid of it, what was paid now, and what is left."""

    def row(label: str, amount: int, strong: bool = False) -> Total:
        return Total(label=label, amount=money(amount, invoice.currency, locale), strong=strong)

    rows = [*totals(invoice, locale)[:-1]]
    if receipt.credited:
        rows.append(row(translate(locale, "Credit notes"), -receipt.credited))
    if receipt.before:
        rows.append(row(translate(locale, "Paid before"), -receipt.before))
    rows.append(row(translate(locale, "Paid"), receipt.payment.amount, strong=True))
    if receipt.payment.overpaid:
        rows.append(row(translate(locale, "Kept as credit"), receipt.payment.overpaid))
    rows.append(row(translate(locale, "Left to pay"), receipt.left))
    if receipt.payment.charge is not None:
        rows += refund_totals(invoice, locale, receipt.payment.charge)
    return tuple(rows)


def receipt_facts(receipt: Receipt, invoice: Invoice, locale: str) -> list[tuple[str, str]]:
    """For which invoice, and when. What staff noted of the transfer is theirs and not said."""
    return [
        (translate(locale, "For invoice"), invoice.number or ""),
        (translate(locale, "Invoice date"), date_long((invoice.finalized_at or invoice.created).date(), locale)),
        (translate(locale, "Paid on"), date_long(receipt.payment.received, locale)),
    ]


def receipt_sentences(receipt: Receipt, invoice: Invoice, locale: str) -> tuple[str, ...]:
    """What it comes to."""
    paid = money(receipt.payment.amount, invoice.currency, locale)
    day = date_long(receipt.payment.received, locale)
    said = [translate(locale, "We received {amount} on {date}. Thank you.", amount=paid, date=day)]
    if receipt.left:
        left = money(receipt.left, invoice.currency, locale)
        said.append(translate(locale, "{amount} is left to pay.", amount=left))
    else:
        said.append(translate(locale, "The invoice is paid in full."))
    return tuple(said)


def on_statement(invoice: Invoice, locale: str) -> tuple[str, ...]:
    """What the bank statement calls it, as far as that is known."""
    line = invoice.statement_descriptor
    return () if line is None else (translate(locale, "On your statement: {line}", line=line),)
