"""Stripe's own pages: one on which a customer adds a payment method, and one on which an open invoice is paid.

Checkout in setup mode adds a method and does no more. That it pays from then on is done when we next look at the
customer, which Stripe's message about the session makes us do: once for each session, by its idempotency key.
"""

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from frontdesk.errors import Misconfigured, Refusal, Refused
from frontdesk.invoice_refusals import invoice_not_open
from frontdesk.mirroring import AddMethod, HostedPage
from frontdesk.refusals import no_such
from frontdesk_stripe.connection import Connection, Shown, path
from frontdesk_stripe.reading.wire import OUR_NOTES

log = logging.getLogger("frontdesk.stripe")
DEFAULT = f"{OUR_NOTES}default"
"""The key of a session's metadata that says that what is added is to pay."""
SETTLED_WITHIN = timedelta(hours=23)
"""Stripe remembers a key for a day: after that a repeated call would have its effect again."""
LATEST_SESSIONS = 10
LOCALES = frozenset(
    (
        "bg",
        "cs",
        "da",
        "de",
        "el",
        "en",
        "en-GB",
        "es",
        "es-419",
        "et",
        "fi",
        "fil",
        "fr",
        "fr-CA",
        "hr",
        "hu",
        "id",
        "it",
        "ja",
        "ko",
        "lt",
        "lv",
        "ms",
        "mt",
        "nb",
        "nl",
        "pl",
        "pt",
        "pt-BR",
        "ro",
        "ru",
        "sk",
        "sl",
        "sv",
        "th",
        "tr",
        "vi",
        "zh",
        "zh-HK",
        "zh-TW",
    )
)
"""The languages that Checkout speaks."""
_ENDED = ("canceled", "incomplete_expired")


async def address_of(stripe: Connection, page: HostedPage, key: str) -> str:
    """See `BillingBackend.hosted_page`."""
    if isinstance(page, AddMethod):
        return await _checkout(stripe, page, key)
    invoice = await stripe.found(path("invoices", page.invoice))
    if invoice is None or _id(invoice.get("customer")) != page.customer:
        raise Refused(no_such("invoice", page.invoice))
    address = invoice.get("hosted_invoice_url")
    if invoice.get("status") != "open" or not isinstance(address, str):
        raise Refused(invoice_not_open())
    return address


def spoken(locale: str) -> str:
    """The language of Checkout for one of ours: itself, its language without the country, or the browser's."""
    wanted = locale.replace("_", "-")
    language = wanted.partition("-")[0]
    return next((each for each in (wanted, language) if each in LOCALES), "auto")


async def settle_added(
    stripe: Connection, customer: Shown, methods: Sequence[Shown], subscriptions: Sequence[Shown], now: datetime
) -> bool:
    """Have what was added lately on a page of Stripe's pay for everything. Whether anything was done.

    Where it cannot be done the customer is read all the same, and it is tried again the next time.
    """
    try:
        return await _settled(stripe, customer, methods, subscriptions, now)
    except (Refused, Misconfigured) as error:
        log.warning("what was added does not pay yet", extra={"why": str(error)})
        return False


async def _settled(
    stripe: Connection, customer: Shown, methods: Sequence[Shown], subscriptions: Sequence[Shown], now: datetime
) -> bool:
    since = (now - SETTLED_WITHIN).timestamp()
    default = _id((customer.get("invoice_settings") or {}).get("default_payment_method"))
    new = {each["id"] for each in methods if each["created"] >= since and each["id"] != default}
    if not new:
        return False
    asked = {"customer": customer["id"], "limit": LATEST_SESSIONS, "expand": ["data.setup_intent"]}
    sessions = (await stripe.get("/v1/checkout/sessions", asked))["data"]
    latest = next((each for each in sessions if _wants_default(each)), None)
    method = None if latest is None else _id((latest.get("setup_intent") or {}).get("payment_method"))
    if latest is None or method not in new:
        return False
    key = f"default-{latest['id']}"
    settings = {"default_payment_method": method}
    await stripe.post(path("customers", customer["id"]), {"invoice_settings": settings}, key=key)
    for each in subscriptions:
        if each.get("default_payment_method") and each.get("status") not in _ENDED:
            nothing = {"default_payment_method": ""}
            await stripe.post(path("subscriptions", each["id"]), nothing, key=f"{key}-{each['id']}")
    return True


async def _checkout(stripe: Connection, page: AddMethod, key: str) -> str:
    customer = await stripe.found(path("customers", page.customer))
    if customer is None or customer.get("deleted"):
        raise Refused(no_such("customer", page.customer))
    metadata = {f"{OUR_NOTES}intent": key} | ({DEFAULT: "1"} if page.default else {})
    # Which methods can be offered depends on the currency; of a customer who has none yet, a card can be.
    kinds = {"currency": customer["currency"]} if customer.get("currency") else {"payment_method_types": ["card"]}
    asked = {
        "mode": "setup",
        "customer": page.customer,
        "success_url": page.done_url,
        "cancel_url": page.back_url,
        "locale": spoken(page.locale),
        "metadata": metadata,
        **kinds,
    }
    session = await stripe.post("/v1/checkout/sessions", asked, key=key)
    address = session.get("url")
    if not isinstance(address, str):
        raise Refused(_no_page())
    return address


def _wants_default(session: Mapping[str, Any]) -> bool:
    return session.get("status") == "complete" and (session.get("metadata") or {}).get(DEFAULT) == "1"


def _id(given: Any) -> str | None:
    found = given.get("id") if isinstance(given, Mapping) else given
    return found if isinstance(found, str) and found else None


def _no_page() -> Refusal:
    return Refusal(
        code="no_hosted_page",
        for_customer="This page has expired. Go back to where you came from and begin again.",
        for_tenant="Stripe gave no address for the page: the session that this key made is over.",
    )
