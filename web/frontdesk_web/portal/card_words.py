"""Cards in words, and what the sandbox's test cards do."""

from collections.abc import Mapping
from datetime import datetime

from frontdesk.payment_methods import CardBrand, PaymentMethod
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


def card_name(brand: CardBrand, last4: str) -> str:
    """A card as everybody writes it; the same in all languages."""
    return f"{BRANDS[brand]} •••• {last4}"


def method_name(method: PaymentMethod) -> str:
    """A payment method's card."""
    return card_name(method.card.brand, method.card.last4)


def expiry(method: PaymentMethod, now: datetime, locale: str) -> str:
    """Until when a card is good, as it is printed on it."""
    printed = f"{method.card.exp_month:02}/{method.card.exp_year}"
    if method.card.standing(now) == "expired":
        return translate(locale, "Expired {date}", date=printed)
    return translate(locale, "Expires {date}", date=printed)


def standing_badge(method: PaymentMethod, now: datetime, locale: str) -> Badge | None:
    """That a card has expired or is about to; None for one that is good."""
    match method.card.standing(now):
        case "expired":
            return Badge(translate(locale, "Expired"), "danger")
        case "ending":
            return Badge(translate(locale, "Expires soon"), "warning")
    return None
