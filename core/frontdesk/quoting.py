"""Making a quote from the changes that a backend would make."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from frontdesk.automatic_tax import with_automatic
from frontdesk.book import ENDED, Account, Customer, Invoice, Line, Subscription, Terms
from frontdesk.changes import Changes, apply
from frontdesk.commands import AccountCommand, StartAgain
from frontdesk.coupons import LineDiscount
from frontdesk.discounts import charges_of, of_subscription, taken_off, total_of
from frontdesk.ids import Ids
from frontdesk.lines import full_amount, item_line
from frontdesk.metered import unbilled_use, usage_amount, usage_line
from frontdesk.pauses import GoingOn, by_itself, going_on
from frontdesk.periods import Stretch, is_boundary, stretch_from
from frontdesk.pricing import is_metered
from frontdesk.proration import share
from frontdesk.put_off import as_renewed
from frontdesk.quotes import LIFETIME, Quote, Renewal, caused_lines
from frontdesk.taxing import rates_on, taxed, taxes_of, total_with_tax
from frontdesk.timetable import last_bill
from frontdesk.trial_ends import without_invoice
from frontdesk.unused_time import unused_time_line
from frontdesk.written_discounts import line_of


class NextDue(Struct, frozen=True):
    """When the next regular invoice of a subscription is made, and its amount in minor units.

    Tax is in it, what the customer's balance takes off is not.
    """

    at: datetime
    amount: int


def quote_from(
    account: Account | None, changes: Changes, command: AccountCommand, at: datetime, terms: Terms, ids: Ids
) -> Quote:
    """What `command` would do `at` an account, told from the `changes` of a dry run.

    It works on snapshots alone, so it is the same for every backend. `invoice` is the last one that the command
    issues for the subscription it touches; `renewal` is the bill after that, and None where nothing more is billed.
    `account` is None where the command opens it.
    """
    before = account if account is not None else Account(customer=apply(None, changes).customer)
    after = apply(before, changes)
    touched = _touched(before, changes, command)
    invoice = _issued(before, changes, touched)
    currency = _currency(touched, invoice, terms)
    return Quote(
        id=ids("quote"),
        customer=before.customer.id,
        command=command,
        at=at,
        expires_at=at + LIFETIME,
        account_version=before.version,
        currency=currency,
        lines=caused_lines(before, changes),
        due_now=invoice.amount_due if invoice is not None else 0,
        credited=max(0, _credit(after.customer.balances, currency) - _credit(before.customer.balances, currency)),
        invoice=invoice,
        renewal=None if touched is None else next_bill(after, touched, terms, ids),
        set_off=0 if invoice is None else _set_off_by(invoice, changes),
        subscription=before.subscription(getattr(command, "subscription", None) or ""),
    )


def next_bill(account: Account, subscription: Subscription, terms: Terms, ids: Ids) -> Renewal | None:
    """The next regular invoice of a subscription as things stand, before balance.

    A subscription that is set to end is billed once more only if lines wait for it, or if something is given back as
    it ends; then `at` is its end.
    """
    due = next_due(account, subscription, terms)
    if due is None:
        return None
    lines, last = _waiting_for_next(account, subscription), last_bill(subscription)
    if last is None:
        lines += _charges(account, subscription, terms, ids)
    else:
        lines += _given_back(account.customer, subscription, last, terms, ids)
    lines = taxed(with_automatic(lines, account.customer, subscription.automatic_tax, terms, due.at))
    return Renewal(at=due.at, amount=due.amount, lines=lines, taxes=taxes_of(lines))


def next_dues(account: Account, terms: Terms) -> dict[str, NextDue]:
    """`next_due` of every subscription that is billed again, by its id."""
    return {each.id: due for each in account.subscriptions if (due := next_due(account, each, terms)) is not None}


def next_due(account: Account, subscription: Subscription, terms: Terms) -> NextDue | None:
    """`next_bill` for who shows no lines: making those costs ten times as much."""
    if subscription.status in ENDED:
        return None
    usual = _usual_renewal(account, subscription, terms)
    if usual is not None:
        return usual
    waiting = _waiting_for_next(account, subscription)
    last = last_bill(subscription)
    if last is not None:
        waiting = with_automatic(waiting, account.customer, subscription.automatic_tax, terms, last)
        amounts, rates = [each.amount for each in waiting], [each.tax_rates for each in waiting]
        back = _given_back(account.customer, subscription, last, terms, lambda prefix: prefix)
        if not waiting and not back:
            return None
        amounts += [each.amount for each in back]
        return NextDue(last, total_with_tax(amounts, [*rates, *(each.tax_rates for each in back)]))
    if without_invoice(account.customer, subscription) is not None:
        return None
    coming = _coming(subscription, terms, lambda prefix: prefix)
    if coming is None or coming.stretch is None:
        return None
    renewed, stretch = coming.subscription, coming.stretch
    amounts = _amounts(renewed, stretch, terms)
    off = _off(account, renewed, stretch.start, amounts, terms)
    if off:
        amounts = [amount - total_of(taken) for amount, taken in zip(amounts, off, strict=True)]
    rates = [rates_on(account.customer, renewed, each, terms, stretch.start) for each in renewed.items]
    if waiting:
        waiting = with_automatic(waiting, account.customer, subscription.automatic_tax, terms, stretch.start)
        amounts = [*(each.amount for each in waiting), *amounts]
        rates = [*(each.tax_rates for each in waiting), *rates]
    return NextDue(stretch.start, total_with_tax(amounts, rates))


def _usual_renewal(account: Account, subscription: Subscription, terms: Terms) -> NextDue | None:
    """`next_due` where a whole period is billed and nothing comes to it or off it: nearly always, and on every page.

    None where all of it has to be looked at, which costs three times as much.
    """
    if (
        account.pending_items
        or account.customer.discount is not None
        or subscription.discounts
        or subscription.default_tax_rates
        or subscription.automatic_tax
        or subscription.without_method != "create_invoice"
        or subscription.cancel_at is not None
        or subscription.put_off is not None
        or subscription.paused is not None
    ):
        return None
    first, amount = subscription.items[0], 0
    at, recurring = first.period_end, terms.prices[first.price].recurring
    if recurring is None or not is_boundary(subscription.anchor, recurring, at):
        return None
    for item in subscription.items:
        price = terms.prices[item.price]
        if item.discounts or item.tax_rates or is_metered(price):
            return None
        amount += full_amount(price, item.quantity, subscription.currency)
    return NextDue(at, amount)


def _coming(subscription: Subscription, terms: Terms, ids: Ids) -> GoingOn | None:
    """The subscription as its next regular invoice finds it, and the time that it bills. None where there is none."""
    pause = subscription.paused
    if pause is not None:
        if pause.resumes_at is None:
            return None
        resumed = going_on(subscription, pause.resumes_at, by_itself(subscription, pause.resumes_at), terms, ids)
        if resumed.stretch is not None:
            return resumed
        subscription = resumed.subscription
    renewed = as_renewed(subscription, terms, ids)
    recurring = terms.prices[renewed.items[0].price].recurring
    if recurring is None:
        raise ValueError(f"{renewed.items[0].price} is in a subscription and does not recur")
    stretch = stretch_from(renewed.anchor, recurring, subscription.period_end, renewed.cancel_at)
    return GoingOn(subscription=renewed, stretch=stretch)


def _amounts(subscription: Subscription, stretch: Stretch, terms: Terms) -> list[int]:
    """What the items cost for a stretch, before discounts."""
    amounts = []
    for each in subscription.items:
        price = terms.prices[each.price]
        if is_metered(price):
            # What was used so far: it is billed when its period is over.
            amounts.append(usage_amount(price, each, subscription.currency, stretch.start))
        else:
            amounts.append(share(full_amount(price, each.quantity, subscription.currency), stretch))
    return amounts


def _given_back(
    customer: Customer, subscription: Subscription, ends: datetime, terms: Terms, ids: Ids
) -> tuple[Line, ...]:
    """What is given back as a subscription ends within its period, and what was used until then."""
    used = unbilled_use(customer, subscription, subscription.items, terms, ends, ids)
    if not subscription.cancel_prorates:
        return used
    lines = (unused_time_line(customer, subscription, each, terms, ends, ids) for each in subscription.items)
    return (*(each for each in lines if each is not None), *used)


def _off(
    account: Account, subscription: Subscription, at: datetime, amounts: Sequence[int], terms: Terms
) -> tuple[tuple[LineDiscount, ...], ...]:
    """What discounts take off the items at the next renewal."""
    discounts = of_subscription(account.customer, subscription, at)
    if not discounts:
        return ()
    products = [terms.prices[each.price].product for each in subscription.items]
    return taken_off(charges_of(subscription.items, amounts, products), discounts, subscription.currency)


def _charges(account: Account, subscription: Subscription, terms: Terms, ids: Ids) -> tuple[Line, ...]:
    coming = _coming(subscription, terms, ids)
    if coming is None or coming.stretch is None:
        return ()
    subscription, stretch = coming.subscription, coming.stretch
    amounts = _amounts(subscription, stretch, terms)
    off = _off(account, subscription, stretch.start, amounts, terms) or ((),) * len(amounts)
    lines = []
    for item, amount, taken in zip(subscription.items, amounts, off, strict=True):
        price = terms.prices[item.price]
        if is_metered(price):
            used = usage_line(account.customer, subscription, item, terms, stretch.start, ids)
            lines.append(replace(used, amount=amount - total_of(taken), discounts=taken))
            continue
        line = item_line(
            ids("il"),
            "charge",
            subscription,
            item,
            price,
            terms.products.get(price.product),
            amount=amount - total_of(taken),
            start=stretch.start,
            end=stretch.end,
            tax_rates=rates_on(account.customer, subscription, item, terms, stretch.start),
            partial=not stretch.is_whole,
        )
        lines.append(replace(line, discounts=taken) if taken else line)
    return tuple(lines)


def _waiting_for_next(account: Account, subscription: Subscription) -> tuple[Line, ...]:
    """Waiting lines that the subscription's next invoice takes: its own, and those that no live subscription has.

    The last invoice takes its own alone.
    """
    if not account.pending_items:
        return ()
    with_others = last_bill(subscription) is None
    live = {each.id for each in account.subscriptions} - {subscription.id}
    return tuple(
        line_of(each)
        for each in account.pending_items
        if each.invoice is None
        and each.line.currency == subscription.currency
        and (each.subscription == subscription.id or (with_others and each.subscription not in live))
    )


def _touched(before: Account, changes: Changes, command: AccountCommand) -> Subscription | None:
    named = None if isinstance(command, StartAgain) else getattr(command, "subscription", None)
    if named is not None:
        changed = next((each for each in changes.subscriptions if each.id == named), None)
        return changed or before.subscription(named)
    return next((each for each in changes.subscriptions if before.subscription(each.id) is None), None)


def _issued(before: Account, changes: Changes, touched: Subscription | None) -> Invoice | None:
    known = {each.id for each in before.invoices}
    issued = [
        each
        for each in changes.invoices
        if each.id not in known and touched is not None and each.subscription == touched.id
    ]
    return max(issued, key=lambda each: each.created, default=None)


def _set_off_by(invoice: Invoice, changes: Changes) -> int:
    return sum(each.amount for other in changes.invoices for each in other.set_offs if each.invoice == invoice.id)


def _currency(touched: Subscription | None, invoice: Invoice | None, terms: Terms) -> str:
    if touched is not None:
        return touched.currency
    return invoice.currency if invoice is not None else terms.settings.currency


def _credit(balances: Mapping[str, int], currency: str) -> int:
    return max(0, -balances.get(currency, 0))
