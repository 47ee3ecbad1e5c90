"""Changes: what came of a command. New snapshots and events, to be committed once."""

from datetime import datetime
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace

from frontdesk.book import ENDED, Account, CreditNote, Customer, Invoice, PendingItem, Price, Product, Subscription
from frontdesk.coupons import Coupon, PromotionCode, Redemption
from frontdesk.events import Event
from frontdesk.ledger import LedgerTransaction
from frontdesk.reminders import Reminder
from frontdesk.tax_rates import TaxRate

Snapshot = TypeVar(
    "Snapshot", Subscription, Invoice, CreditNote, PendingItem, Product, Price, Coupon, PromotionCode, TaxRate
)


class UsageReport(Struct, frozen=True, kw_only=True):
    """What a customer used, as it was reported. `identifier` tells it from every other report of a side."""

    identifier: str
    customer: str
    meter: str
    value: int
    at: datetime
    created: datetime
    canceled: bool = False


class Changes(Struct, frozen=True, kw_only=True):
    """New snapshots (each with its new version) and the events that tell of them.

    `wake_at` is when the account next falls due; None means never. It speaks for the whole account and is only
    meant by a local backend: a remote one has a clock of its own.
    """

    customer: Customer | None = None
    subscriptions: tuple[Subscription, ...] = ()
    invoices: tuple[Invoice, ...] = ()
    pending_items: tuple[PendingItem, ...] = ()
    credit_notes: tuple[CreditNote, ...] = ()
    products: tuple[Product, ...] = ()
    prices: tuple[Price, ...] = ()
    coupons: tuple[Coupon, ...] = ()
    promotion_codes: tuple[PromotionCode, ...] = ()
    tax_rates: tuple[TaxRate, ...] = ()
    redemptions: tuple[Redemption, ...] = ()
    ledger: tuple[LedgerTransaction, ...] = ()
    """Movements of money, in their order. A remote backend keeps a ledger of its own; a mirrored one may tell what
    moved the customer's balance, all of it each time."""
    reports: tuple[UsageReport, ...] = ()
    reminders: tuple[Reminder, ...] = ()
    """Reminders that are sent. They are never changed."""
    canceled_reports: tuple[str, ...] = ()
    """Identifiers of reports that are taken back."""
    foreseen: tuple[Invoice, ...] = ()
    """Invoices that are to come, as they would be now. They are told of and not kept."""
    events: tuple[Event, ...] = ()
    wake_at: datetime | None = None

    def then(self, later: "Changes") -> "Changes":
        """These changes followed by `later` ones: the newest snapshot of each object, all events in order."""
        return Changes(
            customer=later.customer or self.customer,
            subscriptions=_newest(self.subscriptions, later.subscriptions),
            invoices=_newest(self.invoices, later.invoices),
            pending_items=_newest(self.pending_items, later.pending_items),
            credit_notes=_newest(self.credit_notes, later.credit_notes),
            products=_newest(self.products, later.products),
            prices=_newest(self.prices, later.prices),
            coupons=_newest(self.coupons, later.coupons),
            promotion_codes=_newest(self.promotion_codes, later.promotion_codes),
            tax_rates=_newest(self.tax_rates, later.tax_rates),
            redemptions=self.redemptions + later.redemptions,
            ledger=self.ledger + later.ledger,
            reports=self.reports + later.reports,
            reminders=self.reminders + later.reminders,
            canceled_reports=self.canceled_reports + later.canceled_reports,
            foreseen=self.foreseen + later.foreseen,
            events=self.events + later.events,
            wake_at=later.wake_at,
        )


def apply(account: Account | None, changes: Changes) -> Account:
    """The account after the changes. A snapshot that is not newer than what the account has is passed over.

    Ended subscriptions and lines that went on an invoice leave the account, as they do in the book's account query.

    Raises:
        ValueError: the account is opened by changes that have no customer.
    """
    if account is None:
        if changes.customer is None:
            raise ValueError("changes that open an account carry its customer")
        account = Account(customer=changes.customer)
    customer = account.customer
    if changes.customer is not None and changes.customer.version >= customer.version:
        customer = changes.customer
    subscriptions = _newest(account.subscriptions, changes.subscriptions)
    return replace(
        account,
        customer=customer,
        subscriptions=tuple(each for each in subscriptions if each.status not in ENDED),
        pending_items=_unbilled(account, changes),
        credit_notes=_newest(account.credit_notes, changes.credit_notes),
        reminders=(*account.reminders, *changes.reminders),
        invoices=tuple(each for each in _newest(account.invoices, changes.invoices) if not each.deleted),
    )


def _unbilled(account: Account, changes: Changes) -> tuple[PendingItem, ...]:
    """The items that wait, or are on a draft. One that was on an issued invoice before stays until the account goes."""
    items = _newest(account.pending_items, changes.pending_items)
    if not items:
        return ()
    issued = {each.id for each in changes.invoices if each.status != "draft"}
    drafts = {each.id for each in _newest(account.invoices, changes.invoices) if each.status == "draft"}
    new = {each.id for each in changes.pending_items}
    return tuple(
        each
        for each in items
        if not each.deleted
        and (each.invoice is None or each.invoice in drafts or (each.invoice not in issued and each.id not in new))
    )


def _newest(old: tuple[Snapshot, ...], new: tuple[Snapshot, ...]) -> tuple[Snapshot, ...]:
    by_id = {each.id: each for each in old}
    for each in new:
        known = by_id.get(each.id)
        if known is None or each.version > known.version:
            by_id[each.id] = each
    return tuple(by_id.values())
