"""What one unit of a line cost, as each era says it, on invoices and before they are made."""

from decimal import Decimal

import pytest

from frontdesk_stripe.reading.invoice_items import read_invoice_item
from frontdesk_stripe.reading.invoice_lines import WireOldPrice, WirePriceDetails, WirePricing, priced

NEW = WirePricing(price_details=WirePriceDetails(price="price_new", product="prod_new"), unit_amount_decimal="12.5")
PLAN = WireOldPrice(id="plan_old", product="prod_old", amount=700)


@pytest.mark.parametrize(
    ("pricing", "old", "said"),
    [
        (NEW, None, ("price_new", "prod_new", "12.5")),
        (NEW, PLAN, ("price_new", "prod_new", "12.5")),
        (None, PLAN, ("plan_old", "prod_old", "700")),
        (None, WireOldPrice(id="price_1", unit_amount=0), ("price_1", None, "0")),
        (None, WireOldPrice(id="price_1", unit_amount=1, unit_amount_decimal="0.75"), ("price_1", None, "0.75")),
        (None, WireOldPrice(id="plan_1", amount=1, amount_decimal="0.75"), ("plan_1", None, "0.75")),
        (None, None, (None, None, None)),
    ],
)
def test_the_newer_era_counts_before_the_older_and_decimals_before_whole_amounts(
    pricing: WirePricing | None, old: WireOldPrice | None, said: tuple[str | None, str | None, str | None]
) -> None:
    assert priced(pricing, old) == said


def test_an_invoice_item_of_the_older_era_keeps_what_its_unit_cost() -> None:
    item = read_invoice_item(
        {
            "id": "ii_1",
            "amount": 1000,
            "currency": "eur",
            "customer": "cus_1",
            "date": 1_767_225_600,
            "period": {"start": 1_767_225_600, "end": 1_767_225_600},
            "quantity": 2,
            "price": {"id": "price_1", "product": "prod_1", "unit_amount": 500},
        },
        1,
        products={},
        coupons={},
    )
    assert (item.line.price, item.line.product, item.line.unit_amount) == ("price_1", "prod_1", Decimal(500))
