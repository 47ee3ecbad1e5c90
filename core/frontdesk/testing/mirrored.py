"""A remote backend for tests that is mirrored: it can be walked, tells what happens, and is asked again about all.

`Mirrored` is the near end of a `FarSide`, as `RemoteFake` is; `Teller` beside it is what the far side tells and to
whom. What is told is only put on a list: a test delivers it (`Teller.message` signs it) in any order, twice, or never.

    far = FarSide(MyLocalBackend(MySettings()))
    teller = Teller(far, account="acct_1", livemode=False)
    plugin = mirrored_backend(far, teller)
    await far.act(CreateCustomer(id="cus_1", details=...), now)      # somebody at the far side's own dashboard
    body, signature = teller.message(teller.told[-1], now)
"""

import hashlib
import hmac
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from msgspec.structs import replace

from frontdesk.billing import Request
from frontdesk.book import Customer, Terms
from frontdesk.catalogue import change_catalogue
from frontdesk.catalogue_commands import CatalogueCommand
from frontdesk.changes import Changes
from frontdesk.errors import Misconfigured, Unavailable
from frontdesk.mirroring import (
    Connected,
    CustomerPage,
    Forged,
    Heard,
    HeardPage,
    HostedPage,
    Listening,
    Page,
    Subject,
    SubjectKind,
)
from frontdesk.noticing import noticed
from frontdesk.secret import Secret
from frontdesk.testing.remote import FarSide, RemoteFake, RemoteFakeSettings

TOLERANCE = timedelta(seconds=300)
PAGE_SIZE = 10
_SOLD: tuple[tuple[SubjectKind, str], ...] = (
    ("product", "products"),
    ("price", "prices"),
    ("coupon", "coupons"),
    ("promotion_code", "promotion_codes"),
    ("tax_rate", "tax_rates"),
)


class Teller:
    """What the far side tells: everything that happened (`told`), oldest first, and its endpoints by their ids."""

    def __init__(self, far: FarSide, *, account: str = "acct_far", livemode: bool = True) -> None:
        self.far = far
        self.account = account
        self.livemode = livemode
        self.name = "Far side"
        self.missing: tuple[str, ...] = ()
        self.key_works = True
        self.told: list[Heard] = []
        self.endpoints: dict[str, tuple[str, Secret]] = {}
        self.asked: list[str] = []
        """The names of all questions, in order."""
        self.page_size = PAGE_SIZE
        self._listened: dict[str, Listening] = {}
        self._asked = 0
        far.on_commit = self.tell

    def tell(self, customer: str, changes: Changes, now: datetime) -> None:
        """Note that something happened to a customer: one message for each thing that changed."""
        things = (*changes.subscriptions, *changes.invoices, *changes.pending_items, *changes.credit_notes)
        kinds = ["customer.updated"] if changes.customer is not None else []
        kinds += [f"{type(each).__name__.lower()}.updated" for each in things]
        for kind in kinds:
            self._note(kind, Subject("customer", customer), now)

    def tell_of_catalogue(self, changes: Changes, now: datetime) -> None:
        """Note that something is sold otherwise."""
        for kind, name in _SOLD:
            for each in getattr(changes, name):
                self._note(f"{kind}.updated", Subject(kind, each.id), now)

    def _note(self, kind: str, about: Subject | None, now: datetime) -> None:
        # Backends tell whole seconds.
        self.told.append(
            Heard(
                id=f"evt_{len(self.told) + 1:06}",
                kind=kind,
                at=now.replace(microsecond=0),
                livemode=self.livemode,
                about=about,
                account=self.account,
            )
        )

    def message(self, heard: Heard, now: datetime, secret: Secret | None = None) -> tuple[bytes, str]:
        """A message as it is sent to an endpoint: its body and signature. Without a secret it is the newest's."""
        if secret is None:
            _, secret = list(self.endpoints.values())[-1]
        body = msgspec.json.encode(heard)
        return body, signed(body, secret, now)

    def verified(self, body: bytes, signature: str, secrets: Sequence[Secret], now: datetime) -> Heard:
        """What a message says. Raises Forged."""
        parts = dict(each.partition("=")[::2] for each in signature.split(","))
        try:
            at = datetime.fromtimestamp(int(parts["t"]), UTC)
        except (KeyError, ValueError, OverflowError, OSError) as error:
            raise Forged("no time") from error
        if abs(now - at) > TOLERANCE:
            raise Forged("long ago")
        right = (hmac.compare_digest(signed(body, each, at).encode(), signature.encode()) for each in secrets)
        if not any(list(right)):
            raise Forged("no such signature")
        try:
            return msgspec.json.decode(body, type=Heard)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise Forged("not a message") from error

    def ask(self, question: str) -> int:
        """Count a question and say which one it is, which is the version of its answer.

        Raises:
            Unavailable: the far side is down.
            Misconfigured: the key was revoked.
        """
        self.asked.append(question)
        self._asked += 1
        if self.far.down:
            raise Unavailable("The fake remote backend does not answer.", retry_after=1)
        if not self.key_works:
            raise Misconfigured("This key was revoked. Put in another one.", "api_key")
        return self._asked + 1_000_000


