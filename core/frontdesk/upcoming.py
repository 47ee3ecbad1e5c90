"""The invoices that come next of an account, as things stand: line by line, after balance, changes put off included.

The same rule as for the quote's renewal (`frontdesk.quoting`), over all subscriptions: what waits for any invoice goes
on the first one, and the balance is used in the order in which they come.
"""

from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from frontdesk.book import Account, Customer, Invoice, Line, Subscription, Terms
from frontdesk.ids import Ids
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
            invoice = _draft(customer, bill, subscription.currency, held, ids, subscription)
            found.append(Upcoming(at=at, invoice=invoice, by_use=_has_use(subscription, terms)))
    live = {each.id for each in account.subscriptions}
    loose = [each.line for each in pending if each.invoice is None and each.subscription not in live]
    for currency in sorted({each.currency for each in loose}):
        bill = _bill_of([each for each in loose if each.currency == currency], now)
        found.append(Upcoming(at=None, invoice=_draft(customer, bill, currency, held, ids)))
    return tuple(found)


def _draft(
    customer: Customer,
    bill: Renewal,
    currency: str,
    held: dict[str, int],
    ids: Ids,
    subscription: Subscription | None = None,
) -> Invoice:
    """The invoice of a bill, with the balance that is there when it comes; `held` is then what is left of that."""
    before = held.get(currency, 0)
    after = bill.amount + before
    held[currency] = min(0, after)
    return Invoice(
        id=ids("in"),
        customer=customer.id,
        status="draft",
        currency=currency,
        lines=bill.lines,
        taxes=bill.taxes,
        total=bill.amount,
        starting_balance=before,
        ending_balance=held[currency],
        amount_due=max(0, after),
        created=bill.at,
        period_start=bill.at if subscription is None else subscription.period_start,
        period_end=bill.at if subscription is None else subscription.period_end,
        billing_reason="manual" if subscription is None else "subscription_cycle",
        subscription=None if subscription is None else subscription.id,
        tax_exempt=customer.tax_exempt,
    )


def _bill_of(lines: list[Line], at: datetime) -> Renewal:
    with_taxes = taxed(lines)
    total = total_with_tax([each.amount for each in lines], [each.tax_rates for each in lines])
    return Renewal(at=at, amount=total, lines=with_taxes, taxes=taxes_of(with_taxes))


def _has_use(subscription: Subscription, terms: Terms) -> bool:
    return any(is_metered(terms.prices[each.price]) for each in subscription.items if each.price in terms.prices)
