"""A small shop for tests of the use cases: two plans by the seat, billed by invoice, one customer with ten seats."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from msgspec.structs import replace

from frontdesk import customers, subscriptions
from frontdesk.book import BillingSettings, Interval, Price, Product, Recurring, Subscription, TaxBehavior, Terms
from frontdesk.commands import BillingDetails, ChangePlan, CreateCustomer, CreateSubscription, ItemChange, NewItem
from frontdesk.desk import Actor
from frontdesk.notice_settings import NO_NOTICES
from frontdesk.portal_configuration import (
    AdjustableQuantity,
    CancellationReasons,
    CustomerUpdate,
    Features,
    OfferedProduct,
    PortalConfiguration,
    SubscriptionCancel,
    SubscriptionUpdate,
)
from frontdesk.testing.desk import TENANT, MemoryDesk
from frontdesk_invoice_only.backend import InvoiceOnly, InvoiceOnlySettings

NOW = datetime(2026, 11, 1, tzinfo=UTC)
BY_LINK = Actor(kind="customer", id="sess_1", source="login_link")
BY_API = Actor(kind="customer", id="sess_2", source="api_session")


def product(id: str, *, active: bool = True) -> Product:
    return Product(id=id, name=id.title(), created=NOW, updated=NOW, active=active, unit_label="seat")


def price(
    id: str,
    product: str,
    amount: int,
    *,
    currency: str = "eur",
    interval: Interval | None = "month",
    tax_behavior: TaxBehavior = "unspecified",
    active: bool = True,
) -> Price:
    return Price(
        id=id,
        product=product,
        currency=currency,
        unit_amount=Decimal(amount),
        created=NOW,
        recurring=Recurring(interval=interval) if interval else None,
        tax_behavior=tax_behavior,
        active=active,
    )


PRICES = (
    price("team", "team_product", 1200),
    price("team_year", "team_product", 12000, interval="year"),
    price("company", "company_product", 3000),
    price("dollars", "company_product", 3000, currency="usd"),
    price("taxed", "company_product", 3000, tax_behavior="inclusive", interval="year"),
    price("secret", "secret_product", 1),
    price("once", "company_product", 500, interval=None),
    price("archived", "company_product", 2500, active=False),
    price("of_inactive", "inactive_product", 100),
)
TERMS = Terms(
    settings=BillingSettings(currency="eur", notices=NO_NOTICES),
    products={
        each.id: each
        for each in (
            product("team_product"),
            product("company_product"),
            product("secret_product"),
            product("inactive_product", active=False),
        )
    },
    prices={each.id: each for each in PRICES},
)
UPDATE = SubscriptionUpdate(
    enabled=True,
    default_allowed_updates=("price", "quantity"),
    products=(
        OfferedProduct(product="team_product", prices=("team", "team_year")),
        OfferedProduct(
            product="company_product",
            prices=("company", "dollars", "taxed"),
            adjustable_quantity=AdjustableQuantity(minimum=5, maximum=50),
        ),
    ),
    proration_behavior="always_invoice",
)
CONFIGURATION = PortalConfiguration(
    id="bpc_1",
    created=NOW,
    updated=NOW,
    features=Features(
        customer_update=CustomerUpdate(enabled=True, allowed_updates=("name", "phone", "address", "email")),
        subscription_cancel=SubscriptionCancel(enabled=True, cancellation_reason=CancellationReasons(enabled=True)),
        subscription_update=UPDATE,
    ),
)


def with_update(**changes: object) -> PortalConfiguration:
    """The shop's configuration with other plan settings."""
    return with_feature("subscription_update", **changes)


def with_feature(name: str, **changes: object) -> PortalConfiguration:
    """The shop's configuration with one feature set differently."""
    features = CONFIGURATION.features
    changed = replace(getattr(features, name), **changes)
    return replace(CONFIGURATION, features=replace(features, **{name: changed}))


async def open_shop(*items: NewItem) -> MemoryDesk:
    """A desk of a customer whose subscription has run for ten days, with the customer (by link) at it."""
    desk = MemoryDesk(
        backend=InvoiceOnly(InvoiceOnlySettings()), terms=TERMS, now=NOW, actor=TENANT, configuration=CONFIGURATION
    )
    await customers.create(desk, CreateCustomer(id="cus_1", details=BillingDetails(email="jenny@example.com")))
    await subscriptions.create(desk, CreateSubscription(items=items or (NewItem(price="team", quantity=10),)))
    desk.now = NOW + timedelta(days=10)
    desk.actor = BY_LINK
    return desk


def subscription_of(desk: MemoryDesk) -> Subscription:
    """The customer's only subscription."""
    (subscription,) = desk.account.subscriptions
    return subscription


def change(desk: MemoryDesk, price: str | None = None, quantity: int | None = None) -> ChangePlan:
    """A change of the only item of the only subscription, as a form would send it."""
    subscription = subscription_of(desk)
    item = ItemChange(id=subscription.items[0].id, price=price, quantity=quantity)
    return ChangePlan(subscription=subscription.id, items=(item,))
