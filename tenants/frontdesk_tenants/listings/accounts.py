"""Lists of customers and of their subscriptions."""

from collections.abc import Collection
from typing import Any, Literal, get_args

from sqlalchemy import ColumnElement, exists, text
from sqlalchemy.ext.asyncio import AsyncConnection

from frontdesk.addresses import fold
from frontdesk.book import Customer, Subscription, SubscriptionStatus
from frontdesk_tenants import tables
from frontdesk_tenants.listings.pages import equal, instants, page_of
from frontdesk_tenants.paging import Cursor, Page, Span

ClockRule = Literal["any", "none"]
"""In the place of a test clock's id: whether its customer is on one or not is the same; or it must not be on any."""
NOT_CANCELED = frozenset(get_args(SubscriptionStatus)) - {"canceled"}
"""What a list of subscriptions holds unless it is asked for more (Stripe's rule)."""


async def customers(
    connection: AsyncConnection,
    cursor: Cursor,
    *,
    email: str | None = None,
    deleted: bool = False,
    test_clock: str | ClockRule = "any",
) -> Page[Customer]:
    """Customers. `email` is compared exactly, letter case included, as Stripe does."""
    columns = tables.customers.c
    wanted: list[Any] = [columns.deleted.is_(deleted), *_on_clock(columns.id, test_clock)]
    if email is not None:
        wanted += [columns.address == fold(email), text("body->>'email' = :email").bindparams(email=email)]
    return await page_of(connection, "customer", cursor, wanted)


async def subscriptions(
    connection: AsyncConnection,
    cursor: Cursor,
    *,
    customer: str | None = None,
    statuses: Collection[str] | None = None,
    price: str | None = None,
    collection_method: str | None = None,
    period_start: Span | None = None,
    period_end: Span | None = None,
    test_clock: str | ClockRule = "any",
    with_schedule: bool = False,
    scheduled: Span | None = None,
) -> Page[Subscription]:
    """Subscriptions; `statuses` None means any, `price` those that have an item with it.

    `with_schedule` asks for those that go on differently later than they are now, `scheduled` for those whose
    schedule was made in that time.
    """
    columns = tables.subscriptions.c
    wanted: list[Any] = [equal(columns.customer, customer), *_on_clock(columns.customer, test_clock)]
    if statuses is not None:
        wanted.append(columns.status.in_(list(statuses)))
    if collection_method is not None:
        wanted.append(text("body->>'collection_method' = :method").bindparams(method=collection_method))
    if with_schedule:
        wanted.append(columns.status != "canceled")
        wanted.append(text("(body->>'put_off' IS NOT NULL OR body->>'scheduled' IS NOT NULL)"))
    if price is not None:
        held = "EXISTS (SELECT FROM json_array_elements(body->'items') AS item WHERE item->>'price' = :price)"
        wanted.append(text(held).bindparams(price=price))
    made = "COALESCE(body->'put_off'->>'asked', body->'scheduled'->>'asked')::timestamptz"
    wanted += instants(f"date_trunc('second', {made})", "scheduled", scheduled)
    wanted += [*_period("period_start", period_start), *_period("period_end", period_end)]
    return await page_of(connection, "subscription", cursor, wanted)


def _on_clock(customer: ColumnElement[Any], test_clock: str) -> list[Any]:
    """Whose customer is on the test clock with this id; or on none, or any."""
    if test_clock == "any":
        return []
    columns = tables.clock_accounts.c
    if test_clock == "none":
        return [~exists().where(columns.customer == customer)]
    return [exists().where(columns.customer == customer, equal(columns.clock, test_clock))]


def _period(field: str, span: Span | None) -> list[Any]:
    """Bounds of the first item's period: all items share it."""
    return instants(f"(body->'items'->0->>'{field}')::timestamptz", field, span)
