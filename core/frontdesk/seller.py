"""The seller's details: what an invoice says of the tenant, and how its numbers begin.

Numbers of one prefix are a series without gaps. A prefix is letters and digits alone, so that no series can look like
another one's numbers (`AB-0001` is the first of `AB` and of nothing else); one that is taken up again goes on where it
stopped. Until a side is live, details may be saved half filled in; after that they stay whole.
"""

import re
from collections.abc import Iterator

from msgspec.structs import asdict, replace

from frontdesk.addresses import parse_address
from frontdesk.bank_accounts import is_bic, is_iban, plain
from frontdesk.billing_details import NAME_LENGTH, PHONE_LENGTH, plain_text
from frontdesk.book import Address, BillingSettings, SellerDetails
from frontdesk.bounds import MAXIMUM_DAYS_UNTIL_DUE
from frontdesk.checklist import missing_of
from frontdesk.countries import COUNTRIES
from frontdesk.errors import Refusal, Refused
from frontdesk.invoice_refusals import days_until_due_invalid
from frontdesk.set_up_refusals import bic_invalid, iban_invalid, prefix_invalid, seller_field_needed
from frontdesk.typed_refusals import country_unknown

TAX_NUMBER_LENGTH = 40
BANK_ACCOUNT_LENGTH = 200
FOOTER_LENGTH = 500
LINE_LENGTH = 200
PREFIX_LENGTH = (2, 12)
_PREFIX = re.compile(r"[A-Z0-9]{2,12}", re.ASCII)


def tidied(settings: BillingSettings) -> BillingSettings:
    """Settings as they are stored: numbers without spaces and in capitals, nothing instead of empty text."""
    seller = settings.seller
    return replace(
        settings,
        invoice_prefix=plain(settings.invoice_prefix),
        invoice_footer=(settings.invoice_footer or "").strip() or None,
        seller=SellerDetails(
            name=seller.name.strip(),
            email=_stripped(seller.email),
            phone=_stripped(seller.phone),
            address=_address(seller.address),
            tax_number=_stripped(seller.tax_number),
            bank_account_holder=_stripped(seller.bank_account_holder),
            iban=plain(seller.iban or "") or None,
            bic=plain(seller.bic or "") or None,
            bank_account=_stripped(seller.bank_account),
        ),
    )


def faults_of(settings: BillingSettings, *, whole: bool) -> tuple[Refusal, ...]:
    """What is wrong with tidied settings, each with the field in `param`; `whole` says that nothing may be missing."""
    found = tuple(_faults(settings))
    named = {each.param for each in found}
    missing = missing_of(settings) if whole else ()
    return (*found, *(seller_field_needed(field) for field in missing if field not in named))


def _faults(settings: BillingSettings) -> Iterator[Refusal]:
    seller = settings.seller
    address = seller.address or Address()
    texts = (
        ("name", seller.name, NAME_LENGTH),
        *((part, value, LINE_LENGTH) for part, value in asdict(address).items() if part != "country"),
        ("phone", seller.phone, PHONE_LENGTH),
        ("tax_number", seller.tax_number, TAX_NUMBER_LENGTH),
        ("bank_account_holder", seller.bank_account_holder, NAME_LENGTH),
        ("bank_account", seller.bank_account, BANK_ACCOUNT_LENGTH),
    )
    for field, value, length in texts:
        yield from _unfit(value, length, field)
    # A footer may have several lines.
    yield from _unfit((settings.invoice_footer or "").replace("\n", " "), FOOTER_LENGTH, "invoice_footer")
    if address.country is not None and address.country not in COUNTRIES:
        yield country_unknown(address.country, "country")
    if seller.email is not None:
        try:
            parse_address(seller.email)
        except Refused as refused:
            yield refused.refusal
    if seller.iban is not None and not is_iban(seller.iban):
        yield iban_invalid()
    if seller.bic is not None and not is_bic(seller.bic):
        yield bic_invalid()
    if not _PREFIX.fullmatch(settings.invoice_prefix):
        yield prefix_invalid(*PREFIX_LENGTH)
    if not 0 <= settings.days_until_due <= MAXIMUM_DAYS_UNTIL_DUE:
        yield days_until_due_invalid(MAXIMUM_DAYS_UNTIL_DUE)


def _unfit(value: str | None, length: int, field: str) -> Iterator[Refusal]:
    try:
        plain_text(value, length, field)
    except Refused as refused:
        yield refused.refusal


def _address(address: Address | None) -> Address | None:
    parts = {part: _stripped(value) for part, value in asdict(address or Address()).items()}
    country = parts["country"]
    parts["country"] = None if country is None else country.upper()
    return Address(**parts) if any(parts.values()) else None


def _stripped(text: str | None) -> str | None:
    return (text or "").strip() or None
