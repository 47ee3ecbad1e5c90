"""What is said on an invoice's pages of the change of a plan that waits for it, with or without a session."""

from frontdesk.book import Invoice, Subscription
from frontdesk.restarts import is_owed
from frontdesk_tenants import listings
from frontdesk_tenants.book import read_terms
from frontdesk_tenants.database import SideTransaction
from frontdesk_tenants.directory import Side
from frontdesk_web.portal.subscription_cards import subscription_name
from frontdesk_web.portal.waiting_changes import named_waits_words, unpaid_words


async def said_of_waiting(connection: SideTransaction, side: Side, invoice: Invoice, locale: str) -> dict[str, str]:
    """`planned` and `otherwise` of a page about an invoice: that the change of a plan waits for it and until when, and
    what comes if it is not paid by then. Nothing where none waits for it."""
    if invoice.subscription is None or not is_owed(invoice):
        return {}
    plan: Subscription | None = await listings.find(connection, "subscription", invoice.subscription)
    if plan is None or plan.pending is None or plan.pending.invoice != invoice.id:
        return {}
    terms = await read_terms(connection, side, plan.prices)
    planned = named_waits_words(plan, subscription_name(plan, terms), locale)
    return {"planned": planned, "otherwise": unpaid_words(invoice, locale)}
