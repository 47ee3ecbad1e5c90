"""What letters about time say: a trial that is about to end, a plan that goes on after a pause."""

from msgspec import Struct

from frontdesk.book import Account, Subscription, Terms
from frontdesk.events import CancellationScheduled, SubscriptionResumed, TrialWillEnd
from frontdesk.quoting import next_due
from frontdesk.timetable import last_bill
from frontdesk_tenants import book, configurations
from frontdesk_tenants.database import SideTransaction
from frontdesk_tenants.directory import Side
from frontdesk_web.formatting import date_long, money
from frontdesk_web.messages import translate
from frontdesk_web.portal.cancel_views import is_billed_by_use, use_until_end
from frontdesk_web.portal.subscription_cards import subscription_name, total_phrase
from frontdesk_web.portal.trial_words import no_method_words


class Told(Struct, frozen=True):
    """The plan by its name, and finished sentences about it."""

    plan: str
    sentences: tuple[str, ...]


async def trial_sentences(connection: SideTransaction, side: Side, event: TrialWillEnd, locale: str) -> Told | None:
    """What comes after the trial. None where it has ended or got another end before the letter was written."""
    account, subscription, terms = await read_plan(connection, side, event.customer, event.subscription)
    if account is None or subscription is None or subscription.status != "trialing":
        return None
    if subscription.trial_end != event.ends:
        return None
    day = date_long(event.ends.date(), locale)
    plan, due = subscription_name(subscription, terms), next_due(account, subscription, terms)
    price = total_phrase(subscription, terms, locale)
    if last_bill(subscription) is None:
        can_add = not side.suspended and await _can_add(connection)
        missing = no_method_words(account.customer, subscription, locale, can_add=can_add)
        if missing is not None:
            on = translate(locale, "With a payment method it goes on: {price}.", price=price)
            return Told(plan, (missing.sentence, *((on,) if missing.path else ())))
    if due is None or last_bill(subscription) is not None:
        return Told(
            plan, (translate(locale, "Your plan ends with the trial, on {date}. Nothing is charged.", date=day),)
        )
    amount = money(due.amount, subscription.currency, locale)
    return Told(
        plan,
        (
            translate(locale, "Until {date} your plan costs nothing. After that: {price}.", date=day, price=price),
            translate(locale, "Your first invoice comes on {date}, over {amount}.", date=day, amount=amount),
            translate(locale, "If you do not want to go on, cancel before that day, and nothing is charged."),
        ),
    )


async def _can_add(connection: SideTransaction) -> bool:
    """Whether customers add payment methods by themselves, where no session says otherwise."""
    return (await configurations.read_default(connection)).features.payment_method_update.enabled


async def resumed_sentences(
    connection: SideTransaction, side: Side, event: SubscriptionResumed, locale: str
) -> Told | None:
    """That a plan goes on, and when it is billed next. None where it rests or has ended again."""
    account, subscription, terms = await read_plan(connection, side, event.customer, event.subscription)
    if account is None or subscription is None or subscription.paused is not None:
        return None
    sentences = [
        translate(locale, "The pause of your plan is over since {date}.", date=date_long(event.at.date(), locale))
    ]
    due = next_due(account, subscription, terms)
    if due is not None:
        amount = money(due.amount, subscription.currency, locale)
        day = date_long(due.at.date(), locale)
        sentences.append(translate(locale, "It renews on {date}, for {amount}.", date=day, amount=amount))
    return Told(subscription_name(subscription, terms), tuple(sentences))


async def last_bill_words(connection: SideTransaction, side: Side, event: CancellationScheduled, locale: str) -> str:
    """What is still billed as a plan ends: what was used, and what waits for its next invoice."""
    account, subscription, terms = await read_plan(connection, side, event.customer, event.subscription)
    if account is not None and subscription is not None:
        due = next_due(account, subscription, terms)
        if is_billed_by_use(subscription, terms):
            return use_until_end(0, subscription.currency, locale)
        if due is not None and due.amount > 0:
            amount = money(due.amount, subscription.currency, locale)
            return translate(locale, "{amount} for changes that you made before is billed on that day.", amount=amount)
    return translate(locale, "Nothing more is charged after that.")


async def read_plan(
    connection: SideTransaction, side: Side, customer: str, subscription: str
) -> tuple[Account | None, Subscription | None, Terms]:
    """A customer's account, one of its subscriptions, and terms that know that one's prices."""
    account = await book.read_account(connection, customer)
    found = None if account is None else account.subscription(subscription)
    prices = set() if found is None else found.prices
    return account, found, await book.read_terms(connection, side, prices)
