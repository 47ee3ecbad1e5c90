"""What customers may change of plans that Stripe's portal refuses: of several parts, and billed by use."""

from datetime import timedelta
from decimal import Decimal

import pytest
from msgspec.structs import replace
from seat_shop import BY_LINK, CONFIGURATION, NOW, TERMS, UPDATE, price, product

from frontdesk import customers, plan_changes, subscriptions
from frontdesk.billing import Capability
from frontdesk.book import Recurring, Subscription
from frontdesk.commands import BillingDetails, ChangePlan, CreateCustomer, CreateSubscription, ItemChange, NewItem
from frontdesk.errors import Refused
from frontdesk.offers import offers, offers_something_else
from frontdesk.portal_configuration import AdjustableQuantity, OfferedProduct, PortalConfiguration
from frontdesk.testing.desk import TENANT, MemoryDesk
from frontdesk_invoice_only.backend import InvoiceOnly, InvoiceOnlySettings

BY_USE = Recurring(interval="month", usage_type="metered", meter="mtr_1")
PRICES = (
    price("desk", "desk_product", 1000),
    price("desk_year", "desk_product", 10000, interval="year"),
    price("room", "room_product", 2500),
    price("room_year", "room_product", 25000, interval="year"),
    price("care", "care_product", 500),
    price("care_year", "care_product", 5000, interval="year"),
    price("extra", "extra_product", 300),
    replace(price("calls", "calls_product", 0), unit_amount=Decimal("0.5"), recurring=BY_USE),
    replace(price("bulk", "bulk_product", 0), unit_amount=Decimal("0.2"), recurring=BY_USE),
)
SOLD = replace(
    TERMS,
    prices={each.id: each for each in PRICES},
    products={each.product: product(each.product) for each in PRICES},
)


def offering(*names: str, **changes: object) -> PortalConfiguration:
    """A configuration that offers all prices of these products, in quantities from 1 to 20."""
    offered = tuple(
        OfferedProduct(
            product=f"{name}_product",
            prices=tuple(each.id for each in PRICES if each.product == f"{name}_product"),
            adjustable_quantity=AdjustableQuantity(minimum=1, maximum=20),
        )
        for name in names
    )
    update = replace(UPDATE, products=offered, **changes)
    return replace(CONFIGURATION, features=replace(CONFIGURATION.features, subscription_update=update))


async def desk_with(*items: NewItem, configuration: PortalConfiguration) -> MemoryDesk:
    desk = MemoryDesk(
        backend=InvoiceOnly(InvoiceOnlySettings()), terms=SOLD, now=NOW, actor=TENANT, configuration=configuration
    )
    await customers.create(desk, CreateCustomer(id="cus_1", details=BillingDetails(email="jenny@example.com")))
    await subscriptions.create(desk, CreateSubscription(items=items))
    desk.now = NOW + timedelta(days=10)
    desk.actor = BY_LINK
    return desk


def only(desk: MemoryDesk) -> Subscription:
    (subscription,) = desk.account.subscriptions
    return subscription


def to(desk: MemoryDesk, *wanted: tuple[str | None, int | None], code: str | None = None) -> ChangePlan:
    """A change of the items, each to a price and a quantity."""
    items = zip(only(desk).items, wanted, strict=True)
    changes = tuple(ItemChange(id=item.id, price=price_, quantity=quantity) for item, (price_, quantity) in items)
    return ChangePlan(subscription=only(desk).id, items=changes, code=code)


def offered(desk: MemoryDesk) -> list[list[tuple[str, list[str]]]]:
    found = offers(only(desk), desk.configuration, desk.capabilities, SOLD)
    return [[(each.product.id[:-8], [price.id for price in each.prices]) for each in item.offers] for item in found]


async def code_of(desk: MemoryDesk, command: ChangePlan) -> str | None:
    try:
        await plan_changes.quote(desk, command)
    except Refused as refused:
        return refused.refusal.code
    return None


SEATS_AND_CARE = (NewItem(price="desk", quantity=4), NewItem(price="care"))


async def test_each_part_has_its_choice_and_all_are_confirmed_at_once() -> None:
    desk = await desk_with(*SEATS_AND_CARE, configuration=offering("desk", "room", "care"))
    assert offered(desk) == [
        [("desk", ["desk", "desk_year"]), ("room", ["room", "room_year"])],
        [("room", ["room", "room_year"]), ("care", ["care", "care_year"])],
    ]
    shown = await plan_changes.quote(desk, to(desk, ("room", 6), ("care", 2)))
    changes = await plan_changes.confirm(desk, shown.id)
    (invoice,) = changes.invoices
    assert invoice.amount_due == shown.due_now == sum(each.amount for each in shown.lines) > 0
    assert [(each.price, each.quantity) for each in only(desk).items] == [("room", 6), ("care", 2)]


