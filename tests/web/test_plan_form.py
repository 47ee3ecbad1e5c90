"""The choice of a plan in the dashboard."""

from datetime import UTC, datetime

import pytest

from frontdesk.book import BillingSettings, Price, Product, Recurring, Terms
from frontdesk_web.dashboard.customers.plan_form import price_groups

BORN = datetime(2026, 11, 28, tzinfo=UTC)


def sold(*ids: str) -> Terms:
    product = Product(id="prod_1", name="Studio pass", created=BORN, updated=BORN)
    monthly = Recurring(interval="month")
    prices = {
        each: Price(id=each, product="prod_1", currency="eur", unit_amount=4990, recurring=monthly, created=BORN)
        for each in ids
    }
    settings = BillingSettings(currency="eur", invoice_prefix="NORA")
    return Terms(settings=settings, products={"prod_1": product}, prices=prices)


@pytest.mark.parametrize(("ids", "chosen"), [(("price_1",), ["price_1"]), (("price_1", "price_2"), [])])
def test_where_one_plan_is_sold_it_is_chosen(ids: tuple[str, ...], chosen: list[str]) -> None:
    (group,) = price_groups(sold(*ids), "", None, "en")
    assert [each.value for each in group.options if each.selected] == chosen
