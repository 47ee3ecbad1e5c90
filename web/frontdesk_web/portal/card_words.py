"""Cards in words, and what the sandbox's test cards do."""

from collections.abc import Mapping
from datetime import datetime

from frontdesk.payment_methods import Card, CardBrand, Wallet
from frontdesk_web.messages import _, translate
from frontdesk_web.portal.views import Badge

BRANDS: Mapping[CardBrand, str] = {
    "visa": "Visa",
    "mastercard": "Mastercard",
    "amex": "American Express",
    "discover": "Discover",
    "diners": "Diners Club",
    "jcb": "JCB",
    "unionpay": "UnionPay",
    "cartes_bancaires": "Cartes Bancaires",
    "eftpos_au": "eftpos",
    "interac": "Interac",
    "link": "Link",
    "unknown": _("Card"),
}
WALLETS: Mapping[Wallet, str] = {
    "amex_express_checkout": "Amex Express Checkout",
    "apple_pay": "Apple Pay",
    "google_pay": "Google Pay",
    "link": "Link",
    "masterpass": "Masterpass",
    "samsung_pay": "Samsung Pay",
    "visa_checkout": "Visa Checkout",
}
BEHAVIORS: Mapping[str, str] = {
    "visa": _("Payments succeed."),
    "mastercard": _("Payments succeed."),
    "amex": _("Payments succeed."),
    "authenticationRequiredOnSetup": _("The bank asks for your confirmation once, as the card is added."),
    "authenticationRequired": _("The bank asks for your confirmation of every payment."),
    "authenticationRequiredChargeDeclinedInsufficientFunds": _(
        "The bank asks for your confirmation, then there is not enough money on it."
    ),
    "chargeCustomerFail": _("It can be added, but its payments are declined."),
    "chargeDeclined": _("The bank declines it at once."),
    "chargeDeclinedInsufficientFunds": _("There is not enough money on it, so the bank declines it at once."),
    "chargeDeclinedExpiredCard": _("It has expired, so the bank declines it at once."),
}
"""What a test card does, by its name."""


def card_name(brand: CardBrand, last4: str, locale: str, wallet: Wallet | None = None) -> str:
    """A card as everybody writes it, with the wallet that it was taken from."""
    name = translate(locale, BRANDS[brand]) if brand == "unknown" else BRANDS[brand]
    printed = f"{name} •••• {last4}"
    return printed if wallet is None else f"{WALLETS[wallet]} ({printed})"


def expiry(card: Card, now: datetime, locale: str) -> str:
    """Until when a card is good, as it is printed on it."""
    printed = _printed(card)
    if card.standing(now) == "expired":
        return translate(locale, "Expired {date}", date=printed)
    return translate(locale, "Expires {date}", date=printed)


def standing_badge(card: Card, now: datetime, locale: str) -> Badge | None:
    """That a card has expired, and when, or is about to; None for one that is good."""
    match card.standing(now):
        case "expired":
            return Badge(translate(locale, "Expired {date}", date=_printed(card)), "danger")
        case "ending":
            return Badge(translate(locale, "Expires soon"), "warning")
    return None


def _printed(card: Card) -> str:
    return f"{card.exp_month:02}/{card.exp_year}"
