"""Payment methods: what a customer is charged by, kept with the customer.

A card is known by what is printed on statements: brand, last four digits, expiry. Numbers are never kept or taken.
What else a customer can pay by is in `frontdesk.method_kinds`.
What a card's bank says to a payment is the backend's business; in the sandbox the test card decides
(`frontdesk.test_cards`), so that an attempt to collect is as pure as the rest of the engine.

The customer's own default pays for every subscription that has no method of its own. A detached method never comes
back (Stripe's rule).
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Literal

from msgspec import Struct

from frontdesk.method_kinds import Means, OtherMethod

CardBrand = Literal[
    "visa",
    "mastercard",
    "amex",
    "discover",
    "diners",
    "jcb",
    "unionpay",
    "cartes_bancaires",
    "eftpos_au",
    "interac",
    "link",
    "unknown",
]
"""Stripe's brands. Whatever else there may be is `unknown`."""
Funding = Literal["credit", "debit", "prepaid", "unknown"]
Wallet = Literal[
    "amex_express_checkout", "apple_pay", "google_pay", "link", "masterpass", "samsung_pay", "visa_checkout"
]
Standing = Literal["good", "ending", "expired"]
AfterRetries = Literal["cancel", "unpaid", "past_due"]
"""What becomes of a subscription once its last attempt has failed."""
MOST_METHODS = 100
"""Methods that one customer can have."""


class Card(Struct, frozen=True, kw_only=True):
    """What is known of a card. `country` is the ISO code of its bank's; `fingerprint` is the same for the same card.

    `wallet` is the one that it was taken from.
    """

    brand: CardBrand
    last4: str
    exp_month: int
    exp_year: int
    funding: Funding = "unknown"
    country: str | None = None
    fingerprint: str | None = None
    wallet: Wallet | None = None

    def standing(self, now: datetime) -> Standing:
        """Whether it is good: until its month is over, and about to end from the month before on."""
        ends, warned = self._turns()
        return "expired" if now >= ends else "ending" if now >= warned else "good"

    def stands_until(self, now: datetime) -> datetime | None:
        """When it will stand differently; None where it never will."""
        return next((each for each in reversed(self._turns()) if each > now), None)

    def _turns(self) -> tuple[datetime, datetime]:
        month = self.exp_year * 12 + self.exp_month  # The one after the printed one, counted from 0.
        ends, warned = (datetime(each // 12, each % 12 + 1, 1, tzinfo=UTC) for each in (month, month - 2))
        return ends, warned


class CardHolder(Struct, frozen=True, kw_only=True):
    """Whose card it is, as it was typed: Stripe's billing details. The address has Stripe's six parts."""

    name: str | None = None
    email: str | None = None
    phone: str | None = None
    address: Mapping[str, str | None] = {}


class PaymentMethod(Struct, frozen=True, kw_only=True):
    """One payment method: either a `card`, or what its `means` say. `customer` is None before it was attached.

    `test_card` names the card of our sandbox that it is, where it is one. `set_up` says that its holder confirmed at
    the bank that it may be charged when they are not there. `detached` ones stay known and are never used again.
    """

    id: str
    created: datetime
    card: Card | None = None
    means: Means | None = None
    test_card: str | None = None
    customer: str | None = None
    holder: CardHolder = CardHolder()
    metadata: Mapping[str, str] = {}
    set_up: bool = False
    detached: bool = False

    def __post_init__(self) -> None:
        if (self.card is None) == (self.means is None):
            raise ValueError("a payment method is a card or something else, and never both")

    @property
    def type(self) -> str:
        """Stripe's name for what it is, such as `card`."""
        if self.means is None:
            return "card"
        return self.means.type if isinstance(self.means, OtherMethod) else str(self.means.__struct_config__.tag)

    def stands_until(self, now: datetime) -> datetime | None:
        """When it will stand differently; None where it never will."""
        return None if self.card is None else self.card.stands_until(now)


class PaymentAttempt(Struct, frozen=True, kw_only=True):
    """One attempt to charge an invoice: `method` by its id, and what is printed of its card; None where there was none.

    `amount` is in minor units. `decline_code` says why nothing came of it; None where it did. `by_itself` attempts are
    those that the schedule makes.
    """

    id: str
    at: datetime
    amount: int
    method: str | None = None
    brand: CardBrand | None = None
    last4: str | None = None
    decline_code: str | None = None
    by_itself: bool = True
    test_card: str | None = None
    """Which of the sandbox's cards it was of: how a refund goes depends on it."""


class CollectionSettings(Struct, frozen=True, kw_only=True):
    """When a payment that failed is tried again, and what becomes of the subscription when nothing helps.

    `retry_days` are days from one attempt to the next (Stripe's "3, 5 and 7 days"). After the last one the subscription
    ends, stays past due, or is unpaid, as Stripe lets one choose; ending is Stripe's default. Of one that is past due
    further periods are billed and charged; of one that is unpaid they are drafts, and nothing is charged by itself.
    """

    retry_days: tuple[int, ...] = (3, 5, 7)
    after: AfterRetries = "cancel"
    letters: bool = True
    """Whether customers are written to once for each attempt that failed."""
    held: bool = False
    """Nothing is tried again for now. Only said while the side is suspended, never stored."""
