"""What a picture of a transfer's QR code is called: by what the code says, so what changes has another name."""

import hashlib

from frontdesk.book import BillingSettings, Invoice
from frontdesk.restarts import is_owed
from frontdesk_web.invoice_words import payment_code

PLACE = "transfer-code"
"""The last part of its path, below the invoice's page."""
FIELD = "of"


def transfer_mark(code: str) -> str:
    """What stands for a `transfer_code` in the address of its picture: 16 hexadecimal digits."""
    return hashlib.blake2b(code.encode(), digest_size=8).hexdigest()


def mark_of(settings: BillingSettings, invoice: Invoice) -> str | None:
    """`transfer_mark` of what is left of an invoice; None where there is nothing to pay or no code for it."""
    code = payment_code(settings, invoice, invoice.amount_remaining) if is_owed(invoice) else None
    return None if code is None else transfer_mark(code)
