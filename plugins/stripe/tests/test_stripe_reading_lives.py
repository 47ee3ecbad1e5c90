"""What Frontdesk's own API says of a customer, in Stripe's words, reads back as what the book holds of them.

The lives are those of the simulation: customers who do at random whatever can be done. Both eras of Stripe's API are
read.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from typing import Any

import pytest
from msgspec.structs import replace
from oracle.engine_terms import TERMS
from simulation import BEGINS, Customer, Simulation
from stripe_eras import Shown, newer, older

from frontdesk.book import Address, Invoice, Line, Party, Scheduled, Subscription
from frontdesk.coupons import Discount
from frontdesk_stripe.reading.catalogue import read_price, read_product
from frontdesk_stripe.reading.discounts import read_coupon
from frontdesk_stripe.reading.invoices import read_invoice
from frontdesk_stripe.reading.subscriptions import read_subscription
from frontdesk_stripe.reading.tax_rates import read_tax_rate
from frontdesk_stripe.reading.wire import version_at
from frontdesk_web.api.shapes import discounts, invoices, prices, products, schedules, subscriptions, tax_rates

LIVES, YEARS, SEED = 12, 2, 20_260_527
ASKED = version_at(datetime(2026, 5, 27, tzinfo=UTC))
SIDE: Any = type("SideOfNames", (), {"country": "DE", "name": "Northbeam"})()
"""What a shape needs of a side."""
Era = Callable[[Shown], Shown]


@cache
def lives() -> tuple[Customer, ...]:
    played = Simulation(SEED, LIVES, YEARS, BEGINS)
    played.run()
    return tuple(played.customers)


def test_the_catalogue_reads_back() -> None:
    for price in TERMS.prices.values():
        shown = prices.price(price, False) | {
            "currency_options": prices.currency_options(price),
            **({"tiers": prices.tiers(price.tiers, price.currency)} if price.tiers else {}),
        }
        assert read_price(shown, ASKED) == replace(price, version=ASKED)
    for coupon in TERMS.coupons.values():
        shown = discounts.coupon(coupon, False, coupon.created)
        assert read_coupon(shown, ASKED) == replace(coupon, version=ASKED)
    for rate in TERMS.tax_rates.values():
        assert read_tax_rate(tax_rates.tax_rate(rate, False), ASKED) == replace(rate, version=ASKED)
    for product in TERMS.products.values():
        assert read_product(products.product(product, False), ASKED) == replace(product, version=ASKED)


@pytest.mark.parametrize("era", [newer, older])
def test_subscriptions_read_back(era: Era) -> None:
    read = 0
    for stored in (each for life in lives() for each in life.subs.values()):
        shown = subscriptions.subscription(stored, TERMS.prices, TERMS.tax_rates, TERMS.settings, False)
        shown["discounts"] = [discount(each) for each in stored.discounts]
        for item, of in zip(shown["items"]["data"], stored.items, strict=True):
            item["discounts"] = [discount(each) for each in of.discounts]
        if stored.put_off is not None:
            shown["schedule"] = schedules.schedule(stored, TERMS.prices, False)
        assert read_subscription(era(shown), ASKED, TERMS.coupons) == expected_subscription(stored), stored.id
        read += 1
    assert read > LIVES


@pytest.mark.parametrize("era", [newer, older])
def test_a_schedule_in_its_last_phase_reads_back(era: Era) -> None:
    stored = next(each for life in lives() for each in life.subs.values() if each.status == "active")
    alone = Scheduled(asked=stored.created, begun=stored.period_start, until=stored.period_end)
    stored = replace(stored, put_off=None, scheduled=alone, discounts=())
    shown = subscriptions.subscription(stored, TERMS.prices, TERMS.tax_rates, TERMS.settings, False)
    shown |= {"discounts": [], "schedule": schedules.schedule(stored, TERMS.prices, False)}
    read = read_subscription(era(shown), ASKED, TERMS.coupons)
    assert (read.scheduled, read.put_off, read.has_schedule) == (alone, None, True)
    over = shown | {"schedule": schedules.schedule(stored, TERMS.prices, False, status="released")}
    assert not read_subscription(era(over), ASKED, TERMS.coupons).has_schedule


@pytest.mark.parametrize("era", [newer, older])
def test_invoices_read_back(era: Era) -> None:
    read = 0
    for stored in (each for life in lives() for each in life.invoices.values()):
        shown = invoices.invoice(stored, TERMS.prices, SIDE, False, most=1000)
        shown["discounts"] = [discount(each) for each in stored.discounts]
        found = read_invoice(era(shown), ASKED, products=TERMS.products, coupons=TERMS.coupons, rates=TERMS.tax_rates)
        assert found == expected_invoice(stored), stored.id
        assert found.amount_remaining == stored.amount_remaining
        read += 1
    assert read > 10 * LIVES


def discount(held: Discount) -> dict[str, Any]:
    """A discount with its coupon, as it is asked for."""
    coupon = discounts.coupon(TERMS.coupons[held.coupon], False, held.start)
    return discounts.discount(held, "cus") | {"source": {"coupon": coupon, "type": "coupon"}}


def expected_subscription(stored: Subscription) -> Subscription:
    """What Stripe's words carry of it: not how we come to bill what we bill."""
    days = TERMS.settings.days_until_due if stored.days_until_due is None else stored.days_until_due
    return replace(
        stored,
        version=ASKED,
        items=tuple(replace(each, billed=None, usage=None) for each in stored.items),
        days_until_due=days if stored.collection_method == "send_invoice" else None,
        cancel_prorates=False,
        reminded_of=None,
        told_of_renewal=None,
        schedules=0,
        free_until=None,
        last_discounts=(),
    )


def expected_invoice(stored: Invoice) -> Invoice:
    """What Stripe's words carry of it: sums, parties and dates, not how they came to be."""
    last = stored.billing_reason == "subscription_cancel"
    return replace(
        stored,
        version=ASKED,
        lines=tuple(expected_line(each) for each in stored.lines),
        billing_reason="subscription_update" if last else stored.billing_reason,
        ending_balance=stored.starting_balance if stored.status == "draft" else stored.ending_balance,
        days_until_due=None,
        seller=Party(name=SIDE.name, address=Address(country=SIDE.country)),
        payments=(),
        set_offs=(),
        told_of_due=None,
        told_overdue=None,
    )


def expected_line(stored: Line) -> Line:
    """Discounts of a proration lie inside of its amount; of a line, what it came to is told, and not by which rules."""
    return replace(
        stored,
        kind="charge" if stored.kind == "trial" else stored.kind,
        discounts=() if stored.proration else stored.discounts,
        discountable=stored.discountable and not stored.proration,
        partial=False,
        package=1,
        tax_rates=(),
    )