def signed(body: bytes, secret: Secret, now: datetime) -> str:
    """How a message is signed: the time, and the HMAC of time and body."""
    at = int(now.timestamp())
    mark = hmac.new(secret.reveal().encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={mark}"


class Mirrored(RemoteFake):
    """The near end: a `RemoteFake` that answers all of `frontdesk.mirroring`."""

    def __init__(self, settings: RemoteFakeSettings, far_side: FarSide, teller: Teller) -> None:
        super().__init__(settings, far_side)
        self.teller = teller

    async def carry_out(self, request: Request) -> Changes:
        """What the customer's account has become, asked after the far side has done it."""
        done = await self.far_side.call(request)
        customer = done.customer.id if done.customer is not None else ""
        if request.account is not None:
            customer = request.account.customer.id
        answer = await self.refresh(customer)
        return replace(answer, events=noticed(request.account, answer, request.now))

    async def carry_out_catalogue(
        self, terms: Terms, command: CatalogueCommand, now: datetime, idempotency_key: str
    ) -> Changes:
        """The same for what is sold."""
        self.teller.ask("carry_out_catalogue")
        changes = change_catalogue(terms, command, now)
        self.far_side.sell(changes)
        self.teller.tell_of_catalogue(changes, now)
        return as_of(changes, self.teller.ask("refresh_catalogue"))

    async def refresh(self, customer: str) -> Changes:
        """Everything, as of now."""
        version = self.teller.ask("refresh")
        return as_of(await self.far_side.all_known(customer), version)

    async def connect(self) -> Connected:
        """Who is at the far side."""
        teller = self.teller
        teller.ask("connect")
        return Connected(account=teller.account, name=teller.name, livemode=teller.livemode, missing=teller.missing)

    async def listen(self, url: str, idempotency_key: str) -> Listening:
        """A new endpoint; the same one for the same key."""
        teller = self.teller
        teller.ask("listen")
        if idempotency_key not in teller._listened:
            made = f"we_{len(teller._listened) + 1}"
            secret = Secret(f"whsec_{hashlib.sha256(idempotency_key.encode()).hexdigest()}")
            teller._listened[idempotency_key] = Listening(endpoint=made, secret=secret)
            teller.endpoints[made] = (url, secret)
        return teller._listened[idempotency_key]

    async def stop_listening(self, endpoint: str) -> None:
        """It goes."""
        self.teller.ask("stop_listening")
        self.teller.endpoints.pop(endpoint, None)

    def hear(self, body: bytes, signature: str, secrets: Sequence[Secret], now: datetime) -> Heard:
        """Raises Forged where no secret signed it."""
        return self.teller.verified(body, signature, secrets, now)

    async def refresh_catalogue(self, subject: Subject) -> Changes:
        """One thing that is sold, a price with its product."""
        version = self.teller.ask("refresh_catalogue")
        sold = self.far_side.sold
        name = dict(_SOLD)[subject.kind]
        found: dict[str, Any] = {name: tuple(each for each in getattr(sold, name) if each.id == subject.id)}
        if subject.kind == "price":
            products = {each.product for each in found["prices"]}
            found["products"] = tuple(each for each in sold.products if each.id in products)
        return as_of(Changes(**found), version)

    async def page_of_catalogue(self, after: str | None) -> Page:
        """One kind of things at a time."""
        version = self.teller.ask("page_of_catalogue")
        at = 0 if after is None else int(after)
        _, name = _SOLD[at]
        changes: dict[str, Any] = {name: getattr(self.far_side.sold, name)}
        following = str(at + 1) if at + 1 < len(_SOLD) else None
        return Page(changes=as_of(Changes(**changes), version), after=following)

    async def page_of_customers(self, after: str | None) -> CustomerPage:
        """Newest last, so that what comes meanwhile is met too."""
        self.teller.ask("page_of_customers")
        ids = [each for each, account in self.far_side.accounts.items() if not account.customer.deleted]
        start = 0 if after is None else ids.index(after) + 1
        shown = ids[start : start + self.teller.page_size]
        more = start + len(shown) < len(ids)
        return CustomerPage(customers=tuple(shown), after=shown[-1] if shown and more else None)

    async def customers_with_address(self, address: str) -> tuple[str, ...]:
        """Whatever their case."""
        self.teller.ask("customers_with_address")
        return tuple(
            id_
            for id_, account in self.far_side.accounts.items()
            if (account.customer.email or "").casefold() == address.casefold()
        )

    async def heard_since(self, after: str | None, at: datetime) -> HeardPage:
        """The next things that were told."""
        self.teller.ask("heard_since")
        told = self.teller.told
        start = sum(each.at < at - TOLERANCE for each in told) if after is None else int(after)
        shown = told[start : start + self.teller.page_size]
        return HeardPage(heard=tuple(shown), after=str(start + len(shown)) if told else None)

    async def hosted_page(self, page: HostedPage, idempotency_key: str) -> str:
        """An address of the far side's."""
        self.teller.ask("hosted_page")
        return f"https://far.example.com/{type(page).__name__}/{page.customer}"


def mirrored_backend(far_side: FarSide, teller: Teller) -> type[Mirrored]:
    """A class for a plugin to provide, as `remote_backend` makes."""

    class Wired(Mirrored):
        capabilities = replace(far_side.rules.capabilities, remote=True, mirrored=True)

        def __init__(self, settings: RemoteFakeSettings) -> None:
            super().__init__(settings, far_side, teller)

    return Wired


def as_of(changes: Changes, version: int) -> Changes:
    """The snapshots with the version of the question that they answer. Who was deleted is told by the id alone."""

    def dated(snapshot: Any) -> Any:
        return replace(snapshot, version=version)

    told: dict[str, Any] = {
        name: tuple(dated(each) for each in getattr(changes, name))
        for name in ("subscriptions", "invoices", "pending_items", "credit_notes", *(name for _, name in _SOLD))
    }
    customer = changes.customer
    if customer is not None and customer.deleted:
        return Changes(customer=Customer(id=customer.id, created=customer.created, version=version, deleted=True))
    return Changes(customer=None if customer is None else dated(customer), **told)
