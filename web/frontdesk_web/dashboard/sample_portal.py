"""The real home page of a portal with a made-up customer on it: for previews, which nobody can click in.

It is made by the same readers and rules as the page of a customer, so what a setting does is what is seen.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from frontdesk.billing import Capabilities
from frontdesk.book import (
    Account,
    Address,
    Customer,
    Price,
    Product,
    Recurring,
    Subscription,
    SubscriptionItem,
    Terms,
)
from frontdesk.desk import Actor
from frontdesk.lines import full_amount
from frontdesk.portal_configuration import PortalConfiguration
from frontdesk.quoting import next_dues
from frontdesk.test_cards import CARDS, new_method
from frontdesk_tenants.directory import Side
from frontdesk_tenants.home_reads import InvoiceSummary
from frontdesk_tenants.offerable import Offerable
from frontdesk_web.messages import translate
from frontdesk_web.portal.customer_views import billing_details, how_to_pay
from frontdesk_web.portal.home_views import HomePage
from frontdesk_web.portal.invoice_views import InvoiceRow, invoice_row
from frontdesk_web.portal.method_words import method_detail, method_name
from frontdesk_web.portal.payment_views import MethodLine, PaymentSection
from frontdesk_web.portal.subscription_cards import CardReader

NAME, EMAIL = "Jenny Rosen", "jenny@example.com"
_INVOICES = 3
_MONTH = timedelta(days=30)


def sample_home(
    side: Side,
    configuration: PortalConfiguration,
    capabilities: Capabilities,
    offerable: Sequence[Offerable],
    now: datetime,
    locale: str,
) -> HomePage:
    """What a customer of the side would see under the configuration. All addresses lead nowhere."""
    terms, price = sample_terms(side, configuration, offerable, now, locale)
    account = sample_account(price, terms, now)
    features = configuration.features
    reader = CardReader(
        base="",
        public_id=side.door.public_id,
        locale=locale,
        actor=Actor(kind="customer", id="preview", source="login_link"),
        account=account,
        terms=terms,
        dues=next_dues(account, terms),
        configuration=configuration,
        capabilities=capabilities,
        suspended=side.suspended,
        now=now,
    )
    editable = features.customer_update.enabled and features.customer_update.allowed_updates
    amount = full_amount(price, account.subscriptions[0].items[0].quantity, price.currency)
    return HomePage(
        csrf="",
        subscriptions=reader.cards(),
        details=billing_details(account.customer, locale, "#" if editable else None),
        payment=PaymentSection(
            how=how_to_pay(side.settings, account.subscriptions, locale),
            methods=(_card(now, locale),) if capabilities.payment_methods else (),
            methods_url="#" if capabilities.payment_methods and features.payment_method_update.enabled else None,
        ),
        invoices=_invoices(side, price, amount, now, locale) if features.invoice_history.enabled else None,
    )


def _card(now: datetime, locale: str) -> MethodLine:
    method = new_method("pm_preview", CARDS["visa"], now)
    return MethodLine(name=method_name(method, locale), detail=method_detail(method, now, locale), is_default=True)


def sample_terms(
    side: Side, configuration: PortalConfiguration, offerable: Sequence[Offerable], now: datetime, locale: str
) -> tuple[Terms, Price]:
    """What is sold, and the price that the sample customer has: an offered one if there is one, else any, else ours."""
    offered = {id for each in configuration.features.subscription_update.products for id in each.prices}
    known = [(each.product, price) for each in offerable for price in each.prices]
    if not known:
        known = [_made_up(side, now, locale)]
    price = next((each for _, each in known if each.id in offered), known[0][1])
    terms = Terms(
        settings=side.settings,
        products={product.id: product for product, _ in known},
        prices={each.id: each for _, each in known},
    )
    return terms, price


def _made_up(side: Side, now: datetime, locale: str) -> tuple[Product, Price]:
    name, description = translate(locale, "Your product"), translate(locale, "What you write about it stands here.")
    product = Product(id="prod_sample", name=name, description=description, created=now, updated=now)
    price = Price(
        id="price_sample",
        product=product.id,
        currency=side.settings.currency,
        unit_amount=Decimal(1200),
        recurring=Recurring(interval="month"),
        created=now,
    )
    return product, price


def sample_account(price: Price, terms: Terms, now: datetime) -> Account:
    """Somebody who pays that price since twelve days ago."""
    start = now - timedelta(days=12)
    product = terms.products[price.product]
    item = SubscriptionItem(
        id="si_sample",
        price=price.id,
        quantity=5 if product.unit_label else 1,
        created=start,
        period_start=start,
        period_end=start + _MONTH,
    )
    customer = Customer(
        id="cus_sample",
        created=start,
        email=EMAIL,
        name=NAME,
        phone="+353 86 555 0190",
        address=Address(line1="27 Fredrick Ave", postal_code="T12 AB34", city="Cork", country="IE"),
    )
    subscription = Subscription(
        id="sub_sample",
        customer=customer.id,
        status="active",
        items=(item,),
        currency=price.currency,
        created=start,
        start_date=start,
        anchor=start,
    )
    return Account(customer=customer, subscriptions=(subscription,))


def _invoices(side: Side, price: Price, amount: int, now: datetime, locale: str) -> tuple[InvoiceRow, ...]:
    rows = []
    for back in range(_INVOICES):
        issued = now - timedelta(days=12) - back * _MONTH
        summary = InvoiceSummary(
            id="in_sample",
            number=f"{side.settings.invoice_prefix}-{42 - back:04d}",
            status="open" if back == 0 else "paid",
            currency=price.currency,
            total=amount,
            dated=issued,
            due_date=issued + timedelta(days=side.settings.days_until_due),
        )
        rows.append(invoice_row(summary, "", now, locale))
    return tuple(rows)
