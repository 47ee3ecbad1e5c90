"""The contract of billing backends: by this plugin, and by a remote system that follows the same rules."""

import asyncio
import itertools
import random
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from frontdesk.changes import Changes, apply
from frontdesk.commands import CreateCustomer, KeepSubscription
from frontdesk.errors import Refused, Unavailable
from frontdesk.secret import Secret
from frontdesk.testing import BillingBackendContract
from frontdesk.testing.play import Play, sample_terms
from frontdesk.testing.remote import FarSide, Fault, RemoteFake, RemoteFakeSettings, remote_backend
from frontdesk_invoice_only.backend import InvoiceOnly, InvoiceOnlySettings

START = datetime(2026, 1, 31, 12, tzinfo=UTC)


def far_side() -> FarSide:
    return FarSide(InvoiceOnly(InvoiceOnlySettings()))


class TestInvoiceOnly(BillingBackendContract):
    def make_backend(self) -> InvoiceOnly:
        return InvoiceOnly(InvoiceOnlySettings())


class TestRemoteFake(BillingBackendContract):
    def make_backend(self) -> RemoteFake:
        return RemoteFake(RemoteFakeSettings(api_key=Secret("rk_contract_0815")), far_side())


class TestWiredRemoteFake(BillingBackendContract):
    """As a plugin host makes it: from settings alone. Yen have no minor unit."""

    currency = "jpy"

    def make_backend(self) -> RemoteFake:
        return remote_backend(far_side())(RemoteFakeSettings())


async def begun() -> tuple[FarSide, Play]:
    far = far_side()
    play = Play(RemoteFake(RemoteFakeSettings(), far), sample_terms("eur", START), START)
    await play.begin()
    play.now += timedelta(days=3)
    return far, play


@pytest.mark.parametrize("fault", [Fault.ERROR_BEFORE, Fault.ANSWER_LOST])
async def test_a_call_that_failed_is_repeated_with_its_key(fault: Fault) -> None:
    far, play = await begun()
    command = play.change(quantity=5, proration_behavior="always_invoice")
    far.script(fault)
    with pytest.raises(Unavailable):
        await play.do(command, key="intent")
    assert play.only.items[0].quantity == 2
    changes = await play.do(command, key="intent")
    assert play.only.items[0].quantity == 5
    assert [each.total for each in changes.invoices] == [each.total for each in play.book.invoices[1:]]
    assert [each.key for each in far.effects(play.customer)].count("intent") == 1
    assert [each.fault for each in far.journal if each.key == "intent"] == [fault, None]


async def test_a_doubled_call_has_one_effect() -> None:
    far, play = await begun()
    far.script(Fault.DOUBLED)
    await play.do(play.change(quantity=5, proration_behavior="always_invoice"), key="intent")
    assert len(play.book.invoices) == 2
    assert [each.effect for each in far.journal if each.key == "intent"] == [True, False]


async def test_a_late_answer_comes_when_it_is_let_go() -> None:
    far, play = await begun()
    far.script(Fault.LATE)
    call = asyncio.create_task(play.do(play.change(quantity=5)))
    await far.held()
    assert not call.done()
    assert far.accounts[play.customer].subscriptions[0].items[0].quantity == 5
    far.release()
    await call
    assert play.only.items[0].quantity == 5


async def test_while_the_far_side_is_down_nothing_is_done() -> None:
    far, play = await begun()
    far.down = True
    for ask in (play.do, play.quote):
        with pytest.raises(Unavailable):
            await ask(play.change(quantity=5))
    with pytest.raises(Unavailable):
        await play.backend.check()
    far.down = False
    assert (await play.backend.refresh(play.customer)).subscriptions == play.book.subscriptions


async def test_a_refused_call_leaves_a_line_and_no_effect() -> None:
    far, play = await begun()
    with pytest.raises(Refused):
        await play.do(KeepSubscription(play.only.id), key="no")
    assert (far.journal[-1].error, far.journal[-1].effect) == ("Refused", False)


async def test_a_stranger_is_unknown_over_there() -> None:
    _, play = await begun()
    stranger = Play(play.backend, play.terms, START, "cus_stranger")
    stranger.account = replace(play.book, customer=replace(play.book.customer, id="cus_stranger"))
    with pytest.raises(Refused, match="no_such_customer"):
        await stranger.do(stranger.change(quantity=9))


async def news_of_a_full_life() -> tuple[FarSide, Play, list[Changes]]:
    far = far_side()
    play = Play(RemoteFake(RemoteFakeSettings(), far), sample_terms("eur", START), START)
    await play.begin()
    await play.do(play.change(quantity=5))
    await far.advance(play.customer, START + timedelta(days=70))
    return far, play, list(far.changes_for(play.customer))


async def test_news_in_any_order_and_twice_ends_in_the_same_book() -> None:
    """E6: by version, in 2,000 random orders with repetitions."""
    far, play, news = await news_of_a_full_life()
    truth = far.accounts[play.customer]
    opened = next(each for each in news if each.customer is not None)
    random_orders = random.Random(7)
    for _ in range(2000):
        delivered = random_orders.sample(news, len(news)) + random_orders.choices(news, k=3)
        book = apply(None, Changes(customer=opened.customer))
        for each in delivered:
            book = apply(book, each)
        assert book.customer == truth.customer
        assert sorted(book.subscriptions, key=lambda each: each.id) == list(truth.subscriptions)
        assert {each.id: each for each in book.invoices} == {each.id: each for each in truth.invoices}


async def test_a_remote_clock_is_heard_of_through_the_news_alone() -> None:
    _, play, news = await news_of_a_full_life()
    assert len(play.book.invoices) == 1
    for each in news:
        play.write(each)
    assert len(play.book.invoices) == 3
    assert play.only.period_start == datetime(2026, 3, 31, 12, tzinfo=UTC)
    told = list(itertools.chain.from_iterable(each.events for each in news))
    assert len(told) == len({repr(each) for each in told})
    assert {type(each).__name__ for each in told} >= {"SubscriptionRenewed", "InvoiceFinalized", "PlanChanged"}


async def test_numbers_are_the_far_side_s_own() -> None:
    far, play, _ = await news_of_a_full_life()
    assert [each.number for each in far.accounts[play.customer].invoices] == [
        "REMOTE-0001",
        "REMOTE-0002",
        "REMOTE-0003",
    ]


async def test_a_repeated_opening_is_one_customer() -> None:
    far = far_side()
    play = Play(RemoteFake(RemoteFakeSettings(), far), sample_terms("eur", START), START)
    far.script(Fault.ANSWER_LOST)
    with pytest.raises(Unavailable):
        await play.do(CreateCustomer(id="cus_contract"), key="open")
    await play.do(CreateCustomer(id="cus_contract"), key="open")
    assert play.book.customer.version == 1
