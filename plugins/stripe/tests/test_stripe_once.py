"""One effect for each intent, whatever goes wrong (trust.md §E5): answers lost, faults before and after, a process that
dies between two calls of one command, and keys that Stripe has forgotten."""

import itertools
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from peer_stripe import ANSWER_LOST, FAILS, FAILS_AFTERWARDS, REFUSED, Fault, Peer, too_many
from some_of_many import Choice
from stripe_play import START, OnPlayTime
from watched_api import Spoiled

from frontdesk.commands import (
    AccountCommand,
    BillingDetails,
    CancelSubscription,
    ChangeDiscounts,
    CreateCustomer,
    CreateSubscription,
    NewItem,
    PayInvoice,
    TakeOffer,
    UpdateBillingDetails,
)
from frontdesk.coupons import DiscountChoice
from frontdesk.errors import Refused, Unavailable
from frontdesk.invoice_commands import RecordPayment
from frontdesk.payment_method_commands import ChargeInvoice
from frontdesk.retention import StayOffer
from frontdesk.tax_ids import TaxId
from frontdesk.testing.play import Play, sample_terms

FAULTS = {
    "lost": ANSWER_LOST,
    "refused": REFUSED,
    "500": FAILS,
    "500 afterwards": FAILS_AFTERWARDS,
    "429": too_many(again=False),
}
TERMS = sample_terms("eur", START)


_numbers = itertools.count(1)


def new_key() -> str:
    """The id of an intent."""
    return f"int_once{next(_numbers):06}"


def play_of(peer: Peer) -> Play:
    return Play(OnPlayTime(peer), TERMS, START)


async def until_done(play: Play, command: AccountCommand, key: str) -> None:
    """What a desk and the job that settles intents do: ask again with the same key until there is an answer. Each time
    it is another process, which knows nothing of the last one's troubles."""
    asked = play.request(command, key)
    for _ in range(4):
        backend = play.backend
        assert isinstance(backend, OnPlayTime)
        try:
            play.write(await backend.carry_out(asked))
            return
        except Unavailable:
            await backend.aclose()
            play.backend = OnPlayTime(backend.peer, backend.time)
    raise AssertionError("it was never done")


async def test_a_change_of_plan_bills_once(peer: Peer, choose: Choice) -> None:
    play = play_of(peer)
    await play.begin()
    for place, name in enumerate(choose(list(FAULTS), "plan", 2)):
        what = FAULTS[name]
        play.now += timedelta(days=1)
        peer.script(*[Fault("POST", f"/v1/subscriptions/{play.only.id}", what)] * 3)
        key = new_key()
        await until_done(play, play.change(quantity=3 + place, proration_behavior="always_invoice"), key)
        assert play.only.items[0].quantity == 3 + place
        assert len(play.book.invoices) == 2 + place
        assert len([each for each in peer.effects() if each.key == key]) == 1


async def test_customers_and_subscriptions_are_made_once(peer: Peer, choose: Choice) -> None:
    for name in choose(list(FAULTS), "made", 2):
        play, what = play_of(peer), FAULTS[name]
        peer.script(*[Fault("POST", "/v1/customers", what)] * 2, *[Fault("POST", "/v1/subscriptions", what)] * 2)
        keys = new_key(), new_key()
        await until_done(play, CreateCustomer(id="cus_proposed"), keys[0])
        await until_done(play, CreateSubscription(items=(NewItem(price="basic"),)), keys[1])
        assert [each.total for each in play.book.invoices] == [1000]
        for key in keys:
            assert len([each for each in peer.effects() if each.key == key]) == 1


async def dies(peer: Peer, play: Play, command: AccountCommand, key: str, after: int) -> int:
    """Have a process die after so many effects of a command, and another one go on; returns all effects of the key."""
    before, seen = len(peer.exchanges), 0

    def gone(method: str, path: str, body: bytes) -> Spoiled | None:
        done = sum(each.has_effect for each in peer.exchanges[before:])
        return REFUSED if method != "GET" and done >= after else None

    spoils, peer.watched.spoils = peer.watched.spoils, gone
    try:
        with pytest.raises(Unavailable):
            await play.backend.carry_out(play.request(command, key))
    finally:
        peer.watched.spoils = spoils
    seen = sum(each.has_effect for each in peer.exchanges[before:])
    assert seen == after
    await until_done(play, command, key)
    return sum(each.has_effect for each in peer.exchanges[before:])


class Story:
    """A command of several calls, and how one sees that it was done."""

    calls = 2

    async def begin(self, play: Play) -> None:
        await play.begin()

    def command(self, play: Play) -> AccountCommand:
        raise NotImplementedError

    def is_done(self, play: Play) -> bool:
        raise NotImplementedError


class PutsOff(Story):
    def command(self, play: Play) -> AccountCommand:
        return play.change(quantity=1, proration_behavior="none", when="period_end")

    def is_done(self, play: Play) -> bool:
        return play.only.put_off is not None and play.only.put_off.items[0].quantity == 1


class Stays(Story):
    async def begin(self, play: Play) -> None:
        await play.begin()
        await play.do(CancelSubscription(subscription=play.only.id))

    def command(self, play: Play) -> AccountCommand:
        id = play.only.id
        act = ChangeDiscounts(subscription=id, discounts=(DiscountChoice(coupon="quarter"),))
        return TakeOffer(subscription=id, offer=StayOffer(type="coupon", coupon="quarter"), act=act)

    def is_done(self, play: Play) -> bool:
        taken = play.only.offer_taken_at == play.now
        return taken and play.only.cancel_at is None and [each.coupon for each in play.only.discounts] == ["quarter"]


