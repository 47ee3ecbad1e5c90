"""A customer's details, and how they pay, as pages show them."""

from collections.abc import Sequence
from functools import lru_cache

from msgspec import Struct

from frontdesk.book import BillingSettings, Customer, SellerDetails, Subscription
from frontdesk_web.invoice_words import grouped_iban
from frontdesk_web.messages import translate, translate_plural
from frontdesk_web.portal.views import Detail
from frontdesk_web.postal_addresses import address_lines
from frontdesk_web.tax_id_words import type_name


class HowToPay(Struct, frozen=True, kw_only=True):
    """How invoices are paid: a sentence with the terms, and the account to pay to.

    `code` is the address of a QR code's picture that fills the transfer in; empty where there is none.
    """

    sentence: str
    details: tuple[Detail, ...] = ()
    code: str = ""


class BillingDetails(Struct, frozen=True, kw_only=True):
    """The customer's details as they stand on invoices; empty ones are left out. `edit_url` is None if not allowed."""

    name: str
    email: str
    address_lines: tuple[str, ...] = ()
    phone: str = ""
    edit_url: str | None = None
    tax_ids: tuple[Detail, ...] = ()


def billing_details(customer: Customer, locale: str, edit_url: str | None) -> BillingDetails:
    """The section with a customer's details."""
    return BillingDetails(
        name=customer.name or "",
        email=customer.email or "",
        address_lines=address_lines(customer.address, locale),
        phone=customer.phone or "",
        edit_url=edit_url,
        tax_ids=tuple([Detail(label=type_name(each.type, locale), value=each.value) for each in customer.tax_ids]),
    )


def how_to_pay(
    settings: BillingSettings,
    subscriptions: Sequence[Subscription],
    locale: str,
    reference: str | None = None,
    code: str = "",
) -> HowToPay | None:
    """How invoices are paid, or None where nothing is billed by invoice and no account is named. Whose plans are all
    charged by themselves can pay an open invoice by transfer too, and is told of it with that alone.

    `reference` is an invoice's number, where there is one to name in the transfer, `code` the address of the picture
    that fills such a transfer in, empty where there is none.
    """
    billed = [each for each in subscriptions if each.collection_method == "send_invoice"]
    seller = settings.seller
    charged = not billed and bool(subscriptions)
    if (charged and not reference) or not (billed or _has_account(seller)):
        return None
    named = [each.days_until_due for each in billed if each.days_until_due is not None]
    days = named[0] if named else settings.days_until_due
    sentence, account = _words_of_account(seller, days, locale)
    if charged:
        sentence = translate(locale, "You can also pay this by bank transfer.")
    if not reference or not account:
        return HowToPay(sentence=sentence, details=account, code=code)
    told = Detail(label=translate(locale, "Reference"), value=reference, copy=True)
    return HowToPay(sentence=sentence, details=(*account, told), code=code)


# All customers of a side pay to the same.
@lru_cache(maxsize=1024)
def _words_of_account(seller: SellerDetails, days: int, locale: str) -> tuple[str, tuple[Detail, ...]]:
    return _terms_of_payment(seller, days, locale), _account(seller, locale)


def _terms_of_payment(seller: SellerDetails, days: int, locale: str) -> str:
    if not _has_account(seller):
        if days == 0:
            return translate(locale, "You receive an invoice by e-mail and pay it at once.")
        return translate_plural(
            locale,
            "You receive an invoice by e-mail and pay it within {number} day.",
            "You receive an invoice by e-mail and pay it within {number} days.",
            days,
        )
    if days == 0:
        return translate(locale, "You pay by bank transfer as soon as you receive the invoice.")
    return translate_plural(
        locale,
        "You pay by bank transfer within {number} day of the invoice.",
        "You pay by bank transfer within {number} days of the invoice.",
        days,
    )


def _has_account(seller: SellerDetails) -> bool:
    return bool(seller.iban or seller.bank_account)


def _account(seller: SellerDetails, locale: str) -> tuple[Detail, ...]:
    if not _has_account(seller):
        return ()
    details = [Detail(label=translate(locale, "Account holder"), value=seller.account_holder)]
    if seller.bank_account:
        details.append(Detail(label=translate(locale, "Account"), value=seller.bank_account, copy=True))
    if seller.iban:
        details.append(Detail(label="IBAN", value=grouped_iban(seller.iban), copy=True))
    if seller.bic:
        details.append(Detail(label="BIC", value=seller.bic, copy=True))
    return tuple(details)
