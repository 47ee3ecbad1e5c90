"""A backend behind a network that misbehaves on command, for tests of whatever calls backends.

`FarSide` is the other end of the wire: it has its own accounts, decides by any local backend's rules, keeps answers
by idempotency key, and journals every call. `RemoteFake` is the near end. A test scripts faults for the next calls:

    far = FarSide(MyLocalBackend(MySettings()))
    backend = RemoteFake(RemoteFakeSettings(), far)
    far.script(Fault.ANSWER_LOST)

and judges by `far.journal`, or delivers `far.changes_for(customer)` in any order and as often as it likes.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from datetime import datetime
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from frontdesk.billing import AnyBackend, BillingBackend, Capabilities, Capability, Request
from frontdesk.book import ENDED, Account, Terms
from frontdesk.catalogue_commands import CatalogueCommand, CreatePrice, CreatePromotionCode, CreateTaxRate
from frontdesk.changes import Changes, apply
from frontdesk.commands import AccountCommand, Advance, CreateCustomer, StartAgain
from frontdesk.errors import FrontdeskError, Refusal, Refused, Unavailable
from frontdesk.events import Event
from frontdesk.ids import IdSource
from frontdesk.secret import Secret


class Fault(StrEnum):
    """What goes wrong with one call that changes something."""

    ERROR_BEFORE = "error_before"
    """It fails, and nothing was done."""
    ANSWER_LOST = "answer_lost"
    """It is done, and the answer never comes."""
    LATE = "late"
    """It is done, and the answer comes only when the test calls `release()`."""
    DOUBLED = "doubled"
    """The network delivers it twice."""


class Call(Struct, frozen=True, kw_only=True):
    """One line of the journal. `effect` is True where the call changed something on the far side."""

    act: str
    customer: str
    key: str
    command: AccountCommand
    at: datetime
    effect: bool
    fault: Fault | None = None
    error: str | None = None


class FarSide:
    """The remote system. Its state lives as long as this object does, whatever becomes of those who call it."""

    def __init__(self, rules: AnyBackend, delay: float = 0.0, *, own_ids: bool = False) -> None:
        self.rules = rules
        self.own_ids = own_ids
        """Whether customers, prices and the like get ids of its own, whatever was proposed."""
        self.delay = delay
        self.down = False
        """While True nothing answers, quotes included."""
        self.journal: list[Call] = []
        self.accounts: dict[str, Account] = {}
        self.sold = Changes()
        """What is sold there, as snapshots."""
        self.on_commit: Callable[[str, Changes, datetime], None] | None = None
        """Called with each change to a customer, and when it was."""
        self._terms: dict[str, Terms] = {}
        self._known: dict[str, Changes] = {}
        self._news: dict[str, list[Changes]] = {}
        self._answers: dict[str, tuple[str, AccountCommand, Changes]] = {}
        self._faults: deque[Fault] = deque()
        self._gate = asyncio.Event()
        self._held = asyncio.Event()
        self._numbers = 0
        self._own_ids: dict[str, str] = {}

    def script(self, *faults: Fault) -> None:
        """Faults for the next calls, one each, in order."""
        self._faults.extend(faults)

    def release(self) -> None:
        """Let late answers go; later `LATE` calls wait anew."""
        self._gate.set()
        self._gate, self._held = asyncio.Event(), asyncio.Event()

    async def held(self) -> None:
        """Wait until a call is done whose answer is late."""
        await self._held.wait()

    def changes_for(self, customer: str) -> tuple[Changes, ...]:
        """Everything that ever happened to a customer, oldest first, one snapshot each: what webhooks would bring.

        Each event lies with the snapshot that it tells of.
        """
        return tuple(self._news.get(customer, ()))

    def effects(self, customer: str) -> list[Call]:
        """The calls that changed something for a customer."""
        return [each for each in self.journal if each.effect and each.customer == customer]

    async def advance(self, customer: str, now: datetime) -> Changes:
        """Move the remote clock: renew and end what has fallen due. The book hears of it only through the news."""
        request = Request(
            account=self.accounts[customer],
            terms=self._terms[customer],
            command=Advance(),
            now=now,
            ids=IdSource(now),
            idempotency_key=f"clock {customer} {now.isoformat()}",
        )
        return self._commit(customer, request, await self.rules.carry_out(request))

    def sell(self, changes: Changes) -> None:
        """Have things sold there: the snapshots of the catalogue among the changes."""
        self.sold = replace(self.sold.then(changes), events=())

    async def act(self, customer: str, command: AccountCommand, now: datetime, terms: Terms | None = None) -> Changes:
        """Something that is done there by somebody else than us, such as the tenant at the far side's own dashboard.

        Raises:
            Refused: it cannot be done.
        """
        request = Request(
            account=None,
            terms=terms or self._terms[customer],
            command=command,
            now=now,
            ids=IdSource(now),
            idempotency_key="",
        )
        account = self.accounts.get(customer)
        asked = self._own(replace(request, account=account))
        return self._commit(customer, asked, await self.rules.carry_out(asked))

    async def call(self, request: Request) -> Changes:
        """One call over the wire, faults included."""
        fault = self._faults.popleft() if self._faults else None
        await asyncio.sleep(self.delay)
        if self.down or fault is Fault.ERROR_BEFORE:
            self._note(request, effect=False, fault=fault, error="Unavailable")
            raise Unavailable("The fake remote backend does not answer.", retry_after=1)
        request = self._as_named_here(request)
        answer = await self._once(request, fault)
        if fault is Fault.DOUBLED:
            answer = await self._once(request, fault)
        if fault is Fault.LATE:
            self._held.set()
            await self._gate.wait()
        if fault is Fault.ANSWER_LOST:
            raise Unavailable("The answer of the fake remote backend was lost.", retry_after=1)
        return answer

    async def ask(self, request: Request) -> Changes:
        """A dry run on the far side's own state."""
        await asyncio.sleep(self.delay)
        if self.down:
            raise Unavailable("The fake remote backend does not answer.", retry_after=1)
        return await self.rules.quote(self._own(request))

    async def all_known(self, customer: str) -> Changes:
        """The newest snapshot of everything of a customer."""
        await asyncio.sleep(self.delay)
        if self.down:
            raise Unavailable("The fake remote backend does not answer.", retry_after=1)
        return replace(self._known.get(customer, Changes()), events=(), wake_at=None)

    async def _once(self, request: Request, fault: Fault | None) -> Changes:
        customer = customer_of(request)
        stored = self._answers.get(request.idempotency_key)
        if stored is not None:
            self._note(request, effect=False, fault=fault)
            if stored[:2] != (customer, request.command):
                raise Refused(_KEY_REUSED)
            return stored[2]
        try:
            changes = await self.rules.carry_out(self._own(request))
        except FrontdeskError as error:
            self._note(request, effect=False, fault=fault, error=type(error).__name__)
            raise
        answer = self._commit(customer, request, changes)
        self._answers[request.idempotency_key] = (customer, request.command, answer)
        self._note(request, effect=True, fault=fault)
        return answer

    def own_id(self, key: str, proposed: str) -> str:
        """The id that what a call makes has here: the same for every call with this key."""
        if not self.own_ids:
            return proposed
        prefix = proposed.partition("_")[0]
        return self._own_ids.setdefault(key, f"{prefix}_far{len(self._own_ids) + 1:06}")

    def _as_named_here(self, request: Request) -> Request:
        command = request.command
        if not isinstance(command, CreateCustomer):
            return request
        return replace(request, command=replace(command, id=self.own_id(request.idempotency_key, command.id)))

    def _own(self, request: Request) -> Request:
        """The request on our own state: what the caller's book says of the account is not ours to believe."""
        account = self.accounts.get(customer_of(request))
        if account is None and not isinstance(request.command, CreateCustomer):
            raise Refused(_NO_CUSTOMER)
        if account is not None and isinstance(request.command, StartAgain):
            known = self._known[account.customer.id].subscriptions
            ended = tuple(each for each in known if each.id == request.command.subscription and each.status in ENDED)
            account = replace(account, subscriptions=(*account.subscriptions, *ended))
        return replace(request, account=account, ids=IdSource(request.now))

    def _commit(self, customer: str, request: Request, changes: Changes) -> Changes:
        numbered = []
        for invoice in changes.invoices:
            if invoice.number is None:
                self._numbers += 1
                invoice = replace(invoice, number=f"REMOTE-{self._numbers:04}")
            numbered.append(invoice)
        changes = replace(changes, invoices=tuple(numbered), wake_at=None)
        account = apply(self.accounts.get(customer), changes)
        self.accounts[customer] = replace(account, version=account.version + 1)
        self._terms[customer] = request.terms
        self._known[customer] = self._known.get(customer, Changes()).then(changes)
        self._news.setdefault(customer, []).extend(_one_by_one(changes))
        if self.on_commit is not None:
            self.on_commit(customer, changes, request.now)
        return changes

    def _note(self, request: Request, *, effect: bool, fault: Fault | None, error: str | None = None) -> None:
        self.journal.append(
            Call(
                act=type(request.command).__name__,
                customer=customer_of(request),
                key=request.idempotency_key,
                command=request.command,
                at=request.now,
                effect=effect,
                fault=fault,
                error=error,
            )
        )


