"""The invoices that come next of an account, as things stand: line by line, after balance, changes put off included.

The same rule as for the quote's renewal (`frontdesk.quoting`), over all subscriptions: what waits for any invoice goes
on the first one, and the balance is used in the order in which they come.
"""

from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from frontdesk.book import Account, Customer, Invoice, Line, Subscription, Terms
from frontdesk.coupons import Discount
from frontdesk.ids import Ids
from frontdesk.parties import buyer_of, seller_of
from frontdesk.pricing import is_metered
from frontdesk.quotes import Renewal
from frontdesk.quoting import next_bill, next_dues
from frontdesk.taxing import taxed, taxes_of, total_with_tax


class Upcoming(Struct, frozen=True, kw_only=True):
    """An invoice that is to come, as the draft that it would be now.

    `at` is when it is made; None for lines that wait for an invoice that nothing brings about by itself. `by_use` says
    that the amount can still grow.
    """

    at: datetime | None
    invoice: Invoice
    by_use: bool = False


def upcoming(account: Account, terms: Terms, now: datetime, ids: Ids) -> tuple[Upcoming, ...]:
    """The next invoice of each subscription that is billed again, the soonest first; then what waits for none."""
    customer, pending = account.customer, account.pending_items
    held, found = dict(customer.balances), []
    dues = next_dues(account, terms)
    coming = [(dues[each.id].at, each.id, each) for each in account.subscriptions if each.id in dues]
    for at, _, subscription in sorted(coming, key=lambda each: each[:2]):
        bill = next_bill(replace(account, pending_items=pending), subscription, terms, ids)
        if bill is not None:
            taken = {each.id for each in bill.lines}
            pending = tuple(each for each in pending if each.line.id not in taken)
            before = held.get(subscription.currency, 0)
            invoice = upcoming_invoice(account, subscription, bill, before, terms, ids)
            held[subscription.currency] = invoice.ending_balance
            found.append(Upcoming(at=at, invoice=invoice, by_use=_has_use(subscription, terms)))
    live = {each.id for each in account.subscriptions}
    loose = [each.line for each in pending if each.invoice is None and each.subscription not in live]
    for currency in sorted({each.currency for each in loose}):
        bill = _bill_of([each for each in loose if each.currency == currency], now)
        invoice = _draft(customer, bill, currency, held.get(currency, 0), ids)
        held[currency] = invoice.ending_balance
        found.append(Upcoming(at=None, invoice=invoice))
    return tuple(found)


def upcoming_invoice(
    account: Account, subscription: Subscription, bill: Renewal, balance: int, terms: Terms, ids: Ids
) -> Invoice:
    """What a subscription's next bill would be as an invoice, with the `balance` that is there when it comes.

    A subscription that is charged is charged as it is issued: `next_attempt` says so.
    """
    charged = subscription.collection_method == "charge_automatically"
    days = terms.settings.days_until_due if subscription.days_until_due is None else subscription.days_until_due
    return replace(
        _draft(account.customer, bill, subscription.currency, balance, ids),
        period_start=subscription.period_start,
        period_end=subscription.period_end,
        billing_reason="subscription_cycle",
        subscription=subscription.id,
        discounts=_discounts(account, subscription, bill),
        automatic_tax=subscription.automatic_tax,
        collection_method=subscription.collection_method,
        days_until_due=None if charged else days,
        due_date=None if charged else bill.at + timedelta(days=days),
        next_attempt=bill.at if charged else None,
        custom_fields=account.customer.invoice_fields,
        footer=account.customer.invoice_footer or terms.settings.invoice_footer,
        buyer=buyer_of(account.customer),
        seller=seller_of(terms.settings.seller),
    )


def _discounts(account: Account, subscription: Subscription, bill: Renewal) -> tuple[Discount, ...]:
    """The discounts that take something off a bill, as an invoice that is issued has them."""
    own = account.customer.discount
    held = [
        *(each for item in subscription.items for each in item.discounts),
        *subscription.discounts,
        *(() if own is None else (own,)),
        *(each for item in account.pending_items for each in item.discounts),
    ]
    named = {off.discount for line in bill.lines if not line.proration for off in line.discounts}
    return tuple(each for each in held if each.id in named)


def _draft(customer: Customer, bill: Renewal, currency: str, balance: int, ids: Ids) -> Invoice:
    """The invoice of a bill, the balance applied."""
    return Invoice(
        id=ids("in"),
        customer=customer.id,
        status="draft",
        currency=currency,
        lines=bill.lines,
        taxes=bill.taxes,
        total=bill.amount,
        starting_balance=balance,
        ending_balance=min(0, bill.amount + balance),
        amount_due=max(0, bill.amount + balance),
        created=bill.at,
        period_start=bill.at,
        period_end=bill.at,
        billing_reason="manual",
        tax_exempt=customer.tax_exempt,
    )


def _bill_of(lines: list[Line], at: datetime) -> Renewal:
    with_taxes = taxed(lines)
    total = total_with_tax([each.amount for each in lines], [each.tax_rates for each in lines])
    return Renewal(at=at, amount=total, lines=with_taxes, taxes=taxes_of(with_taxes))


def _has_use(subscription: Subscription, terms: Terms) -> bool:
    return any(is_metered(terms.prices[each.price]) for each in subscription.items if each.price in terms.prices)
