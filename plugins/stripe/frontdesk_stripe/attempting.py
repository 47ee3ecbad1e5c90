"""Why an invoice that is charged by itself is still open: asked for invoice by invoice, of those few that are."""

from collections.abc import Mapping, Sequence

from frontdesk.errors import Misconfigured, Refused
from frontdesk.payment_methods import PaymentAttempt
from frontdesk_stripe.connection import Connection, Shown, path, together
from frontdesk_stripe.reading.attempts import INTENT_EXPANSIONS, read_attempt
from frontdesk_stripe.reading.wire import Unreadable, currency_of, minor

MOST = 5
"""Open invoices of one customer of which is asked, the latest first."""


async def attempts_of(stripe: Connection, invoices: Sequence[Shown]) -> Mapping[str, PaymentAttempt]:
    """The last attempt that failed, by the id of its invoice. What a key may not read is left out."""
    tried = [each for each in invoices if _failed(each)][:MOST]
    found = await together(*(_attempt(stripe, each) for each in tried))
    return {shown["id"]: each for shown, each in zip(tried, found, strict=True) if each is not None}


def _failed(invoice: Shown) -> bool:
    return bool(
        invoice.get("status") in ("open", "uncollectible")
        and invoice.get("collection_method") == "charge_automatically"
        and invoice.get("attempt_count")
        and _intent(invoice)
    )


def _intent(invoice: Shown) -> str | None:
    """The id of the payment intent that an invoice is charged by."""
    payments = (invoice.get("payments") or {}).get("data") or ()
    default = next((each for each in payments if each.get("is_default")), None)
    found = (default or {}).get("payment", {}).get("payment_intent")
    return found.get("id") if isinstance(found, dict) else found


async def _attempt(stripe: Connection, invoice: Shown) -> PaymentAttempt | None:
    at = path("payment_intents", str(_intent(invoice)))
    try:
        left = minor(invoice["amount_remaining"], currency_of(invoice["currency"]))
    except Unreadable:
        return None
    for asked in ({"expand": list(INTENT_EXPANSIONS)}, {}):
        try:
            return read_attempt(await stripe.get(at, asked), invoice["attempt_count"], left)
        except (Refused, Misconfigured):
            # The key may read intents, and not the charges that lie in them.
            continue
        except Unreadable:
            break
    return None
