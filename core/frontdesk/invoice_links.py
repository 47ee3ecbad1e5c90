"""How long the link to an invoice's own page is good, for whoever has it (Stripe's rule, portal_spec.md §C.10)."""

from datetime import UTC, datetime, timedelta

from frontdesk.book import Invoice

AFTER_DUE = timedelta(days=30)
AT_MOST = timedelta(days=120)
AT_LEAST = timedelta(days=10)
_DAY = timedelta(days=1)


def has_page(invoice: Invoice) -> bool:
    """Whether an invoice has a page of its own: once it was issued, whatever became of it."""
    return invoice.status != "draft"


def good_until(invoice: Invoice, now: datetime) -> datetime:
    """Until when a link is good that is given away at `now`, which is real time: a midnight.

    That is thirty days after the invoice is due, or was issued where it names no day, and never more than 120 days
    after it was issued. Whoever is given the link has ten days at least, so that one that is asked for late is of use.
    An invoice on a test clock may be of next year: its link is good for 120 days from now at most.

    Days are whole, so that everybody who asks on one day is given the same address.
    """
    issued = invoice.finalized_at or invoice.created
    wanted = (invoice.due_date or issued) + AFTER_DUE
    latest = min(issued, now) + AT_MOST
    return max(_midnight(min(wanted, latest)), _midnight(now + AT_LEAST) + _DAY)


def _midnight(at: datetime) -> datetime:
    """The midnight before an instant, or the instant itself."""
    return at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
