"""The contract of a billing backend, as tests. Subclass it in a test file and say how a fresh backend is made."""

import inspect
import re
from abc import ABC, abstractmethod
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from msgspec.structs import replace

from frontdesk.billing import AnyBackend, Capability
from frontdesk.book import ENDED, Account, CancellationDetails, Invoice, PendingItem, Subscription
from frontdesk.changes import Changes
from frontdesk.commands import (
    AccountCommand,
    Advance,
    BillingDetails,
    CancelSubscription,
    ChangePlan,
    CreateCustomer,
    CreateSubscription,
    ItemChange,
    KeepSubscription,
    NewItem,
    PayInvoice,
    UpdateBillingDetails,
)
from frontdesk.contracts import broken_terms
from frontdesk.errors import NotSupported, Refused
from frontdesk.events import CancellationScheduled, CustomerUpdated, InvoiceFinalized, PlanChanged, SubscriptionCreated
from frontdesk.money import known_currency
from frontdesk.secret import Secret
from frontdesk.taxing import added
from frontdesk.testing.acts import Act, acts, that_needs
from frontdesk.testing.play import Play, sample_terms, told

_SECRET_NAME = re.compile(r"secret|password|token|api_?key|private", re.IGNORECASE)


class BillingBackendContract(ABC):
    """What every billing backend must do, local or remote."""

    currency = "eur"
    start = datetime(2026, 1, 31, 12, 30, 15, tzinfo=UTC)
    """When the customer opens an account: the last day of a month, so that boundaries are clamped."""

    @abstractmethod
    def make_backend(self) -> AnyBackend:
        """A backend that works and knows no customer yet."""

    def play(self, backend: AnyBackend | None = None, customer: str = "cus_contract") -> Play:
        """A customer of a fresh backend, or of the given one."""
        terms = sample_terms(self.currency, self.start)
        return Play(backend or self.make_backend(), terms, self.start, customer)

    async def advance(self, play: Play, to: datetime) -> Changes:
        """Let time pass. Override it if the backend's clock is moved in another way."""
        play.now = to
        return await play.do(Advance())

    async def give_method(self, play: Play) -> None:
        """Let the customer have something that can be charged, where subscriptions are begun that are charged.
        Override it if nothing is charged without: methods may be added on pages of the backend's own."""
        return

    def needs(self, play: Play, *capabilities: Capability) -> None:
        """End a test early where the backend does not claim what the test is about."""
        lacking = set(capabilities) - play.backend.capabilities.can
        if lacking:
            pytest.skip(f"{type(play.backend).__name__} does not claim {', '.join(sorted(lacking))}")

    # -- the class itself ---------------------------------------------------------------------------------------

    def test_the_class_is_what_its_hook_asks_for(self) -> None:
        backend = self.make_backend()
        assert broken_terms("billing_backends", type(backend)) == []
        assert known_currency(self.currency)
        assert backend.capabilities.collection_methods
        assert backend.capabilities.can <= frozenset(Capability)

    def test_settings_show_no_secret(self) -> None:
        backend = self.make_backend()
        for field in msgspec.structs.fields(backend.settings):
            value = getattr(backend.settings, field.name)
            if isinstance(value, Secret):
                assert value.reveal() not in f"{backend.settings!r} {backend.settings} {backend!r} {backend}"
            else:
                assert not (_SECRET_NAME.search(field.name) and isinstance(value, str)), f"{field.name} is no Secret"

    def test_what_talks_is_async(self) -> None:
        for name in (
            "check",
            "carry_out",
            "quote",
            "carry_out_catalogue",
            "refresh",
            "connect",
            "listen",
            "stop_listening",
            "refresh_catalogue",
            "page_of_catalogue",
            "page_of_customers",
            "customers_with_address",
            "heard_since",
            "hosted_page",
            "aclose",
        ):
            assert inspect.iscoroutinefunction(getattr(self.make_backend(), name)), f"{name} is not async"

    @pytest.mark.asyncio
    async def test_check_passes_and_closing_twice_is_harmless(self) -> None:
        backend = self.make_backend()
        await backend.check()
        await backend.aclose()
        await backend.aclose()

    # -- quotes -------------------------------------------------------------------------------------------------

    @pytest.mark.asyncio
    async def test_a_quote_is_what_is_carried_out(self) -> None:
        for name, command in self.acts().items():
            play = await self._at_work(name)
            act = command(play)
            quote = await play.quote(act)
            before = play.book
            changes = await play.backend.carry_out(play.request(act))
            assert quote.agrees_with(play.quote_of(act, changes)), name
            assert quote.at == play.now
            assert quote.account_version == before.version
            if quote.invoice is not None:
                assert quote.due_now == quote.invoice.amount_due

    @pytest.mark.asyncio
    async def test_the_next_bill_of_a_quote_is_what_is_billed(self) -> None:
        play = self.play()
        await play.begin()
        self.needs(play, Capability.CHANGE_PRICE, Capability.PRORATE)
        play.now += timedelta(days=9, seconds=7)
        command = play.change(price="pro", quantity=3)
        quote = await play.quote(command)
        await play.do(command)
        assert quote.renewal is not None
        changes = await self.advance(play, quote.renewal.at)
        (invoice,) = changes.invoices
        assert invoice.total == quote.renewal.amount
        assert sorted(each.amount for each in invoice.lines) == sorted(each.amount for each in quote.renewal.lines)

    @pytest.mark.asyncio
    async def test_asking_changes_nothing(self) -> None:
        for name, command in self.acts().items():
            play = await self._at_work(name)
            act = command(play)
            known = told(await play.backend.refresh(play.customer))
            first = await play.quote(act)
            second = await play.quote(act)
            assert first.agrees_with(second), name
            assert told(await play.backend.refresh(play.customer)) == known, name

    # -- what is refused ----------------------------------------------------------------------------------------

    @pytest.mark.asyncio
    async def test_unknown_ids_are_refused_and_leave_no_trace(self) -> None:
        play = self.play()
        await play.begin()
        strangers: tuple[AccountCommand, ...] = (
            ChangePlan(subscription="sub_nobody", items=(ItemChange(id="si_nobody", quantity=3),)),
            ChangePlan(subscription=play.only.id, items=(ItemChange(id="si_nobody", quantity=3),)),
            play.change(price="price_nobody"),
            CancelSubscription(subscription="sub_nobody"),
            KeepSubscription("sub_nobody"),
            PayInvoice(invoice="in_nobody"),
            CreateSubscription(items=(NewItem(price="price_nobody"),)),
        )
        known = told(await play.backend.refresh(play.customer))
        for command in strangers:
            for ask in (play.backend.quote, play.backend.carry_out):
                with pytest.raises((Refused, NotSupported)) as refused:
                    await ask(play.request(command))
                if isinstance(refused.value, Refused):
                    assert refused.value.refusal.for_customer
                    assert refused.value.refusal.missing, command
        assert told(await play.backend.refresh(play.customer)) == known

    @pytest.mark.asyncio
    async def test_nonsense_is_refused(self) -> None:
        play = self.play()
        await play.begin()
        for command in (
            CreateSubscription(items=()),
            CreateSubscription(items=(NewItem(price="basic", quantity=-1),)),
            CreateSubscription(items=(NewItem(price="basic"), NewItem(price="yearly"))),
            play.change(quantity=-1),
            play.change(price="basic", quantity=2),
        ):
            with pytest.raises((Refused, NotSupported)):
                await play.backend.carry_out(play.request(command))

    @pytest.mark.asyncio
    async def test_what_is_claimed_answers_and_what_is_not_is_refused(self) -> None:
        play = self.play()
        await play.begin()
        claimed = play.backend.capabilities.can
        for capability in frozenset(Capability) - claimed:
            with pytest.raises((NotSupported, Refused)):
                await play.do(that_needs(capability, play))
        for capability in self.claimed():
            play = self.play()
            await play.begin()
            if capability is Capability.KEEP and Capability.CANCEL_AT_PERIOD_END in claimed:
                await play.do(CancelSubscription(subscription=play.only.id))
            if capability is Capability.START_AGAIN and Capability.CANCEL_NOW in claimed:
                await play.end()
            assert await play.do(that_needs(capability, play)) != Changes(), capability

    @pytest.mark.asyncio
    async def test_collection_methods_are_as_claimed(self) -> None:
        claimed = self.make_backend().capabilities.collection_methods
        unstated = self.play()
        await unstated.begin()
        assert unstated.only.collection_method == claimed[0]
        for method in ("charge_automatically", "send_invoice"):
            play = self.play()
            await play.do(CreateCustomer(id=play.customer))
            begin = CreateSubscription(items=(NewItem(price="basic"),), collection_method=method)
            if method in claimed:
                if method == "charge_automatically":
                    await self.give_method(play)
                await play.do(begin)
                assert play.only.collection_method == method
            else:
                with pytest.raises((Refused, NotSupported)):
                    await play.do(begin)

    # -- what comes back ----------------------------------------------------------------------------------------

    @pytest.mark.asyncio
    async def test_inputs_are_left_as_they_were(self) -> None:
        for name, command in self.acts().items():
            play = await self._at_work(name)
            request = play.request(command(play))
            before = msgspec.json.encode((request.account, request.terms, request.command))
            await play.backend.quote(request)
            await play.backend.carry_out(request)
            assert msgspec.json.encode((request.account, request.terms, request.command)) == before, name

    @pytest.mark.asyncio
    async def test_versions_grow_and_new_snapshots_reach_the_book(self) -> None:
        for name, command in self.acts().items():
            play = await self._at_work(name)
            before = play.book
            versions = {each.id: each.version for each in _snapshots(before)} | {
                before.customer.id: before.customer.version
            }
            changes = await play.do(command(play))
            for each in _snapshots(changes):
                assert each.version > versions.get(each.id, 0), name
                assert each.customer == play.customer, name
            if changes.customer is not None:
                assert changes.customer.version > versions[changes.customer.id], name
            for subscription in changes.subscriptions:
                if subscription.status not in ENDED:
                    assert play.book.subscription(subscription.id) == subscription, name

    @pytest.mark.asyncio
    async def test_invoices_add_up_and_say_whose_they_are(self) -> None:
        play = self.play()
        await play.do(CreateCustomer(id=play.customer, details=BillingDetails(name="Jenny", email="j@example.com")))
        await play.do(CreateSubscription(items=(NewItem(price="basic", quantity=3), NewItem(price="extra"))))
        await self.advance(play, self.start + timedelta(days=200))
        assert len(play.book.invoices) == 7
        balance = 0
        for invoice in _in_order(play):
            _check_sums(invoice)
            assert invoice.starting_balance == balance
            balance = invoice.ending_balance
            assert (invoice.buyer.name, invoice.seller.name) == ("Jenny", "Example Ltd.")
            assert [each.amount for each in invoice.lines] == [3000, 333]
            assert all(each.product_name and each.currency == self.currency for each in invoice.lines)

    @pytest.mark.asyncio
    async def test_every_period_is_billed_once(self) -> None:
        play = self.play()
        await play.begin()
        changes = await self.advance(play, datetime(2026, 6, 30, 12, 30, 15, tzinfo=UTC))
        starts = [each.lines[0].start for each in _in_order(play)]
        assert [each.day for each in starts] == [31, 28, 31, 30, 31, 30]
        assert [each.created for each in _in_order(play)] == starts
        assert {each.total for each in play.book.invoices} == {2000}
        again = await play.do(Advance())
        assert (again.invoices, again.subscriptions, again.events) == ((), (), ())
        if not play.backend.capabilities.remote:
            assert changes.wake_at == again.wake_at == play.only.period_end
            assert {each.number for each in play.book.invoices} == {None}, "the desk draws the numbers"

    @pytest.mark.asyncio
    async def test_what_is_cancelled_is_never_billed_again(self) -> None:
        for when, capability in (("period_end", Capability.CANCEL_AT_PERIOD_END), ("now", Capability.CANCEL_NOW)):
            play = self.play()
            if capability not in play.backend.capabilities.can:
                continue
            await play.begin()
            id, ends = play.only.id, play.only.period_end
            play.now += timedelta(days=3)
            details = CancellationDetails(feedback="unused")
            command = CancelSubscription(subscription=id, when=when, details=details)  # type: ignore[arg-type]
            done = await play.do(command)
            if when == "period_end":
                assert play.only.cancel_at == ends
                assert play.only.status == "active"
            changes = done.then(await self.advance(play, self.start + timedelta(days=900)))
            assert changes.invoices == ()
            (ended,) = changes.subscriptions
            assert ended.status == "canceled"
            assert ended.ended_at == (ends if when == "period_end" else self.start + timedelta(days=3))
            assert ended.cancellation.feedback == "unused"
            assert play.book.subscriptions == ()

    @pytest.mark.asyncio
    async def test_what_was_taken_back_goes_on(self) -> None:
        play = self.play()
        self.needs(play, Capability.CANCEL_AT_PERIOD_END, Capability.KEEP)
        await play.begin()
        await play.do(CancelSubscription(subscription=play.only.id))
        with pytest.raises(Refused):
            await play.do(CancelSubscription(subscription=play.only.id))
        await play.do(KeepSubscription(play.only.id))
        with pytest.raises(Refused):
            await play.do(KeepSubscription(play.only.id))
        ends = play.only.period_end
        changes = await self.advance(play, ends)
        assert [each.total for each in changes.invoices] == [2000]

    @pytest.mark.asyncio
    async def test_events_tell_what_happened_to_whom(self) -> None:
        play = self.play()
        begun = await play.begin()
        details = UpdateBillingDetails(details=BillingDetails(name="New name"))
        events = [*begun.events, *(await play.do(details)).events]
        expected: list[type] = [SubscriptionCreated, InvoiceFinalized, CustomerUpdated]
        if Capability.CHANGE_QUANTITY in play.backend.capabilities.can:
            events += (await play.do(play.change(quantity=5))).events
            expected.append(PlanChanged)
        if Capability.CANCEL_AT_PERIOD_END in play.backend.capabilities.can:
            events += (await play.do(CancelSubscription(subscription=play.only.id))).events
            expected.append(CancellationScheduled)
        # In this order; a backend that is far away may tell of more, such as lines that wait.
        coming = iter([type(each) for each in events])
        assert all(each in coming for each in expected), [type(each).__name__ for each in events]
        assert {each.customer for each in events} == {play.customer}
        assert {each.at for each in events} == {play.now}

    @pytest.mark.asyncio
    async def test_two_customers_do_not_mix(self) -> None:
        backend = self.make_backend()
        one, two = self.play(backend, "cus_one"), self.play(backend, "cus_two")
        await one.begin(quantity=1)
        await two.begin(quantity=7)
        stolen = ChangePlan(subscription=one.only.id, items=(ItemChange(id=one.only.items[0].id, quantity=9),))
        with pytest.raises((Refused, NotSupported)):
            await two.do(stolen)
        assert [each.total for each in one.book.invoices] == [1000]
        assert [each.total for each in two.book.invoices] == [7000]

    # -- calls that are repeated --------------------------------------------------------------------------------

    @pytest.mark.asyncio
    async def test_one_key_has_one_effect(self) -> None:
        """Remote: the second call gives the first one's answer. Local: the answer follows from the question alone."""
        play = self.play()
        await play.begin()
        self.needs(play, Capability.CHANGE_QUANTITY, Capability.INVOICE_AT_ONCE)
        play.now += timedelta(days=5)
        request = play.request(
            play.change(quantity=4, proration_behavior="always_invoice"), key=f"one key of {play.customer}"
        )
        first = await play.backend.carry_out(request)
        second = await play.backend.carry_out(request)
        if play.backend.capabilities.remote:
            assert told(second) == told(first)
            known = await play.backend.refresh(play.customer)
            assert len(known.invoices) == 2
            other = replace(request, command=UpdateBillingDetails(details=BillingDetails(name="Other")))
            with pytest.raises(Refused):
                await play.backend.carry_out(other)
        else:
            assert play.quote_of(request.command, first).agrees_with(play.quote_of(request.command, second))
        play.write(first)
        play.write(second)
        assert play.only.items[0].quantity == 4

    @pytest.mark.asyncio
    async def test_a_remote_backend_can_tell_all_it_knows(self) -> None:
        play = self.play()
        await play.begin()
        known = await play.backend.refresh(play.customer)
        if not play.backend.capabilities.remote:
            assert known == Changes()
            return
        book = Changes(customer=play.book.customer, subscriptions=play.book.subscriptions, invoices=play.book.invoices)
        assert told(known) == told(book)

    # -- what the tests are made of -----------------------------------------------------------------------------

    async def _at_work(self, name: str) -> Play:
        play = self.play()
        await play.begin()
        play.now += timedelta(days=11, seconds=3601)
        if name == "keep":
            await play.do(CancelSubscription(subscription=play.only.id))
        return play

    def acts(self) -> dict[str, Act]:
        """What is tried on a customer at work, by name. Give some of it where everything takes long."""
        return acts(self.make_backend().capabilities.can)

    def claimed(self) -> Iterable[Capability]:
        """The capabilities that are tried one by one. Give some of those that are claimed where all take long."""
        return self.make_backend().capabilities.can


def _snapshots(of: Account | Changes) -> tuple[Subscription | Invoice | PendingItem, ...]:
    return (*of.subscriptions, *of.invoices, *of.pending_items)


def _in_order(play: Play) -> list[Invoice]:
    """The invoices, oldest first."""
    return sorted(play.book.invoices, key=lambda each: each.created)


def _check_sums(invoice: Invoice) -> None:
    assert invoice.total == sum(each.amount for each in invoice.lines) + added(invoice.taxes)
    assert invoice.amount_due == max(0, invoice.total + invoice.starting_balance)
    assert invoice.ending_balance == min(0, invoice.total + invoice.starting_balance)
    assert invoice.currency == invoice.lines[0].currency
