"""Taxes of which Stripe names no rate: what they came to, of what they were charged on."""

from decimal import Decimal

import pytest

from frontdesk_stripe.reading.tax_rates import WireTax, taxes


@pytest.mark.parametrize(
    ("amount", "taxable", "percentage"),
    [
        (190, 1000, "19"),
        (89, 1003, "8.87"),
        (5, 100_000, "0.01"),
        (-5, 100_000, "-0.01"),
        (10**30, 1, "1E+32"),
        (7, 0, "0"),
        (7, None, "0"),
    ],
)
def test_a_tax_by_no_rate(amount: int, taxable: int | None, percentage: str) -> None:
    missing: set[str] = set()
    (tax,) = taxes([WireTax(amount=amount, taxable_amount=taxable, tax_behavior="inclusive")], {}, "eur", missing)
    assert (tax.rate.percentage, tax.rate.inclusive, tax.amount, missing) == (Decimal(percentage), True, amount, set())