class Registers(Story):
    calls = 3

    async def begin(self, play: Play) -> None:
        await play.do(CreateCustomer(id=play.customer))

    def command(self, play: Play) -> AccountCommand:
        values = ("DE123456789", "FR12123456789")
        ids = tuple(TaxId(id=f"txi_{each}", type="eu_vat", value=each, created=START) for each in values)
        return UpdateBillingDetails(details=BillingDetails(name="Ada Ltd.", tax_ids=ids))

    def is_done(self, play: Play) -> bool:
        return len(play.book.customer.tax_ids) == 2 and play.book.customer.name == "Ada Ltd."


@pytest.mark.parametrize("story", [PutsOff(), Stays(), Registers()], ids=lambda each: type(each).__name__)
async def test_a_process_that_dies_between_two_calls_leaves_nothing_double(
    peer: Peer, story: Story, choose: Choice
) -> None:
    for after in choose(range(story.calls), type(story).__name__, 1):
        play = play_of(peer)
        await story.begin(play)
        key = new_key()
        assert await dies(peer, play, story.command(play), key, after) == story.calls
        assert story.is_done(play)


async def a_day_later(play: Play, act: Callable[[], Awaitable[object]]) -> None:
    """Ask again when Stripe has forgotten the key."""
    assert isinstance(play.backend, OnPlayTime)
    play.backend.time.now += timedelta(hours=25)
    await act()


async def test_what_was_made_long_ago_is_found_by_its_intent(peer: Peer) -> None:
    play = play_of(peer)
    made = play.request(CreateCustomer(id="cus_proposed"), "int_0customer")
    first = await play.backend.carry_out(made)
    begun = CreateSubscription(items=(NewItem(price="basic"),))
    play.write(first)
    asked = play.request(begun, "int_0subscription")
    play.write(await play.backend.carry_out(asked))
    before = len(peer.effects())
    posts = len([each for each in peer.exchanges if each.method == "POST"])

    async def again() -> None:
        found = await play.backend.carry_out(made)
        assert found.customer is not None
        assert found.customer.id == play.customer
        play.write(await play.backend.carry_out(asked))

    await a_day_later(play, again)
    assert len(peer.effects()) == before
    assert len([each for each in peer.exchanges if each.method == "POST"]) == posts
    assert len(play.book.subscriptions) == 1


async def test_what_is_impossible_because_it_was_done_is_done(peer: Peer) -> None:
    """The answer was lost, the book heard of it otherwise, and then the intent is settled."""
    play = play_of(peer)
    await play.begin()
    id = play.only.id
    for command, key in (
        (CancelSubscription(subscription=id), "int_cancel"),
        (CancelSubscription(subscription=id, when="now"), "int_now"),
    ):
        await play.do(command, key)
        before = len(peer.effects())
        await play.do(command, key)
        assert len(peer.effects()) == before
    assert play.book.subscriptions == ()


@pytest.mark.parametrize("kind", ["paid", "recorded", "charged"])
async def test_a_payment_that_the_book_has_heard_of_is_answered_as_done(peer: Peer, kind: str) -> None:
    """The first answer was lost, Stripe's event came, and the intent is asked for once more."""
    play = play_of(peer)
    await play.begin()
    if kind == "charged":
        await peer.attach(play.customer)
        play.write(await play.backend.refresh(play.customer))
    (invoice,) = play.book.invoices
    (card,) = [each.id for each in play.book.customer.payment_methods] or [""]
    commands: dict[str, AccountCommand] = {
        "paid": PayInvoice(invoice=invoice.id),
        "recorded": RecordPayment(
            id="pay_1", invoice=invoice.id, amount=invoice.amount_remaining, received=play.now.date(), by="stf_1"
        ),
        "charged": ChargeInvoice(invoice=invoice.id, method=card),
    }
    command, key = commands[kind], new_key()
    play.write(await play.backend.carry_out(play.request(command, key)))
    assert play.book.invoice(invoice.id).status == "paid"  # type: ignore[union-attr]
    again = await play.backend.carry_out(play.request(command, key))
    assert [each.status for each in again.invoices if each.id == invoice.id] == ["paid"]
    assert again.events == ()
    # Another intent is told that there is nothing left, and moves no money.
    with pytest.raises(Refused) as refused:
        await play.backend.carry_out(play.request(command, new_key()))
    assert refused.value.refusal.code == "invoice_already_paid"

    async def again_with_a_key_that_is_forgotten() -> None:
        answer = await play.backend.carry_out(play.request(command, new_key()))
        assert [each.status for each in answer.invoices if each.id == invoice.id] == ["paid"]

    await a_day_later(play, again_with_a_key_that_is_forgotten)
    assert len(peer.effects(f"/v1/invoices/{invoice.id}/pay")) == 1


async def test_all_that_is_asked_names_its_intent(peer: Peer) -> None:
    play = play_of(peer)
    await play.begin()
    await play.do(PayInvoice(invoice=play.book.invoices[0].id), "int_paid")
    keys = [each.key for each in peer.exchanges if each.method == "POST"]
    assert None not in keys
    assert "int_paid" in keys
