"""A process that does everything to the books of some tenants until it is killed, and writes down what was done.

A fifth of what it does is undone before it commits.
What it was told is done goes to its history, a line each, on the disk before the next act: whoever killed it, or
PostgreSQL, holds the book against that.
"""

import asyncio
import os
import random
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import IO
from uuid import UUID

from sides import API, MASTER_KEY

from frontdesk import cancellations, customers, invoices, plan_changes, subscriptions
from frontdesk.changes import Changes
from frontdesk.commands import (
    BillingDetails,
    CancelSubscription,
    ChangePlan,
    CreateCustomer,
    CreateSubscription,
    ItemChange,
    NewItem,
)
from frontdesk.errors import FrontdeskError, Refused, Unavailable
from frontdesk.ids import random_token
from frontdesk.invoice_commands import (
    AdjustBalance,
    CreateCreditNote,
    CreateInvoice,
    CreateInvoiceItem,
    FinalizeInvoice,
    ItemCharge,
    VoidCreditNote,
)
from frontdesk.plugins import PluginHost
from frontdesk_tenants.desks import open_desk
from frontdesk_tenants.local_desk import LocalDesk
from frontdesk_tenants.remote_desk import RemoteDesk
from frontdesk_tenants.tenancy import Tenancy

UNDONE = 0.2
AnyDesk = LocalDesk | RemoteDesk


class Undone(Exception):
    """What was done is not to be."""


class Actor:
    """Somebody who does this and that with one tenant's customers."""

    def __init__(self, tenancy: Tenancy, chance: random.Random, tenant_id: UUID, price: str) -> None:
        self._tenancy = tenancy
        self._chance = chance
        self._tenant_id = tenant_id
        self._price = price
        self._people: list[str] = []
        self._notes: dict[str, tuple[str, str]] = {}

    async def act(self) -> list[str]:
        """Do one thing; returns what was acknowledged: kind and name of each thing that must be there from now on."""
        door = await self._tenancy.door(self._tenant_id)
        new = len(self._people) < 3 or self._chance.random() < 0.15
        customer = f"cus_{random_token(14)}" if new else self._chance.choice(self._people)
        async with open_desk(self._tenancy, door, customer_id=None if new else customer, actor=API) as desk:
            said = await (self._begin(desk, customer) if new else self._chance.choice(self._acts())(desk))
            if self._chance.random() < UNDONE:
                raise Undone
        if new:
            self._people.append(customer)
        return said

    def _acts(self) -> list[Callable[[AnyDesk], Awaitable[list[str]]]]:
        pay, credit = self._pay, self._credit
        return [
            pay,
            pay,
            self._reverse,
            credit,
            credit,
            self._take_back,
            self._adjust,
            self._close,
            self._bill,
            self._change,
        ]

    async def _begin(self, desk: AnyDesk, customer: str) -> list[str]:
        await customers.create(desk, CreateCustomer(id=customer, details=BillingDetails()))
        new = CreateSubscription(items=(NewItem(price=self._price, quantity=self._chance.randrange(1, 9)),))
        return [f"customer {customer}", *_documents(await subscriptions.create(desk, new))]

    async def _pay(self, desk: AnyDesk) -> list[str]:
        invoice = self._one(desk.account.invoices)
        amount = self._chance.choice((invoice.amount_due, invoice.amount_due // 3 + 1, invoice.amount_due + 500))
        changes = await invoices.record_payment(desk, invoice.id, amount, desk.now.date())
        return [f"payment {each.id}" for invoice in changes.invoices for each in invoice.payments]

    async def _reverse(self, desk: AnyDesk) -> list[str]:
        invoice = self._one([each for each in desk.account.invoices if each.payments])
        await invoices.reverse_payment(desk, invoice.id, self._one(invoice.payments).id)
        return []

    async def _credit(self, desk: AnyDesk) -> list[str]:
        invoice = self._one(desk.account.invoices)
        amount = self._chance.randrange(1, max(2, invoice.total // 2))
        note = CreateCreditNote(id=desk.ids("cn"), invoice=invoice.id, amount=amount)
        changes = await invoices.credit(desk, note)
        self._notes[desk.account.customer.id] = (invoice.id, note.id)
        return _documents(changes)

    async def _take_back(self, desk: AnyDesk) -> list[str]:
        invoice, note = self._notes.pop(desk.account.customer.id, ("in_none", "cn_none"))
        await invoices.credit(desk, VoidCreditNote(invoice=invoice, credit_note=note))
        return []

    async def _adjust(self, desk: AnyDesk) -> list[str]:
        amount = self._chance.choice((-700, -1, 300))
        await invoices.adjust_balance(desk, AdjustBalance(amount=amount, currency="eur"))
        return []

    async def _close(self, desk: AnyDesk) -> list[str]:
        invoice = self._one(desk.account.invoices)
        await self._chance.choice((invoices.void, invoices.mark_uncollectible))(desk, invoice.id)
        return []

    async def _bill(self, desk: AnyDesk) -> list[str]:
        own = CreateInvoice(id=desk.ids("in"))
        item = CreateInvoiceItem(
            id=desk.ids("ii"), charge=ItemCharge(amount=self._chance.choice((900, -200))), invoice=own.id
        )
        await invoices.write(desk, own)
        await invoices.write(desk, item)
        return _documents(await invoices.write(desk, FinalizeInvoice(invoice=own.id)))

    async def _change(self, desk: AnyDesk) -> list[str]:
        subscription = self._one(desk.account.subscriptions)
        if self._chance.random() < 0.2:
            command = CancelSubscription(subscription=subscription.id, when="now", prorate=True, invoice_now=True)
            return _documents(await cancellations.cancel(desk, command))
        item = ItemChange(id=subscription.items[0].id, quantity=self._chance.randrange(1, 12))
        change = ChangePlan(subscription=subscription.id, items=(item,), proration_behavior="always_invoice")
        return _documents(await plan_changes.change(desk, change))

    def _one(self, things):  # type: ignore[no-untyped-def]
        """One of several things; there may be none, and then nothing is done."""
        if not things:
            raise Undone
        return self._chance.choice(list(things))


def _documents(changes: Changes) -> list[str]:
    return [
        *(f"invoice {each.number}" for each in changes.invoices if each.number is not None),
        *(f"note {each.number}" for each in changes.credit_notes),
    ]


def act_until_killed(at_work: Callable[[], None], url: str, history: str, seed: int, *sides: str) -> None:
    """`sides` are `TENANT=PRICE` each. Calls `at_work` when it begins."""
    at_work()
    with open(history, "a", encoding="utf-8") as written:
        asyncio.run(
            _act(url, written, seed, [(tenant, price) for tenant, price in (each.split("=") for each in sides)])
        )


async def _act(url: str, history: IO[str], seed: int, sides: list[tuple[str, str]]) -> None:
    tenancy = Tenancy(url, (MASTER_KEY,), PluginHost.load())
    await tenancy.open()
    chance = random.Random(seed)
    actors = [Actor(tenancy, chance, UUID(tenant), price) for tenant, price in sides]
    while True:
        number = chance.randrange(len(actors))
        try:
            said = await actors[number].act()
        except (Undone, Refused):
            continue
        except Unavailable:
            # A lock took too long, or PostgreSQL is away: nothing was done, or nobody was told that it was.
            await asyncio.sleep(timedelta(milliseconds=20).total_seconds())
            continue
        except FrontdeskError as error:
            history.write(f"failed {type(error).__name__} {error}\n")
            raise
        history.write("".join(f"{sides[number][0]} {each}\n" for each in (*said, "act done")))
        history.flush()
        os.fsync(history.fileno())
