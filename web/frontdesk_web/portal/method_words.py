"""Payment methods in words: what each is called, and what is said beside its name."""

from collections.abc import Mapping
from datetime import datetime

from frontdesk.method_kinds import BacsDebit, Link, Means, OtherMethod, PayPal, SepaDebit, UsBankAccount
from frontdesk.payment_methods import PaymentMethod
from frontdesk_web.messages import _, translate
from frontdesk_web.portal import card_words
from frontdesk_web.portal.views import Badge
from frontdesk_web.postal_addresses import country_name

_ACCOUNTS = {"checking": _("Checking account"), "savings": _("Savings account")}
_THROUGH = {"ideal": "iDEAL", "bancontact": "Bancontact", "sofort": "Sofort"}
_COMMON: Mapping[str, str] = {
    "acss_debit": _("Pre-authorized debit"),
    "au_becs_debit": _("BECS debit"),
    "customer_balance": _("Bank transfer"),
    "card_present": _("Card"),
    "interac_present": "Interac",
    "kr_card": _("Card"),
    "nz_bank_account": _("Bank account"),
    "pay_by_bank": _("Bank account"),
    "affirm": "Affirm",
    "afterpay_clearpay": "Afterpay / Clearpay",
    "alipay": "Alipay",
    "alma": "Alma",
    "amazon_pay": "Amazon Pay",
    "bancontact": "Bancontact",
    "billie": "Billie",
    "bizum": "Bizum",
    "blik": "BLIK",
    "boleto": "Boleto",
    "cashapp": "Cash App Pay",
    "eps": "EPS",
    "fpx": "FPX",
    "giropay": "giropay",
    "grabpay": "GrabPay",
    "ideal": "iDEAL",
    "kakao_pay": "Kakao Pay",
    "klarna": "Klarna",
    "konbini": "Konbini",
    "mb_way": "MB WAY",
    "mobilepay": "MobilePay",
    "multibanco": "Multibanco",
    "naver_pay": "Naver Pay",
    "oxxo": "OXXO",
    "p24": "Przelewy24",
    "payco": "PAYCO",
    "paynow": "PayNow",
    "payto": "PayTo",
    "pix": "Pix",
    "promptpay": "PromptPay",
    "revolut_pay": "Revolut Pay",
    "samsung_pay": "Samsung Pay",
    "satispay": "Satispay",
    "scalapay": "Scalapay",
    "sofort": "Sofort",
    "sunbit": "Sunbit",
    "swish": "Swish",
    "twint": "TWINT",
    "upi": "UPI",
    "wechat_pay": "WeChat Pay",
    "zip": "Zip",
}
"""Names of Stripe's types that have no struct of their own. What is not named here is called a payment method."""


def method_name(method: PaymentMethod, locale: str) -> str:
    """What a payment method is called, with the digits or the address that tell it from others."""
    card, means = method.card, method.means
    if card is not None:
        return card_words.card_name(card.brand, card.last4, locale, card.wallet)
    assert means is not None
    return _means_name(means, locale)


def method_detail(method: PaymentMethod, now: datetime, locale: str) -> str:
    """What is said beside the name: until when a card is good, where a bank is. Often nothing."""
    if method.card is not None:
        return card_words.expiry(method.card, now, locale)
    match method.means:
        case SepaDebit(country=str(country)):
            return translate(locale, "Bank in {country}", country=country_name(country, locale))
        case BacsDebit(sort_code=str(code)):
            return translate(locale, "Sort code {code}", code=code)
        case UsBankAccount(account_type=str(account)):
            return translate(locale, _ACCOUNTS[account])
    return ""


def detail_beside_badge(method: PaymentMethod, now: datetime, locale: str) -> str:
    """The same where the badge stands beside it, which says of an expired card all that there is to say."""
    expired = method.card is not None and method.card.standing(now) == "expired"
    return "" if expired else method_detail(method, now, locale)


def method_badge(method: PaymentMethod, now: datetime, locale: str) -> Badge | None:
    """That a card has expired or is about to; None for all else."""
    return None if method.card is None else card_words.standing_badge(method.card, now, locale)


def _means_name(means: Means, locale: str) -> str:
    match means:
        case SepaDebit():
            name = _ending(translate(locale, "SEPA debit"), means.last4, locale)
            return name if means.through is None else f"{_THROUGH[means.through]} ({name})"
        case BacsDebit():
            return _ending(translate(locale, "Bacs debit"), means.last4, locale)
        case UsBankAccount():
            return _ending(means.bank_name or translate(locale, "Bank account"), means.last4, locale)
        case PayPal():
            return f"PayPal ({means.email})" if means.email else "PayPal"
        case Link():
            return f"Link ({means.email})" if means.email else "Link"
        case OtherMethod():
            known = _COMMON.get(means.type)
            return _ending(translate(locale, known or "Payment method"), means.last4, locale)


def _ending(name: str, digits: str | None, locale: str) -> str:
    return name if not digits else translate(locale, "{name} ending in {digits}", name=name, digits=digits)
