"""The account's page of the book while one command is worked out."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import asdict, replace

from frontdesk.billing import Capabilities
from frontdesk.book import (
    ENDED,
    Account,
    CreditNote,
    Customer,
    Invoice,
    PendingItem,
    Price,
    Product,
    Subscription,
    Terms,
)
from frontdesk.changes import Changes, UsageReport, apply
from frontdesk.coupons import Discount, Redemption
from frontdesk.errors import Refused
from frontdesk.events import Event
from frontdesk.ids import Ids
from frontdesk.lateness import NextLate, next_of_invoice
from frontdesk.ledger import LedgerTransaction, TransactionKind, entries
from frontdesk.notices import tells_of_renewal
from frontdesk.refusals import no_such
from frontdesk.reminders import Reminder
from frontdesk.timetable import next_of

A_DAY = timedelta(days=1)


class LedgerSource(Struct, frozen=True, kw_only=True):
    """What a movement of money came of."""

    invoice: str | None = None
    credit_note: str | None = None
    payment: str | None = None
    description: str | None = None
    metadata: Mapping[str, str] = {}


class Page:
    """What the account says by now, and what of it is new.

    A command may touch an object many times (an account that was not looked at for a year is renewed twelve times):
    what leaves is one snapshot of each, one version above the one that came in.
    """

    def __init__(
        self, account: Account, terms: Terms, now: datetime, ids: Ids, can: Capabilities, *, collects: bool = True
    ) -> None:
        self.terms = terms
        self.now = now
        self.ids = ids
        self.customer = account.customer
        self.can = can
        self.collects = collects
        """Whether invoices are charged as they are issued: not where one only wants to know what they would be."""
        self.holder_confirmed = False
        """Whether the holder of the card has just confirmed at the bank what is charged."""
        self.changes_once_paid = False
        """Whether what is charged is for a change that comes once it is paid: it is not tried again by itself."""
        self.declined: str | None = None
        """The decline code of the last charge that failed."""
        self.given_up: list[str] = []
        """Invoices that could not be charged for the last time, until it is seen to what becomes of their plans."""
        self._account = account
        self._versions = {
            each.id: each.version
            for group in (account.subscriptions, account.invoices, account.pending_items, account.credit_notes)
            for each in group
        }
        self._subscriptions = {each.id: each for each in account.subscriptions}
        self._invoices = {each.id: each for each in account.invoices}
        self._waiting = {each.id: each for each in account.pending_items if each.invoice is None}
        self._billed = {each.id: each for each in account.pending_items if each.invoice is not None}
        self._touched: dict[str, Subscription | Invoice | PendingItem] = {}
        self._notes = {each.id: each for each in account.credit_notes}
        self._new_notes: dict[str, CreditNote] = {}
        self._events: list[Event] = []
        self._ledger: list[LedgerTransaction] = []
        self._redemptions: list[Redemption] = []
        self._reports: list[UsageReport] = []
        self._reminders: list[Reminder] = []
        self._canceled_reports: list[str] = []
        self._foreseen: list[Invoice] = []
        self.counted = False
        """Whether what is reported was counted before what fell due was caught up with."""
        self._discounts: dict[str, Discount] = {}

    def account(self) -> Account:
        """The account as it has become."""
        return apply(self._account, self.changes())

    def live(self) -> Iterator[Subscription]:
        """The subscriptions that have not ended."""
        return (each for each in self._subscriptions.values() if each.status not in ENDED)

    def subscription(self, id: str) -> Subscription:
        """A subscription of this customer, ended or not. Raises Refused for an unknown one."""
        found = self._subscriptions.get(id)
        if found is None:
            raise Refused(no_such("subscription", id, "id"))
        return found

    def live_subscription(self, id: str) -> Subscription:
        """A subscription that has not ended. Raises Refused for any other."""
        found = self.subscription(id)
        if found.status in ENDED:
            raise Refused(no_such("subscription", id, "id"))
        return found

    def live_or_none(self, id: str | None) -> Subscription | None:
        """The subscription with this id if it has not ended, else None."""
        found = self._subscriptions.get(id or "")
        return None if found is None or found.status in ENDED else found

    def invoice(self, id: str) -> Invoice:
        """An invoice of this customer. Raises Refused for an unknown one."""
        found = self._invoices.get(id)
        if found is None:
            raise Refused(no_such("invoice", id, "invoice"))
        return found

    def invoice_or_none(self, id: str) -> Invoice | None:
        """An invoice of this customer as far as the account knows it, else None."""
        return self._invoices.get(id)

    def price(self, id: str) -> Price:
        """A price of the terms. Raises Refused for an unknown one."""
        found = self.terms.prices.get(id)
        if found is None:
            raise Refused(no_such("price", id, "price"))
        return found

    def product(self, price: Price) -> Product | None:
        """The product of a price, as far as the terms know it."""
        return self.terms.products.get(price.product)

    def waiting_for(self, subscription: Subscription, *, with_others: bool) -> tuple[PendingItem, ...]:
        """Lines that wait for this subscription's next invoice, oldest first.

        `with_others` adds those of the customer at large: of no subscription, or of one that has ended since.
        """
        live = {each.id for each in self.live()} - {subscription.id}
        return tuple(
            each
            for each in self._waiting.values()
            if each.line.currency == subscription.currency
            and (each.subscription == subscription.id or (with_others and each.subscription not in live))
        )

    def waiting_in(self, currency: str, subscription: str | None) -> tuple[PendingItem, ...]:
        """Lines that wait in a currency: a subscription's, or (None) those of no subscription that runs."""
        live = {each.id for each in self.live()}
        return tuple(
            each
            for each in self._waiting.values()
            if each.line.currency == currency
            and (each.subscription == subscription if subscription else each.subscription not in live)
        )

    def item(self, id: str) -> PendingItem:
        """An item that waits or is on a draft. Raises Refused for an unknown one."""
        found = self._waiting.get(id) or self._billed.get(id)
        if found is None:
            raise Refused(no_such("invoiceitem", id, "id"))
        return found

    def invoices(self) -> tuple[Invoice, ...]:
        """All invoices that the account knows, drafts too."""
        return tuple(self._invoices.values())

    def reminders_of(self, invoice: Invoice) -> tuple[Reminder, ...]:
        """The reminders of an invoice, oldest first."""
        return tuple(each for each in (*self._account.reminders, *self._reminders) if each.invoice == invoice.id)

    def keep_reminder(self, reminder: Reminder) -> None:
        """Have it noted that the customer is reminded."""
        self._reminders.append(reminder)

    def next_of(self, invoice: Invoice) -> NextLate | None:
        """What comes next by itself of an invoice that is not paid.

        Nobody is reminded of an invoice in the moment that it is issued, however late that is.
        """
        live = self.live_or_none(invoice.subscription)
        sent = self.reminders_of(invoice)
        found = next_of_invoice(invoice, self.customer, live, sent, self.terms.settings)
        if found is None or found.act != "remind_of_invoice" or invoice.id in self._versions:
            return found
        return replace(found, at=max(found.at, self.now + A_DAY))

    def drafts(self) -> tuple[Invoice, ...]:
        """Invoices that are not issued yet."""
        return tuple(each for each in self._invoices.values() if each.status == "draft")

    def items_on(self, invoice: Invoice) -> tuple[PendingItem, ...]:
        """The items whose lines are on a draft, in the order of the lines."""
        named = [each.pending_item for each in invoice.lines if each.pending_item in self._billed]
        return tuple(self._billed[each] for each in named if each is not None)

    def post(
        self, kind: TransactionKind, currency: str, source: LedgerSource, *, at: datetime | None = None, **amounts: int
    ) -> None:
        """Note a movement of money: `amounts` by account (`frontdesk.ledger`), and what it came of.

        What goes to `balance` is carried to the customer's next invoice.
        """
        found = entries(**amounts)
        if not found:
            return
        moved = amounts.get("balance", 0)
        balances = self.customer.balances
        if moved:
            balances = {**balances, currency: balances.get(currency, 0) + moved}
            self.save_customer(replace(self.customer, balances=balances))
        self._ledger.append(
            LedgerTransaction(
                id=self.ids("cbtxn"),
                customer=self.customer.id,
                created=at or self.now,
                kind=kind,
                currency=currency,
                entries=found,
                ending_balance=balances.get(currency, 0),
                **asdict(source),
            )
        )

    def save_customer(self, customer: Customer) -> None:
        """Keep a customer's new state."""
        self.customer = replace(customer, version=self._account.customer.version + 1)

    def save_subscription(self, subscription: Subscription) -> Subscription:
        """Keep a subscription's new state; gives it with its version. What waits where nothing waited before is another
        schedule."""
        before = self._account.subscription(subscription.id)
        had = 0 if before is None else before.schedules
        if before is not None and before.has_schedule:
            # It is the same one, whatever waits now. One from before they were counted is the first.
            had = max(had, 1)
        elif subscription.has_schedule:
            had += 1
        saved = replace(subscription, version=self._next_version(subscription.id), schedules=had)
        self._subscriptions[saved.id] = self._touched[saved.id] = saved
        return saved

    def save_invoice(self, invoice: Invoice) -> Invoice:
        """Keep an invoice's new state; gives it with its version."""
        saved = replace(invoice, version=self._next_version(invoice.id))
        self._invoices[saved.id] = self._touched[saved.id] = saved
        return saved

    def notes_of(self, invoice: Invoice) -> tuple[CreditNote, ...]:
        """The credit notes over an invoice, as far as the account knows them."""
        return tuple(each for each in self._notes.values() if each.invoice == invoice.id)

    def save_credit_note(self, note: CreditNote) -> CreditNote:
        """Keep a credit note's new state; gives it with its version."""
        saved = replace(note, version=self._next_version(note.id))
        self._notes[saved.id] = self._new_notes[saved.id] = saved
        return saved

    def save_pending(self, item: PendingItem) -> None:
        """Keep a waiting line; one that went on an invoice waits no more."""
        saved = replace(item, version=self._next_version(item.id))
        self._touched[saved.id] = saved
        self._waiting.pop(saved.id, None)
        self._billed.pop(saved.id, None)
        if not saved.deleted:
            (self._waiting if saved.invoice is None else self._billed)[saved.id] = saved

    def tell(self, event: Event) -> None:
        """Add an event."""
        self._events.append(event)

    def redeem(self, redemptions: Iterable[Redemption]) -> None:
        """Have it counted that coupons were given."""
        self._redemptions += redemptions

    def cancel_report(self, identifier: str) -> None:
        """Have a report of use taken back."""
        self._canceled_reports.append(identifier)

    def keep_report(self, report: UsageReport) -> None:
        """Have a report of use kept."""
        self._reports.append(report)

    def tells_of_renewal(self, subscription: Subscription) -> datetime | None:
        """When the subscription's next renewal is told of beforehand."""
        return tells_of_renewal(subscription, self.terms.settings.notices)

    def foresee(self, invoice: Invoice) -> None:
        """Have an invoice told of that is to come."""
        self._foreseen.append(invoice)

    def know_discounts(self, discounts: Iterable[Discount]) -> None:
        """Remember discounts that a bill has, for the invoice to copy."""
        self._discounts |= {each.id: each for each in discounts}

    @property
    def known_discounts(self) -> Mapping[str, Discount]:
        """The discounts that bills of this command have, by id."""
        return self._discounts

    def changes(self) -> Changes:
        """What is new, and when the account next falls due."""
        touched = self._touched.values()
        return Changes(
            customer=self.customer if self.customer is not self._account.customer else None,
            subscriptions=tuple(each for each in touched if isinstance(each, Subscription)),
            invoices=tuple(each for each in touched if isinstance(each, Invoice)),
            pending_items=tuple(each for each in touched if isinstance(each, PendingItem)),
            redemptions=tuple(self._redemptions),
            credit_notes=tuple(self._new_notes.values()),
            ledger=tuple(self._ledger),
            reports=tuple(self._reports),
            canceled_reports=tuple(self._canceled_reports),
            events=tuple(self._events),
            reminders=tuple(self._reminders),
            foreseen=tuple(self._foreseen),
            wake_at=self._wake_at(),
        )

    def _wake_at(self) -> datetime | None:
        coming = [each.at for each in (*map(next_of, self.live()), *map(self.next_of, self.invoices())) if each]
        coming += [at for at in map(self.tells_of_renewal, self.live()) if at is not None]
        return min(coming, default=None)

    def _next_version(self, id: str) -> int:
        return self._versions.get(id, 0) + 1
