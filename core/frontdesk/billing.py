"""Billing backends: what decides what a command does.

A backend turns (account, terms, command, now) into changes. There are two kinds, told apart by
`Capabilities.remote`:

* a *local* one is a plain computation over the book, without I/O. The desk locks the account, asks, and commits what
  comes back, all in one transaction;
* a *remote* one keeps its own state behind a network. The desk commits the intent first, calls outside any
  transaction with the intent's idempotency key, and applies what comes back by version. A call may be repeated with
  the same key at any time and must then have the effect once.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, Generic, TypeVar

from msgspec import Struct

from frontdesk.book import Account, CollectionMethod, Terms
from frontdesk.catalogue_commands import CatalogueCommand
from frontdesk.changes import Changes
from frontdesk.commands import AccountCommand
from frontdesk.errors import NotSupported
from frontdesk.ids import Ids
from frontdesk.mirroring import Connected, CustomerPage, Heard, HeardPage, HostedPage, Listening, Page, Subject
from frontdesk.secret import Secret


class Capability(StrEnum):
    """What a backend can do. Pages, the API and the contract suite read the same list."""

    CHANGE_PRICE = "change_price"
    CHANGE_QUANTITY = "change_quantity"
    CHANGE_ITEMS = "change_items"
    CANCEL_AT_PERIOD_END = "cancel_at_period_end"
    CANCEL_NOW = "cancel_now"
    KEEP = "keep"
    PRORATE = "prorate"
    INVOICE_AT_ONCE = "invoice_at_once"
    CLASSIC_BILLING_MODE = "classic_billing_mode"
    PAY_OUT_OF_BAND = "pay_out_of_band"
    CLOSE_INVOICES = "close_invoices"
    WRITE_INVOICES = "write_invoices"
    TRIALS = "trials"
    ANCHORS = "anchors"
    CANCEL_AT = "cancel_at"
    PUT_OFF = "put_off"
    PAUSE = "pause"
    DISCOUNTS = "discounts"
    CUSTOMER_DISCOUNTS = "customer_discounts"
    USAGE = "usage"
    START_AGAIN = "start_again"


class Capabilities(Struct, frozen=True, kw_only=True):
    """A backend's abilities as data."""

    remote: bool
    can: frozenset[Capability]
    collection_methods: tuple[CollectionMethod, ...]
    """How it collects; the first is what an unstated `collection_method` means."""
    payment_methods: bool = False
    """Whether it keeps payment methods that customers can add and remove."""
    charges: bool = False
    """Whether it charges payment methods, which it then keeps."""
    mirrored: bool = False
    """Whether it answers all that `frontdesk.mirroring` asks, and its answers to commands are what the customer's
    account has become. What happened is then noticed by whoever applies them (`frontdesk.noticing`)."""
    tells_movements: bool = False
    """Whether a remote one tells how balances came about (`Changes.ledger`); of a local one it is known."""
    hosted_pages: bool = False
    """Whether payment methods are added, and open invoices paid, on pages of its own (`hosted_page`)."""

    @property
    def knows_movements(self) -> bool:
        """Whether the book has what moved a customer's balance."""
        return self.tells_movements or not self.remote

    @property
    def knows_statements(self) -> bool:
        """Whether the book has all that was billed and paid, which a statement of account lists. A remote one tells
        invoices as they are and how credit came about, and not each payment and correction."""
        return not self.remote

    @property
    def needs_seller(self) -> bool:
        """Whether the tenant's own details go on invoices: a local backend's are ours to number and print."""
        return not self.remote


class Request(Struct, frozen=True, kw_only=True):
    """One question to a backend.

    `account` is None only for `CreateCustomer`. `livemode` is false for the sandbox. `ids` gives new ids.
    `idempotency_key` stays the same however often the desk repeats the request; a local backend has no use for it.
    """

    account: Account | None
    terms: Terms
    command: AccountCommand
    now: datetime
    ids: Ids
    idempotency_key: str
    livemode: bool = True


SettingsT = TypeVar("SettingsT", bound=Struct)


