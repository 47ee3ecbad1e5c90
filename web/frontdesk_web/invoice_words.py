"""An invoice in the words of its reader, as letters and documents need it: lines, sums, and how to pay."""

from frontdesk.book import BillingSettings, Invoice, Party
from frontdesk.book import Line as BilledLine
from frontdesk.statement_descriptors import transfer_reference
from frontdesk.transfer_codes import transfer_code
from frontdesk_web.discount_words import discount_totals
from frontdesk_web.formatting import date_long, money
from frontdesk_web.line_words import describe, describe_amount, describe_period, describe_unit
from frontdesk_web.messages import translate
from frontdesk_web.portal.views import Line, Total
from frontdesk_web.postal_addresses import address_lines
from frontdesk_web.tax_words import added_taxes, included_taxes


def line_views(invoice: Invoice, locale: str) -> tuple[Line, ...]:
    """The lines, in the order in which they were billed."""
    return tuple(line_view(line, locale) for line in invoice.lines)


def line_view(line: BilledLine, locale: str) -> Line:
    """A line of a bill as its reader sees it."""
    return Line(
        description=describe(line, locale),
        amount=describe_amount(line, locale),
        period=describe_period(line, locale),
        unit=describe_unit(line, locale),
    )


def totals(invoice: Invoice, locale: str) -> tuple[Total, ...]:
    """Discounts, taxes, total, the customer's balance where it was touched, and what is due; the last one counts."""
    sums = [*discount_totals(invoice.lines, invoice.currency, locale)]
    taxes = added_taxes(invoice.taxes, invoice.currency, locale)
    if taxes and not sums:
        before = money(invoice.subtotal, invoice.currency, locale)
        sums.append(Total(label=translate(locale, "Subtotal"), amount=before))
    sums += taxes
    sums.append(Total(label=translate(locale, "Total"), amount=money(invoice.total, invoice.currency, locale)))
    sums += included_taxes(invoice, locale)
    applied = invoice.amount_due - invoice.total
    if applied < 0:
        used = money(applied, invoice.currency, locale)
        sums.append(Total(label=translate(locale, "Credit used"), amount=used))
    elif applied > 0 and invoice.total >= 0:
        sums.append(Total(label=translate(locale, "Carried over"), amount=money(applied, invoice.currency, locale)))
    elif invoice.total < 0:
        kept = money(-invoice.total, invoice.currency, locale)
        sums.append(Total(label=translate(locale, "Kept as credit"), amount=kept))
    due = money(invoice.amount_due, invoice.currency, locale)
    return (*sums, Total(label=translate(locale, "Amount due"), amount=due, strong=True))


def payment_sentence(invoice: Invoice, locale: str) -> str:
    """What the reader has to do, at the time of the invoice: it never speaks of payments that came later."""
    if not invoice.amount_due:
        return translate(locale, "Nothing is to be paid.")
    if invoice.due_date is None:
        return translate(locale, "Please transfer the amount.")
    return translate(locale, "Please transfer the amount by {date}.", date=date_long(invoice.due_date.date(), locale))


def how_to_pay(settings: BillingSettings, invoice: Invoice, locale: str) -> tuple[tuple[str, str], ...]:
    """Labels and values of the account to pay to and the reference; empty where nothing is due or no account known."""
    seller = settings.seller
    if not (invoice.amount_due and (seller.iban or seller.bank_account)):
        return ()
    facts = (
        (translate(locale, "Account holder"), seller.account_holder),
        (translate(locale, "Account"), seller.bank_account),
        (translate(locale, "IBAN"), grouped_iban(seller.iban or "")),
        (translate(locale, "BIC"), seller.bic),
        (translate(locale, "Reference"), payment_reference(invoice)),
    )
    return tuple((label, value) for label, value in facts if value)


def payment_reference(invoice: Invoice) -> str:
    """What a transfer for an invoice says."""
    return transfer_reference(invoice.number or "", invoice.statement_descriptor)


def payment_code(settings: BillingSettings, invoice: Invoice, amount: int) -> str | None:
    """What the QR code of a transfer of `amount` for an invoice says; None where there can be none."""
    seller = settings.seller
    return transfer_code(
        name=seller.account_holder,
        iban=seller.iban,
        bic=seller.bic,
        amount=amount,
        currency=invoice.currency,
        reference=payment_reference(invoice),
    )


def grouped_iban(iban: str) -> str:
    """An IBAN in groups of four, as it is printed (ISO 13616)."""
    plain = "".join(iban.split())
    return " ".join(plain[start : start + 4] for start in range(0, len(plain), 4))


def party_lines(party: Party, locale: str) -> tuple[str, ...]:
    """Name, address, country and contact of a party, one line each; what is unknown is left out."""
    lines = [party.name, *address_lines(party.address, locale), party.email]
    if party.tax_number:
        lines.append(translate(locale, "VAT number: {number}", number=party.tax_number))
    for type_, value in party.tax_ids:
        lines.append(tax_id_words(type_, value, locale))
    return tuple(line for line in lines if line)


def tax_id_words(type_: str, value: str, locale: str) -> str:
    """A buyer's tax id as it stands on paper."""
    if type_.endswith("_vat"):
        return translate(locale, "VAT number: {number}", number=value)
    return translate(locale, "Tax number: {number}", number=value)
