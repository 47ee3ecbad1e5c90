"""A customer's balance in the words of its reader: what is carried to the next invoices, and what moved it."""

from collections.abc import Mapping

from frontdesk.ledger import LedgerTransaction
from frontdesk_web.formatting import money
from frontdesk_web.messages import translate


def balance_sentences(balances: Mapping[str, int], locale: str) -> tuple[str, ...]:
    """What there is in each currency. A balance below zero is credit (Stripe's sign)."""
    if not balances:
        return ()
    return tuple([_sentence(amount, currency, locale) for currency, amount in sorted(balances.items()) if amount])


def _sentence(balance: int, currency: str, locale: str) -> str:
    if balance < 0:
        credit = money(-balance, currency, locale)
        return translate(locale, "You have a credit of {amount}. Your next invoices use it.", amount=credit)
    owed = money(balance, currency, locale)
    return translate(locale, "{amount} are carried over to your next invoice.", amount=owed)


def happened(movement: LedgerTransaction, numbers: Mapping[str, str], locale: str) -> str:
    """What moved the balance. Staff's own words for a movement by hand are theirs and not said."""
    invoice = numbers.get(movement.invoice or "", "")
    note = numbers.get(movement.credit_note or "", "")
    more_credit = movement.of("balance") < 0
    if (movement.invoice and not invoice) or (movement.credit_note and not note):
        # A paper of a remote backend's that the book could not read: there is no number to name it by.
        return translate(locale, "Adjustment")
    match movement.kind:
        case "invoice" if more_credit:
            return translate(locale, "Credit from invoice {number}", number=invoice)
        case "invoice":
            return translate(locale, "Used for invoice {number}", number=invoice)
        case "void":
            return translate(locale, "Invoice {number}, voided", number=invoice)
        case "payment":
            return translate(locale, "Paid more than was due for invoice {number}", number=invoice)
        case "payment_reversal":
            return translate(locale, "Payment for invoice {number}, reversed", number=invoice)
        case "credit_note":
            return translate(locale, "Credit note {number}", number=note)
        case "credit_note_void":
            return translate(locale, "Credit note {number}, voided", number=note)
        case "set_off":
            return translate(locale, "Set against invoice {number}", number=invoice)
        case "opening":
            return translate(locale, "Balance carried over")
    return translate(locale, "Adjustment")