class BillingBackend(ABC, Generic[SettingsT]):
    """What a billing plugin provides; subclass it and return the class from the hook `billing_backends()`.

    Its methods raise the four errors of `frontdesk.errors`; anything else counts as a bug of the plugin.
    """

    name: ClassVar[str]
    """Stored in the tenant's row: never change it."""
    title: ClassVar[str]
    """Shown to the tenant's staff."""
    Settings: ClassVar[type[Struct]]
    """The settings a tenant fills in; drawn as a form, secrets are of type `Secret`."""
    capabilities: ClassVar[Capabilities]
    permissions: ClassVar[tuple[str, ...]] = ()
    """What the key in its settings must be allowed, in the backend's own words: shown before a key is made."""
    key_page: ClassVar[str | None] = None
    """Where at the backend a key with these permissions is made."""
    in_sandbox: ClassVar[Capabilities | None] = None
    """What it can do on a sandbox side, where that is more (such as charging cards that are none)."""

    @classmethod
    def abilities(cls, *, livemode: bool) -> Capabilities:
        """What it can do on a live side, or in the sandbox."""
        return cls.capabilities if livemode or cls.in_sandbox is None else cls.in_sandbox

    @classmethod
    def page_of_customer(cls, customer: str, *, livemode: bool) -> str | None:
        """Where the backend's own dashboard shows a customer to staff; None where there is no such page."""
        return None

    @classmethod
    def keeps_documents_at(cls, host: str) -> bool:
        """Whether the address of one of its documents may lead on to this host. To any other it is not followed."""
        return False

    def __init__(self, settings: SettingsT) -> None:
        self.settings = settings

    async def check(self) -> None:
        """Try the settings out. Raises Misconfigured or Unavailable."""
        return

    @abstractmethod
    async def carry_out(self, request: Request) -> Changes:
        """Do what the command says and tell what came of it.

        Raises Refused where it cannot be done, with nothing changed.
        """

    @abstractmethod
    async def quote(self, request: Request) -> Changes:
        """What `carry_out` would do at `request.now`, to the minor unit, without doing it."""

    async def carry_out_catalogue(
        self, terms: Terms, command: CatalogueCommand, now: datetime, idempotency_key: str
    ) -> Changes:
        """Change what is sold. The default keeps the catalogue in the book alone, by `frontdesk.catalogue`."""
        from frontdesk.catalogue import change_catalogue

        return change_catalogue(terms, command, now)

    async def refresh(self, customer: str) -> Changes:
        """Everything a remote backend knows of one customer, as snapshots without events, the customer always among
        them (marked as deleted where it was deleted); nothing where there never was one. A local one knows nothing of
        its own.
        """
        return Changes()

    async def connect(self) -> Connected:
        """Who is at the other end, and what the settings lack. Raises Misconfigured or Unavailable."""
        raise NotSupported("mirroring")

    async def listen(self, url: str, idempotency_key: str) -> Listening:
        """Have the backend tell its events to `url`."""
        raise NotSupported("mirroring")

    async def stop_listening(self, endpoint: str) -> None:
        """Have it no longer do so. An endpoint that is gone already is no error."""
        raise NotSupported("mirroring")

    def hear(self, body: bytes, signature: str, secrets: Sequence[Secret], now: datetime) -> Heard:
        """What a message says that came in, signed with one of the secrets. It asks nobody.

        Raises:
            Forged: no secret signed it, or it was signed long ago.
        """
        raise NotSupported("mirroring")

    async def refresh_catalogue(self, subject: Subject) -> Changes:
        """All that is known of one thing that is sold, with what it needs; nothing where there is none."""
        raise NotSupported("mirroring")

    async def page_of_catalogue(self, after: str | None) -> Page:
        """A part of everything that is sold; the first where `after` is None."""
        raise NotSupported("mirroring")

    async def page_of_customers(self, after: str | None) -> CustomerPage:
        """Some of the customers; the first where `after` is None."""
        raise NotSupported("mirroring")

    async def customers_with_address(self, address: str) -> tuple[str, ...]:
        """Ids of the customers with this e-mail address, whatever its case. Asked while an import goes on."""
        raise NotSupported("mirroring")

    async def heard_since(self, after: str | None, at: datetime) -> HeardPage:
        """What happened after a page that was asked for earlier, or where `after` is None, since `at`."""
        raise NotSupported("mirroring")

    async def hosted_page(self, page: HostedPage, idempotency_key: str) -> str:
        """The address of a page of the backend's own that a customer is sent to. Raises Refused or Unavailable."""
        raise NotSupported("hosted_pages")

    async def aclose(self) -> None:
        """Let go of connections. May be called twice."""
        return


AnyBackend = BillingBackend[Any]
