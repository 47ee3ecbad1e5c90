"""What a customer used so far, as staff read it."""

from msgspec.structs import replace
from one_life import Life, day, price

from frontdesk.book import Recurring, Usage
from frontdesk_web.dashboard.customers.use_words import use_so_far


def test_what_was_used_and_not_billed_yet() -> None:
    calls = replace(price(3), recurring=Recurring(interval="month", usage_type="metered", meter="mtr_1"))
    life = Life(price(1000))
    life.start(price(1000), day("2026-06-01"))
    assert use_so_far(life.book, life.terms, "en") == ()
    item = replace(life.only.items[0], price=calls.id, usage=Usage(value=1200, since=day("2026-06-01")))
    account = replace(life.book, subscriptions=(replace(life.only, items=(item,)),))
    product = replace(life.terms.products["prod"], name="Calls", unit_label="call")
    terms = replace(life.terms, prices={calls.id: calls}, products={"prod": product})
    assert use_so_far(account, terms, "en") == ("Calls: 1,200 calls since 1 June 2026, $36.00 so far",)
    assert "seit 1. Juni 2026, bisher 36,00" in use_so_far(account, terms, "de")[0]
