"""The sandbox's test cards: Stripe's (docs.stripe.com/testing), by their names. No number is ever taken.

A card behaves the same always, whatever the time and the amount:

* `charge` is what its bank says to a payment that needs no confirmation, or whose holder has confirmed;
* `attach` is what it says as the card is to be kept: a card that is refused then cannot be used at all, as at Stripe
  (the one that is refused afterwards alone is "decline after attaching");
* `asks` says when the bank wants its holder to confirm: "always", "unless_set_up", or "never".
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import ClassVar, Literal

from msgspec import Struct

from frontdesk.payment_methods import Card, CardBrand, CardHolder, Funding, PaymentMethod
from frontdesk.refunds import RefundStatus

Asks = Literal["never", "unless_set_up", "always"]
YEARS_VALID = 4


class Decline(Struct, frozen=True):
    """Why a bank refuses: Stripe's code and decline code, and the sentence of the API and of pages."""

    code: str
    decline_code: str
    sentence: str


DECLINES: Mapping[str, Decline] = {
    each.decline_code: each
    for each in (
        Decline("card_declined", "generic_decline", "Your card was declined."),
        Decline("card_declined", "insufficient_funds", "Your card has insufficient funds."),
        Decline("card_declined", "lost_card", "Your card was declined."),
        Decline("card_declined", "stolen_card", "Your card was declined."),
        Decline(
            "card_declined",
            "card_velocity_exceeded",
            "Your card was declined for making repeated attempts too frequently or exceeding its amount limit.",
        ),
        Decline("expired_card", "expired_card", "Your card has expired."),
        Decline("incorrect_cvc", "incorrect_cvc", "Your card's security code is incorrect."),
        Decline(
            "processing_error",
            "processing_error",
            "An error occurred while processing your card. Try again in a little bit.",
        ),
        Decline(
            "authentication_required",
            "authentication_required",
            "Your card was declined. This transaction requires authentication.",
        ),
    )
}
"""By their decline codes."""


class TestCard(Struct, frozen=True, kw_only=True):
    """A card of the sandbox. `name` is what comes after `pm_card_`, `tokens` what comes after `tok_`."""

    __test__: ClassVar[bool] = False  # Not a test, whatever pytest takes its name for.

    name: str
    last4: str
    brand: CardBrand = "visa"
    funding: Funding = "credit"
    country: str = "US"
    attach: str | None = None
    charge: str | None = None
    asks: Asks = "never"
    set_up: bool = False
    """Whether it comes set up already."""
    refund: tuple[RefundStatus, RefundStatus | None] = ("succeeded", None)
    """What a refund is at first, and what it comes to."""

    @property
    def refused(self) -> Decline | None:
        """Why it cannot be kept, or None."""
        return None if self.attach is None else DECLINES[self.attach]


def _refused(name: str, last4: str, why: str) -> Iterator[TestCard]:
    """A card that is refused at once, by both names that Stripe gives to most of them."""
    for each in (f"chargeDeclined{name}", f"visa_chargeDeclined{name}"):
        yield TestCard(name=each, last4=last4, attach=why, charge=why)