class RemoteFakeSettings(Struct, frozen=True, kw_only=True):
    """As a real one would have: a key that must never show."""

    api_key: Secret | None = None


class RemoteFake(BillingBackend[RemoteFakeSettings]):
    """The near end of a `FarSide`: a remote billing backend for tests."""

    name = "remote_fake"
    title = "Remote fake"
    Settings = RemoteFakeSettings
    capabilities = Capabilities(remote=True, can=frozenset(Capability), collection_methods=("send_invoice",))

    def __init__(self, settings: RemoteFakeSettings, far_side: FarSide) -> None:
        super().__init__(settings)
        self.far_side = far_side
        self.closed = False

    async def check(self) -> None:
        """Raises Unavailable while the far side is down."""
        await self.far_side.all_known("")

    async def carry_out(self, request: Request) -> Changes:
        """Call the far side. Raises Unavailable as scripted; the same key has one effect."""
        return await self.far_side.call(request)

    async def quote(self, request: Request) -> Changes:
        """Ask the far side what it would do."""
        return await self.far_side.ask(request)

    async def carry_out_catalogue(
        self, terms: Terms, command: CatalogueCommand, now: datetime, idempotency_key: str
    ) -> Changes:
        """By the rules that all share; what is made may get another id than was proposed."""
        if isinstance(command, CreatePrice | CreatePromotionCode | CreateTaxRate):
            command = replace(command, id=self.far_side.own_id(idempotency_key, command.id))
        return await super().carry_out_catalogue(terms, command, now, idempotency_key)

    async def refresh(self, customer: str) -> Changes:
        """Everything that the far side knows of a customer."""
        return await self.far_side.all_known(customer)

    async def aclose(self) -> None:
        """Hang up."""
        self.closed = True


