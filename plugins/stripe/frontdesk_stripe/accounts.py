"""Customers by their other name: Accounts v2, where an account of Stripe's has those.

Each customer is then an account too: `acct_…` beside `cus_…`, `contact_email` beside `email`. Stripe keeps the two
alike and takes either id at `/v1/customers` (docs.stripe.com/accounts-v2/use-accounts-as-customers), so customers are
read there, and the book knows them as `cus_…`. Two things are asked for here: the address of a customer that has none
there, and what was changed by way of `/v2/core/accounts`, which Stripe tells in events of its own.

Not every account of Stripe's has this, and not every key may ask. Whoever has it not is no worse off.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from frontdesk.errors import FrontdeskError, Misconfigured, Refused
from frontdesk.mirroring import Subject
from frontdesk_stripe.connection import PAGE, Connection, Shown

PREFIX = "acct_"
ACCOUNTS, EVENTS_PATH = "/v2/core/accounts", "/v2/core/events"
KIND = "v2.core.account"
EVENTS: tuple[str, ...] = (
    f"{KIND}.closed",
    f"{KIND}.created",
    f"{KIND}.updated",
    f"{KIND}[configuration.customer].updated",
    f"{KIND}[defaults].updated",
    f"{KIND}[identity].updated",
)
"""What says that an account is different in something that a customer has too."""


async def contact_email(stripe: Connection, account: str) -> str | None:
    """The address of an account; None where it has none, or none is told to us.

    Raises:
        Unavailable: Stripe does not answer.
    """
    try:
        shown = await stripe.get(f"{ACCOUNTS}/{quote(account, safe='')}")
    except (Refused, Misconfigured):
        return None
    address = shown.get("contact_email")
    return address if isinstance(address, str) else None


async def told_since(stripe: Connection, since: str) -> list[Shown]:
    """The events of accounts that came after an instant, as Stripe writes one; oldest first.

    None where Stripe does not say: what it does not say now, it says the next time.
    """
    asked: dict[str, Any] = {"created": {"gt": since}, "limit": PAGE, "types": list(EVENTS)}
    found: list[Shown] = []
    try:
        while True:
            page = await stripe.get(EVENTS_PATH, asked)
            found += page["data"]
            following = parse_qs(urlsplit(page.get("next_page_url") or "").query).get("page")
            if not following or not page["data"]:
                break
            asked = {**asked, "page": following[0]}
    except FrontdeskError:
        return []
    return sorted(found, key=lambda each: str(each["created"]))


def written(at: datetime) -> str:
    """An instant as Stripe writes those of events."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z"


def customer_in(related: Mapping[str, Any] | None) -> Subject | None:
    """Whom an event is about, by the account's id; `refresh` finds the customer by that."""
    if related is None or related.get("type") != KIND:
        return None
    id_ = related.get("id")
    return Subject("customer", id_) if isinstance(id_, str) else None
