"""What a payment method can be besides a card, as far as anybody may know it: Stripe's types, with Stripe's words.

Numbers of accounts are never kept, but for the digits that statements print.
"""

from typing import Literal

from msgspec import Struct


class SepaDebit(Struct, frozen=True, kw_only=True, tag_field="kind", tag="sepa_debit"):
    """A bank account that is debited under a SEPA mandate. `country` is the ISO code of the bank's.

    `through` says by which way of paying the mandate was given, where it was not typed: the bank account behind iDEAL,
    Bancontact and Sofort is debited from then on.
    """

    last4: str | None = None
    bank_code: str | None = None
    branch_code: str | None = None
    country: str | None = None
    fingerprint: str | None = None
    through: Literal["ideal", "bancontact", "sofort"] | None = None


class BacsDebit(Struct, frozen=True, kw_only=True, tag_field="kind", tag="bacs_debit"):
    """A bank account in the United Kingdom."""

    last4: str | None = None
    sort_code: str | None = None
    fingerprint: str | None = None


class UsBankAccount(Struct, frozen=True, kw_only=True, tag_field="kind", tag="us_bank_account"):
    """A bank account in the United States, debited by ACH."""

    last4: str | None = None
    bank_name: str | None = None
    account_type: Literal["checking", "savings"] | None = None
    holder_type: Literal["individual", "company"] | None = None
    routing_number: str | None = None
    fingerprint: str | None = None


class PayPal(Struct, frozen=True, kw_only=True, tag_field="kind", tag="paypal"):
    """A PayPal account, by the address that its holder has there."""

    email: str | None = None
    payer_id: str | None = None
    country: str | None = None


class Link(Struct, frozen=True, kw_only=True, tag_field="kind", tag="link"):
    """Stripe's wallet, by the address that its holder has there."""

    email: str | None = None


class OtherMethod(Struct, frozen=True, kw_only=True, tag_field="kind", tag="other"):
    """Any other one, by Stripe's name of its type (`au_becs_debit`, or one that came up only yesterday)."""

    type: str
    last4: str | None = None


Means = SepaDebit | BacsDebit | UsBankAccount | PayPal | Link | OtherMethod

TYPES = (
    "acss_debit",
    "affirm",
    "afterpay_clearpay",
    "alipay",
    "alma",
    "amazon_pay",
    "au_becs_debit",
    "bacs_debit",
    "bancontact",
    "billie",
    "bizum",
    "blik",
    "boleto",
    "card",
    "card_present",
    "cashapp",
    "crypto",
    "custom",
    "customer_balance",
    "eps",
    "fpx",
    "giropay",
    "grabpay",
    "ideal",
    "interac_present",
    "kakao_pay",
    "klarna",
    "konbini",
    "kr_card",
    "link",
    "mb_way",
    "mobilepay",
    "multibanco",
    "naver_pay",
    "nz_bank_account",
    "oxxo",
    "p24",
    "pay_by_bank",
    "payco",
    "paynow",
    "paypal",
    "payto",
    "pix",
    "promptpay",
    "revolut_pay",
    "samsung_pay",
    "satispay",
    "scalapay",
    "sepa_debit",
    "sofort",
    "sunbit",
    "swish",
    "twint",
    "upi",
    "us_bank_account",
    "wechat_pay",
    "zip",
)
"""Every type that Stripe has (2026-05-27.dahlia)."""
