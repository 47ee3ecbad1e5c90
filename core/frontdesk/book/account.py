"""One customer's page of the book."""

from msgspec import Struct

from frontdesk.book.customer import Customer
from frontdesk.book.invoice import CreditNote, Invoice, PendingItem
from frontdesk.book.subscription import Subscription
from frontdesk.reminders import Reminder


class Account(Struct, frozen=True, kw_only=True):
    """One customer's page of the book: all subscriptions that have not ended, waiting lines, unpaid invoices.

    Drafts are among the invoices, and lines on drafts among the `pending_items`.
    `version` grows by one with each commit that touches the customer.
    """

    customer: Customer
    version: int = 0
    subscriptions: tuple[Subscription, ...] = ()
    pending_items: tuple[PendingItem, ...] = ()
    invoices: tuple[Invoice, ...] = ()
    credit_notes: tuple[CreditNote, ...] = ()
    """Those of the invoice that a command names; only known where one asks for them."""
    reminders: tuple[Reminder, ...] = ()
    """Those of its open invoices."""
    invoiced_before: bool = False
    """Whether there are invoices besides `invoices`; only known where a promotion code for first orders asks."""

    def subscription(self, id: str) -> Subscription | None:
        """The subscription with this id, or None."""
        # A plain loop: this is asked several times for each plan on a page, and a generator costs twice as much.
        for each in self.subscriptions:
            if each.id == id:
                return each
        return None

    def invoice(self, id: str) -> Invoice | None:
        """The open or recent invoice with this id, or None."""
        return next((each for each in self.invoices if each.id == id), None)
