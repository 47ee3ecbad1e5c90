"""What a restricted key must be allowed, in the words of Stripe's dashboard.

Stripe names permissions by words of its own (`rak_plan_read` is "Prices: Read"): in its errors, and in the address of
the page on which a key is made with all of them filled in.
"""

from typing import Literal

from msgspec import Struct

from frontdesk.errors import Misconfigured


class Permission(Struct, frozen=True):
    """One line of the list: a resource, what a key must be allowed of it, and how Stripe calls it elsewhere.

    `probe` is a request that answers 403 where it is lacking: of what is written, an object that there is not.
    """

    resource: str
    level: Literal["Read", "Write"]
    word: str
    probe: tuple[Literal["GET", "POST"], str]

    @property
    def written(self) -> str:
        """As Stripe's dashboard writes it."""
        return f"{self.resource}: {self.level}"

    @property
    def name(self) -> str:
        """As Stripe's errors and addresses write it."""
        return f"rak_{self.word}_{self.level.lower()}"


NOBODY = "frontdesk_asks_what_it_may"
"""The id of no object."""
PERMISSIONS: tuple[Permission, ...] = (
    Permission("Customers", "Write", "customer", ("POST", f"/v1/customers/{NOBODY}")),
    Permission("Products", "Write", "product", ("POST", f"/v1/products/{NOBODY}")),
    Permission("Prices", "Write", "plan", ("POST", f"/v1/prices/{NOBODY}")),
    Permission("Coupons", "Write", "coupon", ("POST", f"/v1/coupons/{NOBODY}")),
    Permission("Promotion Codes", "Write", "promotion_code", ("POST", f"/v1/promotion_codes/{NOBODY}")),
    Permission("Tax Rates", "Write", "tax_rate", ("POST", f"/v1/tax_rates/{NOBODY}")),
    Permission("Subscriptions", "Write", "subscription", ("POST", f"/v1/subscriptions/{NOBODY}")),
    Permission("Invoices", "Write", "invoice", ("POST", f"/v1/invoices/{NOBODY}")),
    Permission("Credit notes", "Write", "credit_note", ("POST", f"/v1/credit_notes/{NOBODY}")),
    Permission("PaymentMethods", "Write", "payment_method", ("POST", f"/v1/payment_methods/{NOBODY}")),
    Permission("Checkout Sessions", "Write", "checkout_session", ("POST", f"/v1/checkout/sessions/{NOBODY}/expire")),
    Permission("Webhook Endpoints", "Write", "webhook", ("POST", f"/v1/webhook_endpoints/{NOBODY}")),
    Permission("SetupIntents", "Read", "setup_intent", ("GET", "/v1/setup_intents")),
    Permission("PaymentIntents", "Read", "payment_intent", ("GET", "/v1/payment_intents")),
    Permission("Charges and Refunds", "Read", "charge", ("GET", "/v1/charges")),
    Permission("Events", "Read", "event", ("GET", "/v1/events")),
)
_BY_WORD = {each.word: each.resource for each in PERMISSIONS}


def as_stripe_writes(name: str) -> str:
    """A permission as the dashboard writes it, by its name in an error: "Customers: Read" for `rak_customer_read`."""
    word, _, level = name.removeprefix("rak_").rpartition("_")
    resource = _BY_WORD.get(word) or word.replace("_", " ").capitalize()
    return f"{resource}: {level.capitalize()}"


def page_to_make_a_key() -> str:
    """The address at Stripe on which a key with all these permissions is made."""
    wanted = "".join(f"&permissions%5B%5D={each.name}" for each in PERMISSIONS)
    return f"https://dashboard.stripe.com/apikeys/create?name=Frontdesk{wanted}"


class Forbidden(Misconfigured):
    """The key lacks a permission. `account` is whose key it is, where Stripe said so."""

    def __init__(self, sentence: str, permission: str, account: str | None) -> None:
        super().__init__(sentence, "api_key", parameters={"permission": permission} if permission else None)
        self.permission = permission
        self.account = account