def remote_backend(far_side: FarSide) -> type[RemoteFake]:
    """A class for a plugin to provide: made from settings alone, as hosts do, and always wired to this far side."""

    class Wired(RemoteFake):
        capabilities = replace(far_side.rules.capabilities, remote=True)

        def __init__(self, settings: RemoteFakeSettings) -> None:
            super().__init__(settings, far_side)

    return Wired


def customer_of(request: Request) -> str:
    """Whose request it is."""
    if isinstance(request.command, CreateCustomer):
        return request.command.id
    return request.account.customer.id if request.account is not None else ""


def _one_by_one(changes: Changes) -> list[Changes]:
    untold = list(changes.events)

    def telling(kind: str, id: str) -> tuple[Event, ...]:
        mine = tuple(each for each in untold if getattr(each, kind, None) == id)
        for each in mine:
            untold.remove(each)
        return mine

    parts = [Changes(subscriptions=(each,), events=telling("subscription", each.id)) for each in changes.subscriptions]
    parts += [Changes(invoices=(each,), events=telling("invoice", each.id)) for each in changes.invoices]
    parts += [Changes(pending_items=(each,)) for each in changes.pending_items]
    if changes.customer is not None:
        parts.insert(0, Changes(customer=changes.customer, events=tuple(untold)))
    return parts


_NO_CUSTOMER = Refusal(
    code="no_such_customer",
    for_customer="This account is no longer there.",
    for_tenant="No such customer on the remote side.",
    api_code="resource_missing",
    missing=True,
)
_KEY_REUSED = Refusal(
    code="idempotency_key_reused",
    for_customer="This was asked before in another way. Please start again.",
    for_tenant="Keys for idempotent requests can only be used with the same parameters they were first used with.",
    api_code="idempotency_error",
)
