"""What a command would bill is what it bills, for acts that the contract of backends does not know."""

from datetime import timedelta

import pytest
from msgspec.structs import replace
from peer_stripe import Peer
from stripe_play import START, OnPlayTime

from frontdesk.book import CancellationDetails
from frontdesk.commands import (
    AccountCommand,
    CancelSubscription,
    ChangeDiscounts,
    ChangePlan,
    CreateSubscription,
    ItemChange,
    NewItem,
    SetTrialEnd,
    StartAgain,
    TakeOffer,
)
from frontdesk.coupons import DiscountChoice
from frontdesk.errors import Refused
from frontdesk.retention import StayOffer
from frontdesk.testing.play import Play, sample_terms
from frontdesk_stripe.reading.subscriptions import OUR_OPTION

TERMS = sample_terms("eur", START)
QUARTER = (DiscountChoice(coupon="quarter"),)


async def agrees(play: Play, command: AccountCommand) -> None:
    quote = await play.quote(command)
    changes = await play.backend.carry_out(play.request(command))
    assert quote.agrees_with(play.quote_of(command, changes)), (quote, play.quote_of(command, changes))
    play.write(changes)


@pytest.fixture
async def play(peer: Peer) -> Play:
    one = Play(OnPlayTime(peer), TERMS, START)
    await one.begin()
    one.now += timedelta(days=5, seconds=11)
    return one


async def test_a_change_with_a_discount(play: Play) -> None:
    await agrees(play, play.change(price="pro", discounts=QUARTER, proration_behavior="always_invoice"))
    await agrees(play, ChangeDiscounts(subscription=play.only.id, discounts=()))


async def test_another_period_with_a_discount_that_is_held(play: Play) -> None:
    """The terms of a command have the coupons that it names, not those of discounts which stay."""
    await agrees(play, ChangeDiscounts(subscription=play.only.id, discounts=QUARTER))
    play.terms = replace(TERMS, coupons={})
    yearly = play.change(price="yearly", proration_behavior="always_invoice", anchor="now")
    quote = await play.quote(yearly)
    assert quote.invoice is not None
    assert [each.coupon for each in quote.invoice.discounts] == ["quarter"]
    await agrees(play, yearly)


async def test_a_code_that_nobody_made_is_refused_at_its_field(play: Play) -> None:
    with pytest.raises(Refused) as refused:
        await play.quote(play.change(price="pro", code="NONSENSE"))
    assert refused.value.refusal.code == "code_unknown"
    assert refused.value.refusal.param == "discounts[0][promotion_code]"


async def test_an_offer_to_stay_is_worth_what_it_takes_off(play: Play) -> None:
    id, full = play.only.id, 2 * 1000
    act = ChangeDiscounts(subscription=id, discounts=QUARTER)
    offer = TakeOffer(subscription=id, offer=StayOffer(type="coupon", coupon="quarter"), act=act)
    for leaves in (False, True):
        if leaves:
            await agrees(play, CancelSubscription(subscription=id))
        quote = await play.quote(offer)
        assert (quote.due_now, quote.renewal and quote.renewal.amount) == (0, full * 3 // 4)
    await agrees(play, offer)
    assert (play.only.cancel_at, len(play.only.discounts), play.only.offer_taken_at) == (None, 1, play.now)


async def test_why_somebody_leaves_may_be_an_answer_of_the_tenants_own(play: Play) -> None:
    why = CancellationDetails(feedback_option="fbo_slow", comment="It was slow.")
    await agrees(play, CancelSubscription(subscription=play.only.id, details=why))
    found = play.only.cancellation
    assert (found.feedback, found.feedback_option, found.comment) == ("other", "fbo_slow", "It was slow.")
    assert not any(each.startswith("frontdesk_") for each in play.only.metadata)


async def test_such_an_answer_is_kept_where_it_ends_at_once(play: Play) -> None:
    """Stripe takes no metadata as it ends a subscription, so it is noted after that, also where we died in between."""
    why = CancellationDetails(feedback_option="fbo_slow", comment="It was slow.")
    command, id_ = CancelSubscription(subscription=play.only.id, when="now", details=why), play.only.id
    request = play.request(command)
    changes = await play.backend.carry_out(request)
    (ended,) = [each for each in changes.subscriptions if each.id == id_]
    assert (ended.status, ended.cancellation.feedback_option) == ("canceled", "fbo_slow")
    assert (ended.cancellation.feedback, ended.cancellation.comment) == ("other", "It was slow.")
    play.write(changes)
    await play.backend.stripe.post(f"/v1/subscriptions/{id_}", {"metadata": {OUR_OPTION: ""}}, key="lost-in-between")
    again = await play.backend.carry_out(replace(request, account=play.book, idempotency_key="int_again"))
    (ended,) = [each for each in again.subscriptions if each.id == id_]
    assert ended.cancellation.feedback_option == "fbo_slow"


async def test_a_change_of_items_that_waits(play: Play) -> None:
    await agrees(play, play.change(quantity=1, proration_behavior="none", when="period_end"))
    assert play.only.put_off is not None


async def test_a_trial_that_begins_and_ends(play: Play) -> None:
    await agrees(play, CreateSubscription(items=(NewItem(price="extra", quantity=2),), trial_days=14))
    trial = next(each for each in play.book.subscriptions if each.status == "trialing")
    play.now += timedelta(days=2)
    await agrees(play, SetTrialEnd(subscription=trial.id))


async def test_a_change_in_a_trial_that_goes_on_bills_nothing(play: Play) -> None:
    await agrees(play, CreateSubscription(items=(NewItem(price="extra", quantity=2),), trial_days=14))
    trial = next(each for each in play.book.subscriptions if each.status == "trialing")
    play.now += timedelta(days=2)
    more = (ItemChange(id=trial.items[0].id, quantity=3),)
    await agrees(play, ChangePlan(subscription=trial.id, items=more, proration_behavior="always_invoice"))


async def test_a_moment_between_two_clocks_changes_no_bill(play: Play, peer: Peer) -> None:
    """Stripe's time goes on while it is asked, and its clock is not ours."""
    new = CreateSubscription(items=(NewItem(price="extra", quantity=2),))
    yearly = play.change(price="yearly", proration_behavior="create_prorations", anchor="now")
    exactly = [await play.quote(each) for each in (new, yearly)]
    await peer.time_is(play.customer, play.now + timedelta(seconds=2))
    later = [await play.quote(each) for each in (new, yearly)]
    assert [each.due_now for each in later] == [each.due_now for each in exactly]
    assert later[0].due_now == 2 * 333
    assert later[1].due_now > 15_000
    trial = await play.quote(replace(new, trial_days=14))
    assert (trial.due_now, trial.renewal and trial.renewal.amount) == (0, 2 * 333)
    id = play.only.id
    await play.end()
    assert (await play.quote(StartAgain(id))).due_now == 2 * 1000


async def test_an_end_at_an_instant_and_a_start_once_more(play: Play) -> None:
    id = play.only.id
    await agrees(play, CancelSubscription(subscription=id, when="at", at=play.now + timedelta(days=3)))
    await play.end()
    await agrees(play, StartAgain(id))
