"""The statuses of setup intents, payment intents and checkout sessions, for every test card."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from frontdesk import payment_intents, setup_intents
from frontdesk.checkout_sessions import CheckoutSession, back_with, good_expiry, is_over, onwards
from frontdesk.happenings import happenings_of
from frontdesk.payment_intents import PaymentIntent
from frontdesk.setup_intents import IntentFault, SetupIntent
from frontdesk.test_cards import CARDS, TestCard, new_method

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
SETUP = SetupIntent(id="seti_1", created=NOW, customer="cus_1")
PAYMENT = PaymentIntent(id="pi_1", created=NOW, amount=1200, currency="eur")


@pytest.mark.parametrize("card", CARDS.values(), ids=CARDS)
def test_what_each_card_comes_to(card: TestCard) -> None:
    method = new_method("pm_1", card, NOW)
    done = setup_intents.confirmed(SETUP, method, "setatt_1")
    asks = card.asks == "always" or (card.asks == "unless_set_up" and not card.set_up)
    expected = "requires_payment_method" if card.attach else "requires_action" if asks else "succeeded"
    assert done.status == expected
    assert (done.fault is not None) == (card.attach is not None)
    paid = payment_intents.confirmed(PAYMENT, method, "ch_1")
    declined = "requires_payment_method" if card.charge else "succeeded"
    assert paid.status == ("requires_action" if asks else declined)
    assert payment_intents.confirmed(PAYMENT, method, "ch_1", by_holder=True).status == declined
    absent = payment_intents.confirmed(PAYMENT, method, "ch_1", absent=True)
    assert absent.status == ("requires_payment_method" if asks else declined)
    assert absent.received == (1200 if absent.status == "succeeded" else 0)


def test_what_can_be_done_in_which_status() -> None:
    for status in ("succeeded", "canceled"):
        over = SetupIntent(id="seti_1", created=NOW, status=status)  # type: ignore[arg-type]
        for act in ("confirm", "update", "cancel"):
            refusal = setup_intents.setup_obstacle(over, act, "pm_1")
            assert refusal is not None
            assert refusal.api_code == "setup_intent_unexpected_state"
    missing = setup_intents.setup_obstacle(SETUP, "confirm")
    assert missing is not None
    assert missing.code == "intent_without_method"
    assert setup_intents.setup_obstacle(SETUP, "cancel") is None
    held = PaymentIntent(id="pi_1", created=NOW, amount=1, currency="eur", status="requires_capture")
    refused = {act: payment_intents.payment_obstacle(held, act, "pm_1") for act in ("confirm", "update")}
    assert all(each is not None for each in refused.values())
    assert [payment_intents.payment_obstacle(held, act) for act in ("capture", "cancel")] == [None, None]


def test_each_attempt_is_told() -> None:
    method = new_method("pm_1", CARDS["chargeDeclined"], NOW)
    once = setup_intents.confirmed(SETUP, method, "setatt_1")
    again = setup_intents.confirmed(once, method, "setatt_2")
    for before, after, told in (
        (None, SETUP, ["created"]),
        (SETUP, once, ["setup_failed"]),
        (once, again, ["setup_failed"]),
        (once, setup_intents.with_method(once, "pm_2"), []),
        (again, setup_intents.canceled(again, None), ["canceled"]),
    ):
        assert [each.act for each in happenings_of(before, after)] == told


def test_what_a_program_noted_stays_when_the_invoice_changes() -> None:
    issued = PaymentIntent(
        id="pi_1", created=NOW, amount=1200, currency="eur", invoice="in_1", description="Invoice A-1"
    )
    told = replace(issued, metadata={"order": "17"}, description="Seats")
    paid = replace(issued, status="succeeded", received=1200, payment_method="pm_2", charge="ch_1")
    assert payment_intents.followed(told, issued, paid) == replace(paid, metadata={"order": "17"}, description="Seats")
    assert payment_intents.followed(issued, issued, paid) == paid
    chosen = payment_intents.with_method(told, "pm_1")
    less = replace(issued, amount=700)
    assert payment_intents.followed(chosen, issued, less) == replace(chosen, amount=700)
    declined = replace(issued, fault=IntentFault(code="card_declined", decline_code="", message="", method="pm_1"))
    assert payment_intents.followed(chosen, issued, declined).payment_method is None


def test_when_a_session_is_over_and_where_it_leads() -> None:
    day = timedelta(hours=24)
    session = CheckoutSession(
        id="cs_test_1",
        created=NOW,
        expires_at=NOW + day,
        setup_intent="seti_1",
        success_url="https://shop.example/{CHECKOUT_SESSION_ID}?a={CHECKOUT_SESSION_ID}",
    )
    assert onwards(session) == "https://shop.example/cs_test_1?a=cs_test_1"
    assert [is_over(session, NOW + each) for each in (timedelta(), day - timedelta(seconds=1), day)] == [
        False,
        False,
        True,
    ]
    assert [good_expiry(NOW, NOW + timedelta(minutes=each)) for each in (5, 30, 1440, 1441)] == [
        False,
        True,
        True,
        False,
    ]
    assert back_with("https://shop.example/back?a=b#c", status="x y") == "https://shop.example/back?a=b&status=x+y#c"
