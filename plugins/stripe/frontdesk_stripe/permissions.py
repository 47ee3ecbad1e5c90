"""What a restricted key must be allowed, in the words of Stripe's dashboard.

Stripe names permissions by words of its own (`rak_plan_read` is "Prices: Read"): in its errors, and in the address of
the page on which a key is made with all of them filled in.
"""

from typing import Literal
from urllib.parse import quote

from msgspec import Struct


class Permission(Struct, frozen=True):
    """One line of the list. `probe` is a list that answers 403 where it is lacking; write implies read."""

    resource: str
    level: Literal["Read", "Write"]
    word: str
    probe: str | None = None

    @property
    def written(self) -> str:
        """As Stripe's dashboard writes it."""
        return f"{self.resource}: {self.level}"

    @property
    def name(self) -> str:
        """As Stripe's errors and addresses write it."""
        return f"rak_{self.word}_{self.level.lower()}"


PERMISSIONS: tuple[Permission, ...] = (
    Permission("Customers", "Write", "customer", "/v1/customers"),
    Permission("Products", "Write", "product", "/v1/products"),
    Permission("Prices", "Write", "plan", "/v1/prices"),
    Permission("Coupons", "Write", "coupon", "/v1/coupons"),
    Permission("Promotion Codes", "Write", "promotion_code", "/v1/promotion_codes"),
    Permission("Tax Rates", "Write", "tax_rate", "/v1/tax_rates"),
    Permission("Subscriptions", "Write", "subscription", "/v1/subscriptions"),
    Permission("Invoices", "Write", "invoice", "/v1/invoices"),
    Permission("Credit notes", "Write", "credit_note", "/v1/credit_notes"),
    Permission("PaymentMethods", "Write", "payment_method"),
    Permission("SetupIntents", "Read", "setup_intent", "/v1/setup_intents"),
    Permission("PaymentIntents", "Read", "payment_intent", "/v1/payment_intents"),
    Permission("Checkout Sessions", "Write", "checkout_session", "/v1/checkout/sessions"),
    Permission("Events", "Read", "event", "/v1/events"),
    Permission("Webhook Endpoints", "Write", "webhook", "/v1/webhook_endpoints"),
)
_BY_WORD = {each.word: each.resource for each in PERMISSIONS}


def as_stripe_writes(name: str) -> str:
    """A permission as the dashboard writes it, by its name in an error: "Customers: Read" for `rak_customer_read`."""
    word, _, level = name.removeprefix("rak_").rpartition("_")
    resource = _BY_WORD.get(word) or word.replace("_", " ").capitalize()
    return f"{resource}: {level.capitalize()}"


def page_to_make_a_key(name: str = "Frontdesk") -> str:
    """The address at Stripe on which a key with all these permissions is made."""
    wanted = "".join(f"&permissions%5B%5D={each.name}" for each in PERMISSIONS)
    return f"https://dashboard.stripe.com/apikeys/create?name={quote(name)}{wanted}"