async def test_all_parts_go_to_another_interval_together() -> None:
    desk = await desk_with(*SEATS_AND_CARE, configuration=offering("desk", "care"))
    assert await code_of(desk, to(desk, ("desk_year", 4), ("care_year", 1))) is None
    assert await code_of(desk, to(desk, ("desk_year", 4), (None, None))) == "intervals_differ"
    # What cannot follow keeps the others where they are.
    held = await desk_with(NewItem(price="desk"), NewItem(price="extra"), configuration=offering("desk", "extra"))
    assert offered(held) == [[("desk", ["desk"])], [("extra", ["extra"])]]
    not_offered = await desk_with(*SEATS_AND_CARE, configuration=offering("desk"))
    assert offered(not_offered) == [[("desk", ["desk"])], []]
    assert await code_of(not_offered, to(not_offered, (None, 5), (None, None))) is None


async def test_parts_do_not_become_each_other() -> None:
    desk = await desk_with(*SEATS_AND_CARE, configuration=offering("desk", "room", "care", "calls"))
    assert await code_of(desk, to(desk, ("care", 1), (None, None))) == "product_taken"
    assert await code_of(desk, to(desk, ("room", 1), ("room", 1))) == "duplicate_price"
    assert await code_of(desk, to(desk, ("calls", 1), (None, None))) == "billed_by_use"
    assert await code_of(desk, to(desk, ("room", 21), (None, None))) == "quantity_out_of_bounds"
    assert await code_of(desk, to(desk, (None, None), (None, None))) == "no_changes"


async def test_nothing_to_choose_for_any_part_says_so() -> None:
    desk = await desk_with(NewItem(price="desk"), NewItem(price="extra"), configuration=offering("calls"))
    assert not offers_something_else(only(desk), desk.configuration, desk.capabilities, SOLD)
    some = offering("desk")
    assert offers_something_else(only(desk), some, desk.capabilities, SOLD)


@pytest.mark.parametrize(
    ("wanted", "waits"),
    [
        ([("desk", 3), ("care", 1)], True),
        ([("desk", 3), ("care", 9)], False),
        ([("desk", 4), ("care", 2)], False),
    ],
)
async def test_of_several_parts_the_whole_says_whether_a_change_waits(
    wanted: list[tuple[str, int]], waits: bool
) -> None:
    configuration = offering("desk", "care", schedule_at_period_end=("decreasing_item_amount",))
    desk = await desk_with(*SEATS_AND_CARE, configuration=configuration)
    shown = await plan_changes.quote(desk, to(desk, *wanted))
    await plan_changes.confirm(desk, shown.id)
    assert (only(desk).put_off is not None) == waits
    if waits:
        await plan_changes.undo(desk, only(desk).id)
        assert only(desk).put_off is None


async def test_a_smaller_plan_can_wait_beside_what_is_billed_by_use() -> None:
    configuration = offering("desk", "calls", schedule_at_period_end=("decreasing_item_amount",))
    parts = (NewItem(price="desk", quantity=4), NewItem(price="calls"))
    desk = await desk_with(*parts, configuration=configuration)
    await plan_changes.confirm(desk, (await plan_changes.quote(desk, to(desk, ("desk", 2), (None, None)))).id)
    assert only(desk).put_off is not None


async def test_what_is_billed_by_use_can_be_left_and_come_back_to() -> None:
    configuration = offering("desk", "calls", "bulk", schedule_at_period_end=("decreasing_item_amount",))
    desk = await desk_with(NewItem(price="calls"), configuration=configuration)
    item = only(desk).items[0]
    assert item.quantity == 0
    for wanted in (("bulk", None), ("desk", None), ("desk", 3)):
        assert await code_of(desk, to(desk, wanted)) is None
    assert await code_of(desk, to(desk, ("desk", 21))) == "quantity_out_of_bounds"
    await plan_changes.confirm(desk, (await plan_changes.quote(desk, to(desk, ("desk", 3)))).id)
    assert [(each.price, each.quantity) for each in only(desk).items] == [("desk", 3)]
    # Nothing waits, though 0 is less than what the seats cost: use is billed from now on.
    shown = await plan_changes.quote(desk, to(desk, ("calls", None)))
    await plan_changes.confirm(desk, shown.id)
    assert (only(desk).put_off, only(desk).items[0].quantity) == (None, 0)


async def test_a_backend_that_counts_no_use_offers_none() -> None:
    desk = await desk_with(NewItem(price="desk"), configuration=offering("desk", "calls"))
    can = replace(desk.capabilities, can=desk.capabilities.can - {Capability.USAGE})
    (item,) = offers(only(desk), desk.configuration, can, SOLD)
    assert [each.product.id for each in item.offers] == ["desk_product"]
