"""What a picture of a transfer's QR code is called: by all that it is drawn from, so what changes has another name."""

import hashlib

from frontdesk.book import BillingSettings, Invoice, SellerDetails
from frontdesk.restarts import is_owed
from frontdesk_web.invoice_words import payment_code, payment_reference

PLACE = "transfer-code"
"""The last part of its path, below the invoice's page."""
FIELD = "of"


def transfer_mark(seller: SellerDetails, amount: int, currency: str, reference: str) -> str:
    """What stands for a transfer in the address of its picture: 16 hexadecimal digits."""
    told = (seller.bank_account_holder, seller.name, seller.iban, seller.bic, str(amount), currency, reference)
    return hashlib.sha256("\0".join([each or "" for each in told]).encode()).hexdigest()[:16]


def mark_of(settings: BillingSettings, invoice: Invoice) -> str | None:
    """`transfer_mark` of what is left of an invoice; None where there is nothing to pay or no code for it."""
    if not is_owed(invoice) or payment_code(settings, invoice, invoice.amount_remaining) is None:
        return None
    return transfer_mark(settings.seller, invoice.amount_remaining, invoice.currency, payment_reference(invoice))
