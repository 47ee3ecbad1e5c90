"""Payment methods beyond cards: kept, read again, and never charged by a backend of ours."""

from datetime import UTC, datetime

import msgspec
import pytest

from frontdesk.method_kinds import BacsDebit, Link, Means, OtherMethod, PayPal, SepaDebit, UsBankAccount
from frontdesk.payment_methods import Card, PaymentMethod
from frontdesk.test_cards import CARDS, answer, asks_holder, new_method

MADE = datetime(2026, 11, 16, tzinfo=UTC)
MEANS: list[tuple[Means, str]] = [
    (SepaDebit(last4="3000", bank_code="37040044", country="DE", through="ideal"), "sepa_debit"),
    (BacsDebit(last4="2345", sort_code="108800"), "bacs_debit"),
    (UsBankAccount(last4="6789", bank_name="Test bank", account_type="checking"), "us_bank_account"),
    (PayPal(email="ada@example.com"), "paypal"),
    (Link(), "link"),
    (OtherMethod(type="au_becs_debit", last4="3456"), "au_becs_debit"),
    (OtherMethod(type="came_up_yesterday"), "came_up_yesterday"),
]


@pytest.mark.parametrize(("means", "type_"), MEANS)
def test_each_kind_is_read_as_it_was_written(means: Means, type_: str) -> None:
    method = PaymentMethod(id="pm_1", created=MADE, means=means)
    again = msgspec.json.decode(msgspec.json.encode(method), type=PaymentMethod)
    assert (again, again.type) == (method, type_)
    assert again.stands_until(MADE) is None


def test_a_card_that_was_kept_before_there_were_others_is_read() -> None:
    card = new_method("pm_1", CARDS["visa"], MADE)
    body = msgspec.to_builtins(card, str_keys=True)
    del body["means"], body["card"]["wallet"]
    assert msgspec.convert(body, PaymentMethod) == card
    assert card.type == "card"


def test_a_method_is_one_thing() -> None:
    card = Card(brand="unknown", last4="4242", exp_month=1, exp_year=2030)
    with pytest.raises(ValueError, match="never both"):
        PaymentMethod(id="pm_1", created=MADE)
    with pytest.raises(ValueError, match="never both"):
        PaymentMethod(id="pm_1", created=MADE, card=card, means=Link())
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(b'{"id":"pm_1","created":"2026-11-16T00:00:00Z"}', type=PaymentMethod)


def test_what_is_no_test_card_pays_nothing_here() -> None:
    for method in (
        PaymentMethod(id="pm_1", created=MADE, means=Link()),
        PaymentMethod(id="pm_2", created=MADE, card=Card(brand="visa", last4="1881", exp_month=1, exp_year=2030)),
    ):
        assert not asks_holder(method)
        declined = answer(method, confirmed=True)
        assert declined is not None
        assert declined.code == "card_declined"
