"""Changes that are to be paid at once, by a card that no longer pays."""

from datetime import timedelta

import pytest
from peer_stripe import Peer
from stripe_play import START, OnPlayTime

from frontdesk.commands import CreateCustomer, CreateSubscription, NewItem, UndoPlanChange
from frontdesk.errors import Refused
from frontdesk.testing.play import Play, sample_terms


@pytest.fixture
async def play(peer: Peer) -> Play:
    """A customer who was charged for the first period, and whose card has been refused since."""
    one = Play(OnPlayTime(peer), sample_terms("eur", START), START)
    await one.do(CreateCustomer(id=one.customer))
    await peer.attach(one.customer)
    one.write(await one.backend.refresh(one.customer))
    await one.do(CreateSubscription(items=(NewItem(price="basic", quantity=2),)))
    assert one.only.collection_method == "charge_automatically"
    await peer.attach(one.customer, "pm_card_chargeCustomerFail")
    one.write(await one.backend.refresh(one.customer))
    return one


async def test_what_is_not_paid_is_not_changed(play: Play) -> None:
    change = play.change(quantity=5, proration_behavior="always_invoice", payment="error_if_incomplete")
    with pytest.raises(Refused) as refused:
        await play.do(change)
    assert refused.value.refusal.decline_code is not None
    assert "Stripe" not in refused.value.refusal.for_customer
    play.write(await play.backend.refresh(play.customer))
    assert play.only.items[0].quantity == 2
    assert {each.status for each in play.book.invoices} == {"paid"}


async def test_a_change_may_wait_for_its_payment_and_be_taken_back(play: Play) -> None:
    change = play.change(quantity=5, proration_behavior="always_invoice", payment="pending_if_incomplete")
    await play.do(change)
    assert play.only.items[0].quantity == 2
    (open_one,) = [each for each in play.book.invoices if each.status == "open"]
    pending = play.only.pending
    assert pending is not None
    assert (pending.invoice, [each.quantity for each in pending.items]) == (open_one.id, [5])
    assert pending.expires_at == min(play.now + timedelta(hours=23), play.only.period_end)
    assert pending.anchor == play.only.anchor
    await play.do(UndoPlanChange(play.only.id))
    assert (play.only.pending, play.only.items[0].quantity) == (None, 2)
    assert sorted(each.status for each in play.book.invoices) == ["paid", "void"]
    with pytest.raises(Refused, match="nothing_put_off"):
        await play.do(UndoPlanChange(play.only.id))
