"""Invoices on a Stripe account that staff take back, give up, or record as paid."""

from datetime import timedelta

import pytest
from msgspec.structs import replace
from peer_stripe import Peer
from stripe_play import START, OnPlayTime

from frontdesk.commands import MarkUncollectible, VoidInvoice
from frontdesk.errors import Refused
from frontdesk.invoice_commands import RecordPayment
from frontdesk.testing.play import Play, sample_terms

TERMS = sample_terms("eur", START)


@pytest.fixture
async def play(peer: Peer) -> Play:
    one = Play(OnPlayTime(peer), TERMS, START)
    await one.begin()
    one.now += timedelta(days=2)
    return one


async def test_an_open_invoice_is_given_up_then_taken_back_and_each_once(play: Play) -> None:
    (bill,) = play.book.invoices
    for command, status in (
        (MarkUncollectible(invoice=bill.id), "uncollectible"),
        (VoidInvoice(invoice=bill.id), "void"),
    ):
        request = play.request(command)
        changes = await play.backend.carry_out(request)
        play.write(changes)
        assert [each.status for each in changes.invoices if each.id == bill.id] == [status]
        # Whoever repeats it after the book has heard of it finds it done.
        again = await play.backend.carry_out(replace(request, account=play.book))
        assert [each.status for each in again.invoices if each.id == bill.id] == [status]


async def test_a_part_of_an_invoice_is_not_recorded_as_paid(play: Play) -> None:
    (bill,) = play.book.invoices
    part = RecordPayment(id="pay_1", invoice=bill.id, amount=bill.amount_due - 1, received=play.now.date(), by="stf_1")
    with pytest.raises(Refused) as refused:
        await play.backend.carry_out(play.request(part))
    assert refused.value.refusal.code == "paid_as_a_whole"
    assert (await play.backend.refresh(play.customer)).invoices[0].status == "open"