_ALL = (
    TestCard(name="visa", last4="4242"),
    TestCard(name="visa_debit", last4="5556", funding="debit"),
    TestCard(name="mastercard", last4="4444", brand="mastercard"),
    TestCard(name="mastercard_debit", last4="8210", brand="mastercard", funding="debit"),
    TestCard(name="mastercard_prepaid", last4="5100", brand="mastercard", funding="prepaid"),
    TestCard(name="amex", last4="0005", brand="amex"),
    TestCard(name="discover", last4="1117", brand="discover"),
    TestCard(name="diners", last4="0004", brand="diners"),
    TestCard(name="jcb", last4="0505", brand="jcb", country="JP"),
    TestCard(name="unionpay", last4="0005", brand="unionpay", country="CN"),
    TestCard(name="us", last4="4242"),
    TestCard(name="de", last4="0016", country="DE"),
    TestCard(name="fr", last4="0003", country="FR"),
    TestCard(name="gb", last4="0000", country="GB"),
    TestCard(name="chargeCustomerFail", last4="0341", charge="generic_decline"),
    *_refused("", "0002", "generic_decline"),
    *_refused("InsufficientFunds", "9995", "insufficient_funds"),
    *_refused("LostCard", "9987", "lost_card"),
    *_refused("StolenCard", "9979", "stolen_card"),
    *_refused("ExpiredCard", "0069", "expired_card"),
    *_refused("IncorrectCvc", "0127", "incorrect_cvc"),
    *_refused("ProcessingError", "0119", "processing_error"),
    *_refused("VelocityLimitExceeded", "6975", "card_velocity_exceeded"),
    TestCard(name="refundFail", last4="5126", refund=("succeeded", "failed")),
    TestCard(name="pendingRefund", last4="7726", refund=("pending", "succeeded")),
    TestCard(name="authenticationRequired", last4="3184", asks="always"),
    TestCard(name="threeDSecure2Required", last4="3220", asks="unless_set_up"),
    TestCard(name="threeDSecureRequired", last4="3063", asks="unless_set_up"),
    TestCard(name="authenticationRequiredOnSetup", last4="3155", asks="unless_set_up"),
    TestCard(name="authenticationRequiredSetupForOffSession", last4="0446", asks="unless_set_up", set_up=True),
    TestCard(
        name="authenticationRequiredChargeDeclinedInsufficientFunds",
        last4="3178",
        asks="unless_set_up",
        charge="insufficient_funds",
    ),
)
CARDS: Mapping[str, TestCard] = {each.name: each for each in _ALL}
"""All test cards, by name."""
METHOD_PREFIX = "pm_card_"
TOKEN_PREFIX = "tok_"
OFFERED: tuple[str, ...] = (
    "visa",
    "mastercard",
    "amex",
    "authenticationRequiredOnSetup",
    "authenticationRequired",
    "authenticationRequiredChargeDeclinedInsufficientFunds",
    "chargeCustomerFail",
    "chargeDeclined",
    "chargeDeclinedInsufficientFunds",
    "chargeDeclinedExpiredCard",
)
"""Those that pages offer."""


def named(name: str) -> TestCard | None:
    """The test card of a name like `pm_card_visa` or `tok_visa`; None where there is none."""
    for prefix in (METHOD_PREFIX, TOKEN_PREFIX):
        if name.startswith(prefix):
            return CARDS.get(name.removeprefix(prefix))
    return None


def new_method(id: str, test_card: TestCard, now: datetime, holder: CardHolder | None = None) -> PaymentMethod:
    """A new payment method that is this card, of nobody yet. It is valid until the end of a year to come."""
    card = Card(
        brand=test_card.brand,
        last4=test_card.last4,
        exp_month=12,
        exp_year=now.year + YEARS_VALID,
        funding=test_card.funding,
        country=test_card.country,
        fingerprint=f"test{test_card.brand}{test_card.last4}",
    )
    return PaymentMethod(
        id=id,
        created=now,
        card=card,
        test_card=test_card.name,
        holder=holder or CardHolder(),
        set_up=test_card.set_up,
    )


def sandbox_card(method: PaymentMethod) -> TestCard | None:
    """The test card that a method is; None for one that a remote backend keeps."""
    return None if method.test_card is None else CARDS[method.test_card]


def asks_holder(method: PaymentMethod) -> bool:
    """Whether the bank wants the holder to confirm a payment by this method. Of what is no test card nobody knows."""
    card = sandbox_card(method)
    asks = "never" if card is None else card.asks
    return asks == "always" or (asks == "unless_set_up" and not method.set_up)


def answer(method: PaymentMethod, *, confirmed: bool) -> Decline | None:
    """What the bank says to a payment: None is yes. `confirmed` says that the holder has just confirmed it.

    Nothing is ever paid here by what is no test card.
    """
    card = sandbox_card(method)
    if card is None:
        return DECLINES["generic_decline"]
    if asks_holder(method) and not confirmed:
        return DECLINES["authentication_required"]
    charge = card.charge
    return None if charge is None else DECLINES[charge]
