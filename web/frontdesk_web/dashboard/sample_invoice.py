"""The invoice of a made-up customer, for previews of letters and documents."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from frontdesk.book import Invoice, Party
from frontdesk.lines import full_amount, item_line
from frontdesk.portal_configuration import PortalConfiguration
from frontdesk_tenants.directory import Side
from frontdesk_tenants.offerable import Offerable
from frontdesk_web.dashboard.sample_portal import sample_account, sample_terms

NUMBER = 42


def sample_invoice(
    side: Side, configuration: PortalConfiguration, offerable: Sequence[Offerable], now: datetime, locale: str
) -> Invoice:
    """What the side would bill a customer for one period of what it sells, today."""
    terms, price = sample_terms(side, configuration, offerable, now, locale)
    account = sample_account(price, terms, now)
    (subscription,), customer = account.subscriptions, account.customer
    (item,) = subscription.items
    seller = side.settings.seller
    amount = full_amount(price, item.quantity, price.currency)
    line = item_line(
        "il_sample",
        "charge",
        subscription,
        item,
        price,
        terms.products[price.product],
        amount=amount,
        start=item.period_start,
        end=item.period_end,
        tax_rates=(),
    )
    return Invoice(
        id="in_sample",
        customer=customer.id,
        status="open",
        currency=price.currency,
        lines=(line,),
        total=amount,
        starting_balance=0,
        ending_balance=0,
        amount_due=amount,
        created=now,
        period_start=item.period_start,
        period_end=item.period_end,
        billing_reason="subscription_cycle",
        number=f"{side.settings.invoice_prefix}-{NUMBER:04d}",
        due_date=now + timedelta(days=side.settings.days_until_due),
        finalized_at=now,
        buyer=Party(name=customer.name, email=customer.email, address=customer.address),
        seller=Party(
            name=seller.name or side.brand.business_name,
            email=seller.email,
            phone=seller.phone,
            address=seller.address,
            tax_number=seller.tax_number,
        ),
        footer=side.settings.invoice_footer,
    )
